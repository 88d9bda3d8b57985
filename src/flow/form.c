/* form.c - the recognised quadratic-in-uU loss: gradient, gap, Newton's arrowhead and its inertia.
 *
 * The Hessian is an arrowhead: the diagonal u^2 H for the entries of U, one border b = H o (2uU - V) for u, the
 * corner <U, H o U>. Elimination of the diagonal solves with it in O(d^2) and, by Sylvester's law, counts its
 * eigenvalues by sign. */
#include "flow/form.h"
#include "base/matrix.h"
#include "base/simd_form.h"
#include "base/simd_vector.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The share of the largest entry of H below which another one is a rounded zero. */
static const double FLAT = 1e-30;

void flow_form_rates(const lsa_form *form, ptrdiff_t j, double *H)
{
    const ptrdiff_t d = form->d;
    lsa_simd_scale(d, form->right[j], form->left, H);
    for (ptrdiff_t t = 1; t < form->n_products; t++)
        lsa_simd_sum(d, 1.0, H, form->right[t * d + j], form->left + t * d, H);
    if (form->diagonal != NULL)
        H[j] = form->diagonal[j];
}

double flow_form_largest(const lsa_form *form)
{
    double sum = 0.0;
    const double own = form->diagonal != NULL ? lsa_vec_norm_max(form->d, form->diagonal) : 0.0;
    for (ptrdiff_t t = 0; t < form->n_products; t++)
        sum +=
            lsa_vec_norm_max(form->d, form->left + t * form->d) * lsa_vec_norm_max(form->d, form->right + t * form->d);
    return fmax(sum, own);
}

double flow_form_flat(const lsa_form *form)
{
    return FLAT * flow_form_largest(form);
}

static double entry_B(const lsa_form *form, ptrdiff_t i, ptrdiff_t j)
{
    if (form->B_diagonal)
        return i == j ? form->B[i] : 0.0;
    return form->B[i + j * form->d];
}

static lsa_status create_empty(const lsa_form *form, ptrdiff_t count, flow_form **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_form *table = calloc(1, sizeof *table);
    LSA_TRY_MEMORY(table, "the flow's form");
    table->count = count;
    table->minimum = form->minimum;
    table->H_max = flow_form_largest(form);
    table->H = lsa_vec_create(count);
    LSA_TRY_MEMORY(table->H, "the rates H");
    table->V = lsa_vec_create(count);
    LSA_TRY_MEMORY(table->V, "the limit V");
    *out = table;
    table = NULL;
done:
    flow_form_destroy(table);
    return status;
}

/* Entry k of the table has H = table->H[k] and the given B. */
static void tabulate(flow_form *table, ptrdiff_t k, double flat, double B)
{
    if (table->H[k] <= flat)
        table->H[k] = 0.0;
    else
        table->V[k] = B / table->H[k];
    table->scale += 0.5 * table->H[k] * table->V[k] * table->V[k];
}

lsa_status flow_form_create(const lsa_form *form, flow_form **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = form->d;
    const double flat = flow_form_flat(form);
    flow_form *table = NULL;
    LSA_TRY(create_empty(form, d * d, &table, err));
    table->u = form->u;
    table->U = form->U;
    for (ptrdiff_t j = 0; j < d; j++) {
        flow_form_rates(form, j, table->H + j * d);
        for (ptrdiff_t i = 0; i < d; i++)
            tabulate(table, i + j * d, flat, entry_B(form, i, j));
    }
    *out = table;
done:
    return status;
}

lsa_status flow_form_create_diagonal(const lsa_form *form, flow_form **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double flat = flow_form_flat(form);
    flow_form *table = NULL;
    LSA_TRY(create_empty(form, form->d, &table, err));
    table->u = 0;
    table->U = 1;
    for (ptrdiff_t i = 0; i < form->d; i++) {
        table->H[i] = lsa_form_rate(form, i, i);
        tabulate(table, i, flat, form->B[i]);
    }
    *out = table;
done:
    return status;
}

void flow_form_destroy(flow_form *form)
{
    if (form == NULL)
        return;
    free(form->H);
    free(form->V);
    free(form);
}

static lsa_entries entries(const flow_form *form, const double *y)
{
    return (lsa_entries){.n = form->count, .H = form->H, .V = form->V, .U = y + form->U, .u = y[form->u]};
}

double flow_form_rhs(const flow_form *form, const double *y, double *f)
{
    const lsa_entries all = entries(form, y);
    double square;
    f[form->u] = lsa_simd_form_rhs(&all, f + form->U, &square);
    return square + f[form->u] * f[form->u];
}

void flow_form_level(const flow_form *form, const double *y, double *excess, double *square)
{
    const lsa_entries all = entries(form, y);
    const lsa_form_level level = lsa_simd_form_level(&all);
    *excess = 0.5 * level.excess;
    *square = level.square + level.drive * level.drive;
}

double flow_form_distance_square(const flow_form *form, const double *y)
{
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < form->count; k++) {
        const double e = form->H[k] > 0.0 ? y[form->u] * y[form->U + k] - form->V[k] : 0.0;
        sum += e * e;
    }
    return sum;
}

double flow_form_limit_square(const flow_form *form)
{
    return lsa_vec_dot(form->count, form->V, form->V);
}

void flow_form_hessian(const flow_form *form, const double *y, const double *v, double *out)
{
    const double *U = y + form->U, *vU = v + form->U;
    const double u = y[form->u], vu = v[form->u];
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < form->count; k++) {
        const double H = form->H[k], b = H * (2.0 * u * U[k] - form->V[k]);
        sum += b * vU[k] + H * U[k] * U[k] * vu;
        out[form->U + k] = u * u * H * vU[k] + b * vu;
    }
    out[form->u] = sum;
}

bool flow_form_solve(const flow_form *form, const double *y, double gamma, double corner, const double *r, double *x)
{
    const lsa_entries all = entries(form, y);
    const lsa_form_schur sums = lsa_simd_form_schur(&all, gamma, r + form->U);
    const double xu = (r[form->u] - sums.eliminated) / (1.0 + corner + sums.schur);
    if (!isfinite(xu))
        return false;
    lsa_simd_form_substitute(&all, gamma, xu, r + form->U, x + form->U);
    x[form->u] = xu;
    return true;
}

ptrdiff_t flow_form_count_below(const flow_form *form, const double *y, double x)
{
    return flow_form_count_below_with(form, y, x, 0.0);
}

ptrdiff_t flow_form_count_below_with(const flow_form *form, const double *y, double x, double eliminated)
{
    const double *U = y + form->U;
    const double u = y[form->u];
    ptrdiff_t below = 0;
    double schur = -x - eliminated;
    bool singular = false;
    for (ptrdiff_t k = 0; k < form->count; k++) {
        const double H = form->H[k], e = u * U[k] - form->V[k], uU = u * U[k];
        const double pivot = u * u * H - x;
        below += pivot < 0.0;
        if (pivot != 0.0)
            schur -= (x * H * U[k] * U[k] + H * H * e * (2.0 * uU + e)) / pivot;
        else
            singular = singular || H * (uU + e) != 0.0;
    }
    /* A zero pivot with a border forms the block (0 b; b c): one eigenvalue on either side, whatever c is. */
    return below + (singular || schur < 0.0);
}

double flow_form_bound(const flow_form *form, const double *y)
{
    const double *U = y + form->U;
    const double u = y[form->u];
    double border = 0.0, corner = 0.0;
    for (ptrdiff_t k = 0; k < form->count; k++) {
        const double b = form->H[k] * (2.0 * u * U[k] - form->V[k]);
        border += b * b;
        corner += form->H[k] * U[k] * U[k];
    }
    return u * u * form->H_max + sqrt(border) + corner;
}

double flow_form_eigenvalue(const flow_form *form, const double *y, ptrdiff_t k)
{
    const double bound = flow_form_bound(form, y);
    double low = -bound, high = bound;
    /* Halve until neighbours in floating point; near zero the interval's midpoint reaches it in about 1100 halvings at
     * worst, so the width stops at rounding of the bound. */
    while (high - low > 1e-17 * bound) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            break;
        if (flow_form_count_below(form, y, middle) > k)
            high = middle;
        else
            low = middle;
    }
    return 0.5 * (low + high);
}
