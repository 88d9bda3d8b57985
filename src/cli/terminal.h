/* terminal.h - the three standard streams: there from the start, and written to the end. */
#ifndef LSAFLOW_CLI_TERMINAL_H
#define LSAFLOW_CLI_TERMINAL_H

#include <stdbool.h>

enum { CLI_EXIT_OUTPUT = 4 };

/* Fills closed descriptors 0, 1 and 2, so that no file opened later becomes standard output by accident; what is
 * written to a closed one still fails. From here on, an end of the program with output that could not be written has
 * the status CLI_EXIT_OUTPUT, --help and --version included. */
void cli_streams_open(void);

/* Flushes standard output; false where it could not be written, with one line on stderr the first time, unless the
 * user has been told already. */
bool cli_streams_flush(bool told);

#endif
