/* layer.c - the linear self-attention layer, as the paper writes it (section 3):
 *
 *     f(E) = E + sum_h W^PV_h E J (E' W^KQ_h E) / rho,      J = I, or diag(1, .., 1, 0) for a masked layer.
 *
 * The reference for everything that is faster. */
#include "empirical/layer.h"
#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>
#include <string.h>

lsa_status lsa_layer_create(ptrdiff_t d, ptrdiff_t heads, bool masked, lsa_layer **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_layer *layer = calloc(1, sizeof *layer);
    LSA_TRY_MEMORY(layer, "a layer");
    *layer = (lsa_layer){.d = d, .heads = heads, .masked = masked};
    layer->weights = lsa_vec_create(2 * (d + 1) * (d + 1) * heads);
    LSA_TRY_MEMORY(layer->weights, "the weights of a layer");
    *out = layer;
    layer = NULL;
done:
    lsa_layer_destroy(layer);
    return status;
}

void lsa_layer_destroy(lsa_layer *layer)
{
    if (layer)
        free(layer->weights);
    free(layer);
}

ptrdiff_t lsa_layer_dim(const lsa_layer *layer)
{
    return layer->d;
}

ptrdiff_t lsa_layer_heads(const lsa_layer *layer)
{
    return layer->heads;
}

const double *lsa_layer_read_pv(const lsa_layer *layer, ptrdiff_t h)
{
    return layer->weights + 2 * h * (layer->d + 1) * (layer->d + 1);
}

const double *lsa_layer_read_kq(const lsa_layer *layer, ptrdiff_t h)
{
    return layer->weights + (2 * h + 1) * (layer->d + 1) * (layer->d + 1);
}

double *lsa_layer_pv(lsa_layer *layer, ptrdiff_t h)
{
    return layer->weights + 2 * h * (layer->d + 1) * (layer->d + 1);
}

double *lsa_layer_kq(lsa_layer *layer, ptrdiff_t h)
{
    return layer->weights + (2 * h + 1) * (layer->d + 1) * (layer->d + 1);
}

void lsa_layer_set_blocks(lsa_layer *layer, ptrdiff_t h, const double *px, double u, const double *U, const double *k)
{
    const ptrdiff_t d = layer->d, D = d + 1;
    double *pv = lsa_layer_pv(layer, h), *kq = lsa_layer_kq(layer, h);
    memset(pv, 0, 2 * (size_t)(D * D) * sizeof(double)); /* both: they lie side by side */
    pv[D * D - 1] = u;
    for (ptrdiff_t j = 0; j < d; j++) {
        pv[d + j * D] = px ? px[j] : 0.0;
        kq[d + j * D] = k ? k[j] : 0.0;
        if (U)
            memcpy(kq + j * D, U + j * d, (size_t)d * sizeof(double));
    }
}

/* Scratch:  A, dA ((M+1) x (M+1)) | T, H, f (D x (M+1)) */
typedef struct scratch {
    double *A, *dA, *T, *H, *f;
} scratch;

static scratch scratch_in(double *work, ptrdiff_t D, ptrdiff_t n)
{
    return (scratch){work, work + n * n, work + 2 * n * n, work + 2 * n * n + D * n, work + 2 * n * n + 2 * D * n};
}

ptrdiff_t lsa_layer_work_size(const lsa_layer *layer, ptrdiff_t M)
{
    return 2 * (M + 1) * (M + 1) + 3 * (layer->d + 1) * (M + 1);
}

static void clear_last_row(ptrdiff_t n, double *A)
{
    for (ptrdiff_t j = 0; j < n; j++)
        A[n - 1 + j * n] = 0.0;
}

/* A = J E' W^KQ E / rho */
static void attention(const lsa_layer *layer, ptrdiff_t h, const lsa_prompt *prompt, scratch s)
{
    const ptrdiff_t D = layer->d + 1, n = prompt->M + 1;
    lsa_mat_product(false, false, D, n, D, 1.0, lsa_layer_read_kq(layer, h), prompt->E, 0.0, s.T);
    lsa_mat_product(true, false, n, n, D, 1.0 / prompt->rho, prompt->E, s.T, 0.0, s.A);
    if (layer->masked)
        clear_last_row(n, s.A);
}

void lsa_layer_run(const lsa_layer *layer, const lsa_prompt *prompt, double *f, double *work)
{
    const ptrdiff_t D = layer->d + 1, n = prompt->M + 1;
    const scratch s = scratch_in(work, D, n);
    memcpy(f, prompt->E, (size_t)(D * n) * sizeof(double));
    if (prompt->rho == 0.0)
        return;
    for (ptrdiff_t h = 0; h < layer->heads; h++) {
        attention(layer, h, prompt, s);
        lsa_mat_product(false, false, D, n, D, 1.0, lsa_layer_read_pv(layer, h), prompt->E, 0.0, s.T);
        lsa_mat_product(false, false, D, n, n, 1.0, s.T, s.A, 1.0, f);
    }
}

double lsa_layer_predict_literal(const lsa_layer *layer, const lsa_prompt *prompt, double *work)
{
    const ptrdiff_t D = layer->d + 1, n = prompt->M + 1;
    double *f = scratch_in(work, D, n).f;
    lsa_layer_run(layer, prompt, f, work);
    return f[D * n - 1];
}

/* One head, for the cotangent G of f(E):
 *     dW^PV = G A' E',   dA = J (W^PV E)' G / rho,   dW^KQ = E dA E' */
static void head_gradient(const lsa_layer *layer, ptrdiff_t h, const lsa_prompt *prompt, const double *G,
                          double *gradient, scratch s)
{
    const ptrdiff_t D = layer->d + 1, n = prompt->M + 1;
    double *d_pv = gradient + 2 * h * D * D, *d_kq = d_pv + D * D;
    attention(layer, h, prompt, s);
    lsa_mat_product(false, true, D, n, n, 1.0, G, s.A, 0.0, s.H);
    lsa_mat_product(false, true, D, D, n, 1.0, s.H, prompt->E, 0.0, d_pv);
    lsa_mat_product(false, false, D, n, D, 1.0, lsa_layer_read_pv(layer, h), prompt->E, 0.0, s.T);
    lsa_mat_product(true, false, n, n, D, 1.0 / prompt->rho, s.T, G, 0.0, s.dA);
    if (layer->masked)
        clear_last_row(n, s.dA);
    lsa_mat_product(false, false, D, n, n, 1.0, prompt->E, s.dA, 0.0, s.H);
    lsa_mat_product(false, true, D, D, n, 1.0, s.H, prompt->E, 0.0, d_kq);
}

double lsa_layer_gradient(const lsa_layer *layer, const lsa_prompt *prompt, double label, double *gradient,
                          double *work)
{
    const ptrdiff_t D = layer->d + 1, n = prompt->M + 1;
    const scratch s = scratch_in(work, D, n);
    const double prediction = lsa_layer_predict_literal(layer, prompt, work);
    memset(gradient, 0, 2 * (size_t)(D * D * layer->heads) * sizeof(double));
    if (prompt->rho == 0.0)
        return prediction;
    memset(s.f, 0, (size_t)(D * n) * sizeof(double));
    s.f[D * n - 1] = prediction - label; /* the loss sees the bottom-right entry alone */
    for (ptrdiff_t h = 0; h < layer->heads; h++)
        head_gradient(layer, h, prompt, s.f, gradient, s);
    return prediction;
}
