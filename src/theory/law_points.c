/* law_points.c - a law of one number as few points with the same moments: Gauss's rule of its orthogonal polynomials.
 *
 * With their recurrence x p_k = b_{k+1} p_{k+1} + a_k p_k + b_k p_{k-1} the points are the eigenvalues of the symmetric
 * tridiagonal matrix of a and b, the probabilities the squares of the eigenvectors' first entries (Golub and Welsch, 1969).
 * Gamma laws of shape s have Laguerre's, a_k = 2k + s, b_k^2 = k (k + s - 1); uniform ones Legendre's, on (-1, 1) a_k = 0,
 * b_k^2 = k^2 / (4 k^2 - 1). Laws of points are themselves. */
#include "base/matrix.h"
#include "base/try.h"
#include "theory/random_law.h"
#include <math.h>
#include <string.h>

enum { N = THEORY_LAW_POINTS };

static lsa_status gauss(const double *a, const double *b, double *x, double *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double J[N * N] = {0}, Q[N * N];
    for (int k = 0; k < N; k++) {
        J[k + k * N] = a[k];
        if (k > 0)
            J[k + (k - 1) * N] = J[k - 1 + k * N] = b[k];
    }
    LSA_TRY(lsa_mat_eigen(N, J, x, Q, err));
    for (int k = 0; k < N; k++)
        p[k] = Q[(ptrdiff_t)k * N] * Q[(ptrdiff_t)k * N];
done:
    return status;
}

static lsa_status gamma_points(double shape, double scale, double *x, double *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double a[N], b[N];
    for (int k = 0; k < N; k++) {
        a[k] = 2.0 * k + shape;
        b[k] = sqrt(k * (k + shape - 1.0));
    }
    LSA_TRY(gauss(a, b, x, p, err));
    for (int k = 0; k < N; k++)
        x[k] = fmax(x[k], 0.0) * scale;
done:
    return status;
}

static lsa_status uniform_points(double low, double high, double *x, double *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double a[N], b[N];
    for (int k = 0; k < N; k++) {
        a[k] = 0.0;
        b[k] = k > 0 ? k / sqrt(4.0 * k * k - 1.0) : 0.0;
    }
    LSA_TRY(gauss(a, b, x, p, err));
    for (int k = 0; k < N; k++)
        x[k] = 0.5 * (low + high + (high - low) * x[k]);
done:
    return status;
}

lsa_status theory_law_points(const lsa_law *law, ptrdiff_t *count, double *x, double *p, lsa_error *err)
{
    const double *parameter = law->parameter;
    *count = N;
    switch (law->kind) {
    case LSA_LAW_EXPONENTIAL:
        return gamma_points(1.0, parameter[0], x, p, err);
    case LSA_LAW_GAMMA:
        return gamma_points(parameter[0], parameter[1], x, p, err);
    case LSA_LAW_UNIFORM:
        return uniform_points(parameter[0], parameter[1], x, p, err);
    case LSA_LAW_TWO_POINT:
        *count = 2;
        memcpy(x, parameter, 2 * sizeof *x);
        p[0] = parameter[2];
        p[1] = 1.0 - parameter[2];
        return LSA_OK;
    default:
        *count = 1;
        x[0] = parameter[0];
        p[0] = 1.0;
        return LSA_OK;
    }
}
