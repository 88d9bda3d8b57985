/* rotated.c - rotates a layer's parameters into the coordinates of the normals. */
#include "empirical/rotated.h"
#include "base/matrix.h"
#include "base/simd_rows.h"
#include "base/try.h"
#include "empirical/prompt.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

const char *lsa_rotated_unable(const lsa_prompt_law *law)
{
    if (lsa_covariance_is_random(law->setting.covariance) || lsa_covariance_is_random(lsa_prompt_law_query(law)))
        return "the covariance is random";
    if (lsa_prompt_law_labels(law))
        return "the labels are not linear in the covariates";
    if (law->n_tasks > 0)
        return "the tasks are a finite pool";
    if (law->setting.student > 0.0)
        return "the covariates are not Gaussian";
    if (law->setting.mean)
        return "the covariates have a mean";
    if (law->setting.query_orthogonal)
        return "the query depends on the context";
    return NULL;
}

/* ---- Maps ------------------------------------------------------------------------------------------------------- */

static double *dense_factor(const lsa_factor *f)
{
    const ptrdiff_t d = f->d;
    double *F = lsa_vec_create(d * d);
    for (ptrdiff_t k = 0; F && k < d * d; k++)
        F[k] = f->matrix ? f->matrix[k] : 0.0;
    for (ptrdiff_t i = 0; F && !f->matrix && i < d; i++)
        F[i + i * d] = f->scale[i];
    return F;
}

/* Off-diagonal entries within d roundings of the largest entry are none. */
static bool is_diagonal(ptrdiff_t d, const double *A)
{
    const double zero = 4.0 * (double)d * DBL_EPSILON * lsa_vec_norm_max(d * d, A);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (i != j && fabs(A[i + j * d]) > zero)
                return false;
    return true;
}

/* Takes the matrix A; keeps only its diagonal where that is all. */
static lsa_status make_map(ptrdiff_t d, double *A, lsa_map *map, lsa_error *err)
{
    lsa_status status = LSA_OK;
    map->matrix = A;
    if (!is_diagonal(d, A))
        goto done;
    map->diagonal = lsa_vec_create(d);
    LSA_TRY_MEMORY(map->diagonal, "rotated parameters");
    for (ptrdiff_t i = 0; i < d; i++)
        map->diagonal[i] = A[i + i * d];
    free(A);
    map->matrix = NULL;
done:
    return status;
}

/* map = F' U G, U NULL for the identity. */
static lsa_status sandwich(ptrdiff_t d, const double *F, const double *U, const double *G, lsa_map *map, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *UG = lsa_vec_create(d * d), *A = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(UG, "rotated parameters");
    LSA_TRY_MEMORY(A, "rotated parameters");
    if (U)
        lsa_mat_product(false, false, d, d, d, 1.0, U, G, 0.0, UG);
    lsa_mat_product(true, false, d, d, d, 1.0, F, U ? UG : G, 0.0, A);
    status = make_map(d, A, map, err);
    A = NULL;
done:
    free(UG);
    free(A);
    return status;
}

static void clear_map(lsa_map *map)
{
    free(map->diagonal);
    free(map->matrix);
}

void lsa_map_rows(ptrdiff_t d, const lsa_map *map, const double *x, double *out)
{
    if (map->diagonal)
        lsa_simd_diagonal(d, map->diagonal, x, out);
    else
        lsa_simd_matrix(d, map->matrix, x, out);
}

/* out = F' v, d numbers; NULL, and no failure, where v is zero. */
static lsa_status rotate_vector(ptrdiff_t d, const double *F, const double *v, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (lsa_vec_norm_max(d, v) == 0.0)
        goto done;
    *out = lsa_vec_create(d);
    LSA_TRY_MEMORY(*out, "rotated parameters");
    lsa_mat_vector(true, d, d, 1.0, F, v, 0.0, *out);
done:
    return status;
}

/* ---- Heads ------------------------------------------------------------------------------------------------------ */

/* The blocks of one head: px and k of d numbers, U d x d, in work of d^2 + 2d doubles. */
typedef struct blocks {
    double *U, *px, *k, u;
} blocks;

static blocks read_blocks(const lsa_layer *layer, ptrdiff_t h, double *work)
{
    const ptrdiff_t d = layer->d, D = d + 1;
    const double *pv = lsa_layer_read_pv(layer, h), *kq = lsa_layer_read_kq(layer, h);
    const blocks b = {work, work + d * d, work + d * d + d, pv[d + d * D]};
    for (ptrdiff_t j = 0; j < d; j++) {
        for (ptrdiff_t i = 0; i < d; i++)
            b.U[i + j * d] = kq[i + j * D];
        b.px[j] = pv[d + j * D];
        b.k[j] = kq[d + j * D];
    }
    return b;
}

ptrdiff_t lsa_rotated_width(const lsa_rotated_head *head)
{
    return head->px ? 2 : 1;
}

static lsa_status add_head(lsa_rotated *r, bool masked, const blocks *b, const double *F, const double *G,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_rotated_head *head = &r->head[r->heads++];
    head->u = b->u;
    LSA_TRY(sandwich(r->d, F, b->U, G, &head->context, err));
    LSA_TRY(rotate_vector(r->d, F, b->px, &head->px, err));
    LSA_TRY(rotate_vector(r->d, G, b->k, &head->k, err));
    if (head->px && !masked) {
        LSA_TRY(rotate_vector(r->d, G, b->px, &head->px_query, err));
        LSA_TRY(sandwich(r->d, G, b->U, G, &head->query, err));
    }
    head->vector = r->n_vectors;
    r->n_vectors += lsa_rotated_width(head);
done:
    return status;
}

/* Heads with px = k = 0 predict sum_h u_h U_h together: one head of u = 1. */
static lsa_status rotate_heads(lsa_rotated *r, const lsa_layer *layer, const double *F, const double *G, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = r->d;
    bool merged = false;
    double *work = lsa_vec_create(d * d + 2 * d), *sum = lsa_vec_create(d * d), *zero = lsa_vec_create(d);
    r->head = calloc((size_t)layer->heads + 1, sizeof *r->head);
    LSA_TRY_MEMORY(work, "rotated parameters");
    LSA_TRY_MEMORY(sum, "rotated parameters");
    LSA_TRY_MEMORY(zero, "rotated parameters");
    LSA_TRY_MEMORY(r->head, "rotated parameters");
    for (ptrdiff_t h = 0; h < layer->heads; h++) {
        const blocks b = read_blocks(layer, h, work);
        if (lsa_vec_norm_max(d, b.px) == 0.0 && lsa_vec_norm_max(d, b.k) == 0.0) {
            lsa_vec_axpy(d * d, b.u, b.U, sum);
            merged = true;
        } else {
            LSA_TRY(add_head(r, layer->masked, &b, F, G, err));
        }
    }
    const blocks all = {sum, zero, zero, 1.0};
    if (merged)
        LSA_TRY(add_head(r, layer->masked, &all, F, G, err));
done:
    free(work);
    free(sum);
    free(zero);
    return status;
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

static lsa_status rotate_task(lsa_rotated *r, const lsa_prompts *prompts, const double *F, const double *G,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = r->d;
    const lsa_setting *setting = &prompts->law.setting;
    double *H = NULL;
    if (setting->task == LSA_TASK_FIXED) {
        r->fixed_context = lsa_vec_create(d);
        r->fixed_query = lsa_vec_create(d);
        LSA_TRY_MEMORY(r->fixed_context, "rotated parameters");
        LSA_TRY_MEMORY(r->fixed_query, "rotated parameters");
        lsa_mat_vector(true, d, d, 1.0, F, setting->task_vector, 0.0, r->fixed_context);
        lsa_mat_vector(true, d, d, 1.0, G, setting->task_vector, 0.0, r->fixed_query);
        goto done;
    }
    H = dense_factor(&prompts->task);
    LSA_TRY_MEMORY(H, "rotated parameters");
    LSA_TRY(sandwich(d, F, NULL, H, &r->task_context, err));
    LSA_TRY(sandwich(d, G, NULL, H, &r->task_query, err));
done:
    free(H);
    return status;
}

lsa_status lsa_rotated_init(lsa_rotated *r, const lsa_prompts *prompts, const lsa_layer *layer, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_prompt_law *law = &prompts->law;
    const lsa_setting *setting = &law->setting;
    *r = (lsa_rotated){.d = law->d,
                       .M = law->M,
                       .rho = law->rho,
                       .n_vectors = 1, /* the task's */
                       .noise = prompts->noise_scale,
                       .query_noise = setting->query_noise ? prompts->noise_scale : 0.0,
                       .radius = setting->task == LSA_TASK_SPHERE ? setting->radius : 0.0};
    double *F = dense_factor(&prompts->context.fixed);
    double *G = dense_factor(&prompts->query.fixed);
    LSA_TRY_MEMORY(F, "rotated parameters");
    LSA_TRY_MEMORY(G, "rotated parameters");
    LSA_TRY(rotate_task(r, prompts, F, G, err));
    LSA_TRY(rotate_heads(r, layer, F, G, err));
done:
    free(F);
    free(G);
    return status;
}

void lsa_rotated_clear(lsa_rotated *r)
{
    clear_map(&r->task_context);
    clear_map(&r->task_query);
    free(r->fixed_context);
    free(r->fixed_query);
    for (ptrdiff_t h = 0; r->head && h < r->heads; h++) {
        clear_map(&r->head[h].context);
        clear_map(&r->head[h].query);
        free(r->head[h].px);
        free(r->head[h].px_query);
        free(r->head[h].k);
    }
    free(r->head);
    *r = (lsa_rotated){0};
}
