/* cmd_derive.c - lsaflow derive: the population loss and its gradient, in symbols. */
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include <stdio.h>
#include <string.h>

/* A sum longer than a line of a terminal gets one term a line; signs within parentheses belong to the term. */
static void add_sum(lsa_text *out, const char *sum)
{
    const size_t line_length = 96;
    const bool broken = strlen(sum) > line_length;
    int depth = 0;
    lsa_text_add(out, "    ");
    for (const char *c = sum; *c != '\0'; c++) {
        depth += (*c == '(') - (*c == ')');
        const bool sign = c[0] == ' ' && (c[1] == '+' || c[1] == '-') && c[2] == ' ';
        lsa_text_printf(out, broken && depth == 0 && sign ? "\n %c" : "%c", *c);
    }
    lsa_text_add(out, "\n");
}

static lsa_status text_poly(const char *heading, const char *name, const lsa_algebra *algebra, const lsa_poly *poly,
                            lsa_format format, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t terms = lsa_poly_count(poly);
    char *text = NULL;
    lsa_text lines;
    lsa_text_init(&lines);
    LSA_TRY(lsa_poly_text(algebra, poly, format, &text, err));
    if (format == LSA_FORMAT_TEXT)
        add_sum(&lines, text);
    else
        lsa_text_printf(&lines, "%s\n", text);
    LSA_TRY_MEMORY(lines.failed ? NULL : lines.data, "a polynomial's text");
    printf("\n%s%s  (%td term%s)\n%s", heading, name, terms, terms == 1 ? "" : "s", lines.data);
done:
    lsa_text_clear(&lines);
    lsa_string_free(text);
    return status;
}

/* What the symbols stand for, and what the law of this experiment has already simplified. */
static void print_conventions(const lsa_derive_options *options, const lsa_statement *statement)
{
    printf("\nL = 1/2 E (prediction - target)^2;  (dL/dP)_ij = dL/dP_ij");
    printf("%s\n", statement->samples >= 0 ? ";  N pairs in the context" : "");
    printf("used: %s%s%s\n", options->rho_is_N ? "rho = N" : "rho as it stands",
           options->identity_task ? ", Omega = I" : "", options->noiseless ? ", no label noise" : "");
}

static lsa_status text_derivation(const lsa_derivation *derivation, lsa_format format, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_algebra *algebra = lsa_derivation_algebra(derivation);
    const lsa_statement *statement = lsa_derivation_statement(derivation);
    LSA_TRY(text_poly("L", "", algebra, lsa_derivation_loss(derivation), format, err));
    for (int k = 0; k < statement->n_parameters; k++)
        LSA_TRY(text_poly("dL/d", statement->symbols[statement->parameters[k]].name, algebra,
                          lsa_derivation_gradient(derivation, k), format, err));
done:
    return status;
}

static lsa_status print_derivation(const cli_run *run, const lsa_derive_options *options,
                                   const lsa_derivation *derivation, lsa_error *err)
{
    static const lsa_format formats[] = {LSA_FORMAT_TEXT, LSA_FORMAT_LATEX, LSA_FORMAT_MATHML, LSA_FORMAT_TEXT};
    lsa_status status = LSA_OK;
    LSA_TRY(cli_print_title(run, err));
    print_conventions(options, lsa_derivation_statement(derivation));
    if (options->with_log)
        printf("\n%s", lsa_derivation_log(derivation));
    LSA_TRY(text_derivation(derivation, formats[run->options->format], err));
done:
    return status;
}

lsa_status cli_derive(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_derivation *derivation = NULL;
    const bool document = run->options->format == CLI_FORMAT_JSON || run->json != NULL;
    lsa_json *json = run->json != NULL || !document ? run->json : lsa_json_create();
    lsa_derive_options options = lsa_study_derive_options(run->experiment);
    options.with_hessian = false;
    options.with_log = run->options->log;
    LSA_TRY(lsa_derive(run->experiment->statement, &options, &derivation, err));
    if (document)
        LSA_TRY(document_derivation(json, derivation, err));
    if (document && options.with_log)
        lsa_json_string(json, "log", lsa_derivation_log(derivation));
    if (document && json != run->json)
        LSA_TRY(lsa_json_print(json, stdout, err));
    if (!document)
        LSA_TRY(print_derivation(run, &options, derivation, err));
done:
    if (json != run->json)
        lsa_json_destroy(json);
    lsa_derivation_destroy(derivation);
    return status;
}
