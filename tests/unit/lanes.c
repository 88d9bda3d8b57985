/* Formulas of prompts on lanes: every operation and function against the exact evaluation of the same formula on the same numbers, one
 * lane after the other; moments that a formula has. */
#include "formula/lanes.h"
#include "check.h"
#include "formula/evaluate.h"
#include "formula/formula_moments.h"
#include "lsaflow/statement.h"

#include <math.h>
#include <string.h>

enum { D = 3, PAIRS = 4, MOST_ROWS = 64, MOST_WIDTH = 256 };

/* Rows: x (PAIRS D), eps (PAIRS), xq (D), w (D), prediction; lane l has numbers of its own. */
typedef struct bench {
    lsa_arena *arena;
    const lsa_statement *statement;
    formula_scope scope;
    ptrdiff_t dims[2];
    int lane;
} bench;

static double number_at(ptrdiff_t row, int lane)
{
    return sin(1.0 + 0.7 * (double)row + 1.3 * lane + 0.01 * (double)row * lane);
}

static ptrdiff_t first_row(const char *name, ptrdiff_t *members)
{
    *members = 1;
    if (strcmp(name, "x") == 0)
        return *members = PAIRS, 0;
    if (strcmp(name, "eps") == 0)
        return *members = PAIRS, PAIRS * D;
    if (strcmp(name, "xq") == 0)
        return PAIRS * D + PAIRS;
    if (strcmp(name, "w") == 0)
        return PAIRS * D + PAIRS + D;
    return PAIRS * D + PAIRS + 2 * D;
}
enum { ROWS = PAIRS * D + PAIRS + 2 * D + 1 };

static const double Lambda[D * D] = {2, 0.5, 0, 0.5, 1, 0.25, 0, 0.25, 0.5};

/* A leaf of the exact evaluation, at the bench's lane. */
static lsa_status leaf(void *context, formula_run *run, const formula_node *node, long head, const formula_value **out,
                       lsa_error *err)
{
    const bench *b = context;
    double x[D];
    ptrdiff_t members;
    (void)err;
    if (node->kind == FORMULA_PAIRS) {
        *out = formula_value_integer(run->pool, PAIRS);
    } else if (strcmp(node->text, "Lambda") == 0) {
        *out = formula_value_written(run->pool, D, D, Lambda);
    } else if (strcmp(node->text, "N") == 0) {
        *out = formula_value_integer(run->pool, PAIRS);
    } else if (strcmp(node->text, "d") == 0) {
        *out = formula_value_integer(run->pool, D);
    } else if (strcmp(node->text, "I") == 0) {
        *out = formula_value_identity(run->pool, D);
    } else {
        const ptrdiff_t row = first_row(node->text, &members), n = node->rows.size;
        for (ptrdiff_t k = 0; k < n; k++)
            x[k] = number_at(row + (head > 0 ? head - 1 : 0) * n + k, b->lane);
        *out = formula_value_computed(run->pool, n, 1, x);
    }
    return LSA_OK;
}

static lsa_status drawn(void *context, const formula_node *node, ptrdiff_t *row, ptrdiff_t *members, lsa_error *err)
{
    (void)context;
    (void)err;
    *row = first_row(node->text, members);
    return LSA_OK;
}

/* The value at the bench's lane. */
static lsa_status exactly(bench *b, const formula_node *node, double *out, lsa_error *err)
{
    const formula_world world = {.context = b, .leaf = leaf};
    formula_run run;
    const formula_value *value;
    check_status(formula_run_init(&run, &world, D, 0, FORMULA_BITS_FIRST, err), LSA_OK, err);
    const lsa_status status = formula_evaluate(&run, node, &value, err);
    for (ptrdiff_t k = 0; status == LSA_OK && k < node->rows.size * node->cols.size; k++)
        out[k] = formula_value_is_truth(value) ? (double)(formula_value_is_true(value) == FORMULA_TRUE)
                                               : formula_value_double(value, k % node->rows.size, k / node->rows.size);
    formula_run_clear(&run);
    return status;
}

static lsa_status constant(void *context, const formula_node *node, double *out, lsa_error *err)
{
    return exactly(context, node, out, err);
}

static void bench_make(bench *b)
{
    lsa_error err = {0};
    *b = (bench){.arena = lsa_arena_create(), .dims = {1, D}};
    check_status(lsa_statement_shipped("merged", b->arena, &b->statement, &err), LSA_OK, &err);
    b->scope = (formula_scope){
        .arena = b->arena, .statement = b->statement, .dims = b->dims, .heads = 1, .rank = 1, .one_point = true};
}

/* What stands inside E(...) or prob(...). */
static const formula_node *inside(bench *b, const char *text)
{
    lsa_error err = {0};
    const formula_node *node = NULL;
    int count = 0;
    lsa_source *source = lsa_arena_alloc(b->arena, 1, sizeof *source);
    lsa_node *scalar = lsa_arena_alloc(b->arena, 1, sizeof *scalar);
    *source = (lsa_source){.name = "formula", .text = text, .length = strlen(text), .option = true};
    *scalar = (lsa_node){
        .kind = LSA_NODE_SCALAR, .source = source, .line = 1, .column = 1, .text = text, .length = strlen(text)};
    check_status(formula_check(&b->scope, scalar, &node, &count, &err), LSA_OK, &err);
    return node->children[0];
}

static const char *const formulas[] = {
    "E(xq)",
    "E(xq*xq')",
    "E(xq'*Lambda*xq)",
    "E(Lambda*xq)",
    "E(w'*xq + 2*prediction - 3)",
    "E(-xq'*w/7)",
    "E(sum(i, x[i]*x[i]'))",
    "E(sum(i, (w'*x[i] + eps[i])*x[i])'*xq/N)",
    "E(x[2] - x[4])",
    "E(sum(j in 1..3, j^2*entry(xq, j)))",
    "E(sum(i, sum(j in 1..2, j*x[i]'*w)))",
    "E(sum(i, eps[i]^2)^(1/2))",
    "E((xq*xq' + Lambda)^3)",
    "E(tr(xq*w'))",
    "E(norm(xq - w))",
    "E(max(xq) + min(w) - max(1, prediction, eps[1]))",
    "E(sum(xq*w'))",
    "E(diag(xq))",
    "E(diag(xq*w'))",
    "E(offdiag(xq*w'))",
    "E(entry(xq*w', 2, 3) + entry(w, 1))",
    "E(unit(2)'*xq)",
    "E(exp(-norm(xq)) + log(1 + norm(w)) + sqrt(abs(prediction)) + floor(3*prediction) - ceil(prediction))",
    "E(det(xq*xq' + Lambda) + logdet(w*w' + I))",
    "E(inv(xq*xq' + I))",
    "E(sqrtm(xq*xq' + I))",
    "E(eigvals(xq*w' + w*xq'))",
    "E(svdvals(xq*w' + I))",
    "E(opnorm(xq*w' + I) + nucnorm(xq*w' + I))",
    "E([prediction, w'*xq, 1])",
    "E([[prediction, 1], [2, w'*xq]])",
    "prob(prediction > 0)",
    "prob(not (prediction > 0) or w'*xq <= 0 and norm(xq) < 1)",
    "prob(0 < prediction < 1/2)",
    "prob(xq == xq)",
    "prob(xq != w)",
};

static void check_one(bench *b, const char *text)
{
    lsa_error err = {0};
    formula_lanes *lanes;
    formula_lane_work *work;
    const double *value;
    double exact[D * D];
    const formula_node *node = inside(b, text);
    const formula_lane_names names = {.context = b, .drawn = drawn, .constant = constant, .pairs = PAIRS};
    check_status(formula_lanes_create(b->arena, node, &names, &lanes, &err), LSA_OK, &err);
    const int width = formula_lanes_width(lanes, ROWS);
    check_status(formula_lane_work_create(lanes, &work, &err), LSA_OK, &err);
    for (ptrdiff_t row = 0; row < ROWS; row++)
        for (int l = 0; l < width; l++)
            formula_lane_row(work, row)[l] = number_at(row, l);
    check_status(formula_lanes_run(lanes, work, &value, &err), LSA_OK, &err);
    for (b->lane = 0; b->lane < width; b->lane += 17) {
        check_status(exactly(b, node, exact, &err), LSA_OK, &err);
        for (ptrdiff_t k = 0; k < node->rows.size * node->cols.size; k++) {
            const double found = value[k * width + b->lane];
            if (!(fabs(found - exact[k]) <= 1e-12 * (1.0 + fabs(exact[k]))))
                print_error("%s, lane %d, entry %td: %.17g, exactly %.17g\n", text, b->lane, k, found, exact[k]);
            assert_true(fabs(found - exact[k]) <= 1e-12 * (1.0 + fabs(exact[k])));
        }
    }
    formula_lane_work_destroy(work);
}

static void all_operations(void **state)
{
    bench b;
    (void)state;
    bench_make(&b);
    for (size_t k = 0; k < sizeof formulas / sizeof *formulas; k++)
        check_one(&b, formulas[k]);
    lsa_arena_destroy(b.arena);
}

/* What has no value in a lane is NaN there and nowhere else; an index out of range is an error with its number. */
static void no_values(void **state)
{
    bench b;
    lsa_error err = {0};
    formula_lanes *lanes;
    formula_lane_work *work;
    const double *value;
    (void)state;
    bench_make(&b);
    const formula_lane_names names = {.context = &b, .drawn = drawn, .constant = constant, .pairs = PAIRS};
    check_status(formula_lanes_create(b.arena, inside(&b, "E(log(prediction))"), &names, &lanes, &err), LSA_OK, &err);
    const int width = formula_lanes_width(lanes, ROWS);
    check_status(formula_lane_work_create(lanes, &work, &err), LSA_OK, &err);
    for (int l = 0; l < width; l++)
        formula_lane_row(work, ROWS - 1)[l] = l % 2 == 0 ? 1.0 : -1.0;
    check_status(formula_lanes_run(lanes, work, &value, &err), LSA_OK, &err);
    for (int l = 0; l < width; l++)
        assert_true(l % 2 == 0 ? value[l] == 0.0 : isnan(value[l]));
    formula_lane_work_destroy(work);
    check_status(formula_lanes_create(b.arena, inside(&b, "E(sum(x[5]))"), &names, &lanes, &err), LSA_OK, &err);
    formula_lanes_width(lanes, ROWS);
    check_status(formula_lane_work_create(lanes, &work, &err), LSA_OK, &err);
    check_status(formula_lanes_run(lanes, work, &value, &err), LSA_ERR_DOMAIN, &err);
    assert_non_null(strstr(err.text, "x[5]"));
    formula_lane_work_destroy(work);
    lsa_error_clear(&err);
    check_status(formula_lanes_create(b.arena, inside(&b, "E(pinv(xq*w'))"), &names, &lanes, &err), LSA_ERR_UNABLE,
                 &err);
    assert_non_null(strstr(err.text, "pinv"));
    lsa_arena_destroy(b.arena);
}

static formula_growth leaf_growth(void *context, const formula_node *node)
{
    (void)context;
    return (formula_growth){.covariate = strcmp(node->text, "x") == 0, .gaussian = 1.0};
}

static void moments(void **state)
{
    static const struct {
        const char *text;
        double covariate;
        bool known;
    } cases[] = {
        {"E((w'*x[1])^3)", 3.0, true},
        {"E(sum(i, x[i]*x[i]')*x[2])", 3.0, true},
        {"E(norm(x[1])^4 + 1)", 4.0, true},
        {"E(1/entry(xq, 1))", 0.0, false},
        {"E(norm(xq)^(-1))", 0.0, false},
        {"E(1/(1 + norm(xq)^2))", 0.0, true},
        {"E((xq'*xq + N)^(-2)*norm(x[1]))", 1.0, true},
        {"E(1/(norm(xq)^2 - 1))", 0.0, false},
        {"E(exp(w'*xq))", 0.0, false},
        {"E(exp(entry(xq, 1)))", 0.0, true},
        {"E(exp(-norm(x[1])^2/2))", 0.0, true},
        {"E(exp(norm(xq)^2))", 0.0, false},
        {"E(log(norm(x[1])))", 1.0, true},
        {"E(inv(xq*xq' + I))", 0.0, false},
        {"E(det(x[1]*x[1]'))", 6.0, true},
    };
    bench b;
    (void)state;
    bench_make(&b);
    const formula_lane_names names = {.context = &b, .drawn = drawn, .constant = constant, .pairs = PAIRS};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const formula_node *unknown;
        const formula_growth g = formula_growth_of(inside(&b, cases[k].text), &names, leaf_growth, NULL, &unknown);
        if ((unknown == NULL) != cases[k].known)
            print_error("%s\n", cases[k].text);
        assert_int_equal(unknown == NULL, cases[k].known);
        if (cases[k].known)
            assert_true(g.covariate == cases[k].covariate);
    }
    lsa_arena_destroy(b.arena);
}

/* Messages name the place; nothing that a prompt draws stands alone, no mean in a mean, no mean without its point. */
static void refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"prediction == 0", "drawn anew"},
        {"norm(xq) > 0", "drawn anew"},
        {"E(prediction) == 0", "taken at one point"},
        {"rate(E(prediction)) == 0", "not in rate"},
        {"E(E(xq)) == xq", "mean inside a mean"},
        {"E(u) == 0", "takes the mean of what prompts draw"},
        {"quantile(entry(xq, 1), 1) == 0", "between 0 and 1"},
        {"quantile(entry(xq, 1), 0) == 0", "between 0 and 1"},
        {"quantile(entry(xq, 1), 1.5) == 0", "between 0 and 1"},
        {"quantile(entry(xq, 1), -0.5) == 0", "between 0 and 1"},
        {"quantile(xq, 0.5) == 0", "scalar"},
        {"prob(xq) == 0", "condition"},
        {"prob(N > 1) == 1", "something that prompts draw"},
        {"E(x) == 0", "family"},
        {"E(x[0]) == 0", "no pair"},
        {"E(x[i]) == 0", "not bound"},
        {"E(ridge(prediction)) == 0", "same for every prompt"},
        {"trained(xq) == 0", "not of one prompt"},
        {"ols == 0", "drawn anew"},
    };
    bench b;
    (void)state;
    bench_make(&b);
    b.scope.one_point = false;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lsa_error err = {0};
        const formula_node *node;
        int count;
        const char *text = cases[k].text;
        lsa_source source = {.name = "formula", .text = text, .length = strlen(text), .option = true};
        const lsa_node scalar = {
            .kind = LSA_NODE_SCALAR, .source = &source, .line = 1, .column = 1, .text = text, .length = strlen(text)};
        check_status(formula_check(&b.scope, &scalar, &node, &count, &err), LSA_ERR_INPUT, &err);
        if (strstr(err.text, cases[k].message) == NULL)
            print_error("%s: %s\n", text, err.text);
        assert_non_null(strstr(err.text, cases[k].message));
        assert_non_null(strstr(err.text, "character"));
    }
    lsa_arena_destroy(b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_operations),
        cmocka_unit_test(no_values),
        cmocka_unit_test(moments),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
