/* lane_maker.h - a formula of prompts being written out as steps: the walk (lanes.c) and its products (lanes_product.c). */
#ifndef LSAFLOW_FORMULA_LANE_MAKER_H
#define LSAFLOW_FORMULA_LANE_MAKER_H

#include "formula/lane_steps.h"

/* Sums inside each other; numbers of one prompt. */
enum { LANE_SCOPES = 16, LANE_LARGEST_ROWS = 1 << 21 };

typedef struct lane_maker lane_maker;
struct lane_maker {
    lsa_arena *arena;
    const formula_lane_names *names;
    formula_lanes *lanes;
    /* The value of a node: whoever meets a child hands it back to the walk. */
    lsa_status (*make)(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err);
    int depth;
    int variable[LANE_SCOPES]; /* of the sums around; scope k has variable[k] */
    lane_list list[LANE_SCOPES];
    struct made {
        const formula_node *body;
        lane_value value;
        struct made *next;
    } * words;
};

/* lanes_product.c: rows for a new value; a step in the list of the innermost sum that its value depends on; a step of two values. */
lsa_status lane_room(lane_maker *m, ptrdiff_t rows, ptrdiff_t cols, int scope, lane_value *out, lsa_error *err);
lsa_status lane_add_step(lane_maker *m, const lane_step *step, lsa_error *err);
lsa_status lane_binary(lane_maker *m, const formula_node *node, lane_operation operation, const lane_value *a,
                       const lane_value *b, ptrdiff_t rows, ptrdiff_t cols, lane_value *out, lsa_error *err);
/* A product of factors; a power. */
lsa_status lane_product(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err);
lsa_status lane_power(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err);

static inline int lane_inner(int a, int b)
{
    return a > b ? a : b;
}

#endif
