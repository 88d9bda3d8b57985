/* text_source.c - see text_source.h. */
#include "verify/text_source.h"

#include "base/special.h"
#include "base/text.h"
#include "base/try.h"
#include "empirical/interval.h"
#include "empirical/prompt_average.h"
#include "verify/text_leaves.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct text_source {
    lsa_arena *arena;
    text_leaves leaves;
    formula_lanes *lanes;
    lsa_average *average;
    text_source_options options;
    ptrdiff_t entries;
    int width;
    const char *no_interval; /* fixed text: a variance there is, an interval not */
    double *magnitude;       /* one an entry */
    double *values;          /* kept, in the order of the prompts */
    ptrdiff_t room;
};

/* ---------------------------------------------------------------- one batch */

typedef struct worker {
    lsa_prompt_filler *filler;
    formula_lane_work *work;
} worker;

static void destroy_worker(void *pointer)
{
    worker *w = pointer;
    if (w == NULL)
        return;
    lsa_prompt_filler_destroy(w->filler);
    formula_lane_work_destroy(w->work);
    free(w);
}

static lsa_status create_worker(const void *shared, void **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_source *s = shared;
    worker *w = calloc(1, sizeof *w);
    LSA_TRY_MEMORY(w, "a sampling thread");
    LSA_TRY(lsa_prompt_filler_create(s->leaves.rows, &w->filler, err));
    LSA_TRY(formula_lane_work_create(s->lanes, &w->work, err));
    *out = w;
    w = NULL;
done:
    destroy_worker(w);
    return status;
}

static lsa_status observe(const void *shared, void *pointer, uint64_t first, ptrdiff_t count, double *values,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_source *s = shared;
    worker *w = pointer;
    const double *rows;
    lsa_prompt_rows_fill(s->leaves.rows, w->filler, first, count, s->width, formula_lane_row(w->work, 0));
    LSA_TRY(formula_lanes_run(s->lanes, w->work, &rows, err));
    for (ptrdiff_t l = 0; l < count; l++) {
        for (ptrdiff_t k = 0; k < s->entries; k++) {
            const double value = rows[k * s->width + l];
            if (!isfinite(value))
                return lsa_error_set(err, LSA_ERR_DOMAIN, "on prompt %llu it has no value",
                                     (unsigned long long)(first + (uint64_t)l));
            values[l * s->entries + k] = value;
        }
        if (s->values != NULL && first + (uint64_t)l - s->options.first < (uint64_t)s->room)
            s->values[first + (uint64_t)l - s->options.first] = rows[l];
    }
done:
    return status;
}

/* On one batch. */
static lsa_status measure(text_source *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    void *pointer = NULL;
    const double *rows;
    s->magnitude = lsa_arena_alloc(s->arena, (size_t)s->entries, sizeof *s->magnitude);
    LSA_TRY_MEMORY(s->magnitude, "a mean over prompts");
    LSA_TRY(create_worker(s, &pointer, err));
    worker *w = pointer;
    lsa_prompt_rows_fill(s->leaves.rows, w->filler, s->options.first, s->width, s->width, formula_lane_row(w->work, 0));
    LSA_TRY(formula_lanes_magnitude(s->lanes, w->work, &rows, err));
    for (ptrdiff_t k = 0; k < s->entries * s->width; k++)
        s->magnitude[k / s->width] += isfinite(rows[k]) ? rows[k] / s->width : 0.0;
done:
    destroy_worker(pointer);
    return status;
}

/* ---------------------------------------------------------------- life */

lsa_status text_source_create(text_world *w, const formula_node *e, const double *state,
                              const text_source_options *options, text_source **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_source *s = calloc(1, sizeof *s);
    LSA_TRY_MEMORY(s, "a mean over prompts");
    s->options = *options;
    s->entries = e->rows.size * e->cols.size;
    s->arena = lsa_arena_create();
    LSA_TRY_MEMORY(s->arena, "a mean over prompts");
    LSA_TRY(text_leaves_init(&s->leaves, s->arena, w, e, state, err));
    LSA_TRY(formula_lanes_create(s->arena, e, &s->leaves.names, &s->lanes, err));
    LSA_TRY(text_leaves_finish(&s->leaves, options->seed, options->fast, err));
    if (options->needs_moments)
        LSA_TRY(text_leaves_moments(&s->leaves, e, &s->no_interval, err));
    s->width = formula_lanes_width(s->lanes, s->leaves.n_rows);
    LSA_TRY(measure(s, err));
    const lsa_observable observable = {s->entries, s->width, options->first, s, create_worker, destroy_worker, observe};
    LSA_TRY(lsa_average_create(&observable, options->threads, &s->average, err));
    text_leaves_forget(&s->leaves);
    *out = s;
    s = NULL;
done:
    text_source_destroy(s);
    return status;
}

void text_source_destroy(text_source *s)
{
    if (s == NULL)
        return;
    lsa_average_destroy(s->average);
    text_leaves_clear(&s->leaves);
    lsa_arena_destroy(s->arena);
    free(s->values);
    free(s);
}

lsa_status text_source_extend(text_source *s, ptrdiff_t prompts, double deadline,
                              const volatile sig_atomic_t *interrupt, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (s->options.keeps && s->room < prompts) {
        double *more = realloc(s->values, (size_t)prompts * sizeof *more);
        LSA_TRY_MEMORY(more, "the values of a quantile");
        s->values = more;
        s->room = prompts;
    }
    lsa_average_set_deadline(s->average, deadline);
    LSA_TRY(lsa_average_extend(s->average, prompts, interrupt, err));
done:
    return status;
}

double text_source_magnitude(const text_source *s, ptrdiff_t k)
{
    return s->magnitude[k];
}

ptrdiff_t text_source_prompts(const text_source *s)
{
    return lsa_average_prompts(s->average);
}

ptrdiff_t text_source_entries(const text_source *s)
{
    return s->entries;
}

/* ---------------------------------------------------------------- estimates */

static const char *const too_skewed = "what is averaged is too skewed for so few prompts";

lsa_sample_estimate text_source_mean(const text_source *s, ptrdiff_t k, double alpha)
{
    const double count = (double)lsa_average_prompts(s->average);
    const int exponent = lsa_average_exponent(s->average);
    lsa_sample_estimate out = lsa_interval(&lsa_average_moments(s->average)[k], count, alpha);
    const bool trusted = out.half_width == 0.0 || isfinite(lsa_interval_attains(&out, count, alpha)) || out.mean == 0.0;
    out.reason = s->no_interval != NULL ? s->no_interval : text_leaves_seldom(&s->leaves, count);
    out.untrusted = s->no_interval != NULL && trusted ? ldexp(out.half_width, exponent) : 0.0;
    if (!trusted || count < 2.0)
        out.reason = too_skewed;
    out.mean = ldexp(out.mean, exponent);
    out.half_width = ldexp(out.half_width, exponent);
    out.standard_error = ldexp(out.standard_error, exponent);
    return out;
}

lsa_sample_estimate text_source_share(const text_source *s, double alpha)
{
    double low, high;
    const ptrdiff_t n = lsa_average_prompts(s->average);
    lsa_sample_estimate out = {.mean = 0.5, .half_width = 0.5};
    if (n == 0)
        return out;
    const double share = ldexp(lsa_average_moments(s->average)[0].mean, lsa_average_exponent(s->average));
    lsa_binomial_interval((ptrdiff_t)llround(share * (double)n), n, alpha, &low, &high);
    out.mean = 0.5 * (low + high);
    out.half_width = 0.5 * (high - low);
    return out;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The greatest number of values below the quantile, of n, that is too few at alpha/2; -1: none is. And the least that is too
 * many; n + 1: none is. */
static ptrdiff_t too_few(ptrdiff_t n, double p, double alpha)
{
    ptrdiff_t low = -1, high = n; /* too few, and not */
    while (high - low > 1) {
        double left, right;
        const ptrdiff_t k = low + (high - low) / 2;
        lsa_binomial_interval(k, n, alpha, &left, &right);
        *(right <= p ? &low : &high) = k;
    }
    return low;
}

/* Values number too_few + 1 and n - too_few' (from 0: one less), too_few' that of the values above: the quantile is below the
 * first of them, or above the second, with probability alpha/2 each. */
lsa_status text_source_quantile(const text_source *s, double p, double alpha, lsa_sample_estimate *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = lsa_average_prompts(s->average);
    *out = (lsa_sample_estimate){.mean = 0.0, .half_width = INFINITY, .reason = "too few prompts for that quantile"};
    const ptrdiff_t low = too_few(n, p, alpha), high = n - 1 - too_few(n, 1.0 - p, alpha);
    if (low < 0 || high >= n || n == 0)
        return LSA_OK;
    double *sorted = malloc((size_t)n * sizeof *sorted);
    LSA_TRY_MEMORY(sorted, "a quantile");
    memcpy(sorted, s->values, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    out->mean = 0.5 * (sorted[low] + sorted[high]);
    out->half_width = 0.5 * (sorted[high] - sorted[low]);
    out->reason = NULL;
done:
    free(sorted);
    return status;
}
