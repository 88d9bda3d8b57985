/* yaml.c - libyaml's events, read into a tree.
 *
 * Invariant: `pending` holds the finished children of every open container, innermost last; a container's own children
 * are pending[start ..]. When it ends they move into the arena, so that memory is linear in the file.
 * The event interface is used because it gives exact positions in flow mappings, and lets nesting, aliases and tags be
 * refused at the first one met. */
#include "model/yaml.h"
#include "base/try.h"
#include "model/utf8.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct open_container {
    lsa_node *node;
    ptrdiff_t start;
} open_container;

typedef struct yaml_reader {
    const lsa_source *source;
    lsa_arena *arena;
    lsa_node **pending;
    ptrdiff_t n_pending, capacity;
    open_container open[LSA_YAML_DEPTH];
    int depth;
    ptrdiff_t n_nodes;
    int n_documents;
} yaml_reader;

/* An error at a mark of libyaml. */
static lsa_status error_at_mark(const yaml_reader *reader, yaml_mark_t mark, lsa_error *err, const char *message)
{
    if (reader->source->option)
        lsa_error_set(err, LSA_ERR_INPUT, "%s: %s", reader->source->name, message);
    else
        lsa_error_set(err, LSA_ERR_INPUT, "%s:%zu:%zu: %s", reader->source->name, mark.line + 1, mark.column + 1,
                      message);
    return LSA_ERR_INPUT;
}

static lsa_status push_pending(yaml_reader *reader, lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (reader->n_pending == reader->capacity) {
        const ptrdiff_t capacity = reader->capacity == 0 ? 64 : 2 * reader->capacity;
        lsa_node **grown = realloc(reader->pending, (size_t)capacity * sizeof *grown);
        LSA_TRY_MEMORY(grown, "the nodes of a model file");
        reader->pending = grown;
        reader->capacity = capacity;
    }
    reader->pending[reader->n_pending++] = node;
done:
    return status;
}

/* Makes a node at the event's start and hangs it into the innermost open container. */
static lsa_status add_node(yaml_reader *reader, const yaml_event_t *event, lsa_node_kind kind, lsa_node **out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (++reader->n_nodes > LSA_YAML_NODES)
        return error_at_mark(reader, event->start_mark, err, "more than 1000000 values in one file");
    lsa_node *node = lsa_arena_alloc(reader->arena, 1, sizeof *node);
    LSA_TRY_MEMORY(node, "the nodes of a model file");
    node->kind = kind;
    node->source = reader->source;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    node->parent = reader->depth > 0 ? reader->open[reader->depth - 1].node : NULL;
    LSA_TRY(push_pending(reader, node, err));
    *out = node;
done:
    return status;
}

static lsa_node_style style_of(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return LSA_STYLE_SINGLE;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return LSA_STYLE_DOUBLE;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        return LSA_STYLE_BLOCK;
    default:
        return LSA_STYLE_PLAIN;
    }
}

static lsa_status add_scalar(yaml_reader *reader, const yaml_event_t *event, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *node = NULL;
    const char *text = (const char *)event->data.scalar.value;
    if (event->data.scalar.tag != NULL)
        return error_at_mark(reader, event->start_mark, err, "tags (!...) are not allowed");
    if (strlen(text) != event->data.scalar.length)
        return error_at_mark(reader, event->start_mark, err, "a NUL character is not allowed");
    LSA_TRY(add_node(reader, event, LSA_NODE_SCALAR, &node, err));
    assert(node != NULL);
    node->style = style_of(event->data.scalar.style);
    node->length = event->data.scalar.length;
    node->text = lsa_arena_text(reader->arena, text, node->length);
    LSA_TRY_MEMORY(node->text, "the text of a model file");
done:
    return status;
}

static lsa_status open_node(yaml_reader *reader, const yaml_event_t *event, lsa_node_kind kind, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *node = NULL;
    const yaml_char_t *tag = kind == LSA_NODE_MAPPING ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const yaml_char_t *anchor =
        kind == LSA_NODE_MAPPING ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    if (tag != NULL)
        return error_at_mark(reader, event->start_mark, err, "tags (!...) are not allowed");
    if (anchor != NULL)
        return error_at_mark(reader, event->start_mark, err, "anchors (&...) are not allowed");
    if (reader->depth == LSA_YAML_DEPTH)
        return error_at_mark(reader, event->start_mark, err, "nested more than 32 deep");
    LSA_TRY(add_node(reader, event, kind, &node, err));
    reader->open[reader->depth].node = node;
    reader->open[reader->depth].start = reader->n_pending;
    reader->depth++;
done:
    return status;
}

/* Moves the children of the innermost container from `pending` into the arena. */
static lsa_status close_node(yaml_reader *reader, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const open_container *container = &reader->open[reader->depth - 1];
    lsa_node *node = container->node;
    assert(node != NULL);
    const bool mapping = node->kind == LSA_NODE_MAPPING;
    const ptrdiff_t n = reader->n_pending - container->start;
    node->count = mapping ? n / 2 : n;
    node->items = lsa_arena_alloc(reader->arena, (size_t)node->count, sizeof *node->items);
    LSA_TRY_MEMORY(node->items, "the nodes of a model file");
    node->keys = mapping ? lsa_arena_alloc(reader->arena, (size_t)node->count, sizeof *node->keys) : NULL;
    if (mapping)
        LSA_TRY_MEMORY(node->keys, "the nodes of a model file");
    for (ptrdiff_t k = 0; k < n; k++) {
        lsa_node *child = reader->pending[container->start + k];
        child->slot = mapping ? k / 2 : k;
        if (mapping && k % 2 == 0)
            node->keys[k / 2] = child;
        else
            node->items[child->slot] = child;
    }
    reader->n_pending = container->start;
    reader->depth--;
done:
    return status;
}

static lsa_status take_document(yaml_reader *reader, const yaml_event_t *event, lsa_error *err)
{
    if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
        return error_at_mark(reader, event->start_mark, err, "tag directives are not allowed");
    if (++reader->n_documents > 1)
        return error_at_mark(reader, event->start_mark, err, "a second document is not allowed");
    return LSA_OK;
}

static lsa_status take_event(yaml_reader *reader, const yaml_event_t *event, lsa_error *err)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return take_document(reader, event, err);
    case YAML_ALIAS_EVENT:
        return error_at_mark(reader, event->start_mark, err, "aliases (*...) are not allowed");
    case YAML_SCALAR_EVENT:
        if (event->data.scalar.anchor != NULL)
            return error_at_mark(reader, event->start_mark, err, "anchors (&...) are not allowed");
        return add_scalar(reader, event, err);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(reader, event, LSA_NODE_SEQUENCE, err);
    case YAML_MAPPING_START_EVENT:
        return open_node(reader, event, LSA_NODE_MAPPING, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_node(reader, err);
    default:
        return LSA_OK;
    }
}

static lsa_status parser_failure(const yaml_reader *reader, const yaml_parser_t *parser, lsa_error *err)
{
    char message[LSA_ERROR_CAPACITY / 4];
    if (parser->error == YAML_MEMORY_ERROR)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a model file");
    const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
    const bool with_context = parser->context != NULL;
    snprintf(message, sizeof message, "not valid YAML: %s%s%s", with_context ? parser->context : "",
             with_context ? ", " : "", problem);
    return error_at_mark(reader, parser->problem_mark, err, message);
}

static lsa_status read_events(yaml_reader *reader, yaml_parser_t *parser, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool more = true;
    while (more) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parser_failure(reader, parser, err);
        more = event.type != YAML_STREAM_END_EVENT;
        status = take_event(reader, &event, err);
        yaml_event_delete(&event);
        LSA_TRY(status);
    }
done:
    return status;
}

/* Size and characters, before libyaml sees the text: its own messages for these have no column. */
static lsa_status check_text(const lsa_source *source, lsa_error *err)
{
    if (source->length > LSA_YAML_BYTES)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: the file has %zu bytes, more than 16 MiB", source->name,
                             source->length);
    const lsa_utf8_fault fault = lsa_utf8_check(source->text, source->length);
    if (fault.what == NULL)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_INPUT, "%s:%d:%d: %s", source->name, fault.line, fault.column, fault.what);
}

/* Every key is a scalar, and no key occurs twice. Checked once the tree is whole, so that messages know the path. */
static lsa_status check_keys(const lsa_node *mapping, lsa_error *err)
{
    if (mapping->count > LSA_YAML_KEYS)
        return lsa_node_error(mapping->keys[LSA_YAML_KEYS], err, "more than 256 keys in one mapping");
    for (ptrdiff_t i = 0; i < mapping->count; i++) {
        if (mapping->keys[i]->kind != LSA_NODE_SCALAR)
            return lsa_node_error(mapping->keys[i], err, "a key must be a plain name, not a list or a mapping");
        for (ptrdiff_t j = 0; j < i; j++)
            if (strcmp(mapping->keys[i]->text, mapping->keys[j]->text) == 0)
                return lsa_node_error(mapping->keys[i], err, "duplicate key, first given in line %d",
                                      mapping->keys[j]->line);
    }
    return LSA_OK;
}

static lsa_status check_tree(const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (node->kind == LSA_NODE_MAPPING)
        LSA_TRY(check_keys(node, err));
    for (ptrdiff_t k = 0; k < node->count; k++)
        if (node->items[k]->kind != LSA_NODE_SCALAR)
            LSA_TRY(check_tree(node->items[k], err));
done:
    return status;
}

lsa_status lsa_yaml_parse(const lsa_source *source, lsa_arena *arena, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    yaml_parser_t parser;
    bool initialised = false;
    yaml_reader reader = {.source = source, .arena = arena};
    LSA_TRY(check_text(source, err));
    initialised = yaml_parser_initialize(&parser) != 0;
    if (!initialised) {
        status = lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the YAML reader");
        goto done;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)source->text, source->length);
    LSA_TRY(read_events(&reader, &parser, err));
    if (reader.n_documents == 0 || reader.n_pending == 0) {
        status =
            lsa_error_set(err, LSA_ERR_INPUT, "%s: the %s is empty", source->name, source->option ? "value" : "file");
        goto done;
    }
    LSA_TRY(check_tree(reader.pending[0], err));
    *out = reader.pending[0];
done:
    free(reader.pending);
    if (initialised)
        yaml_parser_delete(&parser);
    return status;
}
