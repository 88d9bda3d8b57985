/* setting_page.c - what the page of a run says of its model: the law in symbols, and how to run it again. */
#include "base/text.h"
#include "cli/common.h"
#include "lsaflow/version.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

static void add(lsa_run_directory *directory, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(lsa_run_directory *directory, const char *name, const char *format, ...)
{
    char value[256];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    lsa_run_directory_setting(directory, name, value);
}

static void add_covariance(lsa_run_directory *directory, const char *name, const lsa_covariance *covariance)
{
    if (covariance != NULL)
        lsa_run_directory_setting(directory, name, covariance->form != NULL ? covariance->form : "given");
}

static void add_law(lsa_run_directory *directory, const lsa_experiment *experiment)
{
    const lsa_setting *law = &experiment->training;
    add(directory, "dimension <i>d</i>", "%td", experiment->data.d);
    add(directory, "context length <i>N</i>", isfinite(law->context) ? "%.15g" : "∞", law->context);
    if (law->normalise_plus_one)
        add(directory, "divisor of EE′", "N + 1");
    if (experiment->data.heads > 1)
        add(directory, "heads", "%td", experiment->data.heads);
    if (experiment->statement->rank >= 0)
        add(directory, "rank <i>r</i>", "%td", experiment->data.rank);
    add_covariance(directory, "covariance Λ", law->covariance);
    if (law->task == LSA_TASK_GAUSSIAN)
        add_covariance(directory, "tasks’ Ω", law->task_covariance);
    if (law->label_noise > 0.0)
        add(directory, "label noise, variance", "%.15g", law->label_noise);
}

/* A word of a command as a shell reads it. */
static void add_word(lsa_text *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=+,:";
    if (word[strspn(word, plain)] == '\0') {
        lsa_text_add(out, word);
        return;
    }
    lsa_text_add(out, "'");
    for (const char *c = word; *c != '\0'; c++)
        lsa_text_add_bytes(out, *c == '\'' ? "'\\''" : c, *c == '\'' ? 4 : 1);
    lsa_text_add(out, "'");
}

void cli_write_command(const cli_options *options, lsa_text *out)
{
    lsa_text_printf(out, "lsaflow %s ", options->command->name);
    add_word(out, options->file);
    for (ptrdiff_t i = 0; i < options->n_overrides; i++) {
        lsa_text_add(out, " --set ");
        add_word(out, options->overrides[i]);
    }
    if (options->claim != NULL) {
        lsa_text_add(out, " --claim ");
        add_word(out, options->claim);
    }
    for (ptrdiff_t i = 0; i < options->n_where; i++) {
        lsa_text_add(out, " --where ");
        add_word(out, options->where[i]);
    }
}

void cli_add_setting(lsa_run_directory *directory, const lsa_experiment *experiment)
{
    lsa_run_directory_setting(directory, "statement", experiment->statement->name);
    add_law(directory, experiment);
    add(directory, "seed of sampling", "%llu", (unsigned long long)experiment->monte_carlo.seed);
    add(directory, "program", "lsaflow %s", LSA_VERSION);
}
