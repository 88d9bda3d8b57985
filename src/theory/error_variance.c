/* error_variance.c - E e^4 of the reduced layer on Gaussian prompts, and so the variance of its squared error.   (W30)
 *
 * Given w and q = x_q the prediction is the mean of M products of two jointly Gaussian numbers, (w'x_i + eps_i) and
 * r x_i'A q, with second moments
 *     p = w'Lc w + s2,   rho = q'D q,   v = w'C q,        C = r Lc A,   D = r^2 A'Lc A.
 * The cumulants of one product are v, p rho + v^2, 2 v^3 + 6 v p rho and 6 (v^4 + 6 v^2 p rho + p^2 rho^2); those of the
 * mean of M have M^(1-k) in front. With b = v - w'q = w'B q, B = C - I, the error e has
 *     E e^4 = E b^4 + (6/M) E b^2 (p rho + v^2) + (1/M^2) E [8 b v^3 + 24 b v p rho + 3 (p rho + v^2)^2]
 *             + (6/M^3) E (v^4 + 6 v^2 p rho + p^2 rho^2),
 * expectations over w and q: Isserlis' theorem, the pairings of four w's times `quartic`. */
#include "base/matrix.h"
#include "base/try.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <stdlib.h>

/* Every form F in q comes as F Lq, so that E[q'Fq q'Gq] is made of traces. P_XY = X'Omega Y, R_XY = X'Omega Lc Omega Y
 * for X, Y among B and C. */
enum { D_, P_BB, P_BC, P_CB, P_CC, R_BB, R_BC, R_CC, FORMS };

typedef struct quartics {
    ptrdiff_t d;
    double *form[FORMS];
    double signal, signal_square; /* tr(Lc Omega), tr(Lc Omega Lc Omega)           */
    double s2, quartic;           /* E w w w w over the pairings of a Gaussian's    */
} quartics;

/* E[q'Fq q'Gq] = tr(F Lq) tr(G Lq) + tr(F Lq G Lq) + tr(F Lq G'Lq); Gt is G'. */
static double pair(const quartics *s, int F, int G, int Gt)
{
    const ptrdiff_t d = s->d;
    double sum = lsa_mat_trace(d, s->form[F]) * lsa_mat_trace(d, s->form[G]);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            sum += s->form[F][j + i * d] * (s->form[G][i + j * d] + s->form[Gt][i + j * d]);
    return sum;
}

/* E[p rho (w'X q)(w'Y q)] from P_XY and R_XY. */
static double with_spread(const quartics *s, int P, int R)
{
    return (s->s2 + s->quartic * s->signal) * pair(s, P, D_, D_) + 2.0 * s->quartic * pair(s, R, D_, D_);
}

/* E e^4 but for the query's own noise. */
static double fourth_moment(const quartics *s, double inverse_m)
{
    const double f = s->quartic;
    const double bbbb = 3.0 * f * pair(s, P_BB, P_BB, P_BB), cccc = 3.0 * f * pair(s, P_CC, P_CC, P_CC);
    const double bbcc = f * (pair(s, P_BB, P_CC, P_CC) + 2.0 * pair(s, P_BC, P_BC, P_CB));
    const double bccc = 3.0 * f * pair(s, P_BC, P_CC, P_CC);
    const double bb = with_spread(s, P_BB, R_BB), bc = with_spread(s, P_BC, R_BC), cc = with_spread(s, P_CC, R_CC);
    const double p_square =
        f * (s->signal * s->signal + 2.0 * s->signal_square) + 2.0 * s->s2 * s->signal + s->s2 * s->s2;
    const double spread = p_square * pair(s, D_, D_, D_); /* E p^2 rho^2 */
    return bbbb +
           inverse_m * (6.0 * (bb + bbcc) + inverse_m * (8.0 * bccc + 24.0 * bc + 3.0 * (spread + 2.0 * cc + cccc) +
                                                         inverse_m * 6.0 * (cccc + 6.0 * cc + spread)));
}

/* out = X'W Y Lq. */
static lsa_status sandwich(ptrdiff_t d, const double *X, const double *W, const double *Y, const double *Lq,
                           double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *WY = lsa_vec_create(d * d), *YL = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(WY && YL ? WY : NULL, "the variance of a test error");
    lsa_mat_product(false, false, d, d, d, 1.0, Y, Lq, 0.0, YL);
    lsa_mat_product(false, false, d, d, d, 1.0, W, YL, 0.0, WY);
    lsa_mat_product(true, false, d, d, d, 1.0, X, WY, 0.0, out);
done:
    free(WY);
    free(YL);
    return status;
}

/* The matrices of a setting as doubles. */
typedef struct setting_matrices {
    double *A, *Lc, *Lq, *Omega, *spread, *B, *C; /* spread = Omega Lc Omega */
} setting_matrices;

static lsa_status fill_forms(const setting_matrices *m, quartics *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = s->d;
    const struct {
        int form;
        const double *X, *W, *Y;
    } list[] = {{D_, m->A, m->Lc, m->A},       {P_BB, m->B, m->Omega, m->B}, {P_BC, m->B, m->Omega, m->C},
                {P_CB, m->C, m->Omega, m->B},  {P_CC, m->C, m->Omega, m->C}, {R_BB, m->B, m->spread, m->B},
                {R_BC, m->B, m->spread, m->C}, {R_CC, m->C, m->spread, m->C}};
    for (int k = 0; k < FORMS; k++) {
        s->form[list[k].form] = lsa_vec_create(d * d);
        LSA_TRY_MEMORY(s->form[list[k].form], "the variance of a test error");
        LSA_TRY(sandwich(d, list[k].X, list[k].W, list[k].Y, m->Lq, s->form[list[k].form], err));
    }
done:
    return status;
}

static lsa_status round_dense(const ext_matrix *x, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_vec_create(x->d * x->d);
    LSA_TRY_MEMORY(*out, "the variance of a test error");
    ext_round(x, *out);
done:
    return status;
}

/* A becomes r A. */
static lsa_status fill_matrices(const risk_setting *view, const double *A, ptrdiff_t d, setting_matrices *m,
                                quartics *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *OL = lsa_vec_create(d * d);
    m->A = lsa_vec_create(d * d);
    m->B = lsa_vec_create(d * d);
    m->C = lsa_vec_create(d * d);
    m->spread = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(OL && m->A && m->B && m->C ? m->spread : NULL, "the variance of a test error");
    LSA_TRY(round_dense(view->context, &m->Lc, err));
    LSA_TRY(round_dense(view->query, &m->Lq, err));
    LSA_TRY(round_dense(view->task, &m->Omega, err));
    lsa_vec_axpy(d * d, (double)view->r, A, m->A);
    lsa_mat_product(false, false, d, d, d, 1.0, m->Lc, m->A, 0.0, m->C);
    for (ptrdiff_t k = 0; k < d * d; k++)
        m->B[k] = m->C[k] - (k % (d + 1) == 0 ? 1.0 : 0.0);
    lsa_mat_product(false, false, d, d, d, 1.0, m->Omega, m->Lc, 0.0, OL);
    lsa_mat_product(false, false, d, d, d, 1.0, OL, m->Omega, 0.0, m->spread);
    s->signal = lsa_mat_trace(d, OL);
    s->signal_square = lsa_mat_inner(d, d, m->spread, m->Lc);
done:
    free(OL);
    return status;
}

static void clear(setting_matrices *m, quartics *s)
{
    double *const all[] = {m->A, m->Lc, m->Lq, m->Omega, m->spread, m->B, m->C};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        free(all[k]);
    for (int k = 0; k < FORMS; k++)
        free(s->form[k]);
}

static double quartic_of(const lsa_setting *test)
{
    const double d = (double)test->covariance->d;
    if (test->task == LSA_TASK_FIXED)
        return 1.0 / 3.0;
    return test->task == LSA_TASK_SPHERE ? d / (d + 2.0) : 1.0;
}

lsa_status theory_error_moments(const lsa_setting *test, const double *A, double *second, double *fourth,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    setting_matrices m = {0};
    const ptrdiff_t d = test->covariance->d;
    quartics s = {.d = d, .s2 = test->label_noise, .quartic = quartic_of(test)};
    const double s_q = theory_query_noise(test);
    if (test->mean != NULL || theory_excess(test) != 0.0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the variance of a squared error is known for Gaussian covariates of "
                             "mean zero only");
    LSA_TRY(lsa_theory_shift_risk(test, A, second, err));
    LSA_TRY(theory_setting_init(&setting, test, err));
    LSA_TRY(fill_matrices(&setting.view, A, d, &m, &s, err));
    LSA_TRY(fill_forms(&m, &s, err));
    const double own = *second - s_q; /* E e^2 without the query's noise */
    *fourth = fourth_moment(&s, (double)setting.view.inverse_m) + 6.0 * s_q * own + 3.0 * s_q * s_q;
done:
    clear(&m, &s);
    theory_setting_clear(&setting);
    return status;
}
