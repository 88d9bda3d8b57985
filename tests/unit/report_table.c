/* Tables: CSV reads back, text is aligned by what a terminal shows, HTML and terminals get no live user text. */
#define _XOPEN_SOURCE 700
#include "base/rng.h"
#include "base/text.h"
#include "check.h"
#include "report/report.h"
#include "report/utf8_text.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef lsa_status (*renderer)(const lsa_table *table, lsa_text *out, lsa_error *err);

static lsa_status as_text(const lsa_table *table, lsa_text *out, lsa_error *err)
{
    return lsa_table_render(table, false, out, err);
}

static void check_rendering(const lsa_table *table, renderer render, const char *want)
{
    lsa_error err;
    lsa_text text;
    lsa_text_init(&text);
    check_status(render(table, &text, &err), LSA_OK, &err);
    assert_string_equal(text.data, want);
    lsa_text_clear(&text);
}

static void csv_numbers_read_back(void **state)
{
    (void)state;
    enum { ROWS = 3000 };
    static double x[ROWS];
    const lsa_table_column column = {.name = "x", .unit = "s"};
    lsa_table *table = lsa_table_create(1, &column);
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 1);
    for (int i = 0; i < ROWS; ++i) {
        double uniform[2];
        lsa_rng_uniforms(&rng, 2, uniform);
        x[i] = ldexp(uniform[0] - 0.5, (int)(2090.0 * uniform[1]) - 1070);
        lsa_table_number(table, x[i]);
    }
    lsa_text text;
    lsa_text_init(&text);
    assert_int_equal(lsa_table_csv(table, &text, NULL), LSA_OK);
    char *line = strtok(text.data, "\n");
    assert_string_equal(line, "x [s]");
    for (int i = 0; i < ROWS; ++i) {
        line = strtok(NULL, "\n");
        const double got = strtod(line, NULL);
        assert_memory_equal(&got, &x[i], sizeof got);
    }
    assert_null(strtok(NULL, "\n"));
    lsa_text_clear(&text);
    lsa_table_destroy(table);
}

static void csv_quotes_what_separates(void **state)
{
    (void)state;
    const lsa_table_column columns[] = {{.name = "name, first"}, {.name = "value"}};
    lsa_table *table = lsa_table_create(2, columns);
    lsa_table_string(table, "say \"hi\"");
    lsa_table_number(table, NAN);
    lsa_table_string(table, "two\nlines");
    lsa_table_number(table, -INFINITY);
    lsa_table_string(table, NULL);
    lsa_table_number(table, 0.1);
    assert_int_equal(lsa_table_rows(table), 3);
    check_rendering(table, lsa_table_csv, "\"name, first\",value\n\"say \"\"hi\"\"\",nan\ntwo lines,-inf\n,0.1\n");
    lsa_table_destroy(table);
}

/* A spreadsheet takes a cell that starts so for a formula; a number with a sign is none. */
static void csv_holds_no_formula(void **state)
{
    (void)state;
    const lsa_table_column columns[] = {{.name = "=1+1"}};
    lsa_table *table = lsa_table_create(1, columns);
    static const char *const cells[] = {"=cmd|'/C calc'!A0", "+1,2", "-", "@SUM(1)", "-1.5e3", "a=b", "\033[31m\uFFFE"};
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        lsa_table_string(table, cells[k]);
    check_rendering(
        table, lsa_table_csv,
        "\"'=1+1\"\n\"'=cmd|'/C calc'!A0\"\n\"'+1,2\"\n\"'-\"\n\"'@SUM(1)\"\n-1.5e3\na=b\n\uFFFD[31m\uFFFD\n");
    lsa_table_destroy(table);
}

static void text_is_aligned_by_width(void **state)
{
    (void)state;
    const lsa_table_column columns[] = {
        {.name = "name"}, {.name = "x", .heading = "λ"}, {.name = "v", .verdict = true}};
    lsa_table *table = lsa_table_create(3, columns);
    lsa_table_string(table, "‖Γ‖");
    lsa_table_number(table, 1.5);
    lsa_table_string(table, "holds");
    lsa_table_string(table, "e\xcc\x81t\xc3\xa9"); /* a combining accent: three columns */
    lsa_table_number(table, NAN);
    lsa_table_string(table, "fails");
    lsa_table_string(table, "漢字");
    lsa_table_number(table, INFINITY);
    lsa_table_string(table, "a\x1b[31m\n");
    check_rendering(table, as_text,
                    "name    λ  v\n"
                    "────  ───  ───────\n"
                    "‖Γ‖   1.5  holds\n"
                    "e\xcc\x81t\xc3\xa9     -  fails\n"
                    "漢字    ∞  a\uFFFD[31m \n");
    lsa_table_destroy(table);
}

static void colour_is_only_for_verdicts(void **state)
{
    (void)state;
    const lsa_table_column columns[] = {{.name = "name"}, {.name = "verdict", .verdict = true}};
    lsa_table *table = lsa_table_create(2, columns);
    lsa_table_string(table, "holds");
    lsa_table_string(table, "fails");
    lsa_text text;
    lsa_text_init(&text);
    assert_int_equal(lsa_table_render(table, true, &text, NULL), LSA_OK);
    check_contains(text.data, "holds  \033[1;31mfails\033[0m\n");
    lsa_text_clear(&text);
    lsa_table_destroy(table);
}

static void html_is_escaped(void **state)
{
    (void)state;
    const lsa_table_column columns[] = {{.name = "a<b"}, {.name = "v", .verdict = true}};
    lsa_table *table = lsa_table_create(2, columns);
    lsa_table_string(table, "<script>alert('&')</script>");
    lsa_table_string(table, "\" onclick=\"x");
    check_rendering(table, lsa_table_html,
                    "<div class=\"scroll\"><table>\n<tr><th>a&lt;b</th><th>v</th></tr>\n"
                    "<tr><td>&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</td>"
                    "<td class=\"v &quot; onclick=&quot;x\">&quot; onclick=&quot;x</td></tr>\n</table></div>\n");
    lsa_table_destroy(table);
}

static void claims_read_as_a_table(void **state)
{
    (void)state;
    const lsa_report_claim claims[] = {{.name = "limit-u",
                                        .source = "Theorem 4.1",
                                        .context = NAN,
                                        .predicted = {1.25, NULL},
                                        .measured = {1.25, NULL},
                                        .tolerance = {1e-9, NULL},
                                        .slack = {NAN, NULL},
                                        .verdict = "holds"},
                                       {.name = "error",
                                        .source = "(4.6)",
                                        .test = "long",
                                        .context = 200,
                                        .predicted = {0.5, NULL},
                                        .measured = {NAN, NULL},
                                        .tolerance = {NAN, NULL},
                                        .slack = {1.5, NULL},
                                        .verdict = "inconclusive"}};
    lsa_table *table = lsa_report_claims_table(2, claims);
    check_rendering(table, as_text,
                    "claim                  source       predicted  measured  tolerance or slack  verdict\n"
                    "─────────────────────  ───────────  ─────────  ────────  ──────────────────  ────────────\n"
                    "limit-u                Theorem 4.1       1.25      1.25  ± 1e-09             holds\n"
                    "error (long, M = 200)  (4.6)              0.5         -  slack 1.5           inconclusive\n");
    lsa_table_destroy(table);
}

static void trajectory_names_its_entries(void **state)
{
    (void)state;
    const lsa_symbol symbols[] = {{.name = "u", .rows = LSA_DIM_ONE, .cols = LSA_DIM_ONE, .family = LSA_FAMILY_HEAD},
                                  {.name = "U", .rows = LSA_DIM_D, .cols = LSA_DIM_D},
                                  {.name = "k", .rows = LSA_DIM_D, .cols = LSA_DIM_ONE}};
    const lsa_statement statement = {.n_symbols = 3, .symbols = symbols};
    const lsa_block blocks[] = {{"u", 0, 1, true, 1, 1, 0}, {"U", 1, 0, false, 2, 2, 1}, {"k", 2, 0, false, 2, 1, 5}};
    const double time[] = {0, 1}, gap[] = {1, 0.5}, first[] = {1, 11, 21, 12, 22, 5, 6}, last[] = {2, 1, 2, 3, 4, 7, 8};
    const double *states[] = {first, last};
    const lsa_report_flow flow = {.count = 2, .time = time, .gap = gap};
    lsa_table *table = lsa_report_trajectory_table(&flow, &statement, 3, blocks, states, LSA_DETAIL_ALL);
    check_rendering(table, lsa_table_csv,
                    "time,loss,gap,action,u[2],U[1][1],U[1][2],U[2][1],U[2][2],k[1],k[2]\n"
                    "0,nan,1,nan,1,11,12,21,22,5,6\n1,nan,0.5,nan,2,1,3,2,4,7,8\n");
    lsa_table_destroy(table);
    table = lsa_report_trajectory_table(&flow, &statement, 3, blocks, states, LSA_DETAIL_DIAGONAL);
    check_rendering(table, lsa_table_csv,
                    "time,loss,gap,action,u[2],U[1][1],U[2][2],k[1],k[2]\n"
                    "0,nan,1,nan,1,11,22,5,6\n1,nan,0.5,nan,2,1,4,7,8\n");
    lsa_table_destroy(table);
    table = lsa_report_trajectory_table(&flow, &statement, 3, blocks, NULL, LSA_DETAIL_ALL);
    check_rendering(table, lsa_table_csv, "time,loss,gap,action\n0,nan,1,nan\n1,nan,0.5,nan\n");
    lsa_table_destroy(table);
}

static void utf8_is_decoded_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t first;
    } cases[] = {{"A", 'A'},
                 {"\xc2\x80", 0x80},
                 {"\xdf\xbf", 0x7ff},
                 {"\xe0\xa0\x80", 0x800},
                 {"\xf0\x90\x80\x80", 0x10000},
                 {"\xf4\x8f\xbf\xbf", 0x10ffff},
                 {"\xc0\x80", LSA_UTF8_REPLACEMENT},         /* overlong */
                 {"\xe0\x80\x80", LSA_UTF8_REPLACEMENT},     /* overlong */
                 {"\xed\xa0\x80", LSA_UTF8_REPLACEMENT},     /* surrogate */
                 {"\xf4\x90\x80\x80", LSA_UTF8_REPLACEMENT}, /* beyond U+10FFFF */
                 {"\xe2\x82", LSA_UTF8_REPLACEMENT},         /* cut short */
                 {"\x80", LSA_UTF8_REPLACEMENT}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
        const char *text = cases[k].bytes;
        assert_int_equal(lsa_utf8_next(&text), cases[k].first);
        if (cases[k].first != LSA_UTF8_REPLACEMENT)
            assert_int_equal(*text, 0);
        else
            assert_ptr_equal(text, cases[k].bytes + 1);
        lsa_text again;
        lsa_text_init(&again);
        lsa_utf8_add(&again, cases[k].first);
        if (cases[k].first != LSA_UTF8_REPLACEMENT)
            assert_string_equal(again.data, cases[k].bytes);
        lsa_text_clear(&again);
    }
}

static void texts_are_cut_to_a_width(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ptrdiff_t columns;
        const char *want;
    } cases[] = {{"", 3, ""},          {"abc", 3, "abc"},   {"abcd", 3, "ab…"},
                 {"漢字漢", 4, "漢…"}, {"λλλλ", 4, "λλλλ"}, {"ab", 1, "…"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
        lsa_text text;
        lsa_text_init(&text);
        lsa_utf8_add_cut(&text, cases[k].text, cases[k].columns);
        assert_string_equal(text.data, cases[k].want);
        lsa_text_clear(&text);
    }
}

static void modes_are_chosen_by_rank(void **state)
{
    (void)state;
    const double eigenvalues[] = {0.1, 5, 3, 0.2, 4, 1, 2};
    ptrdiff_t chosen[7];
    assert_int_equal(lsa_report_choose_modes(7, eigenvalues, 3, chosen), 3);
    assert_int_equal(chosen[0], 1); /* 5   */
    assert_int_equal(chosen[1], 6); /* 2   */
    assert_int_equal(chosen[2], 0); /* 0.1 */
    assert_int_equal(lsa_report_choose_modes(7, eigenvalues, 1, chosen), 1);
    assert_int_equal(chosen[0], 1);
    assert_int_equal(lsa_report_choose_modes(2, eigenvalues, 6, chosen), 2);
    assert_int_equal(chosen[0], 1);
    assert_int_equal(chosen[1], 0);
}

static void progress_is_silent_off_a_terminal(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    lsa_progress progress;
    lsa_progress_init(&progress, file, false, "flow");
    assert_false(progress.shown);
    lsa_progress_update(&progress, 0.5, "half");
    lsa_progress_clear(&progress);
    assert_int_equal(ftell(file), 0);
    fclose(file);
}

/* Both ends of a pseudo-terminal: what is printed on *screen can be read from the descriptor that is returned. */
static int open_terminal(FILE **screen)
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        skip();
    const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (slave < 0)
        skip();
    *screen = fdopen(slave, "w");
    assert_non_null(*screen);
    return master;
}

/* Reads until nothing has come for a fifth of a second: a terminal hands on what was written piece by piece. */
static void read_terminal(int terminal, char *text, size_t size)
{
    struct pollfd ready = {.fd = terminal, .events = POLLIN};
    size_t length = 0;
    while (length < size - 1 && poll(&ready, 1, 200) > 0) {
        const ssize_t got = read(terminal, text + length, size - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    text[length] = '\0';
}

static void progress_is_drawn_on_a_terminal(void **state)
{
    (void)state;
    char shown[1024];
    FILE *screen = NULL;
    lsa_progress progress;
    const int terminal = open_terminal(&screen);
    lsa_progress_init(&progress, screen, true, "flow");
    assert_false(progress.shown); /* quiet was asked */
    lsa_progress_init(&progress, screen, false, "flow");
    lsa_progress_update(&progress, 0.5, "gap 1e-3");
    lsa_progress_update(&progress, 0.6, "too soon");
    lsa_progress_clear(&progress);
    read_terminal(terminal, shown, sizeof shown);
    assert_string_equal(shown, "\r\033[2Kflow ████████████░░░░░░░░░░░░  50 %  gap 1e-3\r\033[2K");
    fclose(screen);
    close(terminal);
}

static void colour_can_be_refused(void **state)
{
    (void)state;
    char shown[1024];
    FILE *screen = NULL;
    const int terminal = open_terminal(&screen);
    const lsa_table_column column = {.name = "v", .verdict = true};
    lsa_table *table = lsa_table_create(1, &column);
    lsa_table_string(table, "fails");
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_int_equal(lsa_table_print(table, screen, NULL), LSA_OK);
    read_terminal(terminal, shown, sizeof shown);
    check_contains(shown, "\033[1;31mfails\033[0m");
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(lsa_table_print(table, screen, NULL), LSA_OK);
    read_terminal(terminal, shown, sizeof shown);
    assert_null(strchr(shown, '\033'));
    lsa_table_destroy(table);
    fclose(screen);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(csv_numbers_read_back),
                                       cmocka_unit_test(csv_quotes_what_separates),
                                       cmocka_unit_test(csv_holds_no_formula),
                                       cmocka_unit_test(text_is_aligned_by_width),
                                       cmocka_unit_test(colour_is_only_for_verdicts),
                                       cmocka_unit_test(html_is_escaped),
                                       cmocka_unit_test(claims_read_as_a_table),
                                       cmocka_unit_test(trajectory_names_its_entries),
                                       cmocka_unit_test(utf8_is_decoded_strictly),
                                       cmocka_unit_test(texts_are_cut_to_a_width),
                                       cmocka_unit_test(modes_are_chosen_by_rank),
                                       cmocka_unit_test(progress_is_silent_off_a_terminal),
                                       cmocka_unit_test(progress_is_drawn_on_a_terminal),
                                       cmocka_unit_test(colour_can_be_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
