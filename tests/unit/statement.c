/* statement.c - shipped statements as trees, and the grammar by small expressions with their trees or their errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lsaflow/statement.h"
#include "print_expr.h"

enum { TEXT = 4096 };

/* The tree of a formula over a shipped statement, or its error. */
static const char *tree_of(const char *statement, const char *text, char out[TEXT])
{
    lsa_error err = {0};
    const lsa_statement *s = NULL;
    const lsa_expr *e = NULL;
    lsa_arena *arena = lsa_arena_create();
    assert_int_equal(lsa_statement_shipped(statement, arena, &s, &err), LSA_OK);
    out[0] = '\0';
    if (lsa_expression_parse(s, text, arena, &e, &err) == LSA_OK)
        print_expr(s, e, out, TEXT);
    else
        snprintf(out, TEXT, "%s", err.text);
    lsa_arena_destroy(arena);
    return out;
}

static void shipped_trees(void **state)
{
    (void)state;
    static const char *const want[][2] = {
        {"merged", "(* (/ u rho) (* (sum i1 (* (+ (* (' w) x[1]) eps[1]) (' x[1]))) U xq))"},
        {"separate", "(* (/ u rho) (* (sum i1 (* (+ (* (' w) x[1]) eps[1]) (' x[1]))) (' K) Q xq))"},
        {"multihead", "(sum h1 (* (/ u[1] rho) (* (sum i2 (* (+ (* (' w) x[2]) eps[2]) (' x[2]))) U[1] xq)))"},
        {"multihead-separate",
         "(sum h1 (* (/ u[1] rho) (* (sum i2 (* (+ (* (' w) x[2]) eps[2]) (' x[2]))) (' K[1]) Q[1] xq)))"},
        {"full", "(* (/ 1 rho) (+ (* (' px) (+ (sum i1 (* x[1] (' x[1]))) (* xq (' xq))) U xq)"
                 " (* (* (' px) (sum i2 (* (+ (* (' w) x[2]) eps[2]) x[2]))) (* (' k) xq))"
                 " (* u (* (sum i3 (* (+ (* (' w) x[3]) eps[3]) (' x[3]))) U xq))"
                 " (* u (sum i4 (^ 2 (+ (* (' w) x[4]) eps[4]))) (* (' k) xq))))"},
        {"full-masked", "(* (/ 1 rho) (+ (* (' px) (sum i1 (* x[1] (' x[1]))) U xq)"
                        " (* (* (' px) (sum i2 (* (+ (* (' w) x[2]) eps[2]) x[2]))) (* (' k) xq))"
                        " (* u (* (sum i3 (* (+ (* (' w) x[3]) eps[3]) (' x[3]))) U xq))"
                        " (* u (sum i4 (^ 2 (+ (* (' w) x[4]) eps[4]))) (* (' k) xq))))"},
    };
    for (size_t k = 0; k < sizeof want / sizeof want[0]; k++) {
        lsa_error err = {0};
        const lsa_statement *s = NULL;
        char text[TEXT] = "";
        lsa_arena *arena = lsa_arena_create();
        assert_int_equal(lsa_statement_shipped(want[k][0], arena, &s, &err), LSA_OK);
        print_expr(s, s->prediction, text, sizeof text);
        assert_string_equal(text, want[k][1]);
        text[0] = '\0';
        print_expr(s, s->target, text, sizeof text);
        assert_string_equal(text, "(* (' w) xq)");
        assert_true(s->has_layer);
        assert_int_equal(s->masked, strcmp(want[k][0], "full-masked") == 0);
        assert_string_equal(s->symbols[s->samples].name, "N");
        assert_string_equal(s->symbols[s->rho].name, "rho");
        lsa_arena_destroy(arena);
    }
}

static void symbols_of_merged(void **state)
{
    (void)state;
    const lsa_statement *s = NULL;
    lsa_arena *arena = lsa_arena_create();
    assert_int_equal(lsa_statement_shipped("merged", arena, &s, NULL), LSA_OK);
    const lsa_symbol *x = &s->symbols[lsa_statement_find(s, "x")];
    const lsa_symbol *eps = &s->symbols[lsa_statement_find(s, "eps")];
    const lsa_symbol *w = &s->symbols[lsa_statement_find(s, "w")];
    assert_int_equal(x->kind, LSA_SYMBOL_GAUSSIAN);
    assert_int_equal(x->family, LSA_FAMILY_SAMPLE);
    assert_int_equal(x->rows, LSA_DIM_D);
    assert_string_equal(s->symbols[x->covariance].name, "Lambda");
    assert_true(s->symbols[x->covariance].symmetric);
    assert_int_equal(w->family, LSA_FAMILY_NONE);
    assert_string_equal(s->symbols[w->covariance].name, "Omega");
    assert_int_equal(eps->rows, LSA_DIM_ONE);
    assert_int_equal(s->symbols[eps->covariance].kind, LSA_SYMBOL_SCALAR);
    assert_int_equal(s->n_parameters, 2);
    assert_string_equal(s->symbols[s->parameters[0]].name, "u");
    assert_string_equal(s->symbols[s->parameters[1]].name, "U");
    assert_int_equal(s->symbols[s->parameters[1]].cols, LSA_DIM_D);
    assert_null(s->layer.px);
    assert_null(s->layer.k);
    assert_int_equal(s->layer.U->symbol, s->parameters[1]);
    lsa_arena_destroy(arena);
}

/* The blocks of every shipped layer by their parameters' names, K and Q behind them; "-": no such block, "*": written
 * otherwise; and whether the statement has the rank r. */
static void layer_parameters_of_shipped(void **state)
{
    (void)state;
    static const struct {
        const char *statement, *names;
        bool rank;
    } want[] = {{"merged", "- u U - - -", false},    {"separate", "- u * - K Q", true},
                {"multihead", "- u U - - -", false}, {"multihead-separate", "- u * - K Q", true},
                {"full", "px u U k - -", false},     {"full-masked", "px u U k - -", false}};
    for (size_t k = 0; k < sizeof want / sizeof want[0]; k++) {
        const lsa_statement *s = NULL;
        char names[64] = "";
        lsa_arena *arena = lsa_arena_create();
        assert_int_equal(lsa_statement_shipped(want[k].statement, arena, &s, NULL), LSA_OK);
        const lsa_layer_parameters *p = &s->layer_parameters;
        const int symbols[] = {p->px, p->u, p->U, p->k, p->K, p->Q};
        for (int i = 0; i < 6; i++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? " " : "",
                     symbols[i] >= 0                  ? s->symbols[symbols[i]].name
                     : symbols[i] == LSA_BLOCK_ABSENT ? "-"
                                                      : "*");
        assert_string_equal(names, want[k].names);
        assert_int_equal(s->rank >= 0, want[k].rank);
        assert_true(s->rank < 0 || strcmp(s->dims[s->rank], "r") == 0);
        lsa_arena_destroy(arena);
    }
}

static void formulas(void **state)
{
    (void)state;
    static const char *const want[][3] = {
        {"merged", "1/2*u^2*tr(Lambda*U')", "(* (/ 1 2) (^ 2 u) (tr (* Lambda (' U))))"},
        {"merged", "a", "expression:1:1: unknown name 'a'"},
        {"merged", "-u^2", "(- (^ 2 u))"},
        {"merged", "u - 2*u + 1.5e-3", "(+ u (- (* 2 u)) 1.5e-3)"},
        {"merged", "w'*xq*xq'*w", "(* (* (' w) xq) (* (' xq) w))"},
        {"merged", "xq*w'*xq", "(* xq (' w) xq)"},
        {"merged", "u*N^-2/rho/(2*s2)", "(/ (/ (* u (^ -2 N)) rho) (* 2 s2))"},
        {"merged", "N^(-1)*u'", "(* (^ -1 N) u)"},
        {"merged", "tr(U^2)", "(tr (^ 2 U))"},
        {"merged", "u'''", "u"},
        {"merged", "\n  u +\n  V", "expression:3:3: unknown name 'V'"},
        {"merged", "lambda", "expression:1:1: unknown name 'lambda'; did you mean 'Lambda'?"},
        {"merged", "U + u", "expression:1:5: shapes do not agree: d x d + 1 x 1"},
        {"merged", "U * w'", "expression:1:6: shapes do not agree: d x d * 1 x d"},
        {"separate", "K * K' * U", "expression:1:10: unknown name 'U'"},
        {"separate", "tr(K * Q' * Lambda)", "expression:1:13: shapes do not agree: d x r * d x d"},
        {"merged", "tr(w)", "expression:1:1: a trace needs a square matrix, found d x 1"},
        {"merged", "w^2", "expression:1:2: a power needs a square matrix, found d x 1"},
        {"merged", "U^-1",
         "expression:1:2: a negative power needs a product of numbers and constant scalars such as N "
         "or rho"},
        {"merged", "1/u",
         "expression:1:3: a divisor is a product of non-zero numbers and constant scalars such as N or "
         "rho"},
        {"merged", "1/0.0e5",
         "expression:1:3: a divisor is a product of non-zero numbers and constant scalars such as "
         "N or rho"},
        {"merged", "1/(N+1)",
         "expression:1:4: a divisor is a product of non-zero numbers and constant scalars such as "
         "N or rho"},
        {"merged", "x", "expression:1:1: 'x' is a family over the samples: write x[i]"},
        {"merged", "x[j]'*xq", "expression:1:1: the index 'j' is not bound: write sum(j, ...) around it"},
        {"merged", "u[h]", "expression:1:1: 'u' is no family: it takes no index"},
        {"multihead", "u[h]*u[h]", "(* u[0] u[0])"},
        {"multihead", "sum(g, u[g]*u[h])", "(sum h1 (* u[1] u[0]))"},
        {"multihead", "sum(h, u[h]^2)", "(sum h1 (^ 2 u[1]))"},
        {"multihead", "u[h]*sum(h, u[h])", "(* u[0] (sum h1 u[1]))"},
        {"multihead", "sum(h, u[h]*sum(h, u[h]))", "expression:1:13: the index 'h' is already in use"},
        {"multihead", "sum(i, u[i])",
         "expression:1:8: 'u' is a family over the heads, its index cannot be 'i' (h and g run over the heads, other "
         "names over the samples)"},
        {"merged", "sum(i, sum(i, 1))", "expression:1:8: the index 'i' is already in use"},
        {"merged", "2 u", "expression:1:3: found 'u', expected an operator ('*' is always written)"},
        {"merged", "u U", "expression:1:3: found 'U', expected an operator ('*' is always written)"},
        {"merged", "2u", "expression:1:2: found 'u', expected an operator between a number and a name"},
        {"merged", "", "expression:1:1: found the end of the expression, expected a number, a name or '('"},
        {"merged", "(u", "expression:1:3: found the end of the expression, expected ')'"},
        {"merged", "u)", "expression:1:2: found ')', expected an operator or the end of the expression"},
        {"merged", "u^1.5", "expression:1:4: found '.', expected an integer exponent"},
        {"merged", "u^100", "expression:1:3: an exponent is at most 99"},
        {"merged", "1e", "expression:1:3: found the end of the expression, expected the digits of an exponent"},
        {"merged", "1e401", "expression:1:1: the exponent of '1e401' is beyond +-400"},
        {"merged", "1.", "expression:1:3: found the end of the expression, expected a digit after the decimal point"},
        {"merged", "u \xc2\xb7 u",
         "expression:1:3: found a character that the grammar does not know, expected an operator or the end of the "
         "expression"},
        {"merged", "sum(1, u)", "expression:1:5: found '1', expected the name of an index, as in sum(i, ...)"},
        {"merged", "tr U", "expression:1:4: found 'U', expected '(' after tr"},
    };
    for (size_t k = 0; k < sizeof want / sizeof want[0]; k++) {
        char text[TEXT];
        assert_string_equal(tree_of(want[k][0], want[k][1], text), want[k][2]);
    }
}

/* Whatever repeats without end is refused, not recursed into. */
static void nesting_is_bounded(void **state)
{
    (void)state;
    static const char *const repeated[] = {"(", "-", "tr(", "u+(", "u*(", "sum(i,", "'"};
    char text[40000], out[TEXT];
    for (size_t k = 0; k < sizeof repeated / sizeof repeated[0]; k++) {
        snprintf(text, sizeof text, "%s", repeated[k][0] == '\'' ? "U" : "");
        for (size_t j = 0, used = strlen(text); j < 5000; j++, used += strlen(repeated[k]))
            memcpy(text + used, repeated[k], strlen(repeated[k]) + 1);
        assert_non_null(strstr(tree_of("merged", text, out), "the expression is nested more than 200 deep"));
    }
}

static void unknown_statement(void **state)
{
    (void)state;
    lsa_error err = {0};
    const lsa_statement *s = NULL;
    lsa_arena *arena = lsa_arena_create();
    assert_int_equal(lsa_statement_shipped("megred", arena, &s, &err), LSA_ERR_INPUT);
    assert_string_equal(err.text, "no shipped statement is called 'megred'; did you mean 'merged'?");
    lsa_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_trees),     cmocka_unit_test(symbols_of_merged),
        cmocka_unit_test(formulas),          cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(unknown_statement), cmocka_unit_test(layer_parameters_of_shipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
