/* common.h - what several commands show: tests, tables, the run directory. */
#ifndef LSAFLOW_CLI_COMMON_H
#define LSAFLOW_CLI_COMMON_H

#include "cli/command.h"
#include "document/document.h"

/* A value of `vary`: what reads as one number is one in the document; else it is its text. */
void cli_json_value(lsa_json *json, const char *key, const char *value);

/* The tests into the open JSON object as "tests", or as a table on stdout. */
lsa_status cli_show_tests(cli_run *run, const lsa_report_test *tests, lsa_error *err);

/* Opens a run directory of that name. */
lsa_status cli_create_directory(const cli_options *options, const lsa_experiment *experiment, const char *path,
                                lsa_run_directory **out, lsa_error *err);

/* The command as a shell reads it: what makes the page again. */
void cli_write_command(const cli_options *options, struct lsa_text *out);
/* The model's law in symbols, onto the page. */
void cli_add_setting(lsa_run_directory *directory, const lsa_experiment *experiment);

/* Opens the run directory of this run, or gives NULL where nothing is written. */
lsa_status cli_open_directory(cli_run *run, lsa_run_directory **out, lsa_error *err);

/* Writes index.html and, where text is printed, says where it is. */
lsa_status cli_finish_directory(const cli_run *run, lsa_run_directory *directory, lsa_error *err);

/* Two lines on stdout: the model's name and title, its statement and law. */
lsa_status cli_print_title(const cli_run *run, lsa_error *err);

/* Prints a table on stdout under a heading line; destroys it. NULL is out of memory. */
lsa_status cli_print_table(const char *heading, lsa_table *table, lsa_error *err);

/* What a command found, in the forms it is shown in; `what` is handed to both functions. */
typedef struct cli_findings {
    const void *what;
    ptrdiff_t count; /* of whatever `what` points at */
    lsa_status (*document)(cli_run *run, lsa_json *json, const struct cli_findings *findings, lsa_error *err);
    lsa_table *(*table)(const struct cli_findings *findings);
    const char *stem, *heading; /* of the table's file and page */
    lsa_status (*figures)(cli_run *run, lsa_run_directory *directory, const struct cli_findings *findings,
                          lsa_error *err); /* NULL: none */
    const void *drawn;                     /* for figures, where `what` is not enough */
} cli_findings;

/* Into the open document, or as title and table on stdout. */
lsa_status cli_show_findings(cli_run *run, const cli_findings *findings, lsa_error *err);
/* Into the run directory, if there is one: summary.json, <stem>.csv, the page. */
lsa_status cli_write_findings(cli_run *run, const cli_findings *findings, lsa_error *err);

#endif
