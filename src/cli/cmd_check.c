/* cmd_check.c - lsaflow check: is a closed form, written by the user, the derived loss? */
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "symbolic/print.h"
#include <stdio.h>

lsa_status cli_check(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_derivation *derivation = NULL;
    const lsa_poly *given, *difference;
    lsa_text text;
    lsa_text_init(&text);
    lsa_derive_options options = lsa_study_derive_options(run->experiment);
    options.with_hessian = false;
    LSA_TRY(lsa_derive(run->experiment->statement, &options, &derivation, err));
    LSA_TRY(lsa_derivation_parse(derivation, run->options->expression, &given, err));
    LSA_TRY(lsa_derivation_difference(derivation, given, lsa_derivation_loss(derivation), &difference, err));
    lsa_poly_print(lsa_derivation_algebra(derivation), difference, LSA_FORMAT_TEXT, &text);
    if (text.failed) {
        status = lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the difference");
        goto done;
    }
    const bool equal = lsa_poly_count(difference) == 0;
    run->verdict = equal ? LSA_VERDICT_PROVED : LSA_VERDICT_FAILS;
    if (run->json != NULL) {
        lsa_json_bool(run->json, "equal", equal);
        lsa_json_string(run->json, "difference", equal ? "0" : text.data);
    } else if (equal) {
        printf("equal: the expression is the population loss\n");
    } else {
        printf("differs: expression - loss =\n%s\n", text.data);
    }
done:
    lsa_text_clear(&text);
    lsa_derivation_destroy(derivation);
    return status;
}
