/* text_joint.c - see text_joint.h: a walk down sums, products with numbers, quotients by numbers and one place. */
#include "verify/text_joint.h"

#include "base/try.h"

enum { MOST_MEANS = 32 };

/* A mean's e with its number: e, or a tree over it. */
typedef struct gathering {
    lsa_arena *arena;
    int n;
    const formula_node *terms[MOST_MEANS];
    const formula_node *call;  /* the first mean */
    const formula_node *place; /* start, limit, ... around all of them that need one; NULL: none */
    bool placed, bare;         /* some stand inside the place; some outside, and need a point */
    bool linear, full;
} gathering;

/* What is done to a mean on the way up: a chain of the nodes around it, the innermost first. */
typedef struct around {
    const formula_node *node; /* NULL: a sign */
    int child;
    const struct around *outer;
} around;

static formula_node *copy_of(gathering *g, const formula_node *node, int n)
{
    formula_node *copy = lsa_arena_alloc(g->arena, 1, sizeof *copy);
    const formula_node **children = lsa_arena_alloc(g->arena, (size_t)n, sizeof *children);
    if (copy == NULL || children == NULL) {
        g->full = true;
        return NULL;
    }
    *copy = *node;
    copy->n_children = n;
    copy->children = children;
    return copy;
}

static void take_needs(formula_node *node)
{
    node->needs = 0;
    for (int k = 0; k < node->n_children; k++)
        node->needs |= node->children[k]->needs;
}

static const formula_node *negated(gathering *g, const formula_node *e)
{
    formula_node *out = copy_of(g, e, 1);
    if (out == NULL)
        return e;
    out->kind = FORMULA_NEGATE;
    out->children[0] = e;
    out->symbol = -1;
    take_needs(out);
    return out;
}

/* The same node around e, in the place of its child. */
static const formula_node *wrapped(gathering *g, const around *a, const formula_node *e)
{
    if (a->node == NULL)
        return negated(g, e);
    formula_node *out = copy_of(g, a->node, a->node->n_children);
    if (out == NULL)
        return e;
    for (int k = 0; k < out->n_children; k++)
        out->children[k] = k == a->child ? e : a->node->children[k];
    take_needs(out);
    return out;
}

static void take_mean(gathering *g, const formula_node *call, const around *outside, bool placed)
{
    const formula_node *e = call->children[0];
    for (const around *a = outside; a != NULL; a = a->outer)
        e = wrapped(g, a, e);
    if (g->n == MOST_MEANS)
        g->linear = false;
    else
        g->terms[g->n++] = e;
    g->call = g->call == NULL ? call : g->call;
    g->placed = g->placed || placed;
    g->bare = g->bare || (!placed && (e->needs & FORMULA_AT_POINT) != 0);
}

static bool is_place(const formula_node *node)
{
    return node->kind == FORMULA_CALL && node->function->kind == FORMULA_OF_POINTS;
}

static void gather(gathering *g, const formula_node *node, const around *outside, bool placed);

static void gather_child(gathering *g, const formula_node *node, int k, const around *outside, bool placed)
{
    const around here = {.node = node, .child = k, .outer = outside};
    gather(g, node->children[k], &here, placed);
}

/* One factor that is drawn, the others numbers. */
static void gather_product(gathering *g, const formula_node *node, const around *outside, bool placed)
{
    int drawn = -1, n = 0;
    for (int k = 0; k < node->n_children; k++) {
        const bool sampled = (node->children[k]->needs & FORMULA_SAMPLED) != 0;
        g->linear = g->linear && (sampled || formula_is_scalar(node->children[k]));
        drawn = sampled ? k : drawn;
        n += sampled;
    }
    g->linear = g->linear && n == 1;
    if (g->linear)
        gather_child(g, node, drawn, outside, placed);
}

/* Numbers around a place are taken outside of it: only constants stay the same inside. */
static bool is_free_of_points(const around *outside)
{
    const unsigned free = FORMULA_AT_POINT | FORMULA_IN_TIME;
    for (const around *a = outside; a != NULL; a = a->outer)
        for (int k = 0; a->node != NULL && k < a->node->n_children; k++)
            if (k != a->child && (a->node->children[k]->needs & free) != 0)
                return false;
    return true;
}

static bool is_same_place(const formula_node *a, const formula_node *b)
{
    bool same = a->function == b->function && a->n_children == b->n_children;
    for (int k = 0; same && k + 1 < a->n_children; k++)
        same = formula_same(a->children[k], b->children[k]);
    return same;
}

static void gather_place(gathering *g, const formula_node *node, const around *outside, bool placed)
{
    g->place = g->place == NULL ? node : g->place;
    g->linear = g->linear && !placed && is_same_place(g->place, node) && is_free_of_points(outside);
    gather(g, node->children[node->n_children - 1], outside, true);
}

static void gather(gathering *g, const formula_node *node, const around *outside, bool placed)
{
    const around sign = {.node = NULL, .outer = outside};
    if ((node->needs & FORMULA_SAMPLED) == 0 || !g->linear)
        return;
    switch (node->kind) {
    case FORMULA_DEFINED:
        gather(g, node->children[0], outside, placed);
        break;
    case FORMULA_SUM:
        for (int k = 0; k < node->n_children; k++)
            gather(g, node->children[k], outside, placed);
        break;
    case FORMULA_NEGATE:
        gather(g, node->children[0], &sign, placed);
        break;
    case FORMULA_PRODUCT:
        gather_product(g, node, outside, placed);
        break;
    case FORMULA_DIVIDE:
        g->linear = g->linear && (node->children[1]->needs & FORMULA_SAMPLED) == 0;
        if (g->linear)
            gather_child(g, node, 0, outside, placed);
        break;
    case FORMULA_CALL:
        if (node->function->id == FORMULA_E)
            take_mean(g, node, outside, placed);
        else if (is_place(node))
            gather_place(g, node, outside, placed);
        else
            g->linear = false;
        break;
    default:
        g->linear = false;
    }
}

static const formula_node *sum_of(gathering *g)
{
    formula_node *sum = copy_of(g, g->terms[0], g->n);
    if (sum == NULL)
        return NULL;
    sum->kind = FORMULA_SUM;
    sum->symbol = -1;
    for (int k = 0; k < g->n; k++)
        sum->children[k] = g->terms[k];
    take_needs(sum);
    return sum;
}

static const formula_node *mean_of(gathering *g, const formula_node *e)
{
    formula_node *mean = copy_of(g, g->call, 1);
    if (mean == NULL)
        return NULL;
    mean->children[0] = e;
    mean->needs = (e->needs & ~(unsigned)(FORMULA_IN_PROMPT | FORMULA_IN_LAW)) | FORMULA_SAMPLED;
    if (g->place == NULL)
        return mean;
    formula_node *place = copy_of(g, g->place, g->place->n_children);
    if (place == NULL)
        return NULL;
    for (int k = 0; k + 1 < place->n_children; k++)
        place->children[k] = g->place->children[k];
    place->children[place->n_children - 1] = mean;
    return place;
}

lsa_status text_joint_mean(lsa_arena *arena, const formula_node *a, const formula_node *b, int *means,
                           const formula_node **out, lsa_error *err)
{
    gathering g = {.arena = arena, .linear = true};
    const around sign = {.node = NULL};
    *out = NULL;
    gather(&g, a, NULL, false);
    gather(&g, b, &sign, false);
    *means = g.n;
    if (!g.linear || g.n < 2 || (g.placed && g.bare) || g.full)
        return g.full ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a claim") : LSA_OK;
    const formula_node *sum = sum_of(&g);
    *out = sum == NULL ? NULL : mean_of(&g, sum);
    return *out == NULL ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a claim") : LSA_OK;
}
