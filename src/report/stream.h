/* stream.h - the last step to stdout and stderr. */
#ifndef LSAFLOW_REPORT_STREAM_H
#define LSAFLOW_REPORT_STREAM_H

#include "base/text.h"
#include <stdbool.h>
#include <stdio.h>

/* Writes the text and flushes, so that a full disk is noticed here. LSA_ERR_WRITE with the reason. */
lsa_status lsa_stream_write(FILE *stream, const lsa_text *text, lsa_error *err);

/* Whether the stream is a terminal. */
bool lsa_stream_is_terminal(FILE *stream);

/* Whether it is a terminal that wants colour: neither NO_COLOR set (no-color.org) nor a dumb one. */
bool lsa_stream_has_colour(FILE *stream);

#endif
