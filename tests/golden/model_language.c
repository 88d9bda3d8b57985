/* model_language.c - the table of keys in docs/model-language.md is the one that the program checks.
 *
 * Run with --write it writes the table into the page; without, it fails when the page is stale. */
#include "base/text.h"
#include "check.h"
#include "model/schema.h"

#include <stdio.h>
#include <string.h>

static const char page[] = LSA_DOCS "/model-language.md";
static const char begin[] = "<!-- keys: begin -->\n";
static const char end[] = "<!-- keys: end -->";

/* The page with the table put between its marks. */
static void expected_page(const lsa_text *current, lsa_text *out)
{
    const char *start = strstr(current->data, begin), *stop = strstr(current->data, end);
    assert_non_null(start);
    assert_true(stop != NULL && stop > start);
    start += sizeof begin - 1;
    lsa_text_add_bytes(out, current->data, (size_t)(start - current->data));
    lsa_schema_markdown(out);
    lsa_text_add(out, stop);
    assert_false(out->failed);
}

static void table_is_current(void **state)
{
    const bool write = *(const bool *)*state;
    lsa_error err = {0};
    lsa_text current, expected;
    lsa_text_init(&current);
    lsa_text_init(&expected);
    check_status(lsa_text_read_file(&current, page, 1 << 20, &err), LSA_OK, &err);
    expected_page(&current, &expected);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(table_is_current, &write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
