/* run_directory.h - what the figures need of the run directory. */
#ifndef LSAFLOW_REPORT_RUN_DIRECTORY_H
#define LSAFLOW_REPORT_RUN_DIRECTORY_H

#include "base/text.h"
#include "report/report.h"

struct lsa_run_directory {
    char *path, *title, *subtitle; /* title and subtitle may be NULL */
    bool plots;
    bool excused; /* the warning that no figure is drawn, without gnuplot or after an interrupt, has been given */
    FILE *messages;
    const volatile sig_atomic_t *interrupt;
    double plot_seconds;
    lsa_text setting, verdict, figures; /* parts of the page, in this order */
    lsa_text body;                      /* of the page, in the order in which things were added            */
    lsa_text files;                     /* links to tables and documents; a figure's files stand beside it */
};

/* "<directory>/<prefix><stem><suffix>" into the emptied `out`. LSA_ERR_MEMORY. */
lsa_status lsa_run_directory_name(const lsa_run_directory *directory, const char *prefix, const char *stem,
                                  const char *suffix, lsa_text *out, lsa_error *err);
/* Writes <stem><suffix> whole or not at all. LSA_ERR_WRITE, LSA_ERR_MEMORY. */
lsa_status lsa_run_directory_write(const lsa_run_directory *directory, const char *stem, const char *suffix,
                                   const lsa_text *text, lsa_error *err);
/* Removes what processes that are gone left in the directory under temporary names. */
void lsa_run_directory_sweep(const char *path);
/* One line on the stream for messages, if there is one. */
void lsa_run_directory_warn(const lsa_run_directory *directory, const char *what, const char *why);

#endif
