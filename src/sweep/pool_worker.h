/* pool_worker.h - what pool and workers say to one another. A request is a count and so many items; an answer is a head and its
 * bytes, in the order of the items. */
#ifndef LSAFLOW_SWEEP_POOL_WORKER_H
#define LSAFLOW_SWEEP_POOL_WORKER_H

#include "sweep/pool.h"
#include <stdbool.h>

enum { POOL_BLOCK = 256 }; /* items of a request: it fits into what a pipe takes at once */

typedef struct pool_request {
    ptrdiff_t count;
    ptrdiff_t items[POOL_BLOCK];
} pool_request;

typedef struct pool_answer {
    ptrdiff_t item;
    size_t length;
    bool failed; /* the bytes tell why there is none */
} pool_answer;

/* The life of a worker: answers requests until there are no more, or nobody reads. */
void pool_worker_run(const pool_work *work, int requests, int answers);

#endif
