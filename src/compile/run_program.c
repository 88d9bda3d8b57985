/* run_program.c - the evaluator: one small loop per instruction, in order. NaN and infinity pass through. */
#include "base/matrix.h"
#include "base/simd_vector.h"
#include "compile/code.h"
#include "compile/power.h"

#include <string.h>

/* The memory behind the places. */
typedef struct machine {
    const double *state, *direction;
    double *work, *out;
} machine;

static const double *source(const machine *m, lsa_place place)
{
    switch (place.space) {
    case LSA_SPACE_STATE:
        return m->state + place.offset;
    case LSA_SPACE_DIRECTION:
        return m->direction + place.offset;
    case LSA_SPACE_CONSTANT:
        return place.data;
    case LSA_SPACE_WORK:
        return m->work + place.offset;
    case LSA_SPACE_OUT:
        return m->out + place.offset;
    case LSA_SPACE_NONE:
        break;
    }
    return NULL;
}

static double *target(const machine *m, lsa_place place)
{
    return (place.space == LSA_SPACE_OUT ? m->out : m->work) + place.offset;
}

/* c times the instruction's scalar. */
static double scale_of(const machine *m, const lsa_instruction *in)
{
    const double *s = source(m, in->s);
    return s != NULL ? in->c * s[0] : in->c;
}

/* One column: out_i =+ factor l_i a_(i stride). */
static void add_column(ptrdiff_t m, bool accumulate, double factor, const double *l, const double *a, ptrdiff_t stride,
                       double *out)
{
    for (ptrdiff_t i = 0; i < m; i++) {
        const double x = factor * (l != NULL ? l[i] : 1.0) * a[i * stride];
        out[i] = accumulate ? out[i] + x : x;
    }
}

/* The column of a matrix that is stored as it is used: what evaluation time goes to. The same digits as above. */
static void add_plain_column(ptrdiff_t m, bool accumulate, double factor, const double *l, const double *a, double *out)
{
    if (l == NULL && accumulate)
        lsa_simd_sum(m, 1.0, out, factor, a, out);
    else if (l == NULL)
        lsa_simd_scale(m, factor, a, out);
    else if (accumulate)
        lsa_simd_add_product(m, factor, l, a, out);
    else
        lsa_simd_product(m, factor, l, a, out);
}

static void run_outer(const machine *m, const lsa_instruction *in)
{
    const double *a = source(m, in->a), *b = source(m, in->b), *l = source(m, in->l), *r = source(m, in->r);
    double *out = target(m, in->out);
    const double s = scale_of(m, in);
    for (ptrdiff_t j = 0; j < in->n; j++)
        add_plain_column(in->m, in->accumulate, r != NULL ? s * r[j] * b[j] : s * b[j], l, a, out + j * in->m);
}

static void run_diagonal(const machine *m, const lsa_instruction *in)
{
    const double *l = source(m, in->l), *a = source(m, in->a), *r = source(m, in->r);
    double *out = target(m, in->out);
    const double s = scale_of(m, in);
    for (ptrdiff_t i = 0; i < in->m; i++)
        out[i + i * in->m] += s * (l != NULL ? l[i] : 1.0) * (a != NULL ? a[i] : 1.0) * (r != NULL ? r[i] : 1.0);
}

static void run_extract(const machine *m, const lsa_instruction *in)
{
    const double *a = source(m, in->a);
    double *out = target(m, in->out);
    for (ptrdiff_t i = 0; i < in->m; i++)
        out[i] = a[i + i * in->m];
}

/* sum_i l_i a_i b_i, b with a stride. Sums run in a fixed number of lanes: additions then do not wait for one another,
 * the compiler may use vectors, and the digits do not depend on which. */
enum { LANES = 8 };

static double weighted_dot(ptrdiff_t m, const double *l, const double *a, const double *b, ptrdiff_t stride)
{
    double lane[LANES] = {0.0}, sum = 0.0;
    const ptrdiff_t whole = stride == 1 ? m - m % LANES : 0;
    if (l != NULL)
        for (ptrdiff_t i = 0; i < whole; i += LANES)
            for (ptrdiff_t k = 0; k < LANES; k++)
                lane[k] += l[i + k] * a[i + k] * b[i + k];
    else
        for (ptrdiff_t i = 0; i < whole; i += LANES)
            for (ptrdiff_t k = 0; k < LANES; k++)
                lane[k] += a[i + k] * b[i + k];
    for (ptrdiff_t i = whole; i < m; i++)
        sum += (l != NULL ? l[i] : 1.0) * a[i] * b[i * stride];
    for (ptrdiff_t k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

/* The same for a = b: a third of the loads. */
static double weighted_square(ptrdiff_t m, const double *l, const double *a)
{
    double lane[LANES] = {0.0}, sum = 0.0;
    const ptrdiff_t whole = m - m % LANES;
    for (ptrdiff_t i = 0; i < whole; i += LANES)
        for (ptrdiff_t k = 0; k < LANES; k++)
            lane[k] += l[i + k] * a[i + k] * a[i + k];
    for (ptrdiff_t i = whole; i < m; i++)
        sum += l[i] * a[i] * a[i];
    for (ptrdiff_t k = 0; k < LANES; k++)
        sum += lane[k];
    return sum;
}

static double column_square(ptrdiff_t m, const double *l, const double *a)
{
    return l != NULL ? weighted_square(m, l, a) : weighted_dot(m, l, a, a, 1);
}

/* Column by column; the squares of a column are summed while it is in cache. */
static void run_add(const machine *m, const lsa_instruction *in)
{
    const double *a = source(m, in->a), *l = source(m, in->l), *r = source(m, in->r);
    double *out = target(m, in->out);
    const double s = scale_of(m, in);
    const bool square = in->square.space != LSA_SPACE_NONE;
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < in->n; j++) {
        const double factor = r != NULL ? s * r[j] : s;
        if (in->transpose_a) {
            add_column(in->m, in->accumulate, factor, l, a + j, in->n, out + j * in->m);
            continue;
        }
        add_plain_column(in->m, in->accumulate, factor, l, a + j * in->m, out + j * in->m);
        if (square)
            sum += (r != NULL ? r[j] : 1.0) * column_square(in->m, l, a + j * in->m);
    }
    if (square)
        *target(m, in->square) = sum;
}

/* Summed column by column: the rounding error grows with m + n, not with m n. */
static void run_inner(const machine *m, const lsa_instruction *in)
{
    const double *a = source(m, in->a), *b = source(m, in->b), *l = source(m, in->l), *r = source(m, in->r);
    const ptrdiff_t row = in->transpose_b ? in->n : 1, column = in->transpose_b ? 1 : in->m;
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < in->n; j++) {
        const double *A = a + j * in->m, *B = b + j * column;
        const double partial = A == B && row == 1 ? column_square(in->m, l, A) : weighted_dot(in->m, l, A, B, row);
        sum += r != NULL ? r[j] * partial : partial;
    }
    *target(m, in->out) = sum;
}

static void run_trace(const machine *m, const lsa_instruction *in)
{
    const double *a = source(m, in->a), *l = source(m, in->l);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < in->m; i++)
        sum += (l != NULL ? l[i] : 1.0) * a[i + i * in->m];
    *target(m, in->out) = sum;
}

static void run_term(const machine *m, const lsa_code *code, const lsa_instruction *in)
{
    double product = in->c;
    for (ptrdiff_t k = in->first_factor; k < in->first_factor + in->n_factors; k++)
        product *= lsa_integer_power(source(m, code->factors[k].place)[0], code->factors[k].exponent);
    double *out = target(m, in->out);
    *out = in->accumulate ? *out + product : product;
}

static void run_matmul(const machine *m, const lsa_instruction *in)
{
    lsa_mat_product(in->transpose_a, in->transpose_b, in->m, in->n, in->k, 1.0, source(m, in->a), source(m, in->b), 0.0,
                    target(m, in->out));
}

static void run_matvec(const machine *m, const lsa_instruction *in)
{
    const ptrdiff_t rows = in->transpose_a ? in->k : in->m, cols = in->transpose_a ? in->m : in->k;
    lsa_mat_vector(in->transpose_a, rows, cols, 1.0, source(m, in->a), source(m, in->b), 0.0, target(m, in->out));
}

void lsa_code_run(const lsa_code *code, const double *state, const double *direction, double *work, double *out)
{
    const machine m = {.state = state, .direction = direction, .work = work, .out = out};
    for (ptrdiff_t k = 0; k < code->n; k++) {
        const lsa_instruction *in = &code->instructions[k];
        switch (in->op) {
        case LSA_OP_ZERO:
            memset(target(&m, in->out), 0, (size_t)(in->m * in->n) * sizeof(double));
            break;
        case LSA_OP_ADD:
            run_add(&m, in);
            break;
        case LSA_OP_OUTER:
            run_outer(&m, in);
            break;
        case LSA_OP_DIAGONAL:
            run_diagonal(&m, in);
            break;
        case LSA_OP_EXTRACT:
            run_extract(&m, in);
            break;
        case LSA_OP_MATMUL:
            run_matmul(&m, in);
            break;
        case LSA_OP_MATVEC:
            run_matvec(&m, in);
            break;
        case LSA_OP_INNER:
            run_inner(&m, in);
            break;
        case LSA_OP_TRACE:
            run_trace(&m, in);
            break;
        case LSA_OP_TERM:
            run_term(&m, code, in);
            break;
        }
    }
}
