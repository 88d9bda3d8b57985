/* changed.c - the tree of a model once more, changed and read again. */
#include "base/try.h"
#include "model/model.h"
#include "model/variant.h"

/* Changes that make the tree that of this run alone: its values of `vary`, no other run, no claim. */
static lsa_status own_changes(lsa_arena *arena, const lsa_provenance *origin, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    static const char *const alone[] = {"vary={}", "claims=[]"};
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < origin->n_varied; k++) {
        out[n] = lsa_arena_printf(arena, "%s=%s", origin->variations[k].key, origin->variations[k].value);
        LSA_TRY_MEMORY(out[n++], "a model beside this one");
    }
    for (size_t k = 0; k < sizeof alone / sizeof *alone; k++)
        out[n++] = alone[k];
done:
    return status;
}

lsa_status lsa_model_changed(const lsa_experiment *experiment, ptrdiff_t n, const char *const *changes, lsa_model **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_provenance *origin = experiment->origin;
    lsa_arena *arena = lsa_arena_create();
    const char **all = NULL;
    LSA_TRY_MEMORY(arena, "a model beside this one");
    if (origin == NULL) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the model was not read from keys: none of them can be changed");
        goto done;
    }
    const ptrdiff_t own = origin->n_varied + 2;
    all = lsa_arena_alloc(arena, (size_t)(own + n), sizeof *all);
    LSA_TRY_MEMORY(all, "a model beside this one");
    LSA_TRY(own_changes(arena, origin, all, err));
    for (ptrdiff_t k = 0; k < n; k++)
        all[own + k] = changes[k];
    const lsa_model_options options = {.n_overrides = own + n, .overrides = all};
    LSA_TRY(lsa_model_of_tree(origin->path, origin->root, &options, out, err));
    const double finer = experiment->flow.rtol / origin->experiment->flow.rtol;
    lsa_model_refine(*out, finer);
done:
    lsa_arena_destroy(arena);
    return status;
}
