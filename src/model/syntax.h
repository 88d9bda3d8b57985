/* syntax.h - the text of an expression as a tree, before names and shapes mean anything. One grammar in two sizes: that of
 * statements, and that of formulas, which has function calls, comparisons, vectors and rational exponents beside it.
 *
 *     sum     = product { ("+" | "-") product }
 *     product = signed { ("*" | "/") signed }
 *     signed  = ("+" | "-") signed | postfix
 *     postfix = primary { "'" | "^" exponent }
 *     exponent = [ "-" ] digits | "(" [ "-" ] digits ")"
 *     primary = number | name [ "[" name "]" ] | "(" sum ")" | "sum" "(" name "," sum ")" | "tr" "(" sum ")"
 *     number  = digits [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
 *
 * A formula is a condition:
 *
 *     condition = conjunction { "or" conjunction }
 *     conjunction = negated { "and" negated }
 *     negated  = { "not" } compared
 *     compared = sum { ("==" | "!=" | "<=" | ">=" | "<" | ">") sum } | sum "=" "O" "(" sum ")"
 *     postfix  = primary { "'" | "^" exponent | "@" name }
 *     exponent = ... | "(" [ "-" ] digits "/" digits ")"
 *     primary  = number | ".inf" | text | name [ "[" (name | digits) "]" ] | "(" condition ")" | "[" list "]"
 *              | "sum" "(" name "," condition ")" | "sum" "(" name "in" sum ".." sum "," condition ")"
 *              | name "(" argument { "," argument } ")"
 *     argument = condition | name { "." name } "->" sum | name "=" sum
 *     list     = condition { "," condition }
 *     text     = a text in double quotes */
#ifndef LSAFLOW_MODEL_SYNTAX_H
#define LSAFLOW_MODEL_SYNTAX_H

#include "lsaflow/arena.h"
#include "lsaflow/status.h"
#include <stddef.h>

enum {
    LSA_SYNTAX_BYTES = 65536, /* of one expression                                                    */
    LSA_SYNTAX_DEPTH = 200,   /* of the tree: every later walk recurses no deeper                      */
    LSA_SYNTAX_NAME = 63,     /* bytes of a name                                                       */
    LSA_SYNTAX_NUMBER = 4096, /* bytes of a literal                                                    */
    LSA_SYNTAX_EXPONENT = 99  /* of ^                                                                  */
};

typedef enum lsa_syntax_kind {
    LSA_SYNTAX_LITERAL,    /* text                                      */
    LSA_SYNTAX_SYMBOL,     /* text, perhaps [index]                     */
    LSA_SYNTAX_ADD,        /* children, a subtraction as a negation     */
    LSA_SYNTAX_MULTIPLY,   /* children                                  */
    LSA_SYNTAX_NEGATION,   /* child                                     */
    LSA_SYNTAX_QUOTIENT,   /* two children                              */
    LSA_SYNTAX_TRANSPOSED, /* child                                     */
    LSA_SYNTAX_RAISED,     /* child, exponent                           */
    LSA_SYNTAX_SUMMED,     /* sum(index, child)                         */
    LSA_SYNTAX_TRACED,     /* tr(child)                                 */
    /* Of formulas only. */
    LSA_SYNTAX_CALL,     /* text(children)                            */
    LSA_SYNTAX_VECTOR,   /* [children]                                */
    LSA_SYNTAX_INFINITY, /* .inf                                      */
    LSA_SYNTAX_STRING,   /* "text"                                    */
    LSA_SYNTAX_COMPARED, /* children, relations between them          */
    LSA_SYNTAX_AND,      /* children                                  */
    LSA_SYNTAX_OR,       /* children                                  */
    LSA_SYNTAX_NOT,      /* child                                     */
    LSA_SYNTAX_RUN,      /* sum(index in child .. child, child)       */
    LSA_SYNTAX_TOWARDS,  /* text -> child                             */
    LSA_SYNTAX_LET,      /* text = child                              */
    LSA_SYNTAX_ELSEWHERE /* child @ text                              */
} lsa_syntax_kind;

typedef enum lsa_relation {
    LSA_RELATION_EQUAL,
    LSA_RELATION_DIFFERENT,
    LSA_RELATION_AT_MOST,
    LSA_RELATION_AT_LEAST,
    LSA_RELATION_BELOW,
    LSA_RELATION_ABOVE,
    LSA_RELATION_BOUNDED /* a = O(b) */
} lsa_relation;
/* "==", "!=", "<=", ">=", "<", ">", "= O". */
const char *lsa_relation_text(lsa_relation relation);

typedef struct lsa_syntax lsa_syntax;
struct lsa_syntax {
    lsa_syntax_kind kind;
    size_t offset;                 /* of its first byte, or of its operator  */
    const char *text;              /* LITERAL, SYMBOL                        */
    const char *index;             /* SYMBOL: NULL without; SUMMED           */
    int exponent, root;            /* RAISED: ^(exponent/root), root >= 1   */
    const lsa_relation *relations; /* COMPARED: n_children - 1   */
    int depth;
    int n_children;
    const lsa_syntax **children;
};

/* Where and why a text is no expression. */
typedef struct lsa_syntax_fault {
    size_t offset;
    char message[160];
} lsa_syntax_fault;

/* Reads a whole expression. LSA_ERR_INPUT with *fault filled, LSA_ERR_MEMORY. */
lsa_status lsa_syntax_parse(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault);

/* Reads a whole formula, in the same way. */
lsa_status lsa_syntax_parse_formula(const char *text, lsa_arena *arena, const lsa_syntax **out,
                                    lsa_syntax_fault *fault);

/* Reads `name` or `name[index]` and nothing else: the left side of a definition or of a family of parameters. */
lsa_status lsa_syntax_parse_name(const char *text, lsa_arena *arena, const lsa_syntax **out, lsa_syntax_fault *fault);

#endif
