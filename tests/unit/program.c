/* The form, the cost, the limits, the bases and the errors of compiled programs. */
#include "compiled.h"
#include "lsaflow/test_error.h"

static const double spectrum3[] = {2.0, 0.5, 1.1};

/* A symmetric positive definite matrix of another basis than the identity. */
static const lsa_covariance *general(lsa_fixture *s, ptrdiff_t d, uint64_t seed)
{
    double *A = fixture_numbers(s, d * d);
    const double *B = fixture_normals(s, d * d, seed, 0.7);
    lsa_mat_product(false, true, d, d, d, 1.0, B, B, 0.0, A);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            A[i + j * d] = A[j + i * d];
    for (ptrdiff_t i = 0; i < d; i++)
        A[i + i * d] += 0.2;
    return fixture_matrix(s, d, A);
}

/* ---- degrees ---- */

/* The rows of `want` (blocks numbers each) are those of the program, in any order. */
static void check_degrees(lsa_compiled *c, ptrdiff_t rows, const int *want)
{
    const ptrdiff_t blocks = lsa_program_block_count(c->program);
    const int *got;
    assert_int_equal(lsa_program_degrees(c->program, &got), rows);
    for (ptrdiff_t m = 0; m < rows; m++) {
        int found = 0;
        for (ptrdiff_t k = 0; k < rows; k++)
            found += memcmp(want + m * blocks, got + k * blocks, (size_t)blocks * sizeof *want) == 0;
        assert_int_equal(found, 1);
    }
}

static void degrees_are_those_of_the_monomials(void **state)
{
    (void)state;
    lsa_compiled c;
    compiled_init(&c, "merged", NULL, 3, 20.0, 1, 1);
    compiled_make(&c, 1);
    check_degrees(&c, 3, (const int[]){0, 0, 1, 1, 2, 2}); /* 1/2 E y^2, <B, u U>, <uU, H o uU> */
    compiled_clear(&c);
    /* u_1, u_2, U_1, U_2: sum_hg u_h U_h u_g U_g is spanned without (0, 2, 0, 2) */
    compiled_init(&c, "multihead", NULL, 2, 20.0, 2, 1);
    compiled_make(&c, 1);
    check_degrees(&c, 5, (const int[]){0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 2, 0, 2, 0, 1, 1, 1, 1});
    compiled_clear(&c);
    compiled_init(&c, "separate", NULL, 2, (double)INFINITY, 1, 2);
    compiled_make(&c, 1);
    check_degrees(&c, 3, (const int[]){0, 0, 0, 1, 1, 1, 2, 2, 2});
    compiled_clear(&c);
}

/* ---- the form ---- */

/* H o U, in the user's basis, for U in the user's basis. */
static void apply_H(lsa_compiled *c, const lsa_form *form, const double *U, double *out)
{
    const ptrdiff_t d = form->d;
    double *x = fixture_numbers(&c->setting, c->size);
    memcpy(x + form->U, U, (size_t)(d * d) * sizeof *U);
    check_status(lsa_program_from_user(c->program, x, x, &c->err), LSA_OK, &c->err);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            double h = 0.0;
            for (ptrdiff_t t = 0; t < form->n_products; t++)
                h += form->left[t * d + i] * form->right[t * d + j];
            x[form->U + i + j * d] *= h;
        }
    check_status(lsa_program_to_user(c->program, x, x, &c->err), LSA_OK, &c->err);
    memcpy(out, x + form->U, (size_t)(d * d) * sizeof *out);
}

/* (W12): H o U is G U Lambda with G = (1+1/N) Lambda Omega Lambda + ((tr Lambda Omega + s2)/N) Lambda, and B is
 * Lambda Omega Lambda, whatever the bases. */
static void check_form(lsa_compiled *c)
{
    const lsa_form *form = lsa_program_form(c->program);
    assert_non_null(form);
    const ptrdiff_t d = form->d;
    const double N = c->binding.setting.context;
    const double *Lambda = compiled_array(c, c->binding.setting.covariance),
                 *Omega = compiled_array(c, c->binding.setting.task_covariance);
    double *LO = fixture_numbers(&c->setting, d * d), *G = fixture_numbers(&c->setting, d * d);
    double *LOL = fixture_numbers(&c->setting, d * d), *GU = fixture_numbers(&c->setting, d * d);
    double *want = fixture_numbers(&c->setting, d * d), *got = fixture_numbers(&c->setting, d * d);
    lsa_mat_product(false, false, d, d, d, 1.0, Lambda, Omega, 0.0, LO);
    lsa_mat_product(false, false, d, d, d, 1.0, LO, Lambda, 0.0, LOL);
    for (ptrdiff_t i = 0; i < d * d; i++)
        G[i] = (1.0 + 1.0 / N) * LOL[i] + (lsa_mat_trace(d, LO) + c->binding.setting.label_noise) / N * Lambda[i];
    const double *U = fixture_normals(&c->setting, d * d, 9, 1.0);
    lsa_mat_product(false, false, d, d, d, 1.0, G, U, 0.0, GU);
    lsa_mat_product(false, false, d, d, d, 1.0, GU, Lambda, 0.0, want);
    apply_H(c, form, U, got);
    check_matrix_close(d, d, got, want, 1e-12, 1e-14);
    double *B = fixture_numbers(&c->setting, c->size);
    for (ptrdiff_t i = 0; i < d * d; i++)
        B[form->U + i] = form->B_diagonal ? (i % (d + 1) == 0 ? form->B[i / (d + 1)] : 0.0) : form->B[i];
    check_status(lsa_program_to_user(c->program, B, B, &c->err), LSA_OK, &c->err);
    check_matrix_close(d, d, B + form->U, LOL, 1e-12, 1e-14);
    check_close(form->constant, 0.5 * lsa_mat_trace(d, LO), 1e-13, 0.0);
    check_close(lsa_program_loss_at_zero(c->program), form->constant, 0.0, 0.0);
}

static void make_law(lsa_compiled *c, int Lambda, int Omega)
{
    lsa_setting *training = &c->setting.experiment.training;
    const ptrdiff_t d = c->setting.experiment.data.d;
    const lsa_covariance *Lambdas[] = {fixture_scalar(&c->setting, d, 1.4), fixture_diagonal(&c->setting, d, spectrum3),
                                       general(&c->setting, d, 3)};
    training->covariance = Lambdas[Lambda];
    const lsa_covariance *Omegas[] = {fixture_scalar(&c->setting, d, 0.6), fixture_diagonal(&c->setting, d, spectrum3),
                                      general(&c->setting, d, 4), training->covariance};
    training->task_covariance = Omegas[Omega];
    training->label_noise = 0.25;
}

static void form_is_that_of_the_theory(void **state)
{
    (void)state;
    for (int Lambda = 0; Lambda < 3; Lambda++)
        for (int Omega = 0; Omega < 4; Omega++) {
            lsa_compiled c;
            compiled_init(&c, Omega % 2 == 0 ? "merged" : "multihead", NULL, 3, 7.0, 1, 1); /* one head is the same */
            make_law(&c, Lambda, Omega);
            compiled_make(&c, 2);
            check_form(&c);
            compiled_clear(&c);
        }
}

static const char *const renamed = "{gaussians: {a: {covariance: Lambda, samples: N}, q: {covariance: Lambda}, t: "
                                   "{covariance: Omega}, e: {variance: s2, samples: N}}, parameters: {W: [d, d], v: "
                                   "scalar}, prediction: \"3*v/rho * sum(i, (t' * a[i] + e[i]) * q' * W * a[i])\", "
                                   "target: \"t' * q\"}";

/* Other names, another order, W transposed and a factor 3: H is 9 times that of (W', v), B 3 times. */
static void form_is_found_by_structure(void **state)
{
    lsa_compiled c, reference;
    (void)state;
    compiled_init(&c, "inline", renamed, 3, 7.0, 1, 1);
    compiled_init(&reference, "merged", NULL, 3, 7.0, 1, 1);
    make_law(&c, 2, 2);
    make_law(&reference, 2, 2);
    compiled_make(&c, 2);
    compiled_make(&reference, 2);
    const lsa_form *form = lsa_program_form(c.program), *known = lsa_program_form(reference.program);
    assert_non_null(form);
    check_close(form->minimum, known->minimum, 1e-12, 0.0);
    assert_int_equal(form->U, 0);
    assert_int_equal(form->u, 9);
    const double *U = fixture_normals(&c.setting, 9, 8, 1.0);
    double got[9], want[9], turned[9], other[9];
    apply_H(&c, form, U, got);
    lsa_mat_transpose(3, 3, U, turned);
    apply_H(&reference, known, turned, other);
    lsa_mat_transpose(3, 3, other, want);
    lsa_vec_scale(9, 9.0, want);
    check_matrix_close(3, 3, got, want, 1e-12, 0.0);
    compiled_clear(&reference);
    compiled_clear(&c);
}

/* Not of (u, U) alone; or not a quadratic form with constants that are diagonal between two W's. */
static void other_losses_have_no_form(void **state)
{
    static const char *const square =
        "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, "
        "parameters: {u: scalar, U: [d, d]}, prediction: \"u/rho * sum(i, w' * x[i] * x[i]') * U * U * xq\", "
        "target: \"w' * xq\"}";
    lsa_compiled quartic, wishart;
    compiled_init(&quartic, "inline", square, 2, 5.0, 1, 1);
    compiled_make(&quartic, 1);
    assert_null(lsa_program_product_form(quartic.program));
    compiled_clear(&quartic);
    compiled_init(&wishart, "merged", NULL, 2, 5.0, 1, 1);
    lsa_covariance *law = fixture_covariance(&wishart.setting, LSA_COVARIANCE_WISHART, 2);
    law->scale = wishart.setting.experiment.training.covariance;
    law->dof = 3.0;
    wishart.setting.experiment.training.covariance = law;
    wishart.derive.wishart = true;
    compiled_make(&wishart, 1);
    assert_null(lsa_program_product_form(wishart.program));
    compiled_clear(&wishart);

    static const char *const names[] = {"full", "separate", "multihead"};
    (void)state;
    for (int k = 0; k < 3; k++) {
        lsa_compiled c;
        compiled_init(&c, names[k], NULL, 2, 5.0, 2, 2);
        compiled_make(&c, 1);
        assert_null(lsa_program_form(c.program));
        compiled_clear(&c);
    }
}

/* The loss that a product form says, W being that of the state. */
static double loss_of_form(lsa_compiled *c, const lsa_form *form)
{
    const ptrdiff_t d = form->d;
    double *W = fixture_numbers(&c->setting, d * d), loss = form->constant;
    lsa_program_product(c->program, c->state, W);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const double B = form->B_diagonal ? (i == j ? form->B[i] : 0.0) : form->B[i + j * d];
            loss += (0.5 * lsa_form_rate(form, i, j) * W[i + j * d] - B) * W[i + j * d];
        }
    return loss;
}

static const lsa_covariance *random_diagonal(lsa_fixture *s, ptrdiff_t d)
{
    static const lsa_law of[] = {
        {LSA_LAW_EXPONENTIAL, {1.0, 0.0, 0.0}}, {LSA_LAW_UNIFORM, {0.5, 1.5, 0.0}}, {LSA_LAW_POINT, {0.8, 0.0, 0.0}}};
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_LAWS, d);
    out->laws = of;
    return out;
}

typedef struct product_shape {
    const char *statement;
    ptrdiff_t heads, rank;
} product_shape;

/* Heads, keys and queries, whole layers at px = k = 0; fixed covariances and random ones, any Omega that keeps H a sum of
 * products. */
static void product_forms_are_the_loss(void **state)
{
    static const product_shape shapes[] = {
        {"merged", 1, 1},   {"multihead", 3, 1},          {"separate", 1, 2},
        {"separate", 1, 3}, {"multihead-separate", 4, 1}, {"multihead-separate", 2, 2},
        {"full", 1, 1},     {"full-masked", 1, 1}};
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (int law = 0; law < 13; law++) {
            lsa_compiled c;
            compiled_init(&c, shapes[k].statement, NULL, 3, 7.0, shapes[k].heads, shapes[k].rank);
            make_law(&c, law % 3, law < 12 ? law / 3 : 1);
            if (law == 12)
                c.setting.experiment.training.covariance = random_diagonal(&c.setting, 3);
            compiled_make(&c, 5 + (uint64_t)law);
            const lsa_form *form = lsa_program_product_form(c.program);
            if (k >= 6 && (law == 5 || law == 7 || law == 8)) { /* px and U meet Omega and Lambda in one basis */
                assert_null(form);
                compiled_clear(&c);
                continue;
            }
            assert_non_null(form);
            assert_int_equal(form->n_heads, shapes[k].heads);
            assert_int_equal(form->partial, k >= 6);
            assert_int_equal(form->rank, k >= 2 && k < 6 ? shapes[k].rank : 0);
            for (ptrdiff_t b = 0; b < lsa_program_block_count(c.program); b++) {
                const lsa_block *block = lsa_program_block(c.program, b);
                if (form->partial && block->cols == 1 && block->rows > 1)
                    memset(c.state + block->offset, 0, (size_t)block->rows * sizeof *c.state);
            }
            const double loss = lsa_program_loss(c.program, c.work, c.state), said = loss_of_form(&c, form);
            check_close(said, loss, 1e-12, 0.0);
            c.state[form->heads[0].u] *= 1.0 + 1e-6; /* the comparison sees a state that is another by 1e-6 */
            assert_true(fabs(loss_of_form(&c, form) / loss - 1.0) > 1e-12);
            compiled_clear(&c);
        }
}

/* A mode with H = 0 leaves the minimum alone: Lambda = diag(2, 0, 1) is as good as diag(2, 1), but for N tr Lambda. */
static void flat_modes_do_not_count(void **state)
{
    static const double with[] = {2.0, 0.0, 1.0}, without[] = {2.0, 1.0};
    lsa_compiled a, b;
    (void)state;
    compiled_init(&a, "merged", NULL, 3, 4.0, 1, 1);
    compiled_init(&b, "merged", NULL, 2, 4.0, 1, 1);
    a.setting.experiment.training.covariance = fixture_diagonal(&a.setting, 3, with);
    b.setting.experiment.training.covariance = fixture_diagonal(&b.setting, 2, without);
    compiled_make(&a, 1);
    compiled_make(&b, 1);
    check_close(lsa_program_form(a.program)->minimum, lsa_program_form(b.program)->minimum, 1e-15, 0.0);
    compiled_clear(&a);
    compiled_clear(&b);
}

/* ---- cost ---- */

/* The reduced gradient is one elementwise pass and one trace for H, the same for B, and O(d) memory besides. */
static void reduced_gradient_is_elementwise(void **state)
{
    (void)state;
    for (int Lambda = 0; Lambda < 3; Lambda++)
        for (int Omega = 0; Omega < 4; Omega++) {
            lsa_compiled c;
            compiled_init(&c, "merged", NULL, 3, 7.0, 1, 1);
            make_law(&c, Lambda, Omega);
            compiled_make(&c, 2);
            const lsa_program_cost cost = lsa_program_cost_of(c.program);
            assert_int_equal(cost.matrix_products, 0);
            assert_int_equal(cost.matrix_vector, 0);
            assert_int_equal(cost.elementwise, 2);
            assert_int_equal(cost.traces, 2);
            compiled_clear(&c);
        }
}

/* Several heads: the sum over the heads is made once, so the traces grow with the heads and not with their square. */
static void heads_are_summed_once(void **state)
{
    (void)state;
    for (ptrdiff_t heads = 2; heads <= 8; heads *= 2) {
        lsa_compiled c;
        compiled_init(&c, "multihead", NULL, 3, 7.0, heads, 1);
        make_law(&c, 2, 2);
        compiled_make(&c, 2);
        const lsa_program_cost cost = lsa_program_cost_of(c.program);
        assert_int_equal(cost.matrix_products, 0);
        assert_int_equal(cost.traces, 2 * heads);
        assert_int_equal(cost.elementwise, 3 * heads);
        compiled_clear(&c);
    }
}

static void large_diagonal_laws_take_little_memory(void **state)
{
    enum { D = 2000 };
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "merged", NULL, D, 100.0, 1, 1);
    double *spectrum = fixture_numbers(&c.setting, D);
    for (ptrdiff_t i = 0; i < D; i++)
        spectrum[i] = 1.0 / (1.0 + (double)i);
    c.setting.experiment.training.covariance = fixture_diagonal(&c.setting, D, spectrum);
    compiled_derive(&c);
    check_status(lsa_program_create(c.derivation, &c.binding, &c.program, &c.err), LSA_OK, &c.err);
    assert_true(lsa_arena_size(c.program->arena) < 100 * D * sizeof(double)); /* d^2 would be twenty times that */
    compiled_clear(&c);
}

/* ---- limits ---- */

/* L(N) = L(inf) + a/N + b/N^2 + ..: with two extrapolations the rest is of the order 1/N^3. */
static void infinite_context_is_the_limit(void **state)
{
    static const char *const names[] = {"merged", "full"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        double L[4] = {0};
        for (int at = 0; at < 4; at++) {
            lsa_compiled c;
            const double N = at == 3 ? (double)INFINITY : 1e4 * (double)(1 << at);
            compiled_init(&c, names[k], NULL, 3, N, 1, 1);
            make_law(&c, 2, 2);
            c.setting.experiment.training.normalise_plus_one = true;
            compiled_make(&c, 2);
            L[at] = lsa_program_loss(c.program, c.work, c.state);
            compiled_clear(&c);
        }
        const double once = 2.0 * L[1] - L[0], twice = 2.0 * L[2] - L[1];
        check_close(L[3], (4.0 * twice - once) / 3.0, 1e-11, 0.0);
        assert_true(fabs(L[3] - L[2]) > 1e-7); /* the limit is not what N = 4e4 gives */
    }
}

static void diverging_terms_are_named(void **state)
{
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "inline",
                  "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}}, "
                  "parameters: {k: vector}, prediction: \"sum(i, k' * x[i])\", target: \"k' * xq\"}",
                  2, INFINITY, 1, 1);
    compiled_derive(&c);
    check_status(lsa_program_create(c.derivation, &c.binding, &c.program, &c.err), LSA_ERR_DOMAIN, &c.err);
    check_contains(c.err.text, "N^1");
    check_contains(c.err.text, "while compiling the loss of the statement inline");
    compiled_clear(&c);
}

/* ---- constants of the user ---- */

static void symbols_without_numbers_are_named(void **state)
{
    static const char *const text =
        "{gaussians: {xq: {covariance: Lambda}}, constants: {S: [d, d]}, parameters: {k: vector}, "
        "prediction: \"k' * S * xq\", target: \"k' * xq\"}";
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "inline", text, 2, 3.0, 1, 1);
    compiled_derive(&c);
    check_status(lsa_program_create(c.derivation, &c.binding, &c.program, &c.err), LSA_ERR_INPUT, &c.err);
    check_contains(c.err.text, "symbol S");
    compiled_clear(&c);
}

/* ---- test errors ---- */

static lsa_setting gaussian_test(lsa_compiled *c, double context)
{
    return (lsa_setting){.name = "t",
                         .context = context,
                         .covariance = c->binding.setting.covariance,
                         .query_is_same = true,
                         .task = LSA_TASK_GAUSSIAN,
                         .task_covariance = c->binding.setting.task_covariance};
}

static lsa_status error_of(lsa_compiled *c, const lsa_setting *test, double *error)
{
    lsa_test_evaluator *evaluator = NULL;
    check_status(lsa_test_evaluator_create(&c->setting.experiment, &evaluator, &c->err), LSA_OK, &c->err);
    const lsa_status status = lsa_program_test_error(evaluator, test, c->user, error, &c->err);
    lsa_test_evaluator_destroy(evaluator);
    return status;
}

/* Reference value: noiseless w = (1, -1), M = 5, at the limit U = Gamma^-1. */
static void fixed_task_is_the_golden_value(void **state)
{
    static const double Lambda[] = {2.0, 0.5, 0.5, 1.0}, w[] = {1.0, -1.0};
    static const double limit[] = {1.0, 0.43784206411259, -0.17200938232995, -0.17200938232995, 0.78186082877248};
    lsa_compiled c;
    double error = 0.0;
    (void)state;
    compiled_init(&c, "merged", NULL, 2, 10.0, 1, 1);
    c.setting.experiment.training.covariance = fixture_matrix(&c.setting, 2, Lambda);
    compiled_make(&c, 1);
    memcpy(c.user, limit, sizeof limit);
    lsa_setting test = gaussian_test(&c, 5.0);
    test.task = LSA_TASK_FIXED;
    test.task_vector = w;
    check_status(error_of(&c, &test, &error), LSA_OK, &c.err);
    check_close(error, 0.81866269399043, 1e-13, 0.0);
    test.query_noise = true;
    test.label_noise = 0.0;
    double same = 0.0;
    check_status(error_of(&c, &test, &same), LSA_OK, &c.err);
    check_close(same, error, 0.0, 0.0);
    test.task = LSA_TASK_GAUSSIAN;
    check_status(error_of(&c, &test, &error), LSA_OK, &c.err);
    check_close(error, 1.19230597594754, 1e-13, 0.0);
    compiled_clear(&c);
}

/* No context: the reduced layer predicts 0, so the error is E target^2, and the noise of the query's label adds to it. */
static void empty_context_predicts_zero(void **state)
{
    lsa_compiled c;
    double error = 0.0;
    (void)state;
    compiled_init(&c, "merged", NULL, 3, 10.0, 1, 1);
    make_law(&c, 2, 2);
    compiled_make(&c, 1);
    lsa_setting test = gaussian_test(&c, 0.0);
    check_status(error_of(&c, &test, &error), LSA_OK, &c.err);
    check_close(error, 2.0 * lsa_program_loss_at_zero(c.program), 1e-14, 0.0);
    test.query_noise = true;
    test.label_noise = 0.5;
    check_status(error_of(&c, &test, &error), LSA_OK, &c.err);
    check_close(error, 2.0 * lsa_program_loss_at_zero(c.program) + 0.5, 1e-14, 0.0);
    compiled_clear(&c);
}

/* With the query's column in E E' the prediction of an empty context is a division by 0, with rho = N + 1 it is not. */
static void empty_context_with_a_query_column(void **state)
{
    lsa_compiled c;
    double error = 0.0;
    (void)state;
    compiled_init(&c, "full", NULL, 3, 10.0, 1, 1);
    compiled_make(&c, 1);
    lsa_setting test = gaussian_test(&c, 0.0);
    check_status(error_of(&c, &test, &error), LSA_ERR_DOMAIN, &c.err);
    test.normalise_plus_one = true;
    check_status(error_of(&c, &test, &error), LSA_OK, &c.err);
    assert_true(error > 0.0 && isfinite(error));
    test.task = LSA_TASK_MOMENTS;
    check_status(error_of(&c, &test, &error), LSA_ERR_UNABLE, &c.err);
    compiled_clear(&c);
}

/* A head that shows in a power alone, the first of its term: 1/2 (a_1 + a_2)^2 b' Lambda b. */
static void heads_in_powers(void **state)
{
    (void)state;
    static const char *const text = "{gaussians: {q: {covariance: Lambda}}, parameters: {\"a[h]\": scalar, b: vector}, "
                                    "prediction: \"sum(h, a[h]) * b' * q\", target: \"0 * b' * q\"}";
    const double spectrum[] = {1.0, 0.6, 0.3};
    lsa_compiled c;
    compiled_init(&c, "inline", text, 3, 7.0, 2, 1);
    c.setting.experiment.training.covariance = fixture_diagonal(&c.setting, 3, spectrum);
    compiled_make(&c, 1);
    const double *a = c.user, *b = c.user + 2;
    const double form = b[0] * b[0] + 0.6 * b[1] * b[1] + 0.3 * b[2] * b[2];
    check_close(lsa_program_loss(c.program, c.work, c.state), 0.5 * (a[0] + a[1]) * (a[0] + a[1]) * form, 1e-14, 0.0);
    compiled_clear(&c);
}

/* What a gradient costs: products of matrices where U = K'Q has to be made, none of the diagonal axes' own. */
static void costs(void **state)
{
    (void)state;
    const double spectrum[] = {1.0, 0.6, 0.3};
    for (int keys = 0; keys < 2; keys++) {
        lsa_compiled c;
        compiled_init(&c, keys ? "separate" : "merged", NULL, 3, 7.0, 1, 2);
        c.setting.experiment.training.covariance = fixture_diagonal(&c.setting, 3, spectrum);
        compiled_make(&c, 1);
        const lsa_program_cost cost = lsa_program_cost_of(c.program);
        assert_true(keys ? cost.matrix_products > 0 : cost.matrix_products == 0);
        assert_true(cost.matrix_vector >= 0 && cost.traces > 0 && cost.elementwise > 0 && cost.constants > 0);
        compiled_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(degrees_are_those_of_the_monomials),
                                       cmocka_unit_test(form_is_that_of_the_theory),
                                       cmocka_unit_test(form_is_found_by_structure),
                                       cmocka_unit_test(other_losses_have_no_form),
                                       cmocka_unit_test(product_forms_are_the_loss),
                                       cmocka_unit_test(flat_modes_do_not_count),
                                       cmocka_unit_test(reduced_gradient_is_elementwise),
                                       cmocka_unit_test(heads_are_summed_once),
                                       cmocka_unit_test(large_diagonal_laws_take_little_memory),
                                       cmocka_unit_test(infinite_context_is_the_limit),
                                       cmocka_unit_test(diverging_terms_are_named),
                                       cmocka_unit_test(symbols_without_numbers_are_named),
                                       cmocka_unit_test(fixed_task_is_the_golden_value),
                                       cmocka_unit_test(empty_context_predicts_zero),
                                       cmocka_unit_test(empty_context_with_a_query_column),
                                       cmocka_unit_test(costs),
                                       cmocka_unit_test(heads_in_powers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
