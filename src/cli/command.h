/* command.h - what every command gets and gives.
 *
 * A command reads one experiment and fills one JSON document, or prints text on stdout and writes a run directory.
 * The driver (main.c) loads the model, repeats the command over `vary`, prints the document and turns the outcome into
 * the exit code. */
#ifndef LSAFLOW_CLI_COMMAND_H
#define LSAFLOW_CLI_COMMAND_H

#include "cli/options.h"
#include "lsaflow/arena.h"
#include "lsaflow/model.h"
#include "lsaflow/verify.h"
#include "report/report.h"
#include <stdbool.h>

struct cli_overview;

/* One run of one command. Without a model (bench) there are no experiment and no study, and the name is the command's. */
typedef struct cli_run {
    const cli_options *options;
    const char *name; /* of the model: its file without folder and ending */
    const lsa_experiment *experiment;
    lsa_study *study;
    lsa_json *json;                /* the open object of this run, or NULL for text on stdout      */
    const char *directory;         /* where to write, or NULL: write nothing                       */
    struct cli_overview *overview; /* of the runs of a model that varies; else NULL        */
    lsa_progress *progress;
    lsa_arena *reasons;  /* texts that records of this run point at */
    lsa_verdict verdict; /* verify: the overall verdict; HOLDS where nothing was judged  */
} cli_run;

typedef struct cli_command {
    const char *name, *arguments, *summary;
    bool writes; /* makes a run directory when it prints text */
    lsa_status (*run)(cli_run *run, lsa_error *err);
    /* Instead of `run`: takes the command line as a whole and says what to exit with where all went well. */
    lsa_status (*whole)(const cli_options *options, int *exit_code, lsa_error *err);
} cli_command;

/* All commands, ended by a NULL name. */
extern const cli_command cli_commands[];

/* The progress of a study, shown on a terminal; context is an lsa_progress. */
void cli_show_progress(void *context, const char *stage, double fraction);

lsa_status cli_derive(cli_run *run, lsa_error *err);
lsa_status cli_eval(cli_run *run, lsa_error *err);
lsa_status cli_run_flow(cli_run *run, lsa_error *err);
lsa_status cli_predict(cli_run *run, lsa_error *err);
lsa_status cli_sample(cli_run *run, lsa_error *err);
lsa_status cli_verify(cli_run *run, lsa_error *err);
lsa_status cli_train(cli_run *run, lsa_error *err);
lsa_status cli_basin(cli_run *run, lsa_error *err);
lsa_status cli_check(cli_run *run, lsa_error *err);
lsa_status cli_explain(cli_run *run, lsa_error *err);
lsa_status cli_bench(cli_run *run, lsa_error *err);
lsa_status cli_sweep(const cli_options *options, int *exit_code, lsa_error *err);

/* What a model file is read with: the overrides, and the claims that may be named. In the options' memory. LSA_ERR_MEMORY. */
lsa_status cli_model_options(const cli_options *options, lsa_model_options *out, lsa_error *err);

#endif
