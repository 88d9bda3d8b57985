/* terminal.c - a program that was started with closed streams, or with a full disk behind them, still tells the truth. */
#define _POSIX_C_SOURCE 200809L
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* argp ends the program itself after --help and --version. */
static void flush_at_exit(void)
{
    if (!cli_streams_flush(false))
        _exit(CLI_EXIT_OUTPUT);
}

void cli_streams_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* open() takes the lowest free number, which is fd; the wrong direction makes every use fail */
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(CLI_EXIT_OUTPUT);
    }
    signal(SIGPIPE, SIG_IGN);
    atexit(flush_at_exit);
}

/* Whether standard output is a pipe that nobody reads any more: what was lost there nobody misses. */
static bool reader_has_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

bool cli_streams_flush(bool told)
{
    static bool failed; /* it is told once, however often it is asked */
    errno = 0;
    if (!failed && ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE || reader_has_gone()))
        return true;
    if (!failed && !told)
        fprintf(stderr, "lsaflow: standard output cannot be written%s%s\n", errno != 0 ? ": " : "",
                errno != 0 ? strerror(errno) : "");
    failed = true;
    return false;
}
