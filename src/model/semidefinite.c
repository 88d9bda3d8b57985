/* semidefinite.c - size, symmetry and signs of a matrix, with its place in the model. */
#include "model/semidefinite.h"
#include "base/matrix.h"
#include "base/text.h"
#include <math.h>

lsa_status lsa_covariance_check_size(const lsa_node *node, ptrdiff_t d, lsa_error *err)
{
    if (d <= LSA_COVARIANCE_LARGEST_MATRIX)
        return LSA_OK;
    return lsa_node_error(node, err, "a covariance that is no scalar or diagonal form has dimension %td, at most %d", d,
                          LSA_COVARIANCE_LARGEST_MATRIX);
}

/* The place above the diagonal of the largest |A_ij - A_ji|, as an index into A; 0 for a symmetric matrix. */
static ptrdiff_t most_asymmetric(ptrdiff_t d, const double *A)
{
    ptrdiff_t worst = 0;
    double largest = 0.0;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++) {
            const double difference = fabs(A[i + j * d] - A[j + i * d]);
            if (difference > largest) {
                largest = difference;
                worst = i + j * d;
            }
        }
    return worst;
}

lsa_status lsa_symmetrise(const lsa_node *node, ptrdiff_t d, double *matrix, lsa_error *err)
{
    /* Rounding of printed numbers stays below 1e-12 of the largest entry; a mistake does not. */
    const double tolerance = 1e-12 * lsa_vec_norm_max(d * d, matrix);
    const ptrdiff_t worst = most_asymmetric(d, matrix), i = worst % d, j = worst / d;
    const double upper = matrix[i + j * d], lower = matrix[j + i * d];
    char a[32], b[32];
    if (fabs(upper - lower) > tolerance)
        return lsa_node_error(node, err, "the matrix is not symmetric: entry (%td,%td) is %s, (%td,%td) is %s", i + 1,
                              j + 1, lsa_text_number(upper, a), j + 1, i + 1, lsa_text_number(lower, b));
    for (ptrdiff_t n = 0; n < d; n++)
        for (ptrdiff_t m = 0; m < n; m++)
            matrix[m + n * d] = matrix[n + m * d] = 0.5 * matrix[m + n * d] + 0.5 * matrix[n + m * d];
    return LSA_OK;
}

lsa_status lsa_clip_eigenvalues(const lsa_node *node, ptrdiff_t d, double *eigenvalues, lsa_error *err)
{
    /* The error of a computed eigenvalue is some d * 1e-16 of the largest; 1e-10 leaves room for printed digits. */
    const double tolerance = 1e-10 * lsa_vec_norm_max(d, eigenvalues);
    double least = 0.0;
    char text[32];
    for (ptrdiff_t i = 0; i < d; i++)
        least = fmin(least, eigenvalues[i]);
    if (least < -tolerance)
        return lsa_node_error(node, err, "the matrix is not positive semidefinite: it has the eigenvalue %s",
                              lsa_text_number(least, text));
    for (ptrdiff_t i = 0; i < d; i++)
        eigenvalues[i] = fmax(eigenvalues[i], 0.0);
    return LSA_OK;
}
