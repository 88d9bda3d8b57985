/* least_loss.h - the least loss of a study as the formulas know it, inf(loss), with parameters that have it. */
#ifndef LSAFLOW_VERIFY_LEAST_LOSS_H
#define LSAFLOW_VERIFY_LEAST_LOSS_H

#include "lsaflow/arena.h"
#include "lsaflow/study.h"

/* *loss = NAN where it is not known; *point, in the arena: NULL where no parameters are known exactly. Errors of the derivation. */
lsa_status least_loss_find(const lsa_study *study, lsa_arena *arena, double *loss, const double **point,
                           lsa_error *err);

#endif
