/* compiled.h - a statement, derived and compiled, beside the slow evaluation of the same polynomials, for tests.
 *
 * A failure to make one fails the running test. */
#ifndef LSAFLOW_TESTS_COMPILED_H
#define LSAFLOW_TESTS_COMPILED_H

#include "compile/program.h"
#include "fixture.h"
#include "lsaflow/derive.h"
#include "lsaflow/program.h"
#include "slow_eval.h"

typedef struct lsa_compiled {
    lsa_fixture setting; /* change its experiment's law between compiled_init and compiled_make */
    lsa_derive_options derive;
    lsa_derivation *derivation;
    lsa_binding binding;
    lsa_program *program;
    lsa_workspace *work;
    ptrdiff_t size;
    double *user, *state; /* the same random parameters in both bases */
    lsa_error err;
} lsa_compiled;

static inline void compiled_init(lsa_compiled *c, const char *statement, const char *text, ptrdiff_t d, double context,
                                 ptrdiff_t heads, ptrdiff_t rank)
{
    *c = (lsa_compiled){.derive = {.with_hessian = true}};
    fixture_init(&c->setting, statement, text, d, context, heads, rank);
}

static inline void compiled_derive(lsa_compiled *c)
{
    lsa_error_clear(&c->err);
    check_status(lsa_derive(c->setting.experiment.statement, &c->derive, &c->derivation, &c->err), LSA_OK, &c->err);
    c->binding = lsa_binding_training(&c->setting.experiment);
}

/* Derives, compiles, draws parameters. */
static inline void compiled_make(lsa_compiled *c, uint64_t seed)
{
    compiled_derive(c);
    check_status(lsa_program_create(c->derivation, &c->binding, &c->program, &c->err), LSA_OK, &c->err);
    check_status(lsa_workspace_create(c->program, &c->work, &c->err), LSA_OK, &c->err);
    c->size = lsa_program_size(c->program);
    c->user = fixture_normals(&c->setting, c->size, seed, 0.7);
    c->state = fixture_numbers(&c->setting, c->size);
    check_status(lsa_program_from_user(c->program, c->user, c->state, &c->err), LSA_OK, &c->err);
}

static inline void compiled_clear(lsa_compiled *c)
{
    lsa_workspace_destroy(c->work);
    lsa_program_destroy(c->program);
    lsa_derivation_destroy(c->derivation);
    fixture_clear(&c->setting);
}

/* The covariance as an array. */
static inline const double *compiled_array(lsa_compiled *c, const lsa_covariance *covariance)
{
    double *out = fixture_numbers(&c->setting, covariance->d * covariance->d);
    lsa_covariance_matrix(covariance, out);
    return out;
}

static inline const double *compiled_number(lsa_compiled *c, double x)
{
    double *out = fixture_numbers(&c->setting, 1);
    *out = x;
    return out;
}

/* The same numbers for the slow evaluator; parameters and direction (may be NULL) in the user's basis. */
static inline void compiled_slow(lsa_compiled *c, const double *user, const double *direction, lsa_slow_values *out)
{
    const lsa_statement *statement = c->setting.experiment.statement;
    const lsa_algebra *algebra = lsa_derivation_algebra(c->derivation);
    lsa_slow_init(out, algebra, lsa_algebra_dim_count(algebra), c->setting.experiment.dims, c->binding.heads);
    lsa_slow_set(out, "Lambda", compiled_array(c, c->binding.setting.covariance));
    if (c->binding.setting.query != NULL)
        lsa_slow_set(out, "Lambda_q", compiled_array(c, c->binding.setting.query));
    if (c->binding.setting.task_covariance != NULL)
        lsa_slow_set(out, "Omega", compiled_array(c, c->binding.setting.task_covariance));
    if (c->binding.setting.task == LSA_TASK_FIXED)
        lsa_slow_set(out, "w0", c->binding.setting.task_vector);
    lsa_slow_set(out, "N", compiled_number(c, c->binding.setting.context));
    lsa_slow_set(out, "rho", compiled_number(c, lsa_setting_rho(&c->binding.setting)));
    lsa_slow_set(out, "s2", compiled_number(c, c->binding.setting.label_noise));
    for (int k = 0; k < c->binding.n_values; k++)
        out->values[c->binding.values[k].symbol] = c->binding.values[k].values;
    for (ptrdiff_t b = lsa_program_block_count(c->program) - 1; b >= 0; b--) { /* head 0 of a family comes last */
        const lsa_block *block = lsa_program_block(c->program, b);
        out->values[block->symbol] = user + block->offset;
        for (int j = 0; direction != NULL && j < statement->n_parameters; j++)
            if (statement->parameters[j] == block->symbol)
                out->values[lsa_derivation_direction(c->derivation, j)] = direction + block->offset;
    }
}

/* One polynomial per parameter, evaluated slowly, laid out as the state in the user's basis. */
static inline void compiled_slow_blocks(const lsa_compiled *c, const lsa_slow_values *values,
                                        const lsa_poly *(*poly)(const lsa_derivation *, int), double *out)
{
    const lsa_statement *statement = c->setting.experiment.statement;
    for (ptrdiff_t b = 0; b < lsa_program_block_count(c->program); b++) {
        const lsa_block *block = lsa_program_block(c->program, b);
        for (int j = 0; j < statement->n_parameters; j++)
            if (statement->parameters[j] == block->symbol)
                lsa_slow_eval(values, poly(c->derivation, j), block->head, out + block->offset);
    }
}

#endif
