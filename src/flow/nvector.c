/* nvector.c - the integrator's vectors: SUNDIALS' operations by our own loops.
 *
 * Sums and maxima run in fixed partial results (base/simd_vector.h): the digits depend neither on the vector width nor on
 * the compiler. The integrator passes the output as an input where it likes; every loop works entry by entry and allows
 * that. */
#include "flow/nvector.h"
#include "base/matrix.h"
#include "flow/passes.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* What all clones of one vector share. */
typedef struct shared shared;

typedef struct content {
    shared *shared;
    double *data;
} content;

struct shared {
    flow_passes passes;
    ptrdiff_t vectors;
    content missing; /* what a clone has for which there was no memory: SUNDIALS looks into any clone */
    bool failed;     /* there is such a one, and no operation does anything any more */
};

static content *content_of(N_Vector v)
{
    return v->content;
}

static flow_passes *passes_of(N_Vector v)
{
    return &content_of(v)->shared->passes;
}

double *flow_vector_data(N_Vector v)
{
    flow_passes_settle(passes_of(v), content_of(v)->data);
    return content_of(v)->data;
}

double *flow_vector_blank(N_Vector v)
{
    flow_passes_supersede(passes_of(v), content_of(v)->data);
    return content_of(v)->data;
}

bool flow_vector_failed(N_Vector v)
{
    return content_of(v)->shared->failed;
}

static sunindextype length(N_Vector v)
{
    return (sunindextype)passes_of(v)->n;
}

/* How many numbers a loop may touch. */
static ptrdiff_t count_of(N_Vector v)
{
    return flow_vector_failed(v) ? 0 : passes_of(v)->n;
}

/* z = a x + b y; x and y may be missing. */
static void linear_sum(double a, N_Vector x, double b, N_Vector y, N_Vector z)
{
    if (!flow_vector_failed(z))
        flow_passes_sum(passes_of(z), a, x != NULL ? content_of(x)->data : NULL, b,
                        y != NULL ? content_of(y)->data : NULL, content_of(z)->data);
}

static void set_constant(double c, N_Vector z)
{
    linear_sum(c, NULL, 0.0, NULL, z);
}

static void scale(double c, N_Vector x, N_Vector z)
{
    if (c != 1.0 || x != z)
        linear_sum(c, x, 0.0, NULL, z);
}

/* z = sum_k c_k x_k. z may be x_0, and no other of them: SUNDIALS' own contract. */
static int linear_combination(int count, double *c, N_Vector *x, N_Vector z)
{
    scale(c[0], x[0], z);
    for (int k = 1; k < count; k++)
        linear_sum(1.0, z, c[k], x[k], z);
    return 0;
}

static int scale_array(int count, double *c, N_Vector *x, N_Vector *z)
{
    for (int k = 0; k < count; k++)
        scale(c[k], x[k], z[k]);
    return 0;
}

/* z_k = a_k x + y_k. */
static int scale_add_multi(int count, double *a, N_Vector x, N_Vector *y, N_Vector *z)
{
    for (int k = 0; k < count; k++)
        linear_sum(a[k], x, 1.0, y[k], z[k]);
    return 0;
}

static double weighted_max_norm(N_Vector x, N_Vector w)
{
    return flow_vector_failed(x) ? 0.0
                                 : flow_passes_weighted_max(passes_of(x), content_of(x)->data, content_of(w)->data);
}

static void product(N_Vector x, N_Vector y, N_Vector z)
{
    const ptrdiff_t n = count_of(z);
    const double *px = flow_vector_data(x), *py = flow_vector_data(y);
    double *pz = flow_vector_data(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = px[i] * py[i];
}

static void quotient(N_Vector x, N_Vector y, N_Vector z)
{
    const ptrdiff_t n = count_of(z);
    const double *px = flow_vector_data(x), *py = flow_vector_data(y);
    double *pz = flow_vector_data(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = px[i] / py[i];
}

static void absolute(N_Vector x, N_Vector z)
{
    const ptrdiff_t n = count_of(z);
    const double *px = flow_vector_data(x);
    double *pz = flow_vector_data(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = fabs(px[i]);
}

static void inverse(N_Vector x, N_Vector z)
{
    const ptrdiff_t n = count_of(z);
    const double *px = flow_vector_data(x);
    double *pz = flow_vector_data(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = 1.0 / px[i];
}

static void add_constant(N_Vector x, double b, N_Vector z)
{
    const ptrdiff_t n = count_of(z);
    const double *px = flow_vector_data(x);
    double *pz = flow_vector_data(z);
    for (ptrdiff_t i = 0; i < n; i++)
        pz[i] = px[i] + b;
}

static double dot(N_Vector x, N_Vector y)
{
    const double *px = flow_vector_data(x), *py = flow_vector_data(y);
    return lsa_vec_dot(count_of(x), px, py);
}

static double max_norm(N_Vector x)
{
    const ptrdiff_t n = count_of(x);
    const double *px = flow_vector_data(x);
    double m = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        m = fabs(px[i]) > m ? fabs(px[i]) : m;
    return m;
}

static double least(N_Vector x)
{
    const ptrdiff_t n = count_of(x);
    const double *px = flow_vector_data(x);
    double m = INFINITY;
    for (ptrdiff_t i = 0; i < n; i++)
        m = px[i] < m ? px[i] : m;
    return m;
}

static void destroy(N_Vector v)
{
    content *c = content_of(v);
    shared *all = c->shared;
    flow_vector_data(v); /* what waits may read it */
    if (c != &all->missing) {
        free(c->data);
        free(c);
    }
    if (--all->vectors == 0)
        free(all);
    N_VFreeEmpty(v);
}

/* Gives v its numbers, or what is missing. */
static void fill(N_Vector v, shared *all)
{
    enum { LINE = 64 }; /* bytes: no vector register straddles two cache lines */
    const size_t bytes = ((size_t)all->passes.n * sizeof(double) + LINE - 1) / LINE * LINE;
    content *c = malloc(sizeof *c);
    double *data = aligned_alloc(LINE, bytes);
    if (c != NULL && data != NULL) {
        *c = (content){.shared = all, .data = data};
        v->content = c;
    } else {
        free(c);
        free(data);
        v->content = &all->missing;
        all->failed = true;
        all->passes.count = 0;
    }
    all->vectors++;
}

static N_Vector clone(N_Vector v)
{
    N_Vector copy = N_VNewEmpty(v->sunctx);
    if (copy != NULL && N_VCopyOps(v, copy) == 0) {
        fill(copy, content_of(v)->shared);
        return copy;
    }
    if (copy != NULL)
        N_VFreeEmpty(copy);
    return NULL;
}

static N_Vector_ID kind(N_Vector v)
{
    (void)v;
    return SUNDIALS_NVEC_CUSTOM;
}

static void set_operations(N_Vector v)
{
    v->ops->nvgetvectorid = kind;
    v->ops->nvclone = clone;
    v->ops->nvdestroy = destroy;
    v->ops->nvgetarraypointer = flow_vector_data;
    v->ops->nvgetlength = length;
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
}

N_Vector flow_vector_create(ptrdiff_t n, SUNContext context)
{
    N_Vector v = N_VNewEmpty(context);
    shared *all = calloc(1, sizeof *all);
    if (v == NULL || all == NULL) {
        free(all);
        if (v != NULL)
            N_VFreeEmpty(v);
        return NULL;
    }
    all->passes.n = n;
    all->missing.shared = all;
    set_operations(v);
    fill(v, all);
    if (all->failed) {
        destroy(v);
        return NULL;
    }
    set_constant(0.0, v);
    return v;
}
