/* The table of docs/theory.md, training: what theory says against the derived loss and its flow, or against the
 * definition summed over a Gaussian's cubature. */
#include "table.h"

#include "judged.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include <string.h>

enum { SETTINGS = 3, D_MAX = 4, SQUARE_MAX = D_MAX * D_MAX, STATE_MAX = SQUARE_MAX + 2 * D_MAX + 1 };

/* The paper's law: Omega = I, no noise, rho = N; the paper's start within its bound on sigma. */
static const char *const papers[SETTINGS] = {
    "statement: merged\ndata: {context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}}\n"
    "init: {sigma: 0.2, theta: {random: 3}}\n",
    "statement: merged\ndata: {context: 5, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
    "init: {sigma: 0.1, theta: {random: 5}}\n",
    "statement: merged\ndata: {dimension: 4, context: 40, covariance: {spectrum: geometric, condition: 50, rotation: "
    "2}}\n"
    "init: {sigma: 0.05, theta: {random: 7}}\n"};

/* Any law [D]: tasks of another covariance, noise, rho = N + 1; starts far from balance, of either sign. */
#define CONVERGED "flow: {stop: {gap: 1.0e-24}}\n"
static const char *const generals[SETTINGS] = {
    "statement: merged\ndata: {context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, task_covariance: {matrix: [[1, "
    "-0.3], [-0.3, 2]]}, label_noise: 0.25}\n"
    "init: {scheme: values, values: {u: 0.9, U: [[0.1, 0.2], [-0.1, 0.2]]}}\n" CONVERGED,
    "statement: merged\ndata: {context: 4, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}, task_covariance: "
    "{spectrum: [1, 3, 2]}, normalise: N+1}\n"
    "init: {scheme: values, values: {u: -0.7, U: [[-0.3, 0, 0.1], [0, -0.4, 0], [0, 0.1, -0.2]]}}\n" CONVERGED,
    "statement: merged\ndata: {dimension: 4, context: 25, covariance: {spectrum: geometric, condition: 20, rotation: "
    "2}, "
    "label_noise: 0.5}\n"
    "init: {scheme: gaussian, scale: 0.5, seed: 4}\n" CONVERGED};

/* ---------------------------------------------------------------- one setting at work */

typedef struct bench {
    fixture f;
    const lsa_program *program, *full;
    lsa_workspace *work, *full_work;
    const lsa_theory *theory;
    lsa_theory *mistaken; /* the law at N = infinity, without noise: Gamma = Lambda */
    ptrdiff_t d;
    double u, U[SQUARE_MAX]; /* a random point */
} bench;

static lsa_theory *without_N(const lsa_setting *training, double noise)
{
    double Lambda[SQUARE_MAX], Omega[SQUARE_MAX];
    lsa_theory *theory = NULL;
    lsa_covariance_matrix(training->covariance, Lambda);
    lsa_covariance_matrix(training->task_covariance, Omega);
    check_status(lsa_theory_create(&(lsa_setting){.context = (double)INFINITY,
                                                  .covariance = THEORY_MATRIX(training->covariance->d, Lambda),
                                                  .task_covariance = THEORY_MATRIX(training->covariance->d, Omega),
                                                  .label_noise = noise},
                                   &theory, NULL),
                 LSA_OK, NULL);
    return theory;
}

static bench open_bench(const char *text)
{
    bench b = {.f = make_with_predictions(text)};
    const lsa_setting *training = &lsa_study_experiment(b.f.study)->training;
    lsa_rng rng = lsa_rng_at(7, LSA_RNG_PROBE, 0);
    b.d = training->covariance->d;
    check_status(lsa_study_program(b.f.study, &b.program, NULL), LSA_OK, NULL);
    check_status(lsa_study_full_program(b.f.study, &b.full, NULL), LSA_OK, NULL);
    check_status(lsa_workspace_create(b.program, &b.work, NULL), LSA_OK, NULL);
    check_status(lsa_workspace_create(b.full, &b.full_work, NULL), LSA_OK, NULL);
    check_status(lsa_study_theory(b.f.study, &b.theory, NULL), LSA_OK, NULL);
    b.mistaken = without_N(training, 0.0);
    lsa_rng_normals(&rng, 1, &b.u);
    lsa_rng_normals(&rng, b.d * b.d, b.U);
    return b;
}

static void close_bench(bench *b)
{
    lsa_theory_destroy(b->mistaken);
    lsa_workspace_destroy(b->full_work);
    lsa_workspace_destroy(b->work);
    clear(&b->f);
}

/* Derived loss, and gradient where asked, at (u, U) in the user's basis. */
static double derived(const bench *b, double u, const double *U, double *du, double *dU)
{
    double user[STATE_MAX], state[STATE_MAX], gradient[STATE_MAX];
    lsa_reduced_view view;
    check_status(lsa_study_reduced_view(b->f.study, b->program, &view, NULL), LSA_OK, NULL);
    user[view.u] = u;
    memcpy(user + view.U, U, (size_t)(b->d * b->d) * sizeof *U);
    check_status(lsa_program_from_user(b->program, user, state, NULL), LSA_OK, NULL);
    if (du != NULL) {
        lsa_program_gradient(b->program, b->work, state, gradient);
        check_status(lsa_program_to_user(b->program, gradient, user, NULL), LSA_OK, NULL);
        *du = user[view.u];
        memcpy(dU, user + view.U, (size_t)(b->d * b->d) * sizeof *dU);
    }
    return lsa_program_loss(b->program, b->work, state);
}

/* Derived loss of the full layer. */
static double derived_full(const bench *b, double sign_p, double sign_k, double u, const double *U, const double *pk)
{
    double user[STATE_MAX] = {0.0}, state[STATE_MAX];
    lsa_reduced_view view;
    check_status(lsa_study_reduced_view(b->f.study, b->full, &view, NULL), LSA_OK, NULL);
    user[view.u] = u;
    memcpy(user + view.U, U, (size_t)(b->d * b->d) * sizeof *U);
    for (ptrdiff_t i = 0; i < b->d; i++) {
        user[view.px + i] = sign_p * pk[i];
        user[view.k + i] = sign_k * pk[b->d + i];
    }
    check_status(lsa_program_from_user(b->full, user, state, NULL), LSA_OK, NULL);
    return lsa_program_loss(b->full, b->full_work, state);
}

/* ---------------------------------------------------------------- the loss and its gradient */

static void population_loss(int k, sides *s)
{
    bench b = open_bench(generals[k]);
    s->n = 1;
    check_status(lsa_theory_loss(b.theory, b.u, b.U, s->theory, NULL), LSA_OK, NULL);
    check_status(lsa_theory_loss(b.mistaken, b.u, b.U, s->mistaken, NULL), LSA_OK, NULL);
    s->other[0] = derived(&b, b.u, b.U, NULL, NULL);
    close_bench(&b);
}

static void reduced_flow(int k, sides *s)
{
    bench b = open_bench(generals[k]);
    s->n = (int)(1 + b.d * b.d);
    check_status(lsa_theory_gradient(b.theory, b.u, b.U, s->theory, s->theory + 1, NULL), LSA_OK, NULL);
    check_status(lsa_theory_gradient(b.mistaken, b.u, b.U, s->mistaken, s->mistaken + 1, NULL), LSA_OK, NULL);
    derived(&b, b.u, b.U, s->other, s->other + 1);
    close_bench(&b);
}

/* L - min L as the completed square, the minimum put into the derived loss. */
static void completed_square(int k, sides *s)
{
    bench b = open_bench(generals[k]);
    s->n = 1;
    check_status(lsa_theory_gap(b.theory, b.u, b.U, s->theory, NULL), LSA_OK, NULL);
    check_status(lsa_theory_gap(b.mistaken, b.u, b.U, s->mistaken, NULL), LSA_OK, NULL);
    s->other[0] = derived(&b, b.u, b.U, NULL, NULL) - derived(&b, 1.0, b.f.p->A, NULL, NULL);
    close_bench(&b);
}

/* The value of the minimum, which lies between that of the point and of its neighbours in the derived loss. */
static void least_value(int k, sides *s)
{
    bench b = open_bench(generals[k]);
    s->n = 1;
    s->theory[0] = lsa_theory_minimum_loss(b.theory, b.d);
    s->other[0] = derived(&b, 1.0, b.f.p->A, NULL, NULL);
    s->mistaken[0] = lsa_theory_minimum_loss(b.mistaken, b.d);
    close_bench(&b);
}

/* E[C^2] = Gamma Lambda for the sample covariance C of N points: the fourth moments by the tensor rule of three
 * Gauss-Hermite nodes a side, exact to degree five. */
static void fourth_moment(ptrdiff_t d, const double *Lambda, double *out)
{
    static const double nodes[3] = {-1.7320508075688772, 0.0, 1.7320508075688772},
                        weights[3] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0};
    double L[SQUARE_MAX];
    ptrdiff_t points = 1;
    for (ptrdiff_t i = 0; i < d; i++)
        points *= 3;
    memset(out, 0, (size_t)(d * d) * sizeof *out);
    check_status(lsa_mat_cholesky(d, Lambda, L, NULL), LSA_OK, NULL);
    for (ptrdiff_t n = 0; n < points; n++) {
        double z[D_MAX], x[D_MAX], weight = 1.0;
        ptrdiff_t rest = n;
        for (ptrdiff_t i = 0; i < d; i++, rest /= 3) {
            z[i] = nodes[rest % 3];
            weight *= weights[rest % 3];
        }
        lsa_mat_vector(false, d, d, 1.0, L, z, 0.0, x);
        const double square = lsa_vec_dot(d, x, x);
        for (ptrdiff_t i = 0; i < d * d; i++)
            out[i] += weight * square * x[i % d] * x[i / d];
    }
}

static void gamma_matrix(int k, sides *s)
{
    bench b = open_bench(papers[k]);
    const lsa_setting *training = &lsa_study_experiment(b.f.study)->training;
    const double N = training->context;
    double Lambda[SQUARE_MAX], fourth[SQUARE_MAX], Gamma[SQUARE_MAX];
    const ptrdiff_t square = b.d * b.d;
    s->n = (int)square;
    lsa_covariance_matrix(training->covariance, Lambda);
    fourth_moment(b.d, Lambda, fourth);
    lsa_mat_product(false, false, b.d, b.d, b.d, 1.0 - 1.0 / N, Lambda, Lambda, 0.0, s->other);
    lsa_vec_axpy(square, 1.0 / N, fourth, s->other);
    lsa_theory_gamma(b.theory, Gamma);
    lsa_mat_product(false, false, b.d, b.d, b.d, 1.0, Gamma, Lambda, 0.0, s->theory);
    for (ptrdiff_t i = 0; i < b.d; i++) /* tr(Lambda)/N left out */
        Gamma[i + i * b.d] -= lsa_mat_trace(b.d, Lambda) / N;
    lsa_mat_product(false, false, b.d, b.d, b.d, 1.0, Gamma, Lambda, 0.0, s->mistaken);
    close_bench(&b);
}

/* ---------------------------------------------------------------- the start */

/* Lemma A.4: l(0) <= -(sigma^2/2) |Lambda Theta|^2 [2 - sqrt(d) sigma^2 |Gamma|], which is l(0) itself to leading order in
 * sigma: a bound 2 % lower is missed at small sigma. Negated, so that theory <= other. */
static void loss_at_the_start(int k, sides *s)
{
    bench b = open_bench(papers[k]);
    const double *start;
    lsa_reduced_view view;
    lsa_theory_start assessed;
    s->n = 3;
    s->below = true;
    s->tolerance = 1e-12; /* the loss less its value at zero, against itself */
    check_status(lsa_study_start(b.f.study, &start, NULL), LSA_OK, NULL);
    check_status(lsa_study_reduced_view(b.f.study, b.program, &view, NULL), LSA_OK, NULL);
    for (int j = 0; j < 3; j++) {
        double U[SQUARE_MAX];
        const double scale = pow(0.1, j), sigma = scale * start[view.u];
        for (ptrdiff_t i = 0; i < b.d * b.d; i++)
            U[i] = scale * start[view.U + i];
        check_status(lsa_theory_assess_start(b.theory, sigma, U, &assessed, NULL), LSA_OK, NULL);
        const double margin = lsa_theory_sigma_margin(b.theory, sigma);
        const double bound = 0.5 * sigma * sigma * assessed.excitation * margin;
        assert_true(assessed.holds && margin > 0.0);
        s->theory[j] = bound;
        s->mistaken[j] = 1.02 * bound;
        s->other[j] = lsa_theory_loss_at_zero(b.theory) - derived(&b, sigma, U, NULL, NULL);
        const double unit = 1.0 / (sigma * sigma); /* every sigma with the same weight */
        s->theory[j] *= unit;
        s->mistaken[j] *= unit;
        s->other[j] *= unit;
    }
    s->tolerance = 1e-15 / (1e-4 * s->other[2] * start[view.u] * start[view.u]); /* eps L(0) over the least l(0) */
    close_bench(&b);
}

/* The limit from starts outside Assumption 3.3, by the conserved u^2 - |U|^2; the mistake: the balanced limit. */
static void any_start(int k, sides *s)
{
    bench b = open_bench(generals[k]);
    const lsa_trajectory *trajectory;
    const double *start;
    lsa_reduced_view view;
    s->n = (int)(1 + b.d * b.d);
    s->tolerance = 6e-9; /* the raw end of a path within 30 rtol (flow.h) moves u^2 - |U|^2 by twice that of each */
    check_status(lsa_study_start(b.f.study, &start, NULL), LSA_OK, NULL);
    check_status(lsa_study_trajectory(b.f.study, &trajectory, NULL), LSA_OK, NULL);
    check_status(lsa_study_reduced_view(b.f.study, b.program, &view, NULL), LSA_OK, NULL);
    check_status(lsa_theory_limit(b.theory, start[view.u], start + view.U, s->theory, s->theory + 1, NULL), LSA_OK,
                 NULL);
    check_status(lsa_theory_balanced(b.theory, s->mistaken, s->mistaken + 1, NULL), LSA_OK, NULL);
    const lsa_sample end = lsa_trajectory_raw(trajectory);
    const double sign = end.state[view.u] * s->theory[0] < 0.0 ? -1.0 : 1.0; /* of u: not fixed off balance */
    s->other[0] = sign * end.state[view.u];
    for (ptrdiff_t i = 0; i < b.d * b.d; i++)
        s->other[1 + i] = sign * end.state[view.U + i];
    close_bench(&b);
}

/* ---------------------------------------------------------------- all blocks */

/* (f): the loss does not change with (px, k) -> -(px, k), and at u = 0, U = 0 it is the reduced one at A = px k'. */
static void parity(int k, sides *s)
{
    bench b = open_bench(generals[k]);
    double pk[2 * D_MAX], product[SQUARE_MAX], zero[SQUARE_MAX] = {0.0};
    lsa_rng rng = lsa_rng_at(8, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, 2 * b.d, pk);
    for (ptrdiff_t i = 0; i < b.d * b.d; i++)
        product[i] = pk[i % b.d] * pk[b.d + i / b.d];
    s->n = 2;
    s->other[0] = derived_full(&b, 1.0, 1.0, b.u, b.U, pk);
    s->theory[0] = derived_full(&b, -1.0, -1.0, b.u, b.U, pk);
    s->mistaken[0] = derived_full(&b, -1.0, 1.0, b.u, b.U, pk);
    s->other[1] = derived_full(&b, 1.0, 1.0, 0.0, zero, pk);
    check_status(lsa_theory_loss(b.theory, 1.0, product, &s->theory[1], NULL), LSA_OK, NULL);
    check_status(lsa_theory_loss(b.mistaken, 1.0, product, &s->mistaken[1], NULL), LSA_OK, NULL);
    close_bench(&b);
}

/* ---------------------------------------------------------------- the escape, as a limit */

/* When half the loss is gone, from the paper's start shrunk to sigma. */
static double half_loss_time(const char *text, double sigma)
{
    char override[64];
    const char *overrides[] = {override};
    const lsa_model_options options = {.n_overrides = 1, .overrides = overrides};
    lsa_model *model = NULL;
    lsa_study *study = NULL;
    const lsa_trajectory *trajectory;
    double time = (double)NAN;
    snprintf(override, sizeof override, "init.sigma=%.17g", sigma);
    check_status(lsa_model_parse("test.yaml", text, strlen(text), &options, &model, NULL), LSA_OK, NULL);
    check_status(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, NULL), LSA_OK, NULL);
    check_status(lsa_study_trajectory(study, &trajectory, NULL), LSA_OK, NULL);
    for (ptrdiff_t i = 0; i < lsa_trajectory_event_count(trajectory); i++)
        if (strcmp(lsa_trajectory_event(trajectory, i).name, "half-loss") == 0)
            time = lsa_trajectory_event(trajectory, i).time;
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return time;
}

/* ln(1/sigma)/|Lambda^2|_F, up to a constant that sigma does not change: a tenth of sigma costs ln(10)/|B|_F more time, in
 * the limit. What is missing at sigma is of the order sigma: entries off B's direction keep that size until the escape
 * ends. The mistake: the spectral norm, at which one mode grows. */
static void escape_time(int k, sides *s)
{
    static const double sigmas[] = {1e-4, 1e-5, 1e-6};
    bench b = open_bench(papers[k]);
    double squares[D_MAX];
    const lsa_setting *training = &lsa_study_experiment(b.f.study)->training;
    for (ptrdiff_t i = 0; i < b.d; i++)
        squares[i] = training->covariance->spectrum[i] * training->covariance->spectrum[i];
    s->n = 2;
    double before = (double)NAN, error[2];
    for (int j = 0; j < 3; j++) {
        const double time = half_loss_time(papers[k], sigmas[j]);
        if (j > 0) {
            s->other[j - 1] = time - before;
            s->theory[j - 1] =
                lsa_theory_escape_time(b.theory, sigmas[j]) - lsa_theory_escape_time(b.theory, sigmas[j - 1]);
            s->mistaken[j - 1] = log(10.0) / lsa_vec_norm_max(b.d, squares);
            error[j - 1] = fabs(s->other[j - 1] / s->theory[j - 1] - 1.0);
        }
        before = time;
    }
    check_at_most(error[1], 0.2 * error[0] + 1e-7); /* a tenth at a tenth, down to the integrator's own */
    s->n = 1;                                       /* the finer pair decides */
    s->other[0] = s->other[1];
    s->theory[0] = s->theory[1];
    s->mistaken[0] = s->mistaken[1];
    s->tolerance = 2.0 * sigmas[1]; /* of order sigma, with a constant near 1 */
    close_bench(&b);
}

static void test_rows(void **state)
{
    (void)state;
    static const row rows[] = {{"(3.8), population loss", "Gamma = Lambda", population_loss},
                               {"Lemma 5.2, (5.4)", "Gamma = Lambda", reduced_flow},
                               {"Lemma 5.3, the completed square", "Gamma = Lambda", completed_square},
                               {"Corollary A.2, the least loss", "Gamma = Lambda", least_value},
                               {"section 4, Gamma Lambda = E C^2", "without tr(Lambda)/N", gamma_matrix},
                               {"Lemma A.4, l(0)", "2 % lower", loss_at_the_start},
                               {"W6, the limit from any start", "the balanced limit", any_start},
                               {"W27, parity and rank one", "px -> -px alone", parity},
                               {"W10, escape time", "|Lambda^2|_op", escape_time}};
    check_rows(sizeof rows / sizeof *rows, rows, SETTINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
