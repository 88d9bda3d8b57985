/* Formulas: text to tree, shapes, messages, values in rationals and balls; by small cases worked by hand. */
#include "base/text.h"
#include "check.h"
#include "formula/evaluate.h"
#include "lsaflow/statement.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* d = 3, N = 7, Lambda of a diagonal and one that is not; u, U of `merged`. */
typedef struct bench {
    lsa_arena *arena;
    const lsa_statement *statement;
    formula_scope scope;
    ptrdiff_t dims[2];
    const double *Lambda, *U;
} bench;

static const double general[9] = {1.07328, 0.69504, -0.2688, 0.69504, 1.47872, 0.2016, -0.2688, 0.2016, 0.748};
static const double plain[9] = {2, 0, 0, 0, 1, 0, 0, 0, 0.5};
static const double lopsided[9] = {1, 2, 0, 0, 1, 0, 0, 0, 1};

static lsa_status number_of(void *context, formula_run *run, const formula_node *node, long head,
                            const formula_value **out, lsa_error *err)
{
    const bench *b = context;
    const char *name = node->text;
    (void)head;
    if (strcmp(name, "Lambda") == 0)
        *out = formula_value_written(run->pool, 3, 3, b->Lambda);
    else if (strcmp(name, "U") == 0)
        *out = formula_value_written(run->pool, 3, 3, b->U);
    else if (strcmp(name, "N") == 0)
        *out = formula_value_integer(run->pool, 7);
    else if (strcmp(name, "d") == 0)
        *out = formula_value_integer(run->pool, 3);
    else if (strcmp(name, "I") == 0)
        *out = formula_value_identity(run->pool, 3);
    else
        return lsa_error_set(err, LSA_ERR_UNABLE, "no %s here", name);
    return LSA_OK;
}

static void bench_make(bench *b)
{
    lsa_error err = {0};
    *b = (bench){.arena = lsa_arena_create(), .Lambda = general, .U = lopsided, .dims = {1, 3}};
    check_status(lsa_statement_shipped("merged", b->arena, &b->statement, &err), LSA_OK, &err);
    b->scope = (formula_scope){.arena = b->arena, .statement = b->statement, .dims = b->dims, .heads = 1, .rank = 1};
}

static const lsa_node *scalar(bench *b, const char *text)
{
    lsa_source *source = lsa_arena_alloc(b->arena, 1, sizeof *source);
    lsa_node *node = lsa_arena_alloc(b->arena, 1, sizeof *node);
    *source = (lsa_source){.name = "formula", .text = text, .length = strlen(text), .option = true};
    *node = (lsa_node){
        .kind = LSA_NODE_SCALAR, .source = source, .line = 1, .column = 1, .text = text, .length = strlen(text)};
    return node;
}

static lsa_status check_text(bench *b, const char *text, const formula_node **out, int *count, lsa_error *err)
{
    lsa_error_clear(err);
    return formula_check(&b->scope, scalar(b, text), out, count, err);
}

/* The value of a formula, into what the caller looks at. */
static lsa_status value_of(bench *b, const char *text, formula_run *run, const formula_value **out, lsa_error *err)
{
    const formula_node *node = NULL;
    int count = 0;
    const formula_world world = {.context = b, .leaf = number_of};
    check_status(check_text(b, text, &node, &count, err), LSA_OK, err);
    static formula_world kept;
    kept = world;
    check_status(formula_run_init(run, &kept, 3, count, FORMULA_BITS_FIRST, err), LSA_OK, err);
    return formula_evaluate(run, node, out, err);
}

static void is_text(bench *b, const char *formula, const char *expected)
{
    lsa_error err = {0};
    formula_run run;
    const formula_value *value = NULL;
    char text[128];
    check_status(value_of(b, formula, &run, &value, &err), LSA_OK, &err);
    formula_value_text(value, 0, 0, text, sizeof text);
    if (strcmp(text, expected) != 0)
        print_error("%s\n", formula);
    assert_string_equal(text, expected);
    formula_run_clear(&run);
}

static void is_near(bench *b, const char *formula, double expected)
{
    lsa_error err = {0};
    formula_run run;
    const formula_value *value = NULL;
    check_status(value_of(b, formula, &run, &value, &err), LSA_OK, &err);
    check_close(formula_value_double(value, 0, 0), expected, 1e-15, 0.0);
    assert_true(formula_value_radius(value, 0, 0) < 1e-25);
    formula_run_clear(&run);
}

static void is_truth(bench *b, const char *formula, formula_truth expected)
{
    lsa_error err = {0};
    formula_run run;
    const formula_value *value = NULL;
    check_status(value_of(b, formula, &run, &value, &err), LSA_OK, &err);
    if (formula_value_is_true(value) != expected)
        print_error("%s\n", formula);
    assert_int_equal(formula_value_is_true(value), expected);
    formula_run_clear(&run);
}

static void exact_values(void **state)
{
    bench b;
    (void)state;
    bench_make(&b);
    is_text(&b, "1/3 + 0.1", "13/30");
    is_text(&b, "2^10 - 2^(-2)", "4095/4");
    is_text(&b, "(9/4)^(3/2)", "27/8");
    is_text(&b, "sqrt(2)^2", "2");
    is_text(&b, "norm([1, 2, 3])^2", "14");
    is_text(&b, "norm([3, 4])", "5");
    is_text(&b, "tr(Lambda)", "33/10");
    is_text(&b, "tr((1 + 1/N)*Lambda + tr(Lambda)/N*I)", "363/70");
    is_text(&b, "tr(inv(Lambda)*Lambda)", "3");
    is_text(&b, "det(Lambda)", "3/5");
    is_text(&b, "sum(j in 1..4, j^2)", "30");
    is_text(&b, "sum(j in 1..0, j)", "0");
    is_text(&b, "entry(Lambda, 1, 3) + entry([5, 6], 2)", "3582/625");
    is_text(&b, "unit(2)'*Lambda*unit(2)", "4621/3125");
    is_text(&b, "rank([[1, 2], [2, 4]])", "1");
    is_text(&b, "entry(pinv([[1, 2], [2, 4]]), 2, 2)", "4/25");
    is_text(&b, "tr(U^3)", "3");
    is_text(&b, "max(1/3, 2/7, 0.3) - min([1, -5, 2])", "16/3");
    is_text(&b, "ceil(7/2) + floor(-7/2)", "0");
    is_text(&b, "abs(-1/2) + exp(0) + log(1)", "3/2");
    is_text(&b, "tr(diag([1, 2, 3])) + sum(diag(Lambda)) - tr(offdiag(Lambda))", "93/10");
    b.Lambda = plain;
    is_text(&b, "min(eigvals(Lambda))", "1/2");
    is_text(&b, "entry(inertia([[0, 1], [1, 0]]), 2)", "1");
    is_text(&b, "entry(inertia([[1, 1], [1, 1]]), 3)", "1");
    lsa_arena_destroy(b.arena);
}

static void balls(void **state)
{
    bench b;
    (void)state;
    bench_make(&b);
    is_near(&b, "sqrt(2)", sqrt(2.0));
    is_near(&b, "exp(1)*log(2)", exp(1.0) * log(2.0));
    is_near(&b, "min(eigvals(Lambda))", 0.3); /* the spectrum is 2, 1, 0.3 */
    is_near(&b, "max(eigvals(Lambda))", 2.0);
    is_near(&b, "opnorm(U)", 1.0 + sqrt(2.0));
    is_near(&b, "nucnorm(Lambda)", 3.3);
    is_near(&b, "entry(expm([[0, 1], [0, 0]]), 1, 2)", 1.0);
    is_near(&b, "norm(sqrtm(Lambda)*sqrtm(Lambda))/norm(Lambda)", 1.0);
    is_near(&b, "logdet(Lambda)", log(0.6));
    is_near(&b, "entry(eigvals([[1, 1], [1, 1]]), 2)", 2.0);
    lsa_arena_destroy(b.arena);
}

static void conditions(void **state)
{
    bench b;
    (void)state;
    bench_make(&b);
    is_truth(&b, "psd(Lambda) and symmetric(Lambda)", FORMULA_TRUE);
    is_truth(&b, "psd(Lambda - 0.3*I)", FORMULA_TRUE); /* singular to the last digit */
    is_truth(&b, "psd(Lambda - 0.30000000000000001*I)", FORMULA_FALSE);
    is_truth(&b, "psd([[1, 1], [1, 1]])", FORMULA_TRUE);
    is_truth(&b, "commute(Lambda, Lambda^2)", FORMULA_TRUE);
    is_truth(&b, "commute(Lambda, U)", FORMULA_FALSE);
    is_truth(&b, "diagonal(Lambda)", FORMULA_FALSE);
    is_truth(&b, "1 < 2 <= 2 < 3", FORMULA_TRUE);
    is_truth(&b, "1 < 2 < 2", FORMULA_FALSE);
    is_truth(&b, "not (1 == 1) or 2 != 3", FORMULA_TRUE);
    is_truth(&b, "Lambda == Lambda'", FORMULA_TRUE);
    is_truth(&b, "U == U'", FORMULA_FALSE);
    is_truth(&b, "sqrt(2) == sqrt(8)/2", FORMULA_UNKNOWN); /* balls never prove an equality */
    is_truth(&b, "sqrt(2) < 1.4142135623730951", FORMULA_TRUE);
    lsa_arena_destroy(b.arena);
}

static void refuses(bench *b, const char *formula, const char *reason)
{
    lsa_error err = {0};
    formula_run run;
    const formula_value *value = NULL;
    const lsa_status status = value_of(b, formula, &run, &value, &err);
    assert_true(lsa_status_is_no_answer(status));
    check_contains(err.text, reason);
    formula_run_clear(&run);
}

static void refusals(void **state)
{
    bench b;
    (void)state;
    bench_make(&b);
    refuses(&b, "tr(inv([[1, 2], [2, 4]]))", "the inverse of a singular matrix\n  in inv([[1, 2], [2, 4]])");
    refuses(&b, "sqrt(-1/2)", "the root of a negative number");
    refuses(&b, "log(0)", "the logarithm of 0");
    refuses(&b, "1/(d - 3)", "a division by 0");
    refuses(&b, "max(eigvals(U))", "not symmetric: entries");
    refuses(&b, "entry(Lambda, 4, 1)", "there is no entry (4, 1)");
    refuses(&b, "entry(Lambda, 1/2, 1)", "is no integer");
    refuses(&b, "det(sqrt(2)*[[1, 1], [1, 1]])^(-1)", "may be 0");
    refuses(&b, "tr(sqrtm(Lambda - 0.31*I))", "not semidefinite");
    lsa_arena_destroy(b.arena);
}

static void says(bench *b, const char *formula, const char *message)
{
    lsa_error err = {0};
    const formula_node *node = NULL;
    int count = 0;
    const lsa_status status = check_text(b, formula, &node, &count, &err);
    if (status != LSA_ERR_INPUT)
        print_error("%s\n", formula);
    assert_int_equal(status, LSA_ERR_INPUT);
    check_contains(err.text, message);
}

static void messages(void **state)
{
    bench b;
    static const char *const tests[] = {"many", "many", "relu"};
    (void)state;
    bench_make(&b);
    b.scope.tests = tests;
    b.scope.n_tests = 3;
    says(&b, "tr(Lamda)", "unknown name 'Lamda'; did you mean 'Lambda'? (character 4");
    says(&b, "Lambda + 1", "shapes do not agree: d x d + 1 x 1; a multiple of the identity is written scalar*I");
    says(&b, "Lambda == 1", "scalar*I");
    says(&b, "exp(U)", "expm(X)");
    says(&b, "||U||", "norm(x)");
    says(&b, "lambda_max(Lambda)", "max(eigvals(X))");
    says(&b, "U^T", "U'");
    says(&b, "trr(U)", "did you mean 'tr'?");
    says(&b, "u = 2", "'=='");
    says(&b, "Lambda/U", "X*inv(Y)");
    says(&b, "u U", "'*' is always written");
    says(&b, "Lambda < U", "compares scalars");
    says(&b, "x == 1", "a family over the pairs of a context: write x[1]");
    says(&b, "x[1] == w", "drawn anew in every prompt");
    says(&b, "1 + psd(Lambda)", "found a condition");
    says(&b, "not 3", "expected a condition");
    says(&b, "error(many)", "2 results share the name 'many'");
    says(&b, "error(reluu)", "did you mean 'relu'?");
    says(&b, "lim(d, N)", "N -> .inf");
    says(&b, "first(u, u < 1)", "expected t");
    says(&b, "inf(u)", "inf takes loss or risk");
    says(&b, "grad(Lambda)", "takes a parameter");
    says(&b, ".inf", ".inf stands in");
    says(&b, "M", "for: tests");
    says(&b, "tr(U, U)", "takes other arguments");
    says(&b, "(1", "expected ')'");
    says(&b, "1..2", "found '.'");
    says(&b, "sum(i, u)", "runs over the pairs of a prompt");
    says(&b, "u^(1/0)", "divides by 0");
    lsa_arena_destroy(b.arena);
}

/* What is printed reads as the same formula. */
static void round_trips(bench *b, const char *formula)
{
    lsa_error err = {0};
    const formula_node *node = NULL, *again = NULL;
    int count = 0;
    lsa_text text;
    check_status(check_text(b, formula, &node, &count, &err), LSA_OK, &err);
    lsa_text_init(&text);
    formula_print(node, &text);
    check_status(check_text(b, text.data, &again, &count, &err), LSA_OK, &err);
    if (!formula_same(node, again))
        print_error("%s\n%s\n", formula, text.data);
    assert_true(formula_same(node, again));
    lsa_text_clear(&text);
}

static void printed(void **state)
{
    bench b;
    (void)state;
    bench_make(&b);
    round_trips(&b, "-(u + 1)^2*(U - U')*Lambda/(N + 1) == 2*U - (Lambda + I)");
    round_trips(&b, "not (u < 1 and (u > 0 or u == -1)) or psd(U*U')");
    round_trips(&b, "u/(u/N)*d - -1 >= u^(-2) + u^(3/4)");
    round_trips(&b, "lim(N^2*u, N -> .inf) == [1, 2, 3]'*U*[1, -2, 3]");
    round_trips(&b, "sum(j in 1..d, entry(Lambda, j, j))^2 < 1 < 3 != 4");
    lsa_arena_destroy(b.arena);
}

static void same_formulas(void **state)
{
    bench b;
    lsa_error err = {0};
    const formula_node *a = NULL, *c = NULL;
    int count = 0;
    (void)state;
    bench_make(&b);
    check_status(check_text(&b, "u + tr(U) + 1", &a, &count, &err), LSA_OK, &err);
    check_status(check_text(&b, "1 + u + tr(U)", &c, &count, &err), LSA_OK, &err);
    assert_true(formula_same(a, c));
    check_status(check_text(&b, "1 + u + tr(U')", &c, &count, &err), LSA_OK, &err);
    assert_false(formula_same(a, c));
    lsa_arena_destroy(b.arena);
}

/* Words of `where`: in any order, no circle; sizes are limited. */
static void words(void **state)
{
    bench b;
    lsa_error err = {0};
    const formula_node *node = NULL;
    int count = 0;
    (void)state;
    bench_make(&b);
    formula_word list[40] = {{.name = "A", .body = scalar(&b, "B*B")},
                             {.name = "B", .body = scalar(&b, "k*Lambda")},
                             {.name = "k", .integer = 3}};
    b.scope.words = list;
    b.scope.n_words = 3;
    is_text(&b, "tr(A)", "4581/100");
    list[1].body = scalar(&b, "A + Lambda");
    assert_int_equal(check_text(&b, "tr(A)", &node, &count, &err), LSA_ERR_INPUT);
    check_contains(err.text, "refers to itself");
    lsa_arena_destroy(b.arena);
}

/* Words of words: each twice the one before, 2^39 operations once they are inserted. And sums in sums. */
static void what_would_run_for_ever(void **state)
{
    bench b;
    lsa_error err = {0};
    formula_run run;
    const formula_node *node = NULL;
    const formula_value *value = NULL;
    char names[40][16], bodies[40][40];
    int count = 0;
    (void)state;
    bench_make(&b);
    formula_word list[40] = {{.name = NULL}};
    for (int k = 0; k < 40; k++) {
        snprintf(names[k], sizeof names[k], "a%d", k);
        snprintf(bodies[k], sizeof bodies[k], k == 0 ? "u" : "a%d + a%d", k - 1, k - 1);
        list[k] = (formula_word){.name = names[k], .body = scalar(&b, bodies[k])};
    }
    b.scope.words = list;
    b.scope.n_words = 40;
    assert_int_equal(check_text(&b, "a39 > 0", &node, &count, &err), LSA_ERR_INPUT);
    check_contains(err.text, "more than 20000 operations once the definitions are inserted");
    check_status(check_text(&b, "a9 > 0", &node, &count, &err), LSA_OK, &err);
    b.scope.n_words = 0;
    assert_int_equal(value_of(&b, "sum(i in 1..1000, sum(j in 1..1000, i*j))", &run, &value, &err), LSA_ERR_UNABLE);
    check_contains(err.text, "a sum of more than 100000 terms");
    formula_run_clear(&run);
    is_text(&b, "sum(i in 1..100, sum(j in 1..100, i*j))", "25502500");
    lsa_arena_destroy(b.arena);
}

/* Eigenvalues of a matrix with one of multiplicity two, which balls must enclose; and of a nearly defective one. */
static void enclosures(void **state)
{
    bench b;
    lsa_error err = {0};
    formula_run run;
    const formula_value *value = NULL;
    (void)state;
    bench_make(&b);
    check_status(value_of(&b, "eigvals(I + [1, 1, 1]*[1, 1, 1]')", &run, &value, &err), LSA_OK, &err);
    for (int k = 0; k < 3; k++) {
        const double truth = k < 2 ? 1.0 : 4.0;
        check_at_most(fabs(formula_value_double(value, k, 0) - truth), formula_value_radius(value, k, 0) + 1e-30);
        check_at_most(formula_value_radius(value, k, 0), 1e-30);
    }
    formula_run_clear(&run);
    lsa_arena_destroy(b.arena);
}

/* X = Q D Q' with the rational rotation Q = I - 2vv'/v'v, v = (1, ..., n): eigenvalues that are equal, and that differ by 1e-12, 1e-20
 * and 1e-45 of the largest, are known from D. Of all that LAPACK resolves the first alone. */
static void close_eigenvalues(void **state)
{
    enum { N = 24 };
    static const char *const gaps[] = {"0", "1e-12", "1e-20", "1e-45"};
    (void)state;
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        formula_pool *pool = formula_pool_create(256);
        lsa_error err = {0};
        const formula_value *v[N], *D[N], *rows[N];
        formula_value *values = NULL, *root = NULL, *factor = NULL;
        const formula_value *gap = formula_value_decimal(pool, gaps[g]);
        for (int i = 0; i < N; i++) {
            v[i] = formula_value_integer(pool, i + 1);
            /* clusters of three: 1, 1 + gap, 1 + 2 gap, 2, ... */
            D[i] = formula_add(pool, formula_value_integer(pool, 1 + i / 3),
                               formula_multiply(pool, formula_value_integer(pool, i % 3), gap));
            double unit[N] = {0};
            unit[i] = 1.0;
            rows[i] = formula_multiply(pool, D[i], formula_value_written(pool, N, 1, unit));
        }
        const formula_value *vector = formula_value_stack(pool, N, v);
        check_status(
            formula_divide(pool, formula_value_integer(pool, -2), formula_norm_square(pool, vector), &factor, &err),
            LSA_OK, &err);
        const formula_value *outer = formula_multiply(pool, vector, formula_transpose(pool, vector));
        const formula_value *Q =
            formula_add(pool, formula_value_identity(pool, N), formula_multiply(pool, factor, outer));
        const formula_value *X =
            formula_multiply(pool, Q, formula_multiply(pool, formula_value_stack(pool, N, rows), Q));
        check_status(formula_apply(pool, FORMULA_eigvals, 1, &X, N, &values, &err), LSA_OK, &err);
        for (int i = 0; i < N; i++) {
            const formula_difference d =
                formula_value_compare(pool, formula_value_part(pool, values, i, 1, 1), D[i], 0, 0);
            assert_false(d.apart);
            check_at_most(formula_value_radius(values, i, 0), 1e-65);
        }
        check_status(formula_apply(pool, FORMULA_sqrtm, 1, &X, N, &root, &err), LSA_OK, &err);
        const formula_value *square = formula_multiply(pool, root, root);
        for (int k = 0; k < N * N; k++) {
            const formula_difference d = formula_value_compare(pool, square, X, k % N, k / N);
            assert_false(d.apart);
            check_at_most(d.error, 1e-60);
        }
        formula_pool_destroy(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exact_values),     cmocka_unit_test(balls),
                                       cmocka_unit_test(conditions),       cmocka_unit_test(refusals),
                                       cmocka_unit_test(messages),         cmocka_unit_test(printed),
                                       cmocka_unit_test(same_formulas),    cmocka_unit_test(words),
                                       cmocka_unit_test(enclosures),       cmocka_unit_test(what_would_run_for_ever),
                                       cmocka_unit_test(close_eigenvalues)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
