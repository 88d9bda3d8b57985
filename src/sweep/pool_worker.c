/* pool_worker.c - a worker: one item after the other, answers gathered for a moment so that pipes are not the cost. */
#define _POSIX_C_SOURCE 200809L
#include "sweep/pool_worker.h"

#include "base/clock.h"
#include "base/text.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { GATHERED_BYTES = 32768 };
static const double gathered_seconds = 0.02;

/* True when all bytes were read; false at the end of the requests. */
static bool read_request(int fd, pool_request *request)
{
    ssize_t n;
    do {
        n = read(fd, &request->count, sizeof request->count);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof request->count || request->count <= 0)
        return false;
    const size_t size = (size_t)request->count * sizeof *request->items;
    do {
        n = read(fd, request->items, size);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)size;
}

static bool flush(int fd, lsa_text *gathered)
{
    size_t written = 0;
    while (written < gathered->length) {
        const ssize_t n = write(fd, gathered->data + written, gathered->length - written);
        if (n < 0 && errno != EINTR)
            return false;
        written += n > 0 ? (size_t)n : 0;
    }
    gathered->length = 0;
    return true;
}

/* The answer to one item behind what is gathered. */
static void answer_item(const pool_work *work, ptrdiff_t item, lsa_text *answer, lsa_text *gathered)
{
    lsa_error err = {0};
    answer->length = 0;
    const lsa_status status = work->answer(work->context, item, answer, &err);
    pool_answer head = {.item = item, .failed = status != LSA_OK || answer->failed};
    const char *bytes = !head.failed ? answer->data : status != LSA_OK ? err.text : "out of memory";
    head.length = head.failed ? strlen(bytes) : answer->length;
    lsa_text_add_bytes(gathered, (const char *)&head, sizeof head);
    lsa_text_add_bytes(gathered, bytes, head.length);
}

void pool_worker_run(const pool_work *work, int requests, int answers)
{
    pool_request request;
    lsa_text answer, gathered;
    lsa_text_init(&answer);
    lsa_text_init(&gathered);
    bool heard = true;
    double flushed = lsa_clock_seconds();
    while (heard && read_request(requests, &request)) {
        for (ptrdiff_t k = 0; k < request.count && heard; k++) {
            answer_item(work, request.items[k], &answer, &gathered);
            const bool last = k == request.count - 1;
            if (last || gathered.length > GATHERED_BYTES || lsa_clock_seconds() - flushed > gathered_seconds) {
                heard = flush(answers, &gathered) && !gathered.failed && !answer.failed;
                flushed = lsa_clock_seconds();
            }
        }
    }
    lsa_text_clear(&answer);
    lsa_text_clear(&gathered);
}
