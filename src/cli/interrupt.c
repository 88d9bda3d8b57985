/* interrupt.c - signals become a flag; the one piece of state that has to be global. */
#define _POSIX_C_SOURCE 200809L
#include "cli/interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t caught;

static void remember(int number)
{
    caught = number;
}

void cli_interrupt_install(void)
{
    struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

const volatile sig_atomic_t *cli_interrupt_flag(void)
{
    return &caught;
}

int cli_interrupt_signal(void)
{
    return caught != 0 ? (int)caught : SIGINT;
}
