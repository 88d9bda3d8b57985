/* claims.c - what is to be judged: names of published claims, claims of the file's own, and files of claims. */
#include "base/text.h"
#include "base/try.h"
#include "model/claim_groups.h"
#include "model/experiment.h"
#include "model/number.h"
#include "model/schema.h"
#include "model/shipped_claims.h"
#include "model/suggest.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Claims gathered from the list and the files that it names; files name no further files. */
typedef struct gathering {
    lsa_reading *reading;
    const lsa_model_options *options;
    ptrdiff_t n_names, n_texts, capacity; /* of either list */
    const char **names;
    lsa_text_claim *texts;
} gathering;

enum { MOST_CLAIMS = 1000 };

/* Room for one more in either list. */
static lsa_status make_room(gathering *g, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (g->n_names < g->capacity && g->n_texts < g->capacity)
        return LSA_OK;
    const ptrdiff_t capacity = 2 * g->capacity + 8;
    const char **names = lsa_arena_alloc(g->reading->arena, (size_t)capacity, sizeof *names);
    lsa_text_claim *texts = lsa_arena_alloc(g->reading->arena, (size_t)capacity, sizeof *texts);
    LSA_TRY_MEMORY(names, "the claims of a model");
    LSA_TRY_MEMORY(texts, "the claims of a model");
    for (ptrdiff_t k = 0; k < g->n_names; k++)
        names[k] = g->names[k];
    for (ptrdiff_t k = 0; k < g->n_texts; k++)
        texts[k] = g->texts[k];
    g->names = names;
    g->texts = texts;
    g->capacity = capacity;
done:
    return status;
}

static bool is_known(const gathering *g, const char *name)
{
    const lsa_model_options *options = g->options;
    for (ptrdiff_t k = 0; options != NULL && k < options->n_known_claims; k++)
        if (strcmp(options->known_claims[k], name) == 0)
            return true;
    return false;
}

/* The claims of a shipped group; *found false where there is none of that name. */
static lsa_status take_group(gathering *g, const char *name, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_shipped_claims shipped = {0};
    LSA_TRY(lsa_claim_groups_read(g->reading->arena, &shipped, err));
    const lsa_claim_group *group = lsa_claim_group_find(&shipped, name);
    *found = group != NULL;
    for (ptrdiff_t k = 0; *found && k < group->count; k++) {
        LSA_TRY(make_room(g, err));
        g->names[g->n_names++] = group->claims[k];
    }
done:
    return status;
}

static lsa_status unknown_claim(const gathering *g, const lsa_node *node, lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE], found[LSA_FOUND_SIZE];
    lsa_suggestion best = lsa_suggestion_for(node->text);
    for (ptrdiff_t k = 0; k < g->options->n_known_claims; k++)
        lsa_suggestion_offer(&best, g->options->known_claims[k]);
    return lsa_node_error(node, err, "found %s, expected the name of a claim%s", lsa_node_found(node, found),
                          lsa_suggestion_text(&best, hint));
}

/* A claim's name, or a group's. */
static lsa_status take_name(gathering *g, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool group = false;
    if (!is_known(g, node->text))
        LSA_TRY(take_group(g, node->text, &group, err));
    if (group)
        return LSA_OK;
    if (g->options != NULL && g->options->n_known_claims > 0 && !is_known(g, node->text))
        return unknown_claim(g, node, err);
    g->names[g->n_names++] = node->text;
done:
    return status;
}

/* ---------------------------------------------------------------- one claim */

static lsa_status read_assuming(gathering *g, const lsa_node *node, lsa_text_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node **list;
    if (node == NULL)
        return LSA_OK;
    const bool one = node->kind == LSA_NODE_SCALAR;
    out->n_assuming = one ? 1 : node->count;
    list = lsa_arena_alloc(g->reading->arena, (size_t)out->n_assuming, sizeof *list);
    LSA_TRY_MEMORY(list, "a claim");
    for (ptrdiff_t k = 0; k < out->n_assuming; k++)
        list[k] = one ? node : node->items[k];
    out->assuming = list;
done:
    return status;
}

/* "5%", "1e-3" */
static lsa_status read_within(const lsa_node *node, double *out, lsa_error *err)
{
    char text[64], found[LSA_FOUND_SIZE];
    *out = 0.0;
    if (node == NULL)
        return LSA_OK;
    const bool percent = node->length > 0 && node->length < sizeof text && node->text[node->length - 1] == '%';
    const size_t length = node->length < sizeof text ? node->length - percent : 0;
    memcpy(text, node->text, length);
    text[length] = '\0';
    if (!lsa_number_parse(text, out) || !(*out >= 0.0) || isinf(*out))
        return lsa_node_error(node, err, "found %s, expected a share >= 0 as 5%% or 1e-3", lsa_node_found(node, found));
    *out /= percent ? 100.0 : 1.0;
    return LSA_OK;
}

static lsa_status name_claim(gathering *g, const lsa_node *node, lsa_text_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    out->name = node != NULL ? node->text : lsa_arena_printf(g->reading->arena, "claim-%td", g->n_texts + 1);
    LSA_TRY_MEMORY(out->name, "a claim");
done:
    return status;
}

static const char *text_of(const lsa_node *node)
{
    return node != NULL ? node->text : "";
}

static lsa_status read_wrong(gathering *g, const lsa_node *list, lsa_text_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    out->n_wrong = list == NULL ? 0 : list->count;
    lsa_wrong_form *all = lsa_arena_alloc(g->reading->arena, (size_t)out->n_wrong, sizeof *all);
    LSA_TRY_MEMORY(all, "a claim");
    for (ptrdiff_t k = 0; k < out->n_wrong; k++) {
        const lsa_node *node = list->items[k];
        all[k].because = text_of(lsa_value_node(node, "claims.*.wrong.*.because"));
        all[k].model = text_of(lsa_value_node(node, "claims.*.wrong.*.model"));
        all[k].formula = lsa_value_node(node, "claims.*.wrong.*.claim");
        LSA_TRY(lsa_named_formulas_read(g->reading, lsa_value_node(node, "claims.*.wrong.*.where"), &all[k].n_where,
                                        &all[k].where, true, err));
    }
    out->wrong = all;
done:
    return status;
}

static unsigned read_up_to(const lsa_node *node)
{
    unsigned bits = 0;
    for (ptrdiff_t k = 0; node != NULL && node->kind == LSA_NODE_SEQUENCE && k < node->count; k++)
        bits |= 1U << lsa_choice_of(node->items[k], "claims.*.up_to.*");
    if (node != NULL && node->kind == LSA_NODE_SCALAR)
        bits = 1U << lsa_choice_of(node, "claims.*.up_to");
    return bits;
}

static lsa_convention read_convention(const lsa_node *node)
{
    return (lsa_convention){.loss = lsa_value_real(node, "claims.*.convention.loss"),
                            .normaliser = lsa_value_choice(node, "claims.*.convention.normalise"),
                            .sign = lsa_value_choice(node, "claims.*.convention.sign") == 0 ? 1.0 : -1.0};
}

static lsa_status take_claim(gathering *g, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text_claim *out = &g->texts[g->n_texts];
    const lsa_node *each = lsa_value_node(node, "claims.*.for");
    LSA_TRY(name_claim(g, lsa_value_node(node, "claims.*.name"), out, err));
    out->source = text_of(lsa_value_node(node, "claims.*.source"));
    out->summary = text_of(lsa_value_node(node, "claims.*.summary"));
    out->of_layer = lsa_value_choice(node, "claims.*.about") == 1;
    out->formula = lsa_value_node(node, "claims.*.claim");
    LSA_TRY(lsa_named_formulas_read(g->reading, lsa_value_node(node, "claims.*.where"), &out->n_where, &out->where,
                                    true, err));
    LSA_TRY(lsa_named_formulas_read(g->reading, lsa_value_node(node, "claims.*.at"), &out->n_at, &out->at, false, err));
    LSA_TRY(read_assuming(g, lsa_value_node(node, "claims.*.assuming"), out, err));
    out->each_test = each != NULL && each->kind == LSA_NODE_SCALAR;
    LSA_TRY(lsa_named_formulas_read(g->reading, out->each_test ? NULL : each, &out->n_each, &out->each, false, err));
    LSA_TRY(read_within(lsa_value_node(node, "claims.*.within"), &out->within, err));
    out->resolution = lsa_value_real(node, "claims.*.resolution");
    if (lsa_value_node(node, "claims.*.seeds") != NULL)
        out->seeds = (ptrdiff_t)lsa_value_real(node, "claims.*.seeds");
    out->resolution_is_own = lsa_value_node(node, "claims.*.resolution") != NULL;
    LSA_TRY(read_wrong(g, lsa_value_node(node, "claims.*.wrong"), out, err));
    out->scale = lsa_value_node(node, "claims.*.scale");
    out->up_to = read_up_to(lsa_value_node(node, "claims.*.up_to"));
    out->convention = read_convention(lsa_value_node(node, "claims.*.convention"));
    g->n_texts++;
done:
    return status;
}

/* ---------------------------------------------------------------- lists and files */

static bool is_path(const char *text)
{
    const size_t length = strlen(text);
    return length > 5 && strcmp(text + length - 5, ".yaml") == 0;
}

static lsa_status take_list(gathering *g, const lsa_node *list, bool files, lsa_error *err);

/* A file of claims holds the key `claims` and nothing else. */
static lsa_status take_file(gathering *g, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_node *root = NULL;
    lsa_text_init(&text);
    lsa_source *source = lsa_arena_alloc(g->reading->arena, 1, sizeof *source);
    LSA_TRY_MEMORY(source, "a file of claims");
    LSA_TRY(lsa_reading_path(g->reading, node, &source->name, err));
    LSA_TRY(lsa_text_read_file(&text, source->name, LSA_YAML_BYTES, err));
    source->length = text.length;
    source->text = lsa_arena_text(g->reading->arena, text.data == NULL ? "" : text.data, text.length);
    LSA_TRY_MEMORY(source->text, "a file of claims");
    LSA_TRY(lsa_yaml_parse(source, g->reading->arena, &root, err));
    LSA_TRY(lsa_schema_check_key(root, "claims", err));
    const lsa_node *list = lsa_node_find(root, "claims");
    if (list->kind != LSA_NODE_SEQUENCE) {
        status = lsa_node_error(list, err, "a file of claims holds a list of them");
        goto done;
    }
    LSA_TRY(take_list(g, list, false, err));
done:
    lsa_text_clear(&text);
    return status;
}

static lsa_status take_list(gathering *g, const lsa_node *list, bool files, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < list->count; k++) {
        const lsa_node *node = list->items[k];
        if (g->n_names + g->n_texts == MOST_CLAIMS)
            return lsa_node_error(node, err, "more than %d claims", MOST_CLAIMS);
        LSA_TRY(make_room(g, err));
        if (node->kind == LSA_NODE_MAPPING)
            LSA_TRY(take_claim(g, node, err));
        else if (files && is_path(node->text))
            LSA_TRY(take_file(g, node, err));
        else
            LSA_TRY(take_name(g, node, err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- the command line's */

static lsa_status option_node(gathering *g, const char *name, const char *text, size_t length, const lsa_node **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_source *source = lsa_arena_alloc(g->reading->arena, 1, sizeof *source);
    lsa_node *node = lsa_arena_alloc(g->reading->arena, 1, sizeof *node);
    LSA_TRY_MEMORY(source, "a claim");
    LSA_TRY_MEMORY(node, "a claim");
    node->text = lsa_arena_text(g->reading->arena, text, length);
    LSA_TRY_MEMORY(node->text, "a claim");
    *source = (lsa_source){.name = name, .text = node->text, .length = length, .option = true};
    node->kind = LSA_NODE_SCALAR;
    node->source = source;
    node->line = node->column = 1;
    node->length = length;
    *out = node;
done:
    return status;
}

/* "NAME = FORMULA" */
static lsa_status option_word(gathering *g, const char *text, lsa_named_formula *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *equals = strchr(text, '=');
    size_t end = equals == NULL ? 0 : (size_t)(equals - text), start = 0;
    while (start < end && text[start] == ' ')
        start++;
    while (end > start && text[end - 1] == ' ')
        end--;
    if (end == start)
        return lsa_error_set(err, LSA_ERR_USAGE, "--where '%.60s': expected NAME = FORMULA", text);
    out->name = lsa_arena_text(g->reading->arena, text + start, end - start);
    LSA_TRY_MEMORY(out->name, "a claim");
    LSA_TRY(option_node(g, "--where", equals + 1, strlen(equals + 1), &out->formula, err));
done:
    return status;
}

/* The formula of --claim with the words of --where. */
static lsa_status take_formula(gathering *g, const lsa_node *formula, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text_claim *out = &g->texts[g->n_texts++];
    lsa_named_formula *where = lsa_arena_alloc(g->reading->arena, (size_t)g->options->n_where, sizeof *where);
    LSA_TRY_MEMORY(where, "a claim");
    *out = (lsa_text_claim){.name = "claim",
                            .source = "",
                            .summary = "",
                            .formula = formula,
                            .n_where = g->options->n_where,
                            .where = where,
                            .resolution = lsa_value_real(NULL, "claims.*.resolution"),
                            .convention = read_convention(NULL)};
    for (ptrdiff_t k = 0; k < g->options->n_where; k++)
        LSA_TRY(option_word(g, g->options->where[k], &where[k], err));
done:
    return status;
}

static lsa_status take_option(gathering *g, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node;
    bool group = false;
    LSA_TRY(option_node(g, "--claim", g->options->claim, strlen(g->options->claim), &node, err));
    if (is_known(g, node->text))
        return take_name(g, node, err);
    LSA_TRY(take_group(g, node->text, &group, err));
    if (!group)
        LSA_TRY(take_formula(g, node, err));
done:
    return status;
}

lsa_status lsa_claims_read(lsa_reading *reading, const lsa_node *claims, const lsa_model_options *options,
                           lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    gathering g = {.reading = reading, .options = options};
    const bool one = options != NULL && options->claim != NULL;
    experiment->all_claims = !one && (claims == NULL || claims->kind == LSA_NODE_SCALAR);
    if (claims != NULL && claims->kind == LSA_NODE_SCALAR && strcmp(claims->text, "all") != 0)
        return lsa_node_error(claims, err, "found %s, expected all, or a list of claims",
                              lsa_node_found(claims, found));
    if (experiment->all_claims)
        return LSA_OK;
    LSA_TRY(make_room(&g, err));
    LSA_TRY(one ? take_option(&g, err) : take_list(&g, claims, true, err));
    experiment->claims = g.names;
    experiment->n_claims = g.n_names;
    experiment->text_claims = g.texts;
    experiment->n_text_claims = g.n_texts;
done:
    return status;
}

lsa_status lsa_claims_gather(lsa_arena *arena, const lsa_node *list, const lsa_text_claim **out, ptrdiff_t *count,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_reading reading = {.arena = arena};
    gathering g = {.reading = &reading};
    LSA_TRY(take_list(&g, list, false, err));
    *out = g.texts;
    *count = g.n_texts;
done:
    return status;
}
