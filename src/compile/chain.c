/* chain.c - one chain: letters to factors and slots, and the least of its equal writings. */
#include "compile/chain.h"

#include "base/try.h"

#include <assert.h>

lsa_writing lsa_writing_in(lsa_arena *arena, lsa_chain_role role)
{
    return (lsa_writing){.role = role, .factors = lsa_ints_in(arena), .slots = lsa_ints_in(arena)};
}

/* Ends the slot in `codes` and starts the next. */
static lsa_status close_slot(lsa_lowering *lowering, lsa_ints *codes, lsa_dim rows, lsa_dim cols, lsa_writing *chain,
                             double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int slot = -1;
    LSA_TRY_MEMORY(codes->failed ? NULL : lowering, "the terms of a program");
    LSA_TRY(lsa_slots_word(lowering->slots, rows, cols, codes->n, codes->data, coefficient, &slot, err));
    lsa_ints_push(&chain->slots, slot);
    codes->n = 0;
done:
    return status;
}

lsa_status lsa_chain_write(lsa_lowering *lowering, int n, const lsa_letter *letters, lsa_dim rows, lsa_dim cols,
                           const ptrdiff_t *head_of, lsa_writing *chain, double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints codes = lsa_ints_in(lowering->arena);
    lsa_dim start = rows;
    for (int k = 0; k < n; k++) {
        int factor = -1;
        if (!lsa_letter_active(lowering, letters[k])) {
            lsa_ints_push(&codes, 2 * letters[k].symbol + letters[k].transposed);
            continue;
        }
        LSA_TRY(close_slot(lowering, &codes, start, lsa_letter_rows(lowering, letters[k]), chain, coefficient, err));
        LSA_TRY(lsa_letter_factor(lowering, letters[k], head_of, &factor, err));
        lsa_ints_push(&chain->factors, factor);
        start = lsa_letter_cols(lowering, letters[k]);
    }
    LSA_TRY(close_slot(lowering, &codes, start, cols, chain, coefficient, err));
    LSA_TRY_MEMORY(chain->slots.failed || chain->factors.failed ? NULL : lowering, "the terms of a program");
done:
    return status;
}

lsa_status lsa_chain_fold(lsa_lowering *lowering, const lsa_writing *chain, double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    LSA_TRY_MEMORY(chain->slots.failed ? NULL : lowering, "the terms of a program");
    LSA_TRY(lsa_slots_value(lowering->slots, chain->slots.data[0], &value, err));
    *coefficient *= lsa_value_trace(&value);
done:
    return status;
}

static int compare_ints(int n, const int *a, const int *b)
{
    for (int k = 0; k < n; k++)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return 0;
}

int lsa_chain_compare(const lsa_writing *a, const lsa_writing *b)
{
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    if (a->factors.n != b->factors.n)
        return a->factors.n < b->factors.n ? -1 : 1;
    const int order = compare_ints(a->factors.n, a->factors.data, b->factors.data);
    return order != 0 ? order : compare_ints(a->slots.n, a->slots.data, b->slots.data);
}

/* out = chain', every factor and slot transposed. */
static lsa_status transpose_chain(lsa_lowering *lowering, const lsa_writing *chain, lsa_writing *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_writing_in(lowering->arena, chain->role);
    for (int k = chain->factors.n - 1; k >= 0; k--)
        lsa_ints_push(&out->factors, chain->factors.data[k] ^ 1);
    const int last = chain->slots.n - 1;
    for (int k = 0; k <= last; k++) {
        /* In a ring the slot after the last factor stays the last: it closes the ring both ways. */
        const int from = chain->role != LSA_CHAIN_RING ? last - k : k == last ? last : last - 1 - k;
        double factor = 1.0;
        int slot = -1;
        LSA_TRY(lsa_slots_transpose(lowering->slots, chain->slots.data[from], &factor, &slot, err));
        assert(factor == 1.0); /* single words have no weights yet */
        lsa_ints_push(&out->slots, slot);
    }
    LSA_TRY_MEMORY(out->slots.failed || out->factors.failed ? NULL : lowering, "the terms of a program");
done:
    return status;
}

static lsa_status rotate_ring(lsa_lowering *lowering, const lsa_writing *ring, int by, lsa_writing *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_writing_in(lowering->arena, ring->role);
    for (int k = 0; k < ring->factors.n; k++) {
        lsa_ints_push(&out->factors, ring->factors.data[(k + by) % ring->factors.n]);
        lsa_ints_push(&out->slots, ring->slots.data[(k + by) % ring->factors.n]);
    }
    LSA_TRY_MEMORY(out->slots.failed || out->factors.failed ? NULL : lowering, "the terms of a program");
done:
    return status;
}

/* Whether the ring from factor `by` on comes before `best`, of as many factors. */
static bool rotation_is_less(const lsa_writing *ring, int by, const lsa_writing *best)
{
    const int n = ring->factors.n;
    const lsa_ints *const parts[] = {&ring->factors, &ring->slots}, *const bests[] = {&best->factors, &best->slots};
    for (int part = 0; part < 2; part++)
        for (int k = 0; k < n; k++) {
            const int a = parts[part]->data[(k + by) % n], b = bests[part]->data[k];
            if (a != b)
                return a < b;
        }
    return false;
}

lsa_status lsa_chain_make_least(lsa_lowering *lowering, lsa_writing *chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_writing oriented = *chain;
    LSA_TRY_MEMORY(chain->slots.failed || chain->factors.failed ? NULL : lowering, "the terms of a program");
    for (int orientation = 0; orientation < 2; orientation++) {
        if (lsa_chain_compare(&oriented, chain) < 0)
            *chain = oriented;
        for (int by = 1; chain->role == LSA_CHAIN_RING && by < chain->factors.n; by++)
            if (rotation_is_less(&oriented, by, chain))
                LSA_TRY(rotate_ring(lowering, &oriented, by, chain, err));
        if (orientation == 0) {
            const lsa_writing forward = oriented;
            LSA_TRY(transpose_chain(lowering, &forward, &oriented, err));
        }
    }
done:
    return status;
}
