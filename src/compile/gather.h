/* gather.h - sums over the heads, made before anything is multiplied. */
#ifndef LSAFLOW_COMPILE_GATHER_H
#define LSAFLOW_COMPILE_GATHER_H

#include "compile/draft.h"

/* Turns each dummy that runs through one stretch of one word into a node that sums the stretch over the heads. */
lsa_status lsa_draft_gather_heads(lsa_lowering *lowering, lsa_draft *draft, lsa_error *err);

#endif
