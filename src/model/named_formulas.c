/* named_formulas.c - a mapping from names to formulas: `where`, `at`, `for`. */
#include "base/try.h"
#include "model/experiment.h"

lsa_status lsa_named_formulas_read(lsa_reading *reading, const lsa_node *mapping, ptrdiff_t *count,
                                   const lsa_named_formula **out, bool scalars, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    *count = mapping == NULL ? 0 : mapping->count;
    lsa_named_formula *list = lsa_arena_alloc(reading->arena, (size_t)*count, sizeof *list);
    LSA_TRY_MEMORY(list, "named formulas");
    for (ptrdiff_t k = 0; k < *count; k++) {
        list[k] = (lsa_named_formula){mapping->keys[k]->text, mapping->items[k]};
        if (scalars && mapping->items[k]->kind != LSA_NODE_SCALAR)
            return lsa_node_error(mapping->items[k], err, "found %s, expected a formula",
                                  lsa_node_found(mapping->items[k], found));
    }
    *out = list;
done:
    return status;
}
