/* claims_conserved.c - what linear symmetries of the derived loss conserve, along the flow. */
#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "verify/claim.h"
#include "verify/conserved.h"
#include <math.h>
#include <stdlib.h>

typedef struct drift_search {
    path_number worst;
    double size; /* of the terms that it is a difference of */
} drift_search;

static lsa_status search_drift(const conserved_list *list, ptrdiff_t k, const flow_path *path, drift_search *found,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = list->all[k].side * list->all[k].side;
    double size, other_size, *numbers = lsa_vec_create(3 * n);
    LSA_TRY_MEMORY(numbers, "the conserved quantities");
    double *start = numbers, *now = numbers + n, *other = numbers + 2 * n, largest = 0.0;
    conserved_value(list, k, path_sample(path, 0).state, start, &largest);
    for (ptrdiff_t i = 1; i < path->count; i++) {
        conserved_value(list, k, path_sample(path, i).state, now, &size);
        if (path->coarse != NULL)
            conserved_value(list, k, lsa_trajectory_sample(path->coarse, i).state, other, &other_size);
        largest = fmax(largest, size);
        for (ptrdiff_t e = 0; e < n; e++) {
            const path_number drift = path_number_of(path, now[e] - start[e], other[e] - start[e], largest);
            if (path_take_worst(&found->worst, drift))
                found->size = largest;
        }
    }
done:
    free(numbers);
    return status;
}

static void list_formulas(const conserved_list *list, lsa_claim_result *result)
{
    lsa_text text;
    lsa_text_init(&text);
    for (ptrdiff_t k = 0; k < list->count; k++)
        lsa_text_printf(&text, "%s%s", k > 0 ? ", " : "", list->all[k].formula);
    if (!text.failed && text.data != NULL)
        claim_why(result, "%s", text.data);
    lsa_text_clear(&text);
}

lsa_status claim_conserved(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    flow_path path;
    conserved_list list = {.count = 0};
    drift_search found = {.worst = PATH_NONE};
    LSA_TRY(claim_add(context, &result, err));
    if (claim_is_known(context, result, "balanced, heads-conserved"))
        goto done;
    LSA_TRY(lsa_study_path(context->study, &path, err));
    if (path.count == 0 || path_sample(&path, 0).state == NULL) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the path did not keep its parameters");
        goto done;
    }
    LSA_TRY(conserved_find(context->study, &list, err));
    if (list.count == 0) {
        claim_why(result, "the derived loss has no such symmetry");
        goto done;
    }
    for (ptrdiff_t k = 0; k < list.count; k++)
        LSA_TRY(search_drift(&list, k, &path, &found, err));
    claim_equal(result, 0.0, found.worst.value, found.worst.error);
    claim_scale(result, found.size);
    if (result->verdict == LSA_VERDICT_HOLDS)
        list_formulas(&list, result);
done:
    conserved_clear(&list);
    return status;
}
