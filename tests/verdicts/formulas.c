/* verdicts_formulas MODEL FILE...: what `verify` says of true equalities, and of the same with an error in their right side. The
 * model is read as text, with the claims of the files behind it, one a line.
 *
 *     formula NAME VERDICT RESOLUTION KIND # reason
 *     injected NAME 1e-2 | 1e-3 | 1e-6 | twice VERDICT */
#include "base/text.h"
#include "base/try.h"
#include "lsaflow/lsaflow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 128, ERRORS = 4 };
static const double errors[ERRORS] = {1e-2, 1e-3, 1e-6, 0.0};
static const char *const names[ERRORS] = {"1e-2", "1e-3", "1e-6", "twice"};

typedef struct question {
    char line[2048]; /* of the claim as it was written */
    int error;       /* -1: the true one               */
    double share;    /* of the right side              */
    char added[256]; /* to it: "", or its text         */
} question;

static void split_lines(const char *text, question *out, ptrdiff_t *count)
{
    while (*text != '\0' && *count < MOST) {
        const size_t length = strcspn(text, "\n");
        if (length > 0 && length < sizeof out->line) {
            out[*count] = (question){.error = -1};
            memcpy(out[*count].line, text, length);
            ++*count;
        }
        text += length + (text[length] == '\n');
    }
}

/* The line with (1 + share)*(right), or right + added, for its right side. */
static void write_question(const question *q, lsa_text *out)
{
    const char *claim = strstr(q->line, "claim: \""), *equals = claim == NULL ? NULL : strstr(claim, " == ");
    const char *end = equals == NULL ? NULL : strchr(equals, '"');
    if (end == NULL || q->error < 0) {
        lsa_text_printf(out, "%s\n", q->line);
        return;
    }
    lsa_text_printf(out, "%.*s == ", (int)(equals - q->line), q->line);
    if (q->added[0] != '\0')
        lsa_text_printf(out, "%.*s + %s", (int)(end - equals - 4), equals + 4, q->added);
    else
        lsa_text_printf(out, "(1 + %.17g)*(%.*s)", q->share, (int)(end - equals - 4), equals + 4);
    lsa_text_printf(out, "%s\n", end);
}

typedef struct answers {
    ptrdiff_t count;
    lsa_claim_result *results;
} answers;

static lsa_status ask(const char *file, const char *model, const question *questions, ptrdiff_t count, answers *out,
                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_study_options options = {.threads = 1};
    lsa_text text;
    lsa_model *read = NULL;
    lsa_study *study = NULL;
    lsa_text_init(&text);
    lsa_text_printf(&text, "%sclaims:\n", model);
    for (ptrdiff_t k = 0; k < count; k++)
        write_question(&questions[k], &text);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "the questions");
    LSA_TRY(lsa_model_parse(file, text.data, text.length, NULL, &read, err));
    LSA_TRY(lsa_study_create(lsa_model_experiment(read, 0), &options, &study, err));
    LSA_TRY(lsa_verify(study, &out->results, &out->count, err));
    for (ptrdiff_t k = 0; k < out->count; k++)
        out->results[k].name = NULL; /* the model goes */
done:
    lsa_study_destroy(study);
    lsa_model_destroy(read);
    lsa_text_clear(&text);
    return status;
}

static void name_of(const question *q, char *out, size_t size)
{
    const char *start = strstr(q->line, "name: ");
    snprintf(out, size, "%.*s", start == NULL ? 0 : (int)strcspn(start + 6, ","), start == NULL ? "" : start + 6);
}

/* A matrix of zeros but for one entry, as a formula. */
static void write_entry(ptrdiff_t rows, ptrdiff_t cols, long row, long col, double x, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "[");
    for (long i = 1; i <= rows && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 1 ? ", " : "", cols > 0 ? "[" : "");
        for (long j = 1; j <= (cols > 0 ? cols : 1) && used < size; j++)
            used += (size_t)snprintf(out + used, size - used, "%s%.17g", j > 1 ? ", " : "",
                                     i == row && (cols == 0 || j == col) ? x : 0.0);
        used += used < size && cols > 0 ? (size_t)snprintf(out + used, size - used, "]") : 0;
    }
    if (used < size)
        snprintf(out + used, size - used, "]");
}

/* By `change` of the claim's own scale: added to a number, or to the entry that was the worst. Of d = 1, where a matrix is not told
 * from a number, as a share of the right side. False: there is no such change. */
static bool change_by(question *q, const lsa_claim_result *r, const lsa_experiment *e, double change)
{
    long row = 0, col = 0;
    const double x = change * r->scale;
    const bool matrix = sscanf(r->place, "entry (%ld, %ld)", &row, &col) == 2;
    const bool vector = !matrix && sscanf(r->place, "entry %ld", &row) == 1;
    const bool rows_of_keys = strstr(q->line, "name: s-") != NULL,
               squares = strstr(q->line, "name: s-conserved") != NULL;
    if (!(x > 0.0) || !isfinite(x))
        return false;
    if (e->data.d == 1) {
        q->share = x / fabs(r->predicted);
        return isfinite(q->share);
    }
    if (matrix || vector)
        write_entry(rows_of_keys ? e->data.rank : e->data.d,
                    vector    ? 0
                    : squares ? e->data.rank
                              : e->data.d,
                    row, col, x, q->added, sizeof q->added);
    else
        snprintf(q->added, sizeof q->added, "%.17g", x);
    return true;
}

/* The wrong siblings of what holds. */
static ptrdiff_t make_wrong(const question *asked, const answers *first, const lsa_experiment *e, question *out)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < first->count; k++) {
        const lsa_claim_result *r = &first->results[k];
        const bool held = r->verdict == LSA_VERDICT_HOLDS || r->verdict == LSA_VERDICT_PROVED;
        for (int size = 0; size < ERRORS && held; size++) {
            out[n] = asked[k];
            out[n].error = size;
            n += change_by(&out[n], r, e, errors[size] == 0.0 ? 2.0 * r->resolution : errors[size]);
        }
    }
    return n;
}

static lsa_status judge(const char *file, const char *model, const question *asked, ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char name[64];
    answers first = {0}, second = {0};
    question *wrong = calloc((size_t)(ERRORS * count + 1), sizeof *wrong); /* the last one is scratch */
    lsa_model *plain = NULL;
    LSA_TRY_MEMORY(wrong, "the questions");
    LSA_TRY(lsa_model_parse(file, model, strlen(model), NULL, &plain, err));
    LSA_TRY(ask(file, model, asked, count, &first, err));
    for (ptrdiff_t k = 0; k < first.count; k++) {
        const lsa_claim_result *r = &first.results[k];
        name_of(&asked[k], name, sizeof name);
        printf("formula %s %s %.3g %s # %s\n", name, lsa_verdict_text(r->verdict), r->resolution,
               r->kind != NULL ? r->kind : "-", r->why);
    }
    fflush(stdout);
    const ptrdiff_t n = make_wrong(asked, &first, lsa_model_experiment(plain, 0), wrong);
    if (n > 0)
        LSA_TRY(ask(file, model, wrong, n, &second, err));
    for (ptrdiff_t k = 0; k < second.count; k++) {
        name_of(&wrong[k], name, sizeof name);
        printf("injected %s %s %s # share %.3g added %s: %s\n", name, names[wrong[k].error],
               lsa_verdict_text(second.results[k].verdict), wrong[k].share, wrong[k].added, second.results[k].why);
    }
done:
    lsa_model_destroy(plain);
    free(first.results);
    free(second.results);
    free(wrong);
    return status;
}

int main(int argc, char **argv)
{
    lsa_error err = {0};
    lsa_status status = LSA_OK;
    static question asked[MOST];
    ptrdiff_t count = 0;
    lsa_text model, claims;
    if (argc < 3) {
        fprintf(stderr, "Usage: verdicts_formulas MODEL FILE...\n");
        return 2;
    }
    lsa_text_init(&model);
    LSA_TRY(lsa_text_read_file(&model, argv[1], 1 << 20, &err));
    for (int k = 2; k < argc; k++) {
        lsa_text_init(&claims);
        status = lsa_text_read_file(&claims, argv[k], 1 << 20, &err);
        if (status == LSA_OK)
            split_lines(claims.data, asked, &count);
        lsa_text_clear(&claims);
        LSA_TRY(status);
    }
    LSA_TRY(judge(argv[1], model.data, asked, count, &err));
done:
    lsa_text_clear(&model);
    if (status != LSA_OK)
        fprintf(stderr, "%s\n", err.text);
    return status == LSA_OK ? 0 : 1;
}
