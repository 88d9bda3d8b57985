/* Every allocation of report fails in turn, jansson's among them: the status says so and nothing is left behind. */
#define _POSIX_C_SOURCE 200809L
#include "report/report.h"
#include "base/text.h"
#include "base/try.h"
#include "check.h"
#include "fault.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const lsa_report_hypothesis hypothesis = {"h", {1, NULL}, {2, NULL}, {1, NULL}, true};
static const lsa_report_claim claim = {.name = "c",
                                       .source = "s",
                                       .test = "t",
                                       .context = 3,
                                       .n_hypotheses = 1,
                                       .hypotheses = &hypothesis,
                                       .predicted = {1, NULL},
                                       .measured = {NAN, "none"},
                                       .verdict = "fails",
                                       .why = "why"};
static const double numbers[] = {1, 2, NAN, 4};

static lsa_status build_json(void *context)
{
    (void)context;
    lsa_text text;
    lsa_json *json = lsa_json_create();
    lsa_text_init(&text);
    lsa_json_claims(json, 1, &claim);
    lsa_json_matrix(json, "A", 2, 2, numbers);
    lsa_json_vector(json, "x", 4, numbers);
    lsa_json_string(json, "text", "a longer text, for a second allocation of the copy that is made of it: λ λ λ λ λ λ");
    const lsa_status status = lsa_json_render(json, &text, NULL);
    lsa_text_clear(&text);
    lsa_json_destroy(json);
    return status;
}

/* jansson allocates through these here, so that its failures are injected too. */
static void *allocate(size_t size)
{
    return malloc(size);
}

static void release(void *block)
{
    free(block);
}

static void json(void **state)
{
    (void)state;
    json_set_alloc_funcs(allocate, release);
    check_at_least((double)lsa_fault_each(build_json, NULL), 50.0);
}

static lsa_status build_tables(void *context)
{
    (void)context;
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_table *table = lsa_report_claims_table(1, &claim);
    LSA_TRY(lsa_table_csv(table, &text, NULL));
    LSA_TRY(lsa_table_render(table, true, &text, NULL));
    LSA_TRY(lsa_table_html(table, &text, NULL));
done:
    lsa_text_clear(&text);
    lsa_table_destroy(table);
    return status;
}

static void tables(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(build_tables, NULL), 15.0);
}

static lsa_status build_trajectory(void *context)
{
    (void)context;
    static const lsa_symbol symbols[] = {{.name = "U", .rows = LSA_DIM_D, .cols = LSA_DIM_D}};
    static const lsa_statement statement = {.n_symbols = 1, .symbols = symbols};
    const lsa_block block = {"U", 0, 0, false, 2, 2, 0};
    const double *states[] = {numbers};
    const lsa_report_flow flow = {.count = 1, .time = numbers};
    lsa_text text;
    lsa_text_init(&text);
    lsa_table *table = lsa_report_trajectory_table(&flow, &statement, 1, &block, states, LSA_DETAIL_ALL);
    const lsa_status status = lsa_table_csv(table, &text, NULL);
    lsa_text_clear(&text);
    lsa_table_destroy(table);
    return status;
}

static void trajectory(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(build_trajectory, NULL), 8.0);
}

static lsa_status write_run(void *context)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_run_options options = lsa_run_options_defaults();
    options.path = context;
    options.title = "title";
    options.subtitle = "subtitle";
    options.plots = false;
    const lsa_report_mode mode = {1, numbers, 1};
    const lsa_report_flow flow = {.count = 2,
                                  .time = numbers,
                                  .gap = numbers,
                                  .mu = 1,
                                  .sharp = 1,
                                  .local_rate = 1,
                                  .u = numbers,
                                  .u_limit = 1,
                                  .n_modes = 1,
                                  .modes = &mode};
    const lsa_report_series series = {.label = "t", .n = 2, .x = numbers, .y = numbers};
    const lsa_report_panel panel = {.title = "t", .mark = 2, .n_series = 1, .series = &series};
    const lsa_report_panels errors = {
        .x_label = "x", .y_label = "y", .name = "t", .caption = "c", .n_panels = 1, .panels = &panel};
    LSA_TRY(lsa_run_directory_create(&options, &directory, NULL));
    LSA_TRY(lsa_run_directory_claims(directory, 1, &claim, "fails", 0, NULL));
    LSA_TRY(lsa_figure_gap(directory, "gap", &flow, NULL));
    LSA_TRY(lsa_figure_parameters(directory, "parameters", &flow, NULL));
    LSA_TRY(lsa_figure_panels(directory, "errors", &errors, NULL));
    LSA_TRY(lsa_figure_precision(directory, "precision", "title", 1, &(lsa_report_work){"a", 1e-3, 1.0}, NULL));
    LSA_TRY(lsa_run_directory_finish(directory, NULL));
done:
    lsa_run_directory_destroy(directory);
    return status;
}

static void run_directory(void **state)
{
    (void)state;
    char root[] = "/tmp/lsaflow-fault-XXXXXX";
    static const char *const files[] = {"verdicts.csv", "gap.csv",   "gap.gp",        "parameters.csv", "parameters.gp",
                                        "errors.csv",   "errors.gp", "precision.csv", "precision.gp",   "index.html"};
    assert_non_null(mkdtemp(root));
    check_at_least((double)lsa_fault_each(write_run, root), 60.0);
    for (size_t k = 0; k < sizeof files / sizeof *files; ++k) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", root, files[k]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(root), 0); /* empty: no half of a file was left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(json), cmocka_unit_test(tables), cmocka_unit_test(trajectory),
                                       cmocka_unit_test(run_directory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
