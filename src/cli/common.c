/* common.c - the parts of a report that several commands share. */
#include "cli/common.h"

#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/interrupt.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_show_progress(void *context, const char *stage, double fraction)
{
    cli_interrupt_stage(stage, fraction);
    lsa_progress_update(context, fraction, stage);
}

lsa_status cli_model_options(const cli_options *options, lsa_model_options *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t count;
    const lsa_claim *claims;
    LSA_TRY(lsa_claims(options->arena, &claims, &count, err));
    const char **names = lsa_arena_alloc(options->arena, (size_t)count, sizeof *names);
    LSA_TRY_MEMORY(names, "the names of the claims");
    for (ptrdiff_t i = 0; i < count; i++)
        names[i] = claims[i].name;
    *out = (lsa_model_options){.n_overrides = options->n_overrides,
                               .overrides = options->overrides,
                               .n_known_claims = count,
                               .known_claims = names,
                               .claim = options->claim,
                               .n_where = options->n_where,
                               .where = options->where};
done:
    return status;
}

void cli_json_value(lsa_json *json, const char *key, const char *value)
{
    char *end;
    const double number = strtod(value, &end);
    if (end != value && *end == '\0' && isfinite(number))
        lsa_json_number(json, key, number);
    else
        lsa_json_string(json, key, value);
}

lsa_status cli_print_table(const char *heading, lsa_table *table, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text line;
    lsa_text_init(&line);
    lsa_report_printable(&line, heading);
    LSA_TRY_MEMORY(table, "a table");
    LSA_TRY_MEMORY(line.failed ? NULL : line.data, "a heading");
    printf("\n%s\n", line.data);
    LSA_TRY(lsa_table_print(table, stdout, err));
done:
    lsa_text_clear(&line);
    lsa_table_destroy(table);
    return status;
}

lsa_status cli_show_tests(cli_run *run, const lsa_report_test *tests, lsa_error *err)
{
    if (run->json != NULL) {
        lsa_json_tests(run->json, run->experiment->n_tests, tests);
        return LSA_OK;
    }
    return cli_print_table("Test errors, E(prediction - label)^2",
                           lsa_report_brief_tests_table(run->experiment->n_tests, tests), err);
}

lsa_status cli_print_title(const cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *law = &run->experiment->training;
    cli_interrupt_patience(true);
    lsa_text text;
    lsa_text_init(&text);
    lsa_report_printable(&text, run->name);
    if (run->experiment->title != NULL && strcmp(run->experiment->title, run->name) != 0) {
        lsa_text_add(&text, ": ");
        lsa_report_printable(&text, run->experiment->title);
    }
    lsa_text_add(&text, "\nstatement ");
    lsa_report_printable(&text, run->experiment->statement->name);
    lsa_text_printf(&text, ", d = %td, N = %.15g, Lambda: ", run->experiment->data.d, law->context);
    lsa_report_printable(&text, law->covariance->form != NULL ? law->covariance->form : "given");
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "the title");
    printf("%s\n", text.data);
done:
    lsa_text_clear(&text);
    return status;
}

lsa_status cli_create_directory(const cli_options *from, const lsa_experiment *experiment, const char *path,
                                lsa_run_directory **out, lsa_error *err)
{
    lsa_text subtitle;
    cli_interrupt_patience(true);
    lsa_text_init(&subtitle);
    cli_write_command(from, &subtitle);
    lsa_run_options options = lsa_run_options_defaults();
    options.path = path;
    options.title = experiment->title;
    options.subtitle = subtitle.data; /* NULL when memory is out: no subtitle then */
    options.plots = from->plots;
    options.messages = from->quiet ? NULL : stderr;
    options.interrupt = cli_interrupt_flag();
    const lsa_status status = lsa_run_directory_create(&options, out, err);
    if (status == LSA_OK)
        cli_add_setting(*out, experiment);
    lsa_text_clear(&subtitle);
    return status;
}

lsa_status cli_open_directory(cli_run *run, lsa_run_directory **out, lsa_error *err)
{
    *out = NULL;
    return run->directory == NULL ? LSA_OK
                                  : cli_create_directory(run->options, run->experiment, run->directory, out, err);
}

lsa_status cli_finish_directory(const cli_run *run, lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    lsa_text_init(&path);
    LSA_TRY(lsa_run_directory_finish(directory, err));
    lsa_report_printable(&path, run->directory);
    LSA_TRY_MEMORY(path.failed ? NULL : path.data, "the name of the run directory");
    if (run->json == NULL)
        printf("\nwritten: %s/index.html\n", path.data);
done:
    lsa_text_clear(&path);
    return status;
}

lsa_status cli_show_findings(cli_run *run, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (run->json != NULL)
        return findings->document(run, run->json, findings, err);
    LSA_TRY(cli_print_title(run, err));
    LSA_TRY(cli_print_table(findings->heading, findings->table(findings), err));
done:
    return status;
}

lsa_status cli_write_findings(cli_run *run, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    lsa_table *table = NULL;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    json = lsa_json_create();
    LSA_TRY(findings->document(run, json, findings, err));
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    if (findings->figures != NULL)
        LSA_TRY(findings->figures(run, directory, findings, err));
    table = findings->table(findings);
    LSA_TRY(lsa_run_directory_table(directory, findings->stem, findings->heading, table, err));
    LSA_TRY(cli_finish_directory(run, directory, err));
done:
    lsa_table_destroy(table);
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
    return status;
}
