/* override.c - walks a key path through a tree, making what is absent, and puts a value at its end. */
#include "model/override.h"
#include "base/try.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

/* A path being walked: the key in hand, and the rest behind its dot (NULL at the end). */
typedef struct walk {
    const char *blame;
    lsa_arena *arena;
    const char *key, *rest;
} walk;

static lsa_status refuse(const walk *w, lsa_error *err, const char *message)
{
    lsa_error_set(err, LSA_ERR_INPUT, "%s: %s", w->blame, message);
    return LSA_ERR_INPUT;
}

/* Cuts the next key off the rest of the path. */
static lsa_status next_key(walk *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *dot = strchr(w->rest, '.');
    const size_t length = dot == NULL ? strlen(w->rest) : (size_t)(dot - w->rest);
    if (length == 0)
        return refuse(w, err, "a key path has no empty parts");
    w->key = lsa_arena_text(w->arena, w->rest, length);
    LSA_TRY_MEMORY(w->key, "a key path");
    w->rest = dot == NULL ? NULL : dot + 1;
done:
    return status;
}

/* Adds a key to a mapping, with the value's place as its own. */
static lsa_status add_key(walk *w, lsa_node *mapping, lsa_node *value, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = (size_t)mapping->count;
    if (mapping->count >= LSA_YAML_KEYS)
        return refuse(w, err, "more than 256 keys in one mapping");
    lsa_node **keys = lsa_arena_alloc(w->arena, n + 1, sizeof *keys);
    lsa_node **items = lsa_arena_alloc(w->arena, n + 1, sizeof *items);
    lsa_node *key = lsa_arena_alloc(w->arena, 1, sizeof *key);
    LSA_TRY_MEMORY(keys, "a key");
    LSA_TRY_MEMORY(items, "a key");
    LSA_TRY_MEMORY(key, "a key");
    if (n > 0) {
        memcpy(keys, mapping->keys, n * sizeof *keys);
        memcpy(items, mapping->items, n * sizeof *items);
    }
    *key = (lsa_node){.kind = LSA_NODE_SCALAR, .source = value->source, .line = value->line, .column = value->column};
    key->text = w->key;
    key->length = strlen(w->key);
    key->parent = mapping;
    key->slot = mapping->count;
    keys[n] = key;
    items[n] = value;
    mapping->keys = keys;
    mapping->items = items;
    mapping->count++;
    value->parent = mapping;
    value->slot = (ptrdiff_t)n;
done:
    return status;
}

/* The place of the key in hand in a node: an item's number, a key's slot; -1 for a key that a mapping lacks. */
static lsa_status find_slot(const walk *w, const lsa_node *node, ptrdiff_t *out, lsa_error *err)
{
    char path[LSA_PATH_SIZE], found[LSA_FOUND_SIZE], shown[LSA_FOUND_SIZE];
    lsa_node_path(node, path);
    *out = -1;
    if (node->kind == LSA_NODE_MAPPING) {
        for (ptrdiff_t k = 0; k < node->count; k++)
            if (strcmp(node->keys[k]->text, w->key) == 0)
                *out = k;
        return LSA_OK;
    }
    if (node->kind == LSA_NODE_SCALAR) {
        lsa_error_set(err, LSA_ERR_INPUT, "%s: '%s' is %s, it has no key '%s'", w->blame, path,
                      lsa_node_found(node, found), lsa_text_shown(w->key, shown));
        return LSA_ERR_INPUT;
    }
    ptrdiff_t index = 0;
    for (const char *c = w->key; *c != '\0' && index <= node->count; c++)
        index = *c >= '0' && *c <= '9' ? 10 * index + (*c - '0') : PTRDIFF_MAX;
    if (index >= node->count) {
        lsa_error_set(err, LSA_ERR_INPUT, "%s: '%s' is a list of %td: found '%s', expected a number below %td",
                      w->blame, path, node->count, lsa_text_shown(w->key, shown), node->count);
        return LSA_ERR_INPUT;
    }
    *out = index;
    return LSA_OK;
}

/* One step down, into what is there or into a new mapping. */
static lsa_status descend(walk *w, lsa_node **at, const lsa_node *value, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t slot = -1;
    LSA_TRY(find_slot(w, *at, &slot, err));
    if (slot >= 0) {
        assert((*at)->items != NULL);
        *at = (*at)->items[slot];
        return LSA_OK;
    }
    lsa_node *made = lsa_arena_alloc(w->arena, 1, sizeof *made);
    LSA_TRY_MEMORY(made, "a mapping");
    *made = (lsa_node){.kind = LSA_NODE_MAPPING, .source = value->source, .line = value->line};
    made->column = value->column;
    LSA_TRY(add_key(w, *at, made, err));
    *at = made;
done:
    return status;
}

lsa_status lsa_node_set(lsa_node *root, const char *path, lsa_node *value, const char *blame, lsa_arena *arena,
                        lsa_error *err)
{
    lsa_status status = LSA_OK;
    walk w = {.blame = blame, .arena = arena, .rest = path};
    lsa_node *at = root;
    ptrdiff_t slot = -1;
    int depth = 1;
    LSA_TRY(next_key(&w, err));
    for (; w.rest != NULL; depth++) {
        if (depth == LSA_YAML_DEPTH)
            return refuse(&w, err, "nested more than 32 deep");
        LSA_TRY(descend(&w, &at, value, err));
        LSA_TRY(next_key(&w, err));
    }
    LSA_TRY(find_slot(&w, at, &slot, err));
    if (slot < 0) {
        LSA_TRY(add_key(&w, at, value, err));
    } else {
        assert(at->items != NULL);
        if (at->items[slot] == value)
            return LSA_OK;
        at->items[slot] = value;
        value->parent = at;
        value->slot = slot;
    }
    for (; at != NULL; at = at->parent)
        at->version++;
done:
    return status;
}

lsa_status lsa_override_apply(lsa_node *root, const char *option, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shown[LSA_FOUND_SIZE];
    lsa_node *value = NULL;
    const char *equals = strchr(option, '=');
    if (equals == NULL || equals == option)
        return lsa_error_set(err, LSA_ERR_USAGE, "--set '%s': expected KEY=VALUE", lsa_text_shown(option, shown));
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    const char *key = lsa_arena_text(arena, option, (size_t)(equals - option));
    const char *name = lsa_arena_printf(arena, "--set %s", lsa_text_shown(option, shown));
    const char *text = lsa_arena_text(arena, equals + 1, strlen(equals + 1));
    LSA_TRY_MEMORY(source, "an override");
    LSA_TRY_MEMORY(key, "an override");
    LSA_TRY_MEMORY(name, "an override");
    LSA_TRY_MEMORY(text, "an override");
    *source = (lsa_source){.name = name, .text = text, .length = strlen(text), .option = true};
    LSA_TRY(lsa_yaml_parse(source, arena, &value, err));
    LSA_TRY(lsa_node_set(root, key, value, name, arena, err));
done:
    return status;
}
