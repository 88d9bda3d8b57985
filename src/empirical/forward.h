/* forward.h - what the module's own files ask of a bound statement. */
#ifndef LSAFLOW_EMPIRICAL_FORWARD_H
#define LSAFLOW_EMPIRICAL_FORWARD_H

#include "lsaflow/empirical.h"

/* The target is written as the inner product of the task and the query, which is what a prompt's own target is. */
bool lsa_forward_target_is_plain(const lsa_forward *forward);

#endif
