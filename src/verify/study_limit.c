/* study_limit.c - the predicted limit of a study, with what its start keeps where the loss does not see it. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include "verify/limit_point.h"
#include <stdlib.h>
#include <string.h>

lsa_status lsa_study_require_limit(lsa_study *study, const lsa_setting *test, lsa_error *err)
{
    const double *kept;
    return study_kept_seen_by(study, test, &kept, err);
}

lsa_status lsa_study_limit_is_known(lsa_study *study, const char **why, lsa_error *err)
{
    const study_kept *kept;
    const lsa_status status = study_kept_of(study, &kept, err);
    *why = status == LSA_OK && kept->any ? kept->why : NULL;
    return status;
}

lsa_status lsa_study_trained_product(lsa_study *study, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const study_kept *kept;
    const ptrdiff_t d = study->experiment->data.d;
    LSA_TRY(study_kept_of(study, &kept, err));
    if (kept->any && kept->why != NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the training loss does not see all of uU, and the limit of the rest is "
                             "not known from this start: %s",
                             kept->why);
    LSA_TRY(lsa_study_product(study, out, err));
    if (kept->any)
        lsa_vec_axpy(d * d, 1.0, kept->product, out);
done:
    return status;
}

/* Where the start keeps something and its limit is known, every head stands there. */
static void place_kept(const lsa_study *study, const study_kept *kept, double *limit)
{
    const ptrdiff_t square = study->experiment->data.d * study->experiment->data.d;
    if (!kept->any || kept->why != NULL)
        return;
    for (ptrdiff_t head = 0; head < study->experiment->data.heads; head++) {
        const lsa_head_blocks blocks = lsa_program_head(study->program, head);
        limit[blocks.u->offset] = kept->u;
        memcpy(limit + blocks.U->offset, kept->U, (size_t)square * sizeof *limit);
    }
}

lsa_status lsa_study_limit(lsa_study *study, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const study_kept *kept;
    double *limit = NULL, *A = NULL;
    if (study->limit == NULL) {
        LSA_TRY(lsa_study_program(study, &program, err));
        limit = lsa_vec_create(lsa_program_size(program));
        A = lsa_vec_create(study->experiment->data.d * study->experiment->data.d);
        LSA_TRY_MEMORY(limit != NULL ? A : NULL, "the predicted parameters");
        LSA_TRY(lsa_study_product(study, A, err));
        LSA_TRY(limit_fill(study->experiment, program, A, limit, err));
        LSA_TRY(study_kept_of(study, &kept, err));
        place_kept(study, kept, limit);
        study->limit = limit;
        limit = NULL;
    }
    *out = study->limit;
done:
    free(A);
    free(limit);
    return status;
}
