/* vector.c - the element loops of the integrator's vectors.
 *
 * Loops that vectorise without leave to reorder, those that a step consists of in the widest vectors (base/simd_vector.h):
 * sums and maxima run in LANES fixed partial results, so the digits depend neither on the vector width nor on the
 * compiler. The integrator passes the output as an input where it likes; every loop works entry by entry and allows that. */
#include "flow/vector.h"
#include "base/simd_vector.h"
#include <math.h>
#include <nvector/nvector_serial.h>

enum { LANES = 8 };

double *flow_vector_data(N_Vector v)
{
    return NV_DATA_S(v);
}

static void linear_sum(double a, N_Vector x, double b, N_Vector y, N_Vector z)
{
    lsa_simd_sum((ptrdiff_t)NV_LENGTH_S(z), a, NV_DATA_S(x), b, NV_DATA_S(y), NV_DATA_S(z));
}

static void set_constant(double c, N_Vector z)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(z);
    double *pz = NV_DATA_S(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = c;
}

static void product(N_Vector x, N_Vector y, N_Vector z)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(z);
    const double *px = NV_DATA_S(x), *py = NV_DATA_S(y);
    double *pz = NV_DATA_S(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = px[i] * py[i];
}

static void quotient(N_Vector x, N_Vector y, N_Vector z)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(z);
    const double *px = NV_DATA_S(x), *py = NV_DATA_S(y);
    double *pz = NV_DATA_S(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = px[i] / py[i];
}

static void scale(double c, N_Vector x, N_Vector z)
{
    lsa_simd_scale((ptrdiff_t)NV_LENGTH_S(z), c, NV_DATA_S(x), NV_DATA_S(z));
}

static void absolute(N_Vector x, N_Vector z)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(z);
    const double *px = NV_DATA_S(x);
    double *pz = NV_DATA_S(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = fabs(px[i]);
}

static void inverse(N_Vector x, N_Vector z)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(z);
    const double *px = NV_DATA_S(x);
    double *pz = NV_DATA_S(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = 1.0 / px[i];
}

static void add_constant(N_Vector x, double b, N_Vector z)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(z);
    const double *px = NV_DATA_S(x);
    double *pz = NV_DATA_S(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = px[i] + b;
}

static double dot(N_Vector x, N_Vector y)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(x);
    const double *px = NV_DATA_S(x), *py = NV_DATA_S(y);
    double lane[LANES] = {0.0};
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (ptrdiff_t l = 0; l < LANES; l++)
            lane[l] += px[i + l] * py[i + l];
    for (ptrdiff_t l = 0; i < n; i++, l++)
        lane[l] += px[i] * py[i];
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

static double weighted_max_norm(N_Vector x, N_Vector w)
{
    return lsa_simd_weighted_max((ptrdiff_t)NV_LENGTH_S(x), NV_DATA_S(x), NV_DATA_S(w));
}

static double max_norm(N_Vector x)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(x);
    const double *px = NV_DATA_S(x);
    double m = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        m = fabs(px[i]) > m ? fabs(px[i]) : m;
    return m;
}

static double least(N_Vector x)
{
    const ptrdiff_t n = (ptrdiff_t)NV_LENGTH_S(x);
    const double *px = NV_DATA_S(x);
    double m = px[0];
    for (ptrdiff_t i = 1; i < n; i++)
        m = px[i] < m ? px[i] : m;
    return m;
}

/* Of three vectors, so many numbers stay in the first-level cache. */
enum { BLOCK = 1024 };

static ptrdiff_t block_length(N_Vector v, ptrdiff_t from)
{
    const ptrdiff_t rest = (ptrdiff_t)NV_LENGTH_S(v) - from;
    return rest < BLOCK ? rest : BLOCK;
}

/* z = sum_k c_k x_k, block by block, so that z is written to memory once. z may be x_0, and no other of them: SUNDIALS'
 * own contract. */
static int linear_combination(int count, double *c, N_Vector *x, N_Vector z)
{
    for (ptrdiff_t from = 0; from < (ptrdiff_t)NV_LENGTH_S(z); from += BLOCK) {
        double *out = NV_DATA_S(z) + from;
        const ptrdiff_t n = block_length(z, from);
        lsa_simd_scale(n, c[0], NV_DATA_S(x[0]) + from, out);
        for (int k = 1; k < count; k++)
            lsa_simd_sum(n, 1.0, out, c[k], NV_DATA_S(x[k]) + from, out);
    }
    return 0;
}

static int scale_array(int count, double *c, N_Vector *x, N_Vector *z)
{
    for (int k = 0; k < count; k++)
        scale(c[k], x[k], z[k]);
    return 0;
}

/* z_k = a_k x + y_k, block by block: the correction of the whole Nordsieck history after a step reads x once. */
static int scale_add_multi(int count, double *a, N_Vector x, N_Vector *y, N_Vector *z)
{
    for (ptrdiff_t from = 0; from < (ptrdiff_t)NV_LENGTH_S(x); from += BLOCK)
        for (int k = 0; k < count; k++)
            lsa_simd_sum(block_length(x, from), a[k], NV_DATA_S(x) + from, 1.0, NV_DATA_S(y[k]) + from,
                         NV_DATA_S(z[k]) + from);
    return 0;
}

N_Vector flow_vector_create(ptrdiff_t n, SUNContext context)
{
    N_Vector v = N_VNew_Serial((sunindextype)n, context);
    if (v == NULL)
        return NULL;
    v->ops->nvlinearsum = linear_sum;
    v->ops->nvconst = set_constant;
    v->ops->nvprod = product;
    v->ops->nvdiv = quotient;
    v->ops->nvscale = scale;
    v->ops->nvabs = absolute;
    v->ops->nvinv = inverse;
    v->ops->nvaddconst = add_constant;
    v->ops->nvdotprod = dot;
    v->ops->nvmaxnorm = max_norm;
    v->ops->nvwrmsnorm = weighted_max_norm;
    v->ops->nvmin = least;
    v->ops->nvlinearcombination = linear_combination;
    v->ops->nvscalevectorarray = scale_array;
    v->ops->nvscaleaddmulti = scale_add_multi;
    set_constant(0.0, v);
    return v;
}
