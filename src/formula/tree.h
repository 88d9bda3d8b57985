/* tree.h - a formula with its shapes: what the checker makes of the syntax, and what is evaluated, compared and printed.
 *
 * A side of a shape has a name (d, r, a dimension of the statement) and a size; sides that both have names agree where the
 * names do, whatever the sizes, and a side without a name (of a vector that is written out) agrees with its size. */
#ifndef LSAFLOW_FORMULA_TREE_H
#define LSAFLOW_FORMULA_TREE_H

#include "formula/functions.h"
#include "formula/names.h"
#include "lsaflow/model.h"
#include "lsaflow/statement.h"
#include "model/syntax.h"
#include "model/yaml.h"

typedef struct formula_side {
    const char *name; /* NULL: none; "1" */
    ptrdiff_t size;
} formula_side;

typedef enum formula_kind {
    FORMULA_NUMBER,   /* text: an exact decimal                                                        */
    FORMULA_INFINITE, /* .inf                                                                          */
    FORMULA_INTEGER,  /* integer: a name of `for` with its value                                       */
    FORMULA_SYMBOL,   /* symbol of the statement; of a family child[0] is the head, from 1             */
    FORMULA_NAME,     /* a name of the table                                                           */
    FORMULA_VARIABLE, /* variable: the index of a sum                                                  */
    FORMULA_TEXT,     /* the name of a test (integer: its number, or FORMULA_TRAINING) or a model      */
    FORMULA_VECTOR,   /* children, one a row (scalars) or rows themselves                              */
    FORMULA_SUM,      /* children, >= 2                                                                */
    FORMULA_PRODUCT,  /* children in order; scalars anywhere                                           */
    FORMULA_NEGATE,   /* - child                                                                       */
    FORMULA_DIVIDE,   /* child / scalar                                                                */
    FORMULA_POWER,    /* child ^ (exponent/root)                                                       */
    FORMULA_TRANSPOSE,
    FORMULA_CALL,      /* function(children)                                                            */
    FORMULA_RUN,       /* sum(variable in child[0] .. child[1], child[2])                               */
    FORMULA_PAIRS,     /* the number of pairs in the context of the prompt at hand              */
    FORMULA_TOWARDS,   /* text -> .inf (integer 1) or 0 (integer 0), in lim and order; text: a dotted key */
    FORMULA_LET,       /* text = child, in lim and order; text: a dotted key                            */
    FORMULA_ELSEWHERE, /* child @ text: in model number `integer` of the scope                        */
    FORMULA_COMPARE,   /* children with relations between them                                          */
    FORMULA_AND,
    FORMULA_OR,
    FORMULA_NOT,
    FORMULA_DEFINED /* text: a name of `where`, child[0] its formula                                  */
} formula_kind;

/* What a value depends on beside the model, as bits. */
enum {
    FORMULA_AT_POINT = 1,   /* parameters, or what is a function of them  */
    FORMULA_IN_TIME = 2,    /* t, and what only the flow has              */
    FORMULA_IN_SUM = 4,     /* the index of a sum around it               */
    FORMULA_IN_TEST = 8,    /* the test at hand                           */
    FORMULA_IN_PROMPT = 16, /* the prompt at hand                       */
    FORMULA_IN_LAW = 32,    /* a Lambda that every prompt draws anew    */
    FORMULA_SAMPLED = 64    /* prompts or runs are drawn for it         */
};

enum { FORMULA_TRAINING = -2 }; /* the law of training as a test */

typedef struct formula_node formula_node;
struct formula_node {
    formula_kind kind;
    size_t offset;          /* in its text, for messages            */
    const lsa_node *source; /* the scalar of the model file         */
    formula_side rows, cols;
    bool truth;         /* a condition, no number               */
    unsigned needs;     /* FORMULA_AT_POINT ...                 */
    unsigned witnesses; /* formula_witness bits               */
    const char *text;
    long integer;
    int symbol;
    const formula_name *name;
    int variable;
    const formula_function *function;
    int exponent, root;
    const lsa_relation *relations;
    int n_children;
    const formula_node **children;
    int number; /* counts the nodes of one formula, from 0 */
};

/* The numbers that a formula is checked against. */
typedef struct formula_word {
    const char *name;
    const lsa_node *body; /* of `where`; NULL: an integer of `for` */
    long integer;
} formula_word;

typedef struct formula_scope formula_scope;
struct formula_scope {
    lsa_arena *arena;
    const lsa_statement *statement;
    const ptrdiff_t *dims; /* of the statement                                 */
    ptrdiff_t heads, rank;
    bool random;    /* every prompt draws its own Lambda                */
    bool each_test; /* `for: tests`: `test` and its laws are names      */
    bool one_point; /* `at` is given: what depends on parameters is taken there */
    ptrdiff_t n_tests;
    const char *const *tests; /* names, in order; several results may share one  */
    int n_words;
    const formula_word *words; /* of `for` and `where`                             */
    int first_number;          /* of the nodes: formulas of one claim share their numbers */
    int n_models;              /* for `e @ name` */
    const formula_scope *models;
    const char *model;                /* of `models`, its name */
    const lsa_convention *convention; /* of the claim's source; NULL: ours */
};

enum { FORMULA_SIZE = 20000 }; /* nodes of one formula once the definitions are inserted */

/* Reads the scalar `node`. LSA_ERR_INPUT with file, line and column; LSA_ERR_MEMORY. *count = the number after its last node's. */
lsa_status formula_check(const formula_scope *scope, const lsa_node *node, const formula_node **out, int *count,
                         lsa_error *err);

bool formula_is_scalar(const formula_node *node);
/* "d x r" */
char *formula_shape_text(formula_side rows, formula_side cols, char buffer[LSA_FOUND_SIZE]);
/* Places a message at a node: for formulas of the command line with the character in the formula. The value is LSA_ERR_INPUT, by
 * a macro as those of model/yaml.h. */
#define formula_error(at, err, ...) (formula_report((at)->source, (at)->offset, (err), __VA_ARGS__), LSA_ERR_INPUT)
#define formula_error_at(source, offset, err, ...)                                                                     \
    (formula_report((source), (offset), (err), __VA_ARGS__), LSA_ERR_INPUT)
void formula_report(const lsa_node *source, size_t offset, lsa_error *err, const char *format, ...);

struct lsa_text;
/* Appends the formula as it would be written, definitions inserted. */
void formula_print(const formula_node *node, struct lsa_text *out);

/* Equal as formulas: node by node, the order of sums aside. */
bool formula_same(const formula_node *a, const formula_node *b);

#endif
