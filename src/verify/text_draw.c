/* text_draw.c - see text_draw.h. */
#include "verify/text_draw.h"

#include "base/clock.h"
#include "base/try.h"
#include "verify/text_mean.h"
#include "verify/text_source.h"
#include "verify/text_trained.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points nearer to the first one than this share of its largest entry are told from it on PILOT common prompts. */
static const double nearness = 1e-5;
enum { PILOT = 4096 };

/* A mean that is small beside what is averaged, as one that is 0, is a share of this of it: of its root mean square, and of its terms
 * before they cancel. */
static const double share_of_size = 0.25;
/* Of those terms. */
static const double rounding = 64.0 * DBL_EPSILON;

/* One call at one point, and at points beside it: how far its value is shifted there. */
typedef struct draw {
    const formula_node *call;
    const lsa_experiment *experiment; /* a model beside this one draws from the same seed: the same prompts */
    const lsa_setting *test;
    ptrdiff_t size; /* of the state; 0: it needs none */
    double *state;
    double level; /* of a quantile */
    text_source *source;
    double *pilot; /* values of the first PILOT prompts; NULL: not asked for yet */
    struct beside {
        double *state, *shift;
        struct beside *next;
    } * beside;
    struct draw *next;
} draw;

struct text_draws {
    lsa_study *study;
    lsa_arena *arena;
    double alpha;
    ptrdiff_t seeds;
    bool fresh;
    text_runs *runs; /* NULL: not asked for yet */
    lsa_sample_options options;
    double deadline;
    ptrdiff_t look;
    bool late;
    const char *doubt, *tails;
    draw *all;
};

lsa_status text_draws_create(lsa_study *study, double alpha, ptrdiff_t seeds, bool fresh, text_draws **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_study_draw as = {.alpha = alpha, .relative_error = 1.0, .fresh = fresh};
    text_draws *d = calloc(1, sizeof *d);
    LSA_TRY_MEMORY(d, "means over prompts");
    d->study = study;
    d->alpha = alpha;
    d->seeds = seeds;
    d->fresh = fresh;
    d->options = lsa_study_sampling(study, &as);
    d->deadline = lsa_clock_seconds() + d->options.seconds;
    d->arena = lsa_arena_create();
    LSA_TRY_MEMORY(d->arena, "means over prompts");
    *out = d;
    d = NULL;
done:
    text_draws_destroy(d);
    return status;
}

void text_draws_destroy(text_draws *d)
{
    if (d == NULL)
        return;
    for (draw *one = d->all; one != NULL; one = one->next)
        text_source_destroy(one->source);
    text_runs_destroy(d->runs);
    lsa_arena_destroy(d->arena);
    free(d);
}

void text_draws_look(text_draws *d, ptrdiff_t prompts)
{
    d->look = prompts;
    d->doubt = d->tails = NULL;
}

bool text_draws_grow(const text_draws *d)
{
    return d->all != NULL;
}

bool text_draws_late(const text_draws *d)
{
    return d->late;
}

ptrdiff_t text_draws_prompts(const text_draws *d)
{
    ptrdiff_t least = d->look;
    for (const draw *one = d->all; one != NULL; one = one->next)
        least = text_source_prompts(one->source) < least ? text_source_prompts(one->source) : least;
    return least;
}

const char *text_draws_doubt(const text_draws *d)
{
    return d->doubt;
}

const char *text_draws_tails(const text_draws *d)
{
    return d->tails;
}

/* ---------------------------------------------------------------- sources */

static lsa_status make_source(text_world *w, const formula_node *call, const double *state, text_source **out,
                              lsa_error *err)
{
    const text_draws *d = w->draws;
    const formula_function_id id = call->function->id;
    const text_source_options options = {.seed = d->options.seed,
                                         .first = d->options.first,
                                         .threads = d->options.threads,
                                         .fast = d->options.fast,
                                         .keeps = id == FORMULA_quantile,
                                         .needs_moments = id == FORMULA_E};
    return text_source_create(w, call->children[0], state, &options, out, err);
}

static lsa_status extend(text_draws *d, text_source *source, ptrdiff_t prompts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double begun = lsa_clock_seconds();
    LSA_TRY(text_source_extend(source, prompts, d->deadline, d->options.interrupt, err));
    d->late = d->late || text_source_prompts(source) < prompts;
done:
    if (d->options.spent != NULL)
        *d->options.spent += lsa_clock_seconds() - begun;
    return status;
}

/* Entry k of the call from its source. */
static lsa_status estimate(const text_draws *d, const draw *one, const text_source *source, ptrdiff_t k,
                           lsa_sample_estimate *out, lsa_error *err)
{
    switch (one->call->function->id) {
    case FORMULA_prob:
        *out = text_source_share(source, d->alpha);
        return LSA_OK;
    case FORMULA_quantile:
        return text_source_quantile(source, one->level, d->alpha, out, err);
    default:
        *out = text_source_mean(source, k, d->alpha);
        return LSA_OK;
    }
}

/* ---------------------------------------------------------------- points beside the first one */

/* The values of the first PILOT prompts at a point. */
static lsa_status pilot_at(text_world *w, draw *one, const double *state, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_source *source = NULL;
    lsa_sample_estimate value;
    LSA_TRY(make_source(w, one->call, state, &source, err));
    LSA_TRY(extend(w->draws, source, PILOT, err));
    double *values = lsa_arena_alloc(w->draws->arena, (size_t)text_source_entries(source), sizeof *values);
    LSA_TRY_MEMORY(values, "means over prompts");
    for (ptrdiff_t k = 0; k < text_source_entries(source); k++) {
        LSA_TRY(estimate(w->draws, one, source, k, &value, err));
        values[k] = value.mean;
    }
    *out = values;
done:
    text_source_destroy(source);
    return status;
}

static double *copy_of(lsa_arena *arena, ptrdiff_t n, const double *x)
{
    double *copy = lsa_arena_alloc(arena, (size_t)n, sizeof *copy);
    if (copy != NULL && n > 0)
        memcpy(copy, x, (size_t)n * sizeof *copy);
    return copy;
}

/* *shift = by how much the value at `state` differs from the draw's own; NULL where that is its point. */
static lsa_status shift_to(text_world *w, draw *one, const double *state, const double **shift, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t bytes = (size_t)one->size * sizeof *state;
    *shift = NULL;
    if (one->size == 0 || memcmp(state, one->state, bytes) == 0)
        return LSA_OK;
    for (const struct beside *b = one->beside; b != NULL; b = b->next) {
        if (memcmp(state, b->state, bytes) == 0) {
            *shift = b->shift;
            return LSA_OK;
        }
    }
    struct beside *b = lsa_arena_alloc(w->draws->arena, 1, sizeof *b);
    LSA_TRY_MEMORY(b, "means over prompts");
    if (one->pilot == NULL)
        LSA_TRY(pilot_at(w, one, one->state, &one->pilot, err));
    b->state = copy_of(w->draws->arena, one->size, state);
    LSA_TRY_MEMORY(b->state, "means over prompts");
    LSA_TRY(pilot_at(w, one, state, &b->shift, err));
    for (ptrdiff_t k = 0; k < text_source_entries(one->source); k++)
        b->shift[k] -= one->pilot[k];
    b->next = one->beside;
    one->beside = b;
    *shift = b->shift;
done:
    return status;
}

static bool is_near(const draw *one, const double *state)
{
    double largest = 0.0, distance = 0.0;
    if (state == NULL)
        return one->size == 0;
    for (ptrdiff_t k = 0; k < one->size; k++) {
        largest = fmax(largest, fabs(one->state[k]));
        distance = fmax(distance, fabs(one->state[k] - state[k]));
    }
    return distance <= nearness * largest;
}

/* ---------------------------------------------------------------- calls */

static lsa_status level_of(text_world *w, const formula_node *call, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *p;
    *out = 0.5;
    if (call->function->id != FORMULA_quantile)
        return LSA_OK;
    LSA_TRY(formula_evaluate(&w->run, call->children[1], &p, err));
    *out = formula_value_double(p, 0, 0);
    if (!(*out > 0.0 && *out < 1.0))
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the p of quantile(e, p) lies between 0 and 1, found %.6g", *out);
done:
    return status;
}

static lsa_status make_draw(text_world *w, const formula_node *call, const double *state, draw **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_draws *d = w->draws;
    draw *one = lsa_arena_alloc(d->arena, 1, sizeof *one);
    LSA_TRY_MEMORY(one, "means over prompts");
    *one = (draw){.call = call, .experiment = w->experiment, .test = w->test, .size = state != NULL ? w->size : 0};
    one->state = copy_of(d->arena, one->size, state);
    LSA_TRY_MEMORY(one->state, "means over prompts");
    LSA_TRY(level_of(w, call, &one->level, err));
    LSA_TRY(make_source(w, call, state, &one->source, err));
    one->next = d->all;
    d->all = one;
    *out = one;
done:
    return status;
}

static lsa_status find_draw(text_world *w, const formula_node *call, const double *state, draw **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = NULL;
    for (draw *one = w->draws->all; one != NULL && *out == NULL; one = one->next)
        if (one->call == call && one->experiment == w->experiment && one->test == w->test && is_near(one, state))
            *out = one;
    if (*out == NULL)
        LSA_TRY(make_draw(w, call, state, out, err));
    LSA_TRY(extend(w->draws, (*out)->source, w->draws->look, err));
done:
    return status;
}

static lsa_status state_here(text_world *w, const formula_node *call, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    *out = NULL;
    if ((call->children[0]->needs & FORMULA_AT_POINT) == 0)
        return LSA_OK;
    LSA_TRY(text_here(w, &place, err));
    LSA_TRY(text_state_of(w, place, out, err));
done:
    return status;
}

/* Fresh runs are those behind the first ones. */
static lsa_status runs_of(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_draws *d = w->draws;
    if (d->runs == NULL)
        LSA_TRY(text_runs_create(w->study, d->seeds, d->fresh ? d->seeds : 0, &d->runs, err));
    LSA_TRY(text_trained(w, d->runs, call->children[0], d->alpha, out, err));
done:
    return status;
}

lsa_status text_drawn(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *state;
    const double *shift;
    draw *one;
    if (w->draws == NULL)
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "it rests on prompts that are drawn, and has an interval: such a number stands on a side of "
            "a claim's comparison only");
    if (call->function->id == FORMULA_trained)
        return runs_of(w, call, out, err);
    LSA_TRY(state_here(w, call, &state, err));
    LSA_TRY(find_draw(w, call, state, &one, err));
    LSA_TRY(shift_to(w, one, state, &shift, err));
    const ptrdiff_t n = text_source_entries(one->source);
    double *value = lsa_arena_alloc(w->arena, (size_t)n, sizeof *value);
    double *error = lsa_arena_alloc(w->arena, (size_t)n, sizeof *error);
    LSA_TRY_MEMORY(value, "a mean over prompts");
    LSA_TRY_MEMORY(error, "a mean over prompts");
    double size = 0.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        lsa_sample_estimate e = {.mean = 0.0};
        LSA_TRY(estimate(w->draws, one, one->source, k, &e, err));
        value[k] = e.mean + (shift != NULL ? shift[k] : 0.0);
        error[k] = isfinite(e.half_width) ? e.half_width : fabs(e.mean);
        if (e.reason != NULL)
            *(e.untrusted > 0.0 ? &w->draws->tails : &w->draws->doubt) = e.reason;
        const double terms = text_source_magnitude(one->source, k);
        error[k] += rounding * terms;
        size =
            fmax(size, fmax(terms, hypot(e.mean, e.standard_error * sqrt((double)text_source_prompts(one->source)))));
    }
    formula_value *made = formula_value_within(w->run.pool, call->rows.size, call->cols.size, value, error);
    formula_value_set_scale(made, share_of_size * size);
    *out = made;
done:
    return status;
}

/* ---------------------------------------------------------------- how many numbers */

static ptrdiff_t count(const text_world *w, const formula_node *node, unsigned char *seen)
{
    ptrdiff_t n = 0;
    const bool mean = node->kind == FORMULA_CALL && node->function->kind == FORMULA_OF_MEANS;
    if (seen[node->number] != 0)
        return 0;
    seen[node->number] = 1;
    if (mean && ((node->needs & FORMULA_SAMPLED) != 0 || !text_mean_is_exact(w, node->children[0])))
        return node->rows.size * node->cols.size;
    for (int k = 0; k < node->n_children; k++)
        n += count(w, node->children[k], seen);
    return n;
}

ptrdiff_t text_drawn_count(const text_world *w, const formula_node *node)
{
    unsigned char *seen = lsa_arena_alloc(w->arena, (size_t)w->run.n_kept + 1, 1);
    return seen == NULL ? 0 : count(w, node, seen);
}
