/* conserved.c - see conserved.h. */
#include "verify/conserved.h"

#include "base/integer_null.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/text.h"
#include "base/try.h"
#include "verify/conserved_exact.h"
#include "verify/probe.h"
#include "verify/text_points.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Terms of one sum; weights are quotients of integers up to LARGEST. */
enum { TERMS = 96, LARGEST = 1000 };

typedef struct seeker {
    lsa_study *study;
    const lsa_statement *statement;
    ptrdiff_t n_blocks, size;
    conserved_list *list;
    /* the family at hand: candidates of one shape */
    ptrdiff_t n, side;
    conserved_term terms[TERMS];
} seeker;

/* ---------------------------------------------------------------- candidates */

static lsa_dim dim_of(const seeker *s, ptrdiff_t k, bool rows)
{
    const lsa_symbol *symbol = &s->statement->symbols[s->list->blocks[k].symbol];
    return rows ? symbol->rows : symbol->cols;
}

static void add_candidate(seeker *s, conserved_product product, ptrdiff_t a, ptrdiff_t b)
{
    if (s->n < TERMS)
        s->terms[s->n++] = (conserved_term){.product = product, .a = a, .b = b, .weight = 1.0};
}

/* tr(P*Q') of all pairs of one shape. */
static void list_traces(seeker *s)
{
    s->n = 0;
    s->side = 1;
    for (ptrdiff_t a = 0; a < s->n_blocks; a++)
        for (ptrdiff_t b = a; b < s->n_blocks; b++)
            if (dim_of(s, a, true) == dim_of(s, b, true) && dim_of(s, a, false) == dim_of(s, b, false))
                add_candidate(s, CONSERVED_TRACE, a, b);
}

/* P*P' and P'*P of that dimension. */
static void list_squares(seeker *s, lsa_dim dim, ptrdiff_t side)
{
    s->n = 0;
    s->side = side;
    for (ptrdiff_t k = 0; k < s->n_blocks; k++) {
        if (dim_of(s, k, true) == dim)
            add_candidate(s, CONSERVED_ROWS, k, k);
        if (dim_of(s, k, false) == dim)
            add_candidate(s, CONSERVED_COLUMNS, k, k);
    }
}

/* ---------------------------------------------------------------- derivatives along the gradient, in doubles */

/* out (side x side) += weight (X Y' + Y X') of the product's kind, X of block a of x, Y of block b of y. */
static void add_product(const seeker *s, const conserved_term *t, double weight, const double *x, const double *y,
                        double *out)
{
    const lsa_block *a = &s->list->blocks[t->a], *b = &s->list->blocks[t->b];
    const double *X = x + a->offset, *Y = y + b->offset;
    const ptrdiff_t n = s->side;
    if (t->product == CONSERVED_TRACE) {
        *out += weight * (lsa_vec_dot(a->rows * a->cols, X, y + b->offset) +
                          lsa_vec_dot(a->rows * a->cols, y + a->offset, x + b->offset));
        return;
    }
    const bool rows = t->product == CONSERVED_ROWS;
    const ptrdiff_t inner = rows ? a->cols : a->rows;
    lsa_mat_product(!rows, rows, n, n, inner, weight, X, Y, 1.0, out);
    lsa_mat_product(!rows, rows, n, n, inner, weight, Y, X, 1.0, out);
}

/* One row for each entry on and above the diagonal, scaled to the point's largest. */
static lsa_status fill_rows(const seeker *s, const double *point, const double *gradient, ptrdiff_t first,
                            ptrdiff_t rows, double *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double largest = 0.0;
    double *D = lsa_vec_create(s->side * s->side);
    LSA_TRY_MEMORY(D, "the conserved quantities");
    for (ptrdiff_t k = 0; k < s->n; k++) {
        memset(D, 0, (size_t)(s->side * s->side) * sizeof *D);
        add_product(s, &s->terms[k], 1.0, point, gradient, D);
        for (ptrdiff_t j = 0, row = first; j < s->side; j++)
            for (ptrdiff_t i = 0; i <= j; i++, row++) {
                A[row + k * rows] = D[i + j * s->side];
                largest = fmax(largest, fabs(D[i + j * s->side]));
            }
    }
    for (ptrdiff_t k = 0; k < s->n && largest > 0.0; k++)
        lsa_vec_scale(s->side * (s->side + 1) / 2, 1.0 / largest, A + first + k * rows);
done:
    free(D);
    return status;
}

/* The equations at enough points for all candidates. *A: rows x n, the caller's. */
static lsa_status fill_equations(const seeker *s, ptrdiff_t *rows, double **A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t each = s->side * (s->side + 1) / 2, points = s->n / each + 3;
    double *point = lsa_vec_create(2 * s->size);
    *rows = points * each;
    *A = lsa_vec_create(*rows * s->n);
    LSA_TRY_MEMORY(point, "the conserved quantities");
    LSA_TRY_MEMORY(*A, "the conserved quantities");
    lsa_rng rng = lsa_stream_at(lsa_study_experiment(s->study)->monte_carlo.seed, LSA_STREAM_CHECK, PROBE_CONSERVED);
    for (ptrdiff_t p = 0; p < points; p++) {
        lsa_rng_normals(&rng, s->size, point);
        LSA_TRY(lsa_study_gradient(s->study, point, point + s->size, err));
        LSA_TRY(fill_rows(s, point, point + s->size, p * each, *rows, *A, err));
    }
done:
    free(point);
    return status;
}

/* ---------------------------------------------------------------- names */

static void write_term(const seeker *s, const conserved_term *t, lsa_text *out)
{
    char P[80], Q[80];
    const lsa_block *a = &s->list->blocks[t->a], *b = &s->list->blocks[t->b];
    snprintf(P, sizeof P, a->family ? "%.60s[%td]" : "%.60s", a->name, a->head + 1);
    snprintf(Q, sizeof Q, b->family ? "%.60s[%td]" : "%.60s", b->name, b->head + 1);
    const bool scalar = dim_of(s, t->a, true) == LSA_DIM_ONE && dim_of(s, t->a, false) == LSA_DIM_ONE;
    const bool columns = t->product == CONSERVED_COLUMNS;
    if (columns || (t->product == CONSERVED_TRACE && !scalar && dim_of(s, t->a, false) == LSA_DIM_ONE))
        lsa_text_printf(out, "%s'*%s", P, Q);
    else if (t->product == CONSERVED_ROWS)
        lsa_text_printf(out, "%s*%s'", P, Q);
    else if (scalar && t->a == t->b)
        lsa_text_printf(out, "%s^2", P);
    else if (scalar)
        lsa_text_printf(out, "%s*%s", P, Q);
    else
        lsa_text_printf(out, "tr(%s*%s')", P, Q);
}

static lsa_status name_quantity(const seeker *s, conserved_quantity *q, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    for (ptrdiff_t k = 0; k < q->n_terms; k++) {
        const double weight = q->terms[k].weight;
        lsa_text_add(&text, weight < 0.0 ? (k > 0 ? " - " : "-") : k > 0 ? " + " : "");
        if (fabs(weight) != 1.0)
            lsa_text_printf(&text, "%.0f*", fabs(weight));
        write_term(s, &q->terms[k], &text);
    }
    q->formula = text.failed ? NULL : lsa_arena_text(s->list->arena, text.data, text.length);
    LSA_TRY_MEMORY(q->formula, "the conserved quantities");
done:
    lsa_text_clear(&text);
    return status;
}

/* ---------------------------------------------------------------- one family of candidates */

/* The trace of a quantity as weights of the candidates tr(P*P'). */
static void trace_weights(const seeker *s, const conserved_quantity *q, double *out)
{
    for (ptrdiff_t k = 0; k < s->n; k++)
        for (ptrdiff_t j = 0; j < q->n_terms; j++)
            if (s->terms[k].a == q->terms[j].a && s->terms[k].b == q->terms[j].b)
                out[k] += q->terms[j].weight;
}

/* Whether a trace is that of quantities that are conserved entry by entry. */
static lsa_status is_known(const seeker *s, const double *weights, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *A = lsa_vec_create(s->n * (s->list->count + 2)), *x = lsa_vec_create(s->list->count + 1);
    LSA_TRY_MEMORY(A, "the conserved quantities");
    LSA_TRY_MEMORY(x, "the conserved quantities");
    *out = false;
    if (s->list->count == 0 || s->side > 1)
        goto done;
    double *residual = A + s->n * s->list->count;
    for (ptrdiff_t k = 0; k < s->list->count; k++)
        trace_weights(s, &s->list->all[k], A + k * s->n);
    memcpy(residual, weights, (size_t)s->n * sizeof *residual);
    LSA_TRY(lsa_mat_least_squares(s->n, s->list->count, A, weights, 1e-12, x, err));
    lsa_mat_vector(false, s->n, s->list->count, -1.0, A, x, 1.0, residual);
    *out = lsa_vec_norm_max(s->n, residual) < 1e-9;
done:
    free(A);
    free(x);
    return status;
}

static lsa_status take(seeker *s, const double *weights, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool known = false, conserved = false;
    conserved_quantity *q = &s->list->all[s->list->count];
    *q = (conserved_quantity){.side = s->side};
    q->terms = lsa_arena_alloc(s->list->arena, (size_t)s->n, sizeof *q->terms);
    LSA_TRY_MEMORY(q->terms, "the conserved quantities");
    for (ptrdiff_t k = 0; k < s->n; k++) {
        if (weights[k] == 0.0)
            continue;
        q->terms[q->n_terms] = s->terms[k];
        q->terms[q->n_terms++].weight = weights[k];
    }
    LSA_TRY(is_known(s, weights, &known, err));
    if (!known)
        LSA_TRY(conserved_is_exact(s->study, q, &conserved, err));
    if (!conserved)
        goto done;
    LSA_TRY(name_quantity(s, q, err));
    s->list->count++;
done:
    return status;
}

static lsa_status seek(seeker *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t rows = 0;
    double *A = NULL, *null = lsa_vec_create(s->n * s->n + 1);
    ptrdiff_t *pivot = calloc((size_t)s->n + 1, sizeof *pivot);
    LSA_TRY_MEMORY(null, "the conserved quantities");
    LSA_TRY_MEMORY(pivot, "the conserved quantities");
    if (s->n == 0)
        goto done;
    LSA_TRY(fill_equations(s, &rows, &A, err));
    const ptrdiff_t count = lsa_integer_null(rows, s->n, A, LARGEST, pivot, null);
    for (ptrdiff_t k = 0; k < count; k++)
        LSA_TRY(take(s, null + k * s->n, err));
done:
    free(A);
    free(null);
    free(pivot);
    return status;
}

/* ---------------------------------------------------------------- all of them */

/* Every dimension of a block's side that is longer than 1, once; then the traces. */
static lsa_status seek_all(seeker *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(s->study);
    for (int dim = 0; dim < s->statement->n_dims; dim++) {
        if (dim == LSA_DIM_ONE || experiment->dims[dim] == 1)
            continue;
        list_squares(s, (lsa_dim)dim, experiment->dims[dim]);
        LSA_TRY(seek(s, err));
    }
    list_traces(s);
    LSA_TRY(seek(s, err));
done:
    return status;
}

lsa_status conserved_find(lsa_study *study, conserved_list *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    seeker *s = calloc(1, sizeof *s);
    *out = (conserved_list){.arena = lsa_arena_create()};
    LSA_TRY_MEMORY(s, "the conserved quantities");
    LSA_TRY_MEMORY(out->arena, "the conserved quantities");
    *s = (seeker){.study = study, .statement = lsa_study_experiment(study)->statement, .list = out};
    LSA_TRY(lsa_study_blocks(study, &out->blocks, &s->n_blocks, err));
    LSA_TRY(lsa_study_size(study, &s->size, err));
    if (s->size > TEXT_HESSIAN) {
        status =
            lsa_error_set(err, LSA_ERR_UNABLE, "conserved quantities are sought of up to %d parameters; there are %td",
                          (int)TEXT_HESSIAN, s->size);
        goto done;
    }
    out->all = lsa_arena_alloc(out->arena, (size_t)TERMS * (size_t)(s->statement->n_dims + 1), sizeof *out->all);
    LSA_TRY_MEMORY(out->all, "the conserved quantities");
    LSA_TRY(seek_all(s, err));
done:
    free(s);
    return status;
}

void conserved_clear(conserved_list *list)
{
    lsa_arena_destroy(list->arena);
}

void conserved_value(const conserved_list *list, ptrdiff_t k, const double *state, double *out, double *size)
{
    const conserved_quantity *q = &list->all[k];
    const ptrdiff_t n = q->side;
    memset(out, 0, (size_t)(n * n) * sizeof *out);
    *size = 0.0;
    for (ptrdiff_t j = 0; j < q->n_terms; j++) {
        const conserved_term *t = &q->terms[j];
        const lsa_block *a = &list->blocks[t->a], *b = &list->blocks[t->b];
        const double *X = state + a->offset, *Y = state + b->offset;
        const ptrdiff_t numbers = a->rows * a->cols;
        const bool rows = t->product == CONSERVED_ROWS;
        if (t->product == CONSERVED_TRACE)
            *out += t->weight * lsa_vec_dot(numbers, X, Y);
        else
            lsa_mat_product(!rows, rows, n, n, rows ? a->cols : a->rows, t->weight, X, X, 1.0, out);
        *size = fmax(*size, fabs(t->weight) * lsa_vec_norm(numbers, X) * lsa_vec_norm(numbers, Y));
    }
}
