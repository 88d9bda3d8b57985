/* covariance.c - a covariance as numbers: entries and whole matrices from the kind that holds them. */
#include "base/matrix.h"
#include "lsaflow/model.h"
#include <string.h>

double lsa_covariance_entry(const lsa_covariance *covariance, ptrdiff_t i, ptrdiff_t j)
{
    if (covariance->matrix != NULL)
        return covariance->matrix[i + j * covariance->d];
    return i == j ? covariance->spectrum[i] : 0.0;
}

void lsa_covariance_matrix(const lsa_covariance *covariance, double *out)
{
    const ptrdiff_t d = covariance->d;
    const size_t bytes = (size_t)d * (size_t)d * sizeof *out;
    if (covariance->matrix != NULL) {
        memcpy(out, covariance->matrix, bytes);
        return;
    }
    memset(out, 0, bytes);
    for (ptrdiff_t i = 0; i < d; i++)
        out[i + i * d] = covariance->spectrum[i];
}

bool lsa_covariance_is_random(const lsa_covariance *covariance)
{
    return covariance->kind == LSA_COVARIANCE_LAWS || covariance->kind == LSA_COVARIANCE_MIXTURE ||
           covariance->kind == LSA_COVARIANCE_WISHART;
}
