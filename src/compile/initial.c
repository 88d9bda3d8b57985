/* initial.c - the initial parameters of an experiment, in the user's basis.
 *
 * Assumption 3.3 of the paper speaks of u and U; the statement's mapping `layer` says which parameters play them. Where
 * U is a product K'Q, K = Q with K'K = sigma Theta Theta', so that U starts where the paper starts it. */
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "compile/program.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many parameters are side x side. */
static int count_square(const lsa_statement *statement, lsa_dim side)
{
    int count = 0;
    for (int k = 0; k < statement->n_parameters; k++) {
        const lsa_symbol *s = &statement->symbols[statement->parameters[k]];
        count += s->rows == side && s->cols == side;
    }
    return count;
}

/* The scheme fills u and U, or u, K and Q. */
static lsa_status require_parameters(const lsa_statement *statement, lsa_error *err)
{
    const lsa_layer_parameters *p = &statement->layer_parameters;
    if (p->u >= 0 && (p->U >= 0 || p->K >= 0))
        return LSA_OK;
    if (statement->has_layer)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "init.scheme: paper needs a layer whose u is a parameter and whose U is a parameter or a "
                             "product K' * Q of two; use scheme: gaussian or scheme: values");
    return lsa_error_set(err, LSA_ERR_UNABLE,
                         "init.scheme: paper cannot tell which parameters are u and U (%d scalar ones, %d of d x d); "
                         "give the statement's layer, or use scheme: gaussian or scheme: values",
                         count_square(statement, LSA_DIM_ONE), count_square(statement, LSA_DIM_D));
}

/* A square root of the paper's Theta Theta': d x columns, not scaled yet. */
typedef struct root {
    ptrdiff_t d, columns;
    double *numbers;
} root;

/* A random Theta of rank at most `rank` has as many Gaussian columns, the same for a seed whatever the rank. */
static lsa_status make_root(const lsa_init *init, ptrdiff_t d, ptrdiff_t rank, ptrdiff_t head, root *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (root){.d = d, .columns = init->theta == LSA_THETA_RANDOM && rank < d ? rank : d};
    out->numbers = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(out->numbers, "the initial parameters");
    if (init->theta == LSA_THETA_IDENTITY) {
        lsa_mat_identity(d, out->numbers);
    } else if (init->theta == LSA_THETA_MATRIX) {
        memcpy(out->numbers, init->theta_matrix, (size_t)(d * d) * sizeof *out->numbers);
    } else {
        lsa_rng rng = lsa_stream_at(init->theta_seed, LSA_STREAM_THETA, (uint64_t)head);
        lsa_rng_normals(&rng, d * d, out->numbers);
    }
done:
    return status;
}

/* gram (d x d) = sigma Theta Theta' / |Theta Theta'|_F; *scale is the factor in front of Theta Theta'. */
static lsa_status make_gram(const root *theta, double sigma, double *gram, double *scale, lsa_error *err)
{
    const ptrdiff_t d = theta->d;
    lsa_mat_product(false, true, d, d, theta->columns, 1.0, theta->numbers, theta->numbers, 0.0, gram);
    const double norm = lsa_vec_norm(d * d, gram);
    if (!(norm > 0.0) || isinf(norm))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "init.theta cannot be scaled to |Theta Theta'|_F = 1: it is %g",
                             norm);
    *scale = sigma / norm;
    lsa_vec_scale(d * d, *scale, gram);
    return LSA_OK;
}

/* K (rank x d) with K'K = gram, of rank at most `rank`: rows sqrt(mu) v' of its leading eigenpairs. */
static lsa_status compress(ptrdiff_t d, ptrdiff_t rank, const double *gram, double *K, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *mu = lsa_vec_create(d), *v = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(mu, "the initial parameters");
    LSA_TRY_MEMORY(v, "the initial parameters");
    LSA_TRY(lsa_mat_eigen(d, gram, mu, v, err));
    /* The solver's backward error: an eigenvalue below it is not told from 0. */
    if (mu[d - 1 - rank] > (double)d * DBL_EPSILON * mu[d - 1])
        LSA_TRY(
            lsa_error_set(err, LSA_ERR_UNABLE,
                          "init.scheme: paper asks for U = sigma Theta Theta' of a rank above %d, which K'Q of rank "
                          "%d cannot be; use theta: {random: SEED}, a Theta of lower rank, or scheme: gaussian",
                          (int)rank, (int)rank));
    for (ptrdiff_t i = 0; i < rank; i++)
        for (ptrdiff_t j = 0; j < d; j++)
            K[i + j * rank] = sqrt(fmax(mu[d - 1 - i], 0.0)) * v[j + (d - 1 - i) * d];
done:
    free(mu);
    free(v);
    return status;
}

/* K = Q with K'K = sigma Theta Theta'. */
static lsa_status start_key_query(const root *theta, double scale, const double *gram, const lsa_block *key,
                                  const lsa_block *query, double *user, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *K = user + key->offset;
    const ptrdiff_t rank = key->rows;
    if (theta->columns > rank)
        LSA_TRY(compress(theta->d, rank, gram, K, err));
    else
        for (ptrdiff_t i = 0; i < theta->columns; i++)
            for (ptrdiff_t j = 0; j < theta->d; j++)
                K[i + j * rank] = sqrt(scale) * theta->numbers[j + i * theta->d];
    if (query != key)
        memcpy(user + query->offset, K, (size_t)(rank * theta->d) * sizeof *K);
done:
    return status;
}

static lsa_status start_head(const lsa_init *init, const lsa_head_blocks *blocks, double *user, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_block *U = blocks->U != NULL ? blocks->U : blocks->K;
    const ptrdiff_t d = U->cols;
    root theta = {0};
    double scale = 0.0;
    double *gram = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(gram, "the initial parameters");
    LSA_TRY(make_root(init, d, U->rows, U->head, &theta, err));
    LSA_TRY(make_gram(&theta, init->sigma, gram, &scale, err));
    user[blocks->u->offset] = init->sigma;
    if (blocks->U != NULL)
        memcpy(user + U->offset, gram, (size_t)(d * d) * sizeof *gram);
    else
        LSA_TRY(start_key_query(&theta, scale, gram, blocks->K, blocks->Q, user, err));
done:
    free(theta.numbers);
    free(gram);
    return status;
}

static bool is_whole(const lsa_head_blocks *blocks)
{
    return blocks->u != NULL && (blocks->U != NULL || blocks->K != NULL);
}

static lsa_status start_paper(const lsa_program *program, const lsa_init *init, double *user, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(require_parameters(program->statement, err));
    for (ptrdiff_t head = 0;; head++) {
        const lsa_head_blocks blocks = lsa_program_head(program, head);
        if (!is_whole(&blocks))
            break;
        LSA_TRY(start_head(init, &blocks, user, err));
    }
done:
    return status;
}

static void start_values(const lsa_program *program, const lsa_init *init, double *user)
{
    for (int v = 0; v < init->n_values; v++)
        for (ptrdiff_t k = 0; k < program->n_blocks; k++) {
            const lsa_block *block = &program->blocks[k];
            const size_t count = (size_t)(block->rows * block->cols);
            if (block->symbol == init->values[v].symbol)
                memcpy(user + block->offset, init->values[v].values + (size_t)block->head * count,
                       count * sizeof *user);
        }
}

/* user += scale * N(0, 1) in every entry, in order. */
static lsa_status add_noise(const lsa_program *program, double scale, uint64_t seed, lsa_stream stream, double *user,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_rng rng = lsa_stream_at(seed, stream, 0);
    double *noise = lsa_vec_create(program->size);
    LSA_TRY_MEMORY(noise, "the initial parameters");
    lsa_rng_normals(&rng, program->size, noise);
    lsa_vec_axpy(program->size, scale, noise, user);
done:
    free(noise);
    return status;
}

lsa_status lsa_start(const lsa_program *program, const lsa_experiment *experiment, double *user, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_init *init = &experiment->init;
    memset(user, 0, (size_t)program->size * sizeof *user);
    switch (init->scheme) {
    case LSA_INIT_PAPER:
        LSA_TRY(start_paper(program, init, user, err));
        break;
    case LSA_INIT_GAUSSIAN:
        LSA_TRY(add_noise(program, init->scale, init->seed, LSA_STREAM_INIT_GAUSSIAN, user, err));
        break;
    case LSA_INIT_VALUES:
        start_values(program, init, user);
        break;
    }
    if (init->perturb_scale != 0.0)
        LSA_TRY(add_noise(program, init->perturb_scale, init->perturb_seed, LSA_STREAM_INIT_PERTURB, user, err));
done:
    return status;
}
