/* spectral_path.c - which piece comes next, and how long it is. */
#include "spectral/spectral_path.h"
#include "base/matrix.h"
#include "base/try.h"
#include "spectral/segment.h"
#include "spectral/taylor.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Taylor's steps go on while u grows by this a step ... */
static const double GROWS = 1.25;
/* ... or falls by this against its drive with a conserved quantity below this share of u^2: to zero, or past the saddle. */
static const double FALLS = 0.8, UNHELD = 1e-3;
/* A first segment against the action so far, whose zero is a branch point, and against y/|y'|. */
static const double FIRST_ACTION = 0.8, FIRST_CHANGE = 2.0;
/* The next length: the tail is aimed at this share of the tolerance; it falls as the power m - 1 of the length. */
static const double AIM = 0.2;
static const double POWER = 1.0 / (SPECTRAL_NODES - 1);
static const double LEAST_TREND = 0.6, MOST_TREND = 2.4, MOST_GROWTH = 4.0, GROWTH_AFTER_REFUSAL = 1.3;
static const double LEAST_CUT = 0.1, MOST_CUT = 0.7, BLIND_CUT = 0.4;
/* Trials refused in a row before Taylor's steps are taken instead, where u^2 <= 0; and before the path is given up. */
enum { CROSSINGS = 8, REFUSALS = 60, MOST_PIECES = 20000 };
/* 2 KB a mode and some hundred pieces. */
static const ptrdiff_t MOST_MODES = 50000;
/* Of the start: y is a sum of squares, and the rounding of those of a start is a number, too. */
static const double LEAST_SIZE = 1e-140;
/* |c| over u^2 on a segment, where c < 0, and rounding near the saddle, beyond which a path is refused. */
static const double MOST_CANCELLATION = 1e3, MOST_NOISE = 1e-12;
/* A tail at the rounding of y says nothing: the tolerance stays so many times above it. */
static const double ABOVE_NOISE = 30.0;

struct spectral_path {
    const spectral_rule *rule;
    spectral_equation *equation;
    spectral_taylor *taylor;
    spectral_segment *segment;
    spectral_piece **pieces;
    ptrdiff_t count, room;
    bool keep;
    spectral_state state; /* reached, u >= 0 and U in the sign of the piece to come */
    double sign;
    bool in_time;        /* the next piece is a Taylor step                      */
    double length, best; /* of the next segment, 0: a first one; the last one's best length */
    bool was_refused;
    double noise;
    spectral_counts counts;
};

static double positive(double x)
{
    return x > 0.0 ? x : 0.0;
}

static lsa_status check_cancellation(const spectral_equation *e, lsa_error *err)
{
    const double limit = spectral_limit(e);
    if (-e->constant <= MOST_CANCELLATION * limit)
        return LSA_OK;
    return lsa_error_set(
        err, LSA_ERR_UNABLE,
        "the spectral method cannot follow this path: u^2 - |U|^2 = %.3g is conserved, and u^2 goes to "
        "%.3g, a sum that would cancel in it by more than %.0e",
        e->constant, limit, MOST_CANCELLATION);
}

static lsa_status check_problem(const spectral_problem *p, lsa_error *err)
{
    if (p->count == 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the spectral method needs an entry of U that the loss drives: all of B is 0");
    if (p->count > MOST_MODES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the spectral method is made for %td modes, here are %td", MOST_MODES,
                             p->count);
    const double size = hypot(p->u, lsa_vec_norm(p->count, p->start));
    if (!(size >= LEAST_SIZE && size <= 1.0 / LEAST_SIZE))
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the spectral method needs a start whose squares are numbers, |u, U| from %.0e to %.0e, "
                             "here it is %g",
                             LEAST_SIZE, 1.0 / LEAST_SIZE, size);
    return LSA_OK;
}

/* u >= 0 from here on: (u, U) and (-u, -U) run alike. */
static void make_positive(spectral_path *path)
{
    if (path->state.u >= 0.0)
        return;
    path->state.u = -path->state.u;
    lsa_vec_scale(path->equation->padded, -1.0, path->state.U);
    path->sign = -path->sign;
}

lsa_status spectral_path_create(const spectral_rule *rule, const spectral_problem *problem, bool keep,
                                spectral_path **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_path *path = calloc(1, sizeof *path);
    LSA_TRY_MEMORY(path, "the path");
    LSA_TRY(check_problem(problem, err));
    LSA_TRY(spectral_equation_create(problem, &path->equation, err));
    LSA_TRY(check_cancellation(path->equation, err));
    path->rule = rule;
    path->keep = keep;
    LSA_TRY(spectral_taylor_create(path->equation, &path->taylor, err));
    LSA_TRY(spectral_segment_create(rule, path->equation, &path->segment, err));
    path->state.U = lsa_vec_create(path->equation->padded);
    LSA_TRY_MEMORY(path->state.U, "the path");
    memcpy(path->state.U, path->equation->start, (size_t)path->equation->padded * sizeof(double));
    path->state.u = problem->u;
    path->sign = 1.0;
    path->in_time = true;
    make_positive(path);
    *out = path;
    path = NULL;
done:
    spectral_path_destroy(path);
    return status;
}

void spectral_path_destroy(spectral_path *path)
{
    if (path == NULL)
        return;
    for (ptrdiff_t i = 0; i < path->room; i++)
        spectral_piece_destroy(path->pieces[i]);
    free(path->pieces);
    free(path->state.U);
    spectral_segment_destroy(path->segment);
    spectral_taylor_destroy(path->taylor);
    spectral_equation_destroy(path->equation);
    free(path);
}

/* A piece to fill: the only one, where they are not kept. */
static lsa_status next_piece(spectral_path *path, spectral_piece **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t at = path->keep ? path->count : 0;
    if (at == path->room) {
        const ptrdiff_t room = path->room > 0 ? 2 * path->room : path->keep ? 32 : 1;
        spectral_piece **pieces = realloc(path->pieces, (size_t)room * sizeof *pieces);
        LSA_TRY_MEMORY(pieces, "the pieces of the path");
        memset(pieces + path->room, 0, (size_t)(room - path->room) * sizeof *pieces);
        path->pieces = pieces;
        path->room = room;
    }
    if (path->pieces[at] == NULL)
        LSA_TRY(spectral_piece_create(path->equation->padded, &path->pieces[at], err));
    *out = path->pieces[at];
done:
    return status;
}

/* The largest |U_k| that the start alone would have left: where U_k is less, it is a difference of that and of what its
 * drive has added. */
static double remembered_size(const spectral_path *path)
{
    const spectral_equation *e = path->equation;
    double size = 0.0;
    for (ptrdiff_t k = 0; k < e->count; k++)
        size = fmax(size, fabs(e->start[k]) * exp(-e->rates[k] * path->state.action));
    return size;
}

/* The rounding of y, over y. */
static double cancellation(const spectral_path *path)
{
    return DBL_EPSILON * 2.0 * positive(-path->equation->constant) / (path->state.u * path->state.u);
}

/* Near the saddle the modes are such differences, relative to what is left of the path. */
static lsa_status follow_noise(spectral_path *path, lsa_error *err)
{
    const double size = hypot(path->state.u, lsa_vec_norm(path->equation->padded, path->state.U));
    const double near_saddle = DBL_EPSILON * remembered_size(path) / size;
    path->noise = fmax(path->noise, near_saddle);
    if (near_saddle > MOST_NOISE)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the spectral method cannot follow this path: at time %.9g it has come so near to the "
                             "saddle at zero (|u, U| = %.3g) that rounding decides what follows",
                             path->state.time, size);
    return LSA_OK;
}

/* On a segment u is known by y alone. */
static lsa_status follow_cancellation(spectral_path *path, lsa_error *err)
{
    const double share = cancellation(path);
    path->noise = fmax(path->noise, share);
    if (share > 2.0 * DBL_EPSILON * MOST_CANCELLATION)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the spectral method cannot follow this path: at time %.9g u^2 = %.3g is a sum that "
                             "cancels in u^2 - |U|^2 = %.3g by more than %.0e",
                             path->state.time, path->state.u * path->state.u, path->equation->constant,
                             MOST_CANCELLATION);
    return LSA_OK;
}

/* Whether u is on its way to zero: the action then stands still. */
static bool falls_unheld(const spectral_path *path, double before)
{
    const spectral_equation *e = path->equation;
    return path->state.u < FALLS * before && lsa_vec_dot(e->padded, e->drives, path->state.U) < 0.0 &&
           e->constant < UNHELD * before * before;
}

static lsa_status advance_in_time(spectral_path *path, spectral_piece *piece, lsa_error *err)
{
    const double before = path->state.u;
    piece->sign = path->sign;
    if (!spectral_taylor_step(path->taylor, path->equation, &path->state, piece))
        return lsa_error_set(err, LSA_ERR_SOLVER, "Taylor's series is not finite at time %.9g (u = %.9g)",
                             piece->start_time, before);
    path->counts.taylor++;
    path->in_time = path->state.u < 0.0 || path->state.u >= GROWS * before || falls_unheld(path, before);
    make_positive(path);
    path->length = 0.0;
    return LSA_OK;
}

/* After Taylor's steps. */
static double first_length(const spectral_path *path)
{
    const spectral_equation *e = path->equation;
    const double g = 1.0 / path->state.u;
    double slope = -spectral_decays_at(e, path->state.action).loss;
    for (ptrdiff_t k = 0; k < e->count; k++)
        slope += path->state.U[k] * (e->drives[k] * g - e->rates[k] * path->state.U[k]);
    return fmin(FIRST_ACTION * path->state.action,
                FIRST_CHANGE * path->state.u * path->state.u / fmax(2.0 * fabs(slope), DBL_MIN));
}

/* The length whose tail would be what is aimed at, over that of the trial. */
static double best_share(double tolerance, double tail)
{
    return pow(AIM * tolerance / fmax(tail, DBL_EPSILON * 1e-3), POWER);
}

static void lengthen(spectral_path *path, double length, double tolerance, double tail)
{
    const double best = length * best_share(tolerance, tail);
    const double trend = path->best > 0.0 ? fmin(fmax(best / path->best, LEAST_TREND), MOST_TREND) : 1.0;
    path->length = fmin(best * trend, (path->was_refused ? GROWTH_AFTER_REFUSAL : MOST_GROWTH) * length);
    path->best = best;
    path->was_refused = false;
}

static void shorten(spectral_path *path, const spectral_trial *trial, double tolerance)
{
    const double share = trial->outcome == SPECTRAL_ROUGH
                             ? fmin(fmax(best_share(tolerance, trial->tail), LEAST_CUT), MOST_CUT)
                             : BLIND_CUT;
    path->length *= share;
    path->best = 0.0;
    path->was_refused = true;
    path->counts.refused++;
}

static lsa_status advance_in_action(spectral_path *path, spectral_piece *piece, lsa_error *err)
{
    const double before = path->state.u, noise = cancellation(path);
    const double tolerance = fmax(SPECTRAL_TOLERANCE, ABOVE_NOISE * noise);
    ptrdiff_t crossings = 0;
    if (path->length == 0.0) {
        path->length = first_length(path);
        path->best = 0.0;
    }
    piece->sign = path->sign;
    for (int refusals = 0; refusals < REFUSALS; refusals++) {
        const double length = path->length;
        if (path->state.action + length == path->state.action)
            break;
        const spectral_trial trial =
            spectral_segment_try(path->segment, path->equation, length, tolerance, noise, &path->state, piece);
        path->counts.evaluations += trial.evaluations;
        path->counts.jacobians += trial.jacobians;
        if (trial.outcome == SPECTRAL_ACCEPTED) {
            lengthen(path, length, tolerance, trial.tail);
            path->counts.segments++;
            path->in_time = falls_unheld(path, before);
            return follow_cancellation(path, err);
        }
        shorten(path, &trial, tolerance);
        crossings = trial.outcome == SPECTRAL_CROSSED ? crossings + 1 : 0;
        if (crossings == CROSSINGS)
            return advance_in_time(path, piece, err);
    }
    return lsa_error_set(err, LSA_ERR_SOLVER,
                         "the spectral method finds no segment at time %.9g (u = %.9g, action %.9g, length %.3g)",
                         path->state.time, path->state.u, path->state.action, path->length);
}

lsa_status spectral_path_advance(spectral_path *path, lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_piece *piece = NULL;
    if (path->count == MOST_PIECES)
        return lsa_error_set(err, LSA_ERR_SOLVER, "the spectral method has made %d pieces up to time %.9g", MOST_PIECES,
                             path->state.time);
    LSA_TRY(next_piece(path, &piece, err));
    LSA_TRY(path->in_time ? advance_in_time(path, piece, err) : advance_in_action(path, piece, err));
    path->count++;
    LSA_TRY(follow_noise(path, err));
done:
    return status;
}

const spectral_equation *spectral_path_equation(const spectral_path *path)
{
    return path->equation;
}

const spectral_piece *spectral_path_last(const spectral_path *path)
{
    return path->count > 0 ? path->pieces[path->keep ? path->count - 1 : 0] : NULL;
}

double spectral_path_time(const spectral_path *path)
{
    return path->state.time;
}

static const spectral_piece *piece_of(const spectral_path *path, double time)
{
    ptrdiff_t low = 0, high = path->keep ? path->count - 1 : 0;
    while (low < high) {
        const ptrdiff_t middle = low + (high - low) / 2;
        if (path->pieces[middle]->end_time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return path->pieces[low];
}

void spectral_path_at(const spectral_path *path, double time, spectral_state *out)
{
    const spectral_piece *piece = piece_of(path, time);
    spectral_piece_at(piece, path->equation, spectral_piece_locate(piece, time), out);
    out->u *= piece->sign;
    lsa_vec_scale(path->equation->padded, piece->sign, out->U);
}

double spectral_path_noise(const spectral_path *path)
{
    return path->noise;
}

spectral_counts spectral_path_counts(const spectral_path *path)
{
    return path->counts;
}
