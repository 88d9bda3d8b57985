/* progress.c - one line on a terminal that says how far a long computation has come. */
#include "report/report.h"

#include "base/clock.h"
#include "base/text.h"
#include "report/stream.h"

#include <math.h>

enum { BAR = 24 };

void lsa_progress_init(lsa_progress *progress, FILE *stream, bool quiet, const char *label)
{
    *progress = (lsa_progress){stream, !quiet && lsa_stream_is_terminal(stream), label, -INFINITY};
}

static void add_bar(lsa_text *line, double fraction)
{
    const int filled = (int)(fmin(fmax(fraction, 0.0), 1.0) * BAR);
    lsa_text_add(line, " ");
    for (int k = 0; k < BAR; ++k)
        lsa_text_add(line, k < filled ? "█" : "░");
    lsa_text_printf(line, " %3.0f %%", 100.0 * fmin(fmax(fraction, 0.0), 1.0));
}

void lsa_progress_update(lsa_progress *progress, double fraction, const char *note)
{
    const double interval = 0.1; /* seconds: faster than the eye reads, slow enough to cost nothing */
    if (!progress->shown || lsa_clock_seconds() - progress->last < interval)
        return;
    progress->last = lsa_clock_seconds();
    lsa_text line;
    lsa_text_init(&line);
    lsa_text_add(&line, "\r\033[2K");
    lsa_report_printable(&line, progress->label);
    if (!isnan(fraction))
        add_bar(&line, fraction);
    lsa_text_add(&line, "  ");
    lsa_report_printable(&line, note != NULL ? note : "");
    if (!line.failed)
        lsa_stream_write(progress->stream, &line, NULL); /* a progress line that is lost is no failure */
    lsa_text_clear(&line);
}

void lsa_progress_clear(lsa_progress *progress)
{
    if (!progress->shown || isinf(progress->last))
        return;
    fputs("\r\033[2K", progress->stream);
    fflush(progress->stream);
}
