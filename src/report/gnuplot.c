/* gnuplot.c - runs gnuplot, and writes values in its language. */
#include "report/gnuplot.h"

#include "report/report.h"

#include "report/utf8_text.h"

#include <math.h>
#include <string.h>

lsa_child_end lsa_gnuplot_run(const char *directory, const char *command, const char *script, double seconds,
                              lsa_text *words)
{
    const char *const arguments[] = {"gnuplot", "-d", "-e", command, script, NULL};
    return lsa_child_run(directory, arguments, seconds, words, NULL);
}

/* Whether a byte of a string literal means itself in every place gnuplot looks at. */
static bool is_plain(uint32_t point)
{
    if (point >= 0x80)
        return true;
    if ((point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z'))
        return true;
    return strchr(" .,:()+-=/<>", (int)point) != NULL;
}

void lsa_gnuplot_add_string(lsa_text *out, const char *text)
{
    lsa_text line;
    lsa_text_init(&line);
    lsa_report_printable(&line, text);
    out->failed = out->failed || line.failed;
    lsa_text_add(out, "\"");
    const char *rest = line.failed ? "" : line.data;
    for (uint32_t point = lsa_utf8_next(&rest); point != 0; point = lsa_utf8_next(&rest)) {
        if (is_plain(point))
            lsa_utf8_add(out, point);
        else
            lsa_text_printf(out, "\\%03o", (unsigned)point);
    }
    lsa_text_add(out, "\"");
    lsa_text_clear(&line);
}

void lsa_gnuplot_add_number(lsa_text *out, double value)
{
    char number[32];
    lsa_text_add(out, isfinite(value) ? lsa_text_number(value, number) : "NaN");
}
