/* merge.c - adds products that differ in one slot.
 *
 * A product's signature is the sum of hashes of its skeleton and of each slot at its position, so what it is without one
 * slot is a subtraction, and a pass over n products costs n, however long they are. Products meet by signature and are
 * compared before they are taken for like. */
#include "compile/merge.h"

#include "base/try.h"
#include "compile/effort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_POSITION = -1 }; /* all slots must agree */

/* A product and its signature; `group` in the pass that is going on. */
typedef struct member {
    lsa_product product;
    uint64_t signature;
    int group;
} member;

/* Products of a sum being merged; room for all of them in an arena that goes with the merge. */
typedef struct merging {
    lsa_lowering *lowering;
    lsa_arena *arena;
    int n;
    member *members, *sorted;
    int *first; /* per group: its first member, then where it begins in `sorted` */
    int *count; /* per group                                                   */
    int *slot;  /* hash table: group + 1, or 0; its size a power of two        */
    size_t n_slots;
} merging;

/* By size, so that sums start with the least; the order does not depend on a common factor, so the loss and its
 * derivatives, whose coefficients are multiples of one another, come to the same slots bit for bit. */
static int by_size(const void *a, const void *b)
{
    const lsa_product *x = &((const member *)a)->product, *y = &((const member *)b)->product;
    const double size_x = fabs(x->coefficient), size_y = fabs(y->coefficient);
    if (size_x != size_y)
        return size_x < size_y ? -1 : 1;
    if (x->skeleton != y->skeleton)
        return x->skeleton < y->skeleton ? -1 : 1;
    for (int k = 0; k < x->n_slots; k++)
        if (x->slots[k] != y->slots[k])
            return x->slots[k] < y->slots[k] ? -1 : 1;
    return 0;
}

/* A mixed word (Steele, Lea and Flood's finaliser, 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The share of a slot at its position, or (position -1) of the skeleton. */
static uint64_t share_of(int position, int id)
{
    return mix(((uint64_t)(uint32_t)(position + 2) << 32) + (uint32_t)id);
}

static uint64_t signature_of(const lsa_product *product)
{
    uint64_t signature = share_of(NO_POSITION, product->skeleton);
    for (int k = 0; k < product->n_slots; k++)
        signature += share_of(k, product->slots[k]);
    return signature;
}

/* The signature of what the product is without the slot at `position`. */
static uint64_t signature_without(const member *m, int position)
{
    if (position == NO_POSITION || position >= m->product.n_slots)
        return m->signature;
    return m->signature - share_of(position, m->product.slots[position]);
}

/* Two products agree but for the slot at `position`. */
static bool are_like(const lsa_product *a, const lsa_product *b, int position)
{
    if (a->skeleton != b->skeleton)
        return false;
    for (int k = 0; k < a->n_slots; k++)
        if (k != position && a->slots[k] != b->slots[k])
            return false;
    return true;
}

/* Numbers the groups of like products in the order of their first members; returns how many there are. */
static int find_groups(merging *m, int position)
{
    int n_groups = 0;
    memset(m->slot, 0, m->n_slots * sizeof *m->slot);
    for (int k = 0; k < m->n; k++) {
        member *x = &m->members[k];
        const uint64_t wanted = signature_without(x, position);
        size_t at = (size_t)wanted & (m->n_slots - 1);
        for (; m->slot[at] != 0; at = (at + 1) & (m->n_slots - 1)) {
            const member *head = &m->members[m->first[m->slot[at] - 1]];
            if (signature_without(head, position) == wanted && are_like(&head->product, &x->product, position))
                break;
        }
        if (m->slot[at] == 0) {
            m->first[n_groups] = k;
            m->count[n_groups] = 0;
            m->slot[at] = ++n_groups;
        }
        x->group = m->slot[at] - 1;
        m->count[x->group]++;
    }
    return n_groups;
}

/* The sum of `n` products of one group. */
static lsa_status add_group(lsa_lowering *lowering, int n, const member *members, int position, lsa_product *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = members[0].product;
    if (position == NO_POSITION || position >= out->n_slots || n == 1) {
        for (int k = 1; k < n; k++)
            out->coefficient += members[k].product.coefficient;
        goto done;
    }
    LSA_TRY(lsa_lowering_spend(lowering, (int64_t)n * n, err)); /* words are sorted by insertion */
    int *slot = lsa_arena_alloc(lowering->arena, (size_t)n, sizeof *slot);
    int *slots = lsa_arena_alloc(lowering->arena, (size_t)out->n_slots, sizeof *slots);
    double *weight = lsa_arena_alloc(lowering->arena, (size_t)n, sizeof *weight);
    LSA_TRY_MEMORY(slot, "the terms of a program");
    LSA_TRY_MEMORY(slots, "the terms of a program");
    LSA_TRY_MEMORY(weight, "the terms of a program");
    for (int k = 0; k < n; k++) {
        slot[k] = members[k].product.slots[position];
        weight[k] = members[k].product.coefficient;
    }
    memcpy(slots, out->slots, (size_t)out->n_slots * sizeof *slots);
    LSA_TRY(lsa_slots_sum(lowering->slots, n, slot, weight, &out->coefficient, &slots[position], err));
    out->slots = slots;
done:
    return status;
}

/* One pass: merges at one position. */
static lsa_status merge_at(merging *m, int position, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_lowering_spend(m->lowering, 4 * (int64_t)m->n, err));
    const int n_groups = find_groups(m, position);
    /* The members sorted by group, stably: first[g] is now where group g begins, while it fills where its next member goes. */
    for (int g = 0, at = 0; g < n_groups; at += m->count[g], g++)
        m->first[g] = at;
    for (int k = 0; k < m->n; k++)
        m->sorted[m->first[m->members[k].group]++] = m->members[k];
    m->n = 0;
    for (int g = 0; g < n_groups; g++) {
        const member *like = &m->sorted[m->first[g] - m->count[g]];
        member *out = &m->members[m->n];
        *out = *like;
        if (m->count[g] > 1) {
            LSA_TRY(add_group(m->lowering, m->count[g], like, position, &out->product, err));
            out->signature = signature_of(&out->product);
        }
        m->n += out->product.coefficient != 0.0;
    }
done:
    return status;
}

/* Room for the products of `sum`, sorted by size. */
static lsa_status gather_members(merging *m, const lsa_sum *sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)sum->n;
    for (m->n_slots = 4; m->n_slots < 2 * n;)
        m->n_slots *= 2;
    m->n = sum->n;
    m->members = lsa_arena_alloc(m->arena, n, sizeof *m->members);
    m->sorted = lsa_arena_alloc(m->arena, n, sizeof *m->sorted);
    m->first = lsa_arena_alloc(m->arena, n, sizeof *m->first);
    m->count = lsa_arena_alloc(m->arena, n, sizeof *m->count);
    m->slot = lsa_arena_alloc(m->arena, m->n_slots, sizeof *m->slot);
    LSA_TRY_MEMORY(m->members, "the terms of a program");
    LSA_TRY_MEMORY(m->sorted, "the terms of a program");
    LSA_TRY_MEMORY(m->first, "the terms of a program");
    LSA_TRY_MEMORY(m->count, "the terms of a program");
    LSA_TRY_MEMORY(m->slot, "the terms of a program");
    for (int k = 0; k < m->n; k++)
        m->members[k] = (member){.product = sum->products[k], .signature = signature_of(&sum->products[k])};
    qsort(m->members, n, sizeof *m->members, by_size);
done:
    return status;
}

lsa_status lsa_merge(lsa_lowering *lowering, lsa_sum *sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    merging m = {.lowering = lowering};
    if (sum->n == 0)
        goto done;
    m.arena = lsa_arena_create();
    LSA_TRY_MEMORY(m.arena, "the terms of a program");
    LSA_TRY(gather_members(&m, sum, err));
    for (int before = m.n + 1; m.n < before;) {
        before = m.n;
        int most = 0;
        for (int k = 0; k < m.n; k++)
            most = m.members[k].product.n_slots > most ? m.members[k].product.n_slots : most;
        for (int position = NO_POSITION; position < most; position++)
            LSA_TRY(merge_at(&m, position, err));
    }
    sum->n = m.n;
    for (int k = 0; k < m.n; k++)
        sum->products[k] = m.members[k].product;
done:
    lsa_arena_destroy(m.arena);
    return status;
}
