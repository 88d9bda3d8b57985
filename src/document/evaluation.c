/* evaluation.c - loss and gradient at the initial parameters. */
#include "document/document.h"

#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>

lsa_status document_evaluate(lsa_study *study, document_evaluation *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (document_evaluation){0};
    LSA_TRY(lsa_study_program(study, &out->program, err));
    LSA_TRY(lsa_study_start(study, &out->parameters, err));
    out->gradient = lsa_vec_create(lsa_program_size(out->program));
    LSA_TRY_MEMORY(out->gradient, "the gradient");
    LSA_TRY(lsa_study_loss(study, out->parameters, &out->loss, err));
    LSA_TRY(lsa_study_gradient(study, out->parameters, out->gradient, err));
done:
    return status;
}

void document_evaluation_clear(document_evaluation *at)
{
    free(at->gradient);
}

void document_evaluation_json(const lsa_study *study, lsa_json *json, const document_evaluation *at)
{
    lsa_json_number(json, "loss", at->loss);
    document_state(study, json, "gradient", at->program, at->gradient, LSA_DETAIL_ALL);
    document_state(study, json, "parameters", at->program, at->parameters, LSA_DETAIL_ALL);
}
