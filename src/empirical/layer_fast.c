/* layer_fast.c - the one entry of f(E) that is the prediction, by associativity.
 *
 * With e = (x_q; 0) the last column of E, p the last row of W^PV and q = W^KQ e,
 *     prediction = sum_h (E'p)' J (E'q) / rho,
 * and the cotangents of p and q are E J E'q / rho and E J E'p / rho. Checked against layer.c. */
#include "base/matrix.h"
#include "empirical/layer.h"
#include <string.h>

/* Scratch:  p, q (D) | a = J E'p, b = E'q (M+1) */
typedef struct scratch {
    double *p, *q, *a, *b;
} scratch;

static scratch scratch_in(double *work, ptrdiff_t D, ptrdiff_t n)
{
    return (scratch){work, work + D, work + 2 * D, work + 2 * D + n};
}

ptrdiff_t lsa_layer_fast_work_size(const lsa_layer *layer, ptrdiff_t M)
{
    return 2 * (layer->d + 1) + 2 * (M + 1);
}

ptrdiff_t lsa_layer_block_count(const lsa_layer *layer)
{
    return (layer->d + 1) * (layer->d + 1) * layer->heads;
}

/* Fills p, q, a, b for head h and returns a'b. The last entry of e is 0, so only d columns of W^KQ are read. */
static double head_scores(const lsa_layer *layer, ptrdiff_t h, const lsa_prompt *prompt, scratch s)
{
    const ptrdiff_t d = layer->d, D = d + 1, n = prompt->M + 1;
    const double *pv = lsa_layer_read_pv(layer, h);
    for (ptrdiff_t j = 0; j < D; j++)
        s.p[j] = pv[d + j * D];
    lsa_mat_vector(false, D, d, 1.0, lsa_layer_read_kq(layer, h), lsa_prompt_query(prompt), 0.0, s.q);
    lsa_mat_vector(true, D, n, 1.0, prompt->E, s.p, 0.0, s.a);
    lsa_mat_vector(true, D, n, 1.0, prompt->E, s.q, 0.0, s.b);
    if (layer->masked)
        s.a[n - 1] = s.b[n - 1] = 0.0;
    return lsa_vec_dot(n, s.a, s.b);
}

double lsa_layer_predict(const lsa_layer *layer, const lsa_prompt *prompt, double *work)
{
    const scratch s = scratch_in(work, layer->d + 1, prompt->M + 1);
    double sum = 0.0;
    if (prompt->rho == 0.0)
        return 0.0;
    for (ptrdiff_t h = 0; h < layer->heads; h++)
        sum += head_scores(layer, h, prompt, s);
    return sum / prompt->rho;
}

double lsa_layer_block_gradient(const lsa_layer *layer, const lsa_prompt *prompt, double label, double *gradient,
                                double *work)
{
    const ptrdiff_t d = layer->d, D = d + 1, n = prompt->M + 1;
    const scratch s = scratch_in(work, D, n);
    const double *xq = lsa_prompt_query(prompt);
    double sum = 0.0;
    memset(gradient, 0, (size_t)lsa_layer_block_count(layer) * sizeof(double));
    if (prompt->rho == 0.0)
        return 0.0;
    for (ptrdiff_t h = 0; h < layer->heads; h++) {
        double *g = gradient + h * D * D;
        sum += head_scores(layer, h, prompt, s);
        lsa_mat_vector(false, D, n, 1.0, prompt->E, s.b, 0.0, g);   /* px, u: D in a row */
        lsa_mat_vector(false, D, n, 1.0, prompt->E, s.a, 0.0, s.q); /* cotangent of q = (U x_q; k'x_q) */
        for (ptrdiff_t j = 0; j < d; j++)
            lsa_vec_axpy(d, xq[j], s.q, g + D + j * d);
        lsa_vec_axpy(d, s.q[d], xq, g + D + d * d);
    }
    lsa_vec_scale(lsa_layer_block_count(layer), (sum / prompt->rho - label) / prompt->rho, gradient);
    return sum / prompt->rho;
}
