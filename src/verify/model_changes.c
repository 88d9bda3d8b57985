/* model_changes.c - see model_changes.h. Numbers are round and small, so that a reader can take them over. */
#include "verify/model_changes.h"

#include "base/text.h"
#include "base/try.h"
#include <math.h>

/* Matrices up to this dimension are written out; larger ones are turned. */
enum { WRITTEN_OUT = 8 };

typedef struct change_list {
    lsa_arena *arena;
    const char **all;
    int n;
    bool failed;
} change_list;

static void add(change_list *list, lsa_text *text)
{
    const char *kept = text->failed ? NULL : lsa_arena_text(list->arena, text->data, text->length);
    list->failed = list->failed || kept == NULL;
    if (kept != NULL && list->n < MODEL_CHANGES)
        list->all[list->n++] = kept;
    lsa_text_clear(text);
}

/* A diagonally dominant matrix with neighbours correlated: diagonal from `first` down to 1, `beside` next to it, entry (1, 2)
 * half as much, so that no two of them commute. */
static void write_matrix(lsa_text *text, ptrdiff_t d, double first, double beside)
{
    lsa_text_add(text, "{matrix: [");
    for (ptrdiff_t i = 0; i < d; i++) {
        lsa_text_add(text, i > 0 ? ", [" : "[");
        for (ptrdiff_t j = 0; j < d; j++) {
            const double share = d > 1 ? (double)(d - 1 - i) / (double)(d - 1) : 1.0;
            const double diagonal = round(4.0 * (1.0 + (first - 1.0) * share)) / 4.0;
            const ptrdiff_t apart = i > j ? i - j : j - i, lower = i < j ? i : j;
            const double entry = apart == 0 ? diagonal : apart > 1 ? 0.0 : lower == 0 && d > 2 ? beside / 2.0 : beside;
            lsa_text_printf(text, "%s%.15g", j > 0 ? ", " : "", entry);
        }
        lsa_text_add(text, "]");
    }
    lsa_text_add(text, "]}");
}

static void change_covariance(change_list *list, const char *key, ptrdiff_t d, double first, double beside, int seed)
{
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_printf(&text, "%s=", key);
    if (d <= WRITTEN_OUT)
        write_matrix(&text, d, first, beside);
    else
        lsa_text_printf(&text, "{spectrum: geometric, condition: %g, rotation: %d}", first, seed);
    add(list, &text);
}

static void change_number(change_list *list, const char *key, double value)
{
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_printf(&text, "%s=%.15g", key, value);
    add(list, &text);
}

/* The next odd number. */
static double next_odd(double n)
{
    return fmod(n, 2.0) == 0.0 ? n + 1.0 : n + 2.0;
}

static void change_theta(change_list *list, ptrdiff_t d)
{
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_add(&text, "init.theta={matrix: [");
    for (ptrdiff_t i = 0; i < d; i++) {
        lsa_text_add(&text, i > 0 ? ", [" : "[");
        for (ptrdiff_t j = 0; j < d; j++)
            lsa_text_printf(&text, "%s%g", j > 0 ? ", " : "", i == j ? 1.0 : j == i + 1 ? 0.5 : j > i ? 0.0 : -0.25);
        lsa_text_add(&text, "]");
    }
    lsa_text_add(&text, "]}");
    add(list, &text);
}

static void change_start(change_list *list, const lsa_experiment *e)
{
    lsa_text text;
    const lsa_init *init = &e->init;
    if (init->scheme == LSA_INIT_PAPER && e->data.d <= WRITTEN_OUT && e->data.d > 1)
        change_theta(list, e->data.d);
    lsa_text_init(&text);
    if (init->scheme == LSA_INIT_GAUSSIAN)
        lsa_text_printf(&text, "init.seed=%llu", (unsigned long long)init->seed + 1);
    else
        lsa_text_add(&text, "init={scheme: gaussian, scale: 0.3, seed: 1}");
    add(list, &text);
}

lsa_status model_changes(const lsa_experiment *e, lsa_arena *arena, const char *out[MODEL_CHANGES], int *n,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    change_list list = {.arena = arena, .all = out};
    const double N = e->training.context, s2 = e->training.label_noise;
    change_number(&list, "data.label_noise", s2 > 0.0 ? 2.0 * s2 : 0.5);
    change_number(&list, "data.context", isinf(N) ? 7.0 : next_odd(N));
    if (isfinite(e->tests[0].context))
        change_number(&list, "tests.0.context", next_odd(e->tests[0].context));
    if (e->data.d > 1) {
        change_covariance(&list, "data.covariance", e->data.d, 2.0, 0.5, 1);
        change_covariance(&list, "data.task_covariance", e->data.d, 1.5, -0.25, 2);
    }
    change_start(&list, e);
    LSA_TRY_MEMORY(list.failed ? NULL : arena, "the changes of a model");
    *n = list.n;
done:
    return status;
}
