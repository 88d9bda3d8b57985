/* The error story: its lines, its cut, and callers that do not want it. */
#include "lsaflow/status.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

static void every_status_has_its_text(void **state)
{
    (void)state;
    assert_string_equal(lsa_status_text(LSA_OK), "ok");
    assert_string_equal(lsa_status_text(LSA_ERR_SHAPE), "matrix shapes do not agree");
    assert_string_equal(lsa_status_text((lsa_status)1000), "unknown status");
}

static void story_grows_by_lines(void **state)
{
    (void)state;
    lsa_error err;
    lsa_error_clear(&err);
    assert_int_equal(err.status, LSA_OK);
    assert_string_equal(err.text, "");
    assert_int_equal(lsa_error_set(&err, LSA_ERR_DOMAIN, "N must be at least 1, got %g", 0.5), LSA_ERR_DOMAIN);
    lsa_error_add(&err, "  while reading %s", "a.yaml");
    assert_int_equal(err.status, LSA_ERR_DOMAIN);
    assert_string_equal(err.text, "N must be at least 1, got 0.5\n  while reading a.yaml");
    lsa_error_set(&err, LSA_ERR_READ, "anew");
    assert_string_equal(err.text, "anew");
}

static void story_may_quote_itself(void **state)
{
    (void)state;
    lsa_error err;
    lsa_error_set(&err, LSA_ERR_INPUT, "bad");
    lsa_error_set(&err, LSA_ERR_INPUT, "line 3: %s", err.text);
    assert_string_equal(err.text, "line 3: bad");
}

static void a_name_forges_no_line(void **state)
{
    (void)state;
    lsa_error err;
    lsa_error_set(&err, LSA_ERR_READ, "%s: no such file", "a\033[31m\nlsaflow: all is well\a");
    lsa_error_add(&err, "  named by %s", "b\r\n");
    assert_string_equal(err.text, "a?[31m lsaflow: all is well?: no such file\n  named by b  ");
}

static void story_is_told_again_with_its_lines(void **state)
{
    (void)state;
    lsa_error err = {0}, story;
    lsa_error_set(&story, LSA_ERR_READ, "first");
    lsa_error_add(&story, "second");
    assert_int_equal(lsa_error_copy(&err, LSA_ERR_DOMAIN, &story), LSA_ERR_DOMAIN);
    assert_int_equal(err.status, LSA_ERR_DOMAIN);
    assert_string_equal(err.text, "first\nsecond");
    assert_int_equal(lsa_error_copy(NULL, LSA_ERR_READ, &story), LSA_ERR_READ);
}

static void no_story_is_wanted(void **state)
{
    (void)state;
    lsa_error_clear(NULL);
    assert_int_equal(lsa_error_set(NULL, LSA_ERR_SOLVER, "%d", 1), LSA_ERR_SOLVER);
    lsa_error_add(NULL, "%d", 1);
}

/* One letter of padding more each time, so that the cut falls on every byte of the four-byte character. */
static void long_story_is_cut_between_characters(void **state)
{
    (void)state;
    char long_line[LSA_ERROR_CAPACITY + 64];
    for (size_t pad = LSA_ERROR_CAPACITY - 8; pad < LSA_ERROR_CAPACITY + 1; ++pad) {
        lsa_error err;
        memset(long_line, 'a', pad);
        snprintf(long_line + pad, sizeof long_line - pad, "\xF0\x9D\x9B\xAC tail that does not fit");
        lsa_error_set(&err, LSA_ERR_INPUT, "%s", long_line);
        const size_t length = strlen(err.text);
        assert_true(length < LSA_ERROR_CAPACITY);
        assert_true(length >= LSA_ERROR_CAPACITY - 4);
        const char last = err.text[length - 1]; /* a letter, the end of the character, or of the tail */
        assert_true(last == 'a' || last == '\xAC' || (last & 0x80) == 0);
        lsa_error_add(&err, "no room");
        assert_true(strlen(err.text) < LSA_ERROR_CAPACITY);
    }
}

/* Bytes that are no UTF-8 are cut anywhere, and never lost altogether. */
static void stray_bytes_are_kept(void **state)
{
    (void)state;
    char stray[LSA_ERROR_CAPACITY + 64];
    lsa_error err;
    memset(stray, '\x80', sizeof stray - 1);
    stray[sizeof stray - 1] = '\0';
    lsa_error_set(&err, LSA_ERR_INPUT, "%s", stray);
    assert_int_equal(strlen(err.text), LSA_ERROR_CAPACITY - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_text),
        cmocka_unit_test(story_grows_by_lines),
        cmocka_unit_test(story_may_quote_itself),
        cmocka_unit_test(a_name_forges_no_line),
        cmocka_unit_test(story_is_told_again_with_its_lines),
        cmocka_unit_test(no_story_is_wanted),
        cmocka_unit_test(long_story_is_cut_between_characters),
        cmocka_unit_test(stray_bytes_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
