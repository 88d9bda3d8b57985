/* machine.c - asked of the system, by Linux' own files. */
#define _POSIX_C_SOURCE 200809L
#include "sweep/machine.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *sweep_machine_host(char buffer[SWEEP_MACHINE])
{
    if (gethostname(buffer, SWEEP_MACHINE) != 0)
        snprintf(buffer, SWEEP_MACHINE, "unknown");
    buffer[SWEEP_MACHINE - 1] = '\0';
    return buffer;
}

const char *sweep_machine_processor(char buffer[SWEEP_MACHINE])
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(buffer, SWEEP_MACHINE, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        snprintf(buffer, SWEEP_MACHINE, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (file != NULL)
        fclose(file);
    return buffer;
}
