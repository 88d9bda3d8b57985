/* kernel.c - compressed exponential sums. */
#include "flow/kernel.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/panels.h"
#include <math.h>
#include <stdbool.h>
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
    for (ptrdiff_t panel = 0; panel < kernel->panels.count; panel++)
        flow_moments_init(kernel->moments + panel, &kernel->panels, panel);
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

static bool lies_in(const flow_moments *panel, double rate)
{
    return rate >= panel->low && rate < panel->high;
}

/* The length of the run of rates in the panel that the first one is in. */
static ptrdiff_t run_length(const flow_moments *panel, ptrdiff_t n, const double *rates)
{
    ptrdiff_t length = 1;
    for (int inside = 1; inside && length + LANES <= n; length += inside ? LANES : 0)
        for (ptrdiff_t l = 0; l < LANES; l++)
            inside &= (rates[length + l] >= panel->low) & (rates[length + l] < panel->high);
    while (length < n && lies_in(panel, rates[length]))
        length++;
    return length;
}

void flow_kernel_add(flow_kernel *kernel, ptrdiff_t n, const double *rates, const double *weights)
{
    flow_moments *panel = kernel->moments;
    for (ptrdiff_t from = 0, length; from < n; from += length) {
        if (panel > kernel->moments && lies_in(panel - 1, rates[from])) /* rates that descend */
            panel--;
        else
            panel = kernel->moments + flow_panel_of(&kernel->panels, rates[from]);
        length = run_length(panel, n - from, rates + from);
        flow_moments_add(panel, length, rates + from, weights + from);
    }
}

void flow_kernel_close(flow_kernel *kernel)
{
    for (ptrdiff_t panel = 0; panel < kernel->panels.count; panel++)
        flow_moments_close(kernel->moments + panel, kernel->weights + FLOW_NODES * panel);
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

const double *flow_kernel_rates(const flow_kernel *kernel)
{
    return kernel->rates;
}

const double *flow_kernel_weights(const flow_kernel *kernel)
{
    return kernel->weights;
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
