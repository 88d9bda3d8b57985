/* shipped_claims.c - the claims that travel inside the program (models/claims, embedded by src/embed.cmake): one file a theorem or
 * lemma, each a file of claims like a user's own; and groups.yaml, names for several claims at once. */
#include "model/shipped_claims.h"

#include "base/embedded.h"
#include "base/try.h"
#include "model/schema.h"
#include <string.h>

extern const lsa_embedded lsa_claim_files[];

static const char groups_file[] = "groups.yaml";

enum { MOST_SHIPPED = 1000 };

static lsa_status parse(const lsa_embedded *file, lsa_arena *arena, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    LSA_TRY_MEMORY(source, "the shipped claims");
    *source = (lsa_source){.name = file->name, .text = file->text, .length = file->length};
    LSA_TRY(lsa_yaml_parse(source, arena, out, err));
done:
    return status;
}

/* The claims of one file, appended. */
static lsa_status read_file(const lsa_embedded *file, lsa_arena *arena, lsa_text_claim *all, ptrdiff_t *count,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *root = NULL;
    const lsa_text_claim *claims;
    ptrdiff_t n = 0;
    LSA_TRY(parse(file, arena, &root, err));
    LSA_TRY(lsa_schema_check_key(root, "claims", err));
    LSA_TRY(lsa_claims_gather(arena, lsa_node_find(root, "claims"), &claims, &n, err));
    if (*count + n > MOST_SHIPPED)
        return lsa_node_error(root, err, "more than %d shipped claims", MOST_SHIPPED);
    for (ptrdiff_t k = 0; k < n; k++)
        all[(*count)++] = claims[k];
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

static lsa_status read_groups(lsa_arena *arena, lsa_shipped_claims *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *root = NULL;
    LSA_TRY(parse(lsa_embedded_find(lsa_claim_files, groups_file), arena, &root, err));
    lsa_claim_group *groups = lsa_arena_alloc(arena, (size_t)root->count, sizeof *groups);
    LSA_TRY_MEMORY(groups, "the groups of claims");
    for (ptrdiff_t k = 0; k < root->count; k++)
        LSA_TRY(read_group(root->keys[k], root->items[k], arena, &groups[k], err));
    out->groups = groups;
    out->n_groups = root->count;
done:
    return status;
}

lsa_status lsa_shipped_claims_read(lsa_arena *arena, lsa_shipped_claims *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text_claim *all = lsa_arena_alloc(arena, MOST_SHIPPED, sizeof *all);
    *out = (lsa_shipped_claims){.claims = all};
    LSA_TRY_MEMORY(all, "the shipped claims");
    for (const lsa_embedded *file = lsa_claim_files; file->name != NULL; file++)
        if (strcmp(file->name, groups_file) != 0)
            LSA_TRY(read_file(file, arena, all, &out->count, err));
    LSA_TRY(read_groups(arena, out, err));
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

/* ---------------------------------------------------------------- wrong forms */

static const lsa_node *word_of(const lsa_wrong_form *form, const lsa_named_formula *word)
{
    for (ptrdiff_t k = 0; k < form->n_where; k++)
        if (strcmp(form->where[k].name, word->name) == 0)
            return form->where[k].formula;
    return word->formula;
}

lsa_status lsa_wrong_claim(lsa_arena *arena, const lsa_text_claim *claim, const lsa_wrong_form *form,
                           lsa_text_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_named_formula *where = lsa_arena_alloc(arena, (size_t)claim->n_where, sizeof *where);
    LSA_TRY_MEMORY(where, "a wrong form");
    for (ptrdiff_t k = 0; k < claim->n_where; k++)
        where[k] = (lsa_named_formula){claim->where[k].name, word_of(form, &claim->where[k])};
    *out = *claim;
    out->where = where;
    out->formula = form->formula != NULL ? form->formula : claim->formula;
done:
    return status;
}
