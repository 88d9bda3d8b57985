/* text_identity.c - both sides as polynomials in the derivation's own algebra, whose canonical form decides.
 *
 * First all constants are letters; where the sides differ, a second derivation knows what is special in the model's law (Omega =
 * I, no noise, rho = N), and the same formula means that there. */
#include "verify/text_identity.h"

#include "base/text.h"
#include "base/try.h"
#include "lsaflow/derive.h"
#include "symbolic/derivation.h"
#include "symbolic/poly.h"
#include "symbolic/print.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- what is a polynomial */

static bool is_call_of(const formula_node *node, formula_function_id id)
{
    return node->kind == FORMULA_CALL && node->function->id == id;
}

static bool all_children(const lsa_statement *statement, const formula_node *node, bool *derived);

static bool is_polynomial(const lsa_statement *statement, const formula_node *node, bool *derived)
{
    switch (node->kind) {
    case FORMULA_NUMBER:
    case FORMULA_INTEGER:
        return true;
    case FORMULA_SYMBOL:
        return node->n_children == 0;
    case FORMULA_NAME:
        *derived = *derived || node->name->id == FORMULA_NAME_loss || node->name->id == FORMULA_NAME_risk;
        return *derived || node->name->need == FORMULA_ALWAYS;
    case FORMULA_SUM:
    case FORMULA_PRODUCT:
    case FORMULA_NEGATE:
    case FORMULA_DIVIDE:
    case FORMULA_TRANSPOSE:
    case FORMULA_DEFINED:
        return all_children(statement, node, derived);
    case FORMULA_POWER:
        if (is_call_of(node->children[0], FORMULA_norm) && node->exponent % 2 == 0 && node->exponent > 0)
            return is_polynomial(statement, node->children[0]->children[0], derived);
        return node->root == 1 && all_children(statement, node, derived);
    case FORMULA_CALL:
        if (is_call_of(node, FORMULA_grad))
            return *derived = true, node->children[0]->n_children == 0;
        return is_call_of(node, FORMULA_tr) && all_children(statement, node, derived);
    default:
        return false;
    }
}

static bool all_children(const lsa_statement *statement, const formula_node *node, bool *derived)
{
    for (int k = 0; k < node->n_children; k++)
        if (!is_polynomial(statement, node->children[k], derived))
            return false;
    return true;
}

bool text_is_identity(const lsa_statement *statement, const formula_node *a, const formula_node *b)
{
    bool derived = false;
    return is_polynomial(statement, a, &derived) && is_polynomial(statement, b, &derived) && derived;
}

/* ---------------------------------------------------------------- as a polynomial */

typedef struct expansion {
    lsa_derivation *derivation;
    lsa_algebra *algebra;
} expansion;

static lsa_status expand(const expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err);

static lsa_status constant(const expansion *x, const char *digits, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    lsa_rational value;
    lsa_rational_init(&value);
    lsa_monomial_init(&m);
    if (!lsa_rational_parse(&value, digits)) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the number %.40s is beyond the exact arithmetic", digits);
        goto done;
    }
    LSA_TRY(lsa_poly_monic(x->algebra, LSA_DIM_ONE, LSA_DIM_ONE, &m, &value, out, err));
done:
    lsa_rational_clear(&value);
    return status;
}

static lsa_status integer(const expansion *x, long n, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char digits[32];
    snprintf(digits, sizeof digits, "%ld", labs(n));
    LSA_TRY(constant(x, digits, out, err));
    if (n < 0)
        LSA_TRY(lsa_poly_scale(x->algebra, *out, -1, 1, out, err));
done:
    return status;
}

/* The d x d identity: an open word without letters. */
static lsa_status identity(const expansion *x, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    lsa_rational one;
    lsa_rational_init(&one);
    lsa_rational_set_si(&one, 1, 1);
    lsa_monomial_init(&m);
    m.has_open = true;
    LSA_TRY(lsa_poly_monic(x->algebra, LSA_DIM_D, LSA_DIM_D, &m, &one, out, err));
done:
    lsa_rational_clear(&one);
    return status;
}

static lsa_status by_name(const expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    const lsa_statement *statement = x->derivation->statement;
    const char *name = node->name->name;
    switch (node->name->id) {
    case FORMULA_NAME_loss:
        *out = x->derivation->loss;
        return LSA_OK;
    case FORMULA_NAME_risk:
        return lsa_poly_scale(x->algebra, x->derivation->loss, 2, 1, out, err);
    case FORMULA_NAME_I:
        return identity(x, out, err);
    case FORMULA_NAME_d:
        return lsa_poly_symbol(x->algebra, lsa_derivation_dim_symbol(x->derivation, LSA_DIM_D), LSA_INDEX_NONE, out,
                               err);
    case FORMULA_NAME_r:
        if (statement->rank >= 0)
            return lsa_poly_symbol(x->algebra, lsa_derivation_dim_symbol(x->derivation, statement->rank),
                                   LSA_INDEX_NONE, out, err);
        break;
    default:
        if (lsa_algebra_find(x->algebra, name) >= 0)
            return lsa_poly_symbol(x->algebra, lsa_algebra_find(x->algebra, name), LSA_INDEX_NONE, out, err);
    }
    return lsa_error_set(err, LSA_ERR_UNABLE, "the derived polynomial does not know %s", name);
}

static lsa_status over_children(const expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *next;
    LSA_TRY(expand(x, node->children[0], out, err));
    for (int k = 1; k < node->n_children; k++) {
        LSA_TRY(expand(x, node->children[k], &next, err));
        if (node->kind == FORMULA_SUM)
            LSA_TRY(lsa_poly_sum(x->algebra, *out, next, out, err));
        else
            LSA_TRY(lsa_poly_mul(x->algebra, *out, next, out, err));
    }
done:
    return status;
}

/* |X|^(2k) = tr(X'X)^k. */
static lsa_status norm_power(const expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *inside, *turned;
    LSA_TRY(expand(x, node->children[0]->children[0], &inside, err));
    LSA_TRY(lsa_poly_transpose(x->algebra, inside, &turned, err));
    LSA_TRY(lsa_poly_mul(x->algebra, turned, inside, out, err));
    LSA_TRY(lsa_poly_trace(x->algebra, *out, out, err));
    LSA_TRY(lsa_poly_power(x->algebra, *out, node->exponent / 2, out, err));
done:
    return status;
}

static int parameter_of(const lsa_statement *statement, int symbol)
{
    int k = 0;
    while (statement->parameters[k] != symbol)
        k++;
    return k;
}

static lsa_status expand(const expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *f;
    switch (node->kind) {
    case FORMULA_NUMBER:
        return constant(x, node->text, out, err);
    case FORMULA_INTEGER:
        return integer(x, node->integer, out, err);
    case FORMULA_SYMBOL:
        return lsa_poly_symbol(x->algebra, node->symbol, LSA_INDEX_NONE, out, err);
    case FORMULA_NAME:
        return by_name(x, node, out, err);
    case FORMULA_SUM:
    case FORMULA_PRODUCT:
    case FORMULA_DEFINED:
        return over_children(x, node, out, err);
    case FORMULA_NEGATE:
        LSA_TRY(expand(x, node->children[0], &f, err));
        return lsa_poly_scale(x->algebra, f, -1, 1, out, err);
    case FORMULA_TRANSPOSE:
        LSA_TRY(expand(x, node->children[0], &f, err));
        return lsa_poly_transpose(x->algebra, f, out, err);
    case FORMULA_DIVIDE:
        LSA_TRY(expand(x, node->children[1], &f, err));
        LSA_TRY(lsa_poly_power(x->algebra, f, -1, out, err));
        LSA_TRY(expand(x, node->children[0], &f, err));
        return lsa_poly_mul(x->algebra, f, *out, out, err);
    case FORMULA_POWER:
        if (is_call_of(node->children[0], FORMULA_norm))
            return norm_power(x, node, out, err);
        LSA_TRY(expand(x, node->children[0], &f, err));
        return lsa_poly_power(x->algebra, f, node->exponent, out, err);
    default:
        if (is_call_of(node, FORMULA_grad)) {
            *out = x->derivation->gradient[parameter_of(x->derivation->statement, node->children[0]->symbol)];
            return LSA_OK;
        }
        LSA_TRY(expand(x, node->children[0], &f, err));
        return lsa_poly_trace(x->algebra, f, out, err);
    }
done:
    return status;
}

/* ---------------------------------------------------------------- the verdict */

/* a - b under these simplifications. */
static lsa_status difference(lsa_study *study, const lsa_derive_options *options, const formula_node *a,
                             const formula_node *b, lsa_derivation **derivation, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *f, *g;
    LSA_TRY(lsa_derive(lsa_study_experiment(study)->statement, options, derivation, err));
    const expansion x = {*derivation, (*derivation)->algebra};
    lsa_algebra_start_work(x.algebra);
    LSA_TRY(expand(&x, a, &f, err));
    LSA_TRY(expand(&x, b, &g, err));
    LSA_TRY(lsa_derivation_difference(*derivation, f, g, out, err));
done:
    return status;
}

static void tell_difference(const lsa_derivation *derivation, const lsa_poly *poly, lsa_claim_result *result)
{
    lsa_text text;
    lsa_text_init(&text);
    lsa_poly_print(lsa_derivation_algebra(derivation), poly, LSA_FORMAT_TEXT, &text);
    claim_why(result, "left - right = %.240s%s", text.failed ? "not 0" : text.data, text.length > 240 ? " ..." : "");
    lsa_text_clear(&text);
}

/* "proved; with Omega = I, s2 = 0 and rho = N, as in the model" */
static void tell_special(const lsa_derive_options *special, lsa_claim_result *result)
{
    const char *const names[] = {special->identity_task ? "Omega = I" : NULL, special->noiseless ? "s2 = 0" : NULL,
                                 special->rho_is_N ? "rho = N" : NULL};
    char list[64] = "";
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (names[k] != NULL)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", list[0] != '\0' ? ", " : "", names[k]);
    claim_why(result, "for all values of the other constants, with %s as in the model", list);
}

lsa_status text_judge_identity(lsa_study *study, const formula_node *a, const formula_node *b, lsa_claim_result *result,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_derivation *general = NULL, *special = NULL;
    const lsa_poly *rest;
    const lsa_setting *training = &lsa_study_experiment(study)->training;
    lsa_derive_options options = lsa_derive_options_of(training, false);
    result->kind = "identity";
    result->enclosed = true;
    LSA_TRY(difference(study, &options, a, b, &general, &rest, err));
    if (lsa_poly_count(rest) == 0) {
        result->verdict = LSA_VERDICT_PROVED;
        claim_why(result, "for all values of parameters and constants");
        goto done;
    }
    options = lsa_derive_options_of(training, true);
    LSA_TRY(difference(study, &options, a, b, &special, &rest, err));
    result->verdict = lsa_poly_count(rest) == 0 ? LSA_VERDICT_PROVED : LSA_VERDICT_FAILS;
    if (result->verdict == LSA_VERDICT_PROVED)
        tell_special(&options, result);
    else
        tell_difference(special, rest, result);
done:
    lsa_derivation_destroy(special);
    lsa_derivation_destroy(general);
    return status;
}
