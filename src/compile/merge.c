/* merge.c - adds products that differ in one slot. */
#include "base/try.h"
#include "compile/lower.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_POSITION = -1 }; /* all slots must agree */

/* By size, so that sums start with the least; the order does not depend on a common factor, so the loss and its
 * derivatives, whose coefficients are multiples of one another, come to the same slots bit for bit. */
static int by_size(const void *a, const void *b)
{
    const lsa_product *x = a, *y = b;
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

/* Products that agree but for the slot at `position`. */
static lsa_status group_key(const lsa_lowering *lowering, const lsa_product *product, int position, lsa_intern *groups,
                            int *group, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, product->skeleton);
    for (int k = 0; k < product->n_slots; k++)
        lsa_ints_push(&key, k == position ? -1 : product->slots[k]);
    *group = lsa_intern_id(groups, &key);
    LSA_TRY_MEMORY(*group >= 0 ? lowering : NULL, "the terms of a program");
done:
    return status;
}

/* The sum of `n` products of one group. */
static lsa_status add_group(lsa_lowering *lowering, int n, const lsa_product *products, int position, lsa_product *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = products[0];
    if (position == NO_POSITION || position >= out->n_slots || n == 1) {
        for (int k = 1; k < n; k++)
            out->coefficient += products[k].coefficient;
        goto done;
    }
    int *slot = lsa_arena_alloc(lowering->arena, (size_t)n, sizeof *slot);
    int *slots = lsa_arena_alloc(lowering->arena, (size_t)out->n_slots, sizeof *slots);
    double *weight = lsa_arena_alloc(lowering->arena, (size_t)n, sizeof *weight);
    LSA_TRY_MEMORY(slot, "the terms of a program");
    LSA_TRY_MEMORY(slots, "the terms of a program");
    LSA_TRY_MEMORY(weight, "the terms of a program");
    for (int k = 0; k < n; k++) {
        slot[k] = products[k].slots[position];
        weight[k] = products[k].coefficient;
    }
    memcpy(slots, out->slots, (size_t)out->n_slots * sizeof *slots);
    LSA_TRY(lsa_slots_sum(lowering->slots, n, slot, weight, &out->coefficient, &slots[position], err));
    out->slots = slots;
done:
    return status;
}

/* Sorts the products by group, stably; start[g] is where group g begins, start[n_groups] = n. */
static lsa_status sort_by_group(lsa_lowering *lowering, int n, const int *group, int n_groups,
                                const lsa_product *products, int *start, lsa_product *sorted, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int *next = lsa_arena_alloc(lowering->arena, (size_t)n_groups, sizeof *next);
    LSA_TRY_MEMORY(next, "the terms of a program");
    for (int k = 0; k < n; k++)
        start[group[k] + 1]++;
    for (int g = 0; g < n_groups; g++) {
        start[g + 1] += start[g];
        next[g] = start[g];
    }
    for (int k = 0; k < n; k++)
        sorted[next[group[k]]++] = products[k];
done:
    return status;
}

/* One pass: merges at one position. */
static lsa_status merge_at(lsa_lowering *lowering, lsa_sum *sum, int position, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)sum->n;
    lsa_intern *groups = lsa_intern_create(lowering->arena);
    int *group = lsa_arena_alloc(lowering->arena, n, sizeof *group);
    int *start = lsa_arena_alloc(lowering->arena, n + 1, sizeof *start);
    lsa_product *sorted = lsa_arena_alloc(lowering->arena, n, sizeof *sorted);
    LSA_TRY_MEMORY(groups, "the terms of a program");
    LSA_TRY_MEMORY(group, "the terms of a program");
    LSA_TRY_MEMORY(start, "the terms of a program");
    LSA_TRY_MEMORY(sorted, "the terms of a program");
    for (int k = 0; k < sum->n; k++)
        LSA_TRY(group_key(lowering, &sum->products[k], position, groups, &group[k], err));
    const int n_groups = lsa_intern_count(groups);
    LSA_TRY(sort_by_group(lowering, sum->n, group, n_groups, sum->products, start, sorted, err));
    sum->n = 0;
    for (int g = 0; g < n_groups; g++) {
        lsa_product *merged = &sum->products[sum->n];
        LSA_TRY(add_group(lowering, start[g + 1] - start[g], sorted + start[g], position, merged, err));
        sum->n += merged->coefficient != 0.0;
    }
done:
    return status;
}

lsa_status lsa_merge(lsa_lowering *lowering, lsa_sum *sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (sum->n == 0)
        goto done;
    qsort(sum->products, (size_t)sum->n, sizeof *sum->products, by_size);
    for (int before = sum->n + 1; sum->n < before;) {
        before = sum->n;
        int most = 0;
        for (int k = 0; k < sum->n; k++)
            if (sum->products[k].n_slots > most)
                most = sum->products[k].n_slots;
        for (int position = NO_POSITION; position < most; position++)
            LSA_TRY(merge_at(lowering, sum, position, err));
    }
done:
    return status;
}
