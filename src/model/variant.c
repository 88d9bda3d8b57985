/* variant.c - the key `models`: models beside this one, each as changes of it. */
#include "model/variant.h"

#include "base/text.h"
#include "base/try.h"

/* "KEY=VALUE" */
static lsa_status change_text(lsa_arena *arena, const char *key, const lsa_node *value, const char **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_node_write(value, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a model beside this one");
    *out = lsa_arena_printf(arena, "%s=%s", key, text.data);
    LSA_TRY_MEMORY(*out, "a model beside this one");
done:
    lsa_text_clear(&text);
    return status;
}

static lsa_status read_changes(lsa_arena *arena, const lsa_node *node, lsa_model_variant *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    if (node->kind != LSA_NODE_MAPPING)
        return lsa_node_error(node, err, "found %s, expected dotted keys with their values",
                              lsa_node_found(node, found));
    const char **changes = lsa_arena_alloc(arena, (size_t)node->count, sizeof *changes);
    LSA_TRY_MEMORY(changes, "a model beside this one");
    for (ptrdiff_t k = 0; k < node->count; k++)
        LSA_TRY(change_text(arena, node->keys[k]->text, node->items[k], &changes[k], err));
    out->n_changes = node->count;
    out->changes = changes;
done:
    return status;
}

lsa_status lsa_models_read(lsa_arena *arena, const lsa_node *models, lsa_experiment *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model_variant *list = NULL;
    if (models == NULL)
        return LSA_OK;
    list = lsa_arena_alloc(arena, (size_t)models->count, sizeof *list);
    LSA_TRY_MEMORY(list, "the models beside this one");
    for (ptrdiff_t k = 0; k < models->count; k++) {
        list[k] = (lsa_model_variant){.name = models->keys[k]->text, .node = models->items[k]};
        LSA_TRY(read_changes(arena, models->items[k], &list[k], err));
    }
    out->n_variants = models->count;
    out->variants = list;
done:
    return status;
}
