/* text_wishart.c - means over a Wishart law, Lambda = (1/k) sum of k z z' with z ~ N(0, Sigma).
 *
 * A polynomial in Lambda is written over an algebra in which whatever does not depend on Lambda is a letter of its own; the law's
 * average is Wick's (symbolic/wishart.h), and its letters get their exact values at the end. What is linear in inv(Lambda) has the
 * value at (k - d - 1)/k Sigma, since E inv(Lambda) = k/(k - d - 1) inv(Sigma) for k > d + 1. */
#include "verify/text_wishart.h"

#include "base/try.h"
#include "formula/polynomial.h"
#include "symbolic/algebra.h"
#include "symbolic/poly.h"
#include "symbolic/wishart.h"
#include <string.h>

/* Factors Lambda of one term; letters of one formula. */
enum { MOST_FACTORS = 6, LETTERS = 64, NOT_OFFERED = 1000 };

static const formula_node *inside(const formula_node *node)
{
    while (node->kind == FORMULA_DEFINED)
        node = node->children[0];
    return node;
}

static bool is_Lambda(const formula_node *node)
{
    return node->n_children == 0 && (node->needs & FORMULA_IN_LAW) != 0;
}

static bool is_call_of(const formula_node *node, formula_function_id id)
{
    return node->kind == FORMULA_CALL && node->function->id == id;
}

static bool is_inverse(const formula_node *node)
{
    return is_call_of(node, FORMULA_inv) && is_Lambda(inside(node->children[0]));
}

/* ---------------------------------------------------------------- degrees */

static int degree(const formula_node *node, ptrdiff_t d);

/* A side that is written out has the dimension of its size. */
static bool has_dim(formula_side side, ptrdiff_t d)
{
    return side.name != NULL || side.size == d || side.size == 1;
}

static int degree_over(const formula_node *node, bool product, ptrdiff_t d)
{
    int all = 0;
    for (int k = 0; k < node->n_children; k++) {
        const int one = degree(node->children[k], d);
        all = product ? all + one : one > all ? one : all;
    }
    return all < NOT_OFFERED ? all : NOT_OFFERED;
}

static int degree_of_power(const formula_node *node, ptrdiff_t d)
{
    const formula_node *base = inside(node->children[0]);
    const bool norm = is_call_of(base, FORMULA_norm) && node->exponent % 2 == 0;
    if (node->root != 1 || node->exponent < 0 || (is_call_of(base, FORMULA_norm) && !norm))
        return NOT_OFFERED;
    const int below = degree(norm ? base->children[0] : base, d);
    return below > MOST_FACTORS && node->exponent > 0 ? NOT_OFFERED : node->exponent * below;
}

/* The factors Lambda of its largest term; NOT_OFFERED or more where it is no polynomial that is written here. */
static int degree(const formula_node *node, ptrdiff_t d)
{
    node = inside(node);
    if ((node->needs & FORMULA_IN_LAW) == 0)
        return has_dim(node->rows, d) && has_dim(node->cols, d) ? 0 : NOT_OFFERED;
    if (is_Lambda(node))
        return 1;
    switch (node->kind) {
    case FORMULA_PRODUCT:
        return degree_over(node, true, d);
    case FORMULA_SUM:
    case FORMULA_NEGATE:
    case FORMULA_TRANSPOSE:
        return degree_over(node, false, d);
    case FORMULA_DIVIDE:
        return (node->children[1]->needs & FORMULA_IN_LAW) == 0 ? degree(node->children[0], d) : NOT_OFFERED;
    case FORMULA_POWER:
        return degree_of_power(node, d);
    case FORMULA_CALL:
        if (is_call_of(node, FORMULA_tr) || is_call_of(node, FORMULA_sum))
            return degree(node->children[0], d);
        return is_call_of(node, FORMULA_entry) && node->n_children == 3 &&
                       ((node->children[1]->needs | node->children[2]->needs) & FORMULA_IN_LAW) == 0
                   ? degree(node->children[0], d)
                   : NOT_OFFERED;
    default:
        return NOT_OFFERED;
    }
}

/* Of degree at most one in inv(Lambda), and of Lambda in no other way. */
static bool is_linear_in_inverse(const formula_node *node)
{
    int drawn = 0;
    node = inside(node);
    if ((node->needs & FORMULA_IN_LAW) == 0 || is_inverse(node))
        return true;
    for (int k = 0; k < node->n_children; k++) {
        if (!is_linear_in_inverse(node->children[k]))
            return false;
        drawn += (node->children[k]->needs & FORMULA_IN_LAW) != 0;
    }
    switch (node->kind) {
    case FORMULA_SUM:
    case FORMULA_NEGATE:
    case FORMULA_TRANSPOSE:
        return drawn > 0;
    case FORMULA_PRODUCT:
        return drawn == 1;
    case FORMULA_DIVIDE:
        return (node->children[1]->needs & FORMULA_IN_LAW) == 0;
    default:
        return drawn == 1 && (is_call_of(node, FORMULA_tr) || is_call_of(node, FORMULA_sum) ||
                              is_call_of(node, FORMULA_diag) || is_call_of(node, FORMULA_entry));
    }
}

static bool has_mean_of_inverse(const text_world *w)
{
    const lsa_covariance *law = w->experiment->training.covariance;
    return law->dof > (double)law->d + 1.0;
}

bool text_wishart_is_exact(const text_world *w, const formula_node *e)
{
    if ((e->needs & FORMULA_IN_LAW) == 0)
        return true;
    if (is_linear_in_inverse(e))
        return has_mean_of_inverse(w);
    return degree(e, w->experiment->data.d) <= MOST_FACTORS;
}

/* ---------------------------------------------------------------- as a polynomial */

typedef struct letter {
    int symbol;
    const formula_value *value;
} letter;

typedef struct expansion {
    text_world *w;
    lsa_algebra *algebra;
    int Lambda;
    lsa_wishart law;
    int n_letters;
    letter letters[LETTERS];
    const formula_value *direction; /* of the entry at hand */
} expansion;

static lsa_dim dim_of(const expansion *x, formula_side side)
{
    lsa_dim dim = LSA_DIM_ONE;
    if (side.name == NULL)
        return side.size == 1 ? LSA_DIM_ONE : LSA_DIM_D;
    while (dim < x->algebra->n_dims && strcmp(x->algebra->dims[dim], side.name) != 0)
        dim++;
    return dim;
}

/* A new symbol of that shape; value NULL: given later. */
static lsa_status new_letter(expansion *x, formula_side rows, formula_side cols, const formula_value *value,
                             int *symbol, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_dim r = dim_of(x, rows), c = dim_of(x, cols);
    const bool scalar = r == LSA_DIM_ONE && c == LSA_DIM_ONE;
    char name[16] = "#a";
    if (x->n_letters == LETTERS || r == x->algebra->n_dims || c == x->algebra->n_dims)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a mean over a Wishart law with more than %d letters", LETTERS);
    name[1] = (char)('0' + x->n_letters);
    const lsa_symbol s = {
        .name = name, .kind = scalar ? LSA_SYMBOL_SCALAR : LSA_SYMBOL_MATRIX, .rows = r, .cols = c, .covariance = -1};
    LSA_TRY(lsa_algebra_add_symbol(x->algebra, &s, symbol, err));
    x->letters[x->n_letters++] = (letter){*symbol, value};
done:
    return status;
}

static lsa_status letter_of(expansion *x, const formula_node *node, const formula_value *value, const lsa_poly **out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    int symbol;
    LSA_TRY(new_letter(x, node->rows, node->cols, value, &symbol, err));
    LSA_TRY(lsa_poly_symbol(x->algebra, symbol, LSA_INDEX_NONE, out, err));
done:
    return status;
}

static lsa_status expand(expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err);

static lsa_status over_children(expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *next;
    LSA_TRY(expand(x, node->children[0], out, err));
    for (int k = 1; k < node->n_children; k++) {
        LSA_TRY(expand(x, node->children[k], &next, err));
        LSA_TRY(node->kind == FORMULA_SUM ? lsa_poly_sum(x->algebra, *out, next, out, err)
                                          : lsa_poly_mul(x->algebra, *out, next, out, err));
    }
done:
    return status;
}

/* |X|^(2k) = tr(X'X)^k. */
static lsa_status power(expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *f, *turned;
    const formula_node *base = inside(node->children[0]);
    const bool norm = is_call_of(base, FORMULA_norm);
    LSA_TRY(expand(x, norm ? base->children[0] : base, &f, err));
    if (norm) {
        LSA_TRY(lsa_poly_transpose(x->algebra, f, &turned, err));
        LSA_TRY(lsa_poly_mul(x->algebra, turned, f, &f, err));
        LSA_TRY(lsa_poly_trace(x->algebra, f, &f, err));
    }
    LSA_TRY(lsa_poly_power(x->algebra, f, norm ? node->exponent / 2 : node->exponent, out, err));
done:
    return status;
}

/* sum(X) = tr(X J), J of ones; entry(X, i, j) = tr(X e_j e_i'). */
static lsa_status linear(expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *X = node->children[0];
    const lsa_poly *f, *weights;
    const ptrdiff_t rows = X->rows.size, cols = X->cols.size;
    long place[2] = {0, 0};
    double *J = lsa_arena_alloc(x->w->arena, (size_t)(rows * cols), sizeof *J);
    LSA_TRY_MEMORY(J, "a mean over a Wishart law");
    for (int k = 1; k < node->n_children; k++) {
        const formula_value *index;
        LSA_TRY(formula_evaluate(&x->w->run, node->children[k], &index, err));
        LSA_TRY(formula_value_long(index, &place[k - 1], err));
        if (place[k - 1] < 1 || place[k - 1] > (k == 1 ? rows : cols))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no entry of that index %ld", place[k - 1]);
    }
    for (ptrdiff_t k = 0; k < rows * cols; k++)
        J[k] = node->n_children == 1 || (k % cols == place[1] - 1 && k / cols == place[0] - 1) ? 1.0 : 0.0;
    const formula_node shape = {.rows = X->cols, .cols = X->rows};
    LSA_TRY(expand(x, X, &f, err));
    LSA_TRY(letter_of(x, &shape, formula_value_written(x->w->run.pool, cols, rows, J), &weights, err));
    LSA_TRY(lsa_poly_mul(x->algebra, f, weights, &f, err));
    LSA_TRY(lsa_poly_trace(x->algebra, f, out, err));
done:
    return status;
}

static lsa_status expand(expansion *x, const formula_node *node, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *f;
    const formula_value *value;
    node = inside(node);
    if ((node->needs & FORMULA_IN_LAW) == 0) {
        LSA_TRY(formula_evaluate(&x->w->run, node, &value, err));
        return letter_of(x, node, value, out, err);
    }
    if (is_Lambda(node))
        return lsa_poly_symbol(x->algebra, x->Lambda, LSA_INDEX_NONE, out, err);
    switch (node->kind) {
    case FORMULA_SUM:
    case FORMULA_PRODUCT:
        return over_children(x, node, out, err);
    case FORMULA_POWER:
        return power(x, node, out, err);
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
    default:
        if (!is_call_of(node, FORMULA_tr))
            return linear(x, node, out, err);
        LSA_TRY(expand(x, node->children[0], &f, err));
        return lsa_poly_trace(x->algebra, f, out, err);
    }
done:
    return status;
}

/* ---------------------------------------------------------------- its mean */

static lsa_status number(void *context, int symbol, ptrdiff_t head, const formula_value **out, lsa_error *err)
{
    const expansion *x = context;
    const lsa_covariance *law = x->w->experiment->training.covariance;
    (void)head;
    for (int k = 0; k < x->n_letters; k++) {
        if (x->letters[k].symbol == symbol) {
            *out = x->letters[k].value != NULL ? x->letters[k].value : x->direction;
            return LSA_OK;
        }
    }
    if (symbol == x->law.scale)
        return text_covariance(x->w, law->scale, out, err);
    if (symbol == x->law.dof) {
        *out = formula_value_integer(x->w->run.pool, (long)law->dof);
        return LSA_OK;
    }
    for (lsa_dim dim = 1; dim < x->algebra->n_dims; dim++) {
        if (x->algebra->dim_symbol[dim] == symbol) {
            *out = formula_value_integer(x->w->run.pool, (long)x->w->experiment->dims[dim]);
            return LSA_OK;
        }
    }
    return lsa_error_set(err, LSA_ERR_UNABLE, "the mean over a Wishart law holds %s, which has no number",
                         lsa_algebra_symbol(x->algebra, symbol)->name);
}

static lsa_status begin(expansion *x, text_world *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol Lambda = {.name = "#Lambda",
                               .kind = LSA_SYMBOL_MATRIX,
                               .rows = LSA_DIM_D,
                               .cols = LSA_DIM_D,
                               .symmetric = true,
                               .covariance = -1};
    *x = (expansion){.w = w};
    LSA_TRY(lsa_algebra_create(w->experiment->statement, &x->algebra, err));
    lsa_algebra_start_work(x->algebra);
    LSA_TRY(lsa_algebra_add_symbol(x->algebra, &Lambda, &x->Lambda, err));
    LSA_TRY(lsa_wishart_add_symbols(x->algebra, x->Lambda, &x->law, err));
done:
    return status;
}

/* The mean of tr(Z'e) for each unit Z. */
static lsa_status mean_of_polynomial(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    expansion x = {.w = w};
    const lsa_poly *f, *Z, *mean;
    const ptrdiff_t rows = e->rows.size, cols = e->cols.size;
    const formula_value **entries = lsa_arena_alloc(w->arena, (size_t)(rows * cols), sizeof *entries);
    double *unit = lsa_arena_alloc(w->arena, (size_t)(rows * cols), sizeof *unit);
    LSA_TRY(begin(&x, w, err));
    LSA_TRY_MEMORY(entries, "a mean over a Wishart law");
    LSA_TRY_MEMORY(unit, "a mean over a Wishart law");
    LSA_TRY(letter_of(&x, e, NULL, &Z, err));
    LSA_TRY(expand(&x, e, &f, err));
    LSA_TRY(lsa_poly_transpose(x.algebra, Z, &Z, err));
    LSA_TRY(lsa_poly_mul(x.algebra, Z, f, &f, err));
    if (cols > 1 || lsa_poly_rows(f) != LSA_DIM_ONE)
        LSA_TRY(lsa_poly_trace(x.algebra, f, &f, err));
    LSA_TRY(lsa_wishart_expect(x.algebra, f, x.Lambda, &x.law, &mean, err));
    const formula_numbers numbers = {.context = &x, .symbol = number, .rows = 1, .cols = 1, .heads = 1};
    for (ptrdiff_t k = 0; k < rows * cols; k++) {
        formula_value *value;
        memset(unit, 0, (size_t)(rows * cols) * sizeof *unit);
        unit[k] = 1.0;
        x.direction = formula_value_written(w->run.pool, rows, cols, unit);
        LSA_TRY(formula_polynomial(w->run.pool, mean, &numbers, &value, err));
        entries[k] = value;
    }
    *out = formula_value_part(w->run.pool, formula_value_join(w->run.pool, (int)(rows * cols), entries), 0, rows, cols);
done:
    lsa_algebra_destroy(x.algebra);
    return status;
}

lsa_status text_wishart_mean(text_world *w, const formula_node *e, text_at_covariance *at, const formula_value **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_pool *pool = w->run.pool;
    const lsa_covariance *law = w->experiment->training.covariance;
    const formula_value *Sigma;
    formula_value *share;
    if (!is_linear_in_inverse(e))
        return mean_of_polynomial(w, e, out, err);
    LSA_TRY(text_covariance(w, law->scale, &Sigma, err));
    LSA_TRY(formula_divide(pool, formula_value_integer(pool, (long)law->dof - (long)law->d - 1),
                           formula_value_integer(pool, (long)law->dof), &share, err));
    LSA_TRY(at(w, formula_multiply(pool, share, Sigma), e, out, err));
done:
    return status;
}
