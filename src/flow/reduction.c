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

enum { LANES = 8 };

/* A column's rates and the squares of its entries; the diagonal's own is 0, as are those that fill the last vector. */
typedef struct column {
    ptrdiff_t count;
    double *H, *W;
} column;

static void read_column(const flow_reduction *reduction, ptrdiff_t j, column *c)
{
    const ptrdiff_t d = reduction->form->d;
    const double *U = reduction->start + reduction->form->U + j * d;
    double *restrict W = c->W;
    flow_form_rates(reduction->form, j, c->H);
    for (ptrdiff_t i = 0; i < d; i++)
        W[i] = U[i] * U[i];
    W[j] = 0.0;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The ranges of what moves, and what does not move. */
typedef struct survey {
    double least[LANES], fastest[LANES], still[LANES], largest[LANES];
} survey;

static void survey_column(survey *all, double flat, const column *c)
{
    for (ptrdiff_t i = 0; i < c->count; i += LANES)
        for (ptrdiff_t k = i, l = 0; l < LANES; k++, l++) {
            const double H = c->H[k], W = c->W[k];
            const double moving = H > flat ? W : 0.0;
            all->least[l] = smaller(moving > 0.0 ? H : (double)INFINITY, all->least[l]);
            all->fastest[l] = larger(moving > 0.0 ? H : 0.0, all->fastest[l]);
            all->largest[l] = larger(W, all->largest[l]);
            all->still[l] += W - moving;
        }
}

static double conclude(flow_reduction *reduction, const survey *all)
{
    double least = INFINITY, largest = 0.0;
    for (ptrdiff_t l = 0; l < LANES; l++) {
        least = smaller(all->least[l], least);
        largest = larger(all->largest[l], largest);
        reduction->fastest = larger(all->fastest[l], reduction->fastest);
        reduction->still += all->still[l];
    }
    reduction->largest = sqrt(largest);
    return least;
}

/* Two passes: the range of the rates, then the sum. */
static lsa_status compress(flow_reduction *reduction, column *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = reduction->form->d;
    const double flat = flow_form_flat(reduction->form);
    survey all = {.still = {0.0}};
    for (ptrdiff_t l = 0; l < LANES; l++)
        all.least[l] = INFINITY;
    for (ptrdiff_t j = 0; j < d; j++) {
        read_column(reduction, j, c);
        survey_column(&all, flat, c);
    }
    const double least = conclude(reduction, &all);
    if (isinf(least))
        goto done;
    LSA_TRY(flow_kernel_create(least, reduction->fastest, &reduction->kernel, err));
    for (ptrdiff_t j = 0; j < d; j++) {
        read_column(reduction, j, c);
        for (ptrdiff_t i = 0; i < d; i++)
            c->W[i] = c->H[i] > flat ? c->W[i] : 0.0;
        flow_kernel_add(reduction->kernel, d, c->H, c->W);
    }
    flow_kernel_close(reduction->kernel);
done:
    return status;
}

lsa_status flow_reduction_create(const lsa_program *program, const double *start, flow_reduction **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(program);
    const ptrdiff_t count = (form->d + LANES - 1) / LANES * LANES;
    flow_reduction *reduction = calloc(1, sizeof *reduction);
    LSA_TRY_MEMORY(reduction, "the reduced flow");
    *reduction = (flow_reduction){.form = form, .start = start, .tail = {1.0, 1.0}, .s = NAN};
    reduction->column = lsa_vec_create(2 * count);
    LSA_TRY_MEMORY(reduction->column, "the columns of the start");
    if (start != NULL) {
        column c = {.count = count, .H = reduction->column, .W = reduction->column + count};
        LSA_TRY(compress(reduction, &c, err));
    }
    *out = reduction;
    reduction = NULL;
done:
    flow_reduction_destroy(reduction);
    return status;
}

void flow_reduction_destroy(flow_reduction *reduction)
{
    if (reduction == NULL)
        return;
    flow_kernel_destroy(reduction->kernel);
    free(reduction->column);
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

double flow_reduction_moving_square(flow_reduction *reduction, double s)
{
    double phi[3];
    flow_reduction_sums(reduction, s, phi);
    return reduction->tail.moving * reduction->tail.moving * fmax(reduction->phi[0], 0.0);
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

/* exp(-H_ij s), 1 where H_ij is flat. */
static void decay_column(const lsa_form *form, ptrdiff_t j, double flat, double s, double *U)
{
    flow_form_rates(form, j, U);
    for (ptrdiff_t i = 0; i < form->d; i++)
        U[i] = U[i] <= flat ? 0.0 : -s * U[i];
    lsa_simd_exp(form->d, U, U);
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
        if (moving != 0.0)
            decay_column(form, j, flat, s, U);
        for (ptrdiff_t i = 0; i < d; i++)
            U[i] = moving != 0.0 ? U[i] * (moving * from[i]) : 0.0;
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
    const ptrdiff_t d = reduction->form->d;
    double *H = reduction->column;
    ptrdiff_t count = 0;
    *above = INFINITY;
    for (ptrdiff_t j = 0; j < d; j++) {
        double least = INFINITY;
        flow_form_rates(reduction->form, j, H);
        H[j] = INFINITY;
        for (ptrdiff_t i = 0; i < d; i++) {
            count += H[i] <= bound;
            least = smaller(H[i] > bound ? H[i] : (double)INFINITY, least);
        }
        *above = smaller(least, *above);
    }
    return count;
}
