/* mutant_records.c - what an experiment tests of each claim, as a document. */
#include "document/document.h"

#include "base/text.h"
#include "base/try.h"
#include <string.h>

/* "change data.context to 21", of several "change data.context to 21 and data.label_noise to 0.5". */
lsa_status document_mutant_words(const mutant_result *result, lsa_text *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text_add(out, mutant_outcome_text(result->outcome));
    for (int k = 0; k < result->n_changes; k++) {
        const char *equals = strchr(result->changes[k], '=');
        lsa_text_add(out, k == 0 ? ": change " : " and ");
        lsa_text_add_bytes(out, result->changes[k], (size_t)(equals - result->changes[k]));
        lsa_text_printf(out, " to %s", equals + 1);
    }
    if (result->why != NULL)
        lsa_text_printf(out, ": %s", result->why);
    LSA_TRY_MEMORY(out->failed ? NULL : out, "the changed claims");
done:
    return status;
}

ptrdiff_t document_mutants_count(const mutant_table *table, mutant_outcome outcome)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < table->count; k++)
        count += table->results[k].outcome == outcome;
    return count;
}

void document_mutants_json(lsa_json *json, const mutant_table *table)
{
    lsa_json_array(json, "mutants");
    for (ptrdiff_t k = 0; k < table->count; k++) {
        const mutant_result *r = &table->results[k];
        lsa_json_object(json, NULL);
        lsa_json_string(json, "claim", r->claim);
        lsa_json_string(json, "change", r->what);
        lsa_json_string(json, "formula", r->formula);
        lsa_json_string(json, "outcome", mutant_outcome_text(r->outcome));
        if (r->n_changes > 0) {
            lsa_json_array(json, "told_by");
            for (int j = 0; j < r->n_changes; j++)
                lsa_json_string(json, NULL, r->changes[j]);
            lsa_json_end(json);
        }
        if (r->why != NULL)
            lsa_json_string(json, "why", r->why);
        lsa_json_end(json);
    }
    lsa_json_end(json);
    lsa_json_integer(json, "mutants_left_out", table->n_left_out);
}
