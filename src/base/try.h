/* try.h - the one idiom of failure: every function has one exit, at `done:`, that frees everything. */
#ifndef LSAFLOW_BASE_TRY_H
#define LSAFLOW_BASE_TRY_H

#include "lsaflow/status.h"

/* What is set is what is returned: told to the analyzers of clang and gcc (script/analyze), which would else follow paths on which
 * a failure succeeds. */
#if defined __clang_analyzer__ || defined LSAFLOW_ANALYZE
#define lsa_error_set(err, status, ...) (lsa_error_set(err, status, __VA_ARGS__), (status))
#endif

/* Runs a call that returns an lsa_status; on failure keeps it in the local `status` and goes to `done`. */
#define LSA_TRY(call)                                                                                                  \
    do {                                                                                                               \
        status = (call);                                                                                               \
        if (status != LSA_OK)                                                                                          \
            goto done;                                                                                                 \
    } while (0)

/* Fails with LSA_ERR_MEMORY, naming what was being made, when `pointer` is NULL. */
#define LSA_TRY_MEMORY(pointer, what)                                                                                  \
    do {                                                                                                               \
        if ((pointer) == NULL) {                                                                                       \
            status = lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for %s", (what));                               \
            goto done;                                                                                                 \
        }                                                                                                              \
    } while (0)

#endif
