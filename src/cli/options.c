/* options.c - the command line by glibc's argp. */
#include "cli/options.h"

#include "base/text.h"
#include "base/try.h"
#include "bench/bench.h"
#include "cli/command.h"
#include "lsaflow/arena.h"
#include "lsaflow/version.h"
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *argp_program_version = "lsaflow " LSA_VERSION;
const char *argp_program_bug_address = NULL;

enum {
    KEY_JSON = 256,
    KEY_OUT,
    KEY_SET,
    KEY_SEED,
    KEY_THREADS,
    KEY_NO_PLOTS,
    KEY_FORMAT,
    KEY_LOG,
    KEY_AT,
    KEY_CLAIMS,
    KEY_FULL,
    KEY_ROUNDS,
    KEY_LIMIT,
    KEY_PEERS,
    KEY_RESUME,
    KEY_CLAIM,
    KEY_WHERE,
    KEY_TIME_LIMIT,
    KEY_WORKERS,
    KEY_SHARD,
    KEY_SLURM,
    KEY_MIXED
};

static const struct argp_option option_table[] = {
    {"json", KEY_JSON, NULL, 0, "Print one JSON document on standard output, and nothing else there", 1},
    {"out", KEY_OUT, "DIR", 0, "Write results into DIR (default: out/<model name>; with --json: nowhere)", 1},
    {"set", KEY_SET, "KEY=VALUE", 0, "Set any key of the model file by its dotted path; may be repeated", 1},
    {"seed", KEY_SEED, "N", 0, "Seed of the Monte Carlo draws (monte_carlo.seed)", 1},
    {"threads", KEY_THREADS, "N", 0, "Threads for sampling; the results do not depend on it (default: all)", 1},
    {"no-plots", KEY_NO_PLOTS, NULL, 0, "Write data and plot scripts, but draw nothing", 1},
    {"time-limit", KEY_TIME_LIMIT, "SECONDS", 0, "Interrupt the command after this long, as a signal would", 1},
    {"quiet", 'q', NULL, 0, "No progress and no warnings on standard error", 1},
    {"format", KEY_FORMAT, "text|latex|mathml|json", 0, "derive: notation of the polynomials", 2},
    {"log", KEY_LOG, NULL, 0, "derive: print every step of the derivation", 2},
    {"at", KEY_AT, "limit|init|final", 0, "sample: which parameters to judge (default: limit)", 2},
    {"list-claims", KEY_CLAIMS, NULL, 0, "verify: list the published claims and their groups, and stop", 2},
    {"claim", KEY_CLAIM, "FORMULA", 0, "verify: judge this formula, claim or group instead of the file's claims", 2},
    {"where", KEY_WHERE, "NAME=FORMULA", 0, "verify: a word of that formula; may be repeated", 2},
    {"full", KEY_FULL, NULL, 0, "bench: also what takes long", 2},
    {"rounds", KEY_ROUNDS, "N", 0, "bench: measure everything this often (default: 5)", 2},
    {"limit", KEY_LIMIT, "SECONDS", 0, "bench: stop a run, and repeating a case, after this long (default: 60)", 2},
    {"peers", KEY_PEERS, "DIR", 0, "bench: measure other programs too, by the scripts of this directory", 2},
    {"resume", KEY_RESUME, NULL, 0, "train, sweep: go on with what is in the run directory", 2},
    {"workers", KEY_WORKERS, "N", 0, "sweep: processes that do cells; the table does not depend on it (default: all)",
     2},
    {"shard", KEY_SHARD, "I/N", 0, "sweep: the I-th of N parts of the cells alone; `sweep merge` joins the ledgers", 2},
    {"slurm", KEY_SLURM, "OPTIONS", 0, "sweep: write a job array script with these options of sbatch instead", 2},
    {"mixed", KEY_MIXED, NULL, 0, "sweep merge: join ledgers of different kinds of processors", 2},
    {0}};

/* Appends "key" or "key=value"; ENOMEM or 0, as argp wants it. */
static error_t add_override(cli_options *options, const char *key, const char *value)
{
    const size_t count = (size_t)options->n_overrides;
    const char **grown = lsa_arena_alloc(options->arena, count + 1, sizeof *grown);
    const char *text =
        lsa_arena_printf(options->arena, value != NULL ? "%s=%s" : "%s%s", key, value != NULL ? value : "");
    if (grown == NULL || text == NULL)
        return ENOMEM;
    for (size_t i = 0; i < count; i++)
        grown[i] = options->overrides[i];
    grown[count] = text;
    options->overrides = grown;
    options->n_overrides++;
    return 0;
}

static error_t add_where(cli_options *options, const char *word)
{
    const size_t count = (size_t)options->n_where;
    const char **grown = lsa_arena_alloc(options->arena, count + 1, sizeof *grown);
    if (grown == NULL)
        return ENOMEM;
    for (size_t i = 0; i < count; i++)
        grown[i] = options->where[i];
    grown[count] = word;
    options->where = grown;
    options->n_where++;
    return 0;
}

/* The position of `word` in a NULL-ended list; a word that is not in it is bad usage. */
static int choose(struct argp_state *state, const char *option, const char *word, const char *const *list)
{
    for (int i = 0; list[i] != NULL; i++)
        if (strcmp(word, list[i]) == 0)
            return i;
    argp_error(state, "--%s: \"%s\" is not one of its values; see --help", option, word);
    return 0;
}

static int read_count(struct argp_state *state, const char *option, const char *word, int most)
{
    char *end;
    long value = strtol(word, &end, 10);
    if (end == word || *end != '\0' || value < 1 || value > most)
        argp_error(state, "--%s: \"%s\" is not a whole number from 1 to %d", option, word, most);
    return (int)value;
}

static double read_seconds(struct argp_state *state, const char *option, const char *word)
{
    char *end;
    const double value = strtod(word, &end);
    if (end == word || *end != '\0' || !(value > 0.0) || !isfinite(value))
        argp_error(state, "--%s: \"%s\" is not a positive number of seconds", option, word);
    return value;
}

/* I/N, 1 <= I <= N */
static void read_shard(struct argp_state *state, cli_options *options, const char *word)
{
    char *slash, *end;
    const long shard = strtol(word, &slash, 10), shards = *slash == '/' ? strtol(slash + 1, &end, 10) : 0;
    if (shards < 1 || shards > 1000000 || *end != '\0' || shard < 1 || shard > shards)
        argp_error(state, "--shard: \"%s\" is not I/N with 1 <= I <= N", word);
    options->shard = (int)shard;
    options->shards = (int)shards;
}

static const cli_command *find_command(struct argp_state *state, const char *word)
{
    const char *nearest = NULL;
    int best = 3;
    for (const cli_command *command = cli_commands; command->name != NULL; command++) {
        int distance = lsa_text_distance(word, command->name, best);
        if (distance == 0)
            return command;
        if (distance < best) {
            best = distance;
            nearest = command->name;
        }
    }
    if (nearest != NULL)
        argp_error(state, "there is no command \"%s\"; did you mean \"%s\"?", word, nearest);
    else
        argp_error(state, "there is no command \"%s\"; see --help", word);
    return NULL;
}

static void read_group(struct argp_state *state, cli_options *options, const char *word)
{
    lsa_text names;
    lsa_text_init(&names);
    for (int g = 0; bench_group_name(g) != NULL; g++) {
        if (strcmp(word, bench_group_name(g)) == 0)
            options->groups |= 1U << g;
        lsa_text_printf(&names, "%s%s", g > 0 ? ", " : "", bench_group_name(g));
        if (strcmp(word, bench_group_name(g)) == 0)
            goto done;
    }
    argp_error(state, "bench: there is no group \"%s\"; there are %s", word, names.failed ? "others" : names.data);
done:
    lsa_text_clear(&names);
}

static void add_ledger(struct argp_state *state, cli_options *options, const char *word)
{
    const size_t count = (size_t)options->n_ledgers;
    const char **grown = lsa_arena_alloc(options->arena, count + 1, sizeof *grown);
    if (grown == NULL) {
        argp_failure(state, 3, ENOMEM, "the ledgers");
        return;
    }
    for (size_t i = 0; i < count; i++)
        grown[i] = options->ledgers[i];
    grown[count] = word;
    options->ledgers = grown;
    options->n_ledgers++;
}

static void read_argument(struct argp_state *state, cli_options *options, char *word)
{
    if (options->command == NULL)
        options->command = find_command(state, word);
    else if (options->command->run == cli_bench)
        read_group(state, options, word);
    else if (options->expression == NULL && options->command->run == cli_explain)
        options->expression = word;
    else if (options->file == NULL && options->command->run != cli_explain)
        options->file = word;
    else if (options->command->whole == cli_sweep && strcmp(options->file, "merge") == 0)
        add_ledger(state, options, word);
    else if (options->expression == NULL && options->command->run == cli_check)
        options->expression = word;
    else
        argp_error(state, "unexpected argument \"%s\"", word);
}

static void check_complete(struct argp_state *state, const cli_options *options)
{
    if (options->command == NULL) {
        argp_error(state, "a command is missing"); /* and does not return */
        return;
    }
    if (options->file == NULL && !(options->list_claims && options->command->run == cli_verify) &&
        options->command->run != cli_bench && options->command->run != cli_explain)
        argp_error(state, "%s: the model file is missing", options->command->name);
    else if (options->expression == NULL && options->command->run == cli_check)
        argp_error(state, "check: the expression is missing");
    else if (options->expression == NULL && options->command->run == cli_explain)
        argp_error(state, "explain: the name of a claim is missing");
    if ((options->log || options->format != CLI_FORMAT_TEXT) && options->command->run != cli_derive)
        argp_error(state, "--format and --log belong to derive");
    if (options->at != CLI_AT_LIMIT && options->command->run != cli_sample)
        argp_error(state, "--at belongs to sample");
    if (options->list_claims && options->command->run != cli_verify)
        argp_error(state, "--list-claims belongs to verify");
    if ((options->full || options->rounds > 0 || options->limit > 0 || options->peers != NULL) &&
        options->command->run != cli_bench)
        argp_error(state, "--full, --rounds, --limit and --peers belong to bench");
    if (options->command->run == cli_bench && (options->n_overrides > 0 || options->threads > 0))
        argp_error(state, "bench has no model to set keys of, and one thread: no --set, --seed, --threads");
    if (options->resume && options->command->run != cli_train && options->command->whole != cli_sweep)
        argp_error(state, "--resume belongs to train and sweep");
    if ((options->workers > 0 || options->shards > 0 || options->slurm != NULL || options->mixed) &&
        options->command->whole != cli_sweep)
        argp_error(state, "--workers, --shard, --slurm and --mixed belong to sweep");
    if (options->mixed && options->n_ledgers == 0)
        argp_error(state, "--mixed belongs to sweep merge");
    if (options->resume && options->json && options->out == NULL)
        argp_error(state, "--resume needs the run directory: with --json, name it with --out");
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    static const char *const formats[] = {"text", "latex", "mathml", "json", NULL};
    static const char *const places[] = {"limit", "init", "final", NULL};
    cli_options *options = state->input;
    switch (key) {
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_OUT:
        options->out = arg;
        return 0;
    case KEY_SET:
        return add_override(options, arg, NULL);
    case KEY_SEED:
        return add_override(options, "monte_carlo.seed", arg);
    case KEY_THREADS:
        options->threads = read_count(state, "threads", arg, 4096);
        return 0;
    case KEY_NO_PLOTS:
        options->plots = false;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_FORMAT:
        options->format = (cli_format)choose(state, "format", arg, formats);
        return 0;
    case KEY_LOG:
        options->log = true;
        return 0;
    case KEY_AT:
        options->at = (cli_at)choose(state, "at", arg, places);
        return 0;
    case KEY_CLAIMS:
        options->list_claims = true;
        return 0;
    case KEY_CLAIM:
        options->claim = arg;
        return 0;
    case KEY_WHERE:
        return add_where(options, arg);
    case KEY_FULL:
        options->full = true;
        return 0;
    case KEY_ROUNDS:
        options->rounds = read_count(state, "rounds", arg, BENCH_ROUNDS_MAX);
        return 0;
    case KEY_LIMIT:
        options->limit = read_count(state, "limit", arg, 86400);
        return 0;
    case KEY_TIME_LIMIT:
        options->time_limit = read_seconds(state, "time-limit", arg);
        return 0;
    case KEY_PEERS:
        options->peers = arg;
        return 0;
    case KEY_RESUME:
        options->resume = true;
        return 0;
    case KEY_WORKERS:
        options->workers = read_count(state, "workers", arg, 4096);
        return 0;
    case KEY_SHARD:
        read_shard(state, options, arg);
        return 0;
    case KEY_SLURM:
        options->slurm = arg;
        return 0;
    case KEY_MIXED:
        options->mixed = true;
        return 0;
    case ARGP_KEY_ARG:
        read_argument(state, options, arg);
        return 0;
    case ARGP_KEY_END:
        check_complete(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* "Commands:" with one line each, for --help. */
static char *command_help(int key, const char *text, void *input)
{
    (void)input;
    char *same;
    lsa_text out;
    if (key != ARGP_KEY_HELP_POST_DOC) {
        memcpy(&same, &text, sizeof same); /* argp's own text, as it asks, without const */
        return same;
    }
    lsa_text_init(&out);
    lsa_text_add(&out, "Commands:\n");
    for (const cli_command *command = cli_commands; command->name != NULL; command++)
        lsa_text_printf(&out, "  %-8s %-16s %s\n", command->name, command->arguments, command->summary);
    lsa_text_add(&out,
                 "\nExit status: 0 done (every applicable claim holds), 1 a claim fails, 2 bad usage or input, 3 "
                 "the numerics failed, 4 output failed, 5 inconclusive or no claim applies, 130 or 143 interrupted.");
    return out.data; /* argp frees it */
}

lsa_status cli_options_read(int argc, char **argv, cli_options *options, lsa_error *err)
{
    static const struct argp parser = {
        option_table, read_option, "COMMAND FILE", "Checks the theory of in-context learning by numbers.\v", NULL,
        command_help, NULL};
    *options = (cli_options){.plots = true, .time_limit = (double)INFINITY, .arena = lsa_arena_create()};
    if (options->arena == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the command line");
    argp_err_exit_status = 2;
    if (argp_parse(&parser, argc, argv, 0, NULL, options) != 0)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the command line");
    return LSA_OK;
}

void cli_options_clear(cli_options *options)
{
    lsa_arena_destroy(options->arena);
}
