/* order.c - axes of the law before the others; strips of places for shards. */
#include "sweep/order.h"

#include "base/try.h"
#include <stdlib.h>
#include <string.h>

/* Long enough that neighbours share, short enough that shards are even. */
enum { LONGEST_STRIP = 256, STRIPS_OF_A_SHARD = 64 };

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Whether some key of the axis changes statement or law. */
static bool is_of_law(const lsa_vary *vary, ptrdiff_t axis)
{
    for (ptrdiff_t k = 0; k < vary->n_keys; k++) {
        const char *key = vary->keys[k].key->text;
        if (vary->keys[k].axis == axis && (begins(key, "statement") || begins(key, "data")))
            return true;
    }
    return false;
}

static void add_axes(sweep_order *order, const lsa_vary *vary, bool of_law)
{
    for (ptrdiff_t axis = 0; axis < vary->n_axes; axis++) {
        ptrdiff_t stride = 1;
        for (ptrdiff_t later = axis + 1; later < vary->n_axes; later++)
            stride *= vary->counts[later];
        if (is_of_law(vary, axis) != of_law)
            continue;
        order->counts[order->n_axes] = vary->counts[axis];
        order->strides[order->n_axes++] = stride;
    }
}

lsa_status sweep_order_init(sweep_order *order, const lsa_vary *vary, ptrdiff_t shard, ptrdiff_t shards, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *order = (sweep_order){.n_cells = vary->n_cells, .shard = shard, .shards = shards};
    order->counts = calloc((size_t)vary->n_axes + 1, sizeof *order->counts);
    LSA_TRY_MEMORY(order->counts, "the order of the cells");
    order->strides = calloc((size_t)vary->n_axes + 1, sizeof *order->strides);
    LSA_TRY_MEMORY(order->strides, "the order of the cells");
    add_axes(order, vary, true);
    add_axes(order, vary, false);
    order->strip = vary->n_cells / (STRIPS_OF_A_SHARD * shards);
    order->strip = order->strip < 1 ? 1 : order->strip > LONGEST_STRIP ? LONGEST_STRIP : order->strip;
done:
    return status;
}

void sweep_order_clear(sweep_order *order)
{
    free(order->counts);
    free(order->strides);
}

ptrdiff_t sweep_order_cell(const sweep_order *order, ptrdiff_t place)
{
    ptrdiff_t cell = 0;
    for (ptrdiff_t axis = order->n_axes - 1; axis >= 0; axis--) {
        cell += place % order->counts[axis] * order->strides[axis];
        place /= order->counts[axis];
    }
    return cell;
}

bool sweep_order_takes(const sweep_order *order, ptrdiff_t place)
{
    return place / order->strip % order->shards == order->shard - 1;
}
