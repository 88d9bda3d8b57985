/* text_minimum.c - the least loss of all parameters and where it is, exactly where the loss is a quadratic function of one block.
 *
 * That the least value is global is the study's to know (theory, or the form of the loss): here it gets its digits. With the
 * scalars at a number c, keys at c times the identity and everything else but one block at 0, the loss is quadratic in that
 * block; its least value is found from the exact gradient, which is affine, and counts where it is the study's. Another c is
 * another minimiser: what is not the same at both is no function of the minimum. */
#include "verify/text_minimum.h"
#include "base/matrix.h"
#include "base/try.h"
#include "verify/many_starts.h"
#include "verify/text_points.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Unknowns of an exact solution; beyond, theory's doubles serve. */
enum { UNKNOWNS = 120 };
/* The exact least loss is the study's where they agree to this share of the loss at zero. */
static const double same_minimum = 1e-9;

static bool is_first_head(const text_block *b)
{
    return b->head <= 1;
}

/* c [I; 0] */
static const formula_value *leaning(text_world *w, const text_block *b, double c, lsa_error *err)
{
    double *x = lsa_arena_alloc(w->arena, (size_t)(b->rows * b->cols), sizeof *x);
    if (x == NULL) {
        lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a minimum");
        return NULL;
    }
    for (ptrdiff_t i = 0; i < b->rows && i < b->cols; i++)
        x[i + i * b->rows] = c;
    return formula_value_written(w->run.pool, b->rows, b->cols, x);
}

/* What block k is while block `unknown` is sought: c for scalars and keys of the first head, else 0. */
static const formula_value *anchor(text_world *w, int k, int unknown, double c, lsa_error *err)
{
    const lsa_layer_parameters *p = &w->experiment->statement->layer_parameters;
    const text_block *b = &w->blocks[k];
    const bool scalar =
        b->rows == 1 && b->cols == 1 && w->experiment->statement->symbols[b->symbol].rows == LSA_DIM_ONE;
    const bool key = b->symbol == p->K || b->symbol == p->Q;
    const bool stands = k != unknown && is_first_head(b) && (scalar || key);
    return leaning(w, b, stands ? c : 0.0, err);
}

/* Whether the block may be the unknown one: of the first head, and a matrix or vector, or the only block. */
static bool may_be_unknown(const text_world *w, int k)
{
    const text_block *b = &w->blocks[k];
    return is_first_head(b) && b->rows * b->cols <= UNKNOWNS &&
           (w->n_blocks == 1 || w->experiment->statement->symbols[b->symbol].rows != LSA_DIM_ONE ||
            w->experiment->statement->symbols[b->symbol].cols != LSA_DIM_ONE);
}

/* The part of the gradient that belongs to the unknown block, as a column. */
static lsa_status block_gradient(text_world *w, const text_place *place, int k, const formula_value **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *whole;
    const text_block *b = &w->blocks[k];
    LSA_TRY(text_whole_gradient(w, place, &whole, err));
    *out = formula_value_part(w->run.pool, whole, b->offset, b->rows * b->cols, 1);
done:
    return status;
}

static const formula_value *unit_block(text_world *w, const text_block *b, ptrdiff_t entry, lsa_error *err)
{
    double *x = lsa_arena_alloc(w->arena, (size_t)(b->rows * b->cols), sizeof *x);
    if (x == NULL) {
        lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a minimum");
        return NULL;
    }
    x[entry] = 1.0;
    return formula_value_written(w->run.pool, b->rows, b->cols, x);
}

/* The place where the loss is stationary in block k, the others at their anchors. */
static lsa_status solve_block(text_world *w, int k, double c, text_place *place, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_pool *pool = w->run.pool;
    const text_block *b = &w->blocks[k];
    const ptrdiff_t n = b->rows * b->cols;
    const formula_value *at_zero, *at_unit, **columns = lsa_arena_alloc(w->arena, (size_t)n, sizeof *columns);
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    formula_value *inverse;
    LSA_TRY_MEMORY(columns, "a minimum");
    LSA_TRY_MEMORY(blocks, "a minimum");
    *place = (text_place){.blocks = blocks, .sample = -1};
    for (int j = 0; j < w->n_blocks; j++) {
        blocks[j] = anchor(w, j, k, c, err);
        LSA_TRY_MEMORY(blocks[j], "a minimum");
    }
    LSA_TRY(block_gradient(w, place, k, &at_zero, err));
    for (ptrdiff_t e = 0; e < n; e++) {
        blocks[k] = unit_block(w, b, e, err);
        LSA_TRY_MEMORY(blocks[k], "a minimum");
        LSA_TRY(block_gradient(w, place, k, &at_unit, err));
        columns[e] = formula_add(pool, at_unit, formula_negate(pool, at_zero));
    }
    const formula_value *H = n == 1 ? columns[0] : formula_value_stack(pool, (int)n, columns);
    LSA_TRY(formula_apply(pool, FORMULA_inv, 1, &H, 0, &inverse, err));
    blocks[k] =
        formula_value_part(pool, formula_negate(pool, formula_multiply(pool, inverse, at_zero)), 0, b->rows, b->cols);
done:
    return status;
}

static lsa_status loss_at(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    const void *before = w->run.place;
    w->run.place = place;
    const lsa_status status = text_loss(w, out, err);
    w->run.place = before;
    return status;
}

/* A minimiser with exact or enclosed parameters; *found false where there is none of this kind. */
static lsa_status exact_minimiser(text_world *w, double least, double size, double c, text_place *place, bool *found,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *loss;
    *found = false;
    for (int k = w->n_blocks - 1; k >= 0 && !*found; k--) {
        lsa_error story = {0};
        if (!may_be_unknown(w, k))
            continue;
        status = solve_block(w, k, c, place, &story);
        if (status == LSA_OK)
            status = loss_at(w, place, &loss, &story);
        if (status == LSA_OK)
            *found = !formula_value_is_estimated(loss) &&
                     fabs(formula_value_double(loss, 0, 0) - least) <= same_minimum * size;
        else if (!lsa_status_is_no_answer(status))
            return lsa_error_copy(err, status, &story);
        status = LSA_OK;
    }
    return status;
}

/* ---------------------------------------------------------------- a prediction that is affine in the parameters */

/* The degree of an expression in the parameters. */
static int degree_of(const lsa_statement *s, const lsa_expr *e)
{
    int degree = e->kind == LSA_EXPR_SYMBOL && s->symbols[e->symbol].kind == LSA_SYMBOL_PARAMETER;
    for (int k = 0; k < e->n_children; k++) {
        const int one = degree_of(s, e->children[k]);
        degree = e->kind == LSA_EXPR_PRODUCT ? degree + one : one > degree ? one : degree;
    }
    return e->kind == LSA_EXPR_POWER ? degree * e->exponent : degree;
}

/* The mean of squares of an affine function is convex: where its gradient is 0 it is least. */
static bool is_convex(const text_world *w)
{
    const lsa_statement *s = w->experiment->statement;
    return degree_of(s, s->prediction) <= 1 && degree_of(s, s->target) <= 1 && w->size <= UNKNOWNS;
}

static lsa_status place_of_column(text_world *w, const formula_value *x, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a minimum");
    for (int k = 0; k < w->n_blocks; k++)
        blocks[k] = formula_value_part(w->run.pool, x, w->blocks[k].offset, w->blocks[k].rows, w->blocks[k].cols);
    *out = (text_place){.blocks = blocks, .sample = -1};
done:
    return status;
}

static const formula_value *filled(text_world *w, ptrdiff_t n, double x, lsa_error *err)
{
    double *numbers = lsa_arena_alloc(w->arena, (size_t)n, sizeof *numbers);
    if (numbers == NULL) {
        lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a minimum");
        return NULL;
    }
    for (ptrdiff_t k = 0; k < n; k++)
        numbers[k] = x;
    return formula_value_written(w->run.pool, n, 1, numbers);
}

/* x = -H^+ g(0), and with c = 2 another minimiser where the loss does not see all directions: x + (I - H^+ H) (1, ..., 1). */
static lsa_status convex_minimiser(text_world *w, double c, text_place *place, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_pool *pool = w->run.pool;
    text_place zero;
    const formula_value *g, *H, *origin = filled(w, w->size, 0.0, err), *ones = filled(w, w->size, 1.0, err);
    formula_value *inverse;
    LSA_TRY_MEMORY(origin, "a minimum");
    LSA_TRY_MEMORY(ones, "a minimum");
    LSA_TRY(place_of_column(w, origin, &zero, err));
    LSA_TRY(text_whole_gradient(w, &zero, &g, err));
    LSA_TRY(text_whole_hessian(w, &zero, &H, err));
    LSA_TRY(formula_apply(pool, FORMULA_pinv, 1, &H, 0, &inverse, err));
    const formula_value *x = formula_negate(pool, formula_multiply(pool, inverse, g));
    if (c > 1.0) {
        const formula_value *seen = formula_multiply(pool, inverse, formula_multiply(pool, H, ones));
        x = formula_add(pool, x, formula_add(pool, ones, formula_negate(pool, seen)));
    }
    LSA_TRY(place_of_column(w, x, place, err));
done:
    return status;
}

/* ---------------------------------------------------------------- the least loss */

/* The study's least loss, and the size against which it is off. */
static lsa_status least_of(text_world *w, double *least, double *size, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(lsa_study_minimum_loss(w->study, least, err));
    if (!isfinite(*least))
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "no form of this loss says which minimum is global; best(loss) is the lowest "
                             "end of many starts");
    LSA_TRY(lsa_study_program(w->study, &program, err));
    *size = lsa_program_loss_at_zero(program);
done:
    return status;
}

lsa_status text_minimiser(text_world *w, text_place *place, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double least = 0.0, size = 0.0;
    *found = is_convex(w);
    if (*found)
        return convex_minimiser(w, 1.0, place, err);
    LSA_TRY(least_of(w, &least, &size, err));
    if (isfinite(w->experiment->training.context))
        LSA_TRY(exact_minimiser(w, least, size, 1.0, place, found, err));
done:
    return status;
}

lsa_status text_inf(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double least = 0.0, size = 0.0;
    text_place place;
    bool found = false;
    LSA_TRY(text_minimiser(w, &place, &found, err));
    if (found)
        return loss_at(w, &place, out, err);
    LSA_TRY(least_of(w, &least, &size, err));
    *out = formula_value_near(w->run.pool, 1, 1, &least, 1e-14 * size * sqrt((double)w->experiment->data.d));
done:
    return status;
}

/* ---------------------------------------------------------------- where it is */

/* Theory's minimiser in doubles; c moves it along the scaling of u against U. */
static lsa_status computed_minimiser(text_world *w, double c, text_place *place, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *limit;
    const lsa_layer_parameters *p = &w->experiment->statement->layer_parameters;
    double *state = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *state);
    LSA_TRY_MEMORY(state, "a minimum");
    LSA_TRY(lsa_study_limit(w->study, &limit, err));
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *b = &w->blocks[k];
        const double factor = b->symbol == p->u ? c : b->symbol == p->U || b->symbol == p->K ? 1.0 / c : 1.0;
        for (ptrdiff_t e = b->offset; e < b->offset + b->rows * b->cols; e++)
            state[e] = factor * limit[e];
    }
    LSA_TRY(text_place_of_state(w, state, place, err));
    for (int k = 0; k < w->n_blocks; k++)
        place->blocks[k] = text_computed(w, w->blocks[k].rows, w->blocks[k].cols, state + w->blocks[k].offset, 1e-13);
done:
    return status;
}

static bool differs(text_world *w, const formula_value *a, const formula_value *b, ptrdiff_t *row, ptrdiff_t *col)
{
    for (*col = 0; *col < formula_value_cols(a); ++*col)
        for (*row = 0; *row < formula_value_rows(a); ++*row) {
            const formula_difference d = formula_value_compare(w->run.pool, a, b, *row, *col);
            if (d.apart)
                return true;
        }
    return false;
}

lsa_status text_argmin(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double least = 0.0, size = 0.0;
    text_place place[2];
    const formula_value *value[2];
    ptrdiff_t i = 0, j = 0;
    const bool convex = is_convex(w);
    if (!convex)
        LSA_TRY(least_of(w, &least, &size, err));
    for (int k = 0; k < 2; k++) {
        bool found = convex;
        const double c = k == 0 ? 1.0 : 2.0;
        if (convex)
            LSA_TRY(convex_minimiser(w, c, &place[k], err));
        else if (isfinite(w->experiment->training.context))
            LSA_TRY(exact_minimiser(w, least, size, c, &place[k], &found, err));
        if (!found)
            LSA_TRY(computed_minimiser(w, c, &place[k], err));
        LSA_TRY(text_at(w, &place[k], e, &value[k], err));
    }
    if (differs(w, value[0], value[1], &i, &j))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "it is not the same at all minimisers: %.9g at one, %.9g at another",
                             formula_value_double(value[0], i, j), formula_value_double(value[1], i, j));
    *out = value[0];
done:
    return status;
}

/* ---------------------------------------------------------------- many starts */

lsa_status text_best(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    many_ends found;
    text_place place;
    LSA_TRY(many_starts_run(w->study, w->arena, &found, err));
    const double *best = found.ends[0].state;
    LSA_TRY(text_place_of_state(w, best, &place, err));
    for (int k = 0; k < w->n_blocks; k++) /* whatever led there: the point is what it is, to the last digit */
        place.blocks[k] =
            formula_value_written(w->run.pool, w->blocks[k].rows, w->blocks[k].cols, best + w->blocks[k].offset);
    LSA_TRY(text_at(w, &place, e, out, err));
done:
    return status;
}
