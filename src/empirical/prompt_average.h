/* prompt_average.h - averages of functions of a prompt, over threads, with the same digits for any number of them.
 *
 * Prompts are averaged in fixed chunks; the moments of chunks are merged in the order of the chunks. Which thread ran a
 * chunk, and when, leaves no trace. */
#ifndef LSAFLOW_EMPIRICAL_PROMPT_AVERAGE_H
#define LSAFLOW_EMPIRICAL_PROMPT_AVERAGE_H

#include "empirical/moments.h"
#include "lsaflow/empirical.h"

/* n quantities of each of `count` prompts from number `first` on, prompt by prompt; count <= batch. A worker is the
 * scratch of one thread. */
typedef struct lsa_observable {
    ptrdiff_t n, batch; /* batch divides 256 */
    uint64_t first;     /* number of the first prompt that is averaged */
    const void *shared;
    lsa_status (*create)(const void *shared, void **worker, lsa_error *err);
    void (*destroy)(void *worker); /* NULL is fine */
    lsa_status (*observe)(const void *shared, void *worker, uint64_t first, ptrdiff_t count, double *values,
                          lsa_error *err);
} lsa_observable;

typedef struct lsa_average lsa_average;

/* threads 0: as OpenMP decides. Copies the observable, borrows what it points to. */
lsa_status lsa_average_create(const lsa_observable *observable, int threads, lsa_average **out, lsa_error *err);
void lsa_average_destroy(lsa_average *average);

/* Goes on until `prompts` prompts are averaged; all calls but the last end at a multiple of 256. LSA_ERR_INTERRUPTED
 * keeps what is merged; an observation's own failure is that of the lowest chunk. */
lsa_status lsa_average_extend(lsa_average *average, ptrdiff_t prompts, const volatile sig_atomic_t *interrupt,
                              lsa_error *err);
/* From that moment of lsa_clock_seconds on nothing is begun: extending succeeds with fewer prompts. */
void lsa_average_set_deadline(lsa_average *average, double deadline);
ptrdiff_t lsa_average_prompts(const lsa_average *average);
/* n moments, of the quantities divided by 2^exponent. The exponent is 0 unless the quantities of the first prompt lie outside
 * 2^-200 .. 2^200: the cubes in a third moment leave the range of doubles at 2^340. A pure function of the observable; no
 * digit depends on it. */
const lsa_moments *lsa_average_moments(const lsa_average *average);
int lsa_average_exponent(const lsa_average *average);

#endif
