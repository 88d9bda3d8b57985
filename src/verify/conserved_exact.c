/* conserved_exact.c - whether a quantity's derivative along the gradient of the derived polynomial vanishes, at points of integers: in
 * rationals, or in balls where numbers are long or come from a computation. */
#include "verify/conserved_exact.h"

#include "base/try.h"
#include "verify/text_names.h"
#include "verify/text_points.h"
#include <math.h>

enum { CHECKS = 3, CHECK_BITS = 512 };
/* What is left of terms that cancel, in balls of that many bits. */
static const double vanishes = 1e-60;

/* A world in which the polynomial's gradient is known, at points of integers. */
typedef struct exact_world {
    text_beside beside;
    checked_claim checked; /* of no claim: there are no formulas */
    text_world world;
} exact_world;

static const lsa_text_claim no_claim = {.formula = NULL};

static lsa_status exact_world_init(exact_world *x, lsa_study *study, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(checked_claim_init(&x->checked, lsa_study_experiment(study), &x->beside, &no_claim, NULL, err));
    LSA_TRY(text_world_init(&x->world, &text_names, study, &x->checked, NULL, false, CHECK_BITS, err));
done:
    return status;
}

static void exact_world_clear(exact_world *x)
{
    text_world_clear(&x->world);
    checked_claim_clear(&x->checked);
    text_beside_clear(&x->beside);
}

static lsa_status integer_place(text_world *w, uint64_t seed, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "the conserved quantities");
    for (int k = 0; k < w->n_blocks; k++)
        blocks[k] =
            formula_value_random(w->run.pool, w->blocks[k].rows, w->blocks[k].cols, false, seed * 1000 + (uint64_t)k);
    *out = (text_place){.blocks = blocks, .sample = -1};
done:
    return status;
}

/* X Y' of the product's kind. */
static const formula_value *product_of(formula_pool *pool, conserved_product product, const formula_value *X,
                                       const formula_value *Y)
{
    return product == CONSERVED_COLUMNS ? formula_multiply(pool, formula_transpose(pool, X), Y)
                                        : formula_multiply(pool, X, formula_transpose(pool, Y));
}

static const formula_value *gradient_block(const text_world *w, const formula_value *gradient, ptrdiff_t k)
{
    const text_block *b = &w->blocks[k];
    return formula_value_part(w->run.pool, gradient, b->offset, b->rows, b->cols);
}

/* The derivative of one term along the gradient: of a trace the matrix whose trace it is. */
static const formula_value *exact_derivative(const text_world *w, const text_place *place,
                                             const formula_value *gradient, const conserved_term *t)
{
    formula_pool *pool = w->run.pool;
    const formula_value *X = place->blocks[t->a], *Y = place->blocks[t->b];
    const formula_value *a = product_of(pool, t->product, gradient_block(w, gradient, t->a), Y);
    const formula_value *b = product_of(pool, t->product, X, gradient_block(w, gradient, t->b));
    return formula_multiply(pool, formula_value_integer(pool, (long)t->weight), formula_add(pool, a, b));
}

static bool is_zero(const formula_value *value)
{
    const double scale = formula_value_scale(value);
    for (ptrdiff_t j = 0; j < formula_value_cols(value); j++)
        for (ptrdiff_t i = 0; i < formula_value_rows(value); i++)
            if (fabs(formula_value_double(value, i, j)) > formula_value_radius(value, i, j) + vanishes * scale)
                return false;
    return true;
}

static lsa_status add_traces(text_world *w, const formula_value *matrix, const formula_value **sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *trace;
    LSA_TRY(formula_apply(w->run.pool, FORMULA_tr, 1, &matrix, 0, &trace, err));
    *sum = *sum == NULL ? trace : formula_add(w->run.pool, *sum, trace);
done:
    return status;
}

static lsa_status vanishes_at(text_world *w, const conserved_quantity *q, uint64_t seed, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place;
    const formula_value *gradient, *sum = NULL;
    LSA_TRY(integer_place(w, seed, &place, err));
    LSA_TRY(text_whole_gradient(w, &place, &gradient, err));
    for (ptrdiff_t k = 0; k < q->n_terms; k++) {
        const formula_value *one = exact_derivative(w, &place, gradient, &q->terms[k]);
        if (q->terms[k].product == CONSERVED_TRACE)
            LSA_TRY(add_traces(w, one, &sum, err));
        else
            sum = sum == NULL ? one : formula_add(w->run.pool, sum, one);
    }
    if (q->terms[0].product != CONSERVED_TRACE) /* of a sum of symmetric matrices: the symmetric part */
        sum = formula_add(w->run.pool, sum, formula_transpose(w->run.pool, sum));
    *out = is_zero(sum);
done:
    return status;
}

lsa_status conserved_is_exact(lsa_study *study, const conserved_quantity *q, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    exact_world x = {.world = {.study = NULL}};
    *out = true;
    LSA_TRY(exact_world_init(&x, study, err));
    for (uint64_t seed = 1; seed <= CHECKS && *out; seed++)
        LSA_TRY(vanishes_at(&x.world, q, seed, out, err));
done:
    exact_world_clear(&x);
    return status;
}
