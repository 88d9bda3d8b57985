/* Derivations against the formulas of the paper: Lemma 5.2, noise and task covariance, the full layer. */
#include "check.h"
#include "derived.h"
#include "slow_eval.h"
#include "symbolic/collect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const lsa_derive_options plain = {.rho_is_N = true, .noiseless = true, .identity_task = true};
static const lsa_derive_options general = {.rho_is_N = true};

static const lsa_poly *gradient(const lsa_derived *d, const char *name)
{
    for (int k = 0; k < d->statement->n_parameters; k++)
        if (strcmp(d->statement->symbols[d->statement->parameters[k]].name, name) == 0)
            return lsa_derivation_gradient(d->derivation, k);
    fail_msg("no parameter %s", name);
    return NULL;
}

static void check_count(const lsa_poly *poly, ptrdiff_t want)
{
    assert_int_equal(lsa_poly_count(poly), want);
}

/* Lemma 5.2 with Gamma = (1 + 1/N) Lambda + tr(Lambda)/N I written out; gradients are minus (5.4). */
static void merged_is_lemma_5_2(void **state)
{
    lsa_derived d = lsa_derived_make("merged", plain);
    (void)state;
    check_count(lsa_derivation_loss(d.derivation), 5);
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*u^2*tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*U*Lambda*U') - u*tr(Lambda^2*U')"
                  " + 1/2*tr(Lambda)");
    check_formula(&d, gradient(&d, "U"), "u^2*((1 + 1/N)*Lambda + tr(Lambda)/N*Lambda^0)*Lambda*U*Lambda - u*Lambda^2");
    check_formula(&d, gradient(&d, "u"),
                  "u*tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*U*Lambda*U') - tr(Lambda^2*U')");
    lsa_derived_clear(&d);
}

/* (W12): G = (1 + 1/N) Lambda Omega Lambda + (tr(Lambda Omega) + s2)/N Lambda. */
static void merged_with_noise_and_tasks(void **state)
{
    lsa_derived d = lsa_derived_make("merged", general);
    (void)state;
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*tr(Lambda*Omega) + 1/2*u^2*tr(((1 + 1/N)*Lambda*Omega*Lambda"
                  " + (tr(Lambda*Omega) + s2)/N*Lambda)*U*Lambda*U') - u*tr(Lambda*Omega*Lambda*U')");
    check_formula(&d, gradient(&d, "U"),
                  "u^2*((1 + 1/N)*Lambda*Omega*Lambda + (tr(Lambda*Omega) + s2)/N*Lambda)*U*Lambda"
                  " - u*Lambda*Omega*Lambda");
    lsa_derived_clear(&d);
}

/* rho stays a symbol of its own when it is not N: E E'/rho scales the prediction by N/rho. */
static void rho_is_kept(void **state)
{
    lsa_derived d = lsa_derived_make("merged", (lsa_derive_options){.noiseless = true, .identity_task = true});
    (void)state;
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*u^2*N/rho^2*tr(((N + 1)*Lambda^2 + tr(Lambda)*Lambda)*U*Lambda*U') - u*N/rho*tr(Lambda^2*U')"
                  " + 1/2*tr(Lambda)");
    lsa_derived_clear(&d);
}

/* Theorem 4.2's setting: the query has a covariance of its own. (W13) with A = u U'. */
static void query_of_its_own(void **state)
{
    lsa_derived d = lsa_derived_make("merged", (lsa_derive_options){.rho_is_N = true, .own_query = true});
    const int query = lsa_derivation_query_covariance(d.derivation);
    (void)state;
    assert_string_equal(lsa_algebra_symbol(d.algebra, query)->name, "Lambda_q");
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*tr(Lambda_q*Omega) - u*tr(Lambda_q*U'*Lambda*Omega) + 1/2*u^2*tr(Lambda_q*U'*("
                  "(1 + 1/N)*Lambda*Omega*Lambda + (tr(Lambda*Omega) + s2)/N*Lambda)*U)");
    lsa_derived_clear(&d);
}

/* A fixed task: Omega = w0 w0'. */
static void task_that_is_fixed(void **state)
{
    lsa_derived d = lsa_derived_make("merged", (lsa_derive_options){.rho_is_N = true, .fixed_task = true});
    (void)state;
    assert_string_equal(lsa_algebra_symbol(d.algebra, lsa_derivation_fixed_task(d.derivation))->name, "w0");
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*w0'*Lambda*w0 + 1/2*u^2*tr(((1 + 1/N)*Lambda*w0*w0'*Lambda"
                  " + (w0'*Lambda*w0 + s2)/N*Lambda)*U*Lambda*U') - u*w0'*Lambda*U*Lambda*w0");
    lsa_derived_clear(&d);
}

/* The numbers of terms, each power of N a term of its own. */
static void full_has_the_known_size(void **state)
{
    static const ptrdiff_t without[] = {26, 14, 26, 14}, with[] = {31, 23, 31, 23};
    lsa_derived quiet = lsa_derived_make("full", plain);
    lsa_derived noisy = lsa_derived_make("full", (lsa_derive_options){.rho_is_N = true, .identity_task = true});
    lsa_derived shifted = lsa_derived_make("full", (lsa_derive_options){.rho_is_N = true, .own_query = true});
    (void)state;
    check_count(lsa_derivation_loss(quiet.derivation), 31);
    check_count(lsa_derivation_loss(noisy.derivation), 41);
    check_count(lsa_derivation_loss(shifted.derivation), 44);
    for (int k = 0; k < 4; k++) {
        check_count(lsa_derivation_gradient(quiet.derivation, k), without[k]);
        check_count(lsa_derivation_gradient(noisy.derivation, k), with[k]);
    }
    lsa_derived_clear(&quiet);
    lsa_derived_clear(&noisy);
    lsa_derived_clear(&shifted);
}

/* Every term of the gradient by px and by k carries px or k an odd number of times, so px = k = 0 is invariant; and the
 * loss does not change under (px, k) -> -(px, k). */
static void full_keeps_the_reduced_set(void **state)
{
    lsa_derived d = lsa_derived_make("full", general);
    (void)state;
    const int px = lsa_statement_find(d.statement, "px"), k = lsa_statement_find(d.statement, "k");
    for (int block = -1; block < d.statement->n_parameters; block++) {
        const lsa_poly *poly =
            block < 0 ? lsa_derivation_loss(d.derivation) : lsa_derivation_gradient(d.derivation, block);
        const bool odd = block >= 0 && (d.statement->parameters[block] == px || d.statement->parameters[block] == k);
        for (ptrdiff_t i = 0; i < lsa_poly_count(poly); i++) {
            const lsa_term term = lsa_poly_term(poly, i);
            int degree = 0;
            for (int t = 0; t < term.n_traces; t++)
                for (int l = 0; l < term.traces[t].length; l++)
                    degree += term.traces[t].letters[l].symbol == px || term.traces[t].letters[l].symbol == k;
            for (int l = 0; l < term.open.length; l++)
                degree += term.open.letters[l].symbol == px || term.open.letters[l].symbol == k;
            assert_int_equal(degree % 2, odd ? 1 : 0);
        }
    }
    lsa_derived_clear(&d);
}

/* The parity identity: L(px, u, U, k) = L_reduced(uU + px k') + 1/2 E even^2, as polynomials. */
static void full_splits_by_parity(void **state)
{
    lsa_derived d = lsa_derived_make("full", general);
    (void)state;
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*tr(Lambda*Omega) + 1/2*tr(((1 + 1/N)*Lambda*Omega*Lambda + (tr(Lambda*Omega) + s2)/N*Lambda)"
                  "*(u*U + px*k')*Lambda*(u*U + px*k')') - tr(Lambda*Omega*Lambda*(u*U + px*k')')"
                  " + 1/2/N^2*(sum(i, px'*x[i]*x[i]'*U*xq) + u*sum(i, (w'*x[i] + eps[i])^2)*k'*xq"
                  " + px'*xq*xq'*U*xq)^2");
    lsa_derived_clear(&d);
}

/* Hiding the query column leaves out the cubic in xq. */
static void masked_is_full_without_the_query_column(void **state)
{
    lsa_derived d = lsa_derived_make("full-masked", general);
    (void)state;
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*(1/N*(px'*sum(i, x[i]*x[i]')*U*xq + px'*sum(i, (w'*x[i] + eps[i])*x[i])*k'*xq"
                  " + u*sum(i, (w'*x[i] + eps[i])*x[i]')*U*xq + u*sum(i, (w'*x[i] + eps[i])^2)*k'*xq) - w'*xq)^2");
    lsa_derived_clear(&d);
}

static void separate_is_merged_at_KQ(void **state)
{
    lsa_derived d = lsa_derived_make("separate", plain);
    (void)state;
    check_count(lsa_derivation_loss(d.derivation), 5);
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*u^2*tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*K'*Q*Lambda*Q'*K) - u*tr(Lambda^2*Q'*K)"
                  " + 1/2*tr(Lambda)");
    check_formula(&d, gradient(&d, "K"), "u^2*Q*Lambda*Q'*K*((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda) - u*Q*Lambda^2");
    lsa_derived_clear(&d);
}

/* Sums over heads stay symbolic: two dummies, whatever the number of heads. */
static void heads_stay_symbolic(void **state)
{
    lsa_derived d = lsa_derived_make("multihead", plain);
    (void)state;
    check_formula(&d, lsa_derivation_loss(d.derivation),
                  "1/2*tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*sum(h1, u[h1]*U[h1])*Lambda*sum(g, u[g]*U[g]'))"
                  " - sum(h1, u[h1]*tr(Lambda^2*U[h1]')) + 1/2*tr(Lambda)");
    check_formula(&d, gradient(&d, "U"),
                  "u[h]*(((1 + 1/N)*Lambda + tr(Lambda)/N*Lambda^0)*Lambda*sum(g, u[g]*U[g])*Lambda - Lambda^2)");
    check_formula(&d, gradient(&d, "u"),
                  "tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*sum(g, u[g]*U[g])*Lambda*U[h]') - tr(Lambda^2*U[h]')");
    lsa_derived_clear(&d);
}

/* The Hessian of merged along (V_u, V_U), by hand from Lemma 5.2. */
static void hessian_along_a_direction(void **state)
{
    lsa_derive_options options = plain;
    lsa_derived d;
    (void)state;
    options.with_hessian = true;
    d = lsa_derived_make("merged", options);
    check_formula(&d, lsa_derivation_hessian(d.derivation, 1),
                  "((1 + 1/N)*Lambda + tr(Lambda)/N*Lambda^0)*Lambda*(2*u*V_u*U + u^2*V_U)*Lambda - V_u*Lambda^2");
    check_formula(&d, lsa_derivation_hessian(d.derivation, 0),
                  "tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*(V_u*U + 2*u*V_U)*Lambda*U') - tr(Lambda^2*V_U')");
    assert_string_equal(lsa_algebra_symbol(d.algebra, lsa_derivation_direction(d.derivation, 1))->name, "V_U");
    lsa_derived_clear(&d);
    d = lsa_derived_make("merged", plain);
    assert_null(lsa_derivation_hessian(d.derivation, 0));
    assert_int_equal(lsa_derivation_direction(d.derivation, 0), -1);
    lsa_derived_clear(&d);
}

/* A Wishart covariance: the linear term has E Lambda^2 = Lambda_0^2 + (Lambda_0^2 + tr(Lambda_0) Lambda_0)/k. In one
 * dimension Lambda is a chi-square, E Lambda^m = Lambda_0^m k (k + 2) .. (k + 2m - 2)/k^m. */
static void wishart_is_a_second_pass(void **state)
{
    static const char *const rest =
        "1/2*tr(Lambda_0) - u*tr((Lambda_0^2 + (Lambda_0^2 + tr(Lambda_0)*Lambda_0)/dof)*U)";
    lsa_derive_options options = plain;
    lsa_derived d;
    lsa_slow_values values;
    const ptrdiff_t dims[] = {1, 1};
    const double u = 0.7, U = 1.3, N = 5.0, k = 3.0, scale = 0.9;
    const double third = pow(scale, 3) * k * (k + 2) * (k + 4) / pow(k, 3),
                 second = pow(scale, 2) * k * (k + 2) / (k * k);
    const lsa_poly *quadratic = NULL;
    (void)state;
    options.wishart = true;
    d = lsa_derived_make("merged", options);
    assert_string_equal(lsa_algebra_symbol(d.algebra, lsa_derivation_wishart_scale(d.derivation))->name, "Lambda_0");
    assert_string_equal(lsa_algebra_symbol(d.algebra, lsa_derivation_wishart_dof(d.derivation))->name, "dof");
    check_status(lsa_derivation_difference(d.derivation, lsa_derivation_loss(d.derivation), lsa_derived_parse(&d, rest),
                                           &quadratic, NULL),
                 LSA_OK, NULL);
    lsa_slow_init(&values, d.algebra, 2, dims, 1);
    lsa_slow_set(&values, "u", &u);
    lsa_slow_set(&values, "U", &U);
    lsa_slow_set(&values, "N", &N);
    lsa_slow_set(&values, "dof", &k);
    lsa_slow_set(&values, "Lambda_0", &scale);
    check_close(lsa_slow_scalar(&values, quadratic), 0.5 * u * u * U * U * (1.0 + 2.0 / N) * third, 1e-13, 0.0);
    check_close(lsa_slow_scalar(&values, lsa_derivation_loss(d.derivation)),
                0.5 * u * u * U * U * (1.0 + 2.0 / N) * third - u * U * second + 0.5 * scale, 1e-13, 0.0);
    lsa_derived_clear(&d);
}

/* A wrong formula must differ, and by the term that is wrong. */
static void wrong_formulas_differ(void **state)
{
    lsa_derived d = lsa_derived_make("merged", plain);
    const lsa_poly *wrong = lsa_derived_parse(&d, "1/2*u^2*tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*U*Lambda*U')"
                                                  " - u*tr(Lambda^2*U') + tr(Lambda)");
    const lsa_poly *rest = NULL;
    lsa_error err;
    (void)state;
    assert_false(lsa_poly_equal(lsa_derivation_loss(d.derivation), wrong));
    check_status(lsa_derivation_difference(d.derivation, wrong, lsa_derivation_loss(d.derivation), &rest, &err), LSA_OK,
                 &err);
    assert_string_equal(lsa_derived_text(&d, rest, LSA_FORMAT_TEXT), "1/2*tr(Lambda)");
    check_status(lsa_derivation_difference(d.derivation, wrong, wrong, &rest, &err), LSA_OK, &err);
    check_count(rest, 0);
    assert_string_equal(lsa_derived_text(&d, rest, LSA_FORMAT_TEXT), "0");
    check_status(lsa_derivation_difference(d.derivation, wrong, gradient(&d, "U"), &rest, &err), LSA_ERR_SHAPE, &err);
    check_contains(err.text, "1 x 1");
    check_contains(err.text, "d x d");
    lsa_derived_clear(&d);
}

static void bad_formulas_are_refused(void **state)
{
    lsa_derived d = lsa_derived_make("merged", plain);
    const lsa_poly *poly = NULL;
    lsa_error err;
    (void)state;
    check_status(lsa_derivation_parse(d.derivation, "tr(Gamma*U)", &poly, &err), LSA_ERR_INPUT, &err);
    check_contains(err.text, "Gamma");
    check_status(lsa_derivation_parse(d.derivation, "tr(Lambda", &poly, &err), LSA_ERR_INPUT, &err);
    assert_null(poly);
    lsa_derived_clear(&d);
}

/* tr I is the dimension's own scalar. */
static void trace_of_the_identity_is_d(void **state)
{
    lsa_derived d = lsa_derived_make("merged", plain);
    const lsa_poly *poly = lsa_derived_parse(&d, "tr(Lambda^0)*tr(Omega)");
    const lsa_term term = lsa_poly_term(poly, 0);
    (void)state;
    check_count(poly, 1);
    assert_int_equal(term.n_powers, 1);
    assert_int_equal(term.powers[0].symbol, lsa_derivation_dim_symbol(d.derivation, LSA_DIM_D));
    assert_int_equal(term.powers[0].exponent, 2);
    check_formula(&d, poly, "d^2");
    lsa_derived_clear(&d);
}

/* Statements of a user's own. A query option needs a query. */
static void settings_need_their_gaussians(void **state)
{
    static const char *const own = "gaussians: {z: {covariance: Lambda}}\n"
                                   "parameters: {a: vector}\n"
                                   "prediction: \"a' * z\"\n"
                                   "target: \"tr(Lambda)\"\n";
    lsa_error err;
    (void)state;
    lsa_derived d = lsa_derived_inline(own, (lsa_derive_options){.own_query = true}, LSA_ERR_UNABLE, &err);
    check_contains(err.text, "no query");
    lsa_derived_clear(&d);
    d = lsa_derived_inline(own, (lsa_derive_options){.fixed_task = true}, LSA_ERR_UNABLE, &err);
    check_contains(err.text, "no task");
    lsa_derived_clear(&d);
    d = lsa_derived_inline(own, (lsa_derive_options){.rho_is_N = true, .noiseless = true}, LSA_OK, &err);
    check_formula(&d, lsa_derivation_loss(d.derivation), "1/2*a'*Lambda*a + 1/2*tr(Lambda)^2");
    check_formula(&d, lsa_derivation_gradient(d.derivation, 0), "Lambda*a");
    assert_int_equal(lsa_derivation_query_covariance(d.derivation), -1);
    lsa_derived_clear(&d);
}

/* Beyond the engine: refused with the reason, in bounded time. */
static void bounds_are_stated(void **state)
{
    static const char *const high = "gaussians: {e: {variance: s2}}\n"
                                    "parameters: {a: scalar}\n"
                                    "prediction: \"a * e^11\"\n"
                                    "target: \"0 * e\"\n";
    static const char *const sums = "gaussians: {e: {variance: s2, samples: N}}\n"
                                    "parameters: {a: scalar}\n"
                                    "prediction: \"a * sum(i, e[i]^2)^4\"\n"
                                    "target: \"0 * a\"\n";
    static const char *const both = "gaussians: {e: {variance: s2, samples: N}}\n"
                                    "parameters: {\"a[h]\": scalar}\n"
                                    "prediction: \"sum(h, a[h])^2 * sum(i, e[i]^2)^3\"\n"
                                    "target: \"0 * sum(h, a[h])\"\n";
    lsa_error err;
    (void)state;
    lsa_derived d = lsa_derived_inline(high, (lsa_derive_options){0}, LSA_ERR_UNABLE, &err);
    check_contains(err.text, "degree 22 of e");
    lsa_derived_clear(&d);
    d = lsa_derived_inline(sums, (lsa_derive_options){0}, LSA_ERR_UNABLE, &err);
    check_contains(err.text, "the statement multiplies 8 sums over samples; this engine takes up to 7");
    lsa_derived_clear(&d);
    d = lsa_derived_inline(both, (lsa_derive_options){0}, LSA_ERR_UNABLE, &err);
    check_contains(err.text, "4 sums over heads and 6 sums over samples; this engine takes up to 5040 orders");
    lsa_derived_clear(&d);
}

/* A summand without the index of its sum counts once for each sample, each head: also in a statement that names neither
 * N nor a family, also nested. */
static void sums_count_what_has_no_index(void **state)
{
    static const char *const own = "gaussians: {z: {covariance: Lambda}}\n"
                                   "parameters: {a: vector}\n"
                                   "prediction: \"sum(i, a' * z) + sum(h, sum(i, 2 * a' * z))\"\n"
                                   "target: \"0 * a' * z\"\n";
    lsa_error err;
    (void)state;
    lsa_derived d = lsa_derived_inline(own, (lsa_derive_options){0}, LSA_OK, &err);
    assert_true(d.statement->has_heads);
    check_formula(&d, lsa_derivation_loss(d.derivation), "1/2*(N + 2*N*sum(h, 1))^2*a'*Lambda*a");
    check_formula(&d, lsa_derivation_gradient(d.derivation, 0), "(N + 2*sum(h, N))^2*Lambda*a");
    lsa_derived_clear(&d);
}

/* What is printed is what was derived, where traces of one letter's powers stand beside longer ones: read back, it is equal. */
static void powers_end_with_their_word(void **state)
{
    static const char *const own = "gaussians: {z: {covariance: Lambda}}\n"
                                   "parameters: {V: [d, d]}\n"
                                   "prediction: \"(z'*z)^2*(z'*V*z)\"\n"
                                   "target: \"0 * z'*z\"\n";
    lsa_error err;
    (void)state;
    lsa_derived d = lsa_derived_inline(own, (lsa_derive_options){0}, LSA_OK, &err);
    const lsa_poly *loss = lsa_derivation_loss(d.derivation);
    const char *text = lsa_derived_text(&d, loss, LSA_FORMAT_TEXT);
    assert_non_null(strstr(text, "tr(Lambda^4)*tr(Lambda*V*Lambda*V)"));
    check_formula(&d, loss, text);
    lsa_derived_clear(&d);
}

/* A statement of a user's own whose expansion, or whose square, or whose derivatives would not end in useful time: the
 * refusal names the limit and the statement, and comes before the memory is gone. */
static void work_is_bounded(void **state)
{
    static const char *const predictions[] = {"(u + tr(U) + tr(U*U'))^30 * w' * U * xq", "w' * (U + U')^30 * xq",
                                              "w' * (U*U + U'*U*U*U*U)^12 * U^90 * xq",
                                              "w' * (U + U' + U*U + U'*U)^9 * xq"};
    (void)state;
    for (size_t k = 0; k < sizeof predictions / sizeof *predictions; k++) {
        char yaml[512];
        lsa_error err;
        snprintf(yaml, sizeof yaml,
                 "gaussians: {xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
                 "parameters: {u: scalar, U: [d, d]}\nprediction: \"%s\"\ntarget: \"w' * xq\"\n",
                 predictions[k]);
        lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){.with_hessian = true}, LSA_ERR_UNABLE, &err);
        check_contains(err.text, "more than 268435456 steps of work");
        check_contains(err.text, "while deriving the loss of the statement inline");
        lsa_derived_clear(&d);
    }
}

/* Sums in the making count as memory while they last. */
static void memory_is_bounded(void **state)
{
    lsa_derived d = lsa_derived_make("merged", general);
    lsa_algebra *algebra = NULL;
    lsa_collector sum;
    lsa_monomial m;
    lsa_rational one;
    lsa_error err;
    (void)state;
    check_status(lsa_algebra_create(d.statement, &algebra, NULL), LSA_OK, NULL);
    check_status(lsa_collector_init(&sum, algebra, NULL), LSA_OK, NULL);
    lsa_monomial_init(&m);
    lsa_rational_init(&one);
    lsa_rational_set_si(&one, 1, 1);
    lsa_monomial_power(&m, lsa_code_make(algebra, d.statement->parameters[0], LSA_INDEX_NONE, false), 1);
    check_status(lsa_collector_add(&sum, &m, &one, NULL), LSA_OK, NULL);
    assert_true(algebra->held > 0);
    lsa_monomial_power(&m, m.powers[0].code, 1);
    check_status(lsa_algebra_hold(algebra, LSA_MAX_BYTES - lsa_arena_size(algebra->arena), &err), LSA_ERR_UNABLE, &err);
    check_contains(err.text, "more than 512 MiB");
    check_status(lsa_collector_add(&sum, &m, &one, NULL), LSA_ERR_UNABLE, NULL);
    algebra->held -= LSA_MAX_BYTES - lsa_arena_size(algebra->arena);
    lsa_collector_clear(&sum);
    assert_int_equal(algebra->held, 0);
    lsa_rational_clear(&one);
    lsa_algebra_destroy(algebra);
    lsa_derived_clear(&d);
}

static void log_tells_the_steps(void **state)
{
    lsa_derive_options options = general;
    lsa_derived d = lsa_derived_make("full", general);
    (void)state;
    assert_string_equal(lsa_derivation_log(d.derivation), "");
    lsa_derived_clear(&d);
    options.with_log = options.with_hessian = true;
    d = lsa_derived_make("full", options);
    check_contains(lsa_derivation_log(d.derivation), "xq ~ N(0, Lambda)");
    check_contains(lsa_derivation_log(d.derivation), "over eps: ");
    check_contains(lsa_derivation_log(d.derivation), "d loss / d px");
    check_contains(lsa_derivation_log(d.derivation), "along V");
    lsa_derived_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_is_lemma_5_2),
        cmocka_unit_test(merged_with_noise_and_tasks),
        cmocka_unit_test(rho_is_kept),
        cmocka_unit_test(query_of_its_own),
        cmocka_unit_test(task_that_is_fixed),
        cmocka_unit_test(full_has_the_known_size),
        cmocka_unit_test(full_keeps_the_reduced_set),
        cmocka_unit_test(full_splits_by_parity),
        cmocka_unit_test(masked_is_full_without_the_query_column),
        cmocka_unit_test(separate_is_merged_at_KQ),
        cmocka_unit_test(heads_stay_symbolic),
        cmocka_unit_test(hessian_along_a_direction),
        cmocka_unit_test(wishart_is_a_second_pass),
        cmocka_unit_test(wrong_formulas_differ),
        cmocka_unit_test(bad_formulas_are_refused),
        cmocka_unit_test(trace_of_the_identity_is_d),
        cmocka_unit_test(settings_need_their_gaussians),
        cmocka_unit_test(bounds_are_stated),
        cmocka_unit_test(sums_count_what_has_no_index),
        cmocka_unit_test(powers_end_with_their_word),
        cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(log_tells_the_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
