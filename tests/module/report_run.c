/* The run directory: figures from any data, user text that stays text, a gnuplot that is missing, slow or failing. */
#define _POSIX_C_SOURCE 200809L
#include "base/text.h"
#include "check.h"
#include "report/gnuplot.h"
#include "report/report.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

/* A fresh directory for each test, and what the run said. */
typedef struct fixture {
    char root[64];
    char path[PATH_SIZE]; /* root/out/model */
    FILE *messages;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    snprintf(f->root, sizeof f->root, "/tmp/lsaflow-report-XXXXXX");
    if (f == NULL || mkdtemp(f->root) == NULL)
        return -1;
    snprintf(f->path, sizeof f->path, "%s/out/model", f->root);
    f->messages = tmpfile();
    *state = f;
    return f->messages != NULL ? 0 : -1;
}

static void remove_tree(const char *path)
{
    DIR *directory = opendir(path);
    for (const struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL;
         entry = readdir(directory)) {
        char name[PATH_SIZE + 300];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (unlink(name) != 0)
            remove_tree(name);
    }
    if (directory != NULL)
        closedir(directory);
    rmdir(path);
}

static int tear_down(void **state)
{
    fixture *f = *state;
    fclose(f->messages);
    remove_tree(f->root);
    free(f);
    return 0;
}

static lsa_run_directory *open_run(const fixture *f, const char *title)
{
    lsa_error err;
    lsa_run_options options = lsa_run_options_defaults();
    options.path = f->path;
    options.title = title;
    options.messages = f->messages;
    lsa_run_directory *directory = NULL;
    check_status(lsa_run_directory_create(&options, &directory, &err), LSA_OK, &err);
    return directory;
}

/* The size of a file of the run; -1 where there is none. */
static long size_of(const fixture *f, const char *name)
{
    char path[2 * PATH_SIZE];
    struct stat there;
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    return stat(path, &there) == 0 ? (long)there.st_size : -1;
}

static void read_file(const fixture *f, const char *name, lsa_text *text)
{
    char path[2 * PATH_SIZE];
    lsa_error err;
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    lsa_text_init(text);
    check_status(lsa_text_read_file(text, path, 1 << 24, &err), LSA_OK, &err);
}

static void read_messages(const fixture *f, char *text, size_t size)
{
    rewind(f->messages);
    text[fread(text, 1, size - 1, f->messages)] = '\0';
}

static void check_quiet(const fixture *f)
{
    char said[4096];
    read_messages(f, said, sizeof said);
    assert_string_equal(said, "");
}

/* No file that is still being written, in a directory of the run. */
static void check_no_remains(const char *path)
{
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        const bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if ((entry->d_name[0] == '.' && !dots) || strstr(entry->d_name, ".tmp") != NULL)
            fail_msg("left behind: %s", entry->d_name);
    }
    closedir(directory);
}

static void check_drawn(const fixture *f, const char *stem)
{
    char name[64];
    static const char *const extensions[] = {"csv", "gp", "png", "svg"};
    for (size_t k = 0; k < 4; ++k) {
        snprintf(name, sizeof name, "%s.%s", stem, extensions[k]);
        if (size_of(f, name) <= 0)
            fail_msg("%s is missing or empty", name);
    }
}

/* The exact flow of d = 1, Lambda = 1 up to scale: a gap that falls from 1 to 1e-12. */
enum { SAMPLES = 60 };
typedef struct example {
    double time[SAMPLES], gap[SAMPLES], action[SAMPLES], u[SAMPLES], U[SAMPLES];
    lsa_report_mode mode;
    lsa_report_flow flow;
} example;

static void make_example(example *e)
{
    double action = 0.0;
    for (int i = 0; i < SAMPLES; ++i) {
        e->time[i] = i == 0 ? 0.0 : 0.01 * exp(0.14 * i);
        e->u[i] = 1.0 / sqrt(1.0 + 99.0 * exp(-2.0 * e->time[i]));
        e->gap[i] = pow(1.0 - e->u[i] * e->u[i], 2.0) + 1e-12;
        action += i == 0 ? 0.0 : e->u[i] * e->u[i] * (e->time[i] - e->time[i - 1]);
        e->action[i] = action;
        e->U[i] = e->u[i];
    }
    e->mode = (lsa_report_mode){1.0, e->U, 1.0};
    e->flow = (lsa_report_flow){.count = SAMPLES,
                                .time = e->time,
                                .gap = e->gap,
                                .action = e->action,
                                .mu = 1e-3,
                                .sharp = 1.0,
                                .local_rate = 4.0,
                                .u = e->u,
                                .u_limit = 1.0,
                                .n_modes = 1,
                                .modes = &e->mode};
}

static void draw_flow(lsa_run_directory *directory, const lsa_report_flow *flow)
{
    lsa_error err;
    check_status(lsa_figure_gap(directory, "gap", flow, &err), LSA_OK, &err);
    check_status(lsa_figure_parameters(directory, "parameters", flow, &err), LSA_OK, &err);
}

/* The SVG names every series, and its solid lines are no dots of length 1. */
static void check_legend(const fixture *f, const char *stem, size_t n, const lsa_report_series *series)
{
    char name[64];
    lsa_text svg;
    snprintf(name, sizeof name, "%s.svg", stem);
    read_file(f, name, &svg);
    for (size_t k = 0; k < n; ++k)
        if (series[k].label != NULL && series[k].n > 0)
            check_contains(svg.data, series[k].label);
    assert_null(strstr(svg.data, "stroke-dasharray='1.0'"));
    lsa_text_clear(&svg);
}

static void a_whole_run(void **state)
{
    const fixture *f = *state;
    const double M[] = {10, 20, 40, 80}, error[] = {0.8, 0.4, 0.2, 0.1}, sigma[] = {0.02, NAN, 0.01, 0.3};
    const double best[] = {0, 0, 0, 0};
    const lsa_report_series series[] = {
        {.label = "closed form", .colour = 4, .n = 4, .x = M, .y = error},
        {.label = "best linear", .colour = 3, .dash = 3, .n = 4, .x = M, .y = best},
        {.label = "Monte Carlo", .points = true, .n = 4, .x = M, .y = error, .sigma = sigma}};
    const lsa_report_panel panel = {.title = "longer", .mark = 40, .n_series = 3, .series = series};
    const lsa_report_panels errors = {
        .x_label = "M", .y_label = "error", .name = "longer", .caption = "Errors.", .n_panels = 1, .panels = &panel};
    const lsa_report_claim claim = {.name = "limit",
                                    .source = "<4.1>",
                                    .context = NAN,
                                    .predicted = {1, NULL},
                                    .measured = {1, NULL},
                                    .verdict = "holds",
                                    .why = "a & b"};
    lsa_error err;
    example e;
    make_example(&e);
    lsa_run_directory *directory = open_run(f, "A <title> & \"more\"");
    lsa_json *json = lsa_json_create();
    lsa_table *table = lsa_report_claims_table(1, &claim);
    check_status(lsa_run_directory_claims(directory, 1, &claim, "holds", 0, &err), LSA_OK, &err);
    check_status(lsa_run_directory_json(directory, json, &err), LSA_OK, &err);
    check_status(lsa_run_directory_table(directory, "tests", "Test errors", table, &err), LSA_OK, &err);
    draw_flow(directory, &e.flow);
    check_status(lsa_figure_panels(directory, "errors", &errors, &err), LSA_OK, &err);
    check_status(lsa_run_directory_finish(directory, &err), LSA_OK, &err);
    check_quiet(f);
    check_drawn(f, "gap");
    check_drawn(f, "parameters");
    check_drawn(f, "errors");
    check_no_remains(f->path);
    check_legend(f, "errors", sizeof series / sizeof *series, series);
    lsa_text page;
    read_file(f, "index.html", &page);
    check_contains(page.data, "<title>A &lt;title&gt; &amp; &quot;more&quot;</title>");
    check_contains(page.data, "<figure id=\"gap\">\n<div class=\"drawing\" role=\"img\"");
    check_contains(page.data, "xlink:href='#gap-gpPt");
    assert_null(strstr(page.data, "<title>Gnuplot"));
    check_contains(page.data, "<dt>because</dt><dd>a &amp; b</dd>");
    check_contains(page.data, "<h2>Test errors</h2>");
    lsa_text_clear(&page);
    lsa_json_destroy(json);
    lsa_table_destroy(table);
    lsa_run_directory_destroy(directory);
}

static void degenerate_data_is_drawn(void **state)
{
    const fixture *f = *state;
    const double zero = 0.0, one = 1.0, nothing = NAN, infinite = INFINITY, tiny[] = {1, 1e-300}, two[] = {1, 1};
    const lsa_report_mode modes[] = {{1, &one, NAN}, {0, &zero, 0}};
    const lsa_report_flow flows[] = {
        {.count = 0, .mu = NAN, .sharp = NAN, .local_rate = NAN, .u_limit = NAN},
        {.count = 1, .time = &zero, .gap = &one, .mu = 1, .sharp = 1, .local_rate = 1, .u = &one, .u_limit = 1},
        {.count = 1,
         .time = &one,
         .gap = &zero,
         .mu = NAN,
         .sharp = 1,
         .local_rate = 1,
         .u = &one,
         .u_limit = NAN,
         .n_modes = 2,
         .modes = modes},
        {.count = 1, .time = &one, .gap = &one, .mu = 0, .sharp = NAN, .local_rate = NAN, .u = &zero, .u_limit = 0},
        {.count = 1,
         .time = &one,
         .gap = &nothing,
         .mu = INFINITY,
         .sharp = NAN,
         .local_rate = 0,
         .u = &nothing,
         .u_limit = INFINITY},
        {.count = 2,
         .time = two,
         .gap = tiny,
         .action = tiny,
         .mu = 1e300,
         .sharp = 1e300,
         .local_rate = 1e9,
         .u = tiny,
         .u_limit = -1e-300}};
    const lsa_report_series series[] = {
        {.label = "empty"},
        {.label = "at infinity", .n = 1, .x = &infinite, .y = &one},
        {.label = "one place", .n = 1, .x = &one, .y = &one},
        {.label = "zero", .dash = 1, .n = 1, .x = &one, .y = &zero},
        {.label = "no bar", .points = true, .marker = 5, .colour = 7, .shade = 1, .n = 1, .x = &one, .y = &one},
        {.label = "no value", .points = true, .n = 1, .x = &zero, .y = &nothing, .sigma = &nothing},
        {.n = 2, .x = two, .y = tiny}};
    const lsa_report_training trainings[] = {
        {.average_to_limit = NAN},
        {.count = 1, .step = &zero, .time = &zero, .to_flow = &zero, .to_limit = &one, .average_to_limit = NAN},
        {.count = 2, .step = two, .average_to_limit = 1e-300},
        {.count = 2, .step = two, .time = two, .to_flow = tiny, .to_limit = two, .average_to_limit = 0.1}};
    lsa_error err;
    lsa_run_directory *directory = open_run(f, NULL);
    for (size_t k = 0; k < sizeof flows / sizeof *flows; ++k) {
        draw_flow(directory, &flows[k]);
        check_drawn(f, "gap");
        check_drawn(f, "parameters");
    }
    enum { SERIES = sizeof series / sizeof *series };
    lsa_report_panel panels[LSA_FIGURE_PANELS] = {{.n_series = 0}};
    for (ptrdiff_t k = 0; k < SERIES; ++k) { /* each alone, then all in every number of panels */
        panels[0] = (lsa_report_panel){.mark = NAN, .n_series = 1, .series = &series[k]};
        const lsa_report_panels one_panel = {
            .x_label = "x", .y_label = "y", .caption = "Degenerate.", .n_panels = 1, .panels = panels};
        check_status(lsa_figure_panels(directory, "errors", &one_panel, &err), LSA_OK, &err);
        check_drawn(f, "errors");
        check_legend(f, "errors", 1, &series[k]);
    }
    for (ptrdiff_t n = 1; n <= LSA_FIGURE_PANELS; ++n) {
        panels[n - 1] =
            (lsa_report_panel){.title = "all", .mark = 1, .n_series = n == 2 ? 0 : SERIES, .series = series};
        const lsa_report_panels figure = {.x_label = "x",
                                          .y_label = "y",
                                          .name = "name",
                                          .caption = "Degenerate.",
                                          .fraction = n == 3,
                                          .n_panels = n,
                                          .panels = panels};
        check_status(lsa_figure_panels(directory, "errors", &figure, &err), LSA_OK, &err);
        check_drawn(f, "errors");
        check_legend(f, "errors", SERIES, series);
    }
    for (size_t k = 0; k < sizeof trainings / sizeof *trainings; ++k) {
        check_status(lsa_figure_training(directory, "training", &trainings[k], &err), LSA_OK, &err);
        check_drawn(f, "training");
    }
    check_quiet(f);
    lsa_run_directory_destroy(directory);
}

/* Titles that would run a command, end the string or be read as markup, each naming the canary that it would leave. */
static void hostile_titles_are_drawn_as_they_stand(void **state)
{
    const fixture *f = *state;
    static const struct {
        const char *title, *svg;
    } cases[] = {{"\"; system('touch canary'); \"", "\"; system('touch canary'); \""},
                 {"`touch canary`", "`touch canary`"},
                 {"'.system('touch canary').'", "'.system('touch canary').'"},
                 {"\\\"; ! touch canary", "\\\"; ! touch canary"},
                 {"@data {/Bold x}_{y}^2 &{z} ~a{b}", "@data {/Bold x}_{y}^2 &amp;{z} ~a{b}"},
                 {"back\\slash \\n \\x41 \\101 $HOME $(touch canary) %d",
                  "back\\slash \\n \\x41 \\101 $HOME $(touch canary) %d"},
                 {"first\n! touch canary\nlast # comment", "first ! touch canary last # comment"},
                 {"{ [ ( unbalanced <script>", "{ [ ( unbalanced &lt;script>"},
                 {"ends with \\", "ends with \\"},
                 {"#1, 50%6 [7] it's '1' *3 &5 ~4 |5 !7", "#1, 50%6 [7] it's '1' *3 &amp;5 ~4 |5 !7"},
                 {"\xc3(\xff \x1b[31m λ", "\uFFFD(\uFFFD \uFFFD[31m λ"}};
    example e;
    make_example(&e);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
        lsa_error err;
        lsa_run_directory *directory = open_run(f, cases[k].title);
        check_status(lsa_figure_gap(directory, "gap", &e.flow, &err), LSA_OK, &err);
        check_drawn(f, "gap");
        if (size_of(f, "canary") >= 0)
            fail_msg("a command ran: %s", cases[k].title);
        lsa_text svg;
        read_file(f, "gap.svg", &svg);
        if (strstr(svg.data, cases[k].svg) == NULL)
            fail_msg("not drawn as it stands: %s", cases[k].title);
        lsa_text_clear(&svg);
        lsa_run_directory_destroy(directory);
    }
    check_quiet(f);
}

/* The canary would be left: what the escaping is for. */
static void the_canary_can_sing(void **state)
{
    const fixture *f = *state;
    char path[2 * PATH_SIZE];
    lsa_text words;
    lsa_run_directory_destroy(open_run(f, NULL));
    snprintf(path, sizeof path, "%s/bare.gp", f->path);
    const char script[] = "title = \"`touch canary`\"\n";
    assert_int_equal(lsa_text_write_file(path, script, strlen(script), NULL), LSA_OK);
    lsa_text_init(&words);
    assert_int_equal(lsa_gnuplot_run(f->path, "x = 1", "bare.gp", 20.0, NULL, &words), LSA_CHILD_DONE);
    assert_true(size_of(f, "canary") >= 0);
    lsa_text_clear(&words);
}

/* Two curves of unequal length, a point without a number, an error of zero that no axis shows; and no point at all. */
static void work_and_precision(void **state)
{
    const fixture *f = *state;
    const lsa_report_work points[] = {
        {"fast", 1e-6, 0.01}, {"fast", 1e-9, 0.02}, {"slow", 1e-6, 1.0}, {"slow", NAN, NAN}, {"slow", 0.0, 2.0}};
    lsa_error err;
    lsa_text svg;
    lsa_run_directory *directory = open_run(f, "title");
    check_status(lsa_figure_precision(directory, "precision", "Work", 5, points, &err), LSA_OK, &err);
    check_drawn(f, "precision");
    read_file(f, "precision.svg", &svg);
    assert_non_null(strstr(svg.data, "fast"));
    assert_non_null(strstr(svg.data, "slow"));
    lsa_text_clear(&svg);
    check_status(lsa_figure_precision(directory, "precision-none", "Work", 0, points, &err), LSA_OK, &err);
    check_drawn(f, "precision-none");
    lsa_run_directory_destroy(directory);
    check_quiet(f);
}

/* A copy of $PATH, to be set again. */
static char *present_path(void)
{
    const char *path = getenv("PATH");
    return strdup(path != NULL ? path : "");
}

static void a_missing_gnuplot_is_one_line(void **state)
{
    const fixture *f = *state;
    char *path = present_path();
    char said[4096];
    example e;
    make_example(&e);
    lsa_run_directory *directory = open_run(f, "title");
    draw_flow(directory, &e.flow);
    assert_true(size_of(f, "gap.png") > 0);
    setenv("PATH", "", 1);
    draw_flow(directory, &e.flow);
    setenv("PATH", path, 1);
    read_messages(f, said, sizeof said);
    assert_string_equal(said, "warning: gnuplot was not found: data and scripts are written, figures are not\n");
    assert_true(size_of(f, "gap.csv") > 0);
    assert_true(size_of(f, "gap.gp") > 0);
    assert_int_equal(size_of(f, "gap.png"), -1); /* the earlier figure does not show this run */
    assert_int_equal(lsa_run_directory_finish(directory, NULL), LSA_OK);
    lsa_run_directory_destroy(directory);
    free(path);
}

/* A gnuplot of the test's own, first in the PATH. */
static void with_gnuplot(const fixture *f, const char *script, double seconds, char *said, size_t size)
{
    char program[2 * PATH_SIZE], bin[PATH_SIZE];
    char *path = present_path();
    lsa_error err;
    example e;
    make_example(&e);
    snprintf(bin, sizeof bin, "%s/bin", f->root);
    snprintf(program, sizeof program, "%s/gnuplot", bin);
    assert_int_equal(mkdir(bin, 0777), 0);
    assert_int_equal(lsa_text_write_file(program, script, strlen(script), NULL), LSA_OK);
    assert_int_equal(chmod(program, 0755), 0);
    lsa_run_options options = lsa_run_options_defaults();
    options.path = f->path;
    options.messages = f->messages;
    options.plot_seconds = seconds;
    lsa_run_directory *directory = NULL;
    check_status(lsa_run_directory_create(&options, &directory, &err), LSA_OK, &err);
    setenv("PATH", bin, 1);
    check_status(lsa_figure_gap(directory, "gap", &e.flow, &err), LSA_OK, &err);
    setenv("PATH", path, 1);
    assert_int_equal(size_of(f, "gap.png"), -1);
    check_no_remains(f->path);
    read_messages(f, said, size);
    lsa_run_directory_destroy(directory);
    free(path);
}

static void a_failing_gnuplot_is_a_warning(void **state)
{
    char said[8192];
    with_gnuplot(*state, "#!/bin/sh\necho 'bad \033[31m terminal' >&2\nexit 1\n", 20.0, said, sizeof said);
    assert_string_equal(said, "warning: figure gap was not drawn: bad \uFFFD[31m terminal \n");
}

static void a_gnuplot_that_draws_nothing_is_a_warning(void **state)
{
    char said[8192];
    with_gnuplot(*state, "#!/bin/sh\nexit 0\n", 20.0, said, sizeof said);
    assert_string_equal(said, "warning: figure gap was not drawn\n");
}

static void a_slow_gnuplot_is_ended(void **state)
{
    char said[8192];
    with_gnuplot(*state, "#!/bin/sh\nexec /bin/sleep 100\n", 0.2, said, sizeof said);
    assert_string_equal(said, "warning: figure gap: gnuplot took more than 0.2 s\n");
}

static void a_talkative_gnuplot_is_cut(void **state)
{
    char said[8192];
    with_gnuplot(*state,
                 "#!/bin/sh\ni=0\nwhile [ $i -lt 20000 ]; do echo words words words; i=$((i+1)); done\nexit 1\n", 20.0,
                 said, sizeof said);
    assert_true(strlen(said) < 4200);
}

/* A path through a file cannot become a directory; a file in the way of a result is refused, and nothing is left. */
static void what_cannot_be_written_is_said(void **state)
{
    const fixture *f = *state;
    lsa_error err;
    char path[2 * PATH_SIZE];
    lsa_run_options options = lsa_run_options_defaults();
    lsa_run_directory *directory = NULL;
    snprintf(path, sizeof path, "%s/file", f->root);
    assert_int_equal(lsa_text_write_file(path, "x", 1, NULL), LSA_OK);
    snprintf(path, sizeof path, "%s/file/out", f->root);
    options.path = path;
    check_status(lsa_run_directory_create(&options, &directory, &err), LSA_ERR_WRITE, &err);
    check_contains(err.text, "/file: not a directory");
    options.path = "";
    check_status(lsa_run_directory_create(&options, &directory, &err), LSA_ERR_WRITE, &err);
    options.path = "/proc/nowhere/out";
    check_status(lsa_run_directory_create(&options, &directory, &err), LSA_ERR_WRITE, &err);
    assert_null(directory);
    directory = open_run(f, NULL);
    snprintf(path, sizeof path, "%s/summary.json", f->path);
    assert_int_equal(mkdir(path, 0777), 0);
    lsa_json *json = lsa_json_create();
    check_status(lsa_run_directory_json(directory, json, &err), LSA_ERR_WRITE, &err);
    check_no_remains(f->path);
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
}

static void a_directory_that_vanished_is_said(void **state)
{
    const fixture *f = *state;
    lsa_error err;
    example e;
    make_example(&e);
    lsa_run_directory *directory = open_run(f, NULL);
    assert_int_equal(rmdir(f->path), 0);
    check_status(lsa_figure_gap(directory, "gap", &e.flow, &err), LSA_ERR_WRITE, &err);
    check_status(lsa_run_directory_finish(directory, &err), LSA_ERR_WRITE, &err);
    lsa_run_directory_destroy(directory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_whole_run),
                                       TEST(degenerate_data_is_drawn),
                                       TEST(hostile_titles_are_drawn_as_they_stand),
                                       TEST(the_canary_can_sing),
                                       TEST(work_and_precision),
                                       TEST(a_missing_gnuplot_is_one_line),
                                       TEST(a_failing_gnuplot_is_a_warning),
                                       TEST(a_gnuplot_that_draws_nothing_is_a_warning),
                                       TEST(a_slow_gnuplot_is_ended),
                                       TEST(a_talkative_gnuplot_is_cut),
                                       TEST(what_cannot_be_written_is_said),
                                       TEST(a_directory_that_vanished_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
