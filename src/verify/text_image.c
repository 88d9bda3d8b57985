/* text_image.c - one image of a place. */
#include "verify/text_image.h"

#include "base/try.h"

/* The block of the same parameter for another head. */
static int block_of(const text_world *w, int k, const text_image *image)
{
    if (!image->permutes_heads || w->blocks[k].head == 0)
        return k;
    return k + image->head[w->blocks[k].head - 1] - (int)(w->blocks[k].head - 1);
}

/* Sides of dimension d in the other order. */
static lsa_status reorder(text_world *w, const text_block *b, const text_image *image, const formula_value *from,
                          const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *symbol = &w->experiment->statement->symbols[b->symbol];
    const formula_value **entries = lsa_arena_alloc(w->arena, (size_t)(b->rows * b->cols), sizeof *entries);
    LSA_TRY_MEMORY(entries, "an image");
    for (ptrdiff_t j = 0; j < b->cols; j++) {
        for (ptrdiff_t i = 0; i < b->rows; i++) {
            const ptrdiff_t row = symbol->rows == LSA_DIM_D ? image->coordinate[i] : i;
            const ptrdiff_t col = symbol->cols == LSA_DIM_D ? image->coordinate[j] : j;
            entries[i + j * b->rows] = formula_value_part(w->run.pool, from, row + col * b->rows, 1, 1);
        }
    }
    const formula_value *all = formula_value_join(w->run.pool, (int)(b->rows * b->cols), entries);
    *out = formula_value_part(w->run.pool, all, 0, b->rows, b->cols);
done:
    return status;
}

lsa_status text_image_apply(text_world *w, const text_image *image, const formula_value **blocks, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **before = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *before);
    LSA_TRY_MEMORY(before, "an image");
    for (int k = 0; k < w->n_blocks; k++)
        before[k] = blocks[k];
    for (int k = 0; k < w->n_blocks; k++) {
        blocks[k] = before[block_of(w, k, image)];
        if (image->permutes_coordinates)
            LSA_TRY(reorder(w, &w->blocks[k], image, blocks[k], &blocks[k], err));
        if (k < image->n_factors && image->factor[k] != 1.0)
            blocks[k] =
                formula_multiply(w->run.pool, formula_value_computed(w->run.pool, 1, 1, &image->factor[k]), blocks[k]);
    }
done:
    return status;
}
