/* flowing.h - programs and runs for tests of the flow: a shipped statement, a law, a start.
 *
 * A failure to make one fails the running test. */
#ifndef LSA_TESTS_FLOWING_H
#define LSA_TESTS_FLOWING_H

#include "fixture.h"
#include "lsaflow/flow.h"

typedef struct lsa_flowing {
    lsa_fixture setting; /* set its experiment's law after flowing_init, before flowing_make */
    lsa_derivation *derivation;
    lsa_program *program;
    double *start; /* user's basis, zeroed                                             */
    lsa_flow_options options;
    lsa_trajectory *trajectory;
    lsa_error err;
} lsa_flowing;

static inline void flowing_init(lsa_flowing *f, const char *statement, ptrdiff_t d, double context, ptrdiff_t heads,
                                ptrdiff_t rank)
{
    *f = (lsa_flowing){.options = lsa_flow_options_defaults()};
    fixture_init(&f->setting, statement, NULL, d, context, heads, rank);
}

static inline bool flowing_identity(const lsa_covariance *c)
{
    return c->kind == LSA_COVARIANCE_SCALAR && c->spectrum[0] == 1.0;
}

/* Derives and compiles, without room for a start. */
static inline void flowing_compile(lsa_flowing *f)
{
    const lsa_experiment *e = &f->setting.experiment;
    const lsa_derive_options derive = {.rho_is_N = true,
                                       .noiseless = e->training.label_noise == 0.0,
                                       .identity_task = flowing_identity(e->training.task_covariance),
                                       .with_hessian = true};
    const lsa_binding binding = lsa_binding_training(e);
    check_status(lsa_derive(e->statement, &derive, &f->derivation, &f->err), LSA_OK, &f->err);
    check_status(lsa_program_create(f->derivation, &binding, &f->program, &f->err), LSA_OK, &f->err);
}

static inline void flowing_make(lsa_flowing *f)
{
    flowing_compile(f);
    f->start = fixture_numbers(&f->setting, lsa_program_size(f->program));
}

/* A reduced layer, Omega = I and no noise, with the given eigenvalues; rotation: a Haar basis of that seed, 0: none. */
static inline void flowing_merged(lsa_flowing *f, ptrdiff_t d, double context, const double *spectrum,
                                  unsigned long long rotation)
{
    flowing_init(f, "merged", d, context, 1, 1);
    f->setting.experiment.training.covariance = fixture_diagonal(&f->setting, d, spectrum);
    if (rotation != 0) {
        double *Q = fixture_numbers(&f->setting, d * d), *matrix = fixture_numbers(&f->setting, d * d);
        check_status(lsa_mat_haar(d, rotation, Q, &f->err), LSA_OK, &f->err);
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++)
                for (ptrdiff_t l = 0; l < d; l++)
                    matrix[i + j * d] += Q[i + l * d] * spectrum[l] * Q[j + l * d];
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < j; i++)
                matrix[j + i * d] = matrix[i + j * d];
        f->setting.experiment.training.covariance = fixture_matrix(&f->setting, d, matrix);
    }
    flowing_make(f);
}

/* The block `name` of a head in a state. */
static inline const lsa_block *flowing_block(const lsa_flowing *f, const char *name, ptrdiff_t head)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(f->program); k++) {
        const lsa_block *block = lsa_program_block(f->program, k);
        if (strcmp(block->name, name) == 0 && block->head == head)
            return block;
    }
    print_error("no block %s\n", name);
    fail();
    return NULL;
}

static inline void flowing_set(lsa_flowing *f, const char *name, const double *values)
{
    const lsa_block *block = flowing_block(f, name, 0);
    memcpy(f->start + block->offset, values, (size_t)(block->rows * block->cols) * sizeof *values);
}

static inline const double *flowing_get(const lsa_flowing *f, lsa_sample sample, const char *name)
{
    return sample.state + flowing_block(f, name, 0)->offset;
}

/* The paper's start (Assumption 3.3) with Theta Theta' = I / sqrt d. */
static inline void flowing_start_identity(lsa_flowing *f, double sigma)
{
    const lsa_block *U = flowing_block(f, "U", 0);
    flowing_set(f, "u", &sigma);
    for (ptrdiff_t i = 0; i < U->rows; i++)
        f->start[U->offset + i + i * U->rows] = sigma / sqrt((double)U->rows);
}

/* The paper's start with a seeded Gaussian Theta. */
static inline void flowing_start_random(lsa_flowing *f, double sigma, uint64_t seed)
{
    const lsa_block *U = flowing_block(f, "U", 0);
    const ptrdiff_t d = U->rows;
    const double *B = fixture_normals(&f->setting, d * d, seed, 1.0);
    double *out = f->start + U->offset;
    flowing_set(f, "u", &sigma);
    lsa_mat_product(false, true, d, d, d, 1.0, B, B, 0.0, out);
    lsa_vec_scale(d * d, sigma / lsa_vec_norm(d * d, out), out);
}

/* Every entry N(0, scale^2). */
static inline void flowing_start_gaussian(lsa_flowing *f, double scale, uint64_t seed)
{
    const ptrdiff_t n = lsa_program_size(f->program);
    memcpy(f->start, fixture_normals(&f->setting, n, seed, scale), (size_t)n * sizeof *f->start);
}

/* Runs anew; the trajectory of an earlier run is destroyed. */
static inline lsa_status flowing_run(lsa_flowing *f)
{
    lsa_trajectory_destroy(f->trajectory);
    f->trajectory = NULL;
    lsa_error_clear(&f->err);
    return lsa_flow_run(f->program, f->start, &f->options, &f->trajectory, &f->err);
}

static inline void flowing_clear(lsa_flowing *f)
{
    lsa_trajectory_destroy(f->trajectory);
    lsa_program_destroy(f->program);
    lsa_derivation_destroy(f->derivation);
    fixture_clear(&f->setting);
}

#endif
