/* derivation.c - the loss and its gradient as formulas, in three notations. */
#include "document/document.h"

#include "base/try.h"

/* {"terms": n, "text": s, "latex": s, "mathml": s} */
static lsa_status json_poly(lsa_json *json, const char *name, const lsa_algebra *algebra, const lsa_poly *poly,
                            lsa_error *err)
{
    static const struct {
        const char *name;
        lsa_format format;
    } notations[] = {{"text", LSA_FORMAT_TEXT}, {"latex", LSA_FORMAT_LATEX}, {"mathml", LSA_FORMAT_MATHML}};
    lsa_status status = LSA_OK;
    char *text;
    lsa_json_object(json, name);
    lsa_json_integer(json, "terms", lsa_poly_count(poly));
    for (size_t i = 0; i < sizeof notations / sizeof *notations; i++) {
        LSA_TRY(lsa_poly_text(algebra, poly, notations[i].format, &text, err));
        lsa_json_string(json, notations[i].name, text);
        lsa_string_free(text);
    }
    lsa_json_end(json);
done:
    return status;
}

lsa_status document_derivation(lsa_json *json, const lsa_derivation *derivation, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_algebra *algebra = lsa_derivation_algebra(derivation);
    const lsa_statement *statement = lsa_derivation_statement(derivation);
    lsa_json_string(json, "statement", statement->name);
    LSA_TRY(json_poly(json, "loss", algebra, lsa_derivation_loss(derivation), err));
    lsa_json_object(json, "gradient");
    for (int k = 0; k < statement->n_parameters; k++)
        LSA_TRY(json_poly(json, statement->symbols[statement->parameters[k]].name, algebra,
                          lsa_derivation_gradient(derivation, k), err));
    lsa_json_end(json);
done:
    return status;
}
