/* child.c - runs a program by fork and exec.
 *
 * fork and not posix_spawn, because the child must start in a directory of its own and POSIX.1-2008 gives posix_spawn no
 * way to say so; between fork and exec the child calls async-signal-safe functions only, so threads of the parent do no
 * harm. */
#define _POSIX_C_SOURCE 200809L
#include "base/child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NOT_FOUND = 127,  /* exit code of the child when there is no such program */
    WORDS_MAX = 4096, /* bytes of its output that are kept                    */
    POLL_MS = 5
};

/* The signal that the child gets when its parent ends, however that happens. */
static void die_with_parent(void)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

/* The child's side: never returns. `output` becomes stdout and stderr. */
static void become(const char *directory, const char *const *arguments, int output)
{
    die_with_parent();
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0 || (directory != NULL && chdir(directory) != 0))
        _exit(1);
    /* execvp's prototype lacks the const that it keeps */
    union {
        const char *const *constant;
        char *const *plain;
    } list = {arguments};
    execvp(arguments[0], list.plain);
    _exit(errno == ENOENT || errno == EACCES || errno == ENOTDIR ? NOT_FOUND : 1);
}

/* Moves what the pipe holds into words, waiting at most `wait_ms` for it; false once the other end is closed. */
static bool drain(int fd, int wait_ms, lsa_text *words)
{
    char bytes[1024];
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0)
        return true;
    const ssize_t got = read(fd, bytes, sizeof bytes);
    if (got > 0 && words->length + (size_t)got <= WORDS_MAX)
        lsa_text_add_bytes(words, bytes, (size_t)got);
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

static lsa_child_end end_of(int code)
{
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return LSA_CHILD_DONE;
    return WIFEXITED(code) && WEXITSTATUS(code) == NOT_FOUND ? LSA_CHILD_MISSING : LSA_CHILD_FAILED;
}

static void end_child(pid_t child)
{
    int code;
    kill(child, SIGKILL);
    while (waitpid(child, &code, 0) < 0 && errno == EINTR)
        continue;
}

/* Waits for the child, reading its words, until it ends, the time is over or an interrupt comes. */
static lsa_child_end attend(pid_t child, int fd, double seconds, const volatile sig_atomic_t *interrupt,
                            lsa_text *words, int *exit_code)
{
    const double deadline = lsa_clock_seconds() + seconds;
    bool open = true;
    int code = 0;
    for (;;) {
        if (open)
            open = drain(fd, POLL_MS, words);
        else
            poll(NULL, 0, POLL_MS);
        const pid_t ended = waitpid(child, &code, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR))
            break;
        const bool stopped = interrupt != NULL && *interrupt != 0;
        if (stopped || lsa_clock_seconds() > deadline) {
            end_child(child);
            return stopped ? LSA_CHILD_STOPPED : LSA_CHILD_SLOW;
        }
    }
    while (open && words->length < WORDS_MAX) { /* what it said last; nobody else holds the pipe now */
        const size_t before = words->length;
        open = drain(fd, 0, words) && words->length > before;
    }
    if (exit_code != NULL && WIFEXITED(code))
        *exit_code = WEXITSTATUS(code);
    return end_of(code);
}

lsa_child_end lsa_child_run(const char *directory, const char *const *arguments, double seconds,
                            const volatile sig_atomic_t *interrupt, lsa_text *words, int *exit_code)
{
    int ends[2];
    if (exit_code != NULL)
        *exit_code = -1;
    if (pipe(ends) != 0) {
        lsa_text_add(words, strerror(errno));
        return LSA_CHILD_FAILED;
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        become(directory, arguments, ends[1]);
    }
    lsa_child_end end = LSA_CHILD_FAILED;
    if (child < 0)
        lsa_text_add(words, strerror(errno));
    close(ends[1]);
    if (child > 0)
        end = attend(child, ends[0], seconds, interrupt, words, exit_code);
    close(ends[0]);
    return end;
}
