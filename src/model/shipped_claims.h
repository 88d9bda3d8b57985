/* shipped_claims.h - the claims and groups that travel inside the program. */
#ifndef LSAFLOW_MODEL_SHIPPED_CLAIMS_H
#define LSAFLOW_MODEL_SHIPPED_CLAIMS_H

#include "lsaflow/model.h"
#include "model/yaml.h"

/* The group of that name, or NULL. */
const lsa_claim_group *lsa_claim_group_find(const lsa_shipped_claims *shipped, const char *name);

/* claims.c: the claims of a list that holds nothing else. LSA_ERR_INPUT, LSA_ERR_MEMORY. */
lsa_status lsa_claims_gather(lsa_arena *arena, const lsa_node *list, const lsa_text_claim **out, ptrdiff_t *count,
                             lsa_error *err);

#endif
