/* stream.c - writing to a stream without losing an error, and what the stream is. */
#define _POSIX_C_SOURCE 200809L
#include "report/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

lsa_status lsa_stream_write(FILE *stream, const lsa_text *text, lsa_error *err)
{
    errno = 0;
    const bool written = fwrite(text->data, 1, text->length, stream) == text->length && fflush(stream) == 0;
    if (!written && errno != EPIPE) /* a reader who has gone, as head does, wants no more */
        return lsa_error_set(err, LSA_ERR_WRITE, "the output cannot be written: %s", strerror(errno));
    return LSA_OK;
}

bool lsa_stream_is_terminal(FILE *stream)
{
    const int fd = fileno(stream);
    return fd >= 0 && isatty(fd) == 1;
}

bool lsa_stream_has_colour(FILE *stream)
{
    const char *terminal = getenv("TERM");
    const char *refused = getenv("NO_COLOR");
    return lsa_stream_is_terminal(stream) && (refused == NULL || *refused == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}
