/* walk.h - a chain as its parameters in their order and what stands between them, and patterns of such.
 *
 * A product of matrices, cut where it passes through dimension 1, is so read the same whether its parameters are matrices
 * (one ring) or vectors (scalar chains). */
#ifndef LSAFLOW_COMPILE_WALK_H
#define LSAFLOW_COMPILE_WALK_H

#include "compile/share.h"

/* Longer chains are not looked at. */
enum { LSA_WALK_MOST = 12 };

/* Between two parameters: a diagonal, or a full constant (a factor), or neither. */
typedef struct lsa_gap {
    int diagonal;      /* LSA_DIAGONAL_NONE */
    lsa_atom constant; /* none              */
} lsa_gap;

bool lsa_gap_is_empty(lsa_gap gap);

typedef struct lsa_walk {
    bool ring;
    int n;
    lsa_atom factors[LSA_WALK_MOST];
    lsa_gap after[LSA_WALK_MOST]; /* factor k; after the last one of no ring: nothing */
} lsa_walk;

/* What is looked for: its factors, and where a gap may be, as number 0 or 1; -1: nothing stands there. */
typedef struct lsa_pattern {
    bool ring;
    int n;
    lsa_atom factors[LSA_WALK_MOST];
    int mark[LSA_WALK_MOST];
} lsa_pattern;

/* *out = the chain; false where it is too long, or more than one constant stands in a place. */
bool lsa_walk_read(const lsa_sharing *sharing, int chain, lsa_walk *out);
/* Whether the walk, from any factor of a ring on, or its transpose is the pattern; then gaps[mark] is what stands there. */
bool lsa_walk_match(const lsa_walk *walk, const lsa_pattern *pattern, lsa_gap gaps[2]);
/* Cuts a ring at dimension 1, if it passes there; returns the number of parts, 1 .. most, or 0 for more. */
int lsa_pattern_cut(const lsa_sharing *sharing, const lsa_pattern *ring, int most, lsa_pattern *parts);

#endif
