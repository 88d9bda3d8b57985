/* interrupt.c - signals and the time limit become a flag; a thread ends the program where nobody looks at the flag.
 *
 * Whoever works looks at the flag, keeps what is finished and comes back. Not everything that works can be asked:
 * LAPACK, the reader of a large file, the first steps of a set-up. A thread, the watch, waits beside the work, and
 * where that is not back GRACE seconds after the signal it says where it stood and ends the program. Handlers do no more
 * than wake the watch. This is the one piece of state that has to be global. */
#define _POSIX_C_SOURCE 200809L
#include "cli/interrupt.h"

#include "base/clock.h"
#include "report/report.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double GRACE = 0.7;       /* seconds from the signal to the end, where nobody listens     */
static const double WORK = 0.5;        /* of processors that the work must have had by then ...        */
static const double BUSY = 3.0;        /* ... unless so long has passed: others keep the machine busy  */
static const double PATIENCE = 10.0;   /* seconds from the signal while results are written            */
static const double LONGEST_WAIT = 60; /* of one turn of the watch                                     */

static volatile sig_atomic_t caught, status_is_wanted;

static struct watch {
    sem_t woken;
    pthread_mutex_t lock; /* of what follows */
    char stage[64];
    double fraction;
    bool patient;
    bool json; /* constant once the watch runs, as is the next */
    double limit;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .stage = "reading the model", .limit = (double)INFINITY};

static void remember(int number)
{
    const int before = errno;
    if (number == SIGUSR1) {
        status_is_wanted = 1;
    } else if (caught != 0) {
        signal(number, SIG_DFL);
        raise(number);
    } else {
        caught = number;
    }
    sem_post(&watch.woken);
    errno = before;
}

/* Sleeps until a signal or for `seconds`. */
static void sleep_until_woken(double seconds)
{
    struct timespec end;
    const double wait = fmin(fmax(seconds, 0.0), LONGEST_WAIT);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += (time_t)wait;
    end.tv_nsec += (long)((wait - floor(wait)) * 1e9);
    if (end.tv_nsec >= 1000000000L) {
        end.tv_nsec -= 1000000000L;
        end.tv_sec++;
    }
    sem_timedwait(&watch.woken, &end);
}

static struct watch look(void)
{
    pthread_mutex_lock(&watch.lock);
    struct watch now = {.fraction = watch.fraction, .patient = watch.patient};
    memcpy(now.stage, watch.stage, sizeof now.stage);
    pthread_mutex_unlock(&watch.lock);
    return now;
}

static void tell_status(double began)
{
    const struct watch now = look();
    status_is_wanted = 0;
    fprintf(stderr, "lsaflow: %.0f %% of: ", 100.0 * now.fraction);
    lsa_report_print(stderr, now.stage);
    fprintf(stderr, "; %.1f s since the start\n", lsa_clock_seconds() - began);
}

/* Ends the program in the middle of a call. What was printed before is kept where nobody is printing. */
static void leave(void)
{
    const struct watch now = look();
    const int number = caught;
    if (ftrylockfile(stdout) == 0) {
        if (watch.json)
            fputs("{\"interrupted\": true}\n", stdout);
        fflush(stdout);
    }
    fputs("lsaflow: interrupted in: ", stderr);
    lsa_report_print(stderr, now.stage);
    fputs("; nothing of this was finished\n", stderr);
    _exit(128 + number);
}

/* Of all threads together. */
static double processor_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* Whether the work may still come back by itself, so long after the signal and after so much work. */
static bool may_go_on(double passed, double worked)
{
    return look().patient ? passed < PATIENCE : passed < GRACE || (worked < WORK && passed < BUSY);
}

static void *keep_watch(void *nothing)
{
    const double began = lsa_clock_seconds();
    (void)nothing;
    while (caught == 0) {
        sleep_until_woken(watch.limit - (lsa_clock_seconds() - began));
        if (status_is_wanted)
            tell_status(began);
        if (caught == 0 && lsa_clock_seconds() - began >= watch.limit)
            caught = SIGALRM;
    }
    const double asked = lsa_clock_seconds(), worked = processor_seconds();
    do {
        sleep_until_woken(GRACE / 4);
        if (status_is_wanted)
            tell_status(began);
    } while (may_go_on(lsa_clock_seconds() - asked, processor_seconds() - worked));
    leave();
    return NULL;
}

/* A signal that the caller of the program has switched off, as nohup does, stays off. */
static void handle(int number)
{
    struct sigaction action = {.sa_handler = remember}, before;
    sigemptyset(&action.sa_mask);
    if (number == SIGHUP && sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return;
    sigaction(number, &action, NULL);
}

void cli_interrupt_install(double seconds, bool json)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    pthread_t thread;
    watch.json = json;
    watch.limit = seconds;
    sem_init(&watch.woken, 0, 0);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        handle(numbers[k]);
    if (pthread_create(&thread, NULL, keep_watch, NULL) == 0)
        pthread_detach(thread);
    else if (isfinite(seconds))
        alarm((unsigned)fmax(ceil(seconds), 1.0)); /* without a watch the limit ends the program as the signal does */
}

const volatile sig_atomic_t *cli_interrupt_flag(void)
{
    return &caught;
}

int cli_interrupt_signal(void)
{
    return caught != 0 ? (int)caught : SIGINT;
}

void cli_interrupt_stage(const char *stage, double fraction)
{
    pthread_mutex_lock(&watch.lock);
    snprintf(watch.stage, sizeof watch.stage, "%s", stage);
    watch.fraction = fraction;
    pthread_mutex_unlock(&watch.lock);
}

void cli_interrupt_patience(bool patient)
{
    pthread_mutex_lock(&watch.lock);
    watch.patient = patient;
    pthread_mutex_unlock(&watch.lock);
}
