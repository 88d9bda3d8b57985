/* roles.h - who is context, query, task and noise, which parameters are u, U, K, Q: found once, when a statement is read. */
#ifndef LSAFLOW_MODEL_ROLES_H
#define LSAFLOW_MODEL_ROLES_H

#include "model/expression.h"

/* Fills in the roles of the table's Gaussians and the statement's own fields for them, layer_parameters and rank. `roles`
 * is the optional mapping {query: NAME, task: NAME} that decides between candidates; target and layer are read already.
 * LSA_ERR_INPUT at a name that can have no such role. */
lsa_status lsa_roles_find(lsa_symbol_table *table, const lsa_node *roles, lsa_statement *statement, lsa_error *err);

/* The single Gaussians ~ Lambda (query) or ~ Omega (task) as "v, xq"; "" for none. */
typedef char lsa_role_names[160];
const char *lsa_role_candidates(const lsa_statement *statement, lsa_role role, lsa_role_names out);

#endif
