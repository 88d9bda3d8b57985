/* trajectory_table.c - a run as rows of numbers: time, loss, gap, action and the parameters, entry by entry. */
#include "report/report.h"

#include "base/text.h"
#include "lsaflow/arena.h"
#include "report/shape.h"
#include "report/values.h"

#include <stdlib.h>

enum { FIXED = 4 }; /* time, loss, gap, action */

/* Calls visit(context, block, i, j) for every entry to be written, row by row within a block. */
typedef void (*entry_visitor)(void *context, const lsa_block *block, lsa_shape shape, ptrdiff_t i, ptrdiff_t j);

static void visit_entries(const lsa_statement *statement, ptrdiff_t n_blocks, const lsa_block *blocks,
                          lsa_detail detail, entry_visitor visit, void *context)
{
    if (detail == LSA_DETAIL_NONE)
        return;
    for (ptrdiff_t k = 0; k < n_blocks; ++k) {
        const lsa_block *block = &blocks[k];
        const bool diagonal = lsa_shape_is_diagonal(statement, block, detail);
        const lsa_shape shape = lsa_shape_of(statement, block);
        for (ptrdiff_t i = 0; i < block->rows; ++i)
            for (ptrdiff_t j = diagonal ? i : 0; j < (diagonal ? i + 1 : block->cols); ++j)
                visit(context, block, shape, i, j);
    }
}

/* Names of the entries, made one after the other; columns NULL: only counted. */
typedef struct header_builder {
    lsa_arena *arena;
    lsa_table_column *columns;
    ptrdiff_t count;
    bool failed;
} header_builder;

static void add_entry_name(void *context, const lsa_block *block, lsa_shape shape, ptrdiff_t i, ptrdiff_t j)
{
    header_builder *builder = context;
    const ptrdiff_t k = builder->count++;
    if (builder->columns == NULL)
        return;
    lsa_text name;
    lsa_text_init(&name);
    lsa_text_add(&name, block->name);
    if (block->family)
        lsa_text_printf(&name, "[%td]", block->head + 1);
    if (shape != LSA_SHAPE_SCALAR)
        lsa_text_printf(&name, "[%td]", i + 1);
    if (shape == LSA_SHAPE_MATRIX)
        lsa_text_printf(&name, "[%td]", j + 1);
    if (!name.failed)
        builder->columns[k].name = lsa_arena_text(builder->arena, name.data, name.length);
    builder->failed = builder->failed || builder->columns[k].name == NULL;
    lsa_text_clear(&name);
}

typedef struct row_builder {
    lsa_table *table;
    const double *state;
} row_builder;

static void add_entry(void *context, const lsa_block *block, lsa_shape shape, ptrdiff_t i, ptrdiff_t j)
{
    const row_builder *builder = context;
    (void)shape;
    lsa_table_number(builder->table, builder->state[block->offset + i + j * block->rows]);
}

/* An empty table with its header; NULL when memory is out. */
static lsa_table *create_with_header(const lsa_statement *statement, ptrdiff_t n_blocks, const lsa_block *blocks,
                                     lsa_detail detail)
{
    static const char *const fixed[FIXED] = {"time", "loss", "gap", "action"};
    lsa_table *table = NULL;
    header_builder builder = {.arena = lsa_arena_create(), .count = FIXED};
    if (builder.arena == NULL)
        return NULL;
    visit_entries(statement, n_blocks, blocks, detail, add_entry_name, &builder);
    builder.columns = lsa_arena_alloc(builder.arena, (size_t)builder.count, sizeof *builder.columns);
    if (builder.columns != NULL) {
        for (ptrdiff_t k = 0; k < FIXED; ++k)
            builder.columns[k].name = fixed[k];
        builder.count = FIXED;
        visit_entries(statement, n_blocks, blocks, detail, add_entry_name, &builder);
        if (!builder.failed)
            table = lsa_table_create(builder.count, builder.columns);
    }
    lsa_arena_destroy(builder.arena);
    return table;
}

lsa_table *lsa_report_trajectory_table(const lsa_report_flow *flow, const lsa_statement *statement, ptrdiff_t n_blocks,
                                       const lsa_block *blocks, const double *const *states, lsa_detail detail)
{
    const lsa_detail written = states != NULL ? detail : LSA_DETAIL_NONE;
    lsa_table *table = create_with_header(statement, n_blocks, blocks, written);
    for (ptrdiff_t i = 0; i < flow->count; ++i) {
        lsa_table_number(table, lsa_value_at(flow->time, i));
        lsa_table_number(table, lsa_value_at(flow->loss, i));
        lsa_table_number(table, lsa_value_at(flow->gap, i));
        lsa_table_number(table, lsa_value_at(flow->action, i));
        row_builder builder = {table, states != NULL ? states[i] : NULL};
        visit_entries(statement, n_blocks, blocks, written, add_entry, &builder);
    }
    return table;
}
