/* side.c - what direct and fast share: tasks, queries and projection vectors of a batch; and the direct way. */
#include "empirical/side.h"
#include "base/matrix.h"
#include "base/simd_rows.h"
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

static ptrdiff_t count_vectors(const lsa_rotated *r)
{
    ptrdiff_t n = 1;
    for (ptrdiff_t h = 0; h < r->heads; h++)
        n += r->head[h].px ? 2 : 1;
    return n;
}

/* F'px is the same for all prompts. */
static void place_px(lsa_side *side)
{
    const lsa_rotated *r = side->rotated;
    double *v = side->vectors + r->d * SIDE;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        v += r->d * SIDE;
        if (!r->head[h].px)
            continue;
        for (ptrdiff_t i = 0; i < r->d; i++)
            for (int l = 0; l < SIDE; l++)
                v[i * SIDE + l] = r->head[h].px[i];
        v += r->d * SIDE;
    }
}

lsa_status lsa_side_init(lsa_side *side, const lsa_rotated *rotated, const lsa_prompts *prompts, bool fast,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = rotated->d, n = count_vectors(rotated), columns = tile_columns(d);
    *side = (lsa_side){.rotated = rotated, .prompts = prompts, .n_vectors = n};
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
    place_px(side);
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
    double *v = side->vectors + r->d * SIDE;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        lsa_map_rows(r->d, &head->context, query, v);
        v += (head->px ? 2 : 1) * r->d * SIDE;
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
    rng.block = lsa_prompt_noise_block;
    lsa_rng_normals_side_by_side(&rng, fours(side->rotated->M), side->noise);
}

/* sum += sum_h (a_h + u_h y)(b_h + <k_h, x_q> y) for one column: p holds <w, x>, then b_h and, if any, a_h. */
static void add_column(const lsa_side *side, const double *p, const double *noise, double *sum)
{
    const lsa_rotated *r = side->rotated;
    double y[SIDE];
    for (int l = 0; l < SIDE; l++)
        y[l] = noise ? p[l] + r->noise * noise[l] : p[l];
    p += SIDE;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        const double *a = head->px ? p + SIDE : NULL, *key = side->key + h * SIDE;
        for (int l = 0; l < SIDE; l++) {
            const double left = a ? a[l] + head->u * y[l] : head->u * y[l];
            const double right = head->k ? p[l] + key[l] * y[l] : p[l];
            sum[l] += left * right;
        }
        p += head->px ? 2 * SIDE : SIDE;
    }
}

void lsa_side_direct(lsa_side *side, uint64_t first, lsa_side_result *result)
{
    const lsa_rotated *r = side->rotated;
    const ptrdiff_t d = r->d, n = side->n_vectors, columns = tile_columns(d);
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
    const ptrdiff_t n = side->n_vectors;
    ptrdiff_t b = 1;
    for (ptrdiff_t h = 0; h < r->heads; h++) {
        const lsa_rotated_head *head = &r->head[h];
        const double *yy = S, *yb = S + b * SIDE, *ya = yb + SIDE, *ab = S + (b + (b + 1) * n) * SIDE;
        const double *key = side->key + h * SIDE;
        for (int l = 0; l < SIDE; l++) {
            const double k = head->k ? key[l] : 0.0;
            sum[l] += head->u * (yb[l] + k * yy[l]);
            if (head->px)
                sum[l] += ab[l] + k * ya[l];
        }
        b += head->px ? 2 : 1;
    }
}

void lsa_side_fast(lsa_side *side, uint64_t first, lsa_side_result *result)
{
    const lsa_rotated *r = side->rotated;
    const ptrdiff_t n = side->n_vectors, square = n * n * SIDE;
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
