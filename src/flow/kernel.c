/* kernel.c - compressed exponential sums. */
#include "flow/kernel.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/panels.h"
#include <math.h>
#include <stdlib.h>

/* Of a vector; nodes of weight 0 fill the last one up. */
enum { LANES = 8 };

struct flow_kernel {
    flow_panels panels;
    ptrdiff_t count;         /* nodes                 */
    flow_moments *moments;   /* of each panel         */
    double *rates, *weights; /* of the nodes          */
};

lsa_status flow_kernel_create(double least, double largest, flow_kernel **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_kernel *kernel = calloc(1, sizeof *kernel);
    LSA_TRY_MEMORY(kernel, "the compressed sum");
    kernel->panels = flow_panels_over(least, largest);
    kernel->count = FLOW_NODES * kernel->panels.count;
    kernel->moments = calloc((size_t)kernel->panels.count, sizeof *kernel->moments);
    LSA_TRY_MEMORY(kernel->moments, "the compressed sum");
    kernel->rates = lsa_vec_create(kernel->count + LANES);
    LSA_TRY_MEMORY(kernel->rates, "the compressed sum");
    kernel->weights = lsa_vec_create(kernel->count + LANES);
    LSA_TRY_MEMORY(kernel->weights, "the compressed sum");
    for (ptrdiff_t k = 0; k < kernel->count; k++)
        kernel->rates[k] = flow_panel_node(&kernel->panels, k / FLOW_NODES, (int)(k % FLOW_NODES));
    *out = kernel;
    kernel = NULL;
done:
    flow_kernel_destroy(kernel);
    return status;
}

void flow_kernel_destroy(flow_kernel *kernel)
{
    if (kernel == NULL)
        return;
    free(kernel->moments);
    free(kernel->rates);
    free(kernel->weights);
    free(kernel);
}

void flow_kernel_add(flow_kernel *kernel, ptrdiff_t n, const double *rates, const double *weights)
{
    const flow_panels *panels = &kernel->panels;
    for (ptrdiff_t from = 0, to; from < n; from = to) {
        const ptrdiff_t panel = flow_panel_of(panels, rates[from]);
        const double low = flow_panel_low(panels, panel), high = flow_panel_high(panels, panel);
        for (to = from + 1; to < n && rates[to] >= low && rates[to] < high;)
            to++;
        flow_panel_add(panels, panel, to - from, rates + from, weights + from, kernel->moments + panel);
    }
}

void flow_kernel_close(flow_kernel *kernel)
{
    for (ptrdiff_t panel = 0; panel < kernel->panels.count; panel++)
        flow_panel_weights(kernel->moments + panel, kernel->weights + FLOW_NODES * panel);
}

ptrdiff_t flow_kernel_nodes(const flow_kernel *kernel)
{
    return kernel->count;
}

/* A term this many e-folds below the slowest is 1e-43 of it, whatever its weight can be. */
static const double DEAD = 100.0;

/* The nodes that count; the rates ascend, panels begin at twice the distance from the least rate. */
static ptrdiff_t alive(const flow_kernel *kernel, double s)
{
    ptrdiff_t panels = 1;
    for (double distance = kernel->panels.unit; panels < kernel->panels.count && 2.0 * distance * s < DEAD; panels++)
        distance *= 2.0;
    return (FLOW_NODES * panels + LANES - 1) / LANES * LANES;
}

void flow_kernel_eval(const flow_kernel *kernel, double s, double phi[3])
{
    phi[0] = phi[1] = phi[2] = 0.0;
    if (kernel != NULL)
        lsa_simd_exp_sums(alive(kernel, s), -2.0 * s, kernel->rates, kernel->weights, phi);
}

double flow_kernel_schur(const flow_kernel *kernel, double s, double u2, double x)
{
    double sum = 0.0;
    for (ptrdiff_t k = 0; kernel != NULL && k < kernel->count; k++) {
        const double a = kernel->rates[k];
        sum += kernel->weights[k] * exp(-2.0 * a * s) * a * (x + 3.0 * u2 * a) / (u2 * a - x);
    }
    return sum;
}
