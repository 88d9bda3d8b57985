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

static const char *const heading = "lsaflow training 2\n";

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
    lsa_text_printf(text, "points %td\nseed %llu\nparameters %td\n", o->points, (unsigned long long)o->seed, t->n);
    write_number(text, "first_loss", t->first_loss);
}

/* Of a mark: its step, its time, its parameters. */
static void write_marks(lsa_text *text, const lsa_training *t)
{
    write_number(text, "marks", (double)t->n_marks);
    for (ptrdiff_t k = 0; k < t->n_marks; k++) {
        write_number(text, "at", (double)t->marks[k].step);
        write_number(text, "time", t->marks[k].time);
        write_numbers(text, "theta", t->n, t->states + k * t->n);
    }
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
    write_marks(&text, t);
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

/* A whole number in [0, most]. */
static lsa_status read_count(reader *r, const char *name, double most, ptrdiff_t *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double number = 0.0;
    LSA_TRY(read_numbers(r, name, 1, &number, err));
    if (!(number >= 0.0 && number <= most && number == floor(number)))
        LSA_TRY(damaged(r, name, err));
    *out = (ptrdiff_t)number;
done:
    return status;
}

static lsa_status read_state(reader *r, lsa_training *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(read_count(r, "done", (double)t->settings.steps, &t->step, err));
    LSA_TRY(read_count(r, "averaged", (double)t->step, &t->averaged, err));
    LSA_TRY(read_numbers(r, "time", 1, &t->time, err));
    LSA_TRY(read_numbers(r, "loss", 1, &t->loss, err));
    LSA_TRY(read_numbers(r, "theta", t->n, t->parameters, err));
    LSA_TRY(read_numbers(r, "velocity", t->n, t->velocity, err));
    LSA_TRY(read_numbers(r, "square", t->n, t->square, err));
    LSA_TRY(read_numbers(r, "average", t->n, t->average, err));
    t->loss = t->step > 0 ? t->loss : (double)NAN;
done:
    return status;
}

/* Their steps ascend, up to where the run stands. */
static lsa_status read_marks(reader *r, lsa_training *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t count = 0, before = -1;
    LSA_TRY(read_count(r, "marks", (double)t->settings.points, &count, err));
    LSA_TRY(lsa_training_reserve(t, count, err));
    for (ptrdiff_t k = 0; k < count; k++) {
        LSA_TRY(read_count(r, "at", (double)t->step, &t->marks[k].step, err));
        LSA_TRY(read_numbers(r, "time", 1, &t->marks[k].time, err));
        LSA_TRY(read_numbers(r, "theta", t->n, t->states + k * t->n, err));
        if (t->marks[k].step <= before)
            LSA_TRY(damaged(r, "at", err));
        before = t->marks[k].step;
    }
    t->n_marks = count;
    if (strcmp(r->at, "end\n") != 0)
        LSA_TRY(damaged(r, "end", err));
done:
    return status;
}

/* Numbers of at most 25 characters, with their blanks: four arrays, and one for each mark. */
static size_t largest_file(const lsa_training *t)
{
    const double bytes = 4096.0 + 26.0 * (4.0 * (double)t->n + (double)t->settings.points * ((double)t->n + 4.0));
    return bytes < 1e15 ? (size_t)bytes : (size_t)1 << 50;
}

/* The same run with arrays of its own for what a checkpoint fills. */
static lsa_status make_reader(const lsa_training *t, lsa_training *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = *t;
    out->n_marks = out->room = 0;
    out->marks = NULL;
    out->states = NULL;
    out->parameters = lsa_vec_create(t->n);
    out->velocity = lsa_vec_create(t->n);
    out->square = lsa_vec_create(t->n);
    out->average = lsa_vec_create(t->n);
    LSA_TRY_MEMORY(out->parameters && out->velocity && out->square ? out->average : NULL, "a checkpoint");
done:
    return status;
}

static void clear_reader(lsa_training *t)
{
    free(t->parameters);
    free(t->velocity);
    free(t->square);
    free(t->average);
    free(t->marks);
    free(t->states);
}

lsa_status lsa_training_load(lsa_training *t, const char *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_training found;
    lsa_text_init(&text);
    LSA_TRY(make_reader(t, &found, err));
    LSA_TRY(lsa_text_read_file(&text, path, largest_file(t), err));
    reader r = {text.data, path};
    LSA_TRY(check_run(&r, t, err));
    LSA_TRY(read_state(&r, &found, err));
    LSA_TRY(read_marks(&r, &found, err));
    const lsa_training before = *t; /* the arrays change hands; the rest is the same in both */
    *t = found;
    found = before;
done:
    lsa_text_clear(&text);
    clear_reader(&found);
    return status;
}
