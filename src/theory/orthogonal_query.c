/* orthogonal_query.c - a query orthogonal to the context (section 4.2): the query shift that does harm.  (W22)
 *
 * For x_i ~ N(0, l I) the projector P off their span is Haar-distributed of rank m = d - M, with
 *     E[P_ij P_kl] = a delta_ij delta_kl + b (delta_ik delta_jl + delta_il delta_jk),
 *     b = m (d - m)/(d (d - 1)(d + 2)),   a = (m^2 - 2 b d)/d^2      (from tr P = m and P^2 = P),
 * so E[P Lq P] = (a + b) Lq + b tr(Lq) I. A layer with A a multiple of I predicts exactly 0, and errs by
 * E<w, P x_q>^2; with another A the prediction is not 0. */
#include "base/try.h"
#include "theory/risk.h"
#include "theory/setting_view.h"

lsa_status lsa_theory_orthogonal_query_error(const lsa_setting *test, double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Lq = {.d = 0}, Omega = {.d = 0};
    const ptrdiff_t d = test->covariance->d;
    LSA_TRY(theory_check_test(test, err));
    LSA_TRY(theory_query(&Lq, test, err));
    LSA_TRY(theory_task_full(&Omega, test, err));
    const long double n = (long double)d, m = test->context < (double)d ? n - (long double)test->context : 0.0L;
    const long double b = d > 1 ? m * (n - m) / (n * (n - 1.0L) * (n + 2.0L)) : 0.0L;
    const long double a = (m * m - 2.0L * b * n) / (n * n);
    *error = (double)((a + b) * ext_trace_product(&Omega, &Lq) + b * ext_trace(&Lq) * ext_trace(&Omega));
    *error += theory_query_noise(test);
done:
    ext_clear(&Lq);
    ext_clear(&Omega);
    return status;
}
