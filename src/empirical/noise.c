/* noise.c - the covariance of one prompt's gradient, in blocks of prompts whose outer products are one matrix product. */
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "empirical/batch_gradient.h"
#include "lsaflow/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256 };

/* Adds the sum and the outer products of `count` <= BLOCK gradients. */
static void add_block(lsa_batch_gradient *gradient, const double *parameters, uint64_t first, ptrdiff_t count,
                      double *block, double *sum, double *products)
{
    const ptrdiff_t n = lsa_batch_gradient_count(gradient);
    for (ptrdiff_t b = 0; b < count; b++) {
        lsa_batch_gradient_eval(gradient, parameters, first + (uint64_t)b, block + b * n);
        lsa_vec_axpy(n, 1.0, block + b * n, sum);
    }
    lsa_mat_product(false, true, n, n, count, 1.0, block, block, 1.0, products);
}

lsa_status lsa_train_noise(const lsa_experiment *experiment, const double *parameters, uint64_t seed, ptrdiff_t prompts,
                           double *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_batch_gradient *gradient = NULL;
    double *block = NULL, *sum = NULL;
    LSA_TRY(lsa_batch_gradient_create(experiment, 1, (double)INFINITY, seed, 1, &gradient, err));
    const ptrdiff_t n = lsa_batch_gradient_count(gradient);
    block = lsa_vec_create(BLOCK * n);
    sum = lsa_vec_create(n);
    LSA_TRY_MEMORY(block != NULL ? sum : NULL, "the noise of a gradient");
    memset(covariance, 0, (size_t)(n * n) * sizeof *covariance);
    for (ptrdiff_t k = 0; k < prompts; k += BLOCK)
        add_block(gradient, parameters, lsa_stream_number(LSA_STREAM_TRAIN_NOISE, (uint64_t)k),
                  prompts - k < BLOCK ? prompts - k : BLOCK, block, sum, covariance);
    /* sum of squares minus its mean's: gradients at a minimum have mean 0, so nothing cancels */
    lsa_mat_product(false, true, n, n, 1, -1.0 / (double)prompts, sum, sum, 1.0, covariance);
    lsa_vec_scale(n * n, 1.0 / ((double)prompts - 1.0), covariance);
done:
    free(sum);
    free(block);
    lsa_batch_gradient_destroy(gradient);
    return status;
}
