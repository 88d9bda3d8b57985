/* options.h - the command line, read once into a plain struct. */
#ifndef LSAFLOW_CLI_OPTIONS_H
#define LSAFLOW_CLI_OPTIONS_H

#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

struct cli_command;

typedef enum cli_format { CLI_FORMAT_TEXT, CLI_FORMAT_LATEX, CLI_FORMAT_MATHML, CLI_FORMAT_JSON } cli_format;
typedef enum cli_at { CLI_AT_LIMIT, CLI_AT_INIT, CLI_AT_FINAL } cli_at;

typedef struct cli_options {
    const struct cli_command *command;
    const char *file;       /* the model file                                            */
    const char *expression; /* check: the closed form                                    */
    const char *out;        /* --out, or NULL                                            */
    bool json;              /* --json: one document on stdout and nothing else           */
    bool plots;             /* false after --no-plots                                    */
    bool quiet;
    bool log;          /* derive --log                                              */
    bool list_claims;  /* verify --list-claims                                      */
    bool full;         /* bench --full                                              */
    int rounds;        /* bench --rounds; 0: the default                            */
    int limit;         /* bench --limit, seconds; 0: the default                     */
    unsigned groups;   /* bench: the groups that are named, as in bench_options     */
    const char *peers; /* bench --peers, or NULL                                    */
    bool resume;       /* train, sweep --resume                                     */
    int workers;       /* sweep --workers; 0: one a processor                       */
    int shard, shards; /* sweep --shard i/n; 0: all cells                           */
    const char *slurm; /* sweep --slurm, or NULL                                    */
    bool mixed;        /* sweep merge --mixed                                       */
    int n_ledgers;     /* sweep merge                                               */
    const char **ledgers;
    cli_format format; /* derive --format                                           */
    cli_at at;         /* sample --at                                               */
    double time_limit; /* --time-limit, seconds; INFINITY: none                      */
    int threads;       /* 0: all                                                    */
    ptrdiff_t n_overrides;
    const char **overrides; /* "KEY=VALUE"                                               */
    const char *claim;      /* verify --claim, or NULL                                   */
    ptrdiff_t n_where;
    const char **where;      /* verify --where                                            */
    struct lsa_arena *arena; /* holds the overrides                                      */
} cli_options;

/* Reads argv. Bad usage prints one line on stderr and exits with status 2; --help and --version exit with 0, as argp
 * does. Returns LSA_ERR_MEMORY, else LSA_OK; the caller clears the options in either case. */
lsa_status cli_options_read(int argc, char **argv, cli_options *options, lsa_error *err);
void cli_options_clear(cli_options *options);

#endif
