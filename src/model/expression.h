/* expression.h - from the syntax of an expression to a tree over symbols, with shapes.
 *
 * A table of symbols grows while a statement is read: declared ones first, then the built-in constants (N, rho, s2,
 * Lambda, Omega) and the values that the model gives, each when it is first named. */
#ifndef LSAFLOW_MODEL_EXPRESSION_H
#define LSAFLOW_MODEL_EXPRESSION_H

#include "lsaflow/arena.h"
#include "lsaflow/statement.h"
#include "model/array.h"
#include "model/syntax.h"
#include "model/yaml.h"

enum {
    LSA_TABLE_SYMBOLS = 64,
    LSA_TABLE_DIMS = 16,
    LSA_TABLE_DEFINITIONS = 64,
    LSA_EXPRESSION_SIZE = 20000 /* operations of one expression once its definitions are inserted */
};

/* A number of the model that an expression may name although the statement does not declare it. */
typedef struct lsa_given {
    const char *name;
    lsa_array_form form;
    ptrdiff_t rows, cols;
    bool symmetric;
} lsa_given;

/* What the numbers of a model say to its statement: may be all zero. */
typedef struct lsa_statement_context {
    ptrdiff_t d, rank; /* to name the sides of given matrices */
    ptrdiff_t n_given;
    const lsa_given *given;
} lsa_statement_context;

/* One entry of `define`: inserted wherever its name stands. */
typedef struct lsa_definition {
    const lsa_syntax *head; /* name or name[index] */
    const lsa_syntax *body;
    const lsa_node *node; /* of the body         */
    bool busy;            /* being inserted: it must not name itself */
} lsa_definition;

typedef struct lsa_symbol_table {
    lsa_arena *arena;
    const lsa_statement_context *context;
    int n_dims;
    const char *dims[LSA_TABLE_DIMS];
    int n_symbols;
    lsa_symbol symbols[LSA_TABLE_SYMBOLS];
    int n_definitions;
    lsa_definition definitions[LSA_TABLE_DEFINITIONS];
    int n_indices;   /* ids given to index variables so far */
    int size, depth; /* of the expression in hand           */
} lsa_symbol_table;

/* The dimension of that name, added when new; -1 when the table is full. */
lsa_dim lsa_symbol_table_dim(lsa_symbol_table *table, const char *name);

/* The symbol of that name, or -1. */
int lsa_symbol_table_find(const lsa_symbol_table *table, const char *name);

/* N, rho, s2, Lambda, Omega: symbols that have their numbers from the setting. */
bool lsa_name_is_reserved(const char *name);

/* Adds a symbol whose name is free; one that is reserved may be declared as what it is. LSA_ERR_INPUT at `node` when the name is taken or reserved, or the table full. */
lsa_status lsa_symbol_table_add(lsa_symbol_table *table, const lsa_symbol *symbol, const lsa_node *node, int *out,
                                lsa_error *err);

/* The symbol of that name: declared, given by the model, or built in (added when first named); -1 in *out when
 * unknown. */
lsa_status lsa_symbol_table_resolve(lsa_symbol_table *table, const char *name, const lsa_node *node, int *out,
                                    lsa_error *err);

/* Reads the scalar `node` as an expression. free_head: the index h may stand unbound, as LSA_INDEX_HEAD. */
lsa_status lsa_expression_read(lsa_symbol_table *table, const lsa_node *node, bool free_head, const lsa_expr **out,
                               lsa_error *err);

/* The family that an index variable runs over, by its name: the heads for h... and g..., else the samples. */
lsa_family lsa_index_family(const char *name);

/* "d x r" */
char *lsa_shape_text(const char *const *dims, lsa_dim rows, lsa_dim cols, char buffer[LSA_FOUND_SIZE]);

#endif
