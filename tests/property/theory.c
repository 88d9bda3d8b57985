/* Random laws: what must hold for every law, every point and every start. A failure names the law's number; its seed is
 * the number itself, so the law can be made again. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory.h"

#include <math.h>
#include <string.h>

#define D_MAX 6
#define SIZE  (D_MAX * D_MAX)
#define LAWS  60

/* A law that owns its numbers, with a random point (u, U). */
typedef struct sample_law {
    double Lambda[SIZE], Omega[SIZE], U[SIZE], u;
    lsa_covariance covariance, tasks; /* of Lambda, and of Omega where the law has it */
    lsa_setting law;
    lsa_theory *theory;
} sample_law;

static void random_moment(ptrdiff_t d, uint64_t seed, double condition, double *out)
{
    double Q[SIZE], QL[SIZE];
    check_status(lsa_mat_haar(d, seed, Q, NULL), LSA_OK, NULL);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            QL[i + j * d] = Q[i + j * d] * pow(condition, -(double)j / (double)d);
    lsa_mat_product(false, true, d, d, d, 1.0, QL, Q, 0.0, out);
}

static void start_law(sample_law *s, uint64_t number)
{
    static const double contexts[6] = {1.0, 3.0, 20.0, 1000.0, 1e6, (double)INFINITY};
    lsa_rng rng = lsa_rng_at(number, LSA_RNG_PROBE, 0);
    const ptrdiff_t d = 1 + (ptrdiff_t)(number % D_MAX);
    random_moment(d, number, 20.0, s->Lambda);
    random_moment(d, number + 1000, 5.0, s->Omega);
    lsa_rng_normals(&rng, d * d, s->U);
    lsa_rng_normals(&rng, 1, &s->u);
    s->covariance = *THEORY_MATRIX(d, s->Lambda);
    s->tasks = *THEORY_MATRIX(d, s->Omega);
    s->law = (lsa_setting){.context = contexts[number / 2 % 6],
                           .normalise_plus_one = number % 5 == 4,
                           .covariance = &s->covariance,
                           .label_noise = number % 3 == 2 ? 0.3 : 0.0};
}

static void finish_law(sample_law *s)
{
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(&s->law, &s->theory, &err), LSA_OK, &err);
}

/* Any law. */
static void make_law(sample_law *s, uint64_t number)
{
    start_law(s, number);
    if (number % 4 >= 2)
        s->law.task_covariance = &s->tasks;
    finish_law(s);
}

/* The theorem's law: isotropic task, noiseless, rho = N. */
static void make_paper_law(sample_law *s, uint64_t number)
{
    start_law(s, number);
    s->law.normalise_plus_one = false;
    s->law.label_noise = 0.0;
    finish_law(s);
}

static double loss_at(const lsa_theory *theory, double u, const double *U)
{
    double loss;
    check_status(lsa_theory_loss(theory, u, U, &loss, NULL), LSA_OK, NULL);
    return loss;
}

static double gap_at(const lsa_theory *theory, double u, const double *U)
{
    double gap;
    check_status(lsa_theory_gap(theory, u, U, &gap, NULL), LSA_OK, NULL);
    return gap;
}

static double gradient_at(const lsa_theory *theory, double u, const double *U, double *du, double *dU)
{
    const ptrdiff_t d = lsa_theory_dimension(theory);
    check_status(lsa_theory_gradient(theory, u, U, du, dU, NULL), LSA_OK, NULL);
    return hypot(*du, lsa_vec_norm(d * d, dU));
}

static void for_each_law(void (*make)(sample_law *, uint64_t), void (*test)(const sample_law *))
{
    for (uint64_t number = 0; number < LAWS; number++) {
        sample_law s;
        make(&s, number);
        print_message("law %d\n", (int)number);
        test(&s);
        lsa_theory_destroy(s.theory);
    }
}

/* ---- The loss and its minimum ---- */

/* The gradient is the derivative of the loss: a quartic along a line, so Richardson's extrapolation of central
 * differences with steps h and 2h is exact, and rounding eps/h is all that is left. */
static void gradient_is_derivative(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    const double h = 0.1;
    double du, dU[SIZE], direction[SIZE + 1], difference[2];
    lsa_rng rng = lsa_rng_at((uint64_t)d, LSA_RNG_PROBE, 7);
    lsa_rng_normals(&rng, d * d + 1, direction);
    gradient_at(s->theory, s->u, s->U, &du, dU);
    for (int k = 0; k < 2; k++) {
        double ends[2];
        for (int side = 0; side < 2; side++) {
            const double t = (side == 0 ? -1.0 : 1.0) * (k + 1) * h;
            double U[SIZE];
            memcpy(U, s->U, sizeof U);
            lsa_vec_axpy(d * d, t, direction, U);
            ends[side] = loss_at(s->theory, s->u + t * direction[d * d], U);
        }
        difference[k] = (ends[1] - ends[0]) / (2.0 * (k + 1) * h);
    }
    const double slope = du * direction[d * d] + lsa_vec_dot(d * d, dU, direction);
    const double scale = 1.0 + loss_at(s->theory, s->u, s->U) + fabs(slope);
    check_close((4.0 * difference[0] - difference[1]) / 3.0, slope, 0.0, 1e-12 * scale);
}

static void loss_is_minimum_plus_gap(const sample_law *s)
{
    const double loss = loss_at(s->theory, s->u, s->U), gap = gap_at(s->theory, s->u, s->U);
    check_at_least(gap, 0.0);
    check_close(lsa_theory_minimum_loss(s->theory, s->law.covariance->d) + gap, loss, 1e-13, 0.0);
    check_close(loss_at(s->theory, 0.0, s->U), lsa_theory_loss_at_zero(s->theory), 1e-14, 0.0);
}

/* At the limit: u U = A, balanced, stationary up to the rounding of u and U, and the loss is the least one. */
static void limit_is_minimum(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    double u, U[SIZE], A[SIZE], du, dU[SIZE];
    check_status(lsa_theory_balanced(s->theory, &u, U, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(s->theory, d, A, NULL), LSA_OK, NULL);
    check_at_least(u, 0.0);
    check_close(lsa_vec_norm(d * d, U), u, 1e-14, 0.0);
    check_close(loss_at(s->theory, u, U), lsa_theory_minimum_loss(s->theory, d), 1e-12, 1e-25);
    check_at_most(gradient_at(s->theory, u, U, &du, dU),
                  1e-13 * (1.0 + u) * (1.0 + lsa_theory_loss_at_zero(s->theory)));
    lsa_vec_scale(d * d, u, U);
    check_vector_close(d * d, U, A, 1e-14, 0.0);
}

static void limit_keeps_what_is_conserved(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    double u, U[SIZE], A[SIZE];
    check_status(lsa_theory_limit(s->theory, s->u, s->U, &u, U, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(s->theory, d, A, NULL), LSA_OK, NULL);
    const double start = s->u * s->u - pow(lsa_vec_norm(d * d, s->U), 2.0);
    const double end = u * u - pow(lsa_vec_norm(d * d, U), 2.0);
    check_close(end, start, 0.0, 1e-13 * (u * u + pow(lsa_vec_norm(d * d, U), 2.0)));
    assert_true((u > 0.0) == (s->u > 0.0));
    lsa_vec_scale(d * d, u, U);
    check_vector_close(d * d, U, A, 1e-13, 0.0);
}

/* The best matrix of rank m has the loss that is claimed for it, and no random matrix of rank m does better. */
static void bounded_rank_is_best(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    for (ptrdiff_t m = 0; m <= d; m++) {
        double A[SIZE], K[SIZE], P[SIZE];
        const double least = lsa_theory_minimum_loss(s->theory, m);
        check_status(lsa_theory_minimum(s->theory, m, A, NULL), LSA_OK, NULL);
        check_close(loss_at(s->theory, 1.0, A), least, 1e-12, 1e-25);
        lsa_rng rng = lsa_rng_at((uint64_t)m, LSA_RNG_PROBE, 1);
        lsa_rng_normals(&rng, d * d, K);
        for (ptrdiff_t k = 0; k < d * m; k++)
            K[k] *= 1e-3;
        lsa_mat_product(false, true, d, d, m, 1.0, K, K, 0.0, P);
        check_at_least(loss_at(s->theory, 1.0, P), least * (1.0 - 1e-14));
    }
}

static void test_loss(void **state)
{
    (void)state;
    for_each_law(make_law, gradient_is_derivative);
    for_each_law(make_law, loss_is_minimum_plus_gap);
    for_each_law(make_law, limit_is_minimum);
    for_each_law(make_law, limit_keeps_what_is_conserved);
    for_each_law(make_law, bounded_rank_is_best);
}

/* ---- Forms of the same law ---- */

/* Gamma_{Omega,s} is the inverse of A, up to r. */
static void gamma_of_law_inverts_minimum(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    double A[SIZE], Gamma[SIZE], product[SIZE], identity[SIZE];
    const double r =
        s->law.normalise_plus_one && isfinite(s->law.context) ? s->law.context / (s->law.context + 1.0) : 1.0;
    check_status(lsa_theory_minimum(s->theory, d, A, NULL), LSA_OK, NULL);
    check_status(lsa_theory_gamma_law(s->theory, Gamma, NULL), LSA_OK, NULL);
    lsa_mat_product(false, false, d, d, d, r, Gamma, A, 0.0, product);
    lsa_mat_identity(d, identity);
    check_matrix_close(d, d, product, identity, 1e-13, 0.0);
}

/* rho = N + 1 rescales A and nothing else. */
static void normaliser_only_rescales(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    lsa_setting law = s->law;
    lsa_theory *other = NULL;
    double A[SIZE], B[SIZE];
    law.normalise_plus_one = !law.normalise_plus_one;
    check_status(lsa_theory_create(&law, &other, NULL), LSA_OK, NULL);
    const double factor = isinf(law.context) ? 1.0 : 1.0 + 1.0 / law.context;
    check_status(lsa_theory_minimum(s->theory, d, A, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(other, d, B, NULL), LSA_OK, NULL);
    lsa_vec_scale(d * d, law.normalise_plus_one ? factor : 1.0 / factor, A);
    check_vector_close(d * d, B, A, 1e-14, 0.0);
    check_close(lsa_theory_minimum_loss(other, d), lsa_theory_minimum_loss(s->theory, d), 1e-15, 0.0);
    lsa_theory_destroy(other);
}

/* (Lambda, s2) -> k (Lambda, s2) takes A to A/k and L to k L. */
static void scales_with_the_unit_of_x(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    const double k = 3.0;
    double Lambda[SIZE], A[SIZE], B[SIZE];
    lsa_setting law = s->law;
    lsa_theory *other = NULL;
    memcpy(Lambda, s->Lambda, sizeof Lambda);
    lsa_vec_scale(d * d, k, Lambda);
    law.covariance = THEORY_MATRIX(d, Lambda);
    law.label_noise *= k;
    check_status(lsa_theory_create(&law, &other, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(s->theory, d, A, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(other, d, B, NULL), LSA_OK, NULL);
    lsa_vec_scale(d * d, 1.0 / k, A);
    check_vector_close(d * d, B, A, 1e-13, 0.0);
    check_close(lsa_theory_minimum_loss(other, d), k * lsa_theory_minimum_loss(s->theory, d), 1e-13, 1e-30);
    lsa_theory_destroy(other);
}

/* N = 1e13 differs from N = inf by O(cond d / N), far below 1e-9. */
static void long_context_is_the_limit(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    lsa_setting law = s->law;
    lsa_theory *finite = NULL, *infinite = NULL;
    double A[SIZE], B[SIZE];
    law.context = 1e13;
    check_status(lsa_theory_create(&law, &finite, NULL), LSA_OK, NULL);
    law.context = (double)INFINITY;
    check_status(lsa_theory_create(&law, &infinite, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(finite, d, A, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(infinite, d, B, NULL), LSA_OK, NULL);
    check_vector_close(d * d, A, B, 1e-9, 0.0);
    check_close(lsa_theory_minimum_loss(infinite, d), 0.0, 0.0, 0.0);
    check_at_most(lsa_theory_minimum_loss(finite, d), 1e-10);
    lsa_theory_destroy(finite);
    lsa_theory_destroy(infinite);
}

static void test_forms(void **state)
{
    (void)state;
    for_each_law(make_law, gamma_of_law_inverts_minimum);
    for_each_law(make_law, normaliser_only_rescales);
    for_each_law(make_law, scales_with_the_unit_of_x);
    for_each_law(make_law, long_context_is_the_limit);
}

/* A spectrum alone, its diagonal matrix and its rotation are one law. */
static void test_diagonal_form(void **state)
{
    (void)state;
    const double spectrum[3] = {2.0, 0.7, 0.1}, omega[3] = {1.0, 0.0, 3.0};
    double dense[9] = {2.0, 0.0, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0, 0.1}, Q[9], rotated[9], rotated_task[9], work[9];
    double task[9] = {1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0}, A[3][9], back[9];
    check_status(lsa_mat_haar(3, 3, Q, NULL), LSA_OK, NULL);
    lsa_mat_transpose(3, 3, Q, back);
    lsa_mat_rotate(3, 3, back, dense, back, rotated, work);
    lsa_mat_rotate(3, 3, back, task, back, rotated_task, work);
    const lsa_covariance covariances[3] = {*THEORY_DIAGONAL(3, spectrum), *THEORY_MATRIX(3, dense),
                                           *THEORY_MATRIX(3, rotated)};
    const lsa_covariance tasks[3] = {*THEORY_DIAGONAL(3, omega), *THEORY_MATRIX(3, task),
                                     *THEORY_MATRIX(3, rotated_task)};
    for (int k = 0; k < 3; k++) {
        lsa_theory *theory = NULL;
        const lsa_setting law = {
            .context = 12.0, .covariance = &covariances[k], .task_covariance = &tasks[k], .label_noise = 0.1};
        check_status(lsa_theory_create(&law, &theory, NULL), LSA_OK, NULL);
        assert_true(lsa_theory_is_diagonal(theory) == (k < 2));
        check_status(lsa_theory_minimum(theory, 3, A[k], NULL), LSA_OK, NULL);
        double diagonal[3];
        if (k == 0) {
            check_status(lsa_theory_minimum_diagonal(theory, 3, diagonal, NULL), LSA_OK, NULL);
            check_vector_close(3, diagonal, ((double[]){A[0][0], A[0][4], A[0][8]}), 0.0, 0.0);
        }
        lsa_theory_destroy(theory);
    }
    check_vector_close(9, A[1], A[0], 0.0, 0.0);
    lsa_mat_rotate(3, 3, Q, A[2], Q, A[2], work);
    check_vector_close(9, A[2], A[0], 1e-13, 0.0);
}

/* Lambda (and Omega) singular: A vanishes outside the range, what the loss does not see keeps its start, and the
 * gradient at the limit is zero. */
static void test_semidefinite(void **state)
{
    (void)state;
    const double spectrum[3] = {2.0, 0.0, 0.5}, U0[9] = {1.0, 0.2, -0.3, 0.4, 0.5, 0.6, -0.7, 0.8, 0.9}, u0 = 0.4;
    const double task[9] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    for (int k = 0; k < 4; k++) { /* with a singular Omega and N = inf, G sees less than Lambda */
        lsa_theory *theory = NULL;
        const lsa_setting law = {.context = k % 2 == 0 ? 8.0 : (double)INFINITY,
                                 .covariance = THEORY_DIAGONAL(3, spectrum),
                                 .task_covariance = k < 2 ? NULL : THEORY_MATRIX(3, task)};
        double u, U[9], du, dU[9], change[9];
        check_status(lsa_theory_create(&law, &theory, NULL), LSA_OK, NULL);
        assert_int_equal(lsa_theory_rank(theory), 2);
        check_status(lsa_theory_limit(theory, u0, U0, &u, U, NULL), LSA_OK, NULL);
        check_at_most(gradient_at(theory, u, U, &du, dU), 1e-14);
        for (int i = 0; i < 9; i++)
            change[i] = U[i] - U0[i];
        for (ptrdiff_t i = 0; i < 3; i++) {
            check_close(change[1 + 3 * i], 0.0, 0.0, 1e-15);
            check_close(change[i + 3], 0.0, 0.0, 1e-15);
        }
        check_close(u * u - pow(lsa_vec_norm(9, U), 2.0), u0 * u0 - pow(lsa_vec_norm(9, U0), 2.0), 1e-13, 0.0);
        if (k == 3) /* G has rank 1: the flow moves every column along Lambda (1,1,1)' only */
            for (ptrdiff_t j = 0; j < 3; j++)
                check_close(change[3 * j] * 0.5, change[2 + 3 * j] * 2.0, 0.0, 1e-14);
        lsa_theory_destroy(theory);
    }
}

/* ---- Convergence ---- */

/* A start of Assumption 3.3 inside the bound: Theta Theta' = B B' / |B B'|_F, B the law's random U. */
static void paper_start(const sample_law *s, double fraction, double *sigma, double *U0)
{
    const ptrdiff_t d = s->law.covariance->d;
    *sigma = fraction * lsa_theory_sigma_max(s->theory);
    lsa_mat_product(false, true, d, d, d, 1.0, s->U, s->U, 0.0, U0);
    lsa_vec_scale(d * d, *sigma / lsa_vec_norm(d * d, U0), U0);
}

static void make_isotropic_law(sample_law *s, uint64_t number)
{
    start_law(s, number);
    for (ptrdiff_t i = 0; i < s->law.covariance->d; i++)
        s->Omega[i] = 0.5 + (double)(number % 2);
    s->tasks = *THEORY_DIAGONAL(s->covariance.d, s->Omega);
    s->law.task_covariance = &s->tasks;
    finish_law(s);
}

/* The chain of Lemmas A.4, A.5, 5.4 at the start, where everything is known. */
static void constants_are_in_order(const sample_law *s)
{
    double sigma, U0[SIZE], du, dU[SIZE];
    lsa_theory_start start;
    paper_start(s, 0.7, &sigma, U0);
    check_status(lsa_theory_assess_start(s->theory, sigma, U0, &start, NULL), LSA_OK, NULL);
    assert_true(start.holds);
    const double margin = lsa_theory_sigma_margin(s->theory, sigma);
    check_close(margin, 2.0 * (1.0 - 0.7 * 0.7), 1e-13, 0.0);
    const double l = loss_at(s->theory, sigma, U0) - lsa_theory_loss_at_zero(s->theory);
    double psi2 = 0.0;
    assert_true(lsa_theory_is_isotropic_task(s->theory, &psi2));
    const double r =
        s->law.normalise_plus_one && isfinite(s->law.context) ? s->law.context / (s->law.context + 1.0) : 1.0;
    check_at_most(l, -0.5 * psi2 * r * sigma * sigma * start.excitation * margin * (1.0 - 1e-12));
    const double u_lb = lsa_theory_u_lower_bound(s->theory, &start),
                 sharp = lsa_theory_u_lower_bound_from_loss(s->theory, l);
    check_at_least(u_lb, 1e-12);
    check_at_most(u_lb, sharp * (1.0 + 1e-12));
    check_at_most(sharp, sigma * (1.0 + 1e-12));
    const double mu = lsa_theory_pl_constant(s->theory, &start),
                 mu_sharp = lsa_theory_pl_constant_sharp(s->theory, &start);
    check_at_most(mu, mu_sharp * (1.0 + 1e-12));
    const double norm = gradient_at(s->theory, sigma, U0, &du, dU);
    check_at_least(norm * norm, mu_sharp * gap_at(s->theory, sigma, U0));
}

/* The instantaneous inequality, at any point and for any law; and it is attained along the slowest mode up to du. */
static void pl_inequality_holds(const sample_law *s)
{
    double du, dU[SIZE];
    const double norm = gradient_at(s->theory, s->u, s->U, &du, dU);
    check_at_least(norm * norm * (1.0 + 1e-12),
                   2.0 * s->u * s->u * lsa_theory_least_rate(s->theory) * gap_at(s->theory, s->u, s->U));
}

/* At U = 0 the gradient is -u r B: its size over u is the growth rate at the saddle. */
static void growth_is_the_gradients(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    const double zero[SIZE] = {0.0};
    double du, dU[SIZE];
    gradient_at(s->theory, s->u, zero, &du, dU);
    check_close(lsa_vec_norm(d * d, dU), fabs(s->u) * lsa_theory_growth_rate(s->theory), 1e-14, 0.0);
}

/* The off-diagonal part obeys dot U_ij = -u^2 h_ij U_ij: its derivative in s is minus the gradient's part over u^2. */
static void off_diagonal_decays(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    const double h = 1e-5;
    double du, dU[SIZE], plus[SIZE], minus[SIZE], part[SIZE];
    check_status(lsa_theory_off_diagonal(s->theory, s->U, h, plus, NULL), LSA_OK, NULL);
    check_status(lsa_theory_off_diagonal(s->theory, s->U, -h, minus, NULL), LSA_OK, NULL);
    gradient_at(s->theory, s->u, s->U, &du, dU);
    check_status(lsa_theory_off_diagonal(s->theory, dU, 0.0, part, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < d * d; k++)
        plus[k] = -s->u * s->u * (plus[k] - minus[k]) / (2.0 * h);
    check_vector_close(d * d, plus, part, 0.0, 1e-8 * (1.0 + lsa_vec_norm(d * d, dU)));
}

static void test_convergence(void **state)
{
    (void)state;
    for_each_law(make_isotropic_law, constants_are_in_order);
    for_each_law(make_law, pl_inequality_holds);
    for_each_law(make_law, growth_is_the_gradients);
    for_each_law(make_isotropic_law, off_diagonal_decays);
}

/* The rate is twice the least nonzero eigenvalue of the Hessian at the limit, once the start excites every mode. */
static void rate_is_the_hessians(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d, n = d * d + 1;
    double u, U[SIZE], H[(SIZE + 1) * (SIZE + 1)], lambda[SIZE + 1], rate;
    check_status(lsa_theory_limit(s->theory, s->u, s->U, &u, U, NULL), LSA_OK, NULL);
    check_status(lsa_theory_local_rate(s->theory, u, s->U, &rate, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < n; k++) { /* the gradient is cubic: central differences with step h have error h^2 */
        const double h = 1e-4;
        double ends[2][SIZE + 1];
        for (int side = 0; side < 2; side++) {
            double V[SIZE], v = u;
            memcpy(V, U, sizeof V);
            *(k < d * d ? &V[k] : &v) += side == 0 ? -h : h;
            gradient_at(s->theory, v, V, &ends[side][d * d], ends[side]);
        }
        for (ptrdiff_t i = 0; i < n; i++)
            H[i + k * n] = (ends[1][i] - ends[0][i]) / (2.0 * h);
    }
    check_status(lsa_mat_eigen(n, H, lambda, NULL, NULL), LSA_OK, NULL);
    check_close(lambda[0], 0.0, 0.0, 1e-6 * lambda[n - 1]); /* the orbit (cu, U/c) */
    check_close(rate, 2.0 * lambda[1], 0.0, 1e-6 * lambda[n - 1]);
}

static void test_local_rate(void **state)
{
    (void)state;
    for_each_law(make_law, rate_is_the_hessians);
}

/* ---- Test errors ---- */

/* Two derivations of one number: Theorem 4.2's terms and the bias and variance of a general product. */
static void terms_add_up(const sample_law *s)
{
    const double lengths[3] = {1.0, 17.0, (double)INFINITY};
    for (int k = 0; k < 3; k++) {
        const lsa_setting shift = {.context = lengths[k],
                                   .covariance = s->law.covariance,
                                   .query = s->law.covariance,
                                   .task = k == 0 ? LSA_TASK_FIXED : LSA_TASK_GAUSSIAN,
                                   .task_vector = s->U,
                                   .task_covariance = k == 1 ? &s->tasks : NULL,
                                   .label_noise = 0.2 * k,
                                   .query_noise = k == 1};
        lsa_theory_error error;
        check_status(lsa_theory_judge(s->theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
        assert_null(error.why);
        check_close(error.best_linear, k == 1 ? 0.2 : 0.0, 0.0, 0.0);
        check_close(error.best_linear + error.context_term + error.training_term, error.error, 1e-13, 1e-25);
        double A[SIZE], risk;
        check_status(lsa_theory_minimum(s->theory, s->law.covariance->d, A, NULL), LSA_OK, NULL);
        check_status(lsa_theory_shift_risk(&shift, A, &risk, NULL), LSA_OK, NULL);
        /* A is rounded here: I - Lambda A changes by eps, its square by eps sqrt(error). */
        check_close(risk, error.error, 1e-12, 1e-15 * sqrt(error.error) + 1e-25);
    }
}

static void bounds_hold(const sample_law *s)
{
    const double M = 9.0;
    const lsa_setting tests[3] = {{.context = M, .covariance = s->law.covariance, THEORY_FIXED_TASK(s->U)},
                                  {.context = M, .covariance = s->law.covariance, .task_covariance = &s->tasks},
                                  {.context = M, .covariance = s->law.covariance}};
    for (int k = 0; k < 3; k++) {
        lsa_theory_error error;
        double bound;
        check_status(lsa_theory_linear_task_error(s->theory, &tests[k], &error, NULL), LSA_OK, NULL);
        check_status(lsa_theory_linear_task_bound(s->theory, &tests[k], &bound, NULL), LSA_OK, NULL);
        check_at_most(error.error, bound * (1.0 + 1e-12));
        if (k == 2) {
            check_at_most(bound, lsa_theory_linear_task_bound_kappa(s->theory, M) * (1.0 + 1e-12));
            if (isinf(s->law.context)) /* there it is attained */
                check_close(error.error, bound, 1e-13, 0.0);
            const double needed = lsa_theory_context_needed(s->theory, 0.01);
            check_close(lsa_theory_linear_task_bound_kappa(s->theory, needed),
                        lsa_theory_learning_floor(s->theory) + 0.01, 1e-12, 0.0);
        }
    }
}

/* The trained law's own setting: error = 2 min L; no A does better than the best; and shift_best is the minimum. */
static void own_setting_is_twice_the_loss(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    const lsa_setting own = {.context = s->law.context,
                             .normalise_plus_one = s->law.normalise_plus_one,
                             .covariance = s->law.covariance,
                             .query = s->law.covariance,
                             .task_covariance = s->law.task_covariance,
                             .label_noise = s->law.label_noise};
    lsa_setting elsewhere = own;
    lsa_theory_error error;
    double best, A[SIZE], risk, minimum[SIZE];
    check_status(lsa_theory_judge(s->theory, &own, NULL, &error, NULL), LSA_OK, NULL);
    check_close(error.error, 2.0 * lsa_theory_minimum_loss(s->theory, d), 1e-12, 1e-25);
    check_status(lsa_theory_shift_best(&own, A, &best, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(s->theory, d, minimum, NULL), LSA_OK, NULL);
    check_vector_close(d * d, A, minimum, 0.0, 0.0);
    elsewhere.context = 6.0;
    const double falling[D_MAX] = {7.0, 6.0, 5.0, 4.0, 3.0, 2.0};
    elsewhere.query = THEORY_DIAGONAL(d, falling);
    check_status(lsa_theory_shift_best(&elsewhere, A, &best, NULL), LSA_OK, NULL);
    check_status(lsa_theory_judge(s->theory, &elsewhere, NULL, &error, NULL), LSA_OK, NULL);
    check_at_least(error.error * (1.0 + 1e-12), best);
    assert_non_null(error.why);
    assert_true(isnan(error.context_term) && isnan(error.training_term));
    A[0] += 0.01;
    check_status(lsa_theory_shift_risk(&elsewhere, A, &risk, NULL), LSA_OK, NULL);
    check_at_least(risk, best);
}

/* Labels of moments: a linear task given by its moments has the error of the linear task, at any product. */
static void moments_agree_with_tasks(const sample_law *s)
{
    const ptrdiff_t d = s->law.covariance->d;
    const double *w = s->U, noise = 0.4;
    double Lw[D_MAX], S[SIZE];
    lsa_mat_vector(false, d, d, 1.0, s->Lambda, w, 0.0, Lw);
    const double signal = lsa_vec_dot(d, w, Lw) + noise;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            S[i + j * d] = signal * s->Lambda[i + j * d] + Lw[i] * Lw[j];
    const lsa_setting shift = {.context = 4.0,
                               .normalise_plus_one = s->law.normalise_plus_one,
                               .covariance = s->law.covariance,
                               .query = s->law.covariance,
                               THEORY_FIXED_TASK(w),
                               .label_noise = noise,
                               .query_noise = true};
    const lsa_setting moments = {.context = 4.0,
                                 .normalise_plus_one = s->law.normalise_plus_one,
                                 .covariance = s->law.covariance,
                                 .query_is_same = true,
                                 .task = LSA_TASK_MOMENTS,
                                 .task_vector = w,
                                 .moment_covariance = S,
                                 .best_linear = noise};
    lsa_theory_error by_task, by_moments;
    check_status(lsa_theory_judge(s->theory, &shift, NULL, &by_task, NULL), LSA_OK, NULL);
    check_status(lsa_theory_judge(s->theory, &moments, NULL, &by_moments, NULL), LSA_OK, NULL);
    check_close(by_moments.error, by_task.error, 1e-12, 0.0);
    check_status(lsa_theory_judge(NULL, &shift, s->Omega, &by_task, NULL), LSA_OK, NULL);
    check_status(lsa_theory_judge(NULL, &moments, s->Omega, &by_moments, NULL), LSA_OK, NULL);
    check_close(by_moments.error, by_task.error, 1e-12, 0.0);
}

static void test_errors(void **state)
{
    (void)state;
    for_each_law(make_paper_law, terms_add_up);
    for_each_law(make_paper_law, bounds_hold);
    for_each_law(make_law, own_setting_is_twice_the_loss);
    for_each_law(make_law, moments_agree_with_tasks);
}

/* |Gamma| is the largest eigenvalue of Gamma: of the law's own where the task is isotropic, else of section 4's. */
static void test_gamma_norm(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < LAWS; k++) {
        sample_law s;
        double Gamma[SIZE], lambda[D_MAX];
        make_law(&s, k);
        const ptrdiff_t d = lsa_theory_dimension(s.theory);
        if (lsa_theory_is_isotropic_task(s.theory, NULL))
            check_status(lsa_theory_gamma_law(s.theory, Gamma, NULL), LSA_OK, NULL);
        else
            lsa_theory_gamma(s.theory, Gamma);
        check_status(lsa_mat_eigen(d, Gamma, lambda, NULL, NULL), LSA_OK, NULL);
        check_close(lsa_theory_gamma_norm(s.theory), lambda[d - 1], 1e-13, 0.0);
        lsa_theory_destroy(s.theory);
    }
}

/* One entry off the diagonal is excited: in the end it falls at 2 u^2 g_i lambda_j, g_i = ((1 + 1/N) lambda_i + tr/N) lambda_i, where
 * that is less than what the diagonal does; which of (i, j) and (j, i) it is makes a difference. */
static void test_excited_rate(void **state)
{
    (void)state;
    enum { D = 2 };
    const double lambda[D] = {1.0, 0.8}, N = 5.0, u = 0.3, trace = 1.8;
    double diagonal, rate;
    lsa_theory *theory = NULL;
    check_status(
        lsa_theory_create(&(lsa_setting){.context = N, .covariance = THEORY_DIAGONAL(D, lambda)}, &theory, NULL),
        LSA_OK, NULL);
    check_status(lsa_theory_local_rate(theory, u, NULL, &diagonal, NULL), LSA_OK, NULL);
    for (int i = 0; i < D; i++) {
        const int j = 1 - i;
        const double g = ((1.0 + 1.0 / N) * lambda[i] + trace / N) * lambda[i], own = 2.0 * u * u * g * lambda[j];
        double U0[D * D] = {0.3, 0.0, 0.0, 0.3};
        U0[i + j * D] = 0.1;
        check_status(lsa_theory_local_rate(theory, u, U0, &rate, NULL), LSA_OK, NULL);
        check_close(rate, fmin(diagonal, own), 1e-13, 0.0);
        if (i == 1) /* the entry is the slower one */
            check_at_most(own / diagonal, 0.99);
    }
    lsa_theory_destroy(theory);
}

/* Any entry that is not the isotropic start's makes it another start. */
static void test_white_start(void **state)
{
    (void)state;
    enum { D = 3 };
    double U0[D * D] = {0.0};
    lsa_theory *theory = NULL;
    lsa_theory_white white;
    check_status(lsa_theory_create(&(lsa_setting){.context = 8.0, .covariance = THEORY_IDENTITY(D)}, &theory, NULL),
                 LSA_OK, NULL);
    for (int i = 0; i < D; i++)
        U0[i + i * D] = 0.2 / sqrt(3.0);
    assert_true(lsa_theory_white_of(theory, 0.2, U0, &white));
    for (int k = 0; k < D * D; k++) {
        const double kept = U0[k];
        U0[k] += 1e-3;
        assert_false(lsa_theory_white_of(theory, 0.2, U0, &white));
        U0[k] = kept;
    }
    lsa_theory_destroy(theory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_loss),          cmocka_unit_test(test_forms),
                                       cmocka_unit_test(test_diagonal_form), cmocka_unit_test(test_semidefinite),
                                       cmocka_unit_test(test_convergence),   cmocka_unit_test(test_local_rate),
                                       cmocka_unit_test(test_errors),        cmocka_unit_test(test_gamma_norm),
                                       cmocka_unit_test(test_excited_rate),  cmocka_unit_test(test_white_start)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
