/* interrupt.h - the first SIGINT or SIGTERM asks the work to stop; what is finished is kept. */
#ifndef LSAFLOW_CLI_INTERRUPT_H
#define LSAFLOW_CLI_INTERRUPT_H

#include <signal.h>

/* Installs the handlers; a second signal ends the program at once. */
void cli_interrupt_install(void);
/* Non-zero once a signal has come. */
const volatile sig_atomic_t *cli_interrupt_flag(void);
/* The signal's number, SIGINT if none has come. */
int cli_interrupt_signal(void);

#endif
