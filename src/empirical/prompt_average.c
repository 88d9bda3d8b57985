/* prompt_average.c - chunks of prompts over threads, merged in order. */
#include "empirical/prompt_average.h"
#include "base/clock.h"
#include "base/matrix.h"
#include "base/try.h"
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* A chunk is long against the cost of handing it out and short against an interrupt's patience. Part of the result:
 * another length would move last digits. */
enum { CHUNK = 256 };

/* Chunks in flight between two merges: enough for threads to balance, within 2^22 moments (96 MiB). */
enum { BATCH = 64, BATCH_MOMENTS = 4194304 };

struct lsa_average {
    lsa_observable observable;
    int threads;
    ptrdiff_t batch;     /* chunks between two merges       */
    void **worker;       /* one per thread                  */
    double *values;      /* n times batch per thread        */
    lsa_moments *chunk;  /* n per chunk of a batch          */
    lsa_moments *total;  /* n                               */
    lsa_status *outcome; /* one per chunk of a batch        */
    lsa_error *story;    /* one per thread                  */
    int *teller;         /* thread that ran each chunk      */
    ptrdiff_t prompts;
    int exponent;    /* quantities are divided by 2^exponent */
    double deadline; /* of lsa_clock_seconds; INFINITY: none */
};

static ptrdiff_t batch_size(ptrdiff_t n, int threads)
{
    const ptrdiff_t fits = BATCH_MOMENTS / (n > 0 ? n : 1);
    const ptrdiff_t batch = fits < BATCH ? fits : BATCH;
    return batch > threads ? batch : threads;
}

static lsa_status allocate(lsa_average *a, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)a->observable.n, threads = (size_t)a->threads, batch = (size_t)a->batch;
    a->worker = calloc(threads, sizeof *a->worker);
    a->values = lsa_vec_create((ptrdiff_t)(n * threads) * a->observable.batch);
    a->chunk = calloc(n * batch, sizeof *a->chunk);
    a->total = calloc(n, sizeof *a->total);
    a->outcome = calloc(batch, sizeof *a->outcome);
    a->story = calloc(threads, sizeof *a->story);
    a->teller = calloc(batch, sizeof *a->teller);
    LSA_TRY_MEMORY(a->worker, "an average");
    LSA_TRY_MEMORY(a->values, "an average");
    LSA_TRY_MEMORY(a->chunk, "an average");
    LSA_TRY_MEMORY(a->total, "an average");
    LSA_TRY_MEMORY(a->outcome, "an average");
    LSA_TRY_MEMORY(a->story, "an average");
    LSA_TRY_MEMORY(a->teller, "an average");
done:
    return status;
}

/* Cubes of numbers within 2^-this .. 2^this, summed over prompts, stay within the range of doubles. */
enum { FREE_EXPONENT = 200 };

/* Of the largest quantity of the first prompt; what fails there fails again when it is averaged. */
static int choose_exponent(lsa_average *a)
{
    const lsa_observable *o = &a->observable;
    int exponent = 0;
    if (o->observe(o->shared, a->worker[0], o->first, 1, a->values, NULL) == LSA_OK)
        frexp(lsa_vec_norm_max(o->n, a->values), &exponent);
    return abs(exponent) > FREE_EXPONENT ? exponent : 0;
}

lsa_status lsa_average_create(const lsa_observable *observable, int threads, lsa_average **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_average *a = calloc(1, sizeof *a);
    LSA_TRY_MEMORY(a, "an average");
    a->observable = *observable;
    a->deadline = (double)INFINITY;
    a->threads = threads > 0 ? threads : omp_get_max_threads();
    a->batch = batch_size(observable->n, a->threads);
    LSA_TRY(allocate(a, err));
    for (int t = 0; t < a->threads; t++)
        LSA_TRY(observable->create(observable->shared, &a->worker[t], err));
    a->exponent = choose_exponent(a);
    *out = a;
    a = NULL;
done:
    lsa_average_destroy(a);
    return status;
}

void lsa_average_destroy(lsa_average *a)
{
    if (!a)
        return;
    for (int t = 0; a->worker && t < a->threads; t++)
        a->observable.destroy(a->worker[t]);
    free(a->worker);
    free(a->values);
    free(a->chunk);
    free(a->total);
    free(a->outcome);
    free(a->story);
    free(a->teller);
    free(a);
}

/* Prompts in chunk c of those that end at `prompts`. */
static ptrdiff_t chunk_length(const lsa_average *a, ptrdiff_t c, ptrdiff_t prompts)
{
    const ptrdiff_t left = prompts - (a->prompts + c * CHUNK);
    return left < CHUNK ? left : CHUNK;
}

static bool is_late(const lsa_average *a)
{
    return isfinite(a->deadline) && lsa_clock_seconds() >= a->deadline;
}

static void run_chunk(lsa_average *a, ptrdiff_t c, ptrdiff_t length, int thread)
{
    const lsa_observable *o = &a->observable;
    lsa_moments *moments = a->chunk + c * o->n;
    double *values = a->values + thread * o->n * o->batch;
    const ptrdiff_t first = a->prompts + c * CHUNK;
    memset(moments, 0, (size_t)o->n * sizeof *moments);
    a->teller[c] = thread;
    a->outcome[c] = LSA_OK;
    /* A thread meets its chunks in ascending order, so its first story is that of its lowest chunk. */
    lsa_error *story = a->story[thread].status == LSA_OK ? &a->story[thread] : NULL;
    for (ptrdiff_t i = 0; i < length && a->outcome[c] == LSA_OK; i += o->batch) {
        const ptrdiff_t count = length - i < o->batch ? length - i : o->batch;
        if (is_late(a)) {
            a->outcome[c] = LSA_ERR_INTERRUPTED;
            break;
        }
        a->outcome[c] =
            o->observe(o->shared, a->worker[thread], o->first + (uint64_t)(first + i), count, values, story);
        for (ptrdiff_t k = 0; a->exponent != 0 && k < count * o->n; k++)
            values[k] = ldexp(values[k], -a->exponent);
        for (ptrdiff_t k = 0; k < count; k++)
            lsa_moments_add(o->n, moments, (double)(i + k + 1), values + k * o->n);
    }
}

/* Merges finished chunks in order, up to the first that failed. */
static lsa_status merge_batch(lsa_average *a, ptrdiff_t chunks, ptrdiff_t prompts, lsa_error *err)
{
    ptrdiff_t merged = 0;
    lsa_status status = LSA_OK;
    for (ptrdiff_t c = 0; c < chunks; c++) {
        status = a->outcome[c];
        if (status != LSA_OK) {
            if (status != LSA_ERR_INTERRUPTED)
                lsa_error_copy(err, status, &a->story[a->teller[c]]);
            break;
        }
        const ptrdiff_t length = chunk_length(a, c, prompts);
        lsa_moments_merge(a->observable.n, a->total, (double)(a->prompts + merged), a->chunk + c * a->observable.n,
                          (double)length);
        merged += length;
    }
    a->prompts += merged;
    return status;
}

static lsa_status run_batch(lsa_average *a, ptrdiff_t prompts, const volatile sig_atomic_t *interrupt, lsa_error *err)
{
    const ptrdiff_t needed = (prompts - a->prompts + CHUNK - 1) / CHUNK;
    const ptrdiff_t chunks = needed < a->batch ? needed : a->batch;
#pragma omp parallel for schedule(dynamic) num_threads(a->threads)
    for (ptrdiff_t c = 0; c < chunks; c++) {
        if ((interrupt && *interrupt) || is_late(a))
            a->outcome[c] = LSA_ERR_INTERRUPTED;
        else
            run_chunk(a, c, chunk_length(a, c, prompts), omp_get_thread_num());
    }
    return merge_batch(a, chunks, prompts, err);
}

lsa_status lsa_average_extend(lsa_average *a, ptrdiff_t prompts, const volatile sig_atomic_t *interrupt, lsa_error *err)
{
    lsa_status status = LSA_OK;
    assert(a->prompts % CHUNK == 0 || prompts <= a->prompts);
    while (a->prompts < prompts)
        LSA_TRY(run_batch(a, prompts, interrupt, err));
done:
    if (status == LSA_ERR_INTERRUPTED && is_late(a) && !(interrupt && *interrupt))
        status = LSA_OK;
    if (status == LSA_ERR_INTERRUPTED)
        lsa_error_set(err, status, "interrupted after %td prompts", a->prompts);
    return status;
}

void lsa_average_set_deadline(lsa_average *a, double deadline)
{
    a->deadline = deadline;
}

ptrdiff_t lsa_average_prompts(const lsa_average *a)
{
    return a->prompts;
}

const lsa_moments *lsa_average_moments(const lsa_average *a)
{
    return a->total;
}

int lsa_average_exponent(const lsa_average *a)
{
    return a->exponent;
}
