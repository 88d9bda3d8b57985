/* radau.c - Newton's iterations for all stages of a step together, each with a Jacobian of its own: stiff directions that turn within a
 * step cost no shorter ones. */
#include "radau.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef extended real;
enum { S = RADAU_MOST_STAGES, N = RADAU_MOST_SIZE };

/* Iterations that a step may take; how many are too many for a longer one. What is left of the stages when they end. */
static const int MOST_ITERATIONS = 30, MANY_ITERATIONS = 20;
static const real LEFT = 1e-18L, LEFT_BY_ROUNDING = 1e-14L;
/* An iteration that leaves more than this share wants Jacobians of its own; so many times what there was in spite of them: it diverges. */
static const real SLOW = 0.03L, DIVERGES = 10.0L;

typedef struct method {
    int s;
    real c[S];       /* nodes, the last is 1                                                 */
    real A[S][S];    /* Z = h A F                                                            */
    real tail[2][S]; /* the last two Legendre coefficients of the polynomial through 0 and Z */
} method;

typedef struct work {
    method m;
    real Z[S][N], F[S][N], weights[N], points[S * N];
    real last[S + 1][N], last_h; /* the last step: its start and its stages; h = 0: there is none */
    real J[N * N], R[S * N];
    real *matrix; /* of all stages together: (s n) x (s n), factored */
    int pivots[S * N];
} work;

/* P_0(z) .. P_n(z). */
static void legendre(int n, real z, real *P)
{
    P[0] = 1.0L;
    P[1] = z;
    for (int k = 1; k < n; k++)
        P[k + 1] = ((2 * k + 1) * z * P[k] - k * P[k - 1]) / (k + 1);
}

/* ---- linear systems ---------------------------------------------------------------------------------------------- */

/* a (n x n, column by column) = its factors with rows exchanged, the diagonal inverted. */
static void factor(int n, real *a, int *pivots)
{
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++)
            if (extended_abs(a[i + k * n]) > extended_abs(a[best + k * n]))
                best = i;
        pivots[k] = best;
        for (int j = 0; j < n && best != k; j++) {
            const real kept = a[k + j * n];
            a[k + j * n] = a[best + j * n];
            a[best + j * n] = kept;
        }
        a[k + k * n] = 1 / a[k + k * n];
        for (int i = k + 1; i < n; i++)
            a[i + k * n] *= a[k + k * n];
        for (int j = k + 1; j < n; j++)
            for (int i = k + 1; i < n && a[k + j * n] != 0; i++)
                a[i + j * n] -= a[i + k * n] * a[k + j * n];
    }
}

static void solve(int n, const real *a, const int *pivots, real *x)
{
    for (int k = 0; k < n; k++) {
        const real kept = x[k];
        x[k] = x[pivots[k]];
        x[pivots[k]] = kept;
    }
    for (int k = 0; k < n; k++)
        for (int i = k + 1; i < n; i++)
            x[i] -= a[i + k * n] * x[k];
    for (int k = n - 1; k >= 0; k--) {
        x[k] *= a[k + k * n];
        for (int i = 0; i < k; i++)
            x[i] -= a[i + k * n] * x[k];
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
    real V[S * S], right[S];
    real P[S + 2];
    int pivots[S];
    for (int j = 0; j < s; j++) {
        legendre(s, 2.0L * m->c[j] - 1.0L, P);
        for (int k = 0; k < s; k++)
            V[k + j * s] = P[k];
    }
    factor(s, V, pivots);
    for (int i = 0; i < s; i++) {
        legendre(s + 1, 2.0L * m->c[i] - 1.0L, P);
        right[0] = m->c[i];
        for (int k = 1; k < s; k++)
            right[k] = (P[k + 1] - P[k - 1]) / (2 * (2 * k + 1));
        solve(s, V, pivots, right);
        for (int j = 0; j < s; j++)
            m->A[i][j] = right[j];
    }
}

static void find_tails(method *m)
{
    const int n = m->s + 1;
    real V[(S + 1) * (S + 1)], right[S + 1];
    real P[S + 2];
    int pivots[S + 1];
    for (int j = 0; j < n; j++) {
        legendre(n, j == 0 ? -1.0L : 2.0L * m->c[j - 1] - 1.0L, P);
        for (int k = 0; k < n; k++)
            V[j + k * n] = P[k];
    }
    factor(n, V, pivots);
    for (int j = 1; j < n; j++) {
        memset(right, 0, sizeof right);
        right[j] = 1.0L;
        solve(n, V, pivots, right);
        m->tail[0][j - 1] = right[n - 1];
        m->tail[1][j - 1] = right[n - 2];
    }
}

static void make_method(method *m, int stages)
{
    assert(stages >= 3 && stages <= S);
    m->s = stages;
    find_nodes(m);
    find_matrix(m);
    find_tails(m);
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

/* The factors of I - h A_ij J_j, unknown k of stage i in row i n + k, J_j the Jacobian at stage j as it is now. */
static void couple(work *w, const radau_problem *p, const real *y, real h)
{
    const ptrdiff_t n = p->n, all = w->m.s * n;
    real stage[N];
    for (int j = 0; j < w->m.s; j++) {
        for (ptrdiff_t k = 0; k < n; k++)
            stage[k] = y[k] + w->Z[j][k];
        p->jacobian(p->context, stage, w->J);
        for (ptrdiff_t l = 0; l < n; l++) {
            real *column = w->matrix + (j * n + l) * all;
            for (int i = 0; i < w->m.s; i++)
                for (ptrdiff_t k = 0; k < n; k++)
                    column[i * n + k] = -h * w->m.A[i][j] * w->J[k + l * n];
            column[j * n + l] += 1.0L;
        }
    }
    factor((int)all, w->matrix, w->pivots);
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
            w->R[i * p->n + k] = h * sum - w->Z[i][k];
        }
}

/* One iteration of Newton's; returns the largest change in units of the weights. */
static real iterate(work *w, ptrdiff_t n)
{
    real most = 0.0L;
    solve((int)(w->m.s * n), w->matrix, w->pivots, w->R);
    for (int i = 0; i < w->m.s; i++)
        for (ptrdiff_t k = 0; k < n; k++) {
            w->Z[i][k] += w->R[i * n + k];
            const real size = extended_abs(w->R[i * n + k]) / w->weights[k];
            most = size <= most ? most : size; /* NaN stays */
        }
    return most;
}

/* Z from the polynomial of the last step, which the step's length keeps close; 0 in the first step. */
static void predict(work *w, ptrdiff_t n, const real *y, real h)
{
    real x[S + 1] = {0.0L};
    memcpy(x + 1, w->m.c, (size_t)w->m.s * sizeof *x);
    memset(w->Z, 0, sizeof w->Z);
    for (int i = 0; i < w->m.s && w->last_h > 0; i++)
        for (int j = 0; j <= w->m.s; j++) {
            const real at = 1.0L + w->m.c[i] * h / w->last_h;
            real weight = 1.0L;
            for (int k = 0; k <= w->m.s; k++)
                weight *= k != j ? (at - x[k]) / (x[j] - x[k]) : 1.0L;
            for (ptrdiff_t k = 0; k < n; k++)
                w->Z[i][k] += weight * (w->last[j][k] - y[k]);
        }
}

/* Newton's iterations from there, with the Jacobians of before while they do. Returns how many; 0 where they do not converge. */
static int solve_stages(work *w, const radau_problem *p, const real *y, real h)
{
    real before = INFINITY;
    bool fresh = false;
    predict(w, p->n, y, h);
    couple(w, p, y, h);
    for (int k = 1; k <= MOST_ITERATIONS; k++) {
        residual(w, p, y, h);
        const real change = iterate(w, p->n);
        if (!(change < 1e6L) || (fresh && change > DIVERGES * before && change > LEFT_BY_ROUNDING))
            return 0;
        if (change <= LEFT || (change > 0.5L * before && change <= LEFT_BY_ROUNDING))
            return k;
        fresh = k > 1 && change > SLOW * before;
        if (fresh)
            couple(w, p, y, h);
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
    w->matrix = calloc((size_t)(w->m.s * p->n * w->m.s * p->n), sizeof *w->matrix);
    assert(w->matrix != NULL);
    weigh(w, p, y);
    h = first_step(w, p, y);
    open = p->reached(p->context, time, y, NULL);
    while (open && steps < p->most_steps && failures < 200) {
        long double factor_of_h = 0.3L;
        if (failures == 0)
            weigh(w, p, y);
        h = (real)(double)(time + h) - time; /* so that times are doubles */
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
            memcpy(w->last[0], y, (size_t)p->n * sizeof *y);
            for (int i = 0; i < w->m.s; i++)
                memcpy(w->last[i + 1], w->points + i * p->n, (size_t)p->n * sizeof *y);
            w->last_h = h;
            memcpy(y, w->points + (w->m.s - 1) * p->n, (size_t)p->n * sizeof *y);
            time += h;
            steps++;
            failures = 0;
            open = p->reached(p->context, time, y, w->points);
        }
        h *= fminl(factor_of_h, iterations > MANY_ITERATIONS ? 1.0L : 4.0L);
    }
    free(w->matrix);
    free(w);
    return open ? -1 : steps;
}
