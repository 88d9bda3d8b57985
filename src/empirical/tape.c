/* tape.c - writing the line: nodes, folding, expressions entry by entry; degrees. */
#include "empirical/tape_node.h"

#include "base/rational.h"
#include "base/try.h"
#include <math.h>
#include <string.h>

static const int most_nodes = 1 << 20;
enum { NO_NODE = -1 }; /* memory is out, or the line is too long */

/* ---- Nodes ------------------------------------------------------------------------------------------------------ */

lsa_tape *lsa_tape_create(lsa_arena *arena)
{
    lsa_tape *tape = lsa_arena_alloc(arena, 1, sizeof *tape);
    if (tape)
        *tape = (lsa_tape){.arena = arena, .result = NO_NODE};
    return tape;
}

/* By these, and not by ==, two zeros of different sign are two numbers. */
static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static size_t hash_of(const lsa_tape_node *node)
{
    const uint64_t bits = bits_of(node->number);
    const uint64_t key = ((uint64_t)node->op << 60) ^ ((uint64_t)(unsigned)node->a << 30) ^ (uint64_t)(unsigned)node->b;
    return (size_t)(((key * 0x9e3779b97f4a7c15u) ^ (bits * 0xc2b2ae3d27d4eb4fu)) >> 20);
}

static bool is_same(const lsa_tape_node *x, const lsa_tape_node *y)
{
    return x->op == y->op && x->a == y->a && x->b == y->b && bits_of(x->number) == bits_of(y->number);
}

/* The bucket that holds such a node, or the empty one (0) where it belongs; buckets hold node + 1. */
static int *bucket_of(const lsa_tape *tape, const lsa_tape_node *node)
{
    const size_t mask = 2 * (size_t)tape->room - 1;
    size_t at = hash_of(node) & mask;
    while (tape->bucket[at] != 0 && !is_same(&tape->node[tape->bucket[at] - 1], node))
        at = (at + 1) & mask;
    return &tape->bucket[at];
}

static bool grow(lsa_tape *tape)
{
    const int room = tape->room ? 2 * tape->room : 256;
    if (room > most_nodes)
        return false;
    lsa_tape_node *node = lsa_arena_alloc(tape->arena, (size_t)room, sizeof *node);
    int *bucket = lsa_arena_alloc(tape->arena, 2 * (size_t)room, sizeof *bucket);
    tape->starved = !node || !bucket;
    if (tape->starved)
        return false;
    if (tape->count > 0)
        memcpy(node, tape->node, (size_t)tape->count * sizeof *node);
    tape->node = node;
    tape->bucket = bucket;
    tape->room = room;
    for (int k = 0; k < tape->count; k++)
        *bucket_of(tape, &node[k]) = k + 1;
    return true;
}

static int add_node(lsa_tape *tape, lsa_tape_node node)
{
    if (tape->count == tape->room && !grow(tape))
        return NO_NODE;
    int *bucket = bucket_of(tape, &node);
    if (*bucket == 0) {
        tape->node[tape->count] = node;
        *bucket = ++tape->count;
    }
    return *bucket - 1;
}

static int constant(lsa_tape *tape, double number)
{
    return add_node(tape, (lsa_tape_node){.op = LSA_TAPE_CONSTANT, .number = number == 0.0 ? 0.0 : number});
}

static bool is_constant(const lsa_tape *tape, int k, double *number)
{
    *number = tape->node[k].number;
    return tape->node[k].op == LSA_TAPE_CONSTANT;
}

static int add(lsa_tape *tape, int a, int b)
{
    double x, y;
    if (a == NO_NODE || b == NO_NODE)
        return NO_NODE;
    const bool known = is_constant(tape, a, &x), other = is_constant(tape, b, &y);
    if (known && other)
        return constant(tape, x + y);
    if (known && x == 0.0)
        return b;
    if (other && y == 0.0)
        return a;
    return add_node(tape, (lsa_tape_node){.op = LSA_TAPE_ADD, .a = a < b ? a : b, .b = a < b ? b : a});
}

static int scale(lsa_tape *tape, double factor, int a)
{
    if (factor == 1.0)
        return a;
    if (factor == 0.0)
        return constant(tape, 0.0);
    return add_node(tape, (lsa_tape_node){.op = LSA_TAPE_SCALE, .a = a, .number = factor});
}

static int multiply(lsa_tape *tape, int a, int b)
{
    double x, y;
    if (a == NO_NODE || b == NO_NODE)
        return NO_NODE;
    const bool known = is_constant(tape, a, &x), other = is_constant(tape, b, &y);
    if (known && other)
        return constant(tape, x == 0.0 || y == 0.0 ? 0.0 : x * y);
    if (known)
        return scale(tape, x, b);
    if (other)
        return scale(tape, y, a);
    return add_node(tape, (lsa_tape_node){.op = LSA_TAPE_MULTIPLY, .a = a < b ? a : b, .b = a < b ? b : a});
}

const int *lsa_tape_inputs(lsa_tape *tape, ptrdiff_t count)
{
    int *out = lsa_arena_alloc(tape->arena, (size_t)count, sizeof *out);
    for (ptrdiff_t k = 0; out && k < count; k++) {
        out[k] = add_node(tape, (lsa_tape_node){.op = LSA_TAPE_INPUT, .a = (int)tape->n_inputs++});
        if (out[k] == NO_NODE)
            return NULL;
    }
    return out;
}

const int *lsa_tape_constants(lsa_tape *tape, ptrdiff_t count, const double *values)
{
    int *out = lsa_arena_alloc(tape->arena, (size_t)count, sizeof *out);
    for (ptrdiff_t k = 0; out && k < count; k++) {
        out[k] = constant(tape, values[k]);
        if (out[k] == NO_NODE)
            return NULL;
    }
    return out;
}

ptrdiff_t lsa_tape_input_count(const lsa_tape *tape)
{
    return tape->n_inputs;
}

/* ---- Expressions ------------------------------------------------------------------------------------------------ */

/* The entries of a value, column-major. */
typedef struct entries {
    ptrdiff_t rows, cols;
    int *node;
} entries;

typedef struct writer {
    lsa_tape *tape;
    const lsa_tape_scope *scope;
    ptrdiff_t *index; /* present value of each index variable */
} writer;

static lsa_status write(writer *w, const lsa_expr *expr, entries *out, lsa_error *err);

static lsa_status make_entries(writer *w, ptrdiff_t rows, ptrdiff_t cols, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (entries){rows, cols, lsa_arena_alloc(w->tape->arena, (size_t)(rows * cols), sizeof *out->node)};
    LSA_TRY_MEMORY(out->node, "a statement entry by entry");
done:
    return status;
}

static lsa_status check_entries(const lsa_tape *tape, const entries *e, lsa_error *err)
{
    if (tape->starved)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a statement entry by entry");
    for (ptrdiff_t k = 0; k < e->rows * e->cols; k++)
        if (e->node[k] == NO_NODE)
            return lsa_error_set(err, LSA_ERR_UNABLE,
                                 "written out entry by entry the statement is longer than %d steps", most_nodes);
    return LSA_OK;
}

static lsa_status write_number(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_rational q;
    lsa_rational_init(&q);
    const bool good = lsa_rational_parse(&q, expr->number);
    out->node[0] = constant(w->tape, lsa_rational_double(&q));
    lsa_rational_clear(&q);
    return good ? LSA_OK : lsa_error_set(err, LSA_ERR_INPUT, "%s is not a number", expr->number);
}

static lsa_status write_symbol(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    const lsa_tape_symbol *symbol = &w->scope->symbols[expr->symbol];
    const ptrdiff_t size = out->rows * out->cols;
    if (!symbol->node)
        return lsa_error_set(err, LSA_ERR_INPUT, "the symbol %s has no number",
                             w->scope->statement->symbols[expr->symbol].name);
    memcpy(out->node, symbol->node + (symbol->family ? w->index[expr->index] * size : 0), (size_t)size * sizeof(int));
    return LSA_OK;
}

static void fill(writer *w, entries *out, double number)
{
    for (ptrdiff_t k = 0; k < out->rows * out->cols; k++)
        out->node[k] = constant(w->tape, number);
}

static void accumulate(writer *w, const entries *term, entries *out)
{
    for (ptrdiff_t k = 0; k < out->rows * out->cols; k++)
        out->node[k] = add(w->tape, out->node[k], term->node[k]);
}

static lsa_status write_sum(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries term;
    fill(w, out, 0.0);
    for (int c = 0; c < expr->n_children; c++) {
        LSA_TRY(write(w, expr->children[c], &term, err));
        accumulate(w, &term, out);
    }
done:
    return status;
}

static lsa_status write_index_sum(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries term;
    const ptrdiff_t range = expr->family == LSA_FAMILY_HEAD ? w->scope->heads : w->scope->samples;
    fill(w, out, 0.0);
    for (ptrdiff_t i = 0; i < range; i++) {
        w->index[expr->index] = i;
        LSA_TRY(write(w, expr->children[0], &term, err));
        accumulate(w, &term, out);
    }
done:
    return status;
}

static lsa_status scale_entries(writer *w, int factor, const entries *e, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make_entries(w, e->rows, e->cols, out, err));
    for (ptrdiff_t k = 0; k < e->rows * e->cols; k++)
        out->node[k] = multiply(w->tape, factor, e->node[k]);
done:
    return status;
}

/* out = a b; a factor of 1 x 1 beside one of another shape scales it. */
static lsa_status multiply_entries(writer *w, const entries *a, const entries *b, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (a->rows * a->cols == 1)
        return scale_entries(w, a->node[0], b, out, err);
    if (b->rows * b->cols == 1)
        return scale_entries(w, b->node[0], a, out, err);
    if (a->cols != b->rows)
        return lsa_error_set(err, LSA_ERR_SHAPE, "a product of %td x %td by %td x %td", a->rows, a->cols, b->rows,
                             b->cols);
    LSA_TRY(make_entries(w, a->rows, b->cols, out, err));
    fill(w, out, 0.0);
    for (ptrdiff_t j = 0; j < b->cols; j++)
        for (ptrdiff_t l = 0; l < a->cols; l++)
            for (ptrdiff_t i = 0; i < a->rows; i++)
                out->node[i + j * a->rows] = add(w->tape, out->node[i + j * a->rows],
                                                 multiply(w->tape, a->node[i + l * a->rows], b->node[l + j * b->rows]));
done:
    return status;
}

static lsa_status write_product(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries product, factor;
    LSA_TRY(write(w, expr->children[0], &product, err));
    for (int c = 1; c < expr->n_children; c++) {
        const entries left = product;
        LSA_TRY(write(w, expr->children[c], &factor, err));
        LSA_TRY(multiply_entries(w, &left, &factor, &product, err));
    }
    *out = product;
done:
    return status;
}

/* 1/x of a constant scalar; infinite of 0, which an empty sum still makes 0. */
static lsa_status reciprocal(writer *w, const entries *divisor, int *out, lsa_error *err)
{
    double x;
    if (!is_constant(w->tape, divisor->node[0], &x))
        return lsa_error_set(err, LSA_ERR_UNABLE, "a divisor that is not a constant");
    *out = constant(w->tape, 1.0 / x);
    return LSA_OK;
}

static lsa_status write_quotient(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries numerator, divisor;
    int inverse = NO_NODE;
    LSA_TRY(write(w, expr->children[0], &numerator, err));
    LSA_TRY(write(w, expr->children[1], &divisor, err));
    LSA_TRY(reciprocal(w, &divisor, &inverse, err));
    LSA_TRY(scale_entries(w, inverse, &numerator, out, err));
done:
    return status;
}

static lsa_status write_power(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries base;
    LSA_TRY(write(w, expr->children[0], &base, err));
    if (expr->exponent < 0)
        LSA_TRY(reciprocal(w, &base, &base.node[0], err));
    fill(w, out, 0.0);
    for (ptrdiff_t i = 0; i < out->rows; i++)
        out->node[i + i * out->rows] = constant(w->tape, 1.0);
    for (int e = 0; e < (expr->exponent < 0 ? -expr->exponent : expr->exponent); e++) {
        const entries previous = *out;
        LSA_TRY(multiply_entries(w, &previous, &base, out, err));
    }
done:
    return status;
}

static void transpose(const entries *a, entries *out)
{
    for (ptrdiff_t j = 0; j < a->cols; j++)
        for (ptrdiff_t i = 0; i < a->rows; i++)
            out->node[j + i * a->cols] = a->node[i + j * a->rows];
}

static void trace(writer *w, const entries *a, entries *out)
{
    out->node[0] = constant(w->tape, 0.0);
    for (ptrdiff_t i = 0; i < a->rows; i++)
        out->node[0] = add(w->tape, out->node[0], a->node[i + i * a->rows]);
}

static lsa_status write_of_one(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries a;
    LSA_TRY(write(w, expr->children[0], &a, err));
    if (expr->kind == LSA_EXPR_NEGATE)
        LSA_TRY(scale_entries(w, constant(w->tape, -1.0), &a, out, err));
    else if (expr->kind == LSA_EXPR_TRANSPOSE)
        transpose(&a, out);
    else
        trace(w, &a, out);
done:
    return status;
}

static lsa_status write_kind(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    switch (expr->kind) {
    case LSA_EXPR_NUMBER:
        return write_number(w, expr, out, err);
    case LSA_EXPR_SYMBOL:
        return write_symbol(w, expr, out, err);
    case LSA_EXPR_SUM:
        return write_sum(w, expr, out, err);
    case LSA_EXPR_INDEX_SUM:
        return write_index_sum(w, expr, out, err);
    case LSA_EXPR_PRODUCT:
        return write_product(w, expr, out, err);
    case LSA_EXPR_DIVIDE:
        return write_quotient(w, expr, out, err);
    case LSA_EXPR_POWER:
        return write_power(w, expr, out, err);
    default: /* NEGATE, TRANSPOSE, TRACE */
        return write_of_one(w, expr, out, err);
    }
}

static lsa_status write(writer *w, const lsa_expr *expr, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make_entries(w, w->scope->dims[expr->rows], w->scope->dims[expr->cols], out, err));
    LSA_TRY(write_kind(w, expr, out, err));
    LSA_TRY(check_entries(w->tape, out, err));
done:
    return status;
}

static int largest_index(const lsa_expr *expr)
{
    int largest = expr->index > LSA_INDEX_HEAD ? expr->index : LSA_INDEX_HEAD;
    for (int c = 0; c < expr->n_children; c++) {
        const int index = largest_index(expr->children[c]);
        largest = index > largest ? index : largest;
    }
    return largest;
}

static lsa_status write_scalar(lsa_tape *tape, const lsa_tape_scope *scope, const lsa_expr *expr, int *out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    entries value;
    writer w = {tape, scope, lsa_arena_alloc(tape->arena, (size_t)largest_index(expr) + 1, sizeof *w.index)};
    LSA_TRY_MEMORY(w.index, "a statement entry by entry");
    LSA_TRY(write(&w, expr, &value, err));
    *out = value.node[0];
done:
    return status;
}

static lsa_status check_finite(const lsa_tape *tape, lsa_error *err)
{
    for (int k = 0; k <= tape->result; k++)
        if (tape->node[k].live && !isfinite(tape->node[k].number))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "a division by 0, or a constant that is not finite");
    return LSA_OK;
}

/* Which nodes the result needs, and which of them the parameters reach. */
static void mark(lsa_tape *tape, ptrdiff_t n_parameters)
{
    for (int k = 0; k < tape->count; k++) {
        lsa_tape_node *node = &tape->node[k];
        const bool two = node->op == LSA_TAPE_ADD || node->op == LSA_TAPE_MULTIPLY;
        node->moved = node->op == LSA_TAPE_INPUT ? node->a < n_parameters
                                                 : (two || node->op == LSA_TAPE_SCALE) && tape->node[node->a].moved;
        node->moved |= two && tape->node[node->b].moved;
    }
    tape->node[tape->result].live = true;
    for (int k = tape->result; k >= 0; k--) {
        const lsa_tape_node *node = &tape->node[k];
        const bool two = node->op == LSA_TAPE_ADD || node->op == LSA_TAPE_MULTIPLY;
        if (node->live && (two || node->op == LSA_TAPE_SCALE))
            tape->node[node->a].live = true;
        if (node->live && two)
            tape->node[node->b].live = true;
    }
}

lsa_status lsa_tape_difference(lsa_tape *tape, const lsa_tape_scope *scope, const lsa_expr *left, const lsa_expr *right,
                               ptrdiff_t n_parameters, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int a = constant(tape, 0.0), b;
    if (left)
        LSA_TRY(write_scalar(tape, scope, left, &a, err));
    LSA_TRY(write_scalar(tape, scope, right, &b, err));
    tape->result = add(tape, a, multiply(tape, constant(tape, -1.0), b));
    LSA_TRY(check_entries(tape, &(entries){1, 1, &tape->result}, err));
    tape->n_parameters = n_parameters;
    tape->mark = lsa_arena_alloc(tape->arena, (size_t)tape->result + 1, sizeof *tape->mark);
    LSA_TRY_MEMORY(tape->mark, "a statement entry by entry");
    mark(tape, n_parameters);
    LSA_TRY(check_finite(tape, err));
done:
    return status;
}

lsa_tape *lsa_tape_magnitude(const lsa_tape *tape)
{
    lsa_tape *out = lsa_arena_alloc(tape->arena, 1, sizeof *out);
    lsa_tape_node *node = lsa_arena_alloc(tape->arena, (size_t)tape->count, sizeof *node);
    if (!out || !node)
        return NULL;
    *out = *tape;
    out->node = node;
    for (int k = 0; k < tape->count; k++) {
        node[k] = tape->node[k];
        node[k].number = fabs(node[k].number);
    }
    return out;
}

/* ---- Degrees ---------------------------------------------------------------------------------------------------- */

enum { MIXED = -1 };

static int degree_of(const lsa_tape_node *node, const int *degree, const int *weight)
{
    switch (node->op) {
    case LSA_TAPE_INPUT:
        return weight[node->a];
    case LSA_TAPE_ADD:
        return degree[node->a] > degree[node->b] ? degree[node->a] : degree[node->b];
    case LSA_TAPE_MULTIPLY:
        return degree[node->a] + degree[node->b];
    case LSA_TAPE_SCALE:
        return degree[node->a];
    default:
        return 0;
    }
}

static int parity_of(const lsa_tape_node *node, const int *parity, const int *weight)
{
    switch (node->op) {
    case LSA_TAPE_INPUT:
        return weight[node->a] & 1;
    case LSA_TAPE_ADD:
        return parity[node->a] == parity[node->b] ? parity[node->a] : MIXED;
    case LSA_TAPE_MULTIPLY:
        return parity[node->a] == MIXED || parity[node->b] == MIXED ? MIXED : parity[node->a] ^ parity[node->b];
    case LSA_TAPE_SCALE:
        return parity[node->a];
    default:
        return 0;
    }
}

int lsa_tape_degree(const lsa_tape *tape, const int *weight)
{
    for (int k = 0; k <= tape->result; k++)
        tape->mark[k] = degree_of(&tape->node[k], tape->mark, weight);
    return tape->mark[tape->result];
}

int lsa_tape_parity(const lsa_tape *tape, const int *weight)
{
    for (int k = 0; k <= tape->result; k++)
        tape->mark[k] = parity_of(&tape->node[k], tape->mark, weight);
    return tape->mark[tape->result];
}
