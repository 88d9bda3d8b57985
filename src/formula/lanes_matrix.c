/* lanes_matrix.c - the functions of the table on lanes: those of entries on all lanes at once, those of whole matrices lane by
 * lane. */
#include "base/matrix.h"
#include "base/try.h"
#include "formula/lane_steps.h"
#include <math.h>
#include <string.h>

bool lane_function_is_offered(formula_function_id id)
{
    switch (id) {
    case FORMULA_pinv:
    case FORMULA_expm:
    case FORMULA_rank:
    case FORMULA_inertia:
    case FORMULA_psd:
    case FORMULA_symmetric:
    case FORMULA_diagonal:
    case FORMULA_commute:
        return false;
    default:
        return true;
    }
}

ptrdiff_t lane_function_scratch(ptrdiff_t rows, ptrdiff_t cols)
{
    const ptrdiff_t n = rows > cols ? rows : cols;
    return 3 * n * n + n;
}

/* ---------------------------------------------------------------- of entries */

static double entry_of(formula_function_id id, double x)
{
    switch (id) {
    case FORMULA_sqrt:
        return sqrt(x);
    case FORMULA_exp:
        return exp(x);
    case FORMULA_log:
        return x > 0.0 ? log(x) : (double)NAN;
    case FORMULA_abs:
        return fabs(x);
    case FORMULA_ceil:
        return ceil(x);
    default:
        return floor(x);
    }
}

/* tr, sum, and the square of a norm */
static void reduce(const lane_step *s, const double *x, ptrdiff_t L, double *out)
{
    const lane_value *v = &s->more[0];
    memset(out, 0, (size_t)L * sizeof *out);
    for (ptrdiff_t j = 0; j < v->cols; j++) {
        for (ptrdiff_t i = 0; i < v->rows; i++) {
            const double *row = x + (i + j * v->rows) * L;
            if (s->function == FORMULA_tr && i != j)
                continue;
            for (ptrdiff_t l = 0; l < L; l++)
                out[l] += s->function == FORMULA_norm ? row[l] * row[l] : row[l];
        }
    }
    for (ptrdiff_t l = 0; s->function == FORMULA_norm && l < L; l++)
        out[l] = sqrt(out[l]);
}

/* Of one matrix or of several scalars; what has no value has no extreme. */
static void extreme(const lane_step *s, const formula_lane_work *work, double *out)
{
    const ptrdiff_t L = work->width;
    const double sign = s->function == FORMULA_max ? 1.0 : -1.0;
    for (int k = 0; k < s->n_more; k++) {
        const double *x = lane_at(work, &s->more[k]);
        for (ptrdiff_t e = 0; e < lane_count(&s->more[k]); e++)
            for (ptrdiff_t l = 0; l < L; l++)
                if ((k == 0 && e == 0) || isnan(x[e * L + l]) || sign * x[e * L + l] > sign * out[l])
                    out[l] = x[e * L + l];
    }
}

static void diagonal(const lane_step *s, const double *x, ptrdiff_t L, double *out)
{
    const lane_value *v = &s->more[0];
    const ptrdiff_t n = v->rows;
    const bool vector = v->cols == 1 && s->out.cols == n && n > 1;
    memset(out, 0, (size_t)(lane_count(&s->out) * L) * sizeof *out);
    if (s->function == FORMULA_offdiag) {
        memcpy(out, x, (size_t)(n * n * L) * sizeof *out);
        for (ptrdiff_t i = 0; i < n; i++)
            memset(out + (i + i * n) * L, 0, (size_t)L * sizeof *out);
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++)
        memcpy(out + (vector ? i + i * n : i) * L, x + (vector ? i : i + i * n) * L, (size_t)L * sizeof *out);
}

/* The same place in every lane. */
static lsa_status entry(const lane_step *s, const formula_lane_work *work, double *out, lsa_error *err)
{
    const ptrdiff_t L = work->width;
    const lane_value *v = &s->more[0];
    const double i = lane_at(work, &s->more[1])[0], j = s->n_more > 2 ? lane_at(work, &s->more[2])[0] : 1.0;
    if (!(i >= 1.0 && i <= (double)v->rows && j >= 1.0 && j <= (double)v->cols) || i != floor(i) || j != floor(j))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no entry (%.6g, %.6g) in %td x %td", i, j, v->rows,
                             v->cols);
    memcpy(out, lane_at(work, v) + ((ptrdiff_t)i - 1 + ((ptrdiff_t)j - 1) * v->rows) * L, (size_t)L * sizeof *out);
    return LSA_OK;
}

static lsa_status unit(const lane_step *s, const formula_lane_work *work, double *out, lsa_error *err)
{
    const ptrdiff_t L = work->width;
    const double i = lane_at(work, &s->more[0])[0];
    if (!(i >= 1.0 && i <= (double)s->out.rows) || i != floor(i))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no unit(%.6g) in dimension %td", i, s->out.rows);
    for (ptrdiff_t k = 0; k < s->out.rows * L; k++)
        out[k] = k / L == (ptrdiff_t)i - 1 ? 1.0 : 0.0;
    return LSA_OK;
}

/* ---------------------------------------------------------------- of whole matrices */

/* Eigenvalues, or singular values, ascending, of A (m x n) into out; LSA_ERR_DOMAIN with NaN or where LAPACK gives up. */
static lsa_status spectrum(const lane_step *s, ptrdiff_t m, ptrdiff_t n, double *A, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t count = m < n ? m : n;
    if (s->function == FORMULA_eigvals)
        return lsa_mat_eigen(m, A, out, NULL, err);
    LSA_TRY(lsa_mat_singular_values(m, n, A, out, err));
    for (ptrdiff_t k = 0; k < count / 2; k++) {
        const double x = out[k];
        out[k] = out[count - 1 - k];
        out[count - 1 - k] = x;
    }
done:
    return status;
}

/* By elimination with the largest pivot; A is overwritten. */
static double determinant(ptrdiff_t n, double *A)
{
    double det = 1.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        ptrdiff_t best = k;
        for (ptrdiff_t i = k + 1; i < n; i++)
            best = fabs(A[i + k * n]) > fabs(A[best + k * n]) ? i : best;
        const double pivot = A[best + k * n];
        if (pivot == 0.0)
            return 0.0;
        det *= best == k ? pivot : -pivot;
        for (ptrdiff_t j = k; j < n; j++) {
            const double x = A[best + j * n];
            A[best + j * n] = A[k + j * n];
            A[k + j * n] = x;
        }
        for (ptrdiff_t i = k + 1; i < n; i++)
            for (ptrdiff_t j = k + 1; j < n; j++)
                A[i + j * n] -= A[i + k * n] / pivot * A[k + j * n];
    }
    return det;
}

/* Q diag(sqrt lambda) Q'; eigenvalues that rounding made negative are 0. */
static lsa_status root(ptrdiff_t n, double *A, double *out, double *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *Q = work, *lambda = work + n * n;
    LSA_TRY(lsa_mat_eigen(n, A, lambda, Q, err));
    const double zero = 1e-14 * fabs(lambda[n - 1]);
    for (ptrdiff_t k = 0; k < n; k++) {
        const double factor = lambda[k] < -zero ? (double)NAN : sqrt(fmax(lambda[k], 0.0));
        for (ptrdiff_t i = 0; i < n; i++)
            A[i + k * n] = factor * Q[i + k * n];
    }
    lsa_mat_product(false, true, n, n, n, 1.0, A, Q, 0.0, out);
done:
    return status;
}

static lsa_status inverse(ptrdiff_t n, double *A, double *out, lsa_error *err)
{
    lsa_mat_identity(n, out);
    return lsa_mat_solve(n, n, A, out, out, err);
}

/* One lane: A (rows x cols) to the numbers of the result; work of the operand's scratch. */
static lsa_status one_matrix(const lane_step *s, double *A, double *out, double *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t m = s->more[0].rows, n = s->more[0].cols, count = m < n ? m : n;
    switch (s->function) {
    case FORMULA_det:
    case FORMULA_logdet:
        out[0] = determinant(n, A);
        if (s->function == FORMULA_logdet)
            out[0] = out[0] > 0.0 ? log(out[0]) : (double)NAN;
        return LSA_OK;
    case FORMULA_inv:
        return inverse(n, A, out, err);
    case FORMULA_sqrtm:
        return root(n, A, out, work, err);
    case FORMULA_eigvals:
    case FORMULA_svdvals:
        return spectrum(s, m, n, A, out, err);
    default: /* opnorm, nucnorm */
        LSA_TRY(spectrum(s, m, n, A, work, err));
        out[0] = work[count - 1];
        for (ptrdiff_t k = 0; s->function == FORMULA_nucnorm && k + 1 < count; k++)
            out[0] += work[k];
    }
done:
    return status;
}

/* A lane without a value is NaN there, for the caller to refuse. */
static void matrices(const lane_step *s, const formula_lane_work *work)
{
    const ptrdiff_t L = work->width, size = lane_count(&s->more[0]), count = lane_count(&s->out);
    const ptrdiff_t side = s->more[0].rows > s->more[0].cols ? s->more[0].rows : s->more[0].cols;
    const double *x = lane_at(work, &s->more[0]);
    double *out = lane_at(work, &s->out), *A = work->scratch, *one = A + side * side, *rest = one + side * side;
    for (ptrdiff_t l = 0; l < L; l++) {
        bool known = true;
        for (ptrdiff_t e = 0; e < size; e++) {
            A[e] = x[e * L + l];
            known = known && isfinite(A[e]);
        }
        known = known && one_matrix(s, A, one, rest, NULL) == LSA_OK;
        for (ptrdiff_t e = 0; e < count; e++)
            out[e * L + l] = known ? one[e] : (double)NAN;
    }
}

lsa_status lane_function_run(const lane_step *s, formula_lane_work *work, lsa_error *err)
{
    const ptrdiff_t L = work->width;
    const double *x = lane_at(work, &s->more[0]);
    double *out = lane_at(work, &s->out);
    switch (s->function) {
    case FORMULA_tr:
    case FORMULA_sum:
    case FORMULA_norm:
        reduce(s, x, L, out);
        break;
    case FORMULA_min:
    case FORMULA_max:
        extreme(s, work, out);
        break;
    case FORMULA_diag:
    case FORMULA_offdiag:
        diagonal(s, x, L, out);
        break;
    case FORMULA_entry:
        return entry(s, work, out, err);
    case FORMULA_unit:
        return unit(s, work, out, err);
    case FORMULA_sqrt:
    case FORMULA_exp:
    case FORMULA_log:
    case FORMULA_abs:
    case FORMULA_ceil:
    case FORMULA_floor:
        for (ptrdiff_t l = 0; l < L; l++)
            out[l] = entry_of(s->function, x[l]);
        break;
    default:
        matrices(s, work);
    }
    return LSA_OK;
}
