/* child.h - another program as a child process: no shell, a time limit, its words captured. */
#ifndef LSAFLOW_BASE_CHILD_H
#define LSAFLOW_BASE_CHILD_H

#include "base/text.h"
#include <signal.h>

typedef enum lsa_child_end {
    LSA_CHILD_DONE,    /* exit code 0                                               */
    LSA_CHILD_MISSING, /* there is no such program                                  */
    LSA_CHILD_SLOW,    /* ended by us at the time limit                             */
    LSA_CHILD_STOPPED, /* ended by us at an interrupt                               */
    LSA_CHILD_FAILED   /* it said why in `words`, or could not be started           */
} lsa_child_end;

/* Runs arguments[0], found as a shell finds it, with arguments (ended by NULL) inside `directory` (NULL: here) for at most
 * `seconds`. What it prints on both streams is appended to words (the first 4 KiB). exit_code, if not NULL: its own, -1
 * where it has none. interrupt, if not NULL: the child is ended once it is not 0. On Linux it does not outlive its parent. */
lsa_child_end lsa_child_run(const char *directory, const char *const *arguments, double seconds,
                            const volatile sig_atomic_t *interrupt, lsa_text *words, int *exit_code);

#endif
