/* Prompts of every law: moments of their numbers by z-scores, a false alarm in one of 10^6 seeds per test; and what
 * holds for every prompt exactly. */
#include "base/variate.h"
#include "empirical/prompt.h"
#include "prompt_law.h"

enum { DRAWS = 120000, D = 5 };
static const double alpha = 1e-6;

static const double Scale[] = {2.0, 0.5, 0.5, 1.0}, Other[] = {0.5, 0.0, 0.0, 3.0};

typedef struct bench {
    lsa_fixture s;
    lsa_prompt_law law;
    lsa_prompts *prompts;
    lsa_prompt *prompt;
} bench;

static void open_bench(bench *b, ptrdiff_t d, ptrdiff_t M)
{
    fixture_init(&b->s, "merged", NULL, d, (double)M, 1, 1);
    b->law = law_plain(&b->s, d, M);
}

static void start(bench *b)
{
    lsa_error err;
    check_status(lsa_prompts_create(&b->law, 11, LSA_PROMPTS_SAMPLE, &b->prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(b->prompts, &b->prompt, &err), LSA_OK, &err);
}

static void close_bench(bench *b)
{
    lsa_prompt_destroy(b->prompt);
    lsa_prompts_destroy(b->prompts);
    fixture_clear(&b->s);
}

/* E g = shape, E g^2 = shape (shape + 1), E g^3 one factor more; E chi^2 = k. */
static void gamma_variates(void **state)
{
    (void)state;
    const double shapes[] = {0.3, 1.0, 1.5, 7.25};
    enum { SHAPES = 4 };
    lsa_estimate estimate;
    double exact[4 * SHAPES], draw[4 * SHAPES];
    lsa_estimate_init(&estimate, 4 * SHAPES);
    for (int k = 0; k < SHAPES; k++) {
        const double a = shapes[k], m[] = {a, a * (a + 1.0), a * (a + 1.0) * (a + 2.0), 2.0 * a};
        memcpy(exact + 4 * k, m, sizeof m);
    }
    for (uint64_t i = 0; i < DRAWS; i++) {
        lsa_variates v;
        lsa_variates_init(&v, lsa_rng_at(2, LSA_RNG_PROBE, i));
        for (int k = 0; k < SHAPES; k++) {
            const double g = lsa_variate_gamma(&v, shapes[k]), chi = lsa_variate_chi(&v, 2.0 * shapes[k]);
            const double m[] = {g, g * g, g * g * g, chi * chi};
            memcpy(draw + 4 * k, m, sizeof m);
        }
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(4 * SHAPES, alpha));
    exact[0] *= 1.02; /* power: 2 % of the least certain mean */
    check_at_least(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(4 * SHAPES, 1e-2));
    lsa_estimate_clear(&estimate);
}

/* A shape that is none gives no number, and ends. */
static void no_variates(void **state)
{
    (void)state;
    const double shapes[] = {0.0, -0.5, -7.0, NAN, -INFINITY};
    lsa_variates v;
    lsa_variates_init(&v, lsa_rng_at(2, LSA_RNG_PROBE, 0));
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        assert_true(isnan(lsa_variate_gamma(&v, shapes[k])));
        assert_true(isnan(lsa_variate_chi(&v, shapes[k])));
    }
}

static const lsa_law laws[D] = {{LSA_LAW_POINT, {1.5, 0.0, 0.0}},
                                {LSA_LAW_EXPONENTIAL, {0.8, 0.0, 0.0}},
                                {LSA_LAW_UNIFORM, {0.5, 2.0, 0.0}},
                                {LSA_LAW_GAMMA, {2.5, 0.4, 0.0}},
                                {LSA_LAW_TWO_POINT, {0.25, 2.0, 0.3}}};
static const double first_moment[D] = {1.5, 0.8, 1.25, 1.0, 0.25 * 0.3 + 2.0 * 0.7};
static const double second_moment[D] = {2.25, 1.28, 1.75, 1.4, 0.0625 * 0.3 + 4.0 * 0.7};

/* E x_i^2 = E lambda, E x_i^2 x_qi^2 = E lambda^2 where the query shares lambda, (E lambda)^2 where it does not. */
static void diagonal_laws(void **state)
{
    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        bench b;
        lsa_estimate estimate;
        double exact[2 * D], wrong[2 * D], draw[2 * D];
        open_bench(&b, D, 1);
        lsa_covariance *c = fixture_covariance(&b.s, LSA_COVARIANCE_LAWS, D);
        memcpy(c->spectrum, first_moment, sizeof first_moment);
        c->laws = laws;
        law_covariates(&b.law, c);
        if (apart)
            law_query(&b.law, c);
        start(&b);
        lsa_estimate_init(&estimate, 2 * D);
        for (int i = 0; i < D; i++) {
            const double square = first_moment[i] * first_moment[i];
            exact[i] = wrong[i] = first_moment[i];
            exact[D + i] = apart ? square : second_moment[i];
            wrong[D + i] = apart ? second_moment[i] : square;
        }
        for (uint64_t i = 0; i < DRAWS; i++) {
            lsa_prompt_draw(b.prompts, i, b.prompt);
            const double *x = b.prompt->E, *q = lsa_prompt_query(b.prompt);
            for (int k = 0; k < D; k++) {
                draw[k] = x[k] * x[k];
                draw[D + k] = x[k] * x[k] * q[k] * q[k];
            }
            lsa_estimate_add(&estimate, draw);
        }
        check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(2 * D, alpha));
        check_at_least(lsa_zscore_max(&estimate, wrong), 8.0);
        lsa_estimate_clear(&estimate);
        close_bench(&b);
    }
}

/* E x x' = E Lambda and E x_1^2 x_q1^2 = E Lambda_11^2, E x_1 x_2 x_q1 x_q2 = E Lambda_12^2. */
static void check_matrix_law(const lsa_covariance *c, bench *b, const double *exact, const double *wrong)
{
    enum { M = 5 };
    lsa_estimate estimate;
    law_covariates(&b->law, c);
    start(b);
    lsa_estimate_init(&estimate, M);
    for (uint64_t i = 0; i < 3 * DRAWS; i++) {
        lsa_prompt_draw(b->prompts, i, b->prompt);
        const double *x = b->prompt->E, *q = lsa_prompt_query(b->prompt);
        const double draw[M] = {x[0] * x[0], x[0] * x[1], q[1] * q[1], x[0] * x[0] * q[0] * q[0],
                                x[0] * x[1] * q[0] * q[1]};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(M, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 8.0);
    lsa_estimate_clear(&estimate);
}

static void mixtures(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, 2, 1);
    lsa_covariance *c = fixture_covariance(&b.s, LSA_COVARIANCE_MIXTURE, 2);
    const lsa_covariance components[] = {*fixture_matrix(&b.s, 2, Scale), *fixture_matrix(&b.s, 2, Other)};
    const double weights[] = {0.25, 0.75};
    const double exact[] = {0.875, 0.125, 2.5, 0.25 * 4.0 + 0.75 * 0.25, 0.25 * 0.25};
    const double wrong[] = {0.875, 0.125, 2.5, 0.875 * 0.875, 0.125 * 0.125};
    c->n_components = 2;
    c->components = components;
    c->weights = weights;
    check_matrix_law(c, &b, exact, wrong);
    close_bench(&b);
}

/* Five components, each as often as its weight says. Wrong: weights that count up to the second or the third only, or one
 * component that has its neighbour's share. */
static void many_components(void **state)
{
    (void)state;
    enum { PARTS = 5, WRONG = 3 };
    const double weights[PARTS] = {0.15, 0.2, 0.3, 0.1, 0.25}, scales[PARTS] = {1.0, 3.0, 0.5, 5.0, 2.0};
    const double wrong[WRONG][PARTS] = {
        {0.15, 0.2, 0.0, 0.0, 0.65}, {0.15, 0.2, 0.3, 0.0, 0.35}, {0.15, 0.2, 0.4, 0.0, 0.25}};
    bench b;
    lsa_estimate estimate;
    open_bench(&b, 2, 1);
    lsa_covariance *c = fixture_covariance(&b.s, LSA_COVARIANCE_MIXTURE, 2);
    lsa_covariance components[PARTS];
    for (int k = 0; k < PARTS; k++)
        components[k] = *fixture_scalar(&b.s, 2, scales[k]);
    c->n_components = PARTS;
    c->components = components;
    c->weights = weights;
    law_covariates(&b.law, c);
    start(&b);
    lsa_estimate_init(&estimate, PARTS);
    for (uint64_t i = 0; i < 20000; i++) {
        double draw[PARTS];
        lsa_prompt_draw(b.prompts, i, b.prompt);
        const double root = lsa_prompt_factor(b.prompt)->scale[0];
        for (int k = 0; k < PARTS; k++)
            draw[k] = fabs(root * root - scales[k]) < 1e-12;
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, weights), lsa_zscore_threshold(PARTS, alpha));
    for (int w = 0; w < WRONG; w++)
        check_at_least(lsa_zscore_max(&estimate, wrong[w]), 20.0);
    lsa_estimate_clear(&estimate);
    close_bench(&b);
}

/* E W_ij^2 / k^2 = S_ij^2 + (S_ij^2 + S_ii S_jj) / k, for a full and for a singular number of degrees of freedom. */
static void wishart(void **state)
{
    (void)state;
    for (int k = 1; k <= 4; k += 3) {
        bench b;
        open_bench(&b, 2, 1);
        lsa_covariance *c = fixture_covariance(&b.s, LSA_COVARIANCE_WISHART, 2);
        c->dof = k;
        c->scale = fixture_matrix(&b.s, 2, Scale);
        const double exact[] = {2.0, 0.5, 1.0, 4.0 + 8.0 / k, 0.25 + 2.25 / k}, wrong[] = {2.0, 0.5, 1.0, 4.0, 0.25};
        check_matrix_law(c, &b, exact, wrong);
        close_bench(&b);
    }
}

/* nu = 12: E x^2 = 1, E x^4 = 3 (nu - 2)/(nu - 4); entries of one column share their scale, columns do not, the query
 * has none. */
static void student(void **state)
{
    (void)state;
    enum { M = 5 };
    bench b;
    lsa_estimate estimate;
    const double exact[M] = {1.0, 3.75, 1.25, 1.0, 3.0}, wrong[M] = {1.0, 3.0, 1.0, 1.0, 3.0};
    open_bench(&b, 2, 2);
    b.law.setting.student = 12.0;
    start(&b);
    lsa_estimate_init(&estimate, M);
    for (uint64_t i = 0; i < DRAWS; i++) {
        lsa_prompt_draw(b.prompts, i, b.prompt);
        const double *x = b.prompt->E, *q = lsa_prompt_query(b.prompt);
        const double draw[M] = {x[0] * x[0], pow(x[0], 4), x[0] * x[0] * x[1] * x[1], x[0] * x[0] * x[3] * x[3],
                                pow(q[0], 4)};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(M, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 8.0);
    lsa_estimate_clear(&estimate);
    close_bench(&b);
}

/* |w| = r always; E w_1^2 = r^2/d, E w_1^4 = 3 r^4/(d (d + 2)): a Gaussian of that variance would have 3 r^4/d^2. */
static void sphere(void **state)
{
    (void)state;
    bench b;
    lsa_estimate estimate;
    const double r = 1.5, exact[] = {r * r / 3.0, r * r * r * r / 5.0, 0.0}, wrong[] = {0.75, r * r * r * r / 3.0, 0.0};
    open_bench(&b, 3, 1);
    law_sphere(&b.law, r);
    start(&b);
    lsa_estimate_init(&estimate, 3);
    for (uint64_t i = 0; i < DRAWS; i++) {
        lsa_prompt_draw(b.prompts, i, b.prompt);
        const double *w = b.prompt->w;
        check_close(lsa_vec_norm(3, w), r, 1e-14, 0.0);
        const double draw[] = {w[0] * w[0], pow(w[0], 4), w[0] * w[1]};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(3, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0);
    lsa_estimate_clear(&estimate);
    close_bench(&b);
}

/* The mean is that of context and query. An orthogonal query has what is left of it: E |x_q|^2 = d - M for Lambda =
 * I. */
static void mean_and_orthogonal(void **state)
{
    (void)state;
    bench b;
    lsa_estimate estimate;
    const double mean[] = {1.0, -2.0, 0.5, 0.0}, exact[] = {1.0, -2.0, 0.5, 1.0, 2.0}, wrong[] = {1, -2, 0.5, 1, 4};
    open_bench(&b, 4, 2);
    b.law.setting.mean = mean;
    start(&b);
    bench c;
    open_bench(&c, 4, 2);
    c.law.setting.query_orthogonal = true;
    start(&c);
    lsa_estimate_init(&estimate, 5);
    for (uint64_t i = 0; i < 20000; i++) {
        lsa_prompt_draw(b.prompts, i, b.prompt);
        lsa_prompt_draw(c.prompts, i, c.prompt);
        const double *x = b.prompt->E, *q = lsa_prompt_query(b.prompt), *off = lsa_prompt_query(c.prompt);
        const double draw[] = {x[0], q[1], x[2], q[3] * q[3], lsa_vec_dot(4, off, off)};
        for (int j = 0; j < 2; j++)
            check_close(lsa_vec_dot(4, off, c.prompt->E + 5 * j), 0.0, 0.0,
                        1e-14 * lsa_vec_norm(4, c.prompt->E + 5 * j) * (1.0 + lsa_vec_norm(4, off)));
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(5, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0);
    lsa_estimate_clear(&estimate);
    close_bench(&b);
    close_bench(&c);
}

static double label_of(const lsa_teacher *g, double z)
{
    switch (g->kind) {
    case LSA_TEACHER_RELU:
        return fmax(z, 0.0);
    case LSA_TEACHER_SIGN:
        return z > 0.0 ? 1.0 : -1.0;
    case LSA_TEACHER_CUBIC:
        return pow(z, 3.0);
    case LSA_TEACHER_QUADRATIC:
        return z * z;
    case LSA_TEACHER_SINE:
        return sin(1.3 * z);
    default:
        return 1.0 - 2.0 * z + 0.5 * pow(z, 3.0);
    }
}

static void teachers(void **state)
{
    (void)state;
    const double direction[] = {0.6, -0.8}, coefficients[] = {1.0, -2.0, 0.0, 0.5};
    for (int kind = LSA_TEACHER_RELU; kind <= LSA_TEACHER_POLYNOMIAL; kind++) {
        bench b;
        const lsa_teacher g = {
            .kind = (lsa_teacher_kind)kind, .frequency = 1.3, .n_coefficients = 4, .coefficients = coefficients};
        open_bench(&b, 2, 3);
        law_teacher(&b.law, &g, direction);
        b.law.setting.label_noise = 0.1;
        start(&b);
        for (uint64_t i = 0; i < 20; i++) {
            lsa_prompt_draw(b.prompts, i, b.prompt);
            for (int j = 0; j < 3; j++) {
                const double *x = b.prompt->E + 3 * j;
                check_close(x[2], label_of(&g, lsa_vec_dot(2, direction, x)) + b.prompt->noise[j], 1e-14, 1e-14);
            }
            check_close(b.prompt->target, label_of(&g, lsa_vec_dot(2, direction, lsa_prompt_query(b.prompt))), 1e-14,
                        1e-14);
        }
        close_bench(&b);
    }
}

/* Every pair is a row, every row comes equally often, a context meets rows twice; tasks of a pool likewise. */
static void rows_and_pools(void **state)
{
    (void)state;
    enum { ROWS = 4 };
    const double rows[2 * ROWS] = {1, 2, 3, 4, 10, 20, 30, 40}, labels[ROWS] = {-1, -2, -3, -4};
    const double exact[ROWS + 1] = {0.25, 0.25, 0.25, 0.25, 0.25}, wrong[ROWS + 1] = {0.25, 0.25, 0.25, 0.25, 0.0};
    bench b, c;
    lsa_estimate estimate;
    open_bench(&b, 2, 2);
    law_rows(&b.law, ROWS, rows, labels);
    start(&b);
    open_bench(&c, 2, 2);
    c.law.n_tasks = ROWS;
    c.law.tasks = rows;
    start(&c);
    lsa_estimate_init(&estimate, ROWS + 1);
    for (uint64_t i = 0; i < 20000; i++) {
        double draw[ROWS + 1] = {0.0};
        lsa_prompt_draw(b.prompts, i, b.prompt);
        for (int j = 0; j < 2; j++)
            assert_true(b.prompt->E[3 * j + 1] == 10.0 * b.prompt->E[3 * j] &&
                        b.prompt->E[3 * j + 2] == -b.prompt->E[3 * j]);
        assert_true(b.prompt->target == -lsa_prompt_query(b.prompt)[0]);
        draw[(int)lsa_prompt_query(b.prompt)[0] - 1] = 1.0;
        draw[ROWS] = b.prompt->E[0] == b.prompt->E[3];
        lsa_estimate_add(&estimate, draw);
        lsa_prompt_draw(c.prompts, i, c.prompt);
        assert_true(c.prompt->w[1] == c.prompt->w[0] + 1.0 || c.prompt->w[1] == c.prompt->w[0] + 10.0);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(ROWS + 1, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0);
    lsa_estimate_clear(&estimate);
    close_bench(&b);
    close_bench(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_variates),  cmocka_unit_test(diagonal_laws),  cmocka_unit_test(mixtures),
        cmocka_unit_test(wishart),         cmocka_unit_test(student),        cmocka_unit_test(sphere),
        cmocka_unit_test(teachers),        cmocka_unit_test(rows_and_pools), cmocka_unit_test(mean_and_orthogonal),
        cmocka_unit_test(many_components), cmocka_unit_test(no_variates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
