/* The limit of the flow where the loss does not see all of uU, against an integration that shares nothing with the program:
 * dot U = u B - u^2 sum_c p_c G_c U Lambda_c, dot u = <dot U, U>/u, by classical Runge-Kutta steps; and what tests say of it. */
#include "check.h"
#include "judged.h"

#include "base/matrix.h"
#include "lsaflow/verify.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- the integration */

enum { D = 3, SQUARE = D * D };

/* E over components with probabilities p of 1/2 u^2 <G U L, U> - u <L^2, U>, G = (1 + 1/N) L^2 + (tr L/N) L. */
typedef struct covariance_law {
    int components;
    double N, p[2], Lambda[2][SQUARE];
} covariance_law;

static void product(const double *A, const double *B, double *out)
{
    for (int j = 0; j < D; j++)
        for (int i = 0; i < D; i++) {
            out[i + D * j] = 0.0;
            for (int k = 0; k < D; k++)
                out[i + D * j] += A[i + D * k] * B[k + D * j];
        }
}

/* x = (u, U) */
static void flow(const covariance_law *law, const double *x, double *slope)
{
    memset(slope, 0, (SQUARE + 1) * sizeof *slope);
    for (int c = 0; c < law->components; c++) {
        const double *L = law->Lambda[c];
        const double trace = L[0] + L[4] + L[8];
        double L2[SQUARE], G[SQUARE], GU[SQUARE], GUL[SQUARE];
        product(L, L, L2);
        for (int k = 0; k < SQUARE; k++)
            G[k] = (1.0 + 1.0 / law->N) * L2[k] + trace / law->N * L[k];
        product(G, x + 1, GU);
        product(GU, L, GUL);
        for (int k = 0; k < SQUARE; k++) {
            slope[1 + k] += law->p[c] * (x[0] * L2[k] - x[0] * x[0] * GUL[k]);
            slope[0] += law->p[c] * x[1 + k] * (L2[k] - x[0] * GUL[k]);
        }
    }
}

static void integrate(const covariance_law *law, double time, double h, double *x)
{
    enum { n = SQUARE + 1 };
    double k[4][n], y[n];
    static const double at[] = {0.0, 0.5, 0.5, 1.0};
    for (double t = 0.0; t < time; t += h) {
        for (int s = 0; s < 4; s++) {
            for (int i = 0; i < n; i++)
                y[i] = x[i] + (s > 0 ? h * at[s] * k[s - 1][i] : 0.0);
            flow(law, y, k[s]);
        }
        for (int i = 0; i < n; i++)
            x[i] += h / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
    }
}

/* H diag(l) H, H = I - 2 n n', n = (2, 1, -2)/3. */
static void reflected(const double *l, double *out)
{
    static const double n[] = {2.0 / 3.0, 1.0 / 3.0, -2.0 / 3.0};
    for (int j = 0; j < D; j++)
        for (int i = 0; i < D; i++) {
            out[i + D * j] = 0.0;
            for (int k = 0; k < D; k++)
                out[i + D * j] += ((i == k) - 2.0 * n[i] * n[k]) * l[k] * ((k == j) - 2.0 * n[k] * n[j]);
        }
}

static void print_matrix(char *text, size_t size, const double *A)
{
    snprintf(text, size, "[[%.17g, %.17g, %.17g], [%.17g, %.17g, %.17g], [%.17g, %.17g, %.17g]]", A[0], A[3], A[6],
             A[1], A[4], A[7], A[2], A[5], A[8]);
}

/* ---------------------------------------------------------------- the limit from several starts */

/* (u0, U0): balanced; heavy in u; heavy in U below and above L(0), where the sign of u at the end is not u0's. */
static const double starts[][SQUARE + 1] = {
    {0.5, 0.3, 0.1, 0.0, 0.1, 0.25, 0.1, 0.0, 0.1, 0.26457513110645903},
    {1.5, 0.3, -0.1, 0.2, 0.4, 0.2, 0.1, -0.3, 0.1, 0.5},
    {0.1, 0.3, -0.1, 0.2, 0.4, 0.6, 0.1, -0.3, 0.1, 0.5},
    {0.1, -0.6, -0.1, 0.2, 0.4, -0.4, 0.1, 0.3, 0.1, -0.5},
    {-0.2, 0.5, -0.1, 0.2, 0.4, 0.4, 0.1, 0.3, 0.1, 0.5},
    {0.0, -0.6, -0.1, 0.2, 0.4, -0.4, 0.1, 0.3, 0.1, -0.5},
};

static void check_limits(const covariance_law *law, const char *covariance)
{
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        char text[2048], U0[512];
        double x[SQUARE + 1];
        const double *limit;
        lsa_error err;
        lsa_error_clear(&err);
        print_matrix(U0, sizeof U0, starts[s] + 1);
        snprintf(text, sizeof text,
                 "statement: merged\ndata: {context: %g, covariance: %s}\n"
                 "init: {scheme: values, values: {u: %.17g, U: %s}}\n",
                 law->N, covariance, starts[s][0], U0);
        fixture f = make(text);
        check_status(lsa_study_limit(f.study, &limit, &err), LSA_OK, &err);
        memcpy(x, starts[s], sizeof x);
        integrate(law, 400.0, 0.02, x);
        check_close(limit[0], x[0], 0.0, 1e-8);
        check_matrix_close(D, D, limit + 1, x + 1, 0.0, 1e-8);
        clear(&f);
    }
}

static void one_covariance(void **state)
{
    (void)state;
    static const double spectrum[] = {1.0, 0.5, 0.0};
    covariance_law law = {.components = 1, .N = 7.0, .p = {1.0}};
    char matrix[512], text[600];
    reflected(spectrum, law.Lambda[0]);
    print_matrix(matrix, sizeof matrix, law.Lambda[0]);
    snprintf(text, sizeof text, "{matrix: %s}", matrix);
    check_limits(&law, text);
}

/* Two covariances with one null vector, and two whose null vectors differ: the mean is then regular, the average H is not. */
static void two_covariances(void **state)
{
    (void)state;
    static const double spectra[][D] = {{1.0, 0.5, 0.0}, {0.4, 1.2, 0.0}, {0.8, 0.0, 0.0}, {0.0, 0.9, 0.7}};
    for (int pair = 0; pair < 2; pair++) {
        covariance_law law = {.components = 2, .N = 5.0, .p = {0.4, 0.6}};
        char first[512], second[512], text[1400];
        for (int c = 0; c < 2; c++)
            reflected(spectra[2 * pair + c], law.Lambda[c]);
        print_matrix(first, sizeof first, law.Lambda[0]);
        print_matrix(second, sizeof second, law.Lambda[1]);
        snprintf(
            text, sizeof text,
            "{random: {mixture: [{weight: 0.4, covariance: {matrix: %s}}, {weight: 0.6, covariance: {matrix: %s}}]}}",
            first, second);
        check_limits(&law, text);
    }
}

/* ---------------------------------------------------------------- what a test measures there */

static const char outside[] = "statement: merged\n"
                              "data: {context: 5, covariance: {spectrum: [1, 0]}}\n"
                              "init: {sigma: 0.5}\n"
                              "flow: {stop: {gap: 1e-24}}\n"
                              "tests: [{name: inside, context: 5}, {name: outside, context: 5, covariance: identity}]\n"
                              "monte_carlo: {prompts: 400000, relative_error: 0.3}\n";

/* Lambda = diag(1, 0), N = 5, A = 5/7; U0 = I/sqrt(8) keeps (U0)_22, so u^4 - u^2/8 - A^2 = 0 and uU = diag(A, u/sqrt 8). For
 * x, w ~ N(0, I) and M = 5 a diagonal product a errs sum (1 - a_i)^2 + 3 a_i^2/5. */
static void the_error_outside(void **state)
{
    (void)state;
    const double A = 5.0 / 7.0, u = sqrt((0.125 + sqrt(0.125 * 0.125 + 4.0 * A * A)) / 2.0), b = u / sqrt(8.0);
    const double want = (1.0 - A) * (1.0 - A) + 0.6 * A * A + (1.0 - b) * (1.0 - b) + 0.6 * b * b;
    lsa_theory_error theory;
    lsa_study_split split;
    const double *limit;
    const lsa_trajectory *trajectory;
    double derived, flowed;
    lsa_error err;
    fixture f = make(outside);
    const lsa_setting *test = &lsa_study_experiment(f.study)->tests[1];
    lsa_error_clear(&err);
    check_close(want, 0.919353, 1e-6, 0.0);
    check_status(lsa_study_judge_limit(f.study, test, &theory, &err), LSA_OK, &err);
    check_close(theory.error, want, 1e-14, 0.0);
    check_status(lsa_study_split_limit(f.study, test, &split, &err), LSA_OK, &err);
    check_close(theory.best_linear + split.shift + split.training + split.context, want, 1e-14, 0.0);
    check_status(lsa_study_limit(f.study, &limit, &err), LSA_OK, &err);
    check_close(limit[0], u, 1e-15, 0.0);
    check_status(lsa_study_test_error(f.study, test, limit, &derived, &err), LSA_OK, &err);
    check_close(derived, want, 1e-14, 0.0);
    check_status(lsa_study_trajectory(f.study, &trajectory, &err), LSA_OK, &err);
    check_status(lsa_study_test_error(f.study, test, lsa_trajectory_raw(trajectory).state, &flowed, &err), LSA_OK,
                 &err);
    check_close(flowed, want, 1e-7, 0.0);
    clear(&f);
}

static ptrdiff_t judge(const char *text, const char *claim, lsa_claim_result **results)
{
    ptrdiff_t count;
    lsa_error err;
    lsa_error_clear(&err);
    char *asked = with_claim(text, claim);
    fixture f = make(asked);
    check_status(lsa_verify(f.study, results, &count, &err), LSA_OK, &err);
    clear(&f); /* the results' texts are their own; their tests are not looked at */
    free(asked);
    return count;
}

static void the_claim_outside(void **state)
{
    (void)state;
    lsa_claim_result *results;
    assert_int_equal(judge(outside, "test-error", &results), 2);
    assert_int_equal(results[0].verdict, LSA_VERDICT_HOLDS);
    assert_int_equal(results[1].verdict, LSA_VERDICT_HOLDS);
    check_close(results[1].predicted, 0.919353, 1e-6, 0.0);
    free(results);
}

/* Keys and queries: the path of K and Q, and so K'Q outside range(Lambda), has no closed form; inside it is A all the same. */
static void an_unknown_limit(void **state)
{
    (void)state;
    static const char text[] =
        "statement: separate\n"
        "data: {context: 5, covariance: {spectrum: [1, 0]}}\n"
        "init: {scheme: gaussian, scale: 0.3}\n"
        "tests: [{name: outside, context: 5, covariance: identity}, {name: inside, context: 5}]\n"
        "monte_carlo: {prompts: 400000, relative_error: 0.3}\n";
    lsa_claim_result *results;
    lsa_theory_error theory;
    double product[4];
    lsa_error err;
    fixture f = make(text);
    const lsa_setting *tests = lsa_study_experiment(f.study)->tests;
    lsa_error_clear(&err);
    check_status(lsa_study_judge_limit(f.study, &tests[0], &theory, &err), LSA_ERR_UNABLE, &err);
    check_contains(err.text, "test outside reaches");
    check_contains(err.text, "u and U are not the parameters");
    check_status(lsa_study_trained_product(f.study, product, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_judge_limit(f.study, &tests[1], &theory, &err), LSA_OK, &err);
    check_close(theory.error, 0.08163265306122449 + 2.0 * 25.0 / 49.0 / 5.0, 1e-14, 0.0); /* (1 - A)^2 + 2 A^2/M */
    clear(&f);
    assert_int_equal(judge(text, "test-error", &results), 2);
    assert_int_equal(results[0].verdict, LSA_VERDICT_NOT_APPLICABLE);
    check_contains(results[0].why, "test outside reaches");
    assert_int_equal(results[1].verdict, LSA_VERDICT_HOLDS);
    free(results);
}

/* Two heads that start alike stay alike, and are one head of the same product; different ones, and heads of one u, are not
 * known outside. */
static void several_heads(void **state)
{
    (void)state;
    static const char alike[] =
        "statement: multihead\n"
        "data: {context: 5, heads: 2, covariance: {spectrum: [1, 0]}}\n"
        "init: {scheme: values, values: {u: [0.4, 0.4], U: [[[0.2, 0.1], [0, 0.3]], [[0.2, 0.1], [0, "
        "0.3]]]}}\n"
        "flow: {rtol: 1e-12, stop: {gap: 1e-26}}\n"
        "tests: [{context: 5, covariance: identity}]\n";
    static const char unlike[] = "statement: multihead\n"
                                 "data: {context: 5, heads: 2, covariance: {spectrum: [1, 0]}}\n"
                                 "init: {scheme: gaussian, scale: 0.3}\n"
                                 "tests: [{context: 5, covariance: identity}]\n";
    static const char shared[] =
        "statement:\n"
        "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
        "  parameters: {u: scalar, \"U[h]\": [d, d]}\n"
        "  prediction: \"sum(h, u * sum(i, w' * x[i] * x[i]') * U[h] * xq) / rho\"\n"
        "  target: \"w' * xq\"\n"
        "  layer: {u: u, U: \"U[h]\"}\n"
        "data: {context: 5, heads: 2, covariance: {spectrum: [1, 0]}}\n"
        "init: {scheme: gaussian, scale: 0.3}\n"
        "tests: [{context: 5, covariance: identity}]\n";
    const char *const unknown[] = {unlike, shared};
    const double *limit;
    const lsa_trajectory *trajectory;
    const lsa_program *program;
    lsa_theory_error theory;
    lsa_error err;
    lsa_error_clear(&err);
    fixture f = make(alike);
    check_status(lsa_study_limit(f.study, &limit, &err), LSA_OK, &err);
    check_status(lsa_study_program(f.study, &program, &err), LSA_OK, &err);
    check_status(lsa_study_trajectory(f.study, &trajectory, &err), LSA_OK, &err);
    check_vector_close(lsa_program_size(program), limit, lsa_trajectory_raw(trajectory).state, 0.0, 1e-8);
    clear(&f);
    for (int k = 0; k < 2; k++) {
        f = make(unknown[k]);
        check_status(lsa_study_judge_limit(f.study, lsa_study_experiment(f.study)->tests, &theory, &err),
                     LSA_ERR_UNABLE, &err);
        check_contains(err.text, "its heads differ");
        clear(&f);
    }
}

/* ---------------------------------------------------------------- one test does not hide another */

static void one_test_beside_another(void **state)
{
    (void)state;
    static const char text[] = "statement: merged\n"
                               "data: {context: 20, covariance: {spectrum: [2, 1, 0.5]}}\n"
                               "init: {sigma: 0.2}\n"
                               "tests:\n"
                               "  - {name: mean, context: 10, mean: [1, -0.5, 0.8]}\n"
                               "  - {name: beyond, context: 10, covariance: {random: {diagonal: {law: exponential, "
                               "mean: 1}}}, mean: [1, 0, 0]}\n"
                               "  - {name: as-in-training, context: 10}\n"
                               "monte_carlo: {prompts: 100000, relative_error: 0.3}\n";
    static const char *const claims[] = {"test-error", "test-error-bounds"};
    for (size_t c = 0; c < sizeof claims / sizeof *claims; c++) {
        lsa_claim_result *results;
        assert_int_equal(judge(text, claims[c], &results), 3);
        assert_int_equal(results[0].verdict, c == 0 ? LSA_VERDICT_HOLDS : LSA_VERDICT_NOT_APPLICABLE);
        assert_int_equal(results[1].verdict, LSA_VERDICT_NOT_APPLICABLE);
        assert_true(results[1].why[0] != '\0');
        assert_int_equal(results[2].verdict, LSA_VERDICT_HOLDS);
        free(results);
    }
}

/* A covariance that is 0 on some prompts: the count of Lemma 5.1 is not one number, least squares does not find w. */
static void ranks_that_are_drawn(void **state)
{
    (void)state;
    static const char text[] =
        "statement: merged\n"
        "data: {context: 5, dimension: 2, covariance: {random: {diagonal: {law: two-point, a: 0, b: 1, p: 0.5}}}}\n"
        "init: {sigma: 0.5}\n"
        "monte_carlo: {seed: 2, prompts: 20000, relative_error: 0.3}\n";
    static const char *const claims[] = {"quadratic-form", "least-squares"};
    for (size_t c = 0; c < sizeof claims / sizeof *claims; c++) {
        lsa_claim_result *results;
        assert_int_equal(judge(text, claims[c], &results), 1);
        assert_int_equal(results[0].verdict, LSA_VERDICT_NOT_APPLICABLE);
        check_contains(results[0].why, "least");
        free(results);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_covariance),          cmocka_unit_test(two_covariances),
        cmocka_unit_test(the_error_outside),       cmocka_unit_test(the_claim_outside),
        cmocka_unit_test(an_unknown_limit),        cmocka_unit_test(several_heads),
        cmocka_unit_test(one_test_beside_another), cmocka_unit_test(ranks_that_are_drawn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
