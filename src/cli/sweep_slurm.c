/* sweep_slurm.c - lsaflow sweep FILE --slurm 'OPTIONS': the script of a job array, one shard a task. */
#define _POSIX_C_SOURCE 200809L
#include "cli/sweep_parts.h"

#include "base/text.h"
#include "base/try.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4096 };

/* A word as the shell reads it. */
static void add_quoted(lsa_text *out, const char *word)
{
    lsa_text_add(out, "'");
    for (const char *c = word; *c != '\0'; c++)
        lsa_text_printf(out, *c == '\'' ? "'\\''" : "%c", *c);
    lsa_text_add(out, "'");
}

/* The program by the path that it runs from. */
static void add_program(lsa_text *out)
{
    char path[PATH];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    add_quoted(out, n > 0 ? path : "lsaflow");
}

static lsa_status check_options(const char *options, lsa_error *err)
{
    if (strstr(options, "--array") == NULL && strstr(options, "-a ") == NULL)
        return lsa_error_set(err, LSA_ERR_USAGE, "--slurm: its options say how many tasks there are: --array=1-N");
    for (const char *c = options; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20)
            return lsa_error_set(err, LSA_ERR_USAGE, "--slurm: options are one line");
    return LSA_OK;
}

static void write_script(const cli_options *options, const char *folder, lsa_text *out)
{
    lsa_text_printf(out, "#!/bin/sh\n#SBATCH %s\n# Afterwards: lsaflow sweep merge ", options->slurm);
    add_quoted(out, folder);
    lsa_text_add(out, "/shard-*/sweep.db --out ");
    add_quoted(out, folder);
    lsa_text_add(out, "\nshard=$SLURM_ARRAY_TASK_ID\nexec ");
    add_program(out);
    lsa_text_add(out, " sweep ");
    add_quoted(out, options->file);
    for (ptrdiff_t k = 0; k < options->n_overrides; k++) {
        lsa_text_add(out, " --set ");
        add_quoted(out, options->overrides[k]);
    }
    lsa_text_add(out, " --quiet --resume --workers \"${SLURM_CPUS_PER_TASK:-1}\" \\\n"
                      "    --shard \"$shard/$SLURM_ARRAY_TASK_COUNT\" --out ");
    add_quoted(out, folder);
    lsa_text_add(out, "\"/shard-$shard\"\n");
}

lsa_status cli_sweep_slurm(const cli_options *options, const char *folder, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text script, path;
    lsa_text_init(&script);
    lsa_text_init(&path);
    LSA_TRY(check_options(options->slurm, err));
    write_script(options, folder, &script);
    lsa_text_printf(&path, "%s/sweep.sbatch", folder);
    LSA_TRY_MEMORY(script.failed || path.failed ? NULL : path.data, "the script");
    LSA_TRY(lsa_text_write_file(path.data, script.data, script.length, err));
    printf("written: %s: sbatch it from here\n", path.data);
done:
    lsa_text_clear(&script);
    lsa_text_clear(&path);
    return status;
}
