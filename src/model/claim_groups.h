/* claim_groups.h - shipped names that stand for several claims, and the shipped files they are read from. */
#ifndef LSAFLOW_MODEL_CLAIM_GROUPS_H
#define LSAFLOW_MODEL_CLAIM_GROUPS_H

#include "base/embedded.h"
#include "lsaflow/model.h"
#include "model/yaml.h"

/* Every file of models/claims; that of the groups is no file of claims. */
extern const lsa_embedded lsa_claim_files[];
extern const char lsa_claim_groups_file[];

/* The tree of a file; LSA_ERR_INPUT, LSA_ERR_MEMORY. */
lsa_status lsa_claim_file_parse(const lsa_embedded *file, lsa_arena *arena, lsa_node **out, lsa_error *err);

/* Fills the groups of *out, whose claims stay as they are. */
lsa_status lsa_claim_groups_read(lsa_arena *arena, lsa_shipped_claims *out, lsa_error *err);

/* The group of that name, or NULL. */
const lsa_claim_group *lsa_claim_group_find(const lsa_shipped_claims *shipped, const char *name);

#endif
