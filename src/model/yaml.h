/* yaml.h - YAML text as a tree of nodes that know their place; the only door to libyaml.
 *
 * The tree is a strict subset of YAML: one document; no anchors, aliases, tags or directives but %YAML; every key a
 * scalar that occurs once in its mapping; nesting, nodes and keys limited (below). Scalars stay text: what a number is,
 * the reader of a key decides (number.h). Nodes live in the caller's arena. */
#ifndef LSAFLOW_MODEL_YAML_H
#define LSAFLOW_MODEL_YAML_H

#include "lsaflow/arena.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

/* Limits of a file: stated in docs/model-language.md. A tree of the largest file takes some 200 MB. */
enum {
    LSA_YAML_BYTES = 16 << 20, /* bytes of a file                                                                 */
    LSA_YAML_DEPTH = 32,       /* mappings and sequences inside one another                                       */
    LSA_YAML_NODES = 1000000,  /* scalars, sequences and mappings                                                 */
    LSA_YAML_KEYS = 256        /* keys of one mapping: duplicates are found by comparing each with each           */
};

/* Where text came from. An option has no lines to name. */
typedef struct lsa_source {
    const char *name; /* path, or "--set KEY=VALUE"    */
    const char *text; /* the bytes, after a byte order mark */
    size_t length;
    bool option; /* messages name no line and column */
} lsa_source;

typedef enum lsa_node_kind { LSA_NODE_SCALAR, LSA_NODE_SEQUENCE, LSA_NODE_MAPPING } lsa_node_kind;

typedef enum lsa_node_style { LSA_STYLE_PLAIN, LSA_STYLE_SINGLE, LSA_STYLE_DOUBLE, LSA_STYLE_BLOCK } lsa_node_style;

typedef struct lsa_node lsa_node;
struct lsa_node {
    lsa_node_kind kind;
    const lsa_source *source;
    int line, column;     /* from 1; columns count characters                                    */
    lsa_node_style style; /* SCALAR                                                              */
    const char *text;     /* SCALAR: terminated, without zeros inside                            */
    size_t length;
    ptrdiff_t count;  /* items                                                               */
    lsa_node **items; /* SEQUENCE: the items; MAPPING: the values                            */
    lsa_node **keys;  /* MAPPING                                                             */
    lsa_node *parent; /* NULL at the root; a key has its mapping as parent                   */
    ptrdiff_t slot;   /* its place in the parent                                             */
    int version;      /* counts the changes made below it (override.h)                       */
};

/* Reads one document. LSA_ERR_INPUT with name:line:column for whatever the subset refuses, LSA_ERR_MEMORY. */
lsa_status lsa_yaml_parse(const lsa_source *source, lsa_arena *arena, lsa_node **out, lsa_error *err);

/* *out = the same tree in `arena`, places and texts included: nothing of it belongs to another arena. LSA_ERR_MEMORY. */
lsa_status lsa_node_copy(const lsa_node *root, lsa_arena *arena, lsa_node **out, lsa_error *err);

/* The value under `key` of a mapping, or NULL. */
lsa_node *lsa_node_find(const lsa_node *mapping, const char *key);

/* A plain scalar that says nothing: null, ~ or empty. */
bool lsa_node_is_null(const lsa_node *node);

/* Tells "name:line:column: key.path: " and the formatted message; the value is LSA_ERR_INPUT. Macros, so that a reader,
 * and an analyser, sees the failure where it is. */
#define lsa_node_error(node, err, ...) (lsa_node_report((node), (err), __VA_ARGS__), LSA_ERR_INPUT)
void lsa_node_report(const lsa_node *node, lsa_error *err, const char *format, ...);

/* The same, placed at byte `offset` of a scalar's text; blanks inside the scalar may be folded. */
#define lsa_node_error_at(node, offset, err, ...)                                                                      \
    (lsa_node_report_at((node), (offset), (err), __VA_ARGS__), LSA_ERR_INPUT)
void lsa_node_report_at(const lsa_node *node, size_t offset, lsa_error *err, const char *format, ...);

/* The key path of a node, "data.covariance.matrix.0", cut to the buffer. */
enum { LSA_PATH_SIZE = 256 };
char *lsa_node_path(const lsa_node *node, char buffer[LSA_PATH_SIZE]);

/* "name:line:column: key.path", in the arena; NULL when memory is out. */
const char *lsa_node_place(const lsa_node *node, lsa_arena *arena);

/* What a node is, for messages: 'text', "a list", "a mapping", "nothing"; control characters become ?, long text is
 * cut. */
enum { LSA_FOUND_SIZE = 64 };
const char *lsa_node_found(const lsa_node *node, char buffer[LSA_FOUND_SIZE]);
const char *lsa_text_shown(const char *text, char buffer[LSA_FOUND_SIZE]);

/* Appends a value as it would be written in one line; a long one is cut. `struct lsa_text` of base/text.h. */
struct lsa_text;
void lsa_node_write(const lsa_node *value, struct lsa_text *text);

#endif
