/* reduction.c - set-up, sums and whole matrices of the reduced flow. */
#include "flow/reduction.h"
#include "base/matrix.h"
#include "base/simd_series.h"
#include "base/try.h"
#include "flow/form.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool flow_reduction_applies(const lsa_program *program)
{
    const lsa_form *form = lsa_program_form(program);
    return form != NULL && form->B_diagonal && lsa_program_size(program) == form->d * form->d + 1;
}

/* The terms of one column: those entries off the diagonal that are not zero and decay. */
typedef struct column {
    ptrdiff_t count;
    double still;   /* squares of those that do not */
    double largest; /* square */
    double *rates, *squares, *H;
} column;

static void read_column(const flow_reduction *reduction, ptrdiff_t j, double flat, column *c)
{
    const ptrdiff_t d = reduction->form->d;
    const double *U = reduction->start + reduction->form->U + j * d;
    flow_form_rates(reduction->form, j, c->H);
    c->count = 0;
    c->still = c->largest = 0.0;
    for (ptrdiff_t i = 0; i < d; i++) {
        const double square = i == j ? 0.0 : U[i] * U[i];
        c->largest = square > c->largest ? square : c->largest;
        if (c->H[i] <= flat)
            c->still += square;
        else if (square > 0.0) {
            c->rates[c->count] = c->H[i];
            c->squares[c->count++] = square;
        }
    }
}

/* Two passes: the range of the rates, then the sum. */
static lsa_status compress(flow_reduction *reduction, column *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = reduction->form->d;
    const double flat = flow_form_flat(reduction->form);
    double least = INFINITY;
    for (ptrdiff_t j = 0; j < d; j++) {
        read_column(reduction, j, flat, c);
        for (ptrdiff_t i = 0; i < c->count; i++) {
            least = c->rates[i] < least ? c->rates[i] : least;
            reduction->fastest = c->rates[i] > reduction->fastest ? c->rates[i] : reduction->fastest;
        }
        reduction->still += c->still;
        reduction->largest = fmax(reduction->largest, sqrt(c->largest));
    }
    if (isinf(least))
        goto done;
    LSA_TRY(flow_kernel_create(least, reduction->fastest, &reduction->kernel, err));
    for (ptrdiff_t j = 0; j < d; j++) {
        read_column(reduction, j, flat, c);
        flow_kernel_add(reduction->kernel, c->count, c->rates, c->squares);
    }
    flow_kernel_close(reduction->kernel);
done:
    return status;
}

lsa_status flow_reduction_create(const lsa_program *program, const double *start, flow_reduction **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(program);
    double *memory = NULL;
    flow_reduction *reduction = calloc(1, sizeof *reduction);
    LSA_TRY_MEMORY(reduction, "the reduced flow");
    *reduction = (flow_reduction){.form = form, .start = start, .tail = {1.0, 1.0}, .s = NAN};
    if (start != NULL) {
        memory = lsa_vec_create(3 * form->d);
        LSA_TRY_MEMORY(memory, "the columns of the start");
        column c = {.rates = memory, .squares = memory + form->d, .H = memory + 2 * form->d};
        LSA_TRY(compress(reduction, &c, err));
    }
    *out = reduction;
    reduction = NULL;
done:
    free(memory);
    flow_reduction_destroy(reduction);
    return status;
}

void flow_reduction_destroy(flow_reduction *reduction)
{
    if (reduction == NULL)
        return;
    flow_kernel_destroy(reduction->kernel);
    free(reduction);
}

void flow_reduction_sums(flow_reduction *reduction, double s, double phi[3])
{
    const flow_tail tail = reduction->tail;
    if (s != reduction->s) /* Newton's iterations, the gap and the gradient ask at the same s */
        flow_kernel_eval(reduction->kernel, s, reduction->phi);
    reduction->s = s;
    for (int p = 0; p < 3; p++)
        phi[p] = tail.moving * tail.moving * reduction->phi[p];
    phi[0] += tail.still * tail.still * reduction->still;
}

/* Those entries of column j that do not decay. */
static void restore_still(const flow_reduction *reduction, ptrdiff_t j, double flat, double *U)
{
    const lsa_form *form = reduction->form;
    const double *from = reduction->start + form->U + j * form->d;
    for (ptrdiff_t i = 0; i < form->d && reduction->still > 0.0; i++)
        if (i != j && lsa_form_rate(form, i, j) <= flat)
            U[i] = reduction->tail.still * from[i];
}

void flow_reduction_expand(const flow_reduction *reduction, const double *y, double *out)
{
    const lsa_form *form = reduction->form;
    const ptrdiff_t d = form->d;
    const double flat = flow_form_flat(form), s = y[1 + d], moving = reduction->tail.moving;
    out[form->u] = y[0];
    for (ptrdiff_t j = 0; j < d; j++) {
        const double *from = reduction->start + form->U + j * d;
        double *U = out + form->U + j * d;
        flow_form_rates(form, j, U);
        for (ptrdiff_t i = 0; i < d; i++)
            U[i] = U[i] <= flat ? 0.0 : -s * U[i];
        lsa_simd_exp(d, U, U);
        for (ptrdiff_t i = 0; i < d; i++)
            U[i] *= moving * from[i];
        restore_still(reduction, j, flat, U);
        U[j] = y[1 + j];
    }
}

/* A diagonal start is integrated at sizes where d^2 operations would dwarf the rest. */
enum { COUNT_LIMIT = 4096 };

bool flow_reduction_may_count(const flow_reduction *reduction)
{
    return reduction->start != NULL || reduction->form->d <= COUNT_LIMIT;
}

ptrdiff_t flow_reduction_count(const flow_reduction *reduction, double bound, double *above)
{
    const lsa_form *form = reduction->form;
    ptrdiff_t count = 0;
    *above = INFINITY;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++) {
            const double H = i == j ? (double)INFINITY : lsa_form_rate(form, i, j);
            count += H <= bound;
            *above = H > bound && H < *above ? H : *above;
        }
    return count;
}
