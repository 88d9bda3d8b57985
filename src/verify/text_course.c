/* text_course.c - a comparison along the path: every sample, and the tail beyond it by rate. */
#include "base/try.h"
#include "verify/text_flow.h"
#include "verify/text_kinds.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The sample that says most: for an equality the one farthest from agreeing; for an inequality the worst violation, else the
 * least room among those that are known to a thousandth. */
typedef struct path_search {
    lsa_relation relation;
    double within;
    bool found, violated;
    text_difference worst;
    double time, key;
    double scale; /* the largest of all samples */
    bool in_tail; /* the worst is beyond what the path knows */
    ptrdiff_t row, col;
    ptrdiff_t judged;
} path_search;

static bool is_known(const text_difference *d)
{
    return isfinite(d->error) && d->error <= 1e-3 * fmax(fabs(d->a), fabs(d->b));
}

/* The share of itself by which the inequality is missed: negative where there is room. */
static double shortfall(const text_difference *d, lsa_relation relation)
{
    const bool upper = relation == LSA_RELATION_AT_MOST || relation == LSA_RELATION_BELOW;
    const double room = upper ? -d->difference : d->difference, bound = upper ? fabs(d->a) : fabs(d->b);
    return -room / fmax(bound, DBL_MIN);
}

static void weigh_sample(path_search *s, const text_difference *d, double time, ptrdiff_t row, ptrdiff_t col)
{
    double key;
    bool violated = false;
    if (!isfinite(d->difference) || !isfinite(d->error))
        return;
    if (s->relation == LSA_RELATION_EQUAL) {
        const double error = d->error + s->within * fabs(d->b);
        violated = fabs(d->difference) >= 10.0 * error && d->difference != 0.0;
        key = violated || d->difference == 0.0 ? fabs(d->difference) : fabs(d->difference) / error;
    } else {
        if (time == 0.0 && fabs(d->difference) <= d->error)
            return; /* both sides begin alike */
        const double miss = shortfall(d, s->relation);
        violated = miss > 0.0 && fabs(d->difference) >= 10.0 * d->error;
        if (!violated && !is_known(d))
            return;
        key = miss;
    }
    s->judged++;
    s->scale = fmax(s->scale, d->scale);
    if (s->found && (s->violated > violated || (s->violated == violated && key <= s->key)))
        return;
    s->found = true;
    s->violated = violated;
    s->worst = *d;
    s->key = key;
    s->time = time;
    s->row = row;
    s->col = col;
}

static lsa_status sides_at(text_world *w, ptrdiff_t i, const formula_node *a, const formula_node *b,
                           const formula_value **x, const formula_value **y, double *time, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place;
    LSA_TRY(text_place_of_sample(w, i, &place, err));
    *time = place.time;
    LSA_TRY(text_at(w, &place, a, x, err));
    LSA_TRY(text_at(w, &place, b, y, err));
done:
    return status;
}

/* One sample: *no_answer with the story where a side has no value there. */
static lsa_status search_sample(const text_job *job, text_pair *p, ptrdiff_t i, const formula_node *a,
                                const formula_node *b, path_search *s, lsa_error *story)
{
    lsa_status status = LSA_OK;
    text_place place;
    double time, other_time;
    ptrdiff_t row, col;
    LSA_TRY(sides_at(&p->run, i, a, b, &p->sides.a, &p->sides.b, &time, story));
    LSA_TRY(sides_at(&p->beside, i, a, b, &p->sides.other_a, &p->sides.other_b, &other_time, story));
    LSA_TRY(text_place_of_sample(&p->run, i, &place, story));
    LSA_TRY(text_pair_scale(job, p, &place, story));
    const text_difference d = text_worst_entry(&p->sides, &row, &col);
    weigh_sample(s, &d, time, row, col);
done:
    return status;
}

/* Beyond what the path knows: the side that depends on the flow falls on at its rate, the other one is a formula of t. */
typedef struct tail {
    const formula_node *moving, *given;
    bool moving_is_left;
    text_rate rate;                     /* of the moving side */
    double start, log_value, log_error; /* the last time at which it is known */
} tail;

static bool is_of_time(const formula_node *node)
{
    return (node->needs & FORMULA_AT_POINT) == 0;
}

/* log of the given side at a time; NAN where it has none. */
static double log_given(text_world *w, const formula_node *given, double time)
{
    const text_place place = {.timed = true, .time = time, .sample = -1};
    const formula_value *value;
    formula_value *log_value;
    if (text_at(w, &place, given, &value, NULL) != LSA_OK ||
        formula_apply(w->run.pool, FORMULA_log, 1, &value, 0, &log_value, NULL) != LSA_OK)
        return (double)NAN;
    return formula_value_double(log_value, 0, 0);
}

/* The times at which the tail is looked at, as multiples of the last known one. */
static const double tail_times[] = {1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0};

static void weigh_tail(const tail *t, text_world *w, path_search *s)
{
    const bool upper = s->relation == LSA_RELATION_AT_MOST || s->relation == LSA_RELATION_BELOW;
    for (size_t k = 0; k < sizeof tail_times / sizeof *tail_times; k++) {
        const double time = tail_times[k] * t->start, given = log_given(w, t->given, time);
        const double moving = t->log_value - t->rate.value * (time - t->start);
        const double error = t->log_error + t->rate.error * (time - t->start) + 1e-12 * fabs(moving);
        const double a = t->moving_is_left ? moving : given, b = t->moving_is_left ? given : moving;
        const double miss = upper ? a - b : b - a; /* of logs: positive where it is missed */
        if (!(miss > 10.0 * error) || !isfinite(miss))
            continue;
        const double ratio = exp(-miss); /* in units of the greater side */
        const text_difference d = {.a = upper ? 1.0 : ratio,
                                   .b = upper ? ratio : 1.0,
                                   .difference = upper ? 1.0 - ratio : ratio - 1.0,
                                   .error = error,
                                   .scale = 1.0};
        weigh_sample(s, &d, time, 0, 0);
        s->in_tail = s->in_tail || (s->found && s->time == time);
    }
}

/* Where one side is a formula of t alone and the other one falls to 0. */
static lsa_status search_tail(const text_job *job, const formula_node *a, const formula_node *b, text_pair *p,
                              path_search *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    tail t = {.moving = is_of_time(b) ? a : b, .given = is_of_time(b) ? b : a, .moving_is_left = is_of_time(b)};
    if (is_of_time(a) == is_of_time(b))
        return LSA_OK;
    status = text_tail(&p->run, t.moving, &t.rate, &t.start, &t.log_value, &t.log_error, &story);
    if (status != LSA_OK)
        return lsa_status_is_no_answer(status) ? LSA_OK : lsa_error_copy(err, status, &story);
    weigh_tail(&t, &p->run, s);
    const size_t used = strlen(job->result->span);
    snprintf(job->result->span + used, sizeof job->result->span - used, "; tail by rate");
    return LSA_OK;
}

static bool is_interrupted(const text_job *job)
{
    const volatile sig_atomic_t *flag = lsa_study_settings(job->context->study)->interrupt;
    return flag != NULL && *flag != 0;
}

static lsa_status search_path(const text_job *job, const formula_node *a, const formula_node *b, text_pair *p,
                              path_search *s, lsa_error *story, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place;
    const text_place *at;
    const flow_path *path, *beside;
    *p = (text_pair){.sides = {.pool = NULL}};
    LSA_TRY(text_job_world(job, false, FORMULA_BITS_FIRST, &p->run, &place, &at, err));
    LSA_TRY(text_job_world(job, true, FORMULA_BITS_FIRST, &p->beside, &place, &at, err));
    LSA_TRY(text_path(&p->run, &path, err));
    LSA_TRY(text_path(&p->beside, &beside, err));
    p->sides.path = path;
    p->sides.asks_share = true;
    p->sides.pool = p->run.run.pool;
    for (ptrdiff_t i = 0; i < path->count; i++) {
        const size_t mark = formula_pool_mark(p->run.run.pool), other = formula_pool_mark(p->beside.run.pool);
        if (is_interrupted(job)) {
            status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted while judging %s", job->checked->claim->name);
            goto done;
        }
        status = search_sample(job, p, i, a, b, s, story);
        formula_pool_release(p->run.run.pool, mark);
        formula_pool_release(p->beside.run.pool, other);
        if (status != LSA_OK && !lsa_status_is_no_answer(status))
            LSA_TRY(lsa_error_copy(err, status, story));
        status = LSA_OK;
    }
    snprintf(job->result->span, sizeof job->result->span, "t in [0, %.6g], %td points",
             text_sample(&p->run, path->count - 1).time, path->count);
    if (s->relation != LSA_RELATION_EQUAL && formula_is_scalar(a))
        LSA_TRY(search_tail(job, a, b, p, s, err));
done:
    return status;
}

lsa_status text_judge_course(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_pair p = {.sides = {.pool = NULL}};
    path_search s = {.relation = relation, .within = job->checked->claim->within};
    lsa_error story = {0};
    lsa_claim_result *result = job->result;
    result->kind = "flow";
    if (relation == LSA_RELATION_DIFFERENT) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "'!=' along a path is not judged");
        goto done;
    }
    LSA_TRY(search_path(job, a, b, &p, &s, &story, err));
    if (!s.found) {
        status =
            lsa_error_set(err, LSA_ERR_UNABLE, "%s",
                          story.text[0] != '\0' ? story.text : "at no sample are the two sides known to a thousandth");
        goto done;
    }
    s.worst.scale = s.scale;
    if (relation == LSA_RELATION_EQUAL)
        text_judge_equality(&s.worst, job->checked->claim, result);
    else
        text_judge_inequality(&s.worst, relation, false, result);
    if (formula_is_scalar(a))
        snprintf(result->place, sizeof result->place, "t = %.6g%s", s.time, s.in_tail && s.violated ? ", by rate" : "");
    else
        snprintf(result->place, sizeof result->place, "entry (%td, %td), t = %.6g", s.row + 1, s.col + 1, s.time);
done:
    text_pair_clear(&p);
    return status;
}
