/* checkpoint.c - a run of training as text, line by line a name and its numbers.
 *
 * First what makes the run: the settings on which its numbers depend, and its size; a checkpoint of others is refused.
 * Then where it stands. Numbers are the shortest decimals that read back as themselves. */
#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "empirical/training.h"
#include "model/number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const heading = "lsaflow training 1\n";

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

static void write_numbers(lsa_text *text, const char *name, ptrdiff_t n, const double *x)
{
    char buffer[32];
    lsa_text_add(text, name);
    for (ptrdiff_t i = 0; i < n; i++) {
        lsa_text_add(text, " ");
        lsa_text_add(text, lsa_text_number(x[i], buffer));
    }
    lsa_text_add(text, "\n");
}

static void write_number(lsa_text *text, const char *name, double x)
{
    write_numbers(text, name, 1, &x);
}

/* The seed has more digits than a double. */
static void write_run(lsa_text *text, const lsa_training *t)
{
    const lsa_train_settings *o = &t->settings;
    lsa_text_add(text, heading);
    lsa_text_printf(text, "method %d\nschedule %d\nsteps %td\nbatch %td\n", (int)o->method, (int)o->schedule, o->steps,
                    o->batch);
    write_number(text, "step_size", o->step_size);
    write_number(text, "decay", o->decay);
    write_number(text, "momentum", o->momentum);
    write_number(text, "beta1", o->beta1);
    write_number(text, "beta2", o->beta2);
    write_number(text, "epsilon", o->epsilon);
    write_number(text, "tail_average", o->tail_average);
    write_number(text, "tasks", o->tasks);
    lsa_text_printf(text, "seed %llu\nparameters %td\n", (unsigned long long)o->seed, t->n);
}

lsa_status lsa_training_save(const lsa_training *t, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    write_run(&text, t);
    write_number(&text, "done", (double)t->step);
    write_number(&text, "averaged", (double)t->averaged);
    write_number(&text, "time", t->time);
    write_number(&text, "loss", isnan(t->loss) ? 0.0 : t->loss);
    write_numbers(&text, "theta", t->n, t->parameters);
    write_numbers(&text, "velocity", t->n, t->velocity);
    write_numbers(&text, "square", t->n, t->square);
    write_numbers(&text, "average", t->n, t->average);
    lsa_text_add(&text, "end\n");
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a checkpoint");
    LSA_TRY(lsa_text_write_file(path, text.data, text.length, err));
done:
    lsa_text_clear(&text);
    return status;
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

/* The place up to which the text is read; each step ends what it took with a zero. */
typedef struct reader {
    char *at;
    const char *path;
} reader;

/* The text up to the next blank or line end, which must be `stop`; NULL where it is not. */
static char *take(reader *r, char stop)
{
    char *start = r->at;
    const size_t length = strcspn(start, " \n");
    if (start[length] != stop)
        return NULL;
    start[length] = '\0';
    r->at = start + length + 1;
    return start;
}

static lsa_status damaged(const reader *r, const char *name, lsa_error *err)
{
    return lsa_error_set(err, LSA_ERR_INPUT, "%s: the checkpoint is damaged at '%s'", r->path, name);
}

static lsa_status read_numbers(reader *r, const char *name, ptrdiff_t n, double *out, lsa_error *err)
{
    const char *found = take(r, ' ');
    if (!found || strcmp(found, name) != 0)
        return damaged(r, name, err);
    for (ptrdiff_t i = 0; i < n; i++) {
        const char *number = take(r, i + 1 < n ? ' ' : '\n');
        if (!number || !lsa_number_parse(number, &out[i]) || !isfinite(out[i]))
            return damaged(r, name, err);
    }
    return LSA_OK;
}

/* Letters of a foreign line that a message quotes. */
static int shown(const char *line)
{
    const size_t length = strcspn(line, "\n");
    return length < 80 ? (int)length : 80;
}

/* The run's lines must be those of this training, letter by letter; the first that differs is named. */
static lsa_status check_run(reader *r, const lsa_training *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text own;
    lsa_text_init(&own);
    write_run(&own, t);
    LSA_TRY_MEMORY(own.failed ? NULL : own.data, "a checkpoint");
    if (strncmp(r->at, heading, strlen(heading)) != 0)
        LSA_TRY(lsa_error_set(err, LSA_ERR_INPUT, "%s is no checkpoint of a training", r->path));
    for (const char *line = own.data; *line;) {
        const size_t length = strcspn(line, "\n");
        if (strncmp(r->at, line, length + 1) != 0)
            LSA_TRY(lsa_error_set(err, LSA_ERR_INPUT,
                                  "%s is a checkpoint of another run: it has '%.*s' where this has '%.*s'", r->path,
                                  shown(r->at), r->at, (int)length, line));
        r->at += length + 1;
        line += length + 1;
    }
done:
    lsa_text_clear(&own);
    return status;
}

/* Four arrays of n numbers behind one another. */
static lsa_status read_state(reader *r, lsa_training *t, double *arrays, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double done = 0.0, averaged = 0.0, time = 0.0, loss = 0.0;
    const ptrdiff_t n = t->n;
    LSA_TRY(read_numbers(r, "done", 1, &done, err));
    LSA_TRY(read_numbers(r, "averaged", 1, &averaged, err));
    LSA_TRY(read_numbers(r, "time", 1, &time, err));
    LSA_TRY(read_numbers(r, "loss", 1, &loss, err));
    LSA_TRY(read_numbers(r, "theta", n, arrays, err));
    LSA_TRY(read_numbers(r, "velocity", n, arrays + n, err));
    LSA_TRY(read_numbers(r, "square", n, arrays + 2 * n, err));
    LSA_TRY(read_numbers(r, "average", n, arrays + 3 * n, err));
    if (strcmp(r->at, "end\n") != 0)
        LSA_TRY(damaged(r, "end", err));
    if (!(done >= 0.0 && done <= (double)t->settings.steps && done == floor(done) && averaged >= 0.0 &&
          averaged <= done && averaged == floor(averaged)))
        LSA_TRY(damaged(r, "done", err));
    t->step = (ptrdiff_t)done;
    t->averaged = (ptrdiff_t)averaged;
    t->time = time;
    t->loss = t->step > 0 ? loss : (double)NAN;
    memcpy(t->parameters, arrays, (size_t)n * sizeof(double));
    memcpy(t->velocity, arrays + n, (size_t)n * sizeof(double));
    memcpy(t->square, arrays + 2 * n, (size_t)n * sizeof(double));
    memcpy(t->average, arrays + 3 * n, (size_t)n * sizeof(double));
done:
    return status;
}

/* Four arrays of numbers of at most 25 characters, with their blanks. */
static size_t largest_file(const lsa_training *t)
{
    return 4096 + (size_t)100 * (size_t)t->n;
}

lsa_status lsa_training_load(lsa_training *t, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    double *arrays = lsa_vec_create(4 * t->n);
    lsa_text_init(&text);
    LSA_TRY_MEMORY(arrays, "a checkpoint");
    LSA_TRY(lsa_text_read_file(&text, path, largest_file(t), err));
    reader r = {text.data, path};
    LSA_TRY(check_run(&r, t, err));
    LSA_TRY(read_state(&r, t, arrays, err));
done:
    lsa_text_clear(&text);
    free(arrays);
    return status;
}
