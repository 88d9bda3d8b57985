/* statement.h - reads the mapping of a statement. */
#ifndef LSAFLOW_MODEL_STATEMENT_H
#define LSAFLOW_MODEL_STATEMENT_H

#include "model/expression.h"

/* A statement from its mapping, checked. `name` is what reports call it. context may be NULL.
 * LSA_ERR_INPUT at the node that is wrong, LSA_ERR_MEMORY. */
lsa_status lsa_statement_read(const char *name, const lsa_node *mapping, const lsa_statement_context *context,
                              lsa_arena *arena, const lsa_statement **out, lsa_error *err);

/* The tree of a shipped statement; LSA_ERR_INPUT for an unknown name, without a place: the caller knows it. */
lsa_status lsa_statement_shipped_tree(const char *name, lsa_arena *arena, lsa_node **out, lsa_error *err);

#endif
