/* algebra.c - the table of symbols and the memory of a family of polynomials. */
#include "symbolic/algebra.h"
#include "base/try.h"
#include "symbolic/poly.h"
#include <stdlib.h>
#include <string.h>

/* Room for `more` further symbols; the arena keeps the old table, which is small. */
static lsa_status reserve(lsa_algebra *algebra, int more, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int capacity = 2 * (algebra->n_symbols + more);
    lsa_symbol *symbols = NULL;
    int *table = NULL;
    if (algebra->n_symbols + more <= algebra->capacity)
        goto done;
    symbols = lsa_arena_alloc(algebra->arena, (size_t)capacity, sizeof *symbols);
    LSA_TRY_MEMORY(symbols, "the symbols");
    table = lsa_arena_alloc(algebra->arena, 3 * (size_t)capacity, sizeof *table);
    LSA_TRY_MEMORY(table, "the symbols");
    if (algebra->n_symbols > 0) {
        const size_t bytes = (size_t)algebra->n_symbols * sizeof *table;
        memcpy(symbols, algebra->symbols, (size_t)algebra->n_symbols * sizeof *symbols);
        memcpy(table, algebra->meaning, bytes);
        memcpy(table + capacity, algebra->scale, bytes);
        memcpy(table + 2 * (ptrdiff_t)capacity, algebra->moment, bytes);
    }
    algebra->symbols = symbols;
    algebra->meaning = table;
    algebra->scale = table + capacity;
    algebra->moment = table + 2 * (ptrdiff_t)capacity;
    algebra->capacity = capacity;
done:
    return status;
}

lsa_status lsa_algebra_add_symbol(lsa_algebra *algebra, const lsa_symbol *symbol, int *id, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *name = NULL;
    LSA_TRY(reserve(algebra, 1, err));
    name = lsa_arena_text(algebra->arena, symbol->name, strlen(symbol->name));
    LSA_TRY_MEMORY(name, "a symbol");
    *id = algebra->n_symbols++;
    algebra->symbols[*id] = *symbol;
    algebra->symbols[*id].name = name;
    algebra->meaning[*id] = *id;
    algebra->scale[*id] = algebra->moment[*id] = -1;
done:
    return status;
}

/* The scalar that tr I is written with: the statement's own scalar of the dimension's name, or a new one. */
static lsa_status add_dim(lsa_algebra *algebra, lsa_dim dim, lsa_error *err)
{
    const lsa_symbol scalar = {.name = algebra->dims[dim], .kind = LSA_SYMBOL_SCALAR, .covariance = -1};
    const int known = lsa_algebra_find(algebra, scalar.name);
    lsa_status status = LSA_OK;
    algebra->dim_symbol[dim] = known;
    if (known < 0 || algebra->symbols[known].kind != LSA_SYMBOL_SCALAR)
        status = lsa_algebra_add_symbol(algebra, &scalar, &algebra->dim_symbol[dim], err);
    return status;
}

static lsa_status copy_statement(lsa_algebra *algebra, const lsa_statement *statement, lsa_error *err)
{
    lsa_status status = LSA_OK;
    algebra->samples = statement->samples;
    algebra->n_dims = statement->n_dims;
    algebra->dims = lsa_arena_alloc(algebra->arena, (size_t)statement->n_dims, sizeof *algebra->dims);
    LSA_TRY_MEMORY(algebra->dims, "the dimensions");
    algebra->dim_symbol = lsa_arena_alloc(algebra->arena, (size_t)statement->n_dims, sizeof *algebra->dim_symbol);
    LSA_TRY_MEMORY(algebra->dim_symbol, "the dimensions");
    for (int k = 0; k < statement->n_symbols; k++) {
        int id = -1;
        LSA_TRY(lsa_algebra_add_symbol(algebra, &statement->symbols[k], &id, err));
    }
    for (lsa_dim dim = 0; dim < statement->n_dims; dim++) {
        algebra->dims[dim] = lsa_arena_text(algebra->arena, statement->dims[dim], strlen(statement->dims[dim]));
        LSA_TRY_MEMORY(algebra->dims[dim], "the dimensions");
        algebra->dim_symbol[dim] = -1;
        if (dim != LSA_DIM_ONE)
            LSA_TRY(add_dim(algebra, dim, err));
    }
done:
    return status;
}

lsa_status lsa_algebra_create(const lsa_statement *statement, lsa_algebra **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_algebra *algebra = calloc(1, sizeof *algebra);
    LSA_TRY_MEMORY(algebra, "the algebra");
    algebra->arena = lsa_arena_create();
    LSA_TRY_MEMORY(algebra->arena, "the algebra");
    LSA_TRY(copy_statement(algebra, statement, err));
    *out = algebra;
    algebra = NULL;
done:
    lsa_algebra_destroy(algebra);
    return status;
}

void lsa_algebra_destroy(lsa_algebra *algebra)
{
    if (algebra == NULL)
        return;
    for (lsa_poly *poly = algebra->polys; poly != NULL; poly = poly->next)
        for (ptrdiff_t k = 0; k < poly->n; k++)
            lsa_rational_clear(&poly->items[k].coefficient);
    lsa_arena_destroy(algebra->arena);
    free(algebra);
}

int lsa_algebra_find(const lsa_algebra *algebra, const char *name)
{
    for (int id = 0; id < algebra->n_symbols; id++)
        if (strcmp(algebra->symbols[id].name, name) == 0)
            return id;
    return -1;
}

void lsa_algebra_start_work(lsa_algebra *algebra)
{
    algebra->effort = 0;
    algebra->kept = lsa_arena_size(algebra->arena);
}

lsa_status lsa_algebra_spend(lsa_algebra *algebra, int64_t effort, lsa_error *err)
{
    algebra->effort += effort;
    if (algebra->effort > LSA_MAX_EFFORT)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "its terms take more than %lld steps of work, the most that this engine does",
                             (long long)LSA_MAX_EFFORT);
    return LSA_OK;
}

lsa_status lsa_algebra_hold(lsa_algebra *algebra, size_t bytes, lsa_error *err)
{
    algebra->held += bytes;
    if (lsa_arena_size(algebra->arena) - algebra->kept + algebra->held > LSA_MAX_BYTES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "its terms fill more than %d MiB, the most that this engine keeps",
                             (int)(LSA_MAX_BYTES >> 20));
    return LSA_OK;
}

void lsa_algebra_let(lsa_algebra *algebra, int symbol, int meaning)
{
    algebra->meaning[symbol] = meaning;
}

int lsa_algebra_meaning(const lsa_algebra *algebra, int symbol)
{
    return algebra->meaning[symbol];
}

int lsa_algebra_symbol_count(const lsa_algebra *algebra)
{
    return algebra->n_symbols;
}

const lsa_symbol *lsa_algebra_symbol(const lsa_algebra *algebra, int id)
{
    return &algebra->symbols[id];
}

const char *lsa_algebra_dim_name(const lsa_algebra *algebra, lsa_dim dim)
{
    return algebra->dims[dim];
}

int lsa_algebra_dim_count(const lsa_algebra *algebra)
{
    return algebra->n_dims;
}
