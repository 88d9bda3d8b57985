/* study_numbers.c - the numbers of a study at parameters in the user's basis, and its formulas.
 *
 * A workspace and room for two states are made at the first call, so that a thousand evaluations allocate once. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>
#include <string.h>

void study_room_clear(study_room *room)
{
    lsa_workspace_destroy(room->work);
    free(room->state);
    free(room->direction);
    *room = (study_room){0};
}

/* The program, and the room for one evaluation of it. */
static lsa_status prepare(lsa_study *study, const lsa_program **program, lsa_error *err)
{
    lsa_status status = LSA_OK;
    study_room room = {0};
    LSA_TRY(lsa_study_program(study, program, err));
    if (study->room.work != NULL)
        goto done;
    LSA_TRY(lsa_workspace_create(*program, &room.work, err));
    room.state = lsa_vec_create(lsa_program_size(*program));
    room.direction = lsa_vec_create(lsa_program_size(*program));
    LSA_TRY_MEMORY(room.state != NULL ? room.direction : NULL, "the parameters of a study");
    study->room = room;
    room = (study_room){0};
done:
    study_room_clear(&room);
    return status;
}

lsa_status lsa_study_blocks(lsa_study *study, const lsa_block **out, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(lsa_study_program(study, &program, err));
    *out = lsa_program_block(program, 0);
    *count = lsa_program_block_count(program);
done:
    return status;
}

lsa_status lsa_study_size(lsa_study *study, ptrdiff_t *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(lsa_study_program(study, &program, err));
    *out = lsa_program_size(program);
done:
    return status;
}

lsa_status lsa_study_loss(lsa_study *study, const double *parameters, double *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(prepare(study, &program, err));
    LSA_TRY(lsa_program_from_user(program, parameters, study->room.state, err));
    *loss = lsa_program_loss(program, study->room.work, study->room.state);
done:
    return status;
}

lsa_status lsa_study_gradient(lsa_study *study, const double *parameters, double *gradient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(prepare(study, &program, err));
    LSA_TRY(lsa_program_from_user(program, parameters, study->room.state, err));
    lsa_program_gradient(program, study->room.work, study->room.state, gradient);
    LSA_TRY(lsa_program_to_user(program, gradient, gradient, err));
done:
    return status;
}

lsa_status lsa_study_hessian(lsa_study *study, const double *parameters, const double *direction, double *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(study_require_hessian(study, err));
    LSA_TRY(prepare(study, &program, err));
    LSA_TRY(lsa_program_from_user(program, parameters, study->room.state, err));
    LSA_TRY(lsa_program_from_user(program, direction, study->room.direction, err));
    lsa_program_hessian(program, study->room.work, study->room.state, study->room.direction, out);
    LSA_TRY(lsa_program_to_user(program, out, out, err));
done:
    return status;
}

/* The number of a parameter in the statement, by its name. */
static lsa_status find_parameter(const lsa_statement *statement, const char *name, int *out, lsa_error *err)
{
    for (int k = 0; k < statement->n_parameters; k++) {
        *out = k;
        if (strcmp(statement->symbols[statement->parameters[k]].name, name) == 0)
            return LSA_OK;
    }
    return lsa_error_set(err, LSA_ERR_INPUT, "statement %s has no parameter '%s'", statement->name, name);
}

lsa_status lsa_study_formula(lsa_study *study, const char *parameter, lsa_format format, char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_derivation *derivation;
    int k = 0;
    LSA_TRY(lsa_study_derivation(study, &derivation, err));
    if (parameter != NULL)
        LSA_TRY(find_parameter(lsa_derivation_statement(derivation), parameter, &k, err));
    const lsa_poly *poly = parameter != NULL ? lsa_derivation_gradient(derivation, k) : lsa_derivation_loss(derivation);
    LSA_TRY(lsa_poly_text(lsa_derivation_algebra(derivation), poly, format, out, err));
done:
    return status;
}

ptrdiff_t lsa_study_test_count(const lsa_study *study)
{
    return study->experiment->n_tests;
}

const lsa_setting *lsa_study_test(const lsa_study *study, ptrdiff_t t)
{
    return t >= 0 && t < study->experiment->n_tests ? &study->experiment->tests[t] : NULL;
}

lsa_status lsa_study_sample(lsa_study *study, const lsa_setting *test, const double *parameters, lsa_sample_result *out,
                            lsa_error *err)
{
    lsa_sample_options options = lsa_sample_options_of(study->experiment);
    options.threads = study->options.threads;
    options.interrupt = study->options.interrupt;
    return lsa_sample_test(study->experiment, test, parameters, &options, out, err);
}
