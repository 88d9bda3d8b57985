/* own_statements.c - statements of a user's own whose values are known by hand: every file in tests/data/own says in its
 * first line the loss at its start, and in its last line the error of each of its tests.
 *
 * Derived to rounding; sampled within 5.5 standard errors, which 40 estimates pass but once in half a million runs. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "lsaflow/verify.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char folder[] = LSA_TEST_DATA "/own/";
enum { MOST_ERRORS = 8, FEWEST_FILES = 12 };

typedef struct expected {
    double loss, errors[MOST_ERRORS];
    ptrdiff_t n;
} expected;

static void read_expected(const char *path, expected *out)
{
    char line[1024], *at = NULL;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    *out = (expected){.loss = (double)NAN};
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "# loss ", 7) == 0)
            out->loss = strtod(line + 7, NULL);
        if (strncmp(line, "# errors", 8) != 0)
            continue;
        char *end = NULL;
        for (at = line + 8; out->n < MOST_ERRORS; at = end) {
            const double x = strtod(at, &end);
            if (end == at)
                break;
            out->errors[out->n++] = x;
        }
    }
    fclose(file);
    assert_true(isfinite(out->loss) && out->n > 0);
}

/* A distribution without a fourth moment of the error (Student contexts of few degrees of freedom) has no interval. */
static void check_sampled(const lsa_experiment *e, ptrdiff_t t, const double *start, double want)
{
    lsa_error err;
    lsa_sample_result r;
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 50000;
    options.relative_error = 0.0;
    check_status(lsa_sample_test(e, &e->tests[t], start, &options, &r, &err), LSA_OK, &err);
    if (e->tests[t].student == 0.0)
        check_at_most(fabs(r.error.mean - want), 5.5 * r.error.standard_error + 1e-12 * fabs(want));
}

static void check_file(const char *name)
{
    char path[1024];
    lsa_error err = {0};
    lsa_model *model = NULL;
    lsa_study *study = NULL;
    const lsa_program *program = NULL;
    const double *start = NULL;
    lsa_workspace *work = NULL;
    expected want;
    snprintf(path, sizeof path, "%s%s", folder, name);
    print_message("%s\n", name);
    read_expected(path, &want);
    check_status(lsa_model_load(path, NULL, &model, &err), LSA_OK, &err);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    check_status(lsa_study_create(e, NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_study_program(study, &program, &err), LSA_OK, &err);
    check_status(lsa_study_start(study, &start, &err), LSA_OK, &err);
    check_status(lsa_workspace_create(program, &work, &err), LSA_OK, &err);
    double *state = calloc((size_t)lsa_program_size(program), sizeof *state);
    assert_non_null(state);
    check_status(lsa_program_from_user(program, start, state, &err), LSA_OK, &err);
    check_close(lsa_program_loss(program, work, state), want.loss, 1e-13, 0.0);
    assert_int_equal(e->n_tests, want.n);
    for (ptrdiff_t t = 0; t < e->n_tests; t++) {
        double error = 0.0;
        check_status(lsa_study_test_error(study, &e->tests[t], start, &error, &err), LSA_OK, &err);
        check_close(error, want.errors[t], 1e-13, 1e-14);
        check_sampled(e, t, start, want.errors[t]);
    }
    free(state);
    lsa_workspace_destroy(work);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

static void every_file(void **state)
{
    int files = 0;
    DIR *listing = opendir(folder);
    (void)state;
    assert_non_null(listing);
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        const size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
            continue;
        check_file(entry->d_name);
        files++;
    }
    closedir(listing);
    assert_true(files >= FEWEST_FILES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
