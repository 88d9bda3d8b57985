/* check.h - the state of a check, shared by its files: nodes (check_node.c), names (check_name.c), shapes of operators
 * (check_shape.c), calls (check_call.c), and the walk over all of them (check.c). */
#ifndef LSAFLOW_FORMULA_CHECK_H
#define LSAFLOW_FORMULA_CHECK_H

#include "formula/tree.h"

enum { FORMULA_WORDS = 64 };

/* The index of a sum, in force inside it. */
typedef struct checked_variable {
    const char *name;
    int id;
    const struct checked_variable *outer;
} checked_variable;

typedef struct checked_text checked_text;
typedef struct checker checker;
/* Reads one node of the syntax, by its kind. */
typedef lsa_status check_reader(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                                lsa_error *err);

struct checker {
    const formula_scope *scope;
    check_reader *kind; /* whoever meets a child hands it back to the walk */
    int count, depth, variables;
    const formula_node *words[FORMULA_WORDS]; /* bodies of `where`, once they are checked */
    bool busy[FORMULA_WORDS];
};

/* The text in hand. */
struct checked_text {
    const lsa_node *source;
    const checked_variable *variables;
};

extern const formula_side formula_one;

/* Anything; a number or matrix; a condition. */
check_reader check_any, check_value, check_condition;
/* A value of shape 1 x 1. */
lsa_status check_scalar(checker *c, const checked_text *in, const lsa_syntax *syntax, const char *what,
                        const formula_node **out, lsa_error *err);
check_reader check_name, check_call;
/* The calls of FORMULA_OF_MEANS and FORMULA_OF_PROMPTS: arguments and shape of a call under way. */
lsa_status check_mean_arguments(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_function_id id,
                                const formula_node **children, lsa_error *err);
lsa_status check_mean(formula_node *call, lsa_error *err);
/* Whether every name of a prompt stands inside a mean, and every mean at a point. */
lsa_status check_means(checker *c, const formula_node *root, lsa_error *err);
/* check_convention.c: what is known becomes what the claim's source means by it: the loss and what is linear in it; the scalar
 * parameter; a gradient by a parameter. */
lsa_status check_as_loss(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **node,
                         lsa_error *err);
lsa_status check_as_parameter(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **node,
                              lsa_error *err);
lsa_status check_as_gradient(checker *c, const checked_text *in, const lsa_syntax *syntax,
                             const formula_node *parameter, const formula_node **node, lsa_error *err);
lsa_status check_hessian_convention(const checker *c, const formula_node *node, lsa_error *err);
/* Such a product: its second factor is what is known. */
bool check_is_rescaled(const formula_node *node);
/* check_limit.c: the arguments of lim and order; and `e @ name`. */
lsa_status check_limit(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_function *function,
                       const formula_node **children, lsa_error *err);
check_reader check_elsewhere;
/* No condition, and finite. */
lsa_status check_is_value(const formula_node *node, lsa_error *err);
/* The index of a sum around the text; NULL: none of that name. */
const checked_variable *check_find_variable(const checked_text *in, const char *name);
/* An operator's shape; its children are checked. */
lsa_status check_shape(formula_node *node, const lsa_syntax *syntax, lsa_error *err);

/* A node over finished children: their needs and witnesses are its own. */
lsa_status check_make(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_kind kind, int n,
                      const formula_node *const *children, formula_node **out, lsa_error *err);
bool sides_agree(formula_side a, formula_side b);
/* The side of dimension d, and that of the state. */
formula_side check_side_d(const checker *c);
formula_side check_side_state(const checker *c);
/* A side of another model: of the same name where it has the same size here, else of its size alone. */
formula_side check_side_elsewhere(const checker *c, formula_side there);

#endif
