/* copy.c - a tree of nodes once more, in an arena of its own. */
#include "base/try.h"
#include "model/yaml.h"

/* Sources are copied once for each node that has another than its parent: a tree has few. */
static lsa_status copy_source(const lsa_source *source, lsa_arena *arena, const lsa_source **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_source *copy = lsa_arena_alloc(arena, 1, sizeof *copy);
    LSA_TRY_MEMORY(copy, "a model");
    *copy = *source;
    copy->name = lsa_arena_printf(arena, "%s", source->name);
    copy->text = lsa_arena_text(arena, source->text, source->length);
    LSA_TRY_MEMORY(copy->name, "a model");
    LSA_TRY_MEMORY(copy->text, "a model");
    *out = copy;
done:
    return status;
}

static lsa_status copy_node(const lsa_node *from, const lsa_node *from_parent, lsa_node *parent, lsa_arena *arena,
                            lsa_node **out, lsa_error *err);

/* keys or items */
static lsa_status copy_list(lsa_node *const *list, const lsa_node *from, lsa_node *to, lsa_arena *arena,
                            lsa_node ***out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node **copy = lsa_arena_alloc(arena, (size_t)from->count, sizeof *copy);
    LSA_TRY_MEMORY(copy, "the nodes of a model");
    for (ptrdiff_t k = 0; k < from->count; k++)
        LSA_TRY(copy_node(list[k], from, to, arena, &copy[k], err));
    *out = copy;
done:
    return status;
}

static lsa_status copy_node(const lsa_node *from, const lsa_node *from_parent, lsa_node *parent, lsa_arena *arena,
                            lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *node = lsa_arena_alloc(arena, 1, sizeof *node);
    LSA_TRY_MEMORY(node, "the nodes of a model");
    *node = *from;
    node->parent = parent;
    if (from_parent != NULL && from->source == from_parent->source)
        node->source = parent->source;
    else
        LSA_TRY(copy_source(from->source, arena, &node->source, err));
    if (from->kind == LSA_NODE_SCALAR) {
        node->text = lsa_arena_text(arena, from->text, from->length);
        LSA_TRY_MEMORY(node->text, "the nodes of a model");
    }
    if (from->kind == LSA_NODE_MAPPING)
        LSA_TRY(copy_list(from->keys, from, node, arena, &node->keys, err));
    if (from->kind != LSA_NODE_SCALAR)
        LSA_TRY(copy_list(from->items, from, node, arena, &node->items, err));
    *out = node;
done:
    return status;
}

lsa_status lsa_node_copy(const lsa_node *root, lsa_arena *arena, lsa_node **out, lsa_error *err)
{
    return copy_node(root, NULL, NULL, arena, out, err);
}
