/* turn.c - an experiment in other axes, x' = Q x. */
#include "verify/image.h"

#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include <string.h>

typedef struct turn {
    lsa_arena *arena;
    ptrdiff_t d;
    const double *Q; /* d x d, orthogonal */
} turn;

/* out = Q A (r x c, r = d where `left`) or A Q' (c = d where `right`), or both, anew. */
static lsa_status turn_matrix(const turn *t, ptrdiff_t r, ptrdiff_t c, bool left, bool right, const double *A,
                              const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)(r * c);
    double *half = lsa_arena_alloc(t->arena, n, sizeof *half), *whole = lsa_arena_alloc(t->arena, n, sizeof *whole);
    LSA_TRY_MEMORY(half != NULL ? whole : NULL, "an experiment in other axes");
    if (left)
        lsa_mat_product(false, false, r, c, r, 1.0, t->Q, A, 0.0, half);
    else
        memcpy(half, A, n * sizeof *half);
    if (right)
        lsa_mat_product(false, true, r, c, c, 1.0, half, t->Q, 0.0, whole);
    else
        memcpy(whole, half, n * sizeof *whole);
    *out = whole;
done:
    return status;
}

static lsa_status turn_vector(const turn *t, const double **x, lsa_error *err)
{
    return *x == NULL ? LSA_OK : turn_matrix(t, t->d, 1, true, false, *x, x, err);
}

static void symmetrise(ptrdiff_t d, double *A)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            A[j + i * d] = A[i + j * d] = 0.5 * (A[i + j * d] + A[j + i * d]);
}

/* A fixed covariance (or the mean of a random one): its eigenvectors are Q times what they were. */
static lsa_status turn_numbers(const turn *t, lsa_covariance *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = t->d;
    double *matrix = lsa_arena_alloc(t->arena, (size_t)(d * d), sizeof *matrix);
    const double *basis = t->Q, *turned;
    LSA_TRY_MEMORY(matrix, "an experiment in other axes");
    lsa_covariance_matrix(c, matrix);
    c->by_spectrum = c->by_spectrum || c->matrix == NULL;
    if (c->basis != NULL)
        LSA_TRY(turn_matrix(t, d, d, true, false, c->basis, &basis, err));
    LSA_TRY(turn_matrix(t, d, d, true, true, matrix, &turned, err));
    memcpy(matrix, turned, (size_t)(d * d) * sizeof *matrix);
    symmetrise(d, matrix);
    c->matrix = matrix;
    c->basis = lsa_arena_alloc(t->arena, (size_t)(d * d), sizeof *c->basis);
    LSA_TRY_MEMORY(c->basis, "an experiment in other axes");
    memcpy(c->basis, basis, (size_t)(d * d) * sizeof *c->basis);
done:
    return status;
}

static lsa_status turn_covariance(const turn *t, const lsa_covariance **covariance, lsa_error *err);

static lsa_status turn_parts(const turn *t, ptrdiff_t n, const lsa_covariance **parts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_covariance *turned = lsa_arena_alloc(t->arena, (size_t)n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "an experiment in other axes");
    for (ptrdiff_t k = 0; k < n; k++) {
        const lsa_covariance *part = &(*parts)[k];
        LSA_TRY(turn_covariance(t, &part, err));
        turned[k] = *part;
    }
    *parts = turned;
done:
    return status;
}

static lsa_status turn_covariance(const turn *t, const lsa_covariance **covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*covariance == NULL || (*covariance)->kind == LSA_COVARIANCE_SCALAR)
        return LSA_OK;
    if ((*covariance)->kind == LSA_COVARIANCE_LAWS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a random diagonal has axes of its own");
    lsa_covariance *turned = lsa_arena_alloc(t->arena, 1, sizeof *turned);
    LSA_TRY_MEMORY(turned, "an experiment in other axes");
    *turned = **covariance;
    LSA_TRY(turn_numbers(t, turned, err));
    if (turned->kind == LSA_COVARIANCE_DIAGONAL)
        turned->kind = LSA_COVARIANCE_MATRIX;
    if (turned->kind == LSA_COVARIANCE_MIXTURE)
        LSA_TRY(turn_parts(t, turned->n_components, &turned->components, err));
    if (turned->kind == LSA_COVARIANCE_WISHART)
        LSA_TRY(turn_parts(t, 1, &turned->scale, err));
    *covariance = turned;
done:
    return status;
}

static lsa_status turn_setting(const turn *t, lsa_setting *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(turn_covariance(t, &s->covariance, err));
    LSA_TRY(turn_covariance(t, &s->query, err));
    LSA_TRY(turn_covariance(t, &s->task_covariance, err));
    LSA_TRY(turn_vector(t, &s->task_vector, err));
    LSA_TRY(turn_vector(t, &s->mean, err));
    if (s->rows != NULL)
        LSA_TRY(turn_matrix(t, s->n_rows, t->d, false, true, s->rows, &s->rows, err));
    if (s->moment_covariance != NULL)
        LSA_TRY(turn_matrix(t, t->d, t->d, true, true, s->moment_covariance, &s->moment_covariance, err));
done:
    return status;
}

/* All heads of one parameter at the start. */
static lsa_status turn_parameter(const turn *t, const lsa_experiment *e, const lsa_program *program,
                                 const double *start, int symbol, lsa_block_values *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *s = &e->statement->symbols[symbol];
    const ptrdiff_t size = e->dims[s->rows] * e->dims[s->cols];
    double *values = lsa_arena_alloc(t->arena, (size_t)(size * e->data.heads), sizeof *values), *next = values;
    LSA_TRY_MEMORY(values, "an experiment in other axes");
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        const double *turned;
        if (block->symbol != symbol)
            continue;
        LSA_TRY(turn_matrix(t, block->rows, block->cols, s->rows == LSA_DIM_D, s->cols == LSA_DIM_D,
                            start + block->offset, &turned, err));
        memcpy(next, turned, (size_t)size * sizeof *next);
        next += size;
    }
    *out = (lsa_block_values){symbol, values};
done:
    return status;
}

static lsa_status turn_start(const turn *t, lsa_experiment *e, const lsa_program *program, const double *start,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int n = e->statement->n_parameters;
    lsa_block_values *values = lsa_arena_alloc(t->arena, (size_t)n, sizeof *values);
    LSA_TRY_MEMORY(values, "an experiment in other axes");
    for (int k = 0; k < n; k++)
        LSA_TRY(turn_parameter(t, e, program, start, e->statement->parameters[k], &values[k], err));
    e->init = (lsa_init){.scheme = LSA_INIT_VALUES, .n_values = n, .values = values};
done:
    return status;
}

lsa_status image_turn(lsa_arena *arena, const lsa_experiment *experiment, const lsa_program *program,
                      const double *start, unsigned long long seed, const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = experiment->data.d;
    double *Q = lsa_arena_alloc(arena, (size_t)(d * d), sizeof *Q);
    lsa_experiment *e = lsa_arena_alloc(arena, 1, sizeof *e);
    lsa_setting *tests = lsa_arena_alloc(arena, (size_t)experiment->n_tests + 1, sizeof *tests);
    const turn t = {arena, d, Q};
    LSA_TRY_MEMORY(Q && e ? tests : NULL, "an experiment in other axes");
    LSA_TRY(lsa_mat_haar_from(d, lsa_stream_at(seed, LSA_STREAM_IMAGE, 0), Q, err));
    *e = *experiment;
    LSA_TRY(turn_setting(&t, &e->training, err));
    LSA_TRY(turn_start(&t, e, program, start, err));
    for (ptrdiff_t k = 0; k < e->n_tests; k++) {
        tests[k] = experiment->tests[k];
        LSA_TRY(turn_setting(&t, &tests[k], err));
    }
    e->tests = tests;
    *out = e;
done:
    return status;
}
