/* text_statistical.c - comparisons that prompts decide.
 *
 * Both sides are evaluated with each mean over prompts as the ball of its interval, look by look: on 2^14 prompts, 2^15, ... and
 * the budget. An equality holds once the whole interval of the difference lies inside the resolution that is asked, an inequality
 * once it lies on the right side; where the interval excludes what is claimed, fresh prompts are judged alone, and refute where
 * they are off on the same side, too. Otherwise more is drawn. Each interval has the level of the claim over the number of looks
 * and of means, so that none of all is wrong but with the probability of the claim's share, wherever sampling stops.
 * What is not drawn (paths, closed forms) has its own error: ten times that counts against a refutation, as ever. */
#include "base/try.h"
#include "empirical/interval.h"
#include "verify/text_draw.h"
#include "verify/text_joint.h"
#include "verify/text_kinds.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Half-widths of fresh prompts by which they must be off, as for published claims (sampled.h). */
static const double confirmed_widths = 1.4142135623730951;

typedef struct statistical {
    const text_job *job;
    const formula_node *a, *b;
    const formula_node *joint; /* the sampled part of a - b as one mean, or NULL */
    lsa_relation relation;
    double alpha; /* of one interval at one look */
    double asked; /* the resolution */
    ptrdiff_t budget;
} statistical;

/* What a look says of one entry: `room` > 0 where an inequality is true, the distance to what is excluded of an equality. */
typedef struct look {
    text_difference d;
    double margin; /* by which it must be missed */
    double miss;   /* signed a - b beyond what `within` accepts; 0: inside */
    bool excluded, inside;
    ptrdiff_t row, col, prompts;
    bool many;
} look;

static bool is_equality(lsa_relation relation)
{
    return relation == LSA_RELATION_EQUAL || relation == LSA_RELATION_DIFFERENT;
}

static bool is_upper(lsa_relation relation)
{
    return relation == LSA_RELATION_AT_MOST || relation == LSA_RELATION_BELOW;
}

/* The larger side, as for published sampled claims; of an entry of a square matrix the root of the two on the diagonal. Where that
 * is no larger than its own error, as of a mean that is 0, what was averaged. The claim's own `scale` is all. */
static double scale_of(const text_sides *sides, const text_difference *d, ptrdiff_t i, ptrdiff_t j)
{
    if (sides->scale > 0.0)
        return sides->scale;
    double ii = fmax(fabs(d->a), fabs(d->b)), jj = ii;
    const bool square = formula_value_rows(sides->a) == formula_value_cols(sides->a);
    if (square) {
        ii = fmax(fabs(formula_value_double(sides->a, i, i)), fabs(formula_value_double(sides->b, i, i)));
        jj = fmax(fabs(formula_value_double(sides->a, j, j)), fabs(formula_value_double(sides->b, j, j)));
    }
    const double size = sqrt(ii) * sqrt(jj);
    return size > 2.0 * d->error ? size : fmax(formula_value_scale(sides->a), formula_value_scale(sides->b));
}

/* joint: the value of s->joint, or NULL. */
static look look_at(const statistical *s, const text_sides *sides, const formula_value *joint, ptrdiff_t i, ptrdiff_t j)
{
    look out = {.d = text_difference_of(sides, i, j), .row = i, .col = j};
    const double ball = formula_value_compare(sides->pool, sides->a, sides->b, i, j).error;
    const double paired = joint != NULL ? formula_value_radius(joint, i, j) : ball;
    const double known = fmax(out.d.error - ball, 0.0), accepted = s->job->checked->claim->within * fabs(out.d.b);
    out.d.error = known + fmin(ball, paired);
    out.d.scale = scale_of(sides, &out.d, i, j);
    out.margin = out.d.error + 9.0 * known;
    if (is_equality(s->relation)) {
        out.miss = copysign(fmax(fabs(out.d.difference) - accepted, 0.0), out.d.difference);
        out.inside = fabs(out.d.difference) + out.d.error <= s->asked * out.d.scale + accepted;
    } else {
        const double beyond = is_upper(s->relation) ? out.d.difference : -out.d.difference;
        out.miss = beyond > 0.0 ? out.d.difference : 0.0;
        out.inside = beyond + out.d.error <= 0.0;
    }
    out.excluded = fabs(out.miss) > out.margin;
    return out;
}

/* An excluded entry, by how far; else one that is open, and the widest. */
static bool is_worse(const look *x, const look *y)
{
    const double a = fabs(x->miss) / fmax(x->margin, 1e-300), b = fabs(y->miss) / fmax(y->margin, 1e-300);
    if (x->excluded != y->excluded)
        return x->excluded;
    if (x->excluded)
        return a > b;
    if (x->inside != y->inside)
        return !x->inside;
    return (fabs(x->d.difference) + x->d.error) / x->d.scale > (fabs(y->d.difference) + y->d.error) / y->d.scale;
}

/* The difference's own mean, on the same prompts. */
static lsa_status evaluate_joint(const statistical *s, const text_job *job, text_pair *p, const formula_value **out,
                                 lsa_error *err)
{
    lsa_error story = {0};
    *out = NULL;
    if (s->joint == NULL)
        return LSA_OK;
    const lsa_status status = text_pair_init(job, s->joint, s->joint, FORMULA_BITS_FIRST, p, &story);
    if (status != LSA_OK && !lsa_status_is_no_answer(status))
        return lsa_error_copy(err, status, &story);
    *out = status == LSA_OK ? p->sides.a : NULL;
    return LSA_OK;
}

/* One entry is looked at, or (row < 0) the worst one. */
static lsa_status evaluate(const statistical *s, text_draws *draws, ptrdiff_t prompts, ptrdiff_t row, ptrdiff_t col,
                           text_pair *p, look *worst, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_job job = *s->job;
    text_pair difference = {.sides = {.pool = NULL}};
    const formula_value *joint;
    job.draws = draws;
    *worst = (look){.margin = INFINITY};
    text_draws_look(draws, prompts);
    LSA_TRY(text_pair_init(&job, s->a, s->b, FORMULA_BITS_FIRST, p, err));
    LSA_TRY(evaluate_joint(s, &job, &difference, &joint, err));
    const ptrdiff_t rows = formula_value_rows(p->sides.a), cols = formula_value_cols(p->sides.a);
    for (ptrdiff_t k = 0; k < rows * cols; k++) {
        const look one = look_at(s, &p->sides, joint, k % rows, k / rows);
        if (row >= 0 ? one.row == row && one.col == col : k == 0 || is_worse(&one, worst))
            *worst = one;
    }
    worst->prompts = text_draws_grow(draws) ? text_draws_prompts(draws) : 0;
    worst->many = rows * cols > 1;
    if (text_draws_doubt(draws) != NULL)
        worst->excluded = worst->inside = false;
    if (text_draws_tails(draws) != NULL)
        worst->excluded = false;
done:
    text_pair_clear(&difference);
    return status;
}

/* ---------------------------------------------------------------- what is told */

static void tell(const statistical *s, const look *l, lsa_claim_result *result)
{
    result->predicted = l->d.b;
    result->measured = l->d.a;
    result->tolerance = l->d.error;
    result->scale = l->d.scale;
    result->relative_error = l->d.difference / l->d.scale;
    result->resolution = l->d.error / l->d.scale;
    if (!is_equality(s->relation)) {
        const double bound = is_upper(s->relation) ? l->d.b : l->d.a, side = is_upper(s->relation) ? l->d.a : l->d.b;
        result->slack = bound > 0.0 && side > 0.0 ? bound / side : (double)NAN;
        result->tight = result->slack <= 1.0 + fmax(0.01, result->resolution);
    }
    if (l->many)
        snprintf(result->place, sizeof result->place, "entry (%td, %td)", l->row + 1, l->col + 1);
    if (l->prompts > 0)
        snprintf(result->span, sizeof result->span, "%td prompts", l->prompts);
    else
        snprintf(result->span, sizeof result->span, "%td seeds", s->job->checked->claim->seeds);
    claim_why(result, "off by %+.3g %% +- %.2g %%, %s", 100.0 * result->relative_error, 100.0 * result->resolution,
              result->span);
}

static void tell_open(const statistical *s, const text_draws *draws, const look *l, lsa_claim_result *result)
{
    char figures[LSA_WHY_MAX];
    const lsa_experiment *e = s->job->checked->experiment;
    snprintf(figures, sizeof figures, "%s", result->why);
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    if (text_draws_doubt(draws) != NULL)
        claim_why(result, "%s (%.120s)", text_draws_doubt(draws), figures);
    else if (text_draws_tails(draws) != NULL && fabs(l->miss) > l->margin)
        claim_why(result, "%s (%.120s)", text_draws_tails(draws), figures);
    else if (text_draws_late(draws))
        claim_why(result, "the time for sampling (monte_carlo.seconds, %.6g) was over: %.160s", e->monte_carlo.seconds,
                  figures);
    else if (is_equality(s->relation))
        claim_why(result, "the budget ended before an interval inside +- %.3g %%, or one that excludes it: %.160s",
                  100.0 * s->asked, figures);
    else
        claim_why(result, "the budget ended while the interval holds the bound: %.160s", figures);
}

static bool can_go_on(const text_draws *draws)
{
    return text_draws_grow(draws) && !text_draws_late(draws);
}

/* ---------------------------------------------------------------- fresh prompts */

/* Drawn to a quarter of what was missed, or to the end of the budget, and judged once. */
static lsa_status confirm(const statistical *s, const look *first, lsa_claim_result *result, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_draws *draws = NULL;
    text_pair p = {.sides = {.pool = NULL}};
    look again = {.margin = INFINITY};
    LSA_TRY(text_draws_create(s->job->context->study, s->alpha, s->job->checked->claim->seeds, true, &draws, err));
    for (int k = 0;
         k < lsa_looks(s->budget) && !(4.0 * again.margin <= fabs(first->miss)) && (k == 0 || can_go_on(draws)); k++) {
        text_pair_clear(&p);
        LSA_TRY(evaluate(s, draws, lsa_look_prompts(k, s->budget), first->row, first->col, &p, &again, err));
    }
    *out = text_draws_doubt(draws) == NULL && again.miss * first->miss > 0.0 &&
           fabs(again.miss) >= confirmed_widths * again.margin;
    result->fresh = (lsa_fresh_sample){true, again.d.a, again.d.error};
    char figures[LSA_WHY_MAX];
    snprintf(figures, sizeof figures, "%s", result->why);
    claim_why(result, "%.140s; on fresh prompts by %+.3g %% +- %.2g %%%s", figures,
              100.0 * again.d.difference / again.d.scale, 100.0 * again.d.error / again.d.scale,
              *out ? "" : ", which does not confirm it");
done:
    text_pair_clear(&p);
    text_draws_destroy(draws);
    return status;
}

/* ---------------------------------------------------------------- looks */

static void set_verdict(const statistical *s, bool refuted, lsa_claim_result *result)
{
    const bool differs = s->relation == LSA_RELATION_DIFFERENT;
    result->verdict = !refuted ? LSA_VERDICT_INCONCLUSIVE : differs ? LSA_VERDICT_HOLDS : LSA_VERDICT_FAILS;
}

/* An interval that is wide beside 1/N tells no factor of N/(N + 1) from others: of an N without end they are 1. */
static void try_conventions(const statistical *s, const text_pair *p, lsa_claim_result *result)
{
    const double N = s->job->checked->experiment->training.context;
    text_try_conventions(&p->sides, 4.0 * result->resolution * (N + 1.0) < 1.0 ? N : DBL_MAX, result);
}

static lsa_status decide(const statistical *s, text_draws *draws, const text_pair *p, const look *l, bool *decided,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool refuted = false;
    lsa_claim_result *result = s->job->result;
    tell(s, l, result);
    *decided = l->excluded || (l->inside && s->relation != LSA_RELATION_DIFFERENT);
    if (l->excluded) {
        LSA_TRY(confirm(s, l, result, &refuted, err));
        set_verdict(s, refuted, result);
        if (result->verdict == LSA_VERDICT_FAILS && s->relation == LSA_RELATION_EQUAL)
            try_conventions(s, p, result);
    } else if (*decided) {
        result->verdict = LSA_VERDICT_HOLDS;
    } else {
        tell_open(s, draws, l, result);
    }
done:
    return status;
}

static lsa_status judge(const statistical *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_draws *draws = NULL;
    text_pair p = {.sides = {.pool = NULL}};
    bool decided = false;
    LSA_TRY(text_draws_create(s->job->context->study, s->alpha, s->job->checked->claim->seeds, false, &draws, err));
    for (int k = 0; k < lsa_looks(s->budget) && !decided && (k == 0 || can_go_on(draws)); k++) {
        look worst;
        text_pair_clear(&p);
        LSA_TRY(evaluate(s, draws, lsa_look_prompts(k, s->budget), -1, -1, &p, &worst, err));
        LSA_TRY(decide(s, draws, &p, &worst, &decided, err));
    }
done:
    text_pair_clear(&p);
    text_draws_destroy(draws);
    return status;
}

lsa_status text_is_statistical(const text_job *job, const formula_node *a, const formula_node *b, ptrdiff_t *numbers,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world w = {.study = NULL};
    text_place place;
    const text_place *at;
    *numbers = 0;
    if (((a->needs | b->needs) & FORMULA_SAMPLED) == 0 && !job->checked->scope.random)
        return LSA_OK;
    LSA_TRY(text_job_world(job, false, FORMULA_BITS_FIRST, &w, &place, &at, err));
    *numbers = text_drawn_count(&w, a) + text_drawn_count(&w, b);
done:
    text_world_clear(&w);
    return status;
}

lsa_status text_judge_statistical(const text_job *job, const formula_node *a, const formula_node *b,
                                  lsa_relation relation, ptrdiff_t numbers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int means;
    lsa_arena *arena = lsa_arena_create();
    const lsa_text_claim *claim = job->checked->claim;
    const lsa_experiment *e = job->checked->experiment;
    statistical s = {.job = job, .a = a, .b = b, .relation = relation, .budget = e->monte_carlo.prompts};
    job->result->kind = "statistical";
    LSA_TRY_MEMORY(arena, "a claim that prompts decide");
    if (!claim_applies(job->result))
        goto done;
    LSA_TRY(text_joint_mean(arena, a, b, &means, &s.joint, err));
    const ptrdiff_t entries = a->rows.size * a->cols.size;
    if (s.joint != NULL && job->checked->scope.random && numbers != means * entries)
        s.joint = NULL; /* something beside it is drawn */
    s.alpha = job->context->alpha /
              ((double)job->parts * (double)(numbers + (s.joint != NULL ? entries : 0)) * lsa_looks(s.budget));
    s.asked = claim->resolution_is_own ? claim->resolution : e->monte_carlo.relative_error;
    LSA_TRY(judge(&s, err));
done:
    lsa_arena_destroy(arena);
    return status;
}
