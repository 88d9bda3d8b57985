/* degrees.c - the terms of a loss, reduced to how often each block stands in them.
 *
 * A term is summed over its dummy heads. Its degrees are then a sum over the dummies of what each adds to its own head, and
 * all choices of heads are spanned by those in which one dummy at most has left head 0. */
#include "compile/degrees.h"

#include "base/try.h"
#include "compile/intern_table.h"

#include <string.h>

typedef struct table {
    const lsa_bound *bound;
    const int *first_block;
    ptrdiff_t n_parameters, n_blocks, heads;
    lsa_arena *arena; /* what is made here lives in it                                                         */
    int *row;         /* scratch: n_blocks                                                                     */
    int *own;         /* of a term: of parameter p in dummy head g at [g * n_parameters + p], g = 0 without one */
    ptrdiff_t width;  /* of `own`                                                                              */
    lsa_intern *seen; /* the different ones so far                                                             */
    lsa_intern *rows;
    lsa_ints key; /* scratch */
} table;

static void count_letter(table *t, int symbol, int index, int exponent)
{
    if (t->bound->kind[symbol] == LSA_BOUND_PARAMETER)
        t->own[(index > 0 ? index : 0) * t->n_parameters + t->bound->parameter[symbol]] += exponent;
}

static void count_term(table *t, const lsa_term *term)
{
    memset(t->own, 0, (size_t)t->width * sizeof *t->own);
    for (int k = 0; k < term->n_powers; k++)
        count_letter(t, term->powers[k].symbol, term->powers[k].index, term->powers[k].exponent);
    for (int w = 0; w < term->n_traces; w++)
        for (int k = 0; k < term->traces[w].length; k++)
            count_letter(t, term->traces[w].letters[k].symbol, term->traces[w].letters[k].index, 1);
}

/* Enters `numbers` into a table; *added: they were not there. */
static lsa_status add_new(table *t, lsa_intern *list, const int *numbers, ptrdiff_t n, bool *added, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int before = lsa_intern_count(list);
    t->key.n = 0;
    for (ptrdiff_t k = 0; k < n; k++)
        lsa_ints_push(&t->key, numbers[k]);
    const int id = lsa_intern_id(list, &t->key);
    LSA_TRY_MEMORY(id >= 0 ? list : NULL, "the degrees of a loss");
    *added = id == before;
done:
    return status;
}

/* The row in which index `moved` stands for `head` and all others for head 0. */
static lsa_status add_row(table *t, int n_dummies, int moved, ptrdiff_t head, lsa_error *err)
{
    bool added;
    memset(t->row, 0, (size_t)t->n_blocks * sizeof *t->row);
    for (int g = 0; g <= n_dummies; g++)
        for (ptrdiff_t p = 0; p < t->n_parameters; p++)
            if (t->own[g * t->n_parameters + p] != 0)
                t->row[t->first_block[p] + (g == moved ? head : 0)] += t->own[g * t->n_parameters + p];
    return add_new(t, t->rows, t->row, t->n_blocks, &added, err);
}

static bool repeats(const table *t, int g)
{
    for (int other = 1; other < g; other++)
        if (memcmp(t->own + g * t->n_parameters, t->own + other * t->n_parameters,
                   (size_t)t->n_parameters * sizeof *t->own) == 0)
            return true;
    return false;
}

static lsa_status add_term(table *t, const lsa_term *term, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool added;
    count_term(t, term);
    LSA_TRY(add_new(t, t->seen, t->own, t->width, &added, err));
    if (!added)
        goto done;
    LSA_TRY(add_row(t, term->n_dummies, 0, 0, err));
    for (int g = 1; g <= term->n_dummies; g++)
        for (ptrdiff_t head = 1; head < t->heads && !repeats(t, g); head++)
            LSA_TRY(add_row(t, term->n_dummies, g, head, err));
done:
    return status;
}

static lsa_status add_terms(table *t, const lsa_poly *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < lsa_poly_count(loss); k++) {
        const lsa_term term = lsa_poly_term(loss, k);
        double weight = 0.0;
        LSA_TRY(lsa_bound_weight(t->bound, &term, &weight, err));
        if (weight != 0.0)
            LSA_TRY(add_term(t, &term, err));
    }
done:
    return status;
}

lsa_status lsa_degrees_create(const lsa_bound *bound, const int *first_block, ptrdiff_t n_blocks, ptrdiff_t heads,
                              lsa_arena *arena, ptrdiff_t *count, const int **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *loss = lsa_derivation_loss(bound->derivation);
    int most = 0;
    for (ptrdiff_t k = 0; k < lsa_poly_count(loss); k++) {
        const lsa_term term = lsa_poly_term(loss, k);
        most = term.n_dummies > most ? term.n_dummies : most;
    }
    table t = {.bound = bound,
               .first_block = first_block,
               .n_parameters = bound->statement->n_parameters,
               .n_blocks = n_blocks,
               .heads = heads};
    t.width = (most + 1) * t.n_parameters;
    t.arena = lsa_arena_create();
    LSA_TRY_MEMORY(t.arena, "the degrees of a loss");
    t.key = lsa_ints_in(t.arena);
    t.seen = lsa_intern_create(t.arena);
    t.rows = lsa_intern_create(t.arena);
    t.own = lsa_arena_alloc(t.arena, (size_t)t.width + 1, sizeof *t.own);
    t.row = lsa_arena_alloc(t.arena, (size_t)n_blocks + 1, sizeof *t.row);
    LSA_TRY_MEMORY(t.seen != NULL && t.rows != NULL && t.own != NULL ? t.row : NULL, "the degrees of a loss");
    LSA_TRY(add_terms(&t, loss, err));
    const int n_rows = lsa_intern_count(t.rows);
    int length, *kept = lsa_arena_alloc(arena, (size_t)(n_rows * n_blocks) + 1, sizeof *kept);
    LSA_TRY_MEMORY(kept, "the degrees of a loss");
    for (int k = 0; k < n_rows; k++)
        memcpy(kept + k * n_blocks, lsa_intern_key(t.rows, k, &length), (size_t)n_blocks * sizeof *kept);
    *count = n_rows;
    *out = kept;
done:
    lsa_arena_destroy(t.arena);
    return status;
}
