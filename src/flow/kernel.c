/* kernel.c - compressed exponential sums. The interpolation that moves a weight w at x onto the nodes x_k gives them
 *     w l_k(x) = (w/m) (1 + 2 sum_{n=1}^{m-1} T_n(x_k) T_n(x)),
 * so a panel only gathers its Chebyshev moments sum w T_n(x), by the three-term recurrence, and turns them into weights
 * once. */
#include "flow/kernel.h"
#include "base/matrix.h"
#include "base/simd_series.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

enum { NODES = LSA_CHEBYSHEV, LANES = 4 };

/* Width of the first panel, in units of the least rate. */
static const double FIRST = 0.1;

struct flow_kernel {
    double least, unit; /* a_min; width of the first panel                                     */
    ptrdiff_t panels, count;
    double *moments; /* NODES a panel                                                       */
    double *rates, *weights;
    double *terms; /* scratch                                                             */
};

static double panel_low(const flow_kernel *kernel, ptrdiff_t panel)
{
    return kernel->least + (panel == 0 ? 0.0 : ldexp(kernel->unit, (int)panel - 1));
}

static double panel_high(const flow_kernel *kernel, ptrdiff_t panel)
{
    return kernel->least + ldexp(kernel->unit, (int)panel);
}

static ptrdiff_t panel_of(const flow_kernel *kernel, double rate)
{
    const double distance = (rate - kernel->least) / kernel->unit;
    const ptrdiff_t panel = distance < 1.0 ? 0 : 1 + ilogb(distance);
    return panel < kernel->panels ? panel : kernel->panels - 1;
}

/* The Chebyshev points of the first kind, ascending. */
static double chebyshev(int k)
{
    const double pi = 3.14159265358979323846;
    return -cos(pi * (k + 0.5) / NODES);
}

lsa_status flow_kernel_create(double least, double largest, flow_kernel **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_kernel *kernel = calloc(1, sizeof *kernel);
    LSA_TRY_MEMORY(kernel, "the compressed sum");
    kernel->least = least;
    kernel->unit = FIRST * least;
    kernel->panels = 1;
    while (panel_high(kernel, kernel->panels - 1) < largest)
        kernel->panels++;
    kernel->count = NODES * kernel->panels;
    kernel->moments = lsa_vec_create(kernel->count);
    LSA_TRY_MEMORY(kernel->moments, "the compressed sum");
    kernel->rates = lsa_vec_create(kernel->count);
    LSA_TRY_MEMORY(kernel->rates, "the compressed sum");
    kernel->weights = lsa_vec_create(kernel->count);
    LSA_TRY_MEMORY(kernel->weights, "the compressed sum");
    kernel->terms = lsa_vec_create(kernel->count);
    LSA_TRY_MEMORY(kernel->terms, "the compressed sum");
    for (ptrdiff_t k = 0; k < kernel->count; k++) {
        const double low = panel_low(kernel, k / NODES), high = panel_high(kernel, k / NODES);
        kernel->rates[k] = low + 0.5 * (high - low) * (1.0 + chebyshev((int)(k % NODES)));
    }
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
    free(kernel->terms);
    free(kernel);
}

/* The moments of n terms that lie in one panel. */
static void add_run(flow_kernel *kernel, ptrdiff_t panel, ptrdiff_t n, const double *rates, const double *weights)
{
    enum { BATCH = 32 * LSA_CHEBYSHEV_LANES };
    const double low = panel_low(kernel, panel), high = panel_high(kernel, panel);
    const double centre = 0.5 * (low + high), scale = 2.0 / (high - low);
    for (ptrdiff_t k = 0; k < n; k += BATCH) {
        double x[BATCH], w[BATCH];
        const ptrdiff_t terms = n - k < BATCH ? n - k : BATCH;
        ptrdiff_t l = 0;
        for (; l < terms; l++) {
            x[l] = (rates[k + l] - centre) * scale;
            w[l] = weights[k + l];
        }
        for (; l % LSA_CHEBYSHEV_LANES != 0; l++)
            x[l] = w[l] = 0.0;
        lsa_simd_chebyshev(l, x, w, kernel->moments + NODES * panel);
    }
}

void flow_kernel_add(flow_kernel *kernel, ptrdiff_t n, const double *rates, const double *weights)
{
    for (ptrdiff_t from = 0, to; from < n; from = to) {
        const ptrdiff_t panel = panel_of(kernel, rates[from]);
        const double low = panel_low(kernel, panel), high = panel_high(kernel, panel);
        for (to = from + 1; to < n && rates[to] >= low && rates[to] < high;)
            to++;
        add_run(kernel, panel, to - from, rates + from, weights + from);
    }
}

void flow_kernel_close(flow_kernel *kernel)
{
    for (ptrdiff_t k = 0; k < kernel->count; k++) {
        const double *moments = kernel->moments + NODES * (k / NODES);
        const double x = chebyshev((int)(k % NODES));
        double before = 1.0, now = x, sum = 0.5 * moments[0];
        for (int n = 1; n < NODES; n++) {
            const double next = 2.0 * x * now - before;
            sum += moments[n] * now;
            before = now;
            now = next;
        }
        kernel->weights[k] = 2.0 * sum / NODES;
    }
}

ptrdiff_t flow_kernel_nodes(const flow_kernel *kernel)
{
    return kernel->count;
}

/* A term this many e-folds below the slowest is 1e-43 of it, whatever its weight can be. */
static const double DEAD = 100.0;

/* The nodes that count; the rates ascend. */
static ptrdiff_t alive(const flow_kernel *kernel, double s)
{
    ptrdiff_t panels = 1;
    while (panels < kernel->panels && 2.0 * (panel_low(kernel, panels) - kernel->least) * s < DEAD)
        panels++;
    return NODES * panels;
}

void flow_kernel_eval(const flow_kernel *kernel, double s, double phi[3])
{
    phi[0] = phi[1] = phi[2] = 0.0;
    if (kernel == NULL)
        return;
    const ptrdiff_t n = alive(kernel, s);
    const double *a = kernel->rates;
    double *terms = kernel->terms, sums[3][LANES] = {{0.0}};
    for (ptrdiff_t k = 0; k < n; k++)
        terms[k] = -2.0 * s * a[k];
    lsa_simd_exp(n, terms, terms);
    for (ptrdiff_t k = 0; k < n; k += LANES) /* NODES is a multiple */
        for (ptrdiff_t l = 0; l < LANES; l++) {
            const double term = kernel->weights[k + l] * terms[k + l], first = a[k + l] * term;
            sums[0][l] += term;
            sums[1][l] += first;
            sums[2][l] += a[k + l] * first;
        }
    for (int p = 0; p < 3; p++)
        phi[p] = (sums[p][0] + sums[p][1]) + (sums[p][2] + sums[p][3]);
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
