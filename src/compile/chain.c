/* chain.c - one chain: letters to factors and slots, and the least of its equal writings. */
#include "compile/chain.h"

#include "base/try.h"

#include <assert.h>

int lsa_chain_slots(const lsa_chain *chain)
{
    return chain->role == LSA_CHAIN_RING && chain->n > 0 ? chain->n : chain->n + 1;
}

lsa_status lsa_chain_write(lsa_lowering *lowering, lsa_chain_role role, int n, const lsa_atom *letters, lsa_dim rows,
                           lsa_dim cols, const ptrdiff_t *head_of, lsa_chain *chain, double *coefficient,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    int length = 0, from = 0; /* letters from `from` on are constants that wait for their factor */
    lsa_dim start = rows;
    for (int k = 0; k < n; k++)
        length += lsa_atom_active(lowering, letters[k]);
    lsa_atom *factors = lsa_arena_alloc(lowering->arena, (size_t)length, sizeof *factors);
    int *slots = lsa_arena_alloc(lowering->arena, (size_t)length + 1, sizeof *slots);
    LSA_TRY_MEMORY(factors, "the terms of a program");
    LSA_TRY_MEMORY(slots, "the terms of a program");
    length = 0;
    for (int k = 0; k <= n; k++) {
        if (k < n && !lsa_atom_active(lowering, letters[k]))
            continue;
        const lsa_dim end = k < n ? lsa_atom_rows(lowering, letters[k]) : cols;
        LSA_TRY(
            lsa_slots_word(lowering->slots, start, end, k - from, letters + from, coefficient, &slots[length], err));
        if (k == n)
            break;
        LSA_TRY(lsa_atom_factor(lowering, letters[k], head_of, &factors[length++], err));
        start = lsa_atom_cols(lowering, letters[k]);
        from = k + 1;
    }
    /* In front of the first factor of a ring stands nothing: its slots are those after each. */
    *chain = (lsa_chain){.role = role,
                         .n = length,
                         .factors = factors,
                         .slots = role == LSA_CHAIN_RING && length > 0 ? slots + 1 : slots};
done:
    return status;
}

lsa_status lsa_chain_fold(lsa_lowering *lowering, const lsa_chain *chain, double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    LSA_TRY(lsa_slots_value(lowering->slots, chain->slots[0], &value, err));
    *coefficient *= lsa_value_trace(&value);
done:
    return status;
}

int lsa_chain_compare(const lsa_chain *a, const lsa_chain *b)
{
    int order = 0;
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (int k = 0; k < a->n && order == 0; k++)
        order = lsa_atom_compare(a->factors[k], b->factors[k]);
    for (int k = 0; k < lsa_chain_slots(a) && order == 0; k++)
        order = (a->slots[k] > b->slots[k]) - (a->slots[k] < b->slots[k]);
    return order;
}

/* Room for a chain like this one. */
static lsa_status make_room(lsa_lowering *lowering, const lsa_chain *like, lsa_atom **factors, int **slots,
                            lsa_chain *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *factors = lsa_arena_alloc(lowering->arena, (size_t)like->n, sizeof **factors);
    *slots = lsa_arena_alloc(lowering->arena, (size_t)lsa_chain_slots(like), sizeof **slots);
    LSA_TRY_MEMORY(*factors, "the terms of a program");
    LSA_TRY_MEMORY(*slots, "the terms of a program");
    *out = (lsa_chain){.role = like->role, .n = like->n, .factors = *factors, .slots = *slots};
done:
    return status;
}

/* out = chain', every factor and slot transposed. */
static lsa_status transpose_chain(lsa_lowering *lowering, const lsa_chain *chain, lsa_chain *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_atom *factors = NULL;
    int *slots = NULL;
    LSA_TRY(make_room(lowering, chain, &factors, &slots, out, err));
    for (int k = 0; k < chain->n; k++)
        factors[k] = lsa_atom_flip(chain->factors[chain->n - 1 - k]);
    const int last = lsa_chain_slots(chain) - 1;
    for (int k = 0; k <= last; k++) {
        /* In a ring the slot after the last factor stays the last: it closes the ring both ways. */
        const int from = chain->role != LSA_CHAIN_RING ? last - k : k == last ? last : last - 1 - k;
        double factor = 1.0;
        LSA_TRY(lsa_slots_transpose(lowering->slots, chain->slots[from], &factor, &slots[k], err));
        assert(factor == 1.0); /* single words have no weights yet */
    }
done:
    return status;
}

static lsa_status rotate_ring(lsa_lowering *lowering, const lsa_chain *ring, int by, lsa_chain *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_atom *factors = NULL;
    int *slots = NULL;
    LSA_TRY(make_room(lowering, ring, &factors, &slots, out, err));
    for (int k = 0; k < ring->n; k++) {
        factors[k] = ring->factors[(k + by) % ring->n];
        slots[k] = ring->slots[(k + by) % ring->n];
    }
done:
    return status;
}

/* Whether the ring from factor `by` on comes before `best`, of as many factors. */
static bool rotation_is_less(const lsa_chain *ring, int by, const lsa_chain *best)
{
    const int n = ring->n;
    for (int k = 0; k < n; k++) {
        const int order = lsa_atom_compare(ring->factors[(k + by) % n], best->factors[k]);
        if (order != 0)
            return order < 0;
    }
    for (int k = 0; k < n; k++)
        if (ring->slots[(k + by) % n] != best->slots[k])
            return ring->slots[(k + by) % n] < best->slots[k];
    return false;
}

lsa_status lsa_chain_make_least(lsa_lowering *lowering, lsa_chain *chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_chain ways[2];
    ways[0] = *chain;
    LSA_TRY(transpose_chain(lowering, &ways[0], &ways[1], err));
    for (int way = 0; way < 2; way++) {
        if (lsa_chain_compare(&ways[way], chain) < 0)
            *chain = ways[way];
        for (int by = 1; chain->role == LSA_CHAIN_RING && by < chain->n; by++)
            if (rotation_is_less(&ways[way], by, chain))
                LSA_TRY(rotate_ring(lowering, &ways[way], by, chain, err));
    }
done:
    return status;
}
