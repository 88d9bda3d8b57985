/* orthogonal_query.c - a query orthogonal to the context (section 4.2): the query shift that does harm.  (W22)
 *
 * For x_i ~ N(0, l I) the projector P off their span is Haar-distributed of rank m = d - M, with
 *     E[P_ij P_kl] = a delta_ij delta_kl + b (delta_ik delta_jl + delta_il delta_jk),
 *     b = m (d - m)/(d (d - 1)(d + 2)),   a = (m^2 - 2 b d)/d^2      (from tr P = m and P^2 = P),
 * so E[P Lq P] = (a + b) Lq + b tr(Lq) I. A layer with A a multiple of I predicts exactly 0, and errs by
 * E<w, P x_q>^2; with another A the prediction is not 0. */
#include "base/try.h"
#include "theory/extended.h"
#include <math.h>

lsa_status lsa_theory_orthogonal_query_error(ptrdiff_t d, ptrdiff_t M, lsa_second_moment query, lsa_second_moment task,
                                             double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Lq = {.d = 0}, Omega = {.d = 0};
    if (d < 1 || M < 0)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the dimension must be at least 1 and the length 0, got %td, %td", d,
                             M);
    LSA_TRY(ext_from_moment_full(&Lq, d, query, "the query covariance", err));
    LSA_TRY(ext_from_moment_full(&Omega, d, task, "the task covariance", err));
    const long double n = (long double)d, m = (long double)(M < d ? d - M : 0);
    const long double b = d > 1 ? m * (n - m) / (n * (n - 1.0L) * (n + 2.0L)) : 0.0L;
    const long double a = (m * m - 2.0L * b * n) / (n * n);
    *error = (double)((a + b) * ext_trace_product(&Omega, &Lq) + b * ext_trace(&Lq) * ext_trace(&Omega));
done:
    ext_clear(&Lq);
    ext_clear(&Omega);
    return status;
}
