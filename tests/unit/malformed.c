/* malformed.c - every file in tests/data/malformed says in its first line how it must be refused, to the letter. */
#define _POSIX_C_SOURCE 200809L
#include "base/text.h"
#include "check.h"
#include "lsaflow/model.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char folder[] = LSA_TEST_DATA "/malformed/";
static const char mark[] = "# expects: ";

enum { MESSAGE = LSA_ERROR_CAPACITY, FEWEST = 140 };

/* The message with the folder's name taken out and line ends as \n. */
static void normalise(const char *text, char out[MESSAGE])
{
    size_t used = 0;
    while (*text != '\0' && used < MESSAGE - 2) {
        if (strncmp(text, folder, sizeof folder - 1) == 0) {
            text += sizeof folder - 1;
        } else if (*text == '\n') {
            out[used++] = '\\';
            out[used++] = 'n';
            text++;
        } else {
            out[used++] = *text++;
        }
    }
    out[used] = '\0';
}

/* The expected message, from the first line. */
static void expected_of(const lsa_text *file, char out[MESSAGE])
{
    const size_t start = sizeof mark - 1;
    assert_true(file->length > start && memcmp(file->data, mark, start) == 0);
    const char *end = memchr(file->data, '\n', file->length);
    assert_non_null(end);
    const size_t length = (size_t)(end - file->data) - start;
    assert_true(length < MESSAGE);
    memcpy(out, file->data + start, length);
    out[length] = '\0';
}

static void check_file(const char *name)
{
    static const char *const claims[] = {"global-minimum", "balancedness"};
    const lsa_model_options options = {.n_known_claims = 2, .known_claims = claims};
    char path[1024], got[MESSAGE], want[MESSAGE];
    lsa_error err = {0};
    lsa_model *model = NULL;
    lsa_text file;
    lsa_text_init(&file);
    snprintf(path, sizeof path, "%s%s", folder, name);
    assert_int_equal(lsa_text_read_file(&file, path, 1 << 24, NULL), LSA_OK);
    expected_of(&file, want);
    const lsa_status status = lsa_model_load(path, &options, &model, &err);
    assert_true(status == LSA_ERR_INPUT || status == LSA_ERR_READ);
    assert_int_equal(status, err.status);
    assert_null(model);
    normalise(err.text, got);
    assert_string_equal(got, want);
    lsa_text_clear(&file);
}

static void every_file(void **state)
{
    (void)state;
    int n = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        const size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
            continue;
        check_file(entry->d_name);
        n++;
    }
    closedir(directory);
    assert_true(n >= FEWEST);
}

/* The limits that a file in the repository would be too large to show. */
static void size_limits(void **state)
{
    (void)state;
    static const struct {
        const char *before, *repeated, *after, *message;
        long count;
    } cases[] = {
        {"a: ", " ", "", "big.yaml: the file has 16777220 bytes, more than 16 MiB", (16 << 20) + 1},
        {"a: [", "1,", "]", "big.yaml:1:1999999: more than 1000000 values in one file", 1000000},
        {"a: {", "b: 1, ", "}", "big.yaml:1:1541: a.b: more than 256 keys in one mapping", 300},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        lsa_text text;
        lsa_error err = {0};
        lsa_model *model = NULL;
        lsa_text_init(&text);
        lsa_text_add(&text, cases[k].before);
        for (long j = 0; j < cases[k].count; j++)
            lsa_text_add(&text, cases[k].repeated);
        lsa_text_add(&text, cases[k].after);
        assert_false(text.failed);
        assert_int_equal(lsa_model_parse("big.yaml", text.data, text.length, NULL, &model, &err), LSA_ERR_INPUT);
        assert_string_equal(err.text, cases[k].message);
        lsa_text_clear(&text);
    }
}

/* What --set cannot do. */
static void overrides(void **state)
{
    (void)state;
    static const char file[] = "statement: merged\ndata: {dimension: 2, context: 10}\ntests: [{context: 3}]\n";
    static const char *const cases[][2] = {
        {"data.context", "--set 'data.context': expected KEY=VALUE"},
        {"=3", "--set '=3': expected KEY=VALUE"},
        {"data.context=", "--set data.context=: the value is empty"},
        {"data.context=0",
         "--set data.context=0: data.context: found '0', expected an integer >= 1 and <= 9007199254740992, or .inf"},
        {"data.contexts=3", "--set data.contexts=3: data.contexts: unknown key; did you mean 'context'?"},
        {"tests.1.context=3", "--set tests.1.context=3: 'tests' is a list of 1: found '1', expected a number below 1"},
        {"tests.x=3", "--set tests.x=3: 'tests' is a list of 1: found 'x', expected a number below 1"},
        {"statement.u=3", "--set statement.u=3: 'statement' is 'merged', it has no key 'u'"},
        {"data.covariance=[1", "--set data.covariance=[1: not valid YAML: while parsing a flow sequence, did not find "
                               "expected ',' or ']'"},
        {"title=*a", "--set title=*a: aliases (*...) are not allowed"},
        {".=1", "--set .=1: a key path has no empty parts"},
        {"init.sigma=x", "--set init.sigma=x: init.sigma: found 'x', expected a number > 0 and <= 1e+150"},
        {"flow.rtol=1", "--set flow.rtol=1: flow.rtol: found '1', expected a number >= 1e-14 and <= 0.01"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const char *set[] = {cases[k][0]};
        const lsa_model_options options = {.n_overrides = 1, .overrides = set};
        lsa_error err = {0};
        lsa_model *model = NULL;
        assert_int_not_equal(lsa_model_parse("m.yaml", file, strlen(file), &options, &model, &err), LSA_OK);
        assert_string_equal(err.text, cases[k][1]);
        assert_null(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_file), cmocka_unit_test(size_limits),
                                       cmocka_unit_test(overrides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
