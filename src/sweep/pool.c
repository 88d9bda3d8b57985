/* pool.c - the process that hands out items and takes answers. */
#define _GNU_SOURCE
#include "sweep/pool.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "sweep/pool_worker.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A block of so many seconds: handing out costs nothing then, and the last blocks end at about one time. */
static const double block_seconds = 0.1;
enum { FIRST_BLOCK = 4, WAIT_MILLISECONDS = 100 };

typedef struct child {
    pid_t pid; /* 0: none */
    int requests, answers;
    pool_request block;
    ptrdiff_t answered; /* of the block */
    double begun;       /* the block    */
    ptrdiff_t next_size;
    lsa_text inbox;
    size_t taken; /* bytes of the inbox */
} child;

typedef struct pool {
    const pool_work *work;
    child *children;
    ptrdiff_t *again; /* items left by workers that died, to be done one at a time */
    ptrdiff_t n_again, capacity;
} pool;

/* ---------------------------------------------------------------- workers */

static void close_request(child *c)
{
    close(c->requests);
    c->requests = -1;
}

static void close_ends(child *c)
{
    if (c->requests >= 0)
        close_request(c);
    if (c->answers >= 0)
        close(c->answers);
    c->answers = -1;
}

/* In the new process. It ends without the work of exit, which is the parent's: streams, files. */
static _Noreturn void be_worker(pool *p, int requests, int answers, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    signal(SIGINT, SIG_IGN); /* the parent decides */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    for (int k = 0; k < p->work->workers; k++)
        close_ends(&p->children[k]);
    pool_worker_run(p->work, requests, answers);
    _exit(0);
}

static lsa_status start_child(pool *p, child *c, lsa_error *err)
{
    int requests[2] = {-1, -1}, answers[2] = {-1, -1};
    const pid_t parent = getpid();
    if (pipe(requests) == 0 && pipe(answers) == 0)
        c->pid = fork();
    else
        c->pid = -1;
    if (c->pid == 0) {
        close(requests[1]);
        close(answers[0]);
        be_worker(p, requests[0], answers[1], parent);
    }
    const int failure = errno;
    close(requests[0]);
    close(answers[1]);
    c->requests = requests[1];
    c->answers = answers[0];
    c->block.count = c->answered = 0;
    c->inbox.length = c->taken = 0;
    if (c->pid > 0)
        return LSA_OK;
    c->pid = 0;
    close_ends(c);
    return lsa_error_set(err, LSA_ERR_SOLVER, "a worker cannot be made: %s", strerror(failure));
}

/* Why a process ended. */
static void tell_end(int end, char text[64])
{
    if (WIFSIGNALED(end))
        snprintf(text, 64, "the worker died by signal %d (%s)", WTERMSIG(end), strsignal(WTERMSIG(end)));
    else
        snprintf(text, 64, "the worker ended with status %d", WEXITSTATUS(end));
}

static int wait_for(pid_t pid)
{
    int end = 0;
    while (waitpid(pid, &end, 0) < 0 && errno == EINTR)
        continue;
    return end;
}

static lsa_status again_add(pool *p, ptrdiff_t item, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (p->n_again == p->capacity) {
        const ptrdiff_t capacity = 2 * p->capacity + POOL_BLOCK;
        ptrdiff_t *grown = realloc(p->again, (size_t)capacity * sizeof *grown);
        LSA_TRY_MEMORY(grown, "the items of a worker that died");
        p->again = grown;
        p->capacity = capacity;
    }
    p->again[p->n_again++] = item;
done:
    return status;
}

/* What a dead worker had not answered: alone on an item it is to blame, else all are done again. */
static lsa_status bury(pool *p, child *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char why[64];
    tell_end(wait_for(c->pid), why);
    c->pid = 0;
    close_ends(c);
    if (c->block.count == 1 && c->answered == 0)
        LSA_TRY(p->work->lost(p->work->context, c->block.items[0], why, err));
    else
        for (ptrdiff_t k = c->block.count - 1; k >= c->answered; k--)
            LSA_TRY(again_add(p, c->block.items[k], err));
    c->block.count = c->answered = 0;
done:
    return status;
}

/* ---------------------------------------------------------------- blocks and answers */

static bool is_idle(const child *c)
{
    return c->answered == c->block.count;
}

/* The next block of the child; empty: there is nothing left to hand out. */
static void choose_block(pool *p, child *c)
{
    c->block.count = c->answered = 0;
    if (p->n_again > 0) {
        c->block.items[c->block.count++] = p->again[--p->n_again];
        return;
    }
    while (c->block.count < c->next_size) {
        const ptrdiff_t item = p->work->next(p->work->context);
        if (item < 0)
            break;
        c->block.items[c->block.count++] = item;
    }
}

/* A write that fails is one to a worker that has died, which is seen where its answers are read. */
static void hand_out(pool *p, child *c)
{
    choose_block(p, c);
    const size_t size = sizeof c->block.count + (size_t)c->block.count * sizeof *c->block.items;
    c->begun = lsa_clock_seconds();
    if (c->block.count > 0 && write(c->requests, &c->block, size) != (ssize_t)size)
        close_request(c);
}

/* One whole answer from the inbox; *any: there was one. */
static lsa_status take_answer(pool *p, child *c, bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    pool_answer head;
    const size_t left = c->inbox.length - c->taken;
    *any = left >= sizeof head;
    if (!*any)
        return LSA_OK;
    memcpy(&head, c->inbox.data + c->taken, sizeof head);
    *any = left - sizeof head >= head.length;
    if (!*any)
        return LSA_OK;
    const char *bytes = c->inbox.data + c->taken + sizeof head;
    c->taken += sizeof head + head.length;
    c->answered++;
    if (head.failed) {
        lsa_error why = {0};
        lsa_error_set(&why, LSA_ERR_SOLVER, "%.*s", (int)head.length, bytes);
        LSA_TRY(p->work->lost(p->work->context, head.item, why.text, err));
    } else {
        LSA_TRY(p->work->take(p->work->context, head.item, bytes, head.length, err));
    }
done:
    return status;
}

static lsa_status take_answers(pool *p, child *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (bool any = true; any;)
        LSA_TRY(take_answer(p, c, &any, err));
    memmove(c->inbox.data, c->inbox.data + c->taken, c->inbox.length - c->taken);
    c->inbox.length -= c->taken;
    c->taken = 0;
    if (is_idle(c) && c->block.count > 0) {
        const double each = (lsa_clock_seconds() - c->begun) / (double)c->block.count;
        const double size = block_seconds / (each > 1e-9 ? each : 1e-9);
        c->next_size = size < 1.0 ? 1 : size > POOL_BLOCK ? POOL_BLOCK : (ptrdiff_t)size;
    }
done:
    return status;
}

/* What the child has written; at its end it is buried. */
static lsa_status listen(pool *p, child *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char buffer[65536];
    const ssize_t n = read(c->answers, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
        return LSA_OK;
    if (n <= 0)
        return bury(p, c, err);
    lsa_text_add_bytes(&c->inbox, buffer, (size_t)n);
    LSA_TRY_MEMORY(c->inbox.failed ? NULL : c->inbox.data, "the answers of a worker");
    LSA_TRY(take_answers(p, c, err));
done:
    return status;
}

/* ---------------------------------------------------------------- the loop */

/* Gives all idle children work; *busy: some have. Children are made when there is work for them. */
static lsa_status feed(pool *p, bool *busy, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *busy = false;
    for (int k = 0; k < p->work->workers; k++) {
        child *c = &p->children[k];
        if (c->pid == 0)
            LSA_TRY(start_child(p, c, err));
        if (is_idle(c))
            hand_out(p, c);
        *busy = *busy || !is_idle(c);
    }
done:
    return status;
}

static lsa_status listen_to_all(pool *p, struct pollfd *ends, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; k < p->work->workers; k++)
        ends[k] = (struct pollfd){.fd = is_idle(&p->children[k]) ? -1 : p->children[k].answers, .events = POLLIN};
    if (poll(ends, (nfds_t)p->work->workers, WAIT_MILLISECONDS) < 0)
        return errno == EINTR ? LSA_OK : lsa_error_set(err, LSA_ERR_SOLVER, "waiting for workers: %s", strerror(errno));
    for (int k = 0; k < p->work->workers; k++)
        if (ends[k].revents != 0)
            LSA_TRY(listen(p, &p->children[k], err));
done:
    return status;
}

static lsa_status loop(pool *p, struct pollfd *ends, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool busy = true;
    while (true) {
        if (p->work->interrupt != NULL && *p->work->interrupt != 0)
            return lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted; what is finished is kept");
        LSA_TRY(feed(p, &busy, err));
        if (!busy)
            return LSA_OK;
        LSA_TRY(listen_to_all(p, ends, err));
        LSA_TRY(p->work->tick(p->work->context, err));
    }
done:
    return status;
}

static void pool_clear(pool *p)
{
    for (int k = 0; p->children != NULL && k < p->work->workers; k++) {
        child *c = &p->children[k];
        close_ends(c);
        if (c->pid > 0) {
            kill(c->pid, SIGKILL); /* idle, or its answer is not wanted any more */
            wait_for(c->pid);
        }
        lsa_text_clear(&c->inbox);
    }
    free(p->children);
    free(p->again);
}

lsa_status pool_run(const pool_work *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    pool p = {.work = work, .children = calloc((size_t)work->workers, sizeof *p.children)};
    struct pollfd *ends = calloc((size_t)work->workers, sizeof *ends);
    LSA_TRY_MEMORY(p.children, "the workers");
    LSA_TRY_MEMORY(ends, "the workers");
    for (int k = 0; k < work->workers; k++) {
        p.children[k] = (child){.requests = -1, .answers = -1, .next_size = FIRST_BLOCK};
        lsa_text_init(&p.children[k].inbox);
    }
    LSA_TRY(loop(&p, ends, err));
done:
    pool_clear(&p);
    free(ends);
    return status;
}
