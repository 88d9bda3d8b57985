/* node.c - where a node stands and what it is, for messages.
 *
 * Positions inside a scalar: the k-th character of its value that is no blank is the k-th of its source, whatever
 * folding and quoting did to the blanks between. */
#include "base/text.h"
#include "model/utf8.h"
#include "model/yaml.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

lsa_node *lsa_node_find(const lsa_node *mapping, const char *key)
{
    for (ptrdiff_t i = 0; i < mapping->count; i++)
        if (mapping->keys[i]->kind == LSA_NODE_SCALAR && strcmp(mapping->keys[i]->text, key) == 0)
            return mapping->items[i];
    return NULL;
}

bool lsa_node_is_null(const lsa_node *node)
{
    if (node->kind != LSA_NODE_SCALAR || node->style != LSA_STYLE_PLAIN)
        return false;
    return node->length == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0;
}

/* Appends to a buffer of `size`, cutting at its end; never splits the terminator away. */
static void append(char *buffer, size_t size, const char *text)
{
    const size_t used = strlen(buffer);
    snprintf(buffer + used, size - used, "%s", text);
}

char *lsa_node_path(const lsa_node *node, char buffer[LSA_PATH_SIZE])
{
    const lsa_node *chain[2 * LSA_YAML_DEPTH];
    int n = 0;
    for (const lsa_node *at = node; at->parent != NULL && n < 2 * LSA_YAML_DEPTH; at = at->parent)
        chain[n++] = at;
    buffer[0] = '\0';
    for (int k = n - 1; k >= 0; k--) {
        char step[LSA_FOUND_SIZE];
        const lsa_node *parent = chain[k]->parent;
        if (parent->kind == LSA_NODE_SEQUENCE)
            snprintf(step, sizeof step, "%td", chain[k]->slot);
        else if (parent->keys == NULL || parent->keys[chain[k]->slot]->kind != LSA_NODE_SCALAR)
            snprintf(step, sizeof step, "?");
        else
            lsa_text_shown(parent->keys[chain[k]->slot]->text, step);
        append(buffer, LSA_PATH_SIZE, k == n - 1 ? "" : ".");
        append(buffer, LSA_PATH_SIZE, step);
    }
    return buffer;
}

const char *lsa_text_shown(const char *text, char buffer[LSA_FOUND_SIZE])
{
    const size_t room = LSA_FOUND_SIZE - 8; /* quotes, dots and the terminator of the callers */
    const size_t length = strlen(text);
    size_t used = 0, k = 0;
    while (k < length) {
        const size_t n = lsa_utf8_length(text + k, length - k);
        const size_t step = n == 0 ? 1 : n;
        if (used + step > room) {
            memcpy(buffer + used, "...", 3);
            used += 3;
            break;
        }
        const bool control = (unsigned char)text[k] < 0x20 || text[k] == 0x7F || n == 0 ||
                             (n == 2 && (unsigned char)text[k] == 0xC2 && (unsigned char)text[k + 1] < 0xA0);
        if (control)
            buffer[used++] = '?';
        else
            memcpy(buffer + used, text + k, step);
        used += control ? 0 : step;
        k += step;
    }
    buffer[used] = '\0';
    return buffer;
}

const char *lsa_node_found(const lsa_node *node, char buffer[LSA_FOUND_SIZE])
{
    char shown[LSA_FOUND_SIZE];
    if (node->kind == LSA_NODE_SEQUENCE)
        return "a list";
    if (node->kind == LSA_NODE_MAPPING)
        return "a mapping";
    if (lsa_node_is_null(node))
        return "nothing";
    lsa_text_shown(node->text, shown);
    snprintf(buffer, LSA_FOUND_SIZE, "'%.*s'", LSA_FOUND_SIZE - 3, shown);
    return buffer;
}

static void report(const lsa_node *node, int line, int column, lsa_error *err, const char *message)
{
    char path[LSA_PATH_SIZE], place[32] = "";
    lsa_node_path(node, path);
    if (!node->source->option)
        snprintf(place, sizeof place, ":%d:%d", line, column);
    lsa_error_set(err, LSA_ERR_INPUT, "%s%s: %s%s%s", node->source->name, place, path, path[0] ? ": " : "", message);
}

void lsa_node_report(const lsa_node *node, lsa_error *err, const char *format, ...)
{
    char message[LSA_ERROR_CAPACITY / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    report(node, node->line, node->column, err, message);
}

const char *lsa_node_place(const lsa_node *node, lsa_arena *arena)
{
    char path[LSA_PATH_SIZE];
    lsa_node_path(node, path);
    if (node->source->option)
        return lsa_arena_printf(arena, "%s: %s", node->source->name, path);
    return lsa_arena_printf(arena, "%s:%d:%d: %s", node->source->name, node->line, node->column, path);
}

typedef struct place {
    int line, column;
} place;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Moves over one byte of the source. Continuation bytes are no characters of their own. */
static void step_place(place *at, char c)
{
    if (c == '\n') {
        at->line++;
        at->column = 1;
    } else if (((unsigned char)c & 0xC0) != 0x80) {
        at->column++;
    }
}

/* The byte of the source at which the node starts: found by counting, as only messages need it. */
static size_t start_of(const lsa_node *node)
{
    place at = {1, 1};
    size_t k = 0;
    while (k < node->source->length && (at.line < node->line || (at.line == node->line && at.column < node->column)))
        step_place(&at, node->source->text[k++]);
    return k;
}

/* Bytes of one written character of the scalar: '' and \x are two bytes for one. *blank: it stands for a blank. */
static size_t written_length(const lsa_node *node, size_t k, bool *blank)
{
    const char *text = node->source->text;
    const bool has_next = k + 1 < node->source->length;
    *blank = is_blank(text[k]);
    if (has_next && node->style == LSA_STYLE_SINGLE && text[k] == '\'')
        return 2;
    if (has_next && node->style == LSA_STYLE_DOUBLE && text[k] == '\\') {
        *blank = strchr("nt rN_LP\n\t", text[k + 1]) != NULL;
        return text[k + 1] == 'x' ? 4 : text[k + 1] == 'u' ? 6 : text[k + 1] == 'U' ? 10 : 2;
    }
    return 1;
}

static place place_of(const lsa_node *node, size_t offset)
{
    const lsa_source *source = node->source;
    place at = {node->line, node->column};
    size_t wanted = 0;
    for (size_t k = 0; k < offset && k < node->length; k++)
        wanted += !is_blank(node->text[k]) && ((unsigned char)node->text[k] & 0xC0) != 0x80;
    size_t k = start_of(node);
    if (node->style == LSA_STYLE_SINGLE || node->style == LSA_STYLE_DOUBLE)
        step_place(&at, source->text[k++]);
    while (node->style == LSA_STYLE_BLOCK && k < source->length && at.line == node->line)
        step_place(&at, source->text[k++]);
    while (k < source->length) {
        bool blank = false;
        const size_t n = written_length(node, k, &blank);
        const bool continuation = ((unsigned char)source->text[k] & 0xC0) == 0x80;
        if (!blank && !continuation && wanted-- == 0)
            break;
        for (size_t j = 0; j < n && k < source->length; j++)
            step_place(&at, source->text[k++]);
    }
    return at;
}

void lsa_node_report_at(const lsa_node *node, size_t offset, lsa_error *err, const char *format, ...)
{
    char message[LSA_ERROR_CAPACITY / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const place at = place_of(node, offset);
    report(node, at.line, at.column, err, message);
}

void lsa_node_write(const lsa_node *value, lsa_text *text)
{
    enum { LONGEST = 200 };
    const bool mapping = value->kind == LSA_NODE_MAPPING;
    char shown[LSA_FOUND_SIZE];
    if (value->kind == LSA_NODE_SCALAR) {
        lsa_text_add(text, lsa_text_shown(value->text, shown));
        return;
    }
    lsa_text_add(text, mapping ? "{" : "[");
    for (ptrdiff_t k = 0; k < value->count; k++) {
        lsa_text_add(text, k > 0 ? ", " : "");
        if (text->length > LONGEST) {
            lsa_text_add(text, "...");
            break;
        }
        if (mapping)
            lsa_text_printf(text, "%s: ", lsa_text_shown(value->keys[k]->text, shown));
        lsa_node_write(value->items[k], text);
    }
    lsa_text_add(text, mapping ? "}" : "]");
}
