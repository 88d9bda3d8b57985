/* Formulas made by the grammar, and those with letters changed: each is refused with a message or read; what is read prints as the
 * same formula, and has a value without NaN or the reason why it has none.
 *
 * Arguments: rounds, seed. Meant to run under sanitizers too (script/fuzz-formulas). */
#include "base/rng.h"
#include "base/text.h"
#include "check.h"
#include "formula/evaluate.h"
#include "lsaflow/statement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 6, MOST_TEXT = 4000 };

static uint64_t seed = 1;

/* A sequence of choices. */
typedef struct dice {
    uint64_t round, draw;
} dice;

static int roll(dice *d, int n)
{
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, d->round * UINT64_C(1000003) + d->draw++);
    double u = 0.0;
    lsa_rng_uniforms(&rng, 1, &u);
    return (int)(u * n);
}

/* ---------------------------------------------------------------- by the grammar */

static void scalar(dice *d, int depth, lsa_text *out);
static void matrix(dice *d, int depth, lsa_text *out);
static void condition(dice *d, int depth, lsa_text *out);

static void pick(dice *d, lsa_text *out, int n, const char *const *words)
{
    lsa_text_add(out, words[roll(d, n)]);
}

static void call(dice *d, int depth, lsa_text *out, const char *name, void (*argument)(dice *, int, lsa_text *))
{
    lsa_text_printf(out, "%s(", name);
    argument(d, depth - 1, out);
    lsa_text_add(out, ")");
}

static void joined(dice *d, int depth, lsa_text *out, void (*left)(dice *, int, lsa_text *), const char *operation,
                   void (*right)(dice *, int, lsa_text *))
{
    lsa_text_add(out, "(");
    left(d, depth - 1, out);
    lsa_text_add(out, operation);
    right(d, depth - 1, out);
    lsa_text_add(out, ")");
}

static void scalar(dice *d, int depth, lsa_text *out)
{
    static const char *const leaves[] = {"u",  "N",     "d",    "1", "0",     "2.5", "1e-3",
                                         "s2", "sigma", "loss", "t", "1e400", "rho"};
    static const char *const of_scalars[] = {"sqrt",  "exp",   "log",   "abs", "ceil",
                                             "floor", "limit", "start", "max", "min"};
    static const char *const of_matrices[] = {"tr",      "det", "logdet", "norm", "opnorm",
                                              "nucnorm", "sum", "max",    "min",  "rank"};
    static const char *const operations[] = {" + ", " - ", "*", "/"};
    static const char *const powers[] = {"^2", "^(-1)", "^(1/2)", "^(3/4)", "^99", "'", "^0", "^(-3/2)"};
    static const char *const keys[] = {"N -> .inf", "d -> .inf, N = 2*d", "s2 -> 0", "data.context -> .inf",
                                       "N -> 1",    "Q -> .inf",          "N",       "sigma -> 0, N = d, s2 = 1/d"};
    const int way = depth <= 0 ? 0 : roll(d, 11);
    switch (way) {
    case 0:
        pick(d, out, sizeof leaves / sizeof *leaves, leaves);
        break;
    case 1:
        call(d, depth, out, of_scalars[roll(d, sizeof of_scalars / sizeof *of_scalars)], scalar);
        break;
    case 2:
    case 3:
        call(d, depth, out, of_matrices[roll(d, sizeof of_matrices / sizeof *of_matrices)], matrix);
        break;
    case 4:
        scalar(d, 0, out);
        pick(d, out, sizeof powers / sizeof *powers, powers);
        break;
    case 5:
        lsa_text_add(out, "sum(j in 1..3, entry(");
        matrix(d, depth - 1, out);
        lsa_text_add(out, ", j, j))");
        break;
    case 6:
        lsa_text_add(out, "-");
        scalar(d, depth - 1, out);
        break;
    case 7:
        lsa_text_add(out, roll(d, 2) == 0 ? "lim(" : "order(");
        scalar(d, depth - 1, out);
        lsa_text_printf(out, ", %s)", keys[roll(d, sizeof keys / sizeof *keys)]);
        break;
    case 8:
        call(d, depth, out, roll(d, 2) == 0 ? "" : "limit", scalar);
        lsa_text_add(out, roll(d, 4) == 0 ? " @ nobody" : " @ other");
        break;
    default:
        joined(d, depth, out, scalar, operations[roll(d, 4)], scalar);
    }
}

static void matrix(dice *d, int depth, lsa_text *out)
{
    static const char *const leaves[] = {"Lambda", "U", "I", "U'", "grad(U)", "[[1, 2, 0], [0, 1, 0], [0, 0, 3]]",
                                         "Omega"};
    static const char *const functions[] = {"inv", "pinv", "sqrtm", "expm", "offdiag", "limit", "start"};
    static const char *const powers[] = {"^2", "^(-1)", "^3", "'", "^0"};
    const int way = depth <= 0 ? 0 : roll(d, 8);
    switch (way) {
    case 0:
        pick(d, out, sizeof leaves / sizeof *leaves, leaves);
        break;
    case 1:
        call(d, depth, out, functions[roll(d, sizeof functions / sizeof *functions)], matrix);
        break;
    case 2:
        lsa_text_add(out, "(");
        matrix(d, depth - 1, out);
        lsa_text_add(out, ")");
        pick(d, out, sizeof powers / sizeof *powers, powers);
        break;
    case 3:
        joined(d, depth, out, scalar, "*", matrix);
        break;
    case 4:
        lsa_text_add(out, "diag(eigvals(Lambda))");
        break;
    default:
        joined(d, depth, out, matrix, way == 5 ? " + " : way == 6 ? " - " : "*", matrix);
    }
}

static void condition(dice *d, int depth, lsa_text *out)
{
    static const char *const relations[] = {" == ", " != ", " <= ", " >= ", " < ", " > "};
    static const char *const predicates[] = {"psd", "symmetric", "diagonal"};
    switch (depth <= 0 ? 0 : roll(d, 6)) {
    case 1:
        joined(d, depth, out, condition, roll(d, 2) == 0 ? " and " : " or ", condition);
        break;
    case 2:
        lsa_text_add(out, "not ");
        joined(d, depth, out, scalar, relations[roll(d, 6)], scalar);
        break;
    case 3:
        call(d, depth, out, predicates[roll(d, 3)], matrix);
        break;
    case 4:
        matrix(d, depth - 1, out);
        lsa_text_add(out, relations[roll(d, 2)]);
        matrix(d, depth - 1, out);
        break;
    default:
        scalar(d, depth - 1, out);
        if (roll(d, 8) == 0) {
            lsa_text_add(out, " = O(");
            scalar(d, depth - 1, out);
            lsa_text_add(out, ")");
            return;
        }
        lsa_text_add(out, relations[roll(d, 6)]);
        scalar(d, depth - 1, out);
    }
}

/* One to three letters replaced, dropped or doubled. */
static void mutate(dice *d, char *text)
{
    static const char alphabet[] = "uUNd12'^*/+-()[],. <>=!@\"->infE";
    for (int changes = 1 + roll(d, 3); changes > 0 && text[0] != '\0'; changes--) {
        const size_t length = strlen(text), at = (size_t)roll(d, (int)length);
        const int way = roll(d, 3);
        if (way == 0)
            text[at] = alphabet[roll(d, (int)sizeof alphabet - 1)];
        else if (way == 1)
            memmove(text + at, text + at + 1, length - at);
        else if (length + 2 < MOST_TEXT)
            memmove(text + at + 1, text + at, length - at + 1);
    }
}

/* ---------------------------------------------------------------- a world of random numbers */

static lsa_status number_of(void *context, formula_run *run, const formula_node *node, long head,
                            const formula_value **out, lsa_error *err)
{
    (void)context;
    (void)head;
    (void)err;
    const bool symmetric = strcmp(node->text, "Lambda") == 0;
    *out = strcmp(node->text, "I") == 0
               ? formula_value_identity(run->pool, 3)
               : formula_value_random(run->pool, node->rows.size, node->cols.size, symmetric, seed);
    return LSA_OK;
}

static lsa_status judged(void *context, formula_run *run, const formula_node *node, const formula_value **out,
                         lsa_error *err)
{
    (void)context;
    if (node->kind == FORMULA_ELSEWHERE || node->function->kind == FORMULA_OF_LIMITS)
        return formula_evaluate(run, node->children[0], out, err);
    if (node->function->id == FORMULA_limit || node->function->id == FORMULA_start)
        return formula_evaluate(run, node->children[0], out, err);
    *out = formula_value_random(run->pool, node->rows.size, node->cols.size, false, seed + 1);
    return LSA_OK;
}

static void has_value_or_reason(const formula_node *node, int count)
{
    const formula_world world = {.leaf = number_of, .call = judged};
    formula_run run;
    lsa_error err = {0};
    const formula_value *value = NULL;
    check_status(formula_run_init(&run, &world, 3, count, FORMULA_BITS_FIRST, &err), LSA_OK, &err);
    const lsa_status status = formula_evaluate(&run, node, &value, &err);
    if (status != LSA_OK) {
        assert_true(lsa_status_is_no_answer(status));
        assert_true(err.text[0] != '\0');
    } else if (!formula_value_is_truth(value)) {
        assert_int_equal(formula_value_rows(value), node->rows.size);
        assert_int_equal(formula_value_cols(value), node->cols.size);
        for (ptrdiff_t i = 0; i < node->rows.size; i++)
            for (ptrdiff_t j = 0; j < node->cols.size; j++)
                assert_false(isnan(formula_value_double(value, i, j)) || isnan(formula_value_radius(value, i, j)));
    }
    formula_run_clear(&run);
}

/* ---------------------------------------------------------------- the test */

static const lsa_node *scalar_node(lsa_arena *arena, const char *text)
{
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    lsa_node *node = lsa_arena_alloc(arena, 1, sizeof *node);
    *source = (lsa_source){.name = "formula", .text = text, .length = strlen(text), .option = true};
    *node = (lsa_node){
        .kind = LSA_NODE_SCALAR, .source = source, .line = 1, .column = 1, .text = text, .length = strlen(text)};
    return node;
}

static bool try_text(const char *text)
{
    lsa_error err = {0};
    const ptrdiff_t dims[2] = {1, 3};
    const formula_node *node = NULL, *again = NULL;
    int count = 0;
    lsa_arena *arena = lsa_arena_create();
    const lsa_statement *statement = NULL;
    lsa_text printed;
    lsa_text_init(&printed);
    check_status(lsa_statement_shipped("merged", arena, &statement, &err), LSA_OK, &err);
    const lsa_convention source = {.loss = 1.0, .normaliser = 1, .sign = -1.0};
    formula_scope scope = {.arena = arena, .statement = statement, .dims = dims, .heads = 1, .rank = 1};
    formula_scope other = scope;
    other.model = "other";
    scope.models = &other;
    scope.n_models = 1;
    const lsa_status status = formula_check(&scope, scalar_node(arena, text), &node, &count, &err);
    if (status != LSA_OK) {
        assert_int_equal(status, LSA_ERR_INPUT);
        assert_non_null(strstr(err.text, "(character ")); /* every error with its place */
    } else {
        formula_print(node, &printed);
        check_status(formula_check(&scope, scalar_node(arena, printed.data), &again, &count, &err), LSA_OK, &err);
        if (!formula_same(node, again))
            fail_msg("%s\nprints as\n%s", text, printed.data);
        has_value_or_reason(node, count);
    }
    scope.convention = &source; /* the same text in a source's symbols: a tree, or a reason */
    const lsa_status rescaled = formula_check(&scope, scalar_node(arena, text), &node, &count, &err);
    if (rescaled == LSA_OK)
        has_value_or_reason(node, count);
    else
        assert_int_equal(rescaled, LSA_ERR_INPUT);
    lsa_text_clear(&printed);
    lsa_arena_destroy(arena);
    return status == LSA_OK;
}

static long rounds = 3000;

static void formulas(void **state)
{
    long read = 0, refused = 0;
    (void)state;
    for (long round = 0; round < rounds; round++) {
        dice d = {.round = (uint64_t)round};
        lsa_text text;
        char changed[MOST_TEXT];
        lsa_text_init(&text);
        if (roll(&d, 2) == 0)
            condition(&d, roll(&d, DEEPEST), &text);
        else
            scalar(&d, roll(&d, DEEPEST), &text);
        assert_false(text.failed);
        read += try_text(text.data);
        snprintf(changed, sizeof changed, "%s", text.data);
        mutate(&d, changed);
        refused += !try_text(changed);
        lsa_text_clear(&text);
    }
    /* the generator writes formulas, and the changes spoil many of them */
    assert_true(read > rounds / 2 && refused > rounds / 4);
}

static void deep_and_long(void **state)
{
    static char text[70000];
    (void)state;
    memset(text, '(', sizeof text - 1);
    assert_false(try_text(text));
    memset(text, '-', sizeof text - 1);
    assert_false(try_text(text));
    memset(text, '[', 5000);
    text[5000] = '\0';
    assert_false(try_text(text));
    memset(text, '\'', 5000);
    text[0] = 'U';
    assert_false(try_text(text));
    text[0] = '\0';
    for (int k = 0; k < 1000; k++)
        strcat(text, "not ");
    assert_false(try_text(text));
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = strtol(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {cmocka_unit_test(formulas), cmocka_unit_test(deep_and_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
