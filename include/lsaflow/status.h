/* status.h - how every function of the library reports failure.
 *
 * A function that input can make fail returns an lsa_status and, through its last argument, the story: the lowest
 * level states the fact with its numbers, each level that has something to add appends a line. The caller owns the
 * lsa_error, so threads stay independent; `err` may be NULL where the story is not wanted. */
#ifndef LSAFLOW_STATUS_H
#define LSAFLOW_STATUS_H

#include "lsaflow/api.h"
#include <stdbool.h>

LSA_BEGIN_DECLS

/* The statuses and their texts, in one list so that they cannot drift apart. */
#define LSA_STATUS_LIST(X)                                                                                             \
    X(LSA_OK, "ok")                                                                                                    \
    X(LSA_ERR_USAGE, "the command line is wrong")                                                                      \
    X(LSA_ERR_INPUT, "the input is not what was expected")                                                             \
    X(LSA_ERR_SHAPE, "matrix shapes do not agree")                                                                     \
    X(LSA_ERR_DOMAIN, "the quantity is not defined for these inputs")                                                  \
    X(LSA_ERR_UNABLE, "the quantity is defined but beyond this engine")                                                \
    X(LSA_ERR_MEMORY, "out of memory")                                                                                 \
    X(LSA_ERR_SOLVER, "the numerical method stopped early")                                                            \
    X(LSA_ERR_READ, "a file cannot be read")                                                                           \
    X(LSA_ERR_WRITE, "a file cannot be written")                                                                       \
    X(LSA_ERR_INTERRUPTED, "interrupted")

typedef enum lsa_status {
#define LSA_STATUS_ENUM(name, text) name,
    LSA_STATUS_LIST(LSA_STATUS_ENUM)
#undef LSA_STATUS_ENUM
} lsa_status;

#define LSA_ERROR_CAPACITY 2048

/* The caller's error story: text is always terminated; a longer story is cut, never overrun. */
typedef struct lsa_error {
    lsa_status status;
    char text[LSA_ERROR_CAPACITY];
} lsa_error;

/* Before a prototype whose status must not be dropped: what the call fills may be meaningless. */
#ifdef __GNUC__
#define LSA_MUST_CHECK __attribute__((warn_unused_result))
#else
#define LSA_MUST_CHECK
#endif

/* The fixed text of a status ("ok", ...); never NULL. */
LSA_API const char *lsa_status_text(lsa_status status);

/* The question has no answer, by mathematics (LSA_ERR_DOMAIN) or here (LSA_ERR_UNABLE): a reason to report beside the
 * answers to other questions, and no failure of the run. */
LSA_API bool lsa_status_is_no_answer(lsa_status status);

/* Empties the story. err may be NULL. */
LSA_API void lsa_error_clear(lsa_error *err);

/* Starts the story anew with one formatted line (control characters and line ends in it are replaced) and returns `status`, so that a failure reads
 * `return lsa_error_set(err, LSA_ERR_DOMAIN, "N must be at least 1, got %g", N);`. err may be NULL. */
LSA_API lsa_status lsa_error_set(lsa_error *err, lsa_status status, const char *format, ...);

/* Tells another story, with all its lines, as the reason of `status`, which it returns. err may be NULL. */
LSA_API lsa_status lsa_error_copy(lsa_error *err, lsa_status status, const lsa_error *story);

/* Appends a line to a story that has begun ("  while differentiating the loss"). err may be NULL. */
LSA_API void lsa_error_add(lsa_error *err, const char *format, ...);

LSA_END_DECLS

#endif
