/* shipped_claims.h - the claims that travel inside the program. */
#ifndef LSAFLOW_MODEL_SHIPPED_CLAIMS_H
#define LSAFLOW_MODEL_SHIPPED_CLAIMS_H

#include "lsaflow/model.h"
#include "model/yaml.h"

/* claims.c: the claims of a list that holds nothing else. LSA_ERR_INPUT, LSA_ERR_MEMORY. */
lsa_status lsa_claims_gather(lsa_arena *arena, const lsa_node *list, const lsa_text_claim **out, ptrdiff_t *count,
                             lsa_error *err);

#endif
