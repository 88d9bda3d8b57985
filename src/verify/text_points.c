/* text_points.c - loss, gradient and Hessian at a place, from the derived polynomials themselves: exact where the place is.
 *
 * Where every prompt draws its own covariance, or N is infinite, the polynomial's numbers are averages and limits that the
 * compiled program knows: its doubles are taken, off by their rounding. */
#include "verify/text_points.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A program's sums against their terms. */
static const double program_rounding = 1e-13;

/* Eigenvalues below this share of the largest are their solver's rounding. */
static const double least_share = 1e-13;

/* A direction in which a Hessian is taken: one for entry `entry` of block `block`. */
typedef struct source {
    text_world *w;
    const text_place *place;
    const lsa_derivation *derivation;
    int block; /* -1: none */
    ptrdiff_t entry;
} source;

/* The block of that symbol and head, from 0 of a family. */
static int block_of(const text_world *w, int symbol, ptrdiff_t head)
{
    for (int k = 0; k < w->n_blocks; k++)
        if (w->blocks[k].symbol == symbol && w->blocks[k].head == (head < 0 ? 0 : (long)head + 1))
            return k;
    return -1;
}

static const formula_value *direction(source *s, int block)
{
    formula_pool *pool = s->w->run.pool;
    const text_block *b = &s->w->blocks[block];
    const ptrdiff_t n = b->rows * b->cols;
    double *numbers = lsa_arena_alloc(s->w->arena, (size_t)n, sizeof *numbers);
    if (numbers == NULL)
        return NULL;
    if (block == s->block)
        numbers[s->entry] = 1.0;
    return formula_value_written(pool, b->rows, b->cols, numbers);
}

/* A symbol of the algebra: of the statement, of a direction, or the scalar of a dimension. */
static lsa_status symbol_value(void *context, int symbol, ptrdiff_t head, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    source *s = context;
    text_world *w = s->w;
    const lsa_statement *statement = w->experiment->statement;
    for (int k = 0; s->block >= 0 && k < statement->n_parameters; k++) {
        if (lsa_derivation_direction(s->derivation, k) == symbol) {
            *out = direction(s, block_of(w, statement->parameters[k], head));
            LSA_TRY_MEMORY(*out, "a direction");
            return LSA_OK;
        }
    }
    if (symbol < statement->n_symbols && statement->symbols[symbol].kind == LSA_SYMBOL_PARAMETER) {
        *out = s->place->blocks[block_of(w, symbol, head)];
        return LSA_OK;
    }
    for (int dim = 0; dim < statement->n_dims; dim++) {
        if (dim != LSA_DIM_ONE && lsa_derivation_dim_symbol(s->derivation, dim) == symbol) {
            *out = formula_value_integer(w->run.pool, (long)w->experiment->dims[dim]);
            return LSA_OK;
        }
    }
    if (symbol >= statement->n_symbols)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the derived polynomial holds %s, which has no exact number",
                             lsa_algebra_symbol(lsa_derivation_algebra(s->derivation), symbol)->name);
    const formula_node node = {.kind = FORMULA_SYMBOL, .symbol = symbol};
    LSA_TRY(w->face.leaf(w, &w->run, &node, 0, out, err));
done:
    return status;
}

/* Of a large state of doubles, whose digits end at the sixteenth, the program's are as good and come at once. */
static bool by_polynomial(const text_world *w, const text_place *place)
{
    const lsa_setting *training = &w->experiment->training;
    return !lsa_covariance_is_random(training->covariance) && isfinite(training->context) &&
           (w->size <= TEXT_HESSIAN || !formula_value_is_estimated(place->blocks[0]));
}

static lsa_status at_place(source *s, const lsa_poly *poly, ptrdiff_t rows, ptrdiff_t cols, ptrdiff_t free_head,
                           const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *made;
    const formula_numbers numbers = {.context = s,
                                     .symbol = symbol_value,
                                     .heads = s->w->experiment->data.heads,
                                     .rows = rows,
                                     .cols = cols,
                                     .free_head = free_head};
    LSA_TRY(formula_polynomial(s->w->run.pool, poly, &numbers, &made, err));
    *out = made;
done:
    return status;
}

/* ---------------------------------------------------------------- by the program */

typedef struct compiled {
    const lsa_program *program;
    lsa_workspace *work;
    double *state, *gradient, *user;
} compiled;

static void compiled_clear(compiled *c)
{
    lsa_workspace_destroy(c->work);
    free(c->state);
    free(c->gradient);
}

static lsa_status compiled_at(text_world *w, const text_place *place, compiled *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *c = (compiled){.program = NULL};
    LSA_TRY(lsa_study_program(w->study, &c->program, err));
    LSA_TRY(lsa_workspace_create(c->program, &c->work, err));
    c->state = calloc((size_t)w->size, sizeof *c->state);
    c->gradient = calloc((size_t)w->size, sizeof *c->gradient);
    LSA_TRY_MEMORY(c->state, "the parameters of a claim");
    LSA_TRY_MEMORY(c->gradient, "the parameters of a claim");
    LSA_TRY(text_state_of(w, place, &c->user, err));
    LSA_TRY(lsa_program_from_user(c->program, c->user, c->state, err));
done:
    return status;
}

static lsa_status program_loss(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    compiled c;
    LSA_TRY(compiled_at(w, place, &c, err));
    const double loss = lsa_program_loss(c.program, c.work, c.state);
    const double size = fmax(fabs(loss), lsa_program_loss_at_zero(c.program));
    if (!isfinite(loss)) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the loss is beyond the range of doubles");
        goto done;
    }
    *out = formula_value_near(w->run.pool, 1, 1, &loss, program_rounding * size);
done:
    compiled_clear(&c);
    return status;
}

static lsa_status program_gradient(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    compiled c;
    LSA_TRY(compiled_at(w, place, &c, err));
    lsa_program_gradient(c.program, c.work, c.state, c.gradient);
    LSA_TRY(lsa_program_to_user(c.program, c.gradient, c.gradient, err));
    *out =
        formula_value_near(w->run.pool, w->size, 1, c.gradient, program_rounding * lsa_program_loss_at_zero(c.program));
done:
    compiled_clear(&c);
    return status;
}

/* All columns, size x size numbers in the arena. */
static lsa_status hessian_numbers(text_world *w, const text_place *place, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    compiled c;
    double *all = lsa_arena_alloc(w->arena, (size_t)(w->size * w->size), sizeof *all);
    double *one = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *one);
    LSA_TRY(compiled_at(w, place, &c, err));
    LSA_TRY_MEMORY(all, "a Hessian");
    LSA_TRY_MEMORY(one, "a Hessian");
    for (ptrdiff_t k = 0; k < w->size; k++) {
        memset(one, 0, (size_t)w->size * sizeof *one);
        one[k] = 1.0;
        LSA_TRY(lsa_program_from_user(c.program, one, one, err));
        lsa_program_hessian(c.program, c.work, c.state, one, c.gradient);
        LSA_TRY(lsa_program_to_user(c.program, c.gradient, all + k * w->size, err));
    }
    *out = all;
done:
    compiled_clear(&c);
    return status;
}

static lsa_status program_hessian(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *all;
    LSA_TRY(hessian_numbers(w, place, &all, err));
    *out = text_computed(w, w->size, w->size, all, program_rounding);
done:
    return status;
}

/* ---------------------------------------------------------------- loss, gradient, Hessian */

lsa_status text_loss(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    source s = {.w = w, .block = -1};
    LSA_TRY(text_here(w, &s.place, err));
    if (!by_polynomial(w, s.place))
        return program_loss(w, s.place, out, err);
    LSA_TRY(lsa_study_derivation(w->study, &s.derivation, err));
    LSA_TRY(at_place(&s, lsa_derivation_loss(s.derivation), 1, 1, 0, out, err));
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

static lsa_status block_gradient(text_world *w, const text_place *place, int block, const formula_value **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    source s = {.w = w, .place = place, .block = -1};
    const text_block *b = &w->blocks[block];
    LSA_TRY(lsa_study_derivation(w->study, &s.derivation, err));
    const lsa_poly *poly = lsa_derivation_gradient(s.derivation, parameter_of(w->experiment->statement, b->symbol));
    LSA_TRY(at_place(&s, poly, b->rows, b->cols, b->head - 1, out, err));
done:
    return status;
}

lsa_status text_whole_gradient(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (!by_polynomial(w, place))
        return program_gradient(w, place, out, err);
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a gradient");
    for (int k = 0; k < w->n_blocks; k++)
        LSA_TRY(block_gradient(w, place, k, &blocks[k], err));
    *out = formula_value_join(w->run.pool, w->n_blocks, blocks);
done:
    return status;
}

lsa_status text_gradient(text_world *w, const formula_node *parameter, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    const formula_value *index, *whole;
    long head = 0;
    LSA_TRY(text_here(w, &place, err));
    if (parameter->n_children > 0) {
        LSA_TRY(formula_evaluate(&w->run, parameter->children[0], &index, err));
        LSA_TRY(formula_value_long(index, &head, err));
    }
    const int block = block_of(w, parameter->symbol, head - 1);
    if (block < 0)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no head %ld", head);
    if (by_polynomial(w, place))
        return block_gradient(w, place, block, out, err);
    LSA_TRY(program_gradient(w, place, &whole, err));
    *out =
        formula_value_part(w->run.pool, whole, w->blocks[block].offset, w->blocks[block].rows, w->blocks[block].cols);
done:
    return status;
}

/* The column of entry `entry` of block `block`. */
static lsa_status hessian_column(source *s, const formula_value **parts, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world *w = s->w;
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *b = &w->blocks[k];
        const lsa_poly *poly = lsa_derivation_hessian(s->derivation, parameter_of(w->experiment->statement, b->symbol));
        LSA_TRY(at_place(s, poly, b->rows, b->cols, b->head - 1, &parts[k], err));
    }
    *out = formula_value_join(w->run.pool, w->n_blocks, parts);
done:
    return status;
}

lsa_status text_whole_hessian(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    source s = {.w = w, .place = place};
    const formula_value **columns = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *columns);
    const formula_value **parts = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *parts);
    LSA_TRY_MEMORY(columns, "a Hessian");
    LSA_TRY_MEMORY(parts, "a Hessian");
    if (w->size > TEXT_HESSIAN)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a Hessian of %td parameters, more than %d", w->size,
                             (int)TEXT_HESSIAN);
    if (!by_polynomial(w, place))
        return program_hessian(w, place, out, err);
    LSA_TRY(lsa_study_derivation(w->study, &s.derivation, err));
    if (lsa_derivation_hessian(s.derivation, 0) == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the Hessian was not derived");
    ptrdiff_t column = 0;
    for (s.block = 0; s.block < w->n_blocks; s.block++)
        for (s.entry = 0; s.entry < w->blocks[s.block].rows * w->blocks[s.block].cols; s.entry++)
            LSA_TRY(hessian_column(&s, parts, &columns[column++], err));
    /* rows of the stack are columns of the Hessian, which is symmetric */
    *out = w->size == 1 ? columns[0] : formula_value_stack(w->run.pool, (int)w->size, columns);
done:
    return status;
}

lsa_status text_hessian(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    LSA_TRY(text_here(w, &place, err));
    LSA_TRY(text_whole_hessian(w, place, out, err));
done:
    return status;
}

/* ---------------------------------------------------------------- Newton's step */

/* The places of the eigenvalues by size, ascending: a few hundred at most. */
static void order_by_size(ptrdiff_t n, const double *mu, ptrdiff_t *order)
{
    for (ptrdiff_t k = 0; k < n; k++) {
        ptrdiff_t at = k;
        while (at > 0 && fabs(mu[order[at - 1]]) > fabs(mu[k])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = k;
    }
}

/* x = -sum of v (v'g)/mu but for the `orbits` flattest directions; g becomes x. False where the flattest of the others is not told
 * from rounding. */
static bool solve_in_axes(ptrdiff_t n, ptrdiff_t orbits, const double *mu, const double *v, double *g,
                          double *coefficients, ptrdiff_t *order)
{
    order_by_size(n, mu, order);
    if (orbits >= n || fabs(mu[order[orbits]]) <= least_share * fabs(mu[order[n - 1]]))
        return false;
    for (ptrdiff_t k = orbits; k < n; k++)
        coefficients[k] = -lsa_vec_dot(n, v + order[k] * n, g) / mu[order[k]];
    memset(g, 0, (size_t)n * sizeof *g);
    for (ptrdiff_t k = orbits; k < n; k++)
        lsa_vec_axpy(n, coefficients[k], v + order[k] * n, g);
    return true;
}

/* The `orbits` flattest directions, one after the other. */
static lsa_status flat_directions(text_world *w, ptrdiff_t orbits, const double *v, const ptrdiff_t *order,
                                  double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)w->size;
    double *flat = lsa_arena_alloc(w->arena, n * (size_t)orbits, sizeof *flat);
    LSA_TRY_MEMORY(flat, "flat directions");
    for (ptrdiff_t k = 0; k < orbits; k++)
        memcpy(flat + (size_t)k * n, v + (size_t)order[k] * n, n * sizeof *flat);
    *out = flat;
done:
    return status;
}

lsa_status text_newton_step(text_world *w, const text_place *place, ptrdiff_t orbits, double **out, double **flat,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *gradient;
    const ptrdiff_t n = w->size;
    double *H;
    if (n > TEXT_NEWTON)
        return lsa_error_set(err, LSA_ERR_UNABLE, "more than %d parameters", (int)TEXT_NEWTON);
    LSA_TRY(text_whole_gradient(w, place, &gradient, err));
    LSA_TRY(hessian_numbers(w, place, &H, err));
    double *step = lsa_arena_alloc(w->arena, (size_t)n, sizeof *step);
    double *mu = lsa_arena_alloc(w->arena, (size_t)(2 * n), sizeof *mu);
    double *v = lsa_arena_alloc(w->arena, (size_t)(n * n), sizeof *v);
    ptrdiff_t *order = lsa_arena_alloc(w->arena, (size_t)n, sizeof *order);
    LSA_TRY_MEMORY(order, "Newton's step");
    LSA_TRY_MEMORY(step, "Newton's step");
    LSA_TRY_MEMORY(mu, "Newton's step");
    LSA_TRY_MEMORY(v, "Newton's step");
    for (ptrdiff_t k = 0; k < n; k++)
        step[k] = formula_value_double(gradient, k, 0);
    for (ptrdiff_t j = 0; j < n; j++) /* the solver wants it symmetric to the last digit */
        for (ptrdiff_t i = 0; i < j; i++)
            H[i + j * n] = H[j + i * n] = 0.5 * (H[i + j * n] + H[j + i * n]);
    LSA_TRY(lsa_mat_eigen(n, H, mu, v, err));
    if (!solve_in_axes(n, orbits, mu, v, step, mu + n, order))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the loss is so flat there that rounding hides its minimum");
    LSA_TRY(flat_directions(w, orbits, v, order, flat, err));
    *out = step;
done:
    return status;
}
