/* radau.c - simplified Newton's iterations for the stages, in the basis in which the matrix of the method is diagonal. */
#include "radau.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef extended real;
typedef struct number {
    real re, im;
} number;
enum { S = RADAU_MOST_STAGES, N = RADAU_MOST_SIZE };

/* Iterations that a step may take; how many are too many for a longer one; after how many the Jacobian is taken anew, in the
 * middle of the step. What is left of the stages when they end. */
static const int MOST_ITERATIONS = 60, MANY_ITERATIONS = 40, ROUGH_ITERATIONS = 4;
static const real LEFT = 1e-18L, LEFT_BY_ROUNDING = 1e-14L;

typedef struct method {
    int s, pairs;                           /* s = 2 pairs                                                          */
    real c[S];                              /* nodes, the last is 1                                                 */
    real A[S][S];                           /* Z = h A F                                                            */
    real tail[2][S];                        /* the last two Legendre coefficients of the polynomial through 0 and Z */
    number mu[S], T[S][S], T_inverse[S][S]; /* A = T diag(mu) T^-1: columns of T, rows of T^-1, and their conjugates */
} method;

typedef struct work {
    method m;
    real Z[S][N], F[S][N], R[S][N], weights[N], points[S * N];
    real J[N * N];
    number LU[S][N * N];
    int pivots[S][N];
} work;

/* P_0(z) .. P_n(z). */
static void legendre(int n, real z, real *P)
{
    P[0] = 1.0L;
    P[1] = z;
    for (int k = 1; k < n; k++)
        P[k + 1] = ((2 * k + 1) * z * P[k] - k * P[k - 1]) / (k + 1);
}

/* ---- complex numbers and linear systems -------------------------------------------------------------------------- */

static number minus(number a, number b)
{
    return (number){a.re - b.re, a.im - b.im};
}

static number times(number a, number b)
{
    return (number){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static number inverse(number a)
{
    const real square = a.re * a.re + a.im * a.im;
    return (number){a.re / square, -a.im / square};
}

static real size_of(number a)
{
    return extended_abs(a.re) + extended_abs(a.im);
}

static void swap(number *a, number *b)
{
    const number kept = *a;
    *a = *b;
    *b = kept;
}

/* a (n x n, column by column) = its factors with rows exchanged, the diagonal inverted. */
static void factor(int n, number *a, int *pivots)
{
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++)
            if (size_of(a[i + k * n]) > size_of(a[best + k * n]))
                best = i;
        pivots[k] = best;
        for (int j = 0; j < n && best != k; j++)
            swap(&a[k + j * n], &a[best + j * n]);
        a[k + k * n] = inverse(a[k + k * n]);
        for (int i = k + 1; i < n; i++)
            a[i + k * n] = times(a[i + k * n], a[k + k * n]);
        for (int j = k + 1; j < n; j++)
            for (int i = k + 1; i < n && size_of(a[k + j * n]) > 0; i++)
                a[i + j * n] = minus(a[i + j * n], times(a[i + k * n], a[k + j * n]));
    }
}

static void solve(int n, const number *a, const int *pivots, number *x)
{
    for (int k = 0; k < n; k++)
        swap(&x[k], &x[pivots[k]]);
    for (int k = 0; k < n; k++)
        for (int i = k + 1; i < n; i++)
            x[i] = minus(x[i], times(a[i + k * n], x[k]));
    for (int k = n - 1; k >= 0; k--) {
        x[k] = times(x[k], a[k + k * n]);
        for (int i = 0; i < k; i++)
            x[i] = minus(x[i], times(a[i + k * n], x[k]));
    }
}

/* ---- the method -------------------------------------------------------------------------------------------------- */

/* The roots of P_s(2x - 1) - P_{s-1}(2x - 1), ascending. */
static void find_nodes(method *m)
{
    real P[S + 2];
    const int s = m->s;
    for (int i = 0; i < s - 1; i++) {
        real z = -cosl((2 * i + 1) * acosl(-1.0L) / (2 * s - 1));
        for (int k = 0; k < 100; k++) {
            real others = 0.0L;
            legendre(s, z, P);
            const real value = P[s] - P[s - 1];
            const real slope = (s * (P[s - 1] - z * P[s]) - (s - 1) * (P[s - 2] - z * P[s - 1])) / (1.0L - z * z);
            for (int j = 0; j < i; j++)
                others += 1.0L / (z - (2.0L * m->c[j] - 1.0L));
            z -= value / (slope - others * value);
        }
        m->c[i] = 0.5L * (z + 1.0L);
    }
    m->c[s - 1] = 1.0L;
}

/* A_ij, the integral of the j-th Lagrange polynomial up to c_i, in Legendre polynomials. */
static void find_matrix(method *m)
{
    const int s = m->s;
    number V[S * S], right[S];
    real P[S + 2];
    int pivots[S];
    for (int j = 0; j < s; j++) {
        legendre(s, 2.0L * m->c[j] - 1.0L, P);
        for (int k = 0; k < s; k++)
            V[k + j * s] = (number){.re = P[k]};
    }
    factor(s, V, pivots);
    for (int i = 0; i < s; i++) {
        legendre(s + 1, 2.0L * m->c[i] - 1.0L, P);
        right[0] = (number){.re = m->c[i]};
        for (int k = 1; k < s; k++)
            right[k] = (number){.re = (P[k + 1] - P[k - 1]) / (2 * (2 * k + 1))};
        solve(s, V, pivots, right);
        for (int j = 0; j < s; j++)
            m->A[i][j] = right[j].re;
    }
}

static void find_tails(method *m)
{
    const int n = m->s + 1;
    number V[(S + 1) * (S + 1)], right[S + 1];
    real P[S + 2];
    int pivots[S + 1];
    for (int j = 0; j < n; j++) {
        legendre(n, j == 0 ? -1.0L : 2.0L * m->c[j - 1] - 1.0L, P);
        for (int k = 0; k < n; k++)
            V[j + k * n] = (number){.re = P[k]};
    }
    factor(n, V, pivots);
    for (int j = 1; j < n; j++) {
        memset(right, 0, sizeof right);
        right[j].re = 1.0L;
        solve(n, V, pivots, right);
        m->tail[0][j - 1] = right[n - 1].re;
        m->tail[1][j - 1] = right[n - 2].re;
    }
}

/* 1/mu are the roots of Pade's denominator, sum_j (2s-1-j)! s! / ((2s-1)! j! (s-j)!) (-z)^j; all at once (Aberth). */
static void find_roots(int s, number *z)
{
    real a[S + 1];
    a[0] = 1.0L;
    for (int j = 1; j <= s; j++)
        a[j] = -a[j - 1] * (s - j + 1) / ((real)j * (2 * s - j));
    for (int i = 0; i < s; i++) {
        const long double angle = 0.4L + 2.0L * acosl(-1.0L) * i / s;
        z[i] = (number){s * cosl(angle), s * sinl(angle)};
    }
    for (int k = 0; k < 300; k++)
        for (int i = 0; i < s; i++) {
            number value = {.re = a[s]}, slope = {.re = 0.0L}, others = {.re = 1.0L};
            for (int j = s - 1; j >= 0; j--) {
                slope = times(slope, z[i]);
                slope = (number){slope.re + value.re, slope.im + value.im};
                value = times(value, z[i]);
                value.re += a[j];
            }
            const number newton = times(value, inverse(slope));
            for (int j = 0; j < s; j++)
                if (j != i)
                    others = minus(others, times(newton, inverse(minus(z[i], z[j]))));
            z[i] = minus(z[i], times(newton, inverse(others)));
        }
}

/* Those with mu in the upper half plane; the others are their conjugates. */
static void find_eigenvalues(method *m)
{
    number z[S];
    find_roots(m->s, z);
    m->pairs = 0;
    for (int i = 0; i < m->s; i++)
        if (z[i].im < 0)
            m->mu[m->pairs++] = inverse(z[i]);
    assert(2 * m->pairs == m->s);
}

/* By inverse iteration. */
static void find_eigenvector(const method *m, int e, number *v)
{
    const int s = m->s;
    number shifted[S * S];
    int pivots[S];
    for (int j = 0; j < s; j++)
        for (int i = 0; i < s; i++)
            shifted[i + j * s] =
                (number){m->A[i][j] - (i == j ? m->mu[e].re * (1.0L + 1e-18L) : 0.0L), i == j ? -m->mu[e].im : 0.0L};
    factor(s, shifted, pivots);
    for (int i = 0; i < s; i++)
        v[i] = (number){1.0L + 0.1L * i, 0.3L};
    for (int k = 0; k < 4; k++) {
        real size = 0.0L;
        solve(s, shifted, pivots, v);
        for (int i = 0; i < s; i++)
            size = extended_max(size, size_of(v[i]));
        for (int i = 0; i < s; i++)
            v[i] = (number){v[i].re / size, v[i].im / size};
    }
}

static void find_eigenvectors(method *m)
{
    const int s = m->s;
    number T[S * S] = {{0.0L, 0.0L}}, v[S];
    int pivots[S];
    for (int e = 0; e < m->pairs; e++) {
        find_eigenvector(m, e, v);
        for (int i = 0; i < s; i++) {
            m->T[i][e] = T[i + e * s] = v[i];
            T[i + (e + m->pairs) * s] = (number){v[i].re, -v[i].im};
        }
    }
    factor(s, T, pivots);
    for (int j = 0; j < s; j++) {
        memset(v, 0, sizeof v);
        v[j].re = 1.0L;
        solve(s, T, pivots, v);
        for (int e = 0; e < m->pairs; e++)
            m->T_inverse[e][j] = v[e];
    }
}

static void make_method(method *m, int stages)
{
    assert(stages >= 4 && stages <= S && stages % 2 == 0);
    m->s = stages;
    find_nodes(m);
    find_matrix(m);
    find_tails(m);
    find_eigenvalues(m);
    find_eigenvectors(m);
}

void radau_nodes(int stages, double *nodes)
{
    method *m = calloc(1, sizeof *m);
    assert(m != NULL);
    m->s = stages;
    find_nodes(m);
    for (int i = 0; i < stages; i++)
        nodes[i] = (double)m->c[i];
    free(m);
}

/* ---- a step ------------------------------------------------------------------------------------------------------ */

/* Factors of I - h mu J for every mu. */
static void set_up(work *w, int n, real h)
{
    for (int e = 0; e < w->m.pairs; e++) {
        for (int k = 0; k < n * n; k++)
            w->LU[e][k] = (number){-h * w->m.mu[e].re * w->J[k], -h * w->m.mu[e].im * w->J[k]};
        for (int i = 0; i < n; i++)
            w->LU[e][i + i * n].re += 1.0L;
        factor(n, w->LU[e], w->pivots[e]);
    }
}

/* R = h A F - Z at the stages y + Z. */
static void residual(work *w, const radau_problem *p, const real *y, real h)
{
    real stage[N];
    for (int i = 0; i < w->m.s; i++) {
        for (ptrdiff_t k = 0; k < p->n; k++)
            stage[k] = y[k] + w->Z[i][k];
        p->rhs(p->context, stage, w->F[i]);
    }
    for (int i = 0; i < w->m.s; i++)
        for (ptrdiff_t k = 0; k < p->n; k++) {
            real sum = 0.0L;
            for (int j = 0; j < w->m.s; j++)
                sum += w->m.A[i][j] * w->F[j][k];
            w->R[i][k] = h * sum - w->Z[i][k];
        }
}

/* One iteration: Z += T (I - h mu J)^-1 T^-1 R. Returns the largest change in units of the weights. */
static real iterate(work *w, int n)
{
    const method *m = &w->m;
    number X[S][N];
    real most = 0.0L;
    for (int e = 0; e < m->pairs; e++) {
        for (int k = 0; k < n; k++) {
            X[e][k] = (number){.re = 0.0L};
            for (int j = 0; j < m->s; j++) {
                X[e][k].re += m->T_inverse[e][j].re * w->R[j][k];
                X[e][k].im += m->T_inverse[e][j].im * w->R[j][k];
            }
        }
        solve(n, w->LU[e], w->pivots[e], X[e]);
    }
    for (int i = 0; i < m->s; i++)
        for (int k = 0; k < n; k++) {
            real change = 0.0L;
            for (int e = 0; e < m->pairs; e++)
                change += 2 * times(m->T[i][e], X[e][k]).re;
            w->Z[i][k] += change;
            const real size = extended_abs(change) / w->weights[k];
            most = size <= most ? most : size; /* NaN stays */
        }
    return most;
}

/* The Jacobian at the middle stage as it is now. */
static void center(work *w, const radau_problem *p, const real *y, real h)
{
    real point[N];
    for (ptrdiff_t k = 0; k < p->n; k++)
        point[k] = y[k] + w->Z[w->m.s / 2 - 1][k];
    p->jacobian(p->context, point, w->J);
    set_up(w, (int)p->n, h);
}

/* Newton's iterations from Z = 0. Returns how many; 0 where they do not converge. */
static int solve_stages(work *w, const radau_problem *p, const real *y, real h)
{
    real before = INFINITY;
    memset(w->Z, 0, sizeof w->Z);
    for (int k = 1; k <= MOST_ITERATIONS; k++) {
        residual(w, p, y, h);
        const real change = iterate(w, (int)p->n);
        if (!(change < 1e6L) || (k > ROUGH_ITERATIONS + 1 && change > 0.9L * before && change > LEFT_BY_ROUNDING))
            return 0;
        if (k == ROUGH_ITERATIONS && change > LEFT_BY_ROUNDING)
            center(w, p, y, h);
        if (change <= LEFT || (change > 0.5L * before && change <= LEFT_BY_ROUNDING))
            return k;
        before = change;
    }
    return 0;
}

static real tail_of(const work *w, int n)
{
    real most = 0.0L;
    for (int k = 0; k < n; k++) {
        real last[2] = {0.0L, 0.0L};
        for (int i = 0; i < w->m.s; i++)
            for (int t = 0; t < 2; t++)
                last[t] += w->m.tail[t][i] * w->Z[i][k];
        most = extended_max(most, extended_max(extended_abs(last[0]), 0.1L * extended_abs(last[1])) / w->weights[k]);
    }
    return most;
}

static void weigh(work *w, const radau_problem *p, const real *y)
{
    for (ptrdiff_t k = 0; k < p->n; k++)
        w->weights[k] = extended_max(extended_abs(y[k]), p->least[k]);
}

/* A hundredth of the time in which the fastest unknown moves by its own size. */
static real first_step(work *w, const radau_problem *p, const real *y)
{
    real rate = 0.0L;
    p->rhs(p->context, y, w->F[0]);
    for (ptrdiff_t k = 0; k < p->n; k++)
        rate = extended_max(rate, extended_abs(w->F[0][k]) / w->weights[k]);
    return rate > 0.0L ? 0.01L / rate : 1.0L;
}

int radau_run(const radau_problem *p, extended *y)
{
    work *w = calloc(1, sizeof *w);
    real time = 0.0L, h;
    int steps = 0, failures = 0;
    bool open = true;
    assert(w != NULL && p->n <= N);
    make_method(&w->m, p->stages);
    weigh(w, p, y);
    h = first_step(w, p, y);
    open = p->reached(p->context, time, y, NULL);
    while (open && steps < p->most_steps && failures < 200) {
        long double factor_of_h = 0.3L;
        if (failures == 0)
            weigh(w, p, y);
        p->jacobian(p->context, y, w->J);
        h = (real)(double)(time + h) - time; /* so that times are doubles */
        set_up(w, (int)p->n, h);
        const int iterations = solve_stages(w, p, y, h);
        const long double tail =
            iterations > 0 ? (long double)tail_of(w, (int)p->n) / (long double)p->tolerance : (long double)INFINITY;
        if (iterations > 0)
            factor_of_h = 0.9L * powl(fmaxl(tail, 1e-12L), -1.0L / w->m.s);
        failures++;
        if (tail <= 1.0L) {
            for (int i = 0; i < w->m.s; i++)
                for (ptrdiff_t k = 0; k < p->n; k++)
                    w->points[i * p->n + k] = y[k] + w->Z[i][k];
            memcpy(y, w->points + (w->m.s - 1) * p->n, (size_t)p->n * sizeof *y);
            time += h;
            steps++;
            failures = 0;
            open = p->reached(p->context, time, y, w->points);
        }
        h *= fminl(factor_of_h, iterations > MANY_ITERATIONS ? 1.0L : 4.0L);
    }
    free(w);
    return open ? -1 : steps;
}
