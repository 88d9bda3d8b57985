/* best.c - the least loss of a statement that theory does not know, or what bounds it. */
#include "document/document.h"

#include "base/try.h"
#include "verify/least_loss.h"
#include <math.h>

lsa_status document_find_lowest(lsa_study *study, lsa_arena *texts, document_lowest *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (document_lowest){.minimum = (double)NAN};
    LSA_TRY(least_loss_find(study, texts, &out->minimum, &out->point, err));
    if (isnan(out->minimum))
        LSA_TRY(many_starts_run(study, texts, &out->found, err));
done:
    return status;
}

const double *document_lowest_point(const document_lowest *lowest)
{
    return lowest->found.count > 0 ? lowest->found.ends[0].state : lowest->point;
}

static void json_ends(lsa_json *json, const many_ends *found)
{
    lsa_json_array(json, "ends");
    for (ptrdiff_t k = 0; k < found->count; k++) {
        const many_end *end = &found->ends[k];
        lsa_json_object(json, NULL);
        lsa_json_number(json, "loss", end->loss);
        lsa_json_string(json, "kind", lsa_kind_text(end->kind));
        lsa_json_integer(json, "starts", end->starts);
        lsa_json_number(json, "share", (double)end->starts / (double)found->starts);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}

static void json_point(lsa_study *study, lsa_json *json, const lsa_program *program, const double *point)
{
    document_state(study, json, "parameters", program, point,
                   document_flow_detail(lsa_study_experiment(study), program, point, 1));
}

lsa_status document_lowest_json(lsa_study *study, lsa_json *json, const document_lowest *lowest, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const many_ends *found = &lowest->found;
    const lsa_quantity minimum = {lowest->minimum,
                                  "no form of this loss says which minimum is global; the lowest end of many starts "
                                  "bounds it from above"};
    LSA_TRY(lsa_study_program(study, &program, err));
    lsa_json_object(json, "minimum");
    lsa_json_quantity(json, "loss", minimum);
    if (lowest->point != NULL)
        json_point(study, json, program, lowest->point);
    lsa_json_end(json);
    if (found->count == 0)
        return LSA_OK;
    lsa_json_object(json, "best");
    lsa_json_number(json, "loss", found->ends[0].loss);
    lsa_json_integer(json, "starts", found->starts);
    lsa_json_integer(json, "failed", found->failed);
    lsa_json_integer(json, "distinct_ends", found->count);
    json_ends(json, found);
    json_point(study, json, program, found->ends[0].state);
    lsa_json_end(json);
done:
    return status;
}
