/* Formulas changed in one place: which changes there are, that their texts are what they say, and in which direction an inequality
 * would say more. */
#include "formula/mutate.h"
#include "base/text.h"
#include "check.h"
#include "lsaflow/statement.h"

#include <string.h>

typedef struct bench {
    lsa_arena *arena;
    formula_scope scope;
    ptrdiff_t dims[2];
    const formula_mutant *all;
    ptrdiff_t n;
} bench;

static const lsa_node *scalar(bench *b, const char *text)
{
    lsa_source *source = lsa_arena_alloc(b->arena, 1, sizeof *source);
    lsa_node *node = lsa_arena_alloc(b->arena, 1, sizeof *node);
    *source = (lsa_source){.name = "formula", .text = text, .length = strlen(text), .option = true};
    *node = (lsa_node){
        .kind = LSA_NODE_SCALAR, .source = source, .line = 1, .column = 1, .text = text, .length = strlen(text)};
    return node;
}

static void bench_make(bench *b, const char *text, const char *name, const char *body)
{
    lsa_error err = {0};
    const lsa_statement *statement;
    const formula_node *tree;
    int count = 0;
    *b = (bench){.arena = lsa_arena_create(), .dims = {1, 3}};
    check_status(lsa_statement_shipped("merged", b->arena, &statement, &err), LSA_OK, &err);
    formula_word *word = lsa_arena_alloc(b->arena, 1, sizeof *word);
    *word = (formula_word){.name = name, .body = body != NULL ? scalar(b, body) : NULL, .integer = 2};
    b->scope = (formula_scope){.arena = b->arena, .statement = statement, .dims = b->dims, .heads = 1, .rank = 1};
    b->scope.n_words = name != NULL;
    b->scope.words = word;
    check_status(formula_check(&b->scope, scalar(b, text), &tree, &count, &err), LSA_OK, &err);
    check_status(formula_mutate(&b->scope, tree, count, b->arena, &b->all, &b->n, &err), LSA_OK, &err);
}

static const formula_mutant *find(const bench *b, const char *text)
{
    for (ptrdiff_t k = 0; k < b->n; k++)
        if (strcmp(b->all[k].text, text) == 0)
            return &b->all[k];
    for (ptrdiff_t k = 0; k < b->n; k++)
        print_message("%s    %s\n", b->all[k].text, b->all[k].what);
    fail_msg("no mutant is '%s'", text);
    return NULL;
}

static void is(const bench *b, const char *text, const char *what)
{
    assert_string_equal(find(b, text)->what, what);
}

static void changes_of_an_equality(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "limit(u*U) == inv((1 + 1/N)*Lambda + tr(Lambda)/N*I)", NULL, NULL);
    is(&b, "limit(u*U') == inv((1 + 1/N)*Lambda + (tr(Lambda)/N)*I)", "U -> U' in u*U");
    is(&b, "limit(u*U) == inv((1 + 1/(N + 1))*Lambda + (tr(Lambda)/N)*I)", "N -> N + 1 in 1/N");
    is(&b, "limit(u*U) == inv((1 + 1/N)*Lambda)", "without the term (tr(Lambda)/N)*I");
    is(&b, "limit(u*U) == inv((1 + 1/N)*Lambda + (norm(Lambda)/N)*I)", "tr(Lambda) -> norm");
    is(&b, "limit(u*U) == inv((1 + 1/N)*Lambda + tr(Lambda)*I)", "without the divisor in tr(Lambda)/N");
    for (ptrdiff_t k = 0; k < b.n; k++) {
        assert_int_equal(b.all[k].sense, FORMULA_OTHER);
        assert_null(strstr(b.all[k].text, "Lambda'")); /* it is symmetric */
        for (ptrdiff_t j = 0; j < k; j++)
            assert_string_not_equal(b.all[j].text, b.all[k].text);
    }
    lsa_arena_destroy(b.arena);
}

static void squares_and_orders(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "2*norm(U)^2 == tr(U*Lambda*U') + s2", NULL, NULL);
    is(&b, "1*norm(U)^2 == tr(U*Lambda*U') + s2", "2 -> 1 in 2*norm(U)^2");
    is(&b, "2*norm(U) == tr(U*Lambda*U') + s2", "the square of norm(U) -> its first power");
    is(&b, "2*norm(U)^2 == tr(Lambda*U*U') + s2", "U*Lambda -> Lambda*U");
    is(&b, "2*norm(U)^2 == tr(U*Lambda*U) + s2", "U' -> U");
    is(&b, "2*norm(U)^2 == tr(U*Lambda*U') + 0", "s2 -> 0 in tr(U*Lambda*U') + s2");
    lsa_arena_destroy(b.arena);
}

/* <= asks for a larger left side or a smaller right one; the middle of a chain would have to be both. */
static void inequalities_know_their_sense(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "2*d <= N*tr(Lambda) < N*N", NULL, NULL);
    assert_int_equal(find(&b, "d <= N*tr(Lambda) < N*N")->sense, FORMULA_LARGER);
    assert_int_equal(find(&b, "2*d <= N*tr(Lambda) < (N + 1)*N")->sense, FORMULA_SMALLER);
    for (ptrdiff_t k = 0; k < b.n; k++)
        assert_non_null(strstr(b.all[k].text, "<= N*tr(Lambda) <"));
    lsa_arena_destroy(b.arena);
    bench_make(&b, "tr(Lambda) >= 2", NULL, NULL);
    assert_int_equal(find(&b, "tr(Lambda) >= 1")->sense, FORMULA_LARGER);
    assert_string_equal(find(&b, "norm(Lambda) >= 2")->after, "norm(Lambda)");
    assert_int_equal(find(&b, "norm(Lambda) >= 2")->sense, FORMULA_SMALLER);
    lsa_arena_destroy(b.arena);
    bench_make(&b, "not (tr(Lambda) == 2) and psd(U)", NULL, NULL);
    assert_int_equal(b.n, 1);
    is(&b, "not tr(Lambda) == 2 and psd(U')", "U -> U' in psd(U)");
    lsa_arena_destroy(b.arena);
}

/* A definition is changed once, wherever it is used; a word of `for` stays a word. */
static void words(void **state)
{
    (void)state;
    bench b;
    bench_make(&b, "tr(G) == tr(G*G)", "G", "Lambda + s2*I");
    is(&b, "tr(Lambda) == tr(Lambda*Lambda)", "without the term s2*I");
    lsa_arena_destroy(b.arena);
    bench_make(&b, "entry(U, k, k) == k*u + 2", "k", NULL);
    is(&b, "entry(U, k, k) == k*u", "without the term 2");
    lsa_arena_destroy(b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(changes_of_an_equality), cmocka_unit_test(squares_and_orders),
                                       cmocka_unit_test(inequalities_know_their_sense), cmocka_unit_test(words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
