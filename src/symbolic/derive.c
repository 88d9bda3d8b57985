/* derive.c - the derivation: residual, half its square, expectation, gradient, Hessian along a direction. */
#include "lsaflow/derive.h"
#include "base/try.h"
#include "symbolic/derivation.h"
#include "symbolic/derive_log.h"
#include "symbolic/differentiate.h"
#include "symbolic/expand.h"
#include "symbolic/mixing.h"
#include "symbolic/square.h"
#include "symbolic/wick.h"
#include <stdlib.h>

/* prediction - target */
static lsa_status derive_residual(lsa_derivation *derivation, const lsa_poly **out, lsa_error *err)
{
    lsa_algebra *algebra = derivation->algebra;
    const lsa_statement *statement = derivation->statement;
    lsa_status status = LSA_OK;
    const lsa_poly *prediction = NULL, *target = NULL;
    LSA_TRY(lsa_expand(algebra, statement->prediction, &prediction, err));
    LSA_TRY(lsa_expand(algebra, statement->target, &target, err));
    lsa_log_statement(derivation, prediction, target);
    LSA_TRY(lsa_poly_scale(algebra, target, -1, 1, &target, err));
    LSA_TRY(lsa_poly_sum(algebra, prediction, target, out, err));
done:
    if (status != LSA_OK)
        lsa_error_add(err, "  while expanding the statement %s", statement->name);
    return status;
}

static lsa_status derive_loss(lsa_derivation *derivation, lsa_error *err)
{
    lsa_algebra *algebra = derivation->algebra;
    lsa_status status = LSA_OK;
    const lsa_poly *residual = NULL, *half = NULL;
    lsa_square_count square;
    lsa_wick_count *counts = lsa_arena_alloc(algebra->arena, (size_t)algebra->n_symbols, sizeof *counts);
    LSA_TRY_MEMORY(counts, "the derivation");
    LSA_TRY(derive_residual(derivation, &residual, err));
    LSA_TRY(lsa_half_square(algebra, residual, &square, &half, err));
    lsa_log_square(derivation, residual, &square, half);
    LSA_TRY(lsa_expect(algebra, half, counts, &derivation->loss, err));
    lsa_log_expectation(derivation, counts);
    if (derivation->variant.student >= 0 || derivation->variant.sphere >= 0)
        LSA_TRY(lsa_mixing_expect(algebra, derivation->loss, &derivation->loss, err));
    if (derivation->variant.covariance >= 0) {
        LSA_TRY(lsa_wishart_expect(algebra, derivation->loss, derivation->variant.covariance,
                                   &derivation->variant.wishart, &derivation->loss, err));
        lsa_log_wishart(derivation);
    }
done:
    return status;
}

static lsa_status derive_gradient(lsa_derivation *derivation, lsa_error *err)
{
    const lsa_statement *statement = derivation->statement;
    lsa_algebra *algebra = derivation->algebra;
    lsa_status status = LSA_OK;
    derivation->gradient =
        lsa_arena_alloc(algebra->arena, (size_t)statement->n_parameters, sizeof *derivation->gradient);
    LSA_TRY_MEMORY(derivation->gradient, "the gradient");
    for (int k = 0; k < statement->n_parameters; k++) {
        status = lsa_differentiate(algebra, derivation->loss, statement->parameters[k], &derivation->gradient[k], err);
        if (status != LSA_OK) {
            lsa_error_add(err, "  while differentiating the loss with respect to %s",
                          algebra->symbols[statement->parameters[k]].name);
            goto done;
        }
        lsa_log_gradient(derivation, k);
    }
done:
    return status;
}

/* The symbol V of the direction for every parameter P: "V_P", a parameter too, so that nobody takes it for constant. */
static lsa_status add_directions(lsa_derivation *derivation, lsa_error *err)
{
    const lsa_statement *statement = derivation->statement;
    lsa_algebra *algebra = derivation->algebra;
    lsa_status status = LSA_OK;
    derivation->direction =
        lsa_arena_alloc(algebra->arena, (size_t)statement->n_parameters, sizeof *derivation->direction);
    LSA_TRY_MEMORY(derivation->direction, "the Hessian");
    for (int k = 0; k < statement->n_parameters; k++) {
        lsa_symbol direction = algebra->symbols[statement->parameters[k]];
        direction.name = lsa_arena_printf(algebra->arena, "V_%s", direction.name);
        LSA_TRY_MEMORY(direction.name, "the Hessian");
        LSA_TRY(lsa_algebra_add_symbol(algebra, &direction, &derivation->direction[k], err));
    }
done:
    return status;
}

/* Row k: the sum over j of the gradient's derivative by parameter j along V_j. */
static lsa_status derive_hessian(lsa_derivation *derivation, lsa_error *err)
{
    const lsa_statement *statement = derivation->statement;
    lsa_algebra *algebra = derivation->algebra;
    lsa_status status = LSA_OK;
    LSA_TRY(add_directions(derivation, err));
    derivation->hessian = lsa_arena_alloc(algebra->arena, (size_t)statement->n_parameters, sizeof *derivation->hessian);
    LSA_TRY_MEMORY(derivation->hessian, "the Hessian");
    for (int k = 0; k < statement->n_parameters; k++) {
        for (int j = 0; j < statement->n_parameters; j++)
            LSA_TRY(lsa_directional(algebra, derivation->gradient[k], statement->parameters[j],
                                    derivation->direction[j], derivation->hessian[k], &derivation->hessian[k], err));
        lsa_log_hessian(derivation, k);
    }
done:
    if (status != LSA_OK)
        lsa_error_add(err, "  while deriving the Hessian along a direction");
    return status;
}

lsa_status lsa_derive(const lsa_statement *statement, const lsa_derive_options *options, lsa_derivation **out,
                      lsa_error *err)
{
    const lsa_derive_options none = {.rho_is_N = false};
    lsa_status status = LSA_OK;
    lsa_derivation *derivation = calloc(1, sizeof *derivation);
    LSA_TRY_MEMORY(derivation, "the derivation");
    if (options == NULL)
        options = &none;
    lsa_text_init(&derivation->log);
    derivation->statement = statement;
    derivation->with_log = options->with_log;
    LSA_TRY(lsa_algebra_create(statement, &derivation->algebra, err));
    lsa_algebra_start_work(derivation->algebra);
    LSA_TRY(lsa_variant_apply(derivation->algebra, statement, options, &derivation->variant, err));
    LSA_TRY(derive_loss(derivation, err));
    LSA_TRY(derive_gradient(derivation, err));
    if (options->with_hessian)
        LSA_TRY(derive_hessian(derivation, err));
    if (derivation->log.failed) {
        status = lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the derivation's log");
        goto done;
    }
    *out = derivation;
    derivation = NULL;
done:
    if (status == LSA_ERR_UNABLE)
        lsa_error_add(err, "  while deriving the loss of the statement %s", statement->name);
    lsa_derivation_destroy(derivation);
    return status;
}

void lsa_derivation_destroy(lsa_derivation *derivation)
{
    if (derivation == NULL)
        return;
    lsa_text_clear(&derivation->log);
    lsa_algebra_destroy(derivation->algebra);
    free(derivation);
}

const lsa_algebra *lsa_derivation_algebra(const lsa_derivation *derivation)
{
    return derivation->algebra;
}

const lsa_statement *lsa_derivation_statement(const lsa_derivation *derivation)
{
    return derivation->statement;
}

const lsa_poly *lsa_derivation_loss(const lsa_derivation *derivation)
{
    return derivation->loss;
}

const lsa_poly *lsa_derivation_gradient(const lsa_derivation *derivation, int k)
{
    return derivation->gradient[k];
}

const lsa_poly *lsa_derivation_hessian(const lsa_derivation *derivation, int k)
{
    return derivation->hessian == NULL ? NULL : derivation->hessian[k];
}

int lsa_derivation_direction(const lsa_derivation *derivation, int j)
{
    return derivation->direction == NULL ? -1 : derivation->direction[j];
}

int lsa_derivation_query_covariance(const lsa_derivation *derivation)
{
    return derivation->variant.query_covariance;
}

int lsa_derivation_fixed_task(const lsa_derivation *derivation)
{
    return derivation->variant.fixed_task;
}

/* The m of the moment E tau^m that a symbol of the list from `first` on is, or 0. */
static int moment_of(int first, int symbol)
{
    return first >= 0 && symbol >= first && symbol <= first + LSA_MIXING_MOST - 2 ? symbol - first + 2 : 0;
}

int lsa_derivation_student_moment(const lsa_derivation *derivation, int symbol)
{
    return moment_of(derivation->variant.student, symbol);
}

int lsa_derivation_sphere_moment(const lsa_derivation *derivation, int symbol)
{
    return moment_of(derivation->variant.sphere, symbol);
}

int lsa_derivation_wishart_scale(const lsa_derivation *derivation)
{
    return derivation->variant.wishart.scale;
}

int lsa_derivation_wishart_dof(const lsa_derivation *derivation)
{
    return derivation->variant.wishart.dof;
}

int lsa_derivation_dim_symbol(const lsa_derivation *derivation, lsa_dim dim)
{
    return derivation->algebra->dim_symbol[dim];
}

const char *lsa_derivation_log(const lsa_derivation *derivation)
{
    return derivation->with_log ? derivation->log.data : "";
}

lsa_status lsa_derivation_difference(lsa_derivation *derivation, const lsa_poly *f, const lsa_poly *g,
                                     const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *minus = NULL;
    if (f->rows != g->rows || f->cols != g->cols) {
        status = lsa_error_set(err, LSA_ERR_SHAPE, "one side is %s x %s, the other %s x %s",
                               derivation->algebra->dims[f->rows], derivation->algebra->dims[f->cols],
                               derivation->algebra->dims[g->rows], derivation->algebra->dims[g->cols]);
        goto done;
    }
    LSA_TRY(lsa_poly_scale(derivation->algebra, g, -1, 1, &minus, err));
    LSA_TRY(lsa_poly_sum(derivation->algebra, f, minus, out, err));
done:
    return status;
}
