/* classify.c - inertia of the Hessian and the verdict on the end.
 *
 * Orbits of scaling symmetries give one zero eigenvalue each where they move the point; these are not counted. */
#include "flow/classify.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "flow/curvature.h"
#include "flow/growth.h"
#include "flow/saddle.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A point whose Newton step would gain less than this share of L(0) - L* is called stationary. */
static const double STATIONARY = 1e-8;
/* ... a saddle, where that step means nothing, by its gradient against the largest one on the path. */
static const double STATIONARY_GRADIENT = 1e-9;

/* Of the start, at most: a balanced path that rests there has come to zero. */
static const double NEAR_ZERO = 1e-6;

/* Points so far away, of the size of the end, are compared with it, along so many directions; this of L(0) is no descent. */
static const double DESCENT_MOVE = 1e-3, DESCENT_ROUNDING = 1e-13;
enum { DESCENT_DIRECTIONS = 8 };

const char *lsa_kind_text(lsa_kind kind)
{
    static const char *const texts[] = {"global-minimum", "minimum",        "local-minimum",
                                        "saddle",         "not-stationary", "undecided"};
    return texts[kind];
}

/* The symmetries that move the point: their tangent (e_k theta_k) is not zero to rounding of the start's scale. */
static ptrdiff_t orbits(const flow_system *system, const flow_invariants *invariants, const double *y)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t m = 0; m < invariants->count; m++) {
        bool moves = false;
        for (ptrdiff_t k = 0; k < invariants->blocks; k++) {
            const lsa_block *block = &system->blocks[k];
            moves = moves || (invariants->exponents[k + m * invariants->blocks] != 0.0 &&
                              (lsa_vec_norm_max(block->rows * block->cols, y + block->offset) > 0.0 ||
                               flow_system_square(system, k, y) > 0.0));
        }
        count += moves;
    }
    return count;
}

static void set_counts(lsa_classification *c, ptrdiff_t n, ptrdiff_t negative, ptrdiff_t zero, ptrdiff_t flat)
{
    c->negative = negative;
    c->positive = n - negative - zero;
    c->zero = zero > flat ? zero - flat : 0;
}

/* The eigenvalue that decides: the lowest when it is negative, else the first that is not zero. */
static ptrdiff_t deciding(ptrdiff_t n, ptrdiff_t negative, ptrdiff_t zero)
{
    const ptrdiff_t k = negative > 0 ? 0 : zero;
    return k < n ? k : n - 1;
}

static void inertia_form(const flow_system *system, ptrdiff_t flat, lsa_sample point, lsa_classification *c)
{
    const flow_form *form = system->form;
    const double largest = flow_form_bound(form, point.state), size = lsa_vec_norm_max(system->n, point.state);
    const double tau = flow_zero_threshold(1e-15, largest, point.gradient_norm, size);
    const ptrdiff_t negative = flow_form_count_below(form, point.state, -tau);
    const ptrdiff_t zero = flow_form_count_below(form, point.state, tau) - negative;
    flat = flow_orbits_are_flat(largest, point.gradient_norm, size) ? flat : 0;
    set_counts(c, system->n, negative, zero, flat);
    c->least_eigenvalue = flow_form_eigenvalue(form, point.state, deciding(system->n, negative, zero));
}

/* Reduced: the entries off the diagonal have the pivots u^2 H_ij >= 0. At a polished point they are 0 and stand alone,
 * each with its pivot for an eigenvalue; elsewhere only the negative eigenvalues are counted, to which they contribute
 * through the Schur complement. */
static void inertia_reduced(const flow_system *system, ptrdiff_t flat, lsa_sample point, lsa_classification *c)
{
    const flow_form *form = system->form;
    const flow_reduction *reduction = system->reduction;
    const double *y = point.state, u2 = y[form->u] * y[form->u];
    double phi[3], above = 0.0;
    flow_system_sums(system, y, phi);
    const double largest = flow_form_bound(form, y) + phi[1] + 2.0 * sqrt(u2 * fmax(phi[2], 0.0));
    const double size = lsa_vec_norm_max(system->n, y);
    const double tau = flow_zero_threshold(1e-15, largest, point.gradient_norm, size);
    const double share = reduction->tail.moving * reduction->tail.moving;
    const double eliminated = share * flow_kernel_schur(reduction->kernel, y[system->n], u2, -tau);
    c->negative = flow_form_count_below_with(form, y, -tau, eliminated);
    if (c->negative > 0 && fabs(eliminated) <= 1e-12 * largest)
        c->least_eigenvalue = flow_form_eigenvalue(form, y, 0);
    if (c->negative > 0 || eliminated != 0.0 || !flow_reduction_may_count(reduction))
        return;
    const ptrdiff_t zero = flow_form_count_below(form, y, tau), n = lsa_program_size(system->program);
    const ptrdiff_t still = u2 > 0.0 ? flow_reduction_count(reduction, tau / u2, &above) : n - system->n;
    flat = flow_orbits_are_flat(largest, point.gradient_norm, size) ? flat : 0;
    set_counts(c, n, 0, zero + still, flat);
    c->least_eigenvalue = flow_form_eigenvalue(form, y, deciding(system->n, 0, zero));
    if (u2 > 0.0)
        c->least_eigenvalue = fmin(c->least_eigenvalue, u2 * above);
}

static void inertia_spectrum(const flow_spectrum *spectrum, ptrdiff_t flat, lsa_sample point, lsa_classification *c)
{
    if (!flow_orbits_are_flat(spectrum->largest, spectrum->gradient_norm, lsa_vec_norm_max(spectrum->n, point.state)))
        flat = 0;
    const ptrdiff_t negative = flow_spectrum_negative(spectrum), zero = flow_spectrum_zero(spectrum);
    set_counts(c, spectrum->n, negative, zero, flat);
    c->least_eigenvalue = spectrum->lambda[deciding(spectrum->n, negative, zero)];
}

/* What decides the kind. */
typedef struct finding {
    double decrement; /* what a Newton step from the raw end would gain; NAN: unknown               */
    bool negative;    /* some curvature is                                                          */
    bool driven;      /* ... and the gradient along it is more than rounding                        */
    bool exact;       /* ... or nothing at all                                                      */
    bool underflows;  /* ... or below the range of doubles                                          */
    bool balanced;    /* no conserved quantity keeps the path from zero, which it came to            */
    bool blind;       /* rounding of the step ahead is more than the tolerance                       */
    bool flat;        /* some is zero, or may be, beside that of the conserved quantities' orbits    */
    bool manifold;    /* the flat directions are those of a manifold of stationary points            */
    bool descends;    /* along some of them the loss falls, by its third derivative or a higher one   */
    bool unseen;      /* rounding of the largest curvature may hide what the flat directions do              */
    bool unknown;     /* the gradient is small, and Newton's equation could not be solved            */
    bool rounded;     /* the gradient is rounding of products that cancel                            */
    bool least;       /* the value is the least that this loss can have, though its minimum is not known */
} finding;

/* A saddle is one where a path stays: it ended there, or nothing drives it on. */
static bool is_stationary(const flow_system *system, const flow_stop *stop, const finding *found, lsa_sample raw,
                          double excess, double allowed)
{
    if (raw.gradient_norm == 0.0 || (excess >= 0.0 && excess <= allowed) || (found->negative && stop->at_rest))
        return true;
    if (found->driven)
        return false;
    if (found->negative && !system->way->form && system->n > FLOW_SPECTRUM_LIMIT)
        return flow_gradient_is_small(stop, system, raw.state, raw.gradient_norm, STATIONARY_GRADIENT);
    return found->decrement <= allowed;
}

static lsa_kind kind_of(const lsa_classification *c, const finding *found, bool stationary, double allowed)
{
    const bool settled = !found->flat || found->manifold;
    if (found->unknown)
        return LSA_KIND_UNDECIDED;
    if (found->unseen && c->excess <= allowed)
        return LSA_KIND_GLOBAL_MINIMUM; /* by its value; signs of unseen curvature are rounding */
    if (!stationary)
        return found->rounded ? LSA_KIND_UNDECIDED : LSA_KIND_NOT_STATIONARY;
    if (c->excess <= allowed || found->least)
        return LSA_KIND_GLOBAL_MINIMUM;
    if (found->negative)
        return LSA_KIND_SADDLE;
    if (found->flat && found->unseen)
        return LSA_KIND_UNDECIDED;
    if (settled)
        return isnan(c->excess) ? LSA_KIND_MINIMUM : LSA_KIND_LOCAL_MINIMUM;
    return found->descends ? LSA_KIND_SADDLE : LSA_KIND_UNDECIDED;
}

static void say(lsa_trajectory *trajectory, const finding *found, double bound, double allowed)
{
    const lsa_classification *c = &trajectory->classification;
    char *const reason = trajectory->kind_reason;
    const size_t size = sizeof trajectory->kind_reason;
    if (c->kind == LSA_KIND_GLOBAL_MINIMUM && found->least)
        snprintf(reason, size, "the least loss of any matrix in place of the products of parameters is attained");
    else if (c->kind == LSA_KIND_MINIMUM && !isnan(bound))
        snprintf(
            reason, size,
            "the loss rises in every direction; its global minimum is not known, but not below %.9g, the least of any "
            "matrix in place of the products of parameters",
            bound);
    else if (c->kind == LSA_KIND_MINIMUM)
        snprintf(reason, size, "the loss rises in every direction, and the global minimum of this loss is not known");
    else if (c->kind == LSA_KIND_NOT_STATIONARY && found->blind)
        snprintf(reason, size,
                 "the path goes on, where cannot be known: in the basis that is integrated rounding of what is "
                 "learned, over the steps that the saddle asks for, hides it");
    else if (c->kind == LSA_KIND_NOT_STATIONARY && found->driven)
        snprintf(reason, size, "the path goes on: what grows there has a gradient above its rounding");
    else if (c->kind == LSA_KIND_NOT_STATIONARY)
        snprintf(reason, size, "the path goes on: Newton's step would gain %.3g, above %.3g", found->decrement,
                 allowed);
    else if (c->kind == LSA_KIND_SADDLE && found->negative && found->underflows)
        snprintf(reason, size,
                 "the path is not followed further: what leads away from the saddle is below the range of doubles");
    else if (c->kind == LSA_KIND_SADDLE && found->negative && found->exact)
        snprintf(reason, size, "the path stays: along its unstable directions the gradient is exactly 0");
    else if (c->kind == LSA_KIND_SADDLE && found->balanced)
        snprintf(
            reason, size,
            "the path stays: its conserved quantities are 0 to rounding of the start, which lies on the stable set of "
            "the saddle at zero");
    else if (c->kind == LSA_KIND_SADDLE && found->negative)
        snprintf(reason, size,
                 "the path stays but for rounding: what would leave the saddle is below it in this basis");
    else if (c->kind == LSA_KIND_SADDLE && found->descends)
        snprintf(reason, size, "no curvature is negative, but the loss falls along flat directions, by higher order");
    else if (c->kind == LSA_KIND_UNDECIDED && found->unknown)
        snprintf(reason, size, "the gradient is small, and Newton's equation could not be solved");
    else if (c->kind == LSA_KIND_UNDECIDED)
        snprintf(reason, size, "no curvature is negative, and flat directions are left along which nothing is known");
}

/* Whether the loss is lower at a point y +- z, z a random direction of the kernel, a thousandth of y long. Where the kernel
 * is a cubic saddle (a head at zero beside a learned one) it is, by 1e-9; along a manifold of minima it rises, by 1e-12. What
 * is left of the gradient at y does not count. */
static lsa_status look_down(const flow_spectrum *spectrum, flow_system *system, const double *y, bool *yes,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = spectrum->n;
    const double here = lsa_program_loss(system->program, system->work, y), length = DESCENT_MOVE * lsa_vec_norm(n, y);
    const double rounding =
        DESCENT_ROUNDING * fabs(lsa_program_loss_at_zero(system->program)) + 2.0 * spectrum->gradient_norm * length;
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_DESCENT, 0);
    double *z = lsa_vec_create(2 * n), *x = z + n;
    LSA_TRY_MEMORY(z, "the flat directions");
    *yes = false;
    for (int trial = 0; trial < 2 * DESCENT_DIRECTIONS && !*yes; trial++) {
        if (trial % 2 == 0)
            flow_spectrum_kernel(spectrum, &rng, length, z);
        memcpy(x, y, (size_t)n * sizeof *x);
        lsa_vec_axpy(n, trial % 2 == 0 ? 1.0 : -1.0, z, x);
        *yes = lsa_program_loss(system->program, system->work, x) < here - rounding;
    }
done:
    free(z);
    return status;
}

/* Negative curvature in units of its own rounding, at y. */
static lsa_status judge_growth(flow_system *system, flow_spectrum *spectrum, lsa_sample point, flow_growth **growth,
                               finding *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*growth == NULL)
        LSA_TRY(flow_growth_create(system->n, growth, err));
    LSA_TRY(flow_growth_look(*growth, spectrum, system, point.state, point.time, err));
    found->negative = (*growth)->unstable > 0;
    found->driven = (*growth)->driven;
    found->exact = (*growth)->exact;
    found->underflows = (*growth)->underflows;
done:
    return status;
}

/* Counts what is negative beyond its own rounding as negative, however small beside the rest. */
static void count_growth(const flow_growth *growth, lsa_classification *c)
{
    const ptrdiff_t hidden = growth->unstable - c->negative;
    if (c->negative < 0 || hidden <= 0)
        return;
    c->negative = growth->unstable;
    if (c->zero >= hidden)
        c->zero -= hidden;
    else
        c->positive -= hidden;
}

static void take_rates(const flow_spectrum *spectrum, const flow_growth *growth, lsa_classification *c)
{
    const bool seen = flow_spectrum_negative(spectrum) >= growth->unstable;
    const ptrdiff_t most = (ptrdiff_t)(sizeof c->rates / sizeof c->rates[0]);
    c->n_rates = growth->unstable < most ? growth->unstable : most;
    for (ptrdiff_t k = 0; k < c->n_rates; k++)
        c->rates[k] = seen ? spectrum->lambda[k] : growth->rates[k];
    if (c->n_rates > 0)
        c->least_eigenvalue = c->rates[0];
}

/* At the final point; the spectrum is already there where that is the raw one. */
static lsa_status judge_spectrum(flow_system *system, flow_spectrum *spectrum, flow_growth *growth, ptrdiff_t flat,
                                 lsa_sample point, bool polished, double depth, double allowed, lsa_classification *c,
                                 finding *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const finding path = *found; /* whose zeros Newton's method does not keep */
    if (polished)
        LSA_TRY(judge_growth(system, spectrum, point, &growth, found, err));
    found->exact = path.exact;
    found->underflows = path.underflows;
    found->unseen = !flow_spectrum_sees(spectrum, point.state, depth);
    if (!spectrum->finite)
        goto done;
    inertia_spectrum(spectrum, flat, point, c);
    if (!(c->excess <= allowed))
        count_growth(growth, c);
    if (polished && !(c->excess <= allowed) && growth->unstable > 0)
        take_rates(spectrum, growth, c);
    const bool open = polished && c->zero > 0 && c->negative == 0 && !(c->excess <= allowed);
    if (open)
        LSA_TRY(flow_spectrum_manifold(spectrum, system, point.state, &found->manifold, err));
    if (open && !found->manifold)
        LSA_TRY(look_down(spectrum, system, point.state, &found->descends, err));
done:
    return status;
}

/* Too large for eigenvalues. At the global value there is nothing left to gain. */
static lsa_status judge_curvature(flow_system *system, const flow_stop *stop, lsa_sample raw, double allowed,
                                  lsa_classification *c, finding *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_curvature *curvature = NULL;
    found->decrement = c->excess;
    if (c->excess <= allowed)
        goto done;
    LSA_TRY(flow_curvature_create(system->n, &curvature, err));
    LSA_TRY(flow_curvature_eval(curvature, system, raw.state, err));
    found->decrement = curvature->decrement;
    found->negative = curvature->negative;
    found->flat = true;
    found->unknown = !curvature->negative && !curvature->solved &&
                     flow_gradient_is_small(stop, system, raw.state, raw.gradient_norm, STATIONARY_GRADIENT);
    if (curvature->negative)
        c->least_eigenvalue = curvature->least;
    else if (curvature->decrement <= allowed)
        LSA_TRY(flow_curvature_manifold(curvature, system, raw.state, &found->manifold, err));
done:
    flow_curvature_destroy(curvature);
    return status;
}

/* Of a form; of a reduced one at its raw end the entries off the diagonal are those of the path. */
static void judge_form(flow_system *system, ptrdiff_t flat, lsa_sample point, bool polished, lsa_classification *c)
{
    c->negative = c->zero = c->positive = -1;
    c->least_eigenvalue = (double)NAN;
    if (!system->way->reduced) {
        inertia_form(system, flat, point, c);
        return;
    }
    const flow_tail kept = system->reduction->tail;
    if (!polished)
        system->reduction->tail = (flow_tail){.moving = 1.0, .still = 1.0};
    inertia_reduced(system, flat, point, c);
    system->reduction->tail = kept;
}

/* What decides whether the raw end is stationary. */
static lsa_status judge_raw(flow_system *system, const flow_stop *stop, flow_spectrum *spectrum, lsa_sample raw,
                            double allowed, flow_growth **growth, lsa_classification *c, finding *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (system->way->form) {
        found->decrement = c->excess; /* every minimum of a form is global */
        if (!(c->excess <= allowed))  /* else it is stationary by its value */
            judge_form(system, 0, raw, false, c);
        found->negative = c->negative > 0;
        found->exact = raw.gradient_norm == 0.0;
    } else if (spectrum != NULL) {
        LSA_TRY(judge_growth(system, spectrum, raw, growth, found, err));
        found->decrement = flow_spectrum_decrement(spectrum);
    } else {
        LSA_TRY(judge_curvature(system, stop, raw, allowed, c, found, err));
    }
    if (c->excess >= 0.0)
        found->decrement = fmin(found->decrement, c->excess); /* no step gains more */
done:
    return status;
}

static double excess_at(const flow_system *system, lsa_sample point)
{
    return system->scale > 0.0 ? point.gap * system->scale : point.loss - system->minimum;
}

static lsa_status judge(flow_system *system, const flow_invariants *invariants, const flow_stop *stop,
                        flow_spectrum *spectrum, lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_classification *c = &trajectory->classification;
    flow_growth *growth = NULL;
    const double depth = flow_stop_depth(stop, system), allowed = STATIONARY * depth;
    finding found = {.decrement = (double)NAN,
                     .rounded = stop->rounded,
                     .balanced = stop->at_rest && stop->balanced &&
                                 flow_saddle_shrunk(system, trajectory->raw.state, NEAR_ZERO),
                     .blind = stop->blind};
    c->excess = excess_at(system, trajectory->raw);
    LSA_TRY(judge_raw(system, stop, spectrum, trajectory->raw, allowed, &growth, c, &found, err));
    trajectory->stationary = is_stationary(system, stop, &found, trajectory->raw, c->excess, allowed);
    const lsa_sample point = lsa_trajectory_final(trajectory);
    const ptrdiff_t flat = orbits(system, invariants, point.state);
    c->excess = excess_at(system, point);
    c->gradient_ratio = stop->start_gradient > 0.0 ? point.gradient_norm / stop->start_gradient : 0.0;
    if (system->way->form)
        judge_form(system, flat, point, trajectory->stationary, c);
    else if (spectrum != NULL)
        LSA_TRY(judge_spectrum(system, spectrum, growth, flat, point, trajectory->stationary, depth, allowed, c, &found,
                               err));
    if (system->way->form && trajectory->stationary && c->negative == 1 && !isnan(c->least_eigenvalue))
        c->rates[c->n_rates++] = c->least_eigenvalue;
    found.negative = found.negative || c->negative > 0;
    found.flat = found.flat || c->zero != 0;
    found.least = isnan(c->excess) && point.loss - system->bound <= allowed;
    c->kind = kind_of(c, &found, trajectory->stationary, allowed);
    if (found.least && c->kind == LSA_KIND_GLOBAL_MINIMUM)
        c->excess = point.loss - system->bound;
    say(trajectory, &found, system->bound, allowed);
    if (stop->rounded && c->kind == LSA_KIND_UNDECIDED)
        flow_trajectory_set_cancellation(trajectory, system, trajectory->raw.state);
done:
    flow_growth_destroy(growth);
    return status;
}

lsa_status flow_classify(flow_system *system, const flow_invariants *invariants, const flow_stop *stop,
                         flow_spectrum *spectrum, lsa_trajectory *trajectory, lsa_error *err)
{
    trajectory->classification = (lsa_classification){.kind = LSA_KIND_UNDECIDED,
                                                      .negative = -1,
                                                      .zero = -1,
                                                      .positive = -1,
                                                      .least_eigenvalue = (double)NAN,
                                                      .gradient_ratio = (double)NAN,
                                                      .excess = (double)NAN};
    trajectory->stationary = true;
    if (!flow_system_hides(system, trajectory->raw) && !flow_system_hides(system, trajectory->polished))
        return judge(system, invariants, stop, spectrum, trajectory, err);
    flow_trajectory_set_cancellation(trajectory, system, trajectory->raw.state);
    return LSA_OK;
}
