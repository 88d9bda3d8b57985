/* lane_steps.h - the steps of a formula on lanes: what its maker (lanes.c) writes and its runner (lanes_run.c) reads. */
#ifndef LSAFLOW_FORMULA_LANE_STEPS_H
#define LSAFLOW_FORMULA_LANE_STEPS_H

#include "formula/lanes.h"

/* Indices of sums in one formula. */
enum { FORMULA_INDICES = 64 };

/* A value: rows x cols entries, by columns, from row `at` of the steps' own on, or (at < 0) from the drawn row -1 - at on; a
 * constant has its numbers beside it, its rows hold them in every lane. */
typedef struct lane_value {
    ptrdiff_t at, rows, cols;
    const double *constant;
    int scope; /* of the sums around it, the innermost that it depends on; 0: none */
} lane_value;

typedef enum lane_operation {
    LANE_ADD,       /* out = a + b                                    */
    LANE_NEGATE,    /* out = -a                                       */
    LANE_PRODUCT,   /* out = a b, matrices                            */
    LANE_SCALE,     /* out = a b, a scalar                            */
    LANE_DIVIDE,    /* out = a / b, b scalar                          */
    LANE_POWER,     /* out = a^power, a scalar                        */
    LANE_TRANSPOSE, /* out = a'                                       */
    LANE_COPY, /* rows of a into out from row `row` on, of a matrix of out.rows rows: a is one row of it or an entry */
    LANE_MEMBER,   /* out = member number b of the family at a       */
    LANE_INDEX,    /* out = the index of sum number `variable`       */
    LANE_FUNCTION, /* out = function(a, ...), more operands in `more` */
    LANE_COMPARE,  /* out = a relation b, 0 or 1                     */
    LANE_AND,      /* out = a b                                      */
    LANE_OR,       /* out = a + b - a b                              */
    LANE_NOT,      /* out = 1 - a                                    */
    LANE_SUM       /* out = sum of body's value over the index       */
} lane_operation;

typedef struct lane_step lane_step;

typedef struct lane_list {
    lane_step *first, *last;
} lane_list;

struct lane_step {
    lane_operation operation;
    lane_value out, a, b;
    double power;
    ptrdiff_t row;
    formula_function_id function;
    int n_more;
    const lane_value *more; /* all operands of a function */
    lsa_relation relation;
    int variable; /* of a sum, of an index */
    long from, to;
    lane_list body;
    ptrdiff_t members;        /* of a family */
    const formula_node *node; /* for messages */
    lane_step *next;
};

struct formula_lanes {
    lane_list steps;
    lane_value value;
    ptrdiff_t rows, drawn;
    ptrdiff_t scratch; /* for functions of one lane's matrices */
    int width;
    struct lane_constant {
        lane_value value;
        struct lane_constant *next;
    } * constants;
};

struct formula_lane_work {
    int width;
    bool absolute; /* every number is taken by its size */
    ptrdiff_t drawn;
    double *rows, *scratch;
    long variables[FORMULA_INDICES];
};

static inline double *lane_at(const formula_lane_work *work, const lane_value *v)
{
    return work->rows + (v->at < 0 ? -1 - v->at : work->drawn + v->at) * work->width;
}

static inline ptrdiff_t lane_count(const lane_value *v)
{
    return v->rows * v->cols;
}

/* lanes_matrix.c: the functions of the table on lanes. Which of them there are. */
bool lane_function_is_offered(formula_function_id id);
/* Doubles of scratch that a function of operands of these sizes needs. */
ptrdiff_t lane_function_scratch(ptrdiff_t rows, ptrdiff_t cols);
lsa_status lane_function_run(const lane_step *step, formula_lane_work *work, lsa_error *err);

#endif
