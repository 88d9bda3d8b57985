/* model_changes.h - the least changes of a model that tell one formula from another: of one key each, as --set takes them.
 *
 * Together they make a generic model: N odd, noise, Lambda and Omega that do not commute, a start that commutes with nothing. */
#ifndef LSAFLOW_VERIFY_MODEL_CHANGES_H
#define LSAFLOW_VERIFY_MODEL_CHANGES_H

#include "lsaflow/arena.h"
#include "lsaflow/model.h"

enum { MODEL_CHANGES = 8 };

/* "data.context=21", ...: fewer where the model has none of that kind. LSA_ERR_MEMORY. */
lsa_status model_changes(const lsa_experiment *experiment, lsa_arena *arena, const char *out[MODEL_CHANGES], int *n,
                         lsa_error *err);

#endif
