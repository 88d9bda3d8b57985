/* limit_sign.c - on which side of u = 0 the flow ends.
 *
 * The loss at u = 0 is L(0), whatever U is, and the loss falls: once below L(0), u keeps its sign for ever. A start below
 * L(0) so tells the sign by itself, and one with u0^2 >= |U0 seen|_F^2, u0 != 0, too, since u^2 - |U seen|_F^2 is conserved.
 * From any other start theory's own gradient (5.4) is followed, by the method of Bogacki and Shampine (1989), until the loss
 * is below L(0): a question of one bit, for which the path need not be exact. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/training_law.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Steps are cut by their local error, relative to the state; a path that takes more of them is left, its sign open. */
static const double step_error = 1e-6;
enum { STEPS = 4000 };

/* Below L(0) by more than the rounding of both losses. */
static const double rounding = 1e-12;

/* States are u and the d*d entries of U; slopes are -grad L. */
typedef struct path {
    const training_law *law;
    ptrdiff_t n;
    double *x, *next, *trial, *k[4], h;
} path;

static lsa_status path_make(const training_law *law, double u0, const double *U0, path *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *p = (path){.law = law, .n = law->d * law->d + 1};
    double **const arrays[] = {&p->x, &p->next, &p->trial, &p->k[0], &p->k[1], &p->k[2], &p->k[3]};
    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++) {
        *arrays[a] = lsa_vec_create(p->n);
        LSA_TRY_MEMORY(*arrays[a], "the sign of a limit");
    }
    p->x[0] = u0;
    memcpy(p->x + 1, U0, (size_t)(p->n - 1) * sizeof *U0);
done:
    return status;
}

static void path_clear(path *p)
{
    free(p->x);
    free(p->next);
    free(p->trial);
    for (int s = 0; s < 4; s++)
        free(p->k[s]);
}

static lsa_status slope(const path *p, const double *x, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(training_law_gradient(p->law, x[0], x + 1, out, out + 1, err));
    lsa_vec_scale(p->n, -1.0, out);
done:
    return status;
}

/* next = x + h (2 k1 + 3 k2 + 4 k3)/9 of order 3; *error is its distance to the method of order 2 over the state's size. */
static lsa_status try_step(path *p, double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    static const double weight[4] = {2.0 / 9.0 - 7.0 / 24.0, 1.0 / 3.0 - 1.0 / 4.0, 4.0 / 9.0 - 1.0 / 3.0, -1.0 / 8.0};
    memcpy(p->trial, p->x, (size_t)p->n * sizeof *p->x);
    lsa_vec_axpy(p->n, 0.5 * p->h, p->k[0], p->trial);
    LSA_TRY(slope(p, p->trial, p->k[1], err));
    memcpy(p->trial, p->x, (size_t)p->n * sizeof *p->x);
    lsa_vec_axpy(p->n, 0.75 * p->h, p->k[1], p->trial);
    LSA_TRY(slope(p, p->trial, p->k[2], err));
    memcpy(p->next, p->x, (size_t)p->n * sizeof *p->x);
    lsa_vec_axpy(p->n, p->h * 2.0 / 9.0, p->k[0], p->next);
    lsa_vec_axpy(p->n, p->h / 3.0, p->k[1], p->next);
    lsa_vec_axpy(p->n, p->h * 4.0 / 9.0, p->k[2], p->next);
    LSA_TRY(slope(p, p->next, p->k[3], err));
    memset(p->trial, 0, (size_t)p->n * sizeof *p->trial);
    for (int s = 0; s < 4; s++)
        lsa_vec_axpy(p->n, p->h * weight[s], p->k[s], p->trial);
    *error = lsa_vec_norm(p->n, p->trial) / lsa_vec_norm(p->n, p->next);
done:
    return status;
}

/* One step, or a shorter h for the next one. */
static lsa_status advance(path *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double error;
    LSA_TRY(try_step(p, &error, err));
    if (error <= step_error) {
        double *const before = p->x, *const first = p->k[0];
        p->x = p->next;
        p->next = before;
        p->k[0] = p->k[3]; /* the slope at the end begins the next step */
        p->k[3] = first;
    }
    p->h *= isfinite(error) ? fmin(fmax(0.9 * cbrt(step_error / fmax(error, DBL_MIN)), 0.2), 5.0) : 0.2;
done:
    return status;
}

static lsa_status follow(path *p, double size, int *sign, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double above;
    LSA_TRY(slope(p, p->x, p->k[0], err));
    p->h = 1e-3 * lsa_vec_norm(p->n, p->x) / fmax(lsa_vec_norm(p->n, p->k[0]), DBL_MIN);
    for (int step = 0; step < STEPS && *sign == 0; step++) {
        LSA_TRY(training_law_loss_above_zero(p->law, p->x[0], p->x + 1, &above, err));
        if (above < -rounding * size)
            *sign = p->x[0] > 0.0 ? 1 : -1;
        else
            LSA_TRY(advance(p, err));
    }
done:
    return status;
}

lsa_status training_law_limit_sign(const training_law *law, double u0, const double *U0, int *sign, lsa_error *err)
{
    lsa_status status = LSA_OK;
    path p = {.n = 0};
    const ptrdiff_t square = law->d * law->d;
    double *unseen = lsa_vec_create(square);
    *sign = 0;
    LSA_TRY_MEMORY(unseen, "the sign of a limit");
    LSA_TRY(training_law_unseen(law, U0, unseen, err));
    const double seen2 = lsa_vec_dot(square, U0, U0) - lsa_vec_dot(square, unseen, unseen);
    if (u0 != 0.0 && u0 * u0 >= seen2 * (1.0 - 1e-12)) {
        *sign = u0 > 0.0 ? 1 : -1;
        goto done;
    }
    const double size =
        law->fixed != NULL ? lsa_theory_loss_at_zero(law->fixed) : lsa_theory_random_loss_at_zero(law->random);
    LSA_TRY(path_make(law, u0, U0, &p, err));
    LSA_TRY(follow(&p, size, sign, err));
done:
    path_clear(&p);
    free(unseen);
    return status;
}
