/* interrupt.h - the first SIGINT, SIGTERM or SIGHUP, or the end of the time limit, asks the work to stop; what is
 * finished is kept. */
#ifndef LSAFLOW_CLI_INTERRUPT_H
#define LSAFLOW_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* Installs the handlers and starts the watch. seconds: of the time limit, INFINITY for none; its end counts as SIGALRM.
 * A second signal ends the program at once. So does the watch itself, within a second of work after the first, where it
 * stands in a call that cannot be asked to stop; `json`: it then leaves a document that says so. SIGUSR1 prints the
 * stage of the work on stderr. */
void cli_interrupt_install(double seconds, bool json);

/* Non-zero once a signal has come. */
const volatile sig_atomic_t *cli_interrupt_flag(void);
/* The signal's number, SIGINT if none has come. */
int cli_interrupt_signal(void);

/* What the work is at, for the watch to tell; fraction: done of the whole, 0 to 1. */
void cli_interrupt_stage(const char *stage, double fraction);
/* Whether the watch is to leave the work time: while results are written, or a measurement ends. */
void cli_interrupt_patience(bool patient);

#endif
