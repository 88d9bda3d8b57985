/* shipped_claims.c - the claims that travel inside the program (models/claims, embedded by src/embed.cmake): one file a theorem or
 * lemma, each a file of claims like a user's own. */
#include "model/shipped_claims.h"

#include "base/try.h"
#include "model/claim_groups.h"
#include "model/schema.h"
#include <string.h>

enum { MOST_SHIPPED = 1000 };

/* The claims of one file, appended. */
static lsa_status read_file(const lsa_embedded *file, lsa_arena *arena, lsa_text_claim *all, ptrdiff_t *count,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *root = NULL;
    const lsa_text_claim *claims;
    ptrdiff_t n = 0;
    LSA_TRY(lsa_claim_file_parse(file, arena, &root, err));
    LSA_TRY(lsa_schema_check_key(root, "claims", err));
    LSA_TRY(lsa_claims_gather(arena, lsa_node_find(root, "claims"), &claims, &n, err));
    if (*count + n > MOST_SHIPPED)
        return lsa_node_error(root, err, "more than %d shipped claims", MOST_SHIPPED);
    for (ptrdiff_t k = 0; k < n; k++)
        all[(*count)++] = claims[k];
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
        if (strcmp(file->name, lsa_claim_groups_file) != 0)
            LSA_TRY(read_file(file, arena, all, &out->count, err));
    LSA_TRY(lsa_claim_groups_read(arena, out, err));
done:
    return status;
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
