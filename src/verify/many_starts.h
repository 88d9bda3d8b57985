/* many_starts.h - the ends of one flow from several starts: the file's own and Gaussian ones. The lowest is an upper bound of the
 * least loss, and no more. */
#ifndef LSAFLOW_VERIFY_MANY_STARTS_H
#define LSAFLOW_VERIFY_MANY_STARTS_H

#include "lsaflow/arena.h"
#include "lsaflow/study.h"

/* Beside the file's own: half of them with entries of size 0.1, half 0.7. */
enum { MANY_STARTS = 12 };

/* Ends of one loss and kind. */
typedef struct many_end {
    double loss;
    lsa_kind kind;
    ptrdiff_t starts;    /* that came to it                 */
    const double *state; /* of one of them, in the arena    */
} many_end;

typedef struct many_ends {
    ptrdiff_t starts, failed; /* failed: their flow came to no end */
    ptrdiff_t count;
    many_end ends[MANY_STARTS + 1]; /* from the lowest loss to the highest */
} many_ends;

/* Two ends are one where their losses differ by less than a millionth of the loss at zero and they are of one kind.
 * LSA_ERR_MEMORY, LSA_ERR_INTERRUPTED; LSA_ERR_UNABLE: no flow came to an end. Cost: a flow a start. */
lsa_status many_starts_run(lsa_study *study, lsa_arena *arena, many_ends *out, lsa_error *err);

#endif
