/* answers.c - what every document says in the same way: a state, a reason in place of a number. */
#include "document/document.h"

#include "base/matrix.h"
#include "base/try.h"
#include <string.h>

void document_state(const lsa_study *study, lsa_json *json, const char *name, const lsa_program *program,
                    const double *state, lsa_detail detail)
{
    /* a state that the path did not keep is told as one that was not asked for */
    lsa_json_parameters(json, name, lsa_study_experiment(study)->statement, lsa_program_block_count(program),
                        lsa_program_block(program, 0), state, state != NULL ? detail : LSA_DETAIL_NONE);
}

lsa_status document_product(lsa_study *study, const double *state, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_reduced_view view;
    const ptrdiff_t d = lsa_study_experiment(study)->data.d;
    *out = NULL;
    LSA_TRY(lsa_study_program(study, &program, err));
    if (!lsa_study_is_reduced(study, program))
        goto done;
    LSA_TRY(lsa_study_reduced_view(study, program, &view, err));
    if ((view.px >= 0 && lsa_vec_norm(d, state + view.px) > 0) || (view.k >= 0 && lsa_vec_norm(d, state + view.k) > 0))
        goto done;
    *out = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(*out, "the product uU");
    lsa_vec_axpy(d * d, state[view.u], state + view.U, *out);
done:
    return status;
}

const double *document_scale_of(const lsa_setting *test)
{
    return test != NULL && test->covariance_is_scaled ? &test->covariance_scale : NULL;
}

lsa_status document_reason(lsa_arena *texts, lsa_status status, const lsa_error *story, const char **reason,
                           lsa_error *err)
{
    *reason = NULL;
    if (status == LSA_OK)
        return LSA_OK;
    if (!lsa_status_is_no_answer(status))
        return lsa_error_copy(err, status, story);
    *reason = lsa_arena_text(texts, story->text, strlen(story->text));
    return *reason != NULL ? LSA_OK : lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the reasons of the tests");
}
