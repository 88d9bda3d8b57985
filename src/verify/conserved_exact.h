/* conserved_exact.h - the proof by trial of what conserved.c finds in doubles. */
#ifndef LSAFLOW_VERIFY_CONSERVED_EXACT_H
#define LSAFLOW_VERIFY_CONSERVED_EXACT_H

#include "verify/conserved.h"
#include <stdbool.h>

/* At three points. Errors of the polynomial. */
lsa_status conserved_is_exact(lsa_study *study, const conserved_quantity *quantity, bool *out, lsa_error *err);

#endif
