/* lanes_run.c - the steps of a formula on all lanes of a batch. */
#include "base/matrix.h"
#include "base/try.h"
#include "formula/lane_steps.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

lsa_status formula_lane_work_create(const formula_lanes *lanes, formula_lane_work **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_lane_work *work = calloc(1, sizeof *work);
    LSA_TRY_MEMORY(work, "a batch of prompts");
    work->width = lanes->width;
    work->drawn = lanes->drawn;
    work->rows = lsa_vec_create((lanes->drawn + lanes->rows + 1) * lanes->width);
    work->scratch = lsa_vec_create(lanes->scratch + 1);
    LSA_TRY_MEMORY(work->rows, "a batch of prompts");
    LSA_TRY_MEMORY(work->scratch, "a batch of prompts");
    for (const struct lane_constant *c = lanes->constants; c != NULL; c = c->next) {
        double *row = lane_at(work, &c->value);
        for (ptrdiff_t k = 0; k < lane_count(&c->value) * work->width; k++)
            row[k] = c->value.constant[k / work->width];
    }
    *out = work;
    work = NULL;
done:
    formula_lane_work_destroy(work);
    return status;
}

void formula_lane_work_destroy(formula_lane_work *work)
{
    if (work == NULL)
        return;
    free(work->rows);
    free(work->scratch);
    free(work);
}

double *formula_lane_row(formula_lane_work *work, ptrdiff_t row)
{
    return work->rows + row * work->width;
}

/* ---------------------------------------------------------------- products */

static void add_scaled(ptrdiff_t n, double a, const double *x, double *out)
{
    for (ptrdiff_t k = 0; k < n; k++)
        out[k] += a * x[k];
}

static void add_product(ptrdiff_t n, const double *a, const double *x, double *out)
{
    for (ptrdiff_t k = 0; k < n; k++)
        out[k] += a[k] * x[k];
}

static double number(const formula_lane_work *work, double x)
{
    return work->absolute ? fabs(x) : x;
}

/* A constant side is a number for all lanes; its zeros cost nothing. */
static void run_product(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t L = work->width, m = s->a.rows, inner = s->a.cols;
    const double *a = lane_at(work, &s->a), *b = lane_at(work, &s->b);
    double *out = lane_at(work, &s->out);
    memset(out, 0, (size_t)(lane_count(&s->out) * L) * sizeof *out);
    for (ptrdiff_t j = 0; j < s->b.cols; j++) {
        for (ptrdiff_t k = 0; k < inner; k++) {
            const ptrdiff_t kj = k + j * inner;
            for (ptrdiff_t i = 0; i < m; i++) {
                double *to = out + (i + j * m) * L;
                const ptrdiff_t ik = i + k * m;
                if (s->a.constant == NULL && s->b.constant == NULL)
                    add_product(L, a + ik * L, b + kj * L, to);
                else if (s->a.constant != NULL && s->a.constant[ik] != 0.0)
                    add_scaled(L, number(work, s->a.constant[ik]), b + kj * L, to);
                else if (s->a.constant == NULL && s->b.constant[kj] != 0.0)
                    add_scaled(L, number(work, s->b.constant[kj]), a + ik * L, to);
            }
        }
    }
}

/* ---------------------------------------------------------------- entry by entry */

static void run_scale(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t L = work->width;
    const double *a = lane_at(work, &s->a), *b = lane_at(work, &s->b);
    double *out = lane_at(work, &s->out);
    for (ptrdiff_t e = 0; e < lane_count(&s->b); e++)
        for (ptrdiff_t l = 0; l < L; l++)
            out[e * L + l] = a[l] * b[e * L + l];
}

static void run_divide(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t L = work->width;
    const double *a = lane_at(work, &s->a), *b = lane_at(work, &s->b);
    double *out = lane_at(work, &s->out);
    for (ptrdiff_t e = 0; e < lane_count(&s->a); e++)
        for (ptrdiff_t l = 0; l < L; l++)
            out[e * L + l] = a[e * L + l] / b[l];
}

/* Small whole powers by multiplication. */
static double power_of(double x, double power)
{
    return power == 2.0 ? x * x : power == 3.0 ? x * x * x : power == 4.0 ? (x * x) * (x * x) : pow(x, power);
}

static void run_entries(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t n = lane_count(&s->out) * work->width;
    const double *a = lane_at(work, &s->a), *b = lane_at(work, &s->b);
    double *out = lane_at(work, &s->out);
    switch (s->operation) {
    case LANE_ADD:
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] = a[k] + b[k];
        break;
    case LANE_NEGATE:
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] = -a[k];
        break;
    case LANE_POWER:
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] = power_of(a[k], s->power);
        break;
    case LANE_AND:
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] = a[k] * b[k];
        break;
    case LANE_OR:
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] = a[k] + b[k] - a[k] * b[k];
        break;
    default: /* LANE_NOT */
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] = 1.0 - a[k];
    }
}

static bool is_so(lsa_relation relation, double a, double b)
{
    switch (relation) {
    case LSA_RELATION_EQUAL:
        return a == b;
    case LSA_RELATION_DIFFERENT:
        return a != b;
    case LSA_RELATION_AT_MOST:
        return a <= b;
    case LSA_RELATION_AT_LEAST:
        return a >= b;
    case LSA_RELATION_BELOW:
        return a < b;
    default:
        return a > b;
    }
}

/* Matrices are equal where all entries are, and different where one is; what has no value decides nothing. */
static void run_compare(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t L = work->width;
    const double *a = lane_at(work, &s->a), *b = lane_at(work, &s->b);
    double *out = lane_at(work, &s->out);
    const bool any = s->relation == LSA_RELATION_DIFFERENT;
    for (ptrdiff_t l = 0; l < L; l++) {
        bool told = false, unknown = false;
        for (ptrdiff_t e = 0; e < lane_count(&s->a); e++) {
            unknown = unknown || isnan(a[e * L + l]) || isnan(b[e * L + l]);
            told = told || is_so(s->relation, a[e * L + l], b[e * L + l]) == any;
        }
        out[l] = unknown ? (double)NAN : told == any ? 1.0 : 0.0;
    }
}

/* ---------------------------------------------------------------- places */

static void run_transpose(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t L = work->width;
    const double *a = lane_at(work, &s->a);
    double *out = lane_at(work, &s->out);
    for (ptrdiff_t j = 0; j < s->a.cols; j++)
        for (ptrdiff_t i = 0; i < s->a.rows; i++)
            memcpy(out + (j + i * s->a.cols) * L, a + (i + j * s->a.rows) * L, (size_t)L * sizeof *out);
}

/* Row number `row` of the result. */
static void run_copy(const lane_step *s, formula_lane_work *work)
{
    const ptrdiff_t L = work->width;
    const double *a = lane_at(work, &s->a);
    double *out = lane_at(work, &s->out);
    for (ptrdiff_t j = 0; j < lane_count(&s->a); j++)
        memcpy(out + (s->row + j * s->out.rows) * L, a + j * L, (size_t)L * sizeof *out);
}

/* The index is the same in every lane. */
static lsa_status run_member(const lane_step *s, formula_lane_work *work, lsa_error *err)
{
    const ptrdiff_t n = lane_count(&s->out) * work->width;
    const double number = lane_at(work, &s->b)[0];
    if (!(number >= 1.0 && number <= (double)s->members))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no %s[%.6g]: the context has %td pairs", s->node->text,
                             number, s->members);
    memcpy(lane_at(work, &s->out), lane_at(work, &s->a) + ((ptrdiff_t)number - 1) * n, (size_t)n * sizeof(double));
    return LSA_OK;
}

static lsa_status run_list(const lane_step *first, formula_lane_work *work, lsa_error *err);

static lsa_status run_sum(const lane_step *s, formula_lane_work *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = lane_count(&s->out) * work->width;
    const double *term = lane_at(work, &s->a);
    double *out = lane_at(work, &s->out);
    memset(out, 0, (size_t)n * sizeof *out);
    for (long j = s->from; j <= s->to; j++) {
        work->variables[s->variable] = j;
        LSA_TRY(run_list(s->body.first, work, err));
        for (ptrdiff_t k = 0; k < n; k++)
            out[k] += term[k];
    }
done:
    return status;
}

static void take_sizes(const formula_lane_work *work, ptrdiff_t n, double *x)
{
    for (ptrdiff_t k = 0; k < n * work->width; k++)
        x[k] = fabs(x[k]);
}

static lsa_status run_step(const lane_step *s, formula_lane_work *work, lsa_error *err)
{
    double *out = lane_at(work, &s->out);
    switch (s->operation) {
    case LANE_PRODUCT:
        run_product(s, work);
        break;
    case LANE_SCALE:
        run_scale(s, work);
        break;
    case LANE_DIVIDE:
        run_divide(s, work);
        break;
    case LANE_TRANSPOSE:
        run_transpose(s, work);
        break;
    case LANE_COPY:
        run_copy(s, work);
        break;
    case LANE_MEMBER:
        return run_member(s, work, err);
    case LANE_INDEX:
        for (int l = 0; l < work->width; l++)
            out[l] = (double)work->variables[s->variable];
        break;
    case LANE_FUNCTION:
        return lane_function_run(s, work, err);
    case LANE_COMPARE:
        run_compare(s, work);
        break;
    case LANE_SUM:
        return run_sum(s, work, err);
    default:
        run_entries(s, work);
    }
    return LSA_OK;
}

static lsa_status run_list(const lane_step *first, formula_lane_work *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (const lane_step *s = first; s != NULL; s = s->next) {
        LSA_TRY(run_step(s, work, err));
        if (work->absolute)
            take_sizes(work, lane_count(&s->out), lane_at(work, &s->out));
    }
done:
    return status;
}

lsa_status formula_lanes_run(const formula_lanes *lanes, formula_lane_work *work, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(run_list(lanes->steps.first, work, err));
    *out = lane_at(work, &lanes->value);
done:
    return status;
}

lsa_status formula_lanes_magnitude(const formula_lanes *lanes, formula_lane_work *work, const double **out,
                                   lsa_error *err)
{
    take_sizes(work, work->drawn + lanes->rows, work->rows);
    work->absolute = true;
    return formula_lanes_run(lanes, work, out, err);
}
