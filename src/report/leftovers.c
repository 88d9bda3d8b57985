/* leftovers.c - files under temporary names whose writer was killed, removed by the next run of the same directory. */
#define _POSIX_C_SOURCE 200809L
#include "report/run_directory.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The process whose number text starts with, 0 where there is none or `after` does not follow. */
static pid_t process_at(const char *text, char after)
{
    char *end;
    errno = 0;
    const long number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == after && number > 0 ? (pid_t)number : 0;
}

/* The writer of ".part-PROCESS-..." (a figure) or "NAME.PROCESS-ATTEMPT.tmp" (any other file); 0: neither. */
static pid_t writer_of(const char *name)
{
    static const char part[] = ".part-", end[] = ".tmp";
    const size_t length = strlen(name);
    if (strncmp(name, part, strlen(part)) == 0)
        return process_at(name + strlen(part), '-');
    if (length <= strlen(end) || strcmp(name + length - strlen(end), end) != 0)
        return 0;
    const char *dot = NULL;
    for (const char *at = name; at < name + length - strlen(end); ++at)
        dot = *at == '.' ? at : dot;
    return dot != NULL ? process_at(dot + 1, '-') : 0;
}

void lsa_run_directory_sweep(const char *path)
{
    DIR *all = opendir(path);
    if (all == NULL)
        return;
    for (const struct dirent *entry = readdir(all); entry != NULL; entry = readdir(all)) {
        const pid_t writer = writer_of(entry->d_name);
        if (writer != 0 && kill(writer, 0) != 0 && errno == ESRCH)
            unlinkat(dirfd(all), entry->d_name, 0);
    }
    closedir(all);
}
