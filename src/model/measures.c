/* measures.c - the columns of a sweep: texts with their places, which the sweep gives a meaning. */
#include "base/try.h"
#include "model/experiment.h"

lsa_status lsa_measures_read(lsa_reading *reading, const lsa_node *measure, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    const ptrdiff_t count = measure == NULL ? 0 : measure->count;
    lsa_named_formula *list = lsa_arena_alloc(reading->arena, (size_t)count, sizeof *list);
    LSA_TRY_MEMORY(list, "the columns of a sweep");
    for (ptrdiff_t k = 0; k < count; k++) {
        const lsa_node *formula = measure->items[k];
        list[k] = (lsa_named_formula){measure->keys[k]->text, formula};
        if (formula->kind != LSA_NODE_SCALAR || lsa_node_is_null(formula))
            return lsa_node_error(formula, err, "found %s, expected a formula or the name of a claim",
                                  lsa_node_found(formula, found));
    }
    experiment->n_measures = count;
    experiment->measures = list;
done:
    return status;
}
