/* fixture.h - experiments made by hand, for tests of what draws prompts: a shipped statement and a data law.
 *
 * A failure to make one fails the running test. Everything lives in the setting's arena. */
#ifndef LSA_TESTS_FIXTURE_H
#define LSA_TESTS_FIXTURE_H

#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"
#include "lsaflow/model.h"
#include "model/statement.h"
#include <math.h>
#include <string.h>

typedef struct lsa_fixture {
    lsa_arena *arena;
    lsa_experiment experiment;
} lsa_fixture;

static inline double *fixture_numbers(lsa_fixture *s, ptrdiff_t count)
{
    double *x = lsa_arena_alloc(s->arena, (size_t)(count > 0 ? count : 1), sizeof *x);
    assert_non_null(x);
    return x;
}

/* Numbers N(0, scale^2). */
static inline double *fixture_normals(lsa_fixture *s, ptrdiff_t count, uint64_t seed, double scale)
{
    double *x = fixture_numbers(s, count);
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 77);
    lsa_rng_normals(&rng, count, x);
    lsa_vec_scale(count, scale, x);
    return x;
}

static inline lsa_covariance *fixture_covariance(lsa_fixture *s, lsa_covariance_kind kind, ptrdiff_t d)
{
    lsa_covariance *c = lsa_arena_alloc(s->arena, 1, sizeof *c);
    assert_non_null(c);
    *c = (lsa_covariance){.kind = kind, .d = d, .spectrum = fixture_numbers(s, d), .form = "test"};
    return c;
}

static inline const lsa_covariance *fixture_scalar(lsa_fixture *s, ptrdiff_t d, double c)
{
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_SCALAR, d);
    for (ptrdiff_t i = 0; i < d; i++)
        out->spectrum[i] = c;
    return out;
}

static inline const lsa_covariance *fixture_diagonal(lsa_fixture *s, ptrdiff_t d, const double *spectrum)
{
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_DIAGONAL, d);
    memcpy(out->spectrum, spectrum, (size_t)d * sizeof(double));
    return out;
}

static inline const lsa_covariance *fixture_matrix(lsa_fixture *s, ptrdiff_t d, const double *matrix)
{
    lsa_error err;
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_MATRIX, d);
    out->basis = fixture_numbers(s, d * d);
    out->matrix = fixture_numbers(s, d * d);
    memcpy(out->matrix, matrix, (size_t)(d * d) * sizeof(double));
    check_status(lsa_mat_eigen(d, matrix, out->spectrum, out->basis, &err), LSA_OK, &err);
    for (ptrdiff_t i = 0; i < d; i++) /* rounding of a semidefinite matrix */
        out->spectrum[i] = out->spectrum[i] > 1e-14 ? out->spectrum[i] : 0.0;
    return out;
}

/* The statement of a mapping in YAML; NULL `text`: the shipped one of that name. */
static inline const lsa_statement *fixture_statement(lsa_fixture *s, const char *name, const char *text)
{
    lsa_error err;
    lsa_node *tree = NULL;
    const lsa_statement *out = NULL;
    if (text) {
        const lsa_source source = {.name = name, .text = text, .length = strlen(text)};
        check_status(lsa_yaml_parse(&source, s->arena, &tree, &err), LSA_OK, &err);
    } else {
        check_status(lsa_statement_shipped_tree(name, s->arena, &tree, &err), LSA_OK, &err);
    }
    check_status(lsa_statement_read(name, tree, NULL, s->arena, &out, &err), LSA_OK, &err);
    return out;
}

/* Dimension "d", rank "r", heads; Lambda = Omega = I, no noise, until the test sets otherwise. */
static inline void fixture_init(lsa_fixture *s, const char *statement, const char *text, ptrdiff_t d, double context,
                                ptrdiff_t heads, ptrdiff_t rank)
{
    *s = (lsa_fixture){.arena = lsa_arena_create()};
    assert_non_null(s->arena);
    lsa_experiment *e = &s->experiment;
    e->statement = fixture_statement(s, statement, text);
    e->dims = lsa_arena_alloc(s->arena, (size_t)e->statement->n_dims, sizeof *e->dims);
    assert_non_null(e->dims);
    for (int i = 0; i < e->statement->n_dims; i++)
        e->dims[i] = i == LSA_DIM_ONE ? 1 : i == LSA_DIM_D ? d : rank;
    e->data = (lsa_data){.d = d, .heads = heads, .rank = rank};
    e->training = (lsa_setting){.name = "train",
                                .number = LSA_TRAINING,
                                .context = context,
                                .covariance = fixture_scalar(s, d, 1.0),
                                .covariance_is_train = true,
                                .query_is_same = true,
                                .task_covariance = fixture_scalar(s, d, 1.0)};
}

static inline void fixture_clear(lsa_fixture *s)
{
    lsa_arena_destroy(s->arena);
}

#endif
