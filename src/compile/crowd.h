/* crowd.h - the heads behind the members of W, one by one.
 *
 * A member that is a sum over the heads is one head for each of its products; any other is one head. */
#ifndef LSAFLOW_COMPILE_CROWD_H
#define LSAFLOW_COMPILE_CROWD_H

#include "compile/member.h"
#include "lsaflow/program.h"

typedef struct lsa_crowd {
    int n;
    lsa_member *heads;
    double *weight;
    bool matrices; /* W is one member, its heads u U or u K'Q of two matrices, as a form names them */
} lsa_crowd;

/* *known is false where the heads cannot be told: a sum stands beside other factors, or is of something else. */
lsa_status lsa_crowd_find(const lsa_sharing *sharing, int n, const lsa_member *members, const double *weight,
                          lsa_crowd *out, bool *known, lsa_error *err);

/* The largest rank that the sum of the heads can have; the blocks can be chosen so that it is any matrix of that. 0: not known,
 * since a matrix stands in it twice. */
ptrdiff_t lsa_crowd_rank(const lsa_sharing *sharing, const lsa_crowd *crowd);

/* Writes the heads down as parts of the form (program.h), in `kept`; none where some head is none. Where all are heads u U, or
 * all u K'Q of one rank, each with blocks of its own, as heads too. */
lsa_status lsa_crowd_name(const lsa_sharing *sharing, const lsa_crowd *crowd, lsa_arena *kept, lsa_form *form,
                          lsa_error *err);

/* Some block of the product is none of the heads'. */
bool lsa_crowd_leaves_out(const lsa_sharing *sharing, const lsa_crowd *crowd, const lsa_shared_product *product);

#endif
