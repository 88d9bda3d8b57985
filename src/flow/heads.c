/* heads.c - right-hand side, gap and exact Newton solve of merged heads.
 *
 * Entries are taken in stretches that stay in the first-level cache with their intermediate values; within a stretch the
 * loops run over heads outside and entries inside, so that they vectorise for any number of heads. */
#include "flow/heads.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRETCH = 256 };

/* One stretch of entries: where it lies, its rates, and e = W - V. */
typedef struct stretch {
    ptrdiff_t first, n;
    const double *H;
    double e[STRETCH];
} stretch;

bool flow_heads_apply(const lsa_form *form)
{
    for (ptrdiff_t g = 0; form != NULL && g < form->n_heads; g++) {
        if (form->heads[g].U < 0)
            return false;
        for (ptrdiff_t h = 0; h < g; h++)
            if (form->heads[g].u == form->heads[h].u || form->heads[g].U == form->heads[h].U)
                return false;
    }
    return form != NULL;
}

lsa_status flow_heads_create(const lsa_form *form, flow_heads **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_heads *heads = calloc(1, sizeof *heads);
    LSA_TRY_MEMORY(heads, "the heads' form");
    heads->n = form->n_heads;
    heads->heads = form->heads;
    heads->memory = lsa_vec_create(heads->n * (heads->n + 2));
    LSA_TRY_MEMORY(heads->memory, "the heads' form");
    LSA_TRY(flow_form_create(form, &heads->table, err));
    *out = heads;
    heads = NULL;
done:
    flow_heads_destroy(heads);
    return status;
}

void flow_heads_destroy(flow_heads *heads)
{
    if (heads == NULL)
        return;
    flow_form_destroy(heads->table);
    free(heads->memory);
    free(heads);
}

static double u_of(const flow_heads *heads, ptrdiff_t h, const double *y)
{
    return y[heads->heads[h].u];
}

/* Entries of U_h of a stretch. */
static const double *U_of(const flow_heads *heads, ptrdiff_t h, const stretch *s, const double *y)
{
    return y + heads->heads[h].U + s->first;
}

/* The stretch from entry `first` on; false past the last. */
static bool take(const flow_heads *heads, const double *y, ptrdiff_t first, stretch *s)
{
    const ptrdiff_t left = heads->table->count - first;
    s->first = first;
    s->n = left < STRETCH ? left : STRETCH;
    if (s->n <= 0)
        return false;
    s->H = heads->table->H + first;
    for (ptrdiff_t k = 0; k < s->n; k++)
        s->e[k] = -heads->table->V[first + k];
    for (ptrdiff_t h = 0; h < heads->n; h++)
        lsa_vec_axpy(s->n, u_of(heads, h, y), U_of(heads, h, s, y), s->e);
    return true;
}

void flow_heads_rhs(const flow_heads *heads, const double *y, double *f)
{
    stretch s;
    for (ptrdiff_t h = 0; h < heads->n; h++)
        f[heads->heads[h].u] = 0.0;
    for (ptrdiff_t first = 0; take(heads, y, first, &s); first += STRETCH) {
        double r[STRETCH];
        for (ptrdiff_t k = 0; k < s.n; k++)
            r[k] = s.H[k] * s.e[k];
        for (ptrdiff_t h = 0; h < heads->n; h++) {
            const double u = u_of(heads, h, y);
            double *fU = f + heads->heads[h].U + first;
            for (ptrdiff_t k = 0; k < s.n; k++)
                fU[k] = -u * r[k];
            f[heads->heads[h].u] -= lsa_vec_dot(s.n, U_of(heads, h, &s, y), r);
        }
    }
}

double flow_heads_excess(const flow_heads *heads, const double *y)
{
    double sum = 0.0;
    stretch s;
    for (ptrdiff_t first = 0; take(heads, y, first, &s); first += STRETCH)
        for (ptrdiff_t k = 0; k < s.n; k++)
            sum += s.H[k] * s.e[k] * s.e[k];
    return 0.5 * sum;
}

/* The system of the borders, S x_u = t. */
typedef struct border {
    double *S, *t;
    double *coupling;        /* sum gamma^2 H r U_g / m, for the products with u   */
    double rr, corner, tail; /* <gamma r, gamma r>, sum gamma^3 H r^2 / m, sum of t's share along u */
} border;

/* What a stretch adds to the border: with z = gamma H / m and q = <u, r_U>, the eliminated right-hand side loses
 * sum z q U_g + gamma r (r_U,g - z q u_g). */
static void add_stretch(const flow_heads *heads, const stretch *s, const double *y, double gamma, const double *r,
                        border *b)
{
    double z[STRETCH], zU[STRETCH], gr[STRETCH], zr[STRETCH], zq[STRETCH], q[STRETCH] = {0.0}, square = 0.0;
    for (ptrdiff_t h = 0; h < heads->n; h++) {
        square += u_of(heads, h, y) * u_of(heads, h, y);
        lsa_vec_axpy(s->n, u_of(heads, h, y), U_of(heads, h, s, r), q);
    }
    for (ptrdiff_t k = 0; k < s->n; k++) {
        const double gH = gamma * s->H[k];
        z[k] = gH / (1.0 + gH * square);
        gr[k] = gH * s->e[k];
        zr[k] = z[k] * gr[k];
        zq[k] = z[k] * q[k];
    }
    b->rr += lsa_vec_dot(s->n, gr, gr);
    b->corner += lsa_vec_dot(s->n, zr, gr);
    b->tail += lsa_vec_dot(s->n, gr, zq);
    for (ptrdiff_t g = 0; g < heads->n; g++) {
        const double *Ug = U_of(heads, g, s, y);
        b->t[g] -= lsa_vec_dot(s->n, zq, Ug) + lsa_vec_dot(s->n, gr, U_of(heads, g, s, r));
        b->coupling[g] += lsa_vec_dot(s->n, zr, Ug);
        for (ptrdiff_t k = 0; k < s->n; k++)
            zU[k] = z[k] * Ug[k];
        for (ptrdiff_t h = 0; h <= g; h++)
            b->S[g + h * heads->n] += lsa_vec_dot(s->n, zU, U_of(heads, h, s, y));
    }
}

static void close_border(const flow_heads *heads, const double *y, const double *r, border *b)
{
    const ptrdiff_t n = heads->n;
    for (ptrdiff_t g = 0; g < n; g++) {
        const double ug = u_of(heads, g, y);
        b->t[g] += r[heads->heads[g].u] + b->tail * ug;
        b->S[g + g * n] += 1.0 - b->rr;
        for (ptrdiff_t h = 0; h <= g; h++)
            b->S[g + h * n] +=
                b->corner * ug * u_of(heads, h, y) - b->coupling[g] * u_of(heads, h, y) - b->coupling[h] * ug;
    }
}

/* x_U = (I - z u u') (r_U - gamma H <U, x_u> u - gamma r x_u). */
static void substitute(const flow_heads *heads, const stretch *s, const double *y, double gamma, const double *xu,
                       const double *r, double *x)
{
    double along[STRETCH] = {0.0}, gr[STRETCH], z[STRETCH], projection[STRETCH] = {0.0}, square = 0.0;
    for (ptrdiff_t h = 0; h < heads->n; h++) {
        square += u_of(heads, h, y) * u_of(heads, h, y);
        lsa_vec_axpy(s->n, xu[h], U_of(heads, h, s, y), along);
    }
    for (ptrdiff_t k = 0; k < s->n; k++) {
        const double gH = gamma * s->H[k];
        gr[k] = gH * s->e[k];
        along[k] *= gH;
        z[k] = gH / (1.0 + gH * square);
    }
    for (ptrdiff_t h = 0; h < heads->n; h++) {
        const double u = u_of(heads, h, y), *rU = U_of(heads, h, s, r);
        double *xU = x + heads->heads[h].U + s->first;
        for (ptrdiff_t k = 0; k < s->n; k++) {
            xU[k] = rU[k] - along[k] * u - gr[k] * xu[h];
            projection[k] += u * xU[k];
        }
    }
    for (ptrdiff_t h = 0; h < heads->n; h++) {
        const double u = u_of(heads, h, y);
        double *xU = x + heads->heads[h].U + s->first;
        for (ptrdiff_t k = 0; k < s->n; k++)
            xU[k] -= z[k] * projection[k] * u;
    }
}

bool flow_heads_solve(const flow_heads *heads, const double *y, double gamma, const double *r, double *x)
{
    const ptrdiff_t n = heads->n;
    border b = {.S = heads->memory, .t = heads->memory + n * n, .coupling = heads->memory + n * n + n};
    stretch s;
    memset(heads->memory, 0, (size_t)(n * (n + 2)) * sizeof(double));
    for (ptrdiff_t first = 0; take(heads, y, first, &s); first += STRETCH)
        add_stretch(heads, &s, y, gamma, r, &b);
    close_border(heads, y, r, &b);
    if (lsa_mat_cholesky(n, b.S, b.S, NULL) != LSA_OK)
        return false;
    lsa_mat_cholesky_solve(n, b.S, b.t);
    for (ptrdiff_t first = 0; take(heads, y, first, &s); first += STRETCH)
        substitute(heads, &s, y, gamma, b.t, r, x);
    for (ptrdiff_t h = 0; h < n; h++)
        x[heads->heads[h].u] = b.t[h];
    return true;
}
