/* shipped.c - the statements that travel inside the program (models/statements, embedded by src/embed.cmake). */
#include "base/embedded.h"
#include "base/try.h"
#include "model/statement.h"
#include "model/suggest.h"
#include <string.h>

extern const lsa_embedded lsa_statement_files[];

/* In the order of the guide: from the reduced layer outwards. */
static const char *const shipped_names[] = {
    "merged", "full", "full-masked", "separate", "multihead", "multihead-separate", NULL};

const char *const *lsa_statement_shipped_names(void)
{
    return shipped_names;
}

bool lsa_statement_is_shipped(const lsa_statement *statement)
{
    for (const char *const *name = shipped_names; *name != NULL; name++)
        if (strcmp(*name, statement->name) == 0)
            return true;
    return false;
}

static lsa_status unknown_statement(const char *name, lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE], shown[LSA_FOUND_SIZE];
    lsa_suggestion best = lsa_suggestion_for(name);
    for (int k = 0; shipped_names[k] != NULL; k++)
        lsa_suggestion_offer(&best, shipped_names[k]);
    return lsa_error_set(err, LSA_ERR_INPUT, "no shipped statement is called '%s'%s", lsa_text_shown(name, shown),
                         lsa_suggestion_text(&best, hint));
}

lsa_status lsa_statement_shipped_tree(const char *name, lsa_arena *arena, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *file = lsa_arena_printf(arena, "%.64s.yaml", name);
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    LSA_TRY_MEMORY(file, "a statement");
    LSA_TRY_MEMORY(source, "a statement");
    const lsa_embedded *embedded = lsa_embedded_find(lsa_statement_files, file);
    if (embedded == NULL)
        return unknown_statement(name, err);
    *source = (lsa_source){.name = file, .text = embedded->text, .length = embedded->length};
    LSA_TRY(lsa_yaml_parse(source, arena, out, err));
done:
    return status;
}

lsa_status lsa_statement_shipped(const char *name, lsa_arena *arena, const lsa_statement **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *tree = NULL;
    LSA_TRY(lsa_statement_shipped_tree(name, arena, &tree, err));
    const char *kept = lsa_arena_printf(arena, "%s", name);
    LSA_TRY_MEMORY(kept, "a statement");
    LSA_TRY(lsa_statement_read(kept, tree, NULL, arena, out, err));
done:
    return status;
}
