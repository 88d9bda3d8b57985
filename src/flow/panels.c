/* panels.c - Chebyshev interpolation on panels of rates. */
#include "flow/panels.h"
#include <math.h>

/* Width of the first panel, in units of the least rate. */
static const double FIRST = 0.1;

flow_panels flow_panels_over(double least, double largest)
{
    flow_panels panels = {.least = least, .unit = FIRST * least, .count = 1};
    while (flow_panel_high(&panels, panels.count - 1) < largest)
        panels.count++;
    return panels;
}

double flow_panel_low(const flow_panels *panels, ptrdiff_t panel)
{
    return panels->least + (panel == 0 ? 0.0 : ldexp(panels->unit, (int)panel - 1));
}

double flow_panel_high(const flow_panels *panels, ptrdiff_t panel)
{
    return panels->least + ldexp(panels->unit, (int)panel);
}

ptrdiff_t flow_panel_of(const flow_panels *panels, double rate)
{
    const double distance = (rate - panels->least) / panels->unit;
    const ptrdiff_t panel = distance < 1.0 ? 0 : 1 + ilogb(distance);
    return panel < panels->count ? panel : panels->count - 1;
}

/* The Chebyshev points of the first kind, ascending. */
static double chebyshev(int k)
{
    const double pi = 3.14159265358979323846;
    return -cos(pi * (k + 0.5) / FLOW_NODES);
}

double flow_panel_node(const flow_panels *panels, ptrdiff_t panel, int k)
{
    const double low = flow_panel_low(panels, panel), high = flow_panel_high(panels, panel);
    return low + 0.5 * (high - low) * (1.0 + chebyshev(k));
}

/* The waiting terms, filled up to whole vectors. */
static void gather(flow_moments *moments)
{
    for (; moments->waiting % LSA_CHEBYSHEV_LANES != 0; moments->waiting++)
        moments->x[moments->waiting] = moments->w[moments->waiting] = 0.0;
    lsa_simd_chebyshev(moments->waiting, moments->x, moments->w, moments->sums);
    moments->waiting = 0;
}

void flow_moments_init(flow_moments *moments, const flow_panels *panels, ptrdiff_t panel)
{
    *moments = (flow_moments){.low = flow_panel_low(panels, panel), .high = flow_panel_high(panels, panel)};
}

void flow_moments_add(flow_moments *moments, ptrdiff_t n, const double *rates, const double *weights)
{
    const double centre = 0.5 * (moments->low + moments->high), scale = 2.0 / (moments->high - moments->low);
    for (ptrdiff_t from = 0, terms; from < n; from += terms) {
        const ptrdiff_t room = FLOW_BATCH - moments->waiting;
        double *restrict x = moments->x + moments->waiting, *restrict w = moments->w + moments->waiting;
        terms = n - from < room ? n - from : room;
        for (ptrdiff_t l = 0; l < terms; l++) {
            x[l] = (rates[from + l] - centre) * scale;
            w[l] = weights[from + l];
        }
        moments->waiting += terms;
        if (moments->waiting == FLOW_BATCH)
            gather(moments);
    }
}

void flow_moments_close(flow_moments *moments, double *weights)
{
    double c[FLOW_NODES];
    gather(moments);
    for (int n = 0; n < FLOW_NODES; n++) {
        c[n] = 0.0;
        for (int l = 0; l < LSA_CHEBYSHEV_LANES; l++)
            c[n] += moments->sums[n * LSA_CHEBYSHEV_LANES + l];
        c[n] *= n == 0 ? 1.0 / FLOW_NODES : 2.0 / FLOW_NODES;
    }
    for (int k = 0; k < FLOW_NODES; k++)
        weights[k] = chebyshev(k);
    lsa_simd_chebyshev_series(FLOW_NODES, weights, c, weights);
}

/* The Chebyshev coefficients of the polynomial through the values: the transpose of the map above. */
static void coefficients(const double *values, double *c)
{
    for (int n = 0; n < FLOW_NODES; n++)
        c[n] = 0.0;
    for (int k = 0; k < FLOW_NODES; k++) {
        const double x = chebyshev(k);
        double before = x, now = 1.0; /* T_-1 = T_1 */
        for (int n = 0; n < FLOW_NODES; n++) {
            const double next = 2.0 * x * now - before;
            c[n] += (n == 0 ? 1.0 : 2.0) / FLOW_NODES * values[k] * now;
            before = now;
            now = next;
        }
    }
}

void flow_panel_interpolate(const flow_panels *panels, ptrdiff_t panel, const double *values, ptrdiff_t n,
                            const double *rates, double *out)
{
    const double low = flow_panel_low(panels, panel), high = flow_panel_high(panels, panel);
    const double centre = 0.5 * (low + high), scale = 2.0 / (high - low);
    double c[FLOW_NODES];
    coefficients(values, c);
    for (ptrdiff_t i = 0; i < n; i++)
        out[i] = (rates[i] - centre) * scale;
    lsa_simd_chebyshev_series(n, out, c, out);
}
