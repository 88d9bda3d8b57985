/* curvature.c - the ends of the Hessian's spectrum and Newton's step, by Krylov iterations. */
#include "flow/curvature.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "flow/spectrum.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Lanczos' vectors, all kept orthogonal: the ends of the spectrum to about 1e-3 of its width. */
enum { LANCZOS_STEPS = 100 };
/* Conjugate gradients take about sqrt(cond H) ln(1/accuracy)/2 steps: cond H up to some 10^5, fewer large eigenvalues apart. */
enum { SOLVE_STEPS = 3000 };
static const double SOLVE_ACCURACY = 1e-8;
/* Of the largest curvature: of a product's own, and of a gradient that is there by rounding of the point. */
static const double PRODUCT_ROUNDING = 1e-15;
/* Of the size of the point, and the steps by which Newton's method must come back to rest: quadratically. */
static const double MOVE = 1e-2;
static const double AT_REST = 1e-12;
enum { MOVE_STEPS = 8, MOVE_TRIALS = 2 };
/* Of a random direction: less of it in the kernel is rounding of the solution. */
static const double KERNEL_SHARE = 1e-3;

lsa_status flow_curvature_create(ptrdiff_t n, flow_curvature **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_curvature *c = calloc(1, sizeof *c);
    LSA_TRY_MEMORY(c, "the curvature");
    c->n = n;
    c->gradient = lsa_vec_create(n);
    LSA_TRY_MEMORY(c->gradient, "the curvature");
    c->step = lsa_vec_create(n);
    LSA_TRY_MEMORY(c->step, "the curvature");
    c->basis = lsa_vec_create((LANCZOS_STEPS + 1) * n);
    LSA_TRY_MEMORY(c->basis, "the curvature");
    c->work = lsa_vec_create(5 * n);
    LSA_TRY_MEMORY(c->work, "the curvature");
    *out = c;
    c = NULL;
done:
    flow_curvature_destroy(c);
    return status;
}

void flow_curvature_destroy(flow_curvature *curvature)
{
    if (curvature == NULL)
        return;
    free(curvature->gradient);
    free(curvature->step);
    free(curvature->basis);
    free(curvature->work);
    free(curvature);
}

/* out = H v */
static void product(flow_system *system, const double *y, const double *v, double *out)
{
    lsa_program_hessian(system->program, system->work, y, v, out);
}

/* v becomes orthogonal to the first `count` vectors of the basis; twice is enough. Returns its norm. */
static double orthogonalise(const flow_curvature *c, ptrdiff_t count, double *v)
{
    for (int sweep = 0; sweep < 2; sweep++)
        for (ptrdiff_t j = 0; j < count; j++)
            lsa_vec_axpy(c->n, -lsa_vec_dot(c->n, c->basis + j * c->n, v), c->basis + j * c->n, v);
    return lsa_vec_norm(c->n, v);
}

/* The tridiagonal matrix T of Lanczos' method, size x size; returns size: less where the space is exhausted. */
static ptrdiff_t tridiagonalise(flow_curvature *c, flow_system *system, const double *y, double *T)
{
    const ptrdiff_t most = c->n < LANCZOS_STEPS ? c->n : LANCZOS_STEPS;
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_LANCZOS, 0);
    double *alpha = T, *beta = T + LANCZOS_STEPS;
    ptrdiff_t size = 0;
    lsa_rng_normals(&rng, c->n, c->basis);
    lsa_vec_scale(c->n, 1.0 / lsa_vec_norm(c->n, c->basis), c->basis);
    while (size < most) {
        double *q = c->basis + size * c->n, *next = q + c->n;
        product(system, y, q, next);
        alpha[size] = lsa_vec_dot(c->n, q, next);
        const double scale = lsa_vec_norm(c->n, next);
        beta[size] = orthogonalise(c, size + 1, next);
        size++;
        if (!(beta[size - 1] > 1e-12 * scale)) /* exhausted, or not finite */
            break;
        lsa_vec_scale(c->n, 1.0 / beta[size - 1], next);
    }
    return size;
}

/* Sets the ends of the spectrum. */
static lsa_status find_ends(flow_curvature *c, flow_system *system, const double *y, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double diagonals[2 * LANCZOS_STEPS], *lambda = NULL;
    double *T = lsa_vec_create(LANCZOS_STEPS * LANCZOS_STEPS + LANCZOS_STEPS);
    LSA_TRY_MEMORY(T, "the ends of the spectrum");
    lambda = T + (ptrdiff_t)LANCZOS_STEPS * LANCZOS_STEPS;
    const ptrdiff_t size = tridiagonalise(c, system, y, diagonals);
    for (ptrdiff_t i = 0; i < size; i++) {
        T[i + i * size] = diagonals[i];
        if (i + 1 < size)
            T[i + 1 + i * size] = T[i + (i + 1) * size] = diagonals[LANCZOS_STEPS + i];
    }
    c->finite = isfinite(lsa_vec_dot(size * size, T, T));
    if (!c->finite)
        goto done;
    LSA_TRY(lsa_mat_eigen(size, T, lambda, NULL, err));
    c->least = lambda[0];
    c->largest = fmax(fabs(lambda[0]), fabs(lambda[size - 1]));
done:
    free(T);
    return status;
}

/* x = -H^+ g by conjugate gradients. False where they meet negative curvature (which is noted) or do not converge. */
static bool solve(flow_curvature *c, flow_system *system, const double *y, const double *g, double *x)
{
    const ptrdiff_t n = c->n;
    double *r = c->work, *p = r + n, *Hp = p + n;
    const double target = fmax(SOLVE_ACCURACY * lsa_vec_norm(n, g), PRODUCT_ROUNDING * c->largest * lsa_vec_norm(n, y));
    memset(x, 0, (size_t)n * sizeof *x);
    memcpy(r, g, (size_t)n * sizeof *r);
    lsa_vec_scale(n, -1.0, r);
    memcpy(p, r, (size_t)n * sizeof *p);
    double square = lsa_vec_dot(n, r, r);
    for (int k = 0; k < SOLVE_STEPS && sqrt(square) > target; k++) {
        product(system, y, p, Hp);
        const double curvature = lsa_vec_dot(n, p, Hp), length = lsa_vec_dot(n, p, p);
        c->negative = c->negative || curvature < -c->zero * length;
        if (!(curvature > PRODUCT_ROUNDING * c->largest * length))
            return false;
        lsa_vec_axpy(n, square / curvature, p, x);
        lsa_vec_axpy(n, -square / curvature, Hp, r);
        const double before = square;
        square = lsa_vec_dot(n, r, r);
        lsa_vec_scale(n, square / before, p);
        lsa_vec_axpy(n, 1.0, r, p);
    }
    return sqrt(square) <= target;
}

lsa_status flow_curvature_eval(flow_curvature *c, flow_system *system, const double *y, lsa_error *err)
{
    lsa_status status = LSA_OK;
    c->decrement = c->distance = (double)NAN;
    c->negative = c->solved = false;
    lsa_program_gradient(system->program, system->work, y, c->gradient);
    c->gradient_norm = lsa_vec_norm(c->n, c->gradient);
    LSA_TRY(find_ends(c, system, y, err));
    if (!c->finite)
        goto done;
    c->zero = flow_zero_threshold(1e-14 * (double)c->n, c->largest, c->gradient_norm, lsa_vec_norm_max(c->n, y));
    c->negative = c->least < -c->zero;
    c->solved = !c->negative && solve(c, system, y, c->gradient, c->step);
    if (c->solved) {
        c->decrement = -0.5 * lsa_vec_dot(c->n, c->gradient, c->step);
        c->distance = lsa_vec_norm(c->n, c->step);
    }
done:
    return status;
}

/* z: the part of a random direction that lies in the kernel, v - H^+ H v, scaled to `length`; 0 where there is none.
 * False where the equation is not solved. */
static bool kernel_direction(flow_curvature *c, flow_system *system, const double *y, lsa_rng *rng, double length,
                             double *z)
{
    const ptrdiff_t n = c->n;
    double *v = c->work + 3 * n, *Hv = v + n;
    lsa_rng_normals(rng, n, v);
    product(system, y, v, Hv);
    if (!solve(c, system, y, Hv, z))
        return false;
    lsa_vec_axpy(n, 1.0, v, z);
    const double share = lsa_vec_norm(n, z) / lsa_vec_norm(n, v);
    lsa_vec_scale(n, share > KERNEL_SHARE ? length / lsa_vec_norm(n, z) : 0.0, z);
    return true;
}

/* Newton's steps from x to a gradient of at most `small`. */
static bool comes_to_rest(flow_curvature *c, flow_system *system, double small, double *x, double *step, double *g)
{
    for (int k = 0; k < MOVE_STEPS; k++) {
        lsa_program_gradient(system->program, system->work, x, g);
        if (lsa_vec_norm(c->n, g) <= small)
            return true;
        if (!solve(c, system, x, g, step))
            return false;
        lsa_vec_axpy(c->n, 1.0, step, x);
    }
    return false;
}

lsa_status flow_curvature_manifold(flow_curvature *c, flow_system *system, const double *y, bool *yes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = c->n;
    const double size = lsa_vec_norm(n, y);
    const bool negative = c->negative;
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_KRYLOV_MANIFOLD, 0);
    double *x = lsa_vec_create(3 * n);
    LSA_TRY_MEMORY(x, "the test of flat directions");
    *yes = c->finite && !negative && size > 0.0;
    for (int trial = 0; trial < MOVE_TRIALS && *yes; trial++) {
        *yes = kernel_direction(c, system, y, &rng, MOVE * size, x);
        lsa_vec_axpy(n, 1.0, y, x);
        *yes = *yes && comes_to_rest(c, system, AT_REST * c->largest * size, x, x + n, x + 2 * n);
    }
    c->negative = negative; /* as it is at y */
done:
    free(x);
    return status;
}
