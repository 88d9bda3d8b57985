/* override.h - a value put into a tree at a key path: `--set KEY=VALUE` and the runs of `vary`. */
#ifndef LSAFLOW_MODEL_OVERRIDE_H
#define LSAFLOW_MODEL_OVERRIDE_H

#include "model/yaml.h"

/* Puts `value` at the dotted path below root; mappings on the way are made where absent, items of lists are named by
 * their number from 0 and must exist. LSA_ERR_INPUT told as `blame` (the option, or a place in `vary`). */
lsa_status lsa_node_set(lsa_node *root, const char *path, lsa_node *value, const char *blame, lsa_arena *arena,
                        lsa_error *err);

/* Applies "KEY=VALUE", VALUE being YAML. LSA_ERR_USAGE without an =, LSA_ERR_INPUT as above. */
lsa_status lsa_override_apply(lsa_node *root, const char *option, lsa_arena *arena, lsa_error *err);

#endif
