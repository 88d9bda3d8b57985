/* gnuplot.c - runs gnuplot by fork and exec, and writes values in its language.
 *
 * fork and not posix_spawn, because the child must start in the run directory and POSIX.1-2008 gives posix_spawn no way
 * to say so; between fork and exec the child calls async-signal-safe functions only, so threads of the parent do no
 * harm. */
#define _POSIX_C_SOURCE 200809L
#include "report/gnuplot.h"

#include "lsaflow/report.h"

#include "report/clock.h"
#include "report/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NOT_FOUND = 127,  /* exit code of the child when there is no gnuplot; gnuplot itself exits with 0, 1 or 2 */
    WORDS_MAX = 4096, /* bytes of gnuplot's output that are kept                                              */
    POLL_MS = 5
};

/* The child's side: never returns. `output` becomes stdout and stderr. */
static void become_gnuplot(const char *directory, const char *const *arguments, int output)
{
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0 || chdir(directory) != 0)
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

static lsa_gnuplot_end end_of(int code)
{
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return LSA_GNUPLOT_DONE;
    return WIFEXITED(code) && WEXITSTATUS(code) == NOT_FOUND ? LSA_GNUPLOT_MISSING : LSA_GNUPLOT_FAILED;
}

/* Waits for the child, reading its words, until it ends or the time is over. */
static lsa_gnuplot_end attend(pid_t child, int fd, double seconds, lsa_text *words)
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
        if (lsa_clock_seconds() > deadline) {
            kill(child, SIGKILL);
            while (waitpid(child, &code, 0) < 0 && errno == EINTR)
                continue;
            return LSA_GNUPLOT_SLOW;
        }
    }
    while (open && words->length < WORDS_MAX) { /* what it said last; nobody else holds the pipe now */
        const size_t before = words->length;
        open = drain(fd, 0, words) && words->length > before;
    }
    return end_of(code);
}

lsa_gnuplot_end lsa_gnuplot_run(const char *directory, const char *command, const char *script, double seconds,
                                lsa_text *words)
{
    const char *const arguments[] = {"gnuplot", "-d", "-e", command, script, NULL};
    int ends[2];
    if (pipe(ends) != 0) {
        lsa_text_add(words, strerror(errno));
        return LSA_GNUPLOT_FAILED;
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        become_gnuplot(directory, arguments, ends[1]);
    }
    lsa_gnuplot_end end = LSA_GNUPLOT_FAILED;
    if (child < 0)
        lsa_text_add(words, strerror(errno));
    close(ends[1]);
    if (child > 0)
        end = attend(child, ends[0], seconds, words);
    close(ends[0]);
    return end;
}

/* Whether a byte of a string literal means itself in every place gnuplot looks at. */
static bool is_plain(uint32_t point)
{
    if (point >= 0x80)
        return true;
    if ((point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') || (point >= 'a' && point <= 'z'))
        return true;
    return strchr(" .,:()+-=/<>", (int)point) != NULL;
}

void lsa_gnuplot_add_string(lsa_text *out, const char *text)
{
    lsa_text line;
    lsa_text_init(&line);
    lsa_report_printable(&line, text);
    out->failed = out->failed || line.failed;
    lsa_text_add(out, "\"");
    const char *rest = line.failed ? "" : line.data;
    for (uint32_t point = lsa_utf8_next(&rest); point != 0; point = lsa_utf8_next(&rest)) {
        if (is_plain(point))
            lsa_utf8_add(out, point);
        else
            lsa_text_printf(out, "\\%03o", (unsigned)point);
    }
    lsa_text_add(out, "\"");
    lsa_text_clear(&line);
}

void lsa_gnuplot_add_number(lsa_text *out, double value)
{
    char number[32];
    lsa_text_add(out, isfinite(value) ? lsa_text_number(value, number) : "NaN");
}
