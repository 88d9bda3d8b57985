/* cmd_explain.c - lsaflow explain: what a published claim says, from where, under which hypotheses, and how it is judged. */
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "formula/latex.h"
#include "model/claim_groups.h"
#include "model/shipped_claims.h"
#include "model/suggest.h"
#include "verify/claim_table.h"
#include <stdio.h>
#include <string.h>

/* A formula of the claim as LaTeX; the text of every formula that is shipped is one. */
static lsa_status latex_of(const lsa_node *formula, lsa_arena *arena, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_syntax_fault fault;
    const lsa_syntax *syntax = NULL;
    lsa_text text;
    lsa_text_init(&text);
    if (lsa_syntax_parse_formula(formula->text, arena, &syntax, &fault) == LSA_ERR_INPUT)
        LSA_TRY(lsa_node_error_at(formula, fault.offset, err, "%s", fault.message));
    LSA_TRY_MEMORY(syntax, "a formula");
    formula_latex(syntax, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : &text, "a formula");
    *out = lsa_arena_text(arena, text.data, text.length);
    LSA_TRY_MEMORY(*out, "a formula");
done:
    lsa_text_clear(&text);
    return status;
}

static const char *how_judged(const claim_entry *entry)
{
    if (entry->text == NULL)
        return entry->kind == CLAIM_SAMPLED ? "by the program, on sampled prompts"
               : entry->kind == CLAIM_EXACT ? "by the program, from two exact numbers"
                                            : "by the program, from numbers with their errors";
    return entry->text->each_test  ? "as a formula, once for each test (docs/formulas.md)"
           : entry->text->n_at > 0 ? "as a formula, at the point of its key `at` (docs/formulas.md)"
                                   : "as a formula, by its kind (docs/formulas.md)";
}

/* ---------------------------------------------------------------- as text */

static lsa_status print_formula(const char *indent, const char *left, const lsa_node *formula, lsa_arena *arena,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *latex;
    LSA_TRY(latex_of(formula, arena, &latex, err));
    printf("%s%s%s\n%s    %s\n", indent, left, formula->text, indent, latex);
done:
    return status;
}

static lsa_status print_words(const char *before, ptrdiff_t count, const lsa_named_formula *words, lsa_arena *arena,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < count; k++) {
        const char *left = lsa_arena_printf(arena, "%s%s = ", before, words[k].name);
        LSA_TRY_MEMORY(left, "a formula");
        LSA_TRY(print_formula("  ", left, words[k].formula, arena, err));
    }
done:
    return status;
}

static lsa_status print_wrong(const lsa_text_claim *text, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < text->n_wrong; k++) {
        const lsa_wrong_form *form = &text->wrong[k];
        printf("wrong: %s%s%s\n", form->because, form->model[0] != '\0' ? ", as seen on " : "", form->model);
        if (form->formula != NULL)
            LSA_TRY(print_formula("  ", "", form->formula, arena, err));
        LSA_TRY(print_words("where ", form->n_where, form->where, arena, err));
    }
done:
    return status;
}

static lsa_status print_text(const lsa_text_claim *text, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    printf(text->n_assuming > 0 ? "assuming:\n" : "");
    for (ptrdiff_t k = 0; k < text->n_assuming; k++)
        LSA_TRY(print_formula("  ", "", text->assuming[k], arena, err));
    printf("claim:\n");
    LSA_TRY(print_formula("  ", "", text->formula, arena, err));
    LSA_TRY(print_words("where ", text->n_where, text->where, arena, err));
    LSA_TRY(print_wrong(text, arena, err));
done:
    return status;
}

/* ---------------------------------------------------------------- as a document */

static lsa_status json_formula(lsa_json *json, const char *field, const lsa_node *formula, lsa_arena *arena,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *latex;
    LSA_TRY(latex_of(formula, arena, &latex, err));
    lsa_json_object(json, field);
    lsa_json_string(json, "text", formula->text);
    lsa_json_string(json, "latex", latex);
    lsa_json_end(json);
done:
    return status;
}

static lsa_status json_words(lsa_json *json, ptrdiff_t count, const lsa_named_formula *words, lsa_arena *arena,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_json_object(json, "where");
    for (ptrdiff_t k = 0; k < count; k++)
        LSA_TRY(json_formula(json, words[k].name, words[k].formula, arena, err));
    lsa_json_end(json);
done:
    return status;
}

static lsa_status json_text(lsa_json *json, const lsa_text_claim *text, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_json_array(json, "assuming");
    for (ptrdiff_t k = 0; k < text->n_assuming; k++)
        LSA_TRY(json_formula(json, NULL, text->assuming[k], arena, err));
    lsa_json_end(json);
    LSA_TRY(json_formula(json, "claim", text->formula, arena, err));
    LSA_TRY(json_words(json, text->n_where, text->where, arena, err));
    lsa_json_array(json, "wrong");
    for (ptrdiff_t k = 0; k < text->n_wrong; k++) {
        lsa_json_object(json, NULL);
        lsa_json_string(json, "because", text->wrong[k].because);
        lsa_json_string(json, "model", text->wrong[k].model);
        if (text->wrong[k].formula != NULL)
            LSA_TRY(json_formula(json, "claim", text->wrong[k].formula, arena, err));
        LSA_TRY(json_words(json, text->wrong[k].n_where, text->wrong[k].where, arena, err));
        lsa_json_end(json);
    }
    lsa_json_end(json);
done:
    return status;
}

/* ---------------------------------------------------------------- the command */

static lsa_status explain_claim(cli_run *run, const claim_entry *entry, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_claim *claim = &entry->claim;
    if (run->json != NULL) {
        lsa_json_string(run->json, "name", claim->name);
        lsa_json_string(run->json, "source", claim->source);
        lsa_json_string(run->json, "summary", claim->summary);
        lsa_json_string(run->json, "judged", how_judged(entry));
        if (entry->text != NULL)
            LSA_TRY(json_text(run->json, entry->text, run->reasons, err));
        goto done;
    }
    printf("%s: %s\nsource: %s\njudged: %s\n", claim->name, claim->summary, claim->source, how_judged(entry));
    if (entry->text != NULL)
        LSA_TRY(print_text(entry->text, run->reasons, err));
done:
    return status;
}

static void explain_group(cli_run *run, const lsa_claim_group *group)
{
    if (run->json != NULL) {
        lsa_json_string(run->json, "name", group->name);
        lsa_json_string(run->json, "summary", group->summary);
        lsa_json_array(run->json, "claims");
        for (ptrdiff_t k = 0; k < group->count; k++)
            lsa_json_string(run->json, NULL, group->claims[k]);
        lsa_json_end(run->json);
        return;
    }
    printf("%s: %s\nclaims:", group->name, group->summary);
    for (ptrdiff_t k = 0; k < group->count; k++)
        printf(" %s", group->claims[k]);
    printf("\n");
}

static lsa_status unknown(const char *name, const claim_table *table, const lsa_shipped_claims *shipped, lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE];
    lsa_suggestion best = lsa_suggestion_for(name);
    for (ptrdiff_t i = 0; i < table->count; i++)
        lsa_suggestion_offer(&best, table->entries[i].claim.name);
    for (ptrdiff_t i = 0; i < shipped->n_groups; i++)
        lsa_suggestion_offer(&best, shipped->groups[i].name);
    return lsa_error_set(err, LSA_ERR_INPUT, "no published claim is called '%.60s'%s", name,
                         lsa_suggestion_text(&best, hint));
}

lsa_status cli_explain(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *name = run->options->expression;
    const claim_table *table;
    lsa_shipped_claims shipped;
    LSA_TRY(claim_table_make(run->reasons, &table, err));
    LSA_TRY(lsa_shipped_claims_read(run->reasons, &shipped, err));
    const claim_entry *entry = claim_find(table, name);
    const lsa_claim_group *group = lsa_claim_group_find(&shipped, name);
    if (entry != NULL)
        LSA_TRY(explain_claim(run, entry, err));
    else if (group != NULL)
        explain_group(run, group);
    else
        status = unknown(name, table, &shipped, err);
done:
    return status;
}
