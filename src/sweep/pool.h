/* pool.h - forked workers that answer items by bytes, and one process that takes the answers.
 *
 * Items are handed out in blocks of neighbours, as they are asked for. A worker that dies is replaced: what is left of its block
 * is done again, one item at a time, and an item on which a worker dies alone is lost, with the reason. Answers come in any
 * order. The pool knows nothing of what an item is. Workers share nothing that is written and die with the process. */
#ifndef LSAFLOW_SWEEP_POOL_H
#define LSAFLOW_SWEEP_POOL_H

#include "lsaflow/status.h"
#include <signal.h>
#include <stddef.h>

struct lsa_text;

typedef struct pool_work {
    void *context;
    int workers;                            /* >= 1                             */
    const volatile sig_atomic_t *interrupt; /* non-zero: no more; NULL: never   */
    /* The next item to hand out, or -1. */
    ptrdiff_t (*next)(void *context);
    /* In a worker: appends the answer. What fails here is lost like an item on which the worker dies. */
    lsa_status (*answer)(void *context, ptrdiff_t item, struct lsa_text *out, lsa_error *err);
    /* In the one process: an answer; an item that has none and why; some time has passed. */
    lsa_status (*take)(void *context, ptrdiff_t item, const char *bytes, size_t length, lsa_error *err);
    lsa_status (*lost)(void *context, ptrdiff_t item, const char *why, lsa_error *err);
    lsa_status (*tick)(void *context, lsa_error *err);
} pool_work;

/* Until next gives none and all answers are in. LSA_ERR_INTERRUPTED: what had come was taken. LSA_ERR_SOLVER: workers cannot be
 * made; errors of the functions. No other process of this one may be waited for meanwhile. */
lsa_status pool_run(const pool_work *work, lsa_error *err);

#endif
