/* precondition.c - the heads' exact solve and one dense block beside it. */
#include "flow/precondition.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Up to this many parameters the dense matrix may become that of all of them ... */
static const ptrdiff_t WHOLE_LIMIT = 450;
/* ... when, from one set-up to the next, a Newton step takes more iterations than this, and than its factor, n^3/3 in some
 * ten steps, costs in their place. */
static const double MANY_ITERATIONS = 6.0, SQUARES_AN_ITERATION = 8000.0;

/* Of the dense matrix: m^3/3 for its factor, once in some ten steps, is then a small share of what the iterations
 * cost, some hundred operations a parameter each. The full layer's is made up to d = 1250. */
static bool is_cheap(ptrdiff_t m, ptrdiff_t n)
{
    return m <= 48 || (double)m * (double)m * (double)m <= 1e4 * (double)n;
}

/* Whether a block is one of the heads', or no head is known. */
static bool is_of_a_head(const flow_preconditioner *p, ptrdiff_t offset)
{
    const lsa_form *form = lsa_program_product_form(p->program);
    if (p->heads == NULL && p->keys == NULL)
        return true;
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        if (offset == head->u || offset == head->U || offset == head->K || offset == head->Q)
            return true;
    }
    return false;
}

/* Lists the parameters of the heads, or those of the other blocks, from index[at] on; returns where they end. */
static ptrdiff_t list(flow_preconditioner *p, bool of_heads, ptrdiff_t at)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(p->program); k++) {
        const lsa_block *block = lsa_program_block(p->program, k);
        for (ptrdiff_t i = 0; i < block->rows * block->cols && is_of_a_head(p, block->offset) == of_heads; i++)
            p->index[at++] = block->offset + i;
    }
    return at;
}

lsa_status flow_preconditioner_create(const lsa_program *program, lsa_workspace *work, ptrdiff_t size,
                                      const flow_heads *heads, flow_preconditioner **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_product_form(program);
    ptrdiff_t room;
    flow_preconditioner *p = calloc(1, sizeof *p);
    LSA_TRY_MEMORY(p, "the preconditioner");
    p->program = program;
    p->work = work;
    p->heads = heads;
    p->n = lsa_program_size(program);
    p->size = size;
    if (heads != NULL && flow_load_applies(form))
        LSA_TRY(flow_load_create(form, heads, p->n, &p->load, err));
    if (flow_keys_apply(form))
        LSA_TRY(flow_keys_create(form, p->n, &p->keys, err));
    p->index = calloc((size_t)p->n, sizeof *p->index);
    LSA_TRY_MEMORY(p->index, "the preconditioner");
    p->m = list(p, false, 0);
    list(p, true, p->m);
    if (!is_cheap(p->m, p->n))
        p->m = 0;
    room = p->n <= WHOLE_LIMIT ? p->n : p->m;
    p->hessian = lsa_vec_create(room * room);
    LSA_TRY_MEMORY(p->hessian, "the preconditioner");
    p->L = lsa_vec_create(room * room);
    LSA_TRY_MEMORY(p->L, "the preconditioner");
    p->unit = lsa_vec_create(3 * p->n);
    LSA_TRY_MEMORY(p->unit, "the preconditioner");
    p->column = p->unit + p->n;
    p->part = p->column + p->n;
    *out = p;
    p = NULL;
done:
    flow_preconditioner_destroy(p);
    return status;
}

void flow_preconditioner_destroy(flow_preconditioner *preconditioner)
{
    if (preconditioner == NULL)
        return;
    flow_load_destroy(preconditioner->load);
    flow_keys_destroy(preconditioner->keys);
    free(preconditioner->index);
    free(preconditioner->hessian);
    free(preconditioner->L);
    free(preconditioner->unit);
    free(preconditioner);
}

/* The lower triangle. */
static void make_hessian(flow_preconditioner *p, const double *y)
{
    memset(p->unit, 0, (size_t)p->n * sizeof *p->unit);
    for (ptrdiff_t j = 0; j < p->m; j++) {
        p->unit[p->index[j]] = 1.0;
        lsa_program_hessian(p->program, p->work, y, p->unit, p->column);
        p->unit[p->index[j]] = 0.0;
        for (ptrdiff_t i = j; i < p->m; i++)
            p->hessian[i + j * p->m] = p->column[p->index[i]];
    }
    p->known = true;
}

static void factor(flow_preconditioner *p, double gamma)
{
    const ptrdiff_t m = p->m;
    for (ptrdiff_t j = 0; j < m; j++)
        for (ptrdiff_t i = j; i < m; i++)
            p->L[i + j * m] = gamma * p->hessian[i + j * m] + (i == j ? 1.0 : 0.0);
    p->factored = lsa_mat_cholesky(m, p->L, p->L, NULL) == LSA_OK;
}

/* Whether the dense matrix alone is all of the preconditioner. */
static bool is_whole(const flow_preconditioner *p)
{
    return p->factored && p->m == p->n;
}

/* Hessian products of the matrices. */
static ptrdiff_t cost(const flow_preconditioner *p)
{
    return p->m + (p->load != NULL && p->m < p->n ? p->load->form->d : 0);
}

/* Extends the dense matrix to all parameters where it did not make the iterations few. */
static bool extend(flow_preconditioner *p, flow_iterations now)
{
    const ptrdiff_t newton = now.newton - p->before.newton, linear = now.linear - p->before.linear;
    const double n = (double)p->n, many = fmax(MANY_ITERATIONS, n * n / SQUARES_AN_ITERATION);
    const bool tried = p->known || p->m == 0;
    if (p->m == p->n || p->n > WHOLE_LIMIT || !tried || (double)linear <= many * (double)newton)
        return false;
    p->m = p->n;
    return true;
}

/* Makes the matrices at y where that is due. */
static bool renew(flow_preconditioner *p, const double *y, flow_iterations now)
{
    const ptrdiff_t excess = now.linear - now.newton;
    if (!extend(p, now) && (p->m == 0 || excess - p->paid < cost(p)))
        return false;
    make_hessian(p, y);
    if (p->load != NULL && p->m < p->n)
        flow_load_measure(p->load, p->program, p->work, y, p->unit, p->column);
    p->paid = excess;
    return true;
}

bool flow_preconditioner_update(flow_preconditioner *p, const double *y, double gamma, flow_iterations now)
{
    const bool renewed = renew(p, y, now);
    if (p->known)
        factor(p, gamma);
    if (p->load != NULL && !is_whole(p))
        flow_load_set(p->load, gamma);
    if (p->keys != NULL && !is_whole(p))
        flow_keys_update(p->keys, y, gamma);
    p->before = now;
    return renewed || p->m == 0; /* heads are always taken at y */
}

/* The heads' share, which stays r where their solve fails. */
static void solve_heads(const flow_preconditioner *p, const double *y, double gamma, const double *r, double *z)
{
    if (p->load != NULL)
        flow_load_solve(p->load, y, gamma, r, z);
    else if (p->heads != NULL)
        flow_heads_solve(p->heads, y, gamma, r, z);
    else if (p->keys != NULL)
        flow_keys_solve(p->keys, r, z);
}

void flow_preconditioner_solve(const flow_preconditioner *p, const double *y, double gamma, const double *r, double *z)
{
    memcpy(z, r, (size_t)p->size * sizeof *z);
    if (!is_whole(p))
        solve_heads(p, y, gamma, r, z);
    if (!p->factored)
        return;
    for (ptrdiff_t i = 0; i < p->m; i++)
        p->part[i] = r[p->index[i]];
    lsa_mat_cholesky_solve(p->m, p->L, p->part);
    for (ptrdiff_t i = 0; i < p->m; i++)
        z[p->index[i]] = p->part[i];
}
