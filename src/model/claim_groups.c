/* claim_groups.c - names for several claims at once: models/claims/groups.yaml, embedded by src/embed.cmake. */
#include "model/claim_groups.h"

#include "base/try.h"
#include <string.h>

const char lsa_claim_groups_file[] = "groups.yaml";

lsa_status lsa_claim_file_parse(const lsa_embedded *file, lsa_arena *arena, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    LSA_TRY_MEMORY(source, "the shipped claims");
    *source = (lsa_source){.name = file->name, .text = file->text, .length = file->length};
    LSA_TRY(lsa_yaml_parse(source, arena, out, err));
done:
    return status;
}

/* NAME: {summary: ..., claims: [...]} */
static lsa_status read_group(const lsa_node *key, const lsa_node *node, lsa_arena *arena, lsa_claim_group *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *list = lsa_node_find(node, "claims"), *summary = lsa_node_find(node, "summary");
    if (list == NULL || list->kind != LSA_NODE_SEQUENCE || summary == NULL)
        return lsa_node_error(node, err, "a group has a summary and claims");
    const char **names = lsa_arena_alloc(arena, (size_t)list->count, sizeof *names);
    LSA_TRY_MEMORY(names, "the groups of claims");
    for (ptrdiff_t k = 0; k < list->count; k++)
        names[k] = list->items[k]->text;
    *out = (lsa_claim_group){.name = key->text, .summary = summary->text, .count = list->count, .claims = names};
done:
    return status;
}

lsa_status lsa_claim_groups_read(lsa_arena *arena, lsa_shipped_claims *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *root = NULL;
    LSA_TRY(lsa_claim_file_parse(lsa_embedded_find(lsa_claim_files, lsa_claim_groups_file), arena, &root, err));
    lsa_claim_group *groups = lsa_arena_alloc(arena, (size_t)root->count, sizeof *groups);
    LSA_TRY_MEMORY(groups, "the groups of claims");
    for (ptrdiff_t k = 0; k < root->count; k++)
        LSA_TRY(read_group(root->keys[k], root->items[k], arena, &groups[k], err));
    out->groups = groups;
    out->n_groups = root->count;
done:
    return status;
}

const lsa_claim_group *lsa_claim_group_find(const lsa_shipped_claims *shipped, const char *name)
{
    for (ptrdiff_t k = 0; k < shipped->n_groups; k++)
        if (strcmp(shipped->groups[k].name, name) == 0)
            return &shipped->groups[k];
    return NULL;
}
