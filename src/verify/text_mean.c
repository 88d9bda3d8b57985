/* text_mean.c - means over a random covariance.
 *
 * E(e) for independent diagonal entries: a polynomial of degree m in each entry has the mean that it has over any m + 1 points
 * with signed weights of the same moments up to m; points 1, ..., m + 1 and rational weights make it exact. A formula that is no
 * polynomial in Lambda has no moment formula, and is refused by name. */
#include "verify/text_mean.h"

#include "base/text.h"
#include "base/try.h"
#include "verify/text_wishart.h"
#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- degrees in Lambda */

enum { NO_POLYNOMIAL = -1, LARGEST_DEGREE = 12, MOST_NODES = 100000 };

static bool is_Lambda(const text_world *w, const formula_node *node)
{
    if (node->kind == FORMULA_NAME)
        return node->name->id == FORMULA_NAME_Lambda;
    return node->kind == FORMULA_SYMBOL && w->experiment->statement->symbols[node->symbol].role == LSA_ROLE_COVARIANCE;
}

static int degree_of(const text_world *w, const formula_node *node, const formula_node **culprit);

static int degree_of_children(const text_world *w, const formula_node *node, bool added, const formula_node **culprit)
{
    int degree = 0;
    for (int k = 0; k < node->n_children; k++) {
        const int one = degree_of(w, node->children[k], culprit);
        if (one == NO_POLYNOMIAL)
            return one;
        degree = added ? degree + one : one > degree ? one : degree;
    }
    return degree;
}

static int degree_of_power(const text_world *w, const formula_node *node, const formula_node **culprit)
{
    const formula_node *base = node->children[0];
    const bool norm =
        base->kind == FORMULA_CALL && (base->function->id == FORMULA_norm || base->function->id == FORMULA_sqrt);
    const int below = norm ? degree_of(w, base->children[0], culprit) : degree_of(w, base, culprit);
    const int factor = norm && base->function->id == FORMULA_sqrt ? node->exponent / 2 : node->exponent;
    if (below <= 0)
        return below;
    if (node->root != 1 || node->exponent < 0 || (norm && node->exponent % 2 != 0)) {
        *culprit = node;
        return NO_POLYNOMIAL;
    }
    return below * factor;
}

/* The degree in Lambda, or NO_POLYNOMIAL and the part that is none. */
static int degree_of(const text_world *w, const formula_node *node, const formula_node **culprit)
{
    if (is_Lambda(w, node))
        return 1;
    if (node->kind == FORMULA_ELSEWHERE)
        return 0;
    switch (node->kind) {
    case FORMULA_PRODUCT:
        return degree_of_children(w, node, true, culprit);
    case FORMULA_POWER:
        return degree_of_power(w, node, culprit);
    case FORMULA_DIVIDE:
    case FORMULA_CALL:
        break;
    default:
        return degree_of_children(w, node, false, culprit);
    }
    const formula_function_id id = node->kind == FORMULA_CALL ? node->function->id : FORMULA_tr;
    const bool linear =
        id == FORMULA_tr || id == FORMULA_sum || id == FORMULA_diag || id == FORMULA_offdiag || id == FORMULA_entry;
    const int above = degree_of(w, node->children[0], culprit);
    if (node->kind == FORMULA_DIVIDE ? degree_of(w, node->children[1], culprit) == 0 : linear || above == 0)
        return above;
    *culprit = node;
    return NO_POLYNOMIAL;
}

/* ---------------------------------------------------------------- means over entries */

/* E l^k of a law, exactly. */
static const formula_value *moment(formula_pool *pool, const lsa_law *law, int k)
{
    formula_value *p[3], *out = formula_value_integer(pool, 1), *quotient = NULL;
    for (int j = 0; j < 3; j++)
        p[j] = formula_value_written(pool, 1, 1, &law->parameter[j]);
    formula_value *a = NULL, *b = NULL;
    switch (law->kind) {
    case LSA_LAW_POINT:
        (void)formula_power(pool, p[0], k, 1, &out, NULL);
        return out;
    case LSA_LAW_EXPONENTIAL: /* k! mean^k */
        for (int j = 1; j <= k; j++)
            out = formula_multiply(pool, out, formula_multiply(pool, formula_value_integer(pool, j), p[0]));
        return out;
    case LSA_LAW_UNIFORM: /* sum_j low^j high^(k - j) / (k + 1) */
        out = formula_value_integer(pool, 0);
        for (int j = 0; j <= k; j++) {
            (void)formula_power(pool, p[0], j, 1, &a, NULL);
            (void)formula_power(pool, p[1], k - j, 1, &b, NULL);
            out = formula_add(pool, out, formula_multiply(pool, a, b));
        }
        (void)formula_divide(pool, out, formula_value_integer(pool, k + 1), &quotient, NULL);
        return quotient;
    case LSA_LAW_GAMMA: /* scale^k (shape)(shape + 1)...(shape + k - 1) */
        for (int j = 0; j < k; j++)
            out = formula_multiply(
                pool, out, formula_multiply(pool, p[1], formula_add(pool, p[0], formula_value_integer(pool, j))));
        return out;
    default: /* p a^k + (1 - p) b^k */
        (void)formula_power(pool, p[0], k, 1, &a, NULL);
        (void)formula_power(pool, p[1], k, 1, &b, NULL);
        out = formula_add(pool, out, formula_negate(pool, p[2]));
        return formula_add(pool, formula_multiply(pool, p[2], a), formula_multiply(pool, out, b));
    }
}

/* Signed weights of the points 1, ..., m + 1 with the law's moments up to m: sum_j weight_j j^k = E l^k. */
static lsa_status weights_of(formula_pool *pool, const lsa_law *law, int m, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *powers = NULL, *inverse = NULL;
    const formula_value *rows[LARGEST_DEGREE + 1], *moments[LARGEST_DEGREE + 1];
    for (int k = 0; k <= m; k++) {
        double row[LARGEST_DEGREE + 1];
        for (int j = 0; j <= m; j++)
            row[j] = pow(j + 1.0, k); /* below 13^12: an integer that a double holds */
        rows[k] = formula_value_written(pool, m + 1, 1, row);
        moments[k] = moment(pool, law, k);
    }
    powers = formula_value_stack(pool, m + 1, rows);
    const formula_value *argument = powers;
    LSA_TRY(formula_apply(pool, FORMULA_inv, 1, &argument, 0, &inverse, err));
    const formula_value *weights = formula_multiply(pool, inverse, formula_value_stack(pool, m + 1, moments));
    for (int j = 0; j <= m; j++)
        out[j] = formula_value_part(pool, weights, j, 1, 1);
done:
    return status;
}

/* e at one Lambda, computed anew. */
static lsa_status at_Lambda(text_world *w, const formula_value *Lambda, const formula_node *e,
                            const formula_value **out, lsa_error *err)
{
    const formula_value *before = w->drawn, **kept = w->run.kept;
    const int n = w->run.n_kept;
    w->drawn = Lambda;
    w->run.n_kept = 0; /* nothing that holds Lambda may be kept */
    const lsa_status status = formula_evaluate(&w->run, e, out, err);
    w->drawn = before;
    w->run.kept = kept;
    w->run.n_kept = n;
    return status;
}

static lsa_status mean_of_entries(text_world *w, const lsa_covariance *law, const formula_node *e,
                                  const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_pool *pool = w->run.pool;
    const formula_node *culprit = e;
    const ptrdiff_t d = law->d;
    const int m = degree_of(w, e, &culprit);
    ptrdiff_t *digit = NULL;
    lsa_text part;
    lsa_text_init(&part);
    if (m == NO_POLYNOMIAL) {
        formula_print(culprit, &part);
        status = lsa_error_set(err, LSA_ERR_DOMAIN,
                               "no moments give the mean of %.60s: it is no polynomial in Lambda, and may "
                               "have no mean",
                               part.failed ? "it" : part.data);
        goto done;
    }
    if (m > LARGEST_DEGREE || pow(m + 1.0, (double)d) > MOST_NODES) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "a mean of degree %d over %td entries", m, d);
        goto done;
    }
    const formula_value **weight = lsa_arena_alloc(w->arena, (size_t)(d * (m + 1)), sizeof *weight);
    double *diagonal = lsa_arena_alloc(w->arena, (size_t)(d * d), sizeof *diagonal);
    digit = calloc((size_t)d, sizeof *digit);
    LSA_TRY_MEMORY(weight, "a mean");
    LSA_TRY_MEMORY(diagonal, "a mean");
    LSA_TRY_MEMORY(digit, "a mean");
    for (ptrdiff_t i = 0; i < d; i++)
        LSA_TRY(weights_of(pool, &law->laws[i], m, weight + i * (m + 1), err));
    *out = NULL;
    for (ptrdiff_t i = 0; i < d;) {
        const formula_value *value, *factor = formula_value_integer(pool, 1);
        for (ptrdiff_t k = 0; k < d; k++) {
            diagonal[k + k * d] = (double)digit[k] + 1.0;
            factor = formula_multiply(pool, factor, weight[k * (m + 1) + digit[k]]);
        }
        LSA_TRY(at_Lambda(w, formula_value_written(pool, d, d, diagonal), e, &value, err));
        value = formula_multiply(pool, factor, value);
        *out = *out == NULL ? value : formula_add(pool, *out, value);
        for (i = 0; i < d && ++digit[i] > m; i++)
            digit[i] = 0;
    }
done:
    free(digit);
    lsa_text_clear(&part);
    return status;
}

static lsa_status mean_of_mixture(text_world *w, const lsa_covariance *law, const formula_node *e,
                                  const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *Lambda, *value;
    *out = NULL;
    for (ptrdiff_t c = 0; c < law->n_components; c++) {
        LSA_TRY(text_covariance(w, &law->components[c], &Lambda, err));
        LSA_TRY(at_Lambda(w, Lambda, e, &value, err));
        value = formula_multiply(w->run.pool, formula_value_written(w->run.pool, 1, 1, &law->weights[c]), value);
        *out = *out == NULL ? value : formula_add(w->run.pool, *out, value);
    }
done:
    return status;
}

bool text_mean_is_exact(const text_world *w, const formula_node *e)
{
    const lsa_covariance *law = w->experiment->training.covariance;
    const formula_node *culprit;
    if (law->kind == LSA_COVARIANCE_WISHART)
        return text_wishart_is_exact(w, e);
    if (law->kind != LSA_COVARIANCE_LAWS)
        return true;
    const int m = degree_of(w, e, &culprit);
    return m != NO_POLYNOMIAL && m <= LARGEST_DEGREE && pow(m + 1.0, (double)law->d) <= MOST_NODES;
}

lsa_status text_mean(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    const lsa_covariance *law = w->experiment->training.covariance;
    if (law->kind == LSA_COVARIANCE_LAWS)
        return mean_of_entries(w, law, e, out, err);
    if (law->kind == LSA_COVARIANCE_MIXTURE)
        return mean_of_mixture(w, law, e, out, err);
    if (law->kind == LSA_COVARIANCE_WISHART)
        return text_wishart_mean(w, e, at_Lambda, out, err);
    return formula_evaluate(&w->run, e, out, err); /* one Lambda: its own mean */
}
