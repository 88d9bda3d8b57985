/* side.c - what direct and fast share: tasks, queries and projection vectors of a batch; and the direct way. */
#include "empirical/side.h"
#include "base/matrix.h"
#include "base/simd_rows.h"
#include "base/streams.h"
#include "base/try.h"
#include "empirical/prompt.h"
#include "empirical/triangle.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = LSA_RNG_SIDE };

/* ---- Storage ---------------------------------------------------------------------------------------------------- */

static ptrdiff_t fours(ptrdiff_t n)
{
    return (n + 3) / 4 * 4;
}

/* Columns drawn at once: whole blocks of numbers, enough of them to fill the generator's batches and few enough for the
 * first-level cache. */
enum { TILE_ROWS = 128 };

static ptrdiff_t tile_columns(ptrdiff_t d)
{
    ptrdiff_t columns = d % 4 == 0 ? 1 : d % 2 == 0 ? 2 : 4;
    while (columns * d < TILE_ROWS)
        columns *= 2;
    return columns;
}

/* The vectors of a head. */
static double *vectors_of(const lsa_side *side, const lsa_rotated_head *head)
{
    return side->vectors + head->vector * side->rotated->d * SIDE;
}

/* F'px is the same for all prompts. Nothing is written behind the vectors that there is room for. */
static lsa_status place_px(lsa_side *side, lsa_error *err)
{
    const lsa_rotated *r = side->rotated;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        const ptrdiff_t last = head->vector + (head->px ? 1 : 0);
        if (head->vector < 1 || last >= r->n_vectors)
            return lsa_error_set(err, LSA_ERR_SHAPE, "head %td has its vectors at %td to %td of %td", h, head->vector,
                                 last, r->n_vectors);
        double *px = vectors_of(side, head) + r->d * SIDE;
        for (ptrdiff_t i = 0; head->px && i < r->d; i++)
            for (int l = 0; l < SIDE; l++)
                px[i * SIDE + l] = head->px[i];
    }
    return LSA_OK;
}

lsa_status lsa_side_init(lsa_side *side, const lsa_rotated *rotated, const lsa_prompts *prompts, bool fast,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = rotated->d, n = rotated->n_vectors, columns = tile_columns(d);
    *side = (lsa_side){.rotated = rotated, .prompts = prompts};
    side->head = lsa_vec_create(fours(2 * d + 1) * SIDE);
    side->vectors = lsa_vec_create(n * d * SIDE);
    side->tile = lsa_vec_create((fast ? lsa_triangle_normals(n) : columns * d) * SIDE);
    side->inner = lsa_vec_create((fast ? 4 * n * n : columns * n) * SIDE);
    side->noise = lsa_vec_create((rotated->noise > 0.0 && !fast ? fours(rotated->M) : 1) * SIDE);
    side->key = lsa_vec_create((rotated->heads + 1) * SIDE);
    side->work = lsa_vec_create(d * SIDE);
    LSA_TRY_MEMORY(side->head, "a batch of prompts");
    LSA_TRY_MEMORY(side->vectors, "a batch of prompts");
    LSA_TRY_MEMORY(side->tile, "a batch of prompts");
    LSA_TRY_MEMORY(side->inner, "a batch of prompts");
    LSA_TRY_MEMORY(side->noise, "a batch of prompts");
    LSA_TRY_MEMORY(side->key, "a batch of prompts");
    LSA_TRY_MEMORY(side->work, "a batch of prompts");
    LSA_TRY(place_px(side, err));
done:
    return status;
}

void lsa_side_clear(lsa_side *side)
{
    free(side->head);
    free(side->vectors);
    free(side->tile);
    free(side->inner);
    free(side->noise);
    free(side->key);
    free(side->work);
    *side = (lsa_side){0};
}

/* ---- Tasks and queries ------------------------------------------------------------------------------------------ */

/* out = <v, x>, v the same for all prompts: one row. */
static void common_inner(ptrdiff_t d, const double *v, const double *x, double *out)
{
    memset(out, 0, SIDE * sizeof(double));
    for (ptrdiff_t i = 0; i < d; i++)
        for (int l = 0; l < SIDE; l++)
            out[l] += v[i] * x[i * SIDE + l];
}

/* Scales each prompt's vector to the given length. */
static void put_on_sphere(ptrdiff_t d, double radius, double *x)
{
    double square[SIDE];
    lsa_simd_inner(d, 1, x, 1, x, square);
    for (int l = 0; l < SIDE; l++)
        square[l] = radius / sqrt(square[l]);
    for (ptrdiff_t i = 0; i < d; i++)
        for (int l = 0; l < SIDE; l++)
            x[i * SIDE + l] *= square[l];
}

/* F'w into the first vector, and the target <w, x_q>. */
static void place_task(lsa_side *side, double *target)
{
    const lsa_rotated *r = side->rotated;
    double *w = side->head, *query = side->head + (r->d + 1) * SIDE;
    if (r->fixed_context) {
        for (ptrdiff_t i = 0; i < r->d; i++)
            for (int l = 0; l < SIDE; l++)
                side->vectors[i * SIDE + l] = r->fixed_context[i];
        common_inner(r->d, r->fixed_query, query, target);
        return;
    }
    if (r->radius > 0.0)
        put_on_sphere(r->d, r->radius, w);
    lsa_map_rows(r->d, &r->task_context, w, side->vectors);
    lsa_map_rows(r->d, &r->task_query, w, side->work);
    lsa_simd_inner(r->d, 1, side->work, 1, query, target);
}

/* (F'UG) z_q and <k, x_q> of every head; sum starts at the query column's own term. */
static void place_heads(lsa_side *side, double *sum)
{
    const lsa_rotated *r = side->rotated;
    const double *query = side->head + (r->d + 1) * SIDE;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        lsa_map_rows(r->d, &head->context, query, vectors_of(side, head));
        if (head->k)
            common_inner(r->d, head->k, query, side->key + h * SIDE);
        if (!head->px_query)
            continue;
        double px[SIDE], form[SIDE];
        common_inner(r->d, head->px_query, query, px);
        lsa_map_rows(r->d, &head->query, query, side->work);
        lsa_simd_inner(r->d, 1, side->work, 1, query, form);
        for (int l = 0; l < SIDE; l++)
            sum[l] += px[l] * form[l];
    }
}

/* Everything but the context; returns the generator behind the head. */
static lsa_rng begin(lsa_side *side, uint64_t first, double *sum, lsa_side_result *result)
{
    const lsa_rotated *r = side->rotated;
    lsa_rng rng = lsa_prompt_stream(side->prompts, first);
    lsa_rng_normals_side_by_side(&rng, fours(2 * r->d + 1), side->head);
    memset(sum, 0, SIDE * sizeof(double));
    for (int l = 0; l < SIDE; l++)
        result->query_noise[l] = r->query_noise * side->head[r->d * SIDE + l];
    place_task(side, result->target);
    place_heads(side, sum);
    return rng;
}

static void finish(const lsa_side *side, const double *sum, lsa_side_result *result)
{
    for (int l = 0; l < SIDE; l++)
        result->prediction[l] = side->rotated->rho == 0.0 ? 0.0 : sum[l] / side->rotated->rho;
}

/* ---- Direct ----------------------------------------------------------------------------------------------------- */

static void draw_noise(lsa_side *side, uint64_t first)
{
    if (!(side->rotated->noise > 0.0))
        return;
    lsa_rng rng = lsa_prompt_stream(side->prompts, first);
    rng.block = LSA_BLOCK_NOISE;
    lsa_rng_normals_side_by_side(&rng, fours(side->rotated->M), side->noise);
}

/* sum += sum_h (a_h + u_h y)(b_h + <k_h, x_q> y) for one column: p holds <w, x>, then b_h and, if any, a_h. */
static void add_column(const lsa_side *side, const double *p, const double *noise, double *sum)
{
    const lsa_rotated *r = side->rotated;
    double y[SIDE];
    for (int l = 0; l < SIDE; l++)
        y[l] = noise ? p[l] + r->noise * noise[l] : p[l];
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        const double *b = p + head->vector * SIDE, *a = head->px ? b + SIDE : NULL, *key = side->key + h * SIDE;
        for (int l = 0; l < SIDE; l++) {
            const double left = a ? a[l] + head->u * y[l] : head->u * y[l];
            const double right = head->k ? b[l] + key[l] * y[l] : b[l];
            sum[l] += left * right;
        }
    }
}

void lsa_side_direct(lsa_side *side, uint64_t first, lsa_side_result *result)
{
    const lsa_rotated *r = side->rotated;
    const ptrdiff_t d = r->d, n = r->n_vectors, columns = tile_columns(d);
    double sum[SIDE];
    lsa_rng rng = begin(side, first, sum, result);
    draw_noise(side, first);
    for (ptrdiff_t j = 0; j < r->M; j += columns) {
        const ptrdiff_t now = r->M - j < columns ? r->M - j : columns;
        lsa_rng_normals_side_by_side(&rng, fours(now * d), side->tile);
        lsa_simd_inner(d, now, side->tile, n, side->vectors, side->inner);
        for (ptrdiff_t c = 0; c < now; c++)
            add_column(side, side->inner + c * n * SIDE, r->noise > 0.0 ? side->noise + (j + c) * SIDE : NULL, sum);
    }
    finish(side, sum, result);
}

/* ---- Fast ------------------------------------------------------------------------------------------------------- */

/* sum += sum_h [S_ab + <k, x_q> S_ay + u S_yb + u <k, x_q> S_yy], S the scatter matrix. */
static void add_scatter(const lsa_side *side, const double *S, double *sum)
{
    const lsa_rotated *r = side->rotated;
    const ptrdiff_t n = r->n_vectors;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        const ptrdiff_t b = head->vector;
        const double *yy = S, *yb = S + b * SIDE, *ya = yb + SIDE, *ab = S + (b + (b + 1) * n) * SIDE;
        const double *key = side->key + h * SIDE;
        for (int l = 0; l < SIDE; l++) {
            const double k = head->k ? key[l] : 0.0;
            sum[l] += head->u * (yb[l] + k * yy[l]);
            if (head->px)
                sum[l] += ab[l] + k * ya[l];
        }
    }
}

void lsa_side_fast(lsa_side *side, uint64_t first, lsa_side_result *result)
{
    const lsa_rotated *r = side->rotated;
    const ptrdiff_t n = r->n_vectors, square = n * n * SIDE;
    double sum[SIDE];
    double *C = side->inner, *L = C + square, *T = L + square, *S = T + square;
    begin(side, first, sum, result);
    if (r->M > 0) {
        lsa_simd_inner(r->d, n, side->vectors, n, side->vectors, C);
        for (int l = 0; l < SIDE; l++)
            C[l] += r->noise * r->noise;
        lsa_triangle_factor(n, C, L);
        lsa_triangle_draw(side->prompts, first, n, r->M, side->tile, T);
        lsa_triangle_scatter(n, L, T, C, S);
        add_scatter(side, S, sum);
    }
    finish(side, sum, result);
}
