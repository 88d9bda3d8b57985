/* gnuplot.h - gnuplot as a child process, and values in its language. */
#ifndef LSAFLOW_REPORT_GNUPLOT_H
#define LSAFLOW_REPORT_GNUPLOT_H

#include "base/child.h"

/* Runs `gnuplot -d -e command script` inside `directory` for at most `seconds`, until `interrupt` (may be NULL) is not 0. What it prints is appended to words
 * (the first 4 KiB). */
lsa_child_end lsa_gnuplot_run(const char *directory, const char *command, const char *script, double seconds,
                              const volatile sig_atomic_t *interrupt, lsa_text *words);

/* Appends text as a gnuplot expression of a string that gnuplot draws as it stands: one line, in single quotes, between
 * which gnuplot knows no escape, no backquote and no macro; a single quote of the text is a literal of its own, joined
 * by dots. (A doubled one is misread where it comes first; in double quotes an octal escape takes the digits of the text
 * behind it as its own.) */
void lsa_gnuplot_add_string(lsa_text *out, const char *text);
/* Appends a number as gnuplot reads it: NaN where there is none. Whole numbers become gnuplot's integers, so that flags
 * and counts serve as such. */
void lsa_gnuplot_add_number(lsa_text *out, double value);

#endif
