/* tape_run.c - running the line on many points at once: values, reverse mode, and both along a direction. */
#include "base/try.h"
#include "empirical/tape_node.h"
#include <string.h>

enum { B = LSA_TAPE_LANES };

/* Row k of an array of rows. */
static double *row(double *rows, int k)
{
    return rows + (ptrdiff_t)k * B;
}

lsa_status lsa_tape_run_init(lsa_tape_run *run, const lsa_tape *tape, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t size = (size_t)tape->count * B;
    double *room = lsa_arena_alloc(arena, 4 * size, sizeof *room);
    int *input = lsa_arena_alloc(arena, (size_t)tape->n_inputs, sizeof *input);
    LSA_TRY_MEMORY(room && input ? room : NULL, "a statement entry by entry");
    *run = (lsa_tape_run){tape, input, room, room + size, room + 2 * size, room + 3 * size};
    for (int k = 0; k < tape->count; k++) {
        const lsa_tape_node *node = &tape->node[k];
        if (node->op == LSA_TAPE_INPUT)
            input[node->a] = k;
        for (int l = 0; l < B && node->op == LSA_TAPE_CONSTANT; l++)
            row(run->value, k)[l] = node->number;
    }
done:
    return status;
}

double *lsa_tape_input_row(const lsa_tape_run *run, ptrdiff_t input)
{
    return row(run->value, run->input[input]);
}

const double *lsa_tape_derivative_row(const lsa_tape_run *run, ptrdiff_t parameter)
{
    return row(run->adjoint, run->input[parameter]);
}

const double *lsa_tape_derivative_tangent_row(const lsa_tape_run *run, ptrdiff_t parameter)
{
    return row(run->adjoint_tangent, run->input[parameter]);
}

/* ---- Forward ---------------------------------------------------------------------------------------------------- */

static void add_rows(const double *restrict x, const double *restrict y, double *restrict out)
{
    for (int l = 0; l < B; l++)
        out[l] = x[l] + y[l];
}

static void multiply_rows(const double *restrict x, const double *restrict y, double *restrict out)
{
    for (int l = 0; l < B; l++)
        out[l] = x[l] * y[l];
}

static void scale_row(double factor, const double *restrict x, double *restrict out)
{
    for (int l = 0; l < B; l++)
        out[l] = factor * x[l];
}

/* out += x y, out += factor x */
static void add_product(const double *restrict x, const double *restrict y, double *restrict out)
{
    for (int l = 0; l < B; l++)
        out[l] += x[l] * y[l];
}

static void add_scaled(double factor, const double *restrict x, double *restrict out)
{
    for (int l = 0; l < B; l++)
        out[l] += factor * x[l];
}

const double *lsa_tape_forward(lsa_tape_run *run)
{
    const lsa_tape *tape = run->tape;
    double *v = run->value;
    for (int k = 0; k <= tape->result; k++) {
        const lsa_tape_node *node = &tape->node[k];
        if (!node->live)
            continue;
        if (node->op == LSA_TAPE_ADD)
            add_rows(row(v, node->a), row(v, node->b), row(v, k));
        else if (node->op == LSA_TAPE_MULTIPLY)
            multiply_rows(row(v, node->a), row(v, node->b), row(v, k));
        else if (node->op == LSA_TAPE_SCALE)
            scale_row(node->number, row(v, node->a), row(v, k));
    }
    return row(v, tape->result);
}

static void tangent_of(const lsa_tape_run *run, int k)
{
    const lsa_tape_node *node = &run->tape->node[k];
    const double *v = run->value;
    double *t = run->tangent, *out = row(t, k);
    memset(out, 0, B * sizeof *out);
    if (node->op == LSA_TAPE_ADD) {
        add_scaled(1.0, row(t, node->a), out);
        add_scaled(1.0, row(t, node->b), out);
    } else if (node->op == LSA_TAPE_MULTIPLY) {
        add_product(v + (ptrdiff_t)node->b * B, row(t, node->a), out);
        add_product(v + (ptrdiff_t)node->a * B, row(t, node->b), out);
    } else if (node->op == LSA_TAPE_SCALE) {
        add_scaled(node->number, row(t, node->a), out);
    }
}

/* The tangents of what the parameters do not reach stay 0, as they were made. */
const double *lsa_tape_forward_tangent(lsa_tape_run *run, const double *direction)
{
    const lsa_tape *tape = run->tape;
    for (int k = 0; k <= tape->result; k++) {
        const lsa_tape_node *node = &tape->node[k];
        if (node->live && node->op == LSA_TAPE_INPUT && node->moved)
            for (int l = 0; l < B; l++)
                row(run->tangent, k)[l] = direction[node->a];
        else if (node->live && node->moved)
            tangent_of(run, k);
    }
    return row(run->tangent, tape->result);
}

/* ---- Reverse ---------------------------------------------------------------------------------------------------- */

static bool is_moved(const lsa_tape *tape, int k)
{
    return tape->node[k].moved;
}

static void reverse_node(const lsa_tape_run *run, int k)
{
    const lsa_tape *tape = run->tape;
    const lsa_tape_node *node = &tape->node[k];
    double *v = run->value, *a = run->adjoint;
    if (node->op == LSA_TAPE_ADD) {
        if (is_moved(tape, node->a))
            add_scaled(1.0, row(a, k), row(a, node->a));
        if (is_moved(tape, node->b))
            add_scaled(1.0, row(a, k), row(a, node->b));
    } else if (node->op == LSA_TAPE_MULTIPLY) {
        if (is_moved(tape, node->a))
            add_product(row(v, node->b), row(a, k), row(a, node->a));
        if (is_moved(tape, node->b))
            add_product(row(v, node->a), row(a, k), row(a, node->b));
    } else if (node->op == LSA_TAPE_SCALE) {
        add_scaled(node->number, row(a, k), row(a, node->a));
    }
}

void lsa_tape_reverse(lsa_tape_run *run)
{
    const lsa_tape *tape = run->tape;
    memset(run->adjoint, 0, (size_t)tape->count * B * sizeof *run->adjoint);
    for (int l = 0; l < B; l++)
        row(run->adjoint, tape->result)[l] = 1.0;
    for (int k = tape->result; k >= 0; k--)
        if (tape->node[k].live && tape->node[k].moved)
            reverse_node(run, k);
}

/* The derivative of reverse_node along the direction. */
static void reverse_node_tangent(const lsa_tape_run *run, int k)
{
    const lsa_tape *tape = run->tape;
    const lsa_tape_node *node = &tape->node[k];
    double *v = run->value, *t = run->tangent, *a = run->adjoint, *s = run->adjoint_tangent;
    if (node->op == LSA_TAPE_ADD) {
        if (is_moved(tape, node->a))
            add_scaled(1.0, row(s, k), row(s, node->a));
        if (is_moved(tape, node->b))
            add_scaled(1.0, row(s, k), row(s, node->b));
    } else if (node->op == LSA_TAPE_MULTIPLY) {
        if (is_moved(tape, node->a)) {
            add_product(row(v, node->b), row(s, k), row(s, node->a));
            add_product(row(t, node->b), row(a, k), row(s, node->a));
        }
        if (is_moved(tape, node->b)) {
            add_product(row(v, node->a), row(s, k), row(s, node->b));
            add_product(row(t, node->a), row(a, k), row(s, node->b));
        }
    } else if (node->op == LSA_TAPE_SCALE) {
        add_scaled(node->number, row(s, k), row(s, node->a));
    }
}

void lsa_tape_reverse_tangent(lsa_tape_run *run)
{
    const lsa_tape *tape = run->tape;
    memset(run->adjoint_tangent, 0, (size_t)tape->count * B * sizeof *run->adjoint_tangent);
    for (int k = tape->result; k >= 0; k--)
        if (tape->node[k].live && tape->node[k].moved)
            reverse_node_tangent(run, k);
}
