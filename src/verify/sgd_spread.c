/* sgd_spread.c - the error that SGD near a minimum is expected to make. */
#include "verify/sgd_spread.h"

#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/train.h"
#include "lsaflow/training_path.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Prompts that measure the noise of a gradient: their fourth moments (kurtosis up to about 150) leave 5 % at most. */
enum { NOISE_PROMPTS = 65536, STEPS_AT_ONCE = 256 };
/* Sizes beyond which this would be slower than the training: parameters, and their square times steps. */
enum { PARAMETERS_MAX = 600 };
static const double work_max = 2e10;
/* Eigenvalues below this share of the largest are the orbit (cu, U/c), along which no prompt's gradient points. */
static const double flat_share = 1e-9;

/* Square arrays are n x n. In H's eigenbasis but for H and Q themselves. */
typedef struct spread_work {
    lsa_study *study;
    const lsa_train_settings *train;
    const lsa_program *program;
    lsa_workspace *work;
    lsa_reduced_view view;
    ptrdiff_t n, d, square; /* square: d * d */
    const double *at;
    double *state, *v, *image; /* n */
    double *H, *Q, *lambda;
    double *C;       /* of a batch                                                        */
    double *R;       /* sum over steps of products of weights                             */
    double *S;       /* covariance of a single step, mean over the tail, over C           */
    double *scratch; /* n x n                                                             */
    double *J;       /* square x n: from a shift in H's eigenbasis to that of the product */
    double *P;       /* square x square: covariance of the product                        */
} spread_work;

static lsa_status spread_allocate(spread_work *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double **const squares[] = {&w->H, &w->Q, &w->C, &w->R, &w->S, &w->scratch};
    double **const vectors[] = {&w->state, &w->v, &w->image, &w->lambda};
    for (size_t k = 0; k < sizeof squares / sizeof *squares; k++) {
        *squares[k] = lsa_vec_create(w->n * w->n);
        LSA_TRY_MEMORY(*squares[k], "the spread of SGD");
    }
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
        *vectors[k] = lsa_vec_create(w->n);
        LSA_TRY_MEMORY(*vectors[k], "the spread of SGD");
    }
    w->J = lsa_vec_create(w->square * w->n);
    w->P = lsa_vec_create(w->square * w->square);
    LSA_TRY_MEMORY(w->J != NULL ? w->P : NULL, "the spread of SGD");
done:
    return status;
}

static void spread_clear(spread_work *w)
{
    double *const arrays[] = {w->H, w->Q,     w->C, w->R,     w->S,      w->scratch,
                              w->J, w->state, w->v, w->image, w->lambda, w->P};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        free(arrays[k]);
    lsa_workspace_destroy(w->work);
}

static lsa_status spread_make_work(lsa_study *study, const double *at, spread_work *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    *w = (spread_work){.study = study, .train = &experiment->train, .at = at, .d = experiment->data.d};
    LSA_TRY(lsa_study_program(study, &w->program, err));
    LSA_TRY(lsa_study_reduced_view(study, w->program, &w->view, err));
    w->n = lsa_program_size(w->program);
    w->square = w->d * w->d;
    if (w->n > PARAMETERS_MAX || (double)w->n * (double)w->n * (double)w->train->steps > work_max)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "the covariance of %td parameters over %td steps costs more than the training", w->n,
                              w->train->steps));
    LSA_TRY(lsa_workspace_create(w->program, &w->work, err));
    LSA_TRY(spread_allocate(w, err));
done:
    return status;
}

/* ---------------------------------------------------------------- Hessian and noise */

/* image = (Hessian at theta) v, all in the user's basis; theta is w->state after the call in the program's. */
static lsa_status hessian_times(spread_work *w, const double *theta, const double *v, double *image, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_program_from_user(w->program, theta, w->state, err));
    LSA_TRY(lsa_program_from_user(w->program, v, w->v, err));
    lsa_program_hessian(w->program, w->work, w->state, w->v, w->image);
    LSA_TRY(lsa_program_to_user(w->program, w->image, image, err));
done:
    return status;
}

static lsa_status diagonalise(spread_work *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *const unit = w->scratch;
    memset(unit, 0, (size_t)w->n * sizeof *unit);
    for (ptrdiff_t j = 0; j < w->n; j++) {
        unit[j] = 1.0;
        LSA_TRY(hessian_times(w, w->at, unit, w->H + j * w->n, err));
        unit[j] = 0.0;
    }
    LSA_TRY(lsa_mat_eigen(w->n, w->H, w->lambda, w->Q, err));
done:
    return status;
}

static bool is_flat(const spread_work *w, ptrdiff_t i)
{
    return w->lambda[i] <= flat_share * w->lambda[w->n - 1];
}

/* C of a batch in H's eigenbasis, without the flat directions. */
static lsa_status measure_noise(spread_work *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_train_noise(lsa_study_experiment(w->study), w->at, w->train->seed, NOISE_PROMPTS, w->C, err));
    lsa_mat_rotate(w->n, w->n, w->Q, w->C, w->Q, w->C, w->scratch);
    for (ptrdiff_t j = 0; j < w->n; j++)
        for (ptrdiff_t i = 0; i < w->n; i++)
            w->C[i + j * w->n] *= is_flat(w, i) || is_flat(w, j) ? 0.0 : 1.0 / (double)w->train->batch;
done:
    return status;
}

/* ---------------------------------------------------------------- steps */

/* The step size that the flow sees. */
static double effective_step(const spread_work *w, ptrdiff_t k)
{
    const double beta = w->train->method == LSA_TRAIN_MOMENTUM ? w->train->momentum : 0.0;
    return lsa_train_step_size(w->train, k) / (1.0 - beta);
}

/* The share of the state after that many steps in the mean that is judged. */
static double tail_share(const spread_work *w, ptrdiff_t after, ptrdiff_t averaged)
{
    if (averaged == 0)
        return after == w->train->steps ? 1.0 : 0.0;
    return after > w->train->steps - averaged ? 1.0 / (double)averaged : 0.0;
}

static ptrdiff_t tail_length(const lsa_train_settings *train)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t after = train->steps;
         after > 0 && (double)after > (1.0 - train->tail_average) * (double)train->steps; after--)
        count++;
    return count;
}

/* R_ij = sum_k w_ik w_jk: the mean is sum_k w_ik xi_ik, w_ik = -eta_k r_ik, r the share of later states that step k's move
 * leaves, backwards from the end. */
static lsa_status weigh_steps(spread_work *w, ptrdiff_t averaged, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = w->n;
    ptrdiff_t filled = 0;
    double *later = lsa_vec_create(n), *weights = lsa_vec_create(n * STEPS_AT_ONCE);
    LSA_TRY_MEMORY(later != NULL ? weights : NULL, "the weights of steps");
    for (ptrdiff_t after = w->train->steps; after > 0; after--) {
        const double eta = effective_step(w, after - 1), share = tail_share(w, after, averaged);
        for (ptrdiff_t i = 0; i < n; i++) {
            later[i] += share;
            weights[i + filled * n] = -eta * later[i];
            later[i] *= 1.0 - eta * w->lambda[i];
        }
        if (++filled == STEPS_AT_ONCE || after == 1) {
            lsa_mat_product(false, true, n, n, filled, 1.0, weights, weights, 1.0, w->R);
            filled = 0;
        }
    }
done:
    free(weights);
    free(later);
    return status;
}

/* S: s <- (1 - eta l_i)(1 - eta l_j) s + eta^2, its mean over the tail. */
static void follow_covariance(spread_work *w, ptrdiff_t averaged)
{
    const ptrdiff_t n = w->n;
    double *const s = w->scratch, *const shrink = w->v;
    memset(s, 0, (size_t)(n * n) * sizeof *s);
    for (ptrdiff_t after = 1; after <= w->train->steps; after++) {
        const double eta = effective_step(w, after - 1), share = tail_share(w, after, averaged);
        for (ptrdiff_t i = 0; i < n; i++)
            shrink[i] = 1.0 - eta * w->lambda[i];
        for (ptrdiff_t j = 0; j < n; j++)
            for (ptrdiff_t i = 0; i < n; i++) {
                s[i + j * n] = shrink[i] * shrink[j] * s[i + j * n] + eta * eta;
                w->S[i + j * n] += share * s[i + j * n];
            }
    }
}

/* A := A o C */
static void times_noise(const spread_work *w, double *A)
{
    for (ptrdiff_t k = 0; k < w->n * w->n; k++)
        A[k] *= w->C[k];
}

/* ---------------------------------------------------------------- in the product uU */

/* d(uU) = U du + u dU, from shifts in H's eigenbasis: J = (map in the user's basis) Q. */
static void make_map(spread_work *w)
{
    const double u = w->at[w->view.u], *U = w->at + w->view.U;
    for (ptrdiff_t j = 0; j < w->n; j++) {
        const double *q = w->Q + j * w->n;
        for (ptrdiff_t k = 0; k < w->square; k++)
            w->J[k + j * w->square] = U[k] * q[w->view.u] + u * q[w->view.U + k];
    }
}

/* P = J (R o C) J'; the noise is a sum of e_k z_k^2 with P's eigenvalues e, and
 * P(sum e z^2 > sum e + 2 |e|_2 sqrt x + 2 |e|_max x) <= exp(-x). */
static lsa_status measure_spread(spread_work *w, double alpha, sgd_spread *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *half = lsa_vec_create(w->square * w->n), *e = lsa_vec_create(w->square);
    LSA_TRY_MEMORY(half != NULL ? e : NULL, "the spread of SGD");
    lsa_mat_product(false, false, w->square, w->n, w->n, 1.0, w->J, w->R, 0.0, half);
    lsa_mat_product(false, true, w->square, w->square, w->n, 1.0, half, w->J, 0.0, w->P);
    LSA_TRY(lsa_mat_eigen(w->square, w->P, e, NULL, err));
    const double x = -log(alpha), trace = lsa_mat_trace(w->square, w->P);
    out->rms = sqrt(trace);
    out->radius = sqrt(trace + 2.0 * lsa_vec_norm(w->square, e) * sqrt(x) + 2.0 * lsa_vec_norm_max(w->square, e) * x);
done:
    free(e);
    free(half);
    return status;
}

/* curve += D^3 L[q, q] = (H(theta + q) q - H(theta - q) q)/2, exact for a loss of degree 4; `moved` is scratch. */
static lsa_status add_curvature(spread_work *w, const double *q, double *moved, double *image, double *curve,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int sign = -1; sign <= 1; sign += 2) {
        for (ptrdiff_t i = 0; i < w->n; i++)
            moved[i] = w->at[i] + sign * q[i];
        LSA_TRY(hessian_times(w, moved, q, image, err));
        lsa_vec_axpy(w->n, 0.5 * sign, image, curve);
    }
done:
    return status;
}

/* |J b|, b = -1/2 H^+ D^3L[S], S = sum_m q_m q_m'. */
static lsa_status measure_bias(spread_work *w, sgd_spread *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = w->n;
    double *e = lsa_vec_create(n), *V = lsa_vec_create(n * n), *shift = lsa_vec_create(5 * n);
    double *product = lsa_vec_create(w->square);
    LSA_TRY_MEMORY(e && V && shift ? product : NULL, "the bias of SGD");
    double *const q = shift, *const curve = shift + n, *const moved = shift + 2 * n, *const image = shift + 3 * n;
    double *const b = shift + 4 * n;
    LSA_TRY(lsa_mat_eigen(n, w->S, e, V, err));
    for (ptrdiff_t m = 0; m < n; m++) {
        if (e[m] <= 0.0)
            continue;
        lsa_mat_vector(false, n, n, sqrt(e[m]), w->Q, V + m * n, 0.0, q);
        LSA_TRY(add_curvature(w, q, moved, image, curve, err));
    }
    lsa_mat_vector(true, n, n, -0.5, w->Q, curve, 0.0, b);
    for (ptrdiff_t i = 0; i < n; i++)
        b[i] = is_flat(w, i) ? 0.0 : b[i] / w->lambda[i];
    lsa_mat_vector(false, w->square, n, 1.0, w->J, b, 0.0, product);
    out->bias = lsa_vec_norm(w->square, product);
done:
    free(product);
    free(shift);
    free(V);
    free(e);
    return status;
}

static lsa_status measure_start(spread_work *w, sgd_spread *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *mean = lsa_vec_create(w->n), sum = 0.0;
    LSA_TRY_MEMORY(mean, "the start of SGD");
    LSA_TRY(lsa_training_path_mean(w->study, mean, err));
    for (ptrdiff_t k = 0; k < w->square; k++) {
        const double miss = mean[w->view.u] * mean[w->view.U + k] - w->at[w->view.u] * w->at[w->view.U + k];
        sum += miss * miss;
    }
    out->start = sqrt(sum);
done:
    free(mean);
    return status;
}

lsa_status sgd_spread_make(lsa_study *study, const double *at, double alpha, sgd_spread *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    spread_work w;
    LSA_TRY(spread_make_work(study, at, &w, err));
    const ptrdiff_t averaged = tail_length(w.train);
    LSA_TRY(diagonalise(&w, err));
    LSA_TRY(measure_noise(&w, err));
    LSA_TRY(weigh_steps(&w, averaged, err));
    follow_covariance(&w, averaged);
    times_noise(&w, w.R);
    times_noise(&w, w.S);
    make_map(&w);
    LSA_TRY(measure_spread(&w, alpha, out, err));
    LSA_TRY(measure_bias(&w, out, err));
    LSA_TRY(measure_start(&w, out, err));
done:
    spread_clear(&w);
    return status;
}
