/* gnuplot.c - runs gnuplot, and writes values in its language. */
#include "report/gnuplot.h"

#include "report/report.h"

#include <math.h>
#include <string.h>

lsa_child_end lsa_gnuplot_run(const char *directory, const char *command, const char *script, double seconds,
                              const volatile sig_atomic_t *interrupt, lsa_text *words)
{
    const char *const arguments[] = {"gnuplot", "-d", "-e", command, script, NULL};
    return lsa_child_run(directory, arguments, seconds, interrupt, words, NULL);
}

void lsa_gnuplot_add_string(lsa_text *out, const char *text)
{
    lsa_text line;
    lsa_text_init(&line);
    lsa_report_printable(&line, text);
    out->failed = out->failed || line.failed;
    lsa_text_add(out, "'");
    for (const char *c = line.failed ? "" : line.data; *c != '\0'; ++c)
        lsa_text_add_bytes(out, *c == '\'' ? "'.\"'\".'" : c, *c == '\'' ? strlen("'.\"'\".'") : 1);
    lsa_text_add(out, "'");
    lsa_text_clear(&line);
}

void lsa_gnuplot_add_number(lsa_text *out, double value)
{
    char number[32];
    lsa_text_add(out, isfinite(value) ? lsa_text_number(value, number) : "NaN");
}
