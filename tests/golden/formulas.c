/* formulas.c - the tables of functions and names in docs/formulas.md are those that the program uses.
 *
 * Run with --write it writes the tables into the page; without, it fails when the page is stale. */
#include "base/text.h"
#include "check.h"
#include "formula/functions.h"
#include "formula/names.h"

#include <stdio.h>
#include <string.h>

static const char page[] = LSA_DOCS "/formulas.md";

/* What stands between two marks of the page, and who writes it. */
typedef struct part {
    const char *begin, *end;
    void (*write)(lsa_text *out);
} part;

static const part parts[] = {
    {"<!-- functions: begin -->\n", "<!-- functions: end -->", formula_functions_markdown},
    {"<!-- names: begin -->\n", "<!-- names: end -->", formula_names_markdown},
};

static void put(lsa_text *text, const part *p)
{
    lsa_text out;
    const char *start = strstr(text->data, p->begin), *stop = strstr(text->data, p->end);
    assert_non_null(start);
    assert_true(stop != NULL && stop > start);
    start += strlen(p->begin);
    lsa_text_init(&out);
    lsa_text_add_bytes(&out, text->data, (size_t)(start - text->data));
    p->write(&out);
    lsa_text_add(&out, stop);
    assert_false(out.failed);
    lsa_text_clear(text);
    *text = out;
}

static void tables_are_current(void **state)
{
    const bool write = *(const bool *)*state;
    lsa_error err = {0};
    lsa_text current, expected;
    lsa_text_init(&current);
    lsa_text_init(&expected);
    check_status(lsa_text_read_file(&current, page, 1 << 20, &err), LSA_OK, &err);
    lsa_text_add(&expected, current.data);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        put(&expected, &parts[k]);
    if (write)
        check_status(lsa_text_write_file(page, expected.data, expected.length, &err), LSA_OK, &err);
    else if (strcmp(current.data, expected.data) != 0)
        fail_msg("%s is stale: run this test with --write", page);
    lsa_text_clear(&current);
    lsa_text_clear(&expected);
}

int main(int argc, char **argv)
{
    bool write = argc == 2 && strcmp(argv[1], "--write") == 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(tables_are_current, &write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
