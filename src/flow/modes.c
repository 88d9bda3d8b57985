/* modes.c - the diagonal by its solutions at the nodes of panels of rates. */
#include "flow/modes.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

enum { LANES = 4 };

static double entry_B(const flow_form *form, ptrdiff_t i)
{
    return form->H[i] * form->V[i];
}

/* Orders the diagonal by panels, by counting; nothing where every H is 0. */
static lsa_status divide(flow_modes *modes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_form *form = modes->form;
    const ptrdiff_t d = form->count;
    double least = INFINITY, largest = 0.0;
    for (ptrdiff_t i = 0; i < d; i++) {
        least = form->H[i] > 0.0 && form->H[i] < least ? form->H[i] : least;
        largest = form->H[i] > largest ? form->H[i] : largest;
    }
    if (largest > 0.0)
        modes->panels = flow_panels_over(least, largest);
    const ptrdiff_t panels = modes->panels.count;
    modes->order = calloc((size_t)d, sizeof *modes->order);
    LSA_TRY_MEMORY(modes->order, "the modes");
    modes->begin = calloc((size_t)panels + 3, sizeof *modes->begin);
    LSA_TRY_MEMORY(modes->begin, "the modes");
    ptrdiff_t *next = modes->begin + 1; /* ends as begin */
    for (ptrdiff_t i = 0; i < d; i++)
        next[1 + (form->H[i] > 0.0 ? flow_panel_of(&modes->panels, form->H[i]) : panels)]++;
    for (ptrdiff_t p = 0; p <= panels; p++)
        next[p + 1] += next[p];
    for (ptrdiff_t i = 0; i < d; i++)
        modes->order[next[form->H[i] > 0.0 ? flow_panel_of(&modes->panels, form->H[i]) : panels]++] = i;
done:
    return status;
}

static ptrdiff_t modes_of(const flow_modes *modes, ptrdiff_t panel)
{
    return modes->begin[panel + 1] - modes->begin[panel];
}

static bool is_compressed(const flow_modes *modes, ptrdiff_t panel)
{
    return modes_of(modes, panel) > FLOW_NODES;
}

static lsa_status place_nodes(flow_modes *modes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t panels = modes->panels.count;
    modes->node = calloc((size_t)panels + 1, sizeof *modes->node);
    LSA_TRY_MEMORY(modes->node, "the modes");
    for (ptrdiff_t p = 0; p < panels; p++)
        modes->node[p + 1] = modes->node[p] + (is_compressed(modes, p) ? FLOW_NODES : modes_of(modes, p));
    modes->count = (modes->node[panels] + LANES - 1) / LANES * LANES;
    modes->memory = lsa_vec_create(7 * modes->count);
    LSA_TRY_MEMORY(modes->memory, "the modes");
    double **const columns[] = {&modes->rates, &modes->limits, &modes->WW,   &modes->WB,
                                &modes->BB,    &modes->reach,  &modes->decay};
    for (int c = 0; c < 7; c++)
        *columns[c] = modes->memory + c * modes->count;
done:
    return status;
}

static void keep_panel(flow_modes *modes, ptrdiff_t panel)
{
    for (ptrdiff_t l = 0; l < modes_of(modes, panel); l++) {
        const ptrdiff_t i = modes->order[modes->begin[panel] + l], k = modes->node[panel] + l;
        const double w = modes->start[i], B = entry_B(modes->form, i);
        modes->rates[k] = modes->form->H[i];
        modes->WW[k] = w * w;
        modes->WB[k] = w * B;
        modes->BB[k] = B * B;
        modes->reach[k] = fabs(B);
    }
}

/* Batches, so that the set-up takes no memory of size d. */
enum { BATCH = 256 };

static void compress_panel(flow_modes *modes, ptrdiff_t panel)
{
    const ptrdiff_t begin = modes->begin[panel], n = modes_of(modes, panel), to = modes->node[panel];
    flow_moments moments[3];
    double reach = 0.0;
    for (int c = 0; c < 3; c++)
        flow_moments_init(&moments[c], &modes->panels, panel);
    for (ptrdiff_t from = 0; from < n; from += BATCH) {
        double rates[BATCH], products[3][BATCH];
        const ptrdiff_t terms = n - from < BATCH ? n - from : BATCH;
        for (ptrdiff_t l = 0; l < terms; l++) {
            const ptrdiff_t i = modes->order[begin + from + l];
            const double w = modes->start[i], B = entry_B(modes->form, i);
            rates[l] = modes->form->H[i];
            products[0][l] = w * w;
            products[1][l] = w * B;
            products[2][l] = B * B;
            reach = fmax(reach, fabs(B));
        }
        for (int c = 0; c < 3; c++)
            flow_moments_add(&moments[c], terms, rates, products[c]);
    }
    flow_moments_close(&moments[0], modes->WW + to);
    flow_moments_close(&moments[1], modes->WB + to);
    flow_moments_close(&moments[2], modes->BB + to);
    for (int k = 0; k < FLOW_NODES; k++) {
        modes->rates[to + k] = flow_panel_node(&modes->panels, panel, k);
        modes->reach[to + k] = reach;
    }
}

static void fill(flow_modes *modes)
{
    const ptrdiff_t panels = modes->panels.count;
    for (ptrdiff_t p = 0; p < panels; p++)
        if (is_compressed(modes, p))
            compress_panel(modes, p);
        else
            keep_panel(modes, p);
    for (ptrdiff_t k = modes->node[panels]; k < modes->count; k++)
        modes->rates[k] = modes->rates[0];
    for (ptrdiff_t k = 0; k < modes->count; k++)
        modes->limits[k] = 1.0 / modes->rates[k];
    for (ptrdiff_t l = modes->begin[panels]; l < modes->begin[panels + 1]; l++)
        modes->still += modes->start[modes->order[l]] * modes->start[modes->order[l]];
}

lsa_status flow_modes_create(const flow_form *form, const double *start, flow_modes **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_modes *modes = calloc(1, sizeof *modes);
    LSA_TRY_MEMORY(modes, "the modes");
    *modes = (flow_modes){.form = form, .start = start, .s = NAN};
    LSA_TRY(divide(modes, err));
    LSA_TRY(place_nodes(modes, err));
    *out = NULL;
    if (modes->count > 0 && 4 * modes->count <= 3 * form->count) {
        fill(modes);
        *out = modes;
        modes = NULL;
    }
done:
    flow_modes_destroy(modes);
    return status;
}

void flow_modes_destroy(flow_modes *modes)
{
    if (modes == NULL)
        return;
    free(modes->order);
    free(modes->begin);
    free(modes->node);
    free(modes->memory);
    free(modes);
}

/* E at s; the integrator, the gap and the norms ask at the same s. */
static const double *decay_at(flow_modes *modes, double s)
{
    if (s == modes->s)
        return modes->decay;
    modes->s = s;
    for (ptrdiff_t k = 0; k < modes->count; k++)
        modes->decay[k] = -s * modes->rates[k];
    lsa_simd_exp(modes->count, modes->decay, modes->decay);
    return modes->decay;
}

static double lanes_sum(const double lane[LANES])
{
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

void flow_modes_rhs(flow_modes *modes, const double *y, double *f)
{
    const double u = y[0], *restrict a = modes->rates, *restrict V = modes->limits;
    const double *restrict WW = modes->WW, *restrict WB = modes->WB, *restrict BB = modes->BB;
    const double *restrict Z = y + 1, *restrict E = decay_at(modes, y[1 + modes->count]);
    double *restrict fZ = f + 1, lane[LANES] = {0.0};
    for (ptrdiff_t k = 0; k < modes->count; k += LANES)
        for (ptrdiff_t i = k, l = 0; l < LANES; i++, l++) {
            const double uZ = u * Z[i], e = uZ - V[i];
            fZ[i] = -u * a[i] * e;
            lane[l] += a[i] * (WW[i] * u * E[i] * E[i] + WB[i] * E[i] * (e + uZ) + BB[i] * Z[i] * e);
        }
    f[0] = -lanes_sum(lane);
}

/* sum_i H_i^power e_i^2, power 0, 1 or 2. */
static double error_square(flow_modes *modes, const double *y, int power)
{
    const double u = y[0], *Z = y + 1, *E = decay_at(modes, y[1 + modes->count]);
    double lane[LANES] = {0.0};
    for (ptrdiff_t k = 0; k < modes->count; k += LANES)
        for (ptrdiff_t i = k, l = 0; l < LANES; i++, l++) {
            const double a = modes->rates[i], e = u * Z[i] - modes->limits[i], uE = u * E[i];
            lane[l] += (power == 0   ? 1.0
                        : power == 1 ? a
                                     : a * a) *
                       (modes->WW[i] * uE * uE + 2.0 * modes->WB[i] * uE * e + modes->BB[i] * e * e);
        }
    return fmax(lanes_sum(lane), 0.0); /* weights of either sign: rounding may leave less than nothing */
}

double flow_modes_distance_square(flow_modes *modes, const double *y)
{
    return error_square(modes, y, 0);
}

double flow_modes_excess(flow_modes *modes, const double *y)
{
    return 0.5 * error_square(modes, y, 1);
}

double flow_modes_gradient_square(flow_modes *modes, const double *y)
{
    return y[0] * y[0] * error_square(modes, y, 2);
}

double flow_modes_square(flow_modes *modes, const double *y)
{
    const double *Z = y + 1, *E = decay_at(modes, y[1 + modes->count]);
    double lane[LANES] = {0.0};
    for (ptrdiff_t k = 0; k < modes->count; k += LANES)
        for (ptrdiff_t i = k, l = 0; l < LANES; i++, l++)
            lane[l] += modes->WW[i] * E[i] * E[i] + 2.0 * modes->WB[i] * E[i] * Z[i] + modes->BB[i] * Z[i] * Z[i];
    return lanes_sum(lane) + modes->still;
}

double flow_modes_rate(const flow_modes *modes, const double *y, const double *f)
{
    double rate = y[0] * y[0] * modes->form->H_max * lsa_vec_norm_max(modes->form->count, modes->start);
    for (ptrdiff_t k = 0; k < modes->count; k++)
        rate = fmax(rate, modes->reach[k] * fabs(f[1 + k]));
    return rate;
}

void flow_modes_weights(const flow_modes *modes, const double *y, double rtol, double scale, double *w)
{
    for (ptrdiff_t k = 0; k < modes->count; k++)
        w[1 + k] = modes->reach[k] / (rtol * (modes->reach[k] * fabs(y[1 + k]) + scale));
}

bool flow_modes_solve(flow_modes *modes, const double *y, double gamma, const double phi[3], const double *r, double *x)
{
    const ptrdiff_t n = modes->count;
    const double u = y[0], *restrict a = modes->rates, *restrict V = modes->limits, *restrict Z = y + 1, *rZ = r + 1;
    const double *restrict WW = modes->WW, *restrict WB = modes->WB, *restrict BB = modes->BB;
    const double *restrict E = decay_at(modes, y[1 + n]), rs = r[1 + n];
    double schur[LANES] = {0.0}, eliminated[LANES] = {0.0}, along_s[LANES] = {0.0};
    for (ptrdiff_t k = 0; k < n; k += LANES)
        for (ptrdiff_t i = k, l = 0; l < LANES; i++, l++) {
            const double ga = gamma * a[i], inverse = 1.0 / (1.0 + ga * u * u), uZ = u * Z[i], e = uZ - V[i];
            const double WBE = WB[i] * E[i], b = e + uZ;
            /* As in flow_form_solve, free of cancellation where ga u^2 >> 1 and e -> 0. */
            schur[l] += ga * (WW[i] * E[i] * E[i] +
                              (2.0 * WBE * (Z[i] - ga * u * e) + BB[i] * (Z[i] * Z[i] - ga * e * (uZ + b))) * inverse);
            eliminated[l] += ga * (2.0 * u * WBE + BB[i] * b) * rZ[i] * inverse;
            along_s[l] -= ga * a[i] * (2.0 * WW[i] * u * E[i] * E[i] + WBE * b);
        }
    const double su = lanes_sum(along_s) - 2.0 * gamma * u * phi[2], coupling = 2.0 * gamma * u;
    const double xu =
        (r[0] - lanes_sum(eliminated) - su * rs) / (1.0 + lanes_sum(schur) + gamma * phi[1] + coupling * su);
    if (!isfinite(xu))
        return false;
    for (ptrdiff_t k = 0; k < n; k++) {
        const double ga = gamma * a[k];
        x[1 + k] = (rZ[k] - ga * (2.0 * u * Z[k] - V[k]) * xu) / (1.0 + ga * u * u);
    }
    x[0] = xu;
    x[1 + n] = rs + coupling * xu;
    return true;
}

static void expand_kept(flow_modes *modes, ptrdiff_t panel, const double *y, double *U)
{
    const ptrdiff_t *order = modes->order + modes->begin[panel], at = modes->node[panel];
    for (ptrdiff_t l = 0; l < modes_of(modes, panel); l++)
        U[order[l]] = modes->start[order[l]] * modes->decay[at + l] + entry_B(modes->form, order[l]) * y[1 + at + l];
}

/* Z itself is interpolated while it is far from its limit 1/(u a), its distance e(a)/u from there once it is near: either
 * keeps its digits. */
static void expand_compressed(const flow_modes *modes, ptrdiff_t panel, const double *y, double *U)
{
    const ptrdiff_t *order = modes->order + modes->begin[panel], at = modes->node[panel], n = modes_of(modes, panel);
    const double u = y[0], s = y[1 + modes->count], *Z = y + 1 + at;
    const bool near =
        u * Z[0] * modes->rates[at] > 0.5 && u * Z[FLOW_NODES - 1] * modes->rates[at + FLOW_NODES - 1] > 0.5;
    double values[FLOW_NODES];
    for (int k = 0; k < FLOW_NODES; k++)
        values[k] = near ? u * Z[k] - modes->limits[at + k] : Z[k];
    for (ptrdiff_t from = 0; from < n; from += BATCH) {
        double rates[BATCH], E[BATCH], interpolated[BATCH];
        const ptrdiff_t terms = n - from < BATCH ? n - from : BATCH;
        for (ptrdiff_t l = 0; l < terms; l++) {
            rates[l] = modes->form->H[order[from + l]];
            E[l] = -s * rates[l];
        }
        lsa_simd_exp(terms, E, E);
        flow_panel_interpolate(&modes->panels, panel, values, terms, rates, interpolated);
        for (ptrdiff_t l = 0; l < terms; l++) {
            const ptrdiff_t i = order[from + l];
            const double B = entry_B(modes->form, i),
                         driven = near ? (modes->form->V[i] + B * interpolated[l]) / u : B * interpolated[l];
            U[i] = modes->start[i] * E[l] + driven;
        }
    }
}

void flow_modes_expand(flow_modes *modes, const double *y, double *out)
{
    const ptrdiff_t d = modes->form->count, panels = modes->panels.count;
    double *U = out + 1;
    decay_at(modes, y[1 + modes->count]);
    for (ptrdiff_t p = 0; p < panels; p++)
        if (is_compressed(modes, p))
            expand_compressed(modes, p, y, U);
        else
            expand_kept(modes, p, y, U);
    for (ptrdiff_t l = modes->begin[panels]; l < d; l++)
        U[modes->order[l]] = modes->start[modes->order[l]];
    out[0] = y[0];
    out[1 + d] = y[1 + modes->count];
}
