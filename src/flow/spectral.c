/* spectral.c - the form's numbers for the scalar equation, and its points as states of the system. */
#include "flow/spectral.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/invariant.h"
#include "spectral/error_bound.h"
#include "spectral/spectral_path.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a piece. A Taylor step grows by up to twenty. */
enum { PARTS = 8 };
/* Squares of a start that was meant to be balanced cancel to a few roundings, as in flow/saddle.c. */
static const double ROUNDINGS = 8.0;

/* Entries of U that one law holds for: their places in the state, rates, starts. */
typedef struct entries {
    ptrdiff_t count;
    ptrdiff_t *place;
    double *rates, *start;
} entries;

struct flow_spectral {
    flow_system *system;
    spectral_rule rule;
    spectral_path *path;
    spectral_bound *bound;
    entries modes, decays; /* driven; and those that B leaves alone */
    double *drives;
    spectral_state point; /* scratch */
    double *at, *state;
    double time;
    int part; /* of the last piece: how many of its parts are done */
};

static lsa_status entries_create(ptrdiff_t room, entries *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    out->place = malloc((size_t)(room + 1) * sizeof *out->place);
    LSA_TRY_MEMORY(out->place, "the modes");
    out->rates = lsa_vec_create(room);
    LSA_TRY_MEMORY(out->rates, "the modes");
    out->start = lsa_vec_create(room);
    LSA_TRY_MEMORY(out->start, "the modes");
done:
    return status;
}

static void entries_clear(entries *all)
{
    free(all->place);
    free(all->rates);
    free(all->start);
}

static void entries_add(entries *all, ptrdiff_t place, double rate, double start)
{
    all->place[all->count] = place;
    all->rates[all->count] = rate;
    all->start[all->count++] = start;
}

/* Entries with H = 0 stay where they are, as do those at 0 that nothing drives. */
static lsa_status sort_entries(flow_spectral *spectral, const double *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_form *form = spectral->system->form;
    LSA_TRY(entries_create(form->count, &spectral->modes, err));
    LSA_TRY(entries_create(form->count, &spectral->decays, err));
    spectral->drives = lsa_vec_create(form->count);
    LSA_TRY_MEMORY(spectral->drives, "the modes");
    for (ptrdiff_t k = 0; k < form->count; k++) {
        const ptrdiff_t place = form->U + k;
        const double drive = form->H[k] * form->V[k];
        if (drive != 0.0) {
            spectral->drives[spectral->modes.count] = drive;
            entries_add(&spectral->modes, place, form->H[k], start[place]);
        } else if (form->H[k] > 0.0 && start[place] != 0.0) {
            entries_add(&spectral->decays, place, form->H[k], start[place]);
        }
    }
done:
    return status;
}

/* Calls back for each moving entry off the diagonal, which a reduced system has not among its unknowns. */
static void visit_reduced(const flow_reduction *reduction, void (*visit)(void *context, double rate, double start),
                          void *context)
{
    const lsa_form *form = reduction->form;
    const double flat = flow_form_flat(form);
    double *rates = reduction->column;
    for (ptrdiff_t j = 0; reduction->kernel != NULL && j < form->d; j++) {
        const double *U = reduction->start + form->U + j * form->d;
        flow_form_rates(form, j, rates);
        for (ptrdiff_t i = 0; i < form->d; i++)
            if (i != j && rates[i] > flat && U[i] != 0.0)
                visit(context, rates[i], U[i]);
    }
}

/* A sum with twice the digits. */
typedef struct exact_sum {
    double high, low;
} exact_sum;

static void subtract_square(void *context, double rate, double start)
{
    exact_sum *sum = context;
    (void)rate;
    flow_squares_add(-1.0, 1, &start, &sum->high, &sum->low);
}

/* u^2 - sum U^2 over the entries that move, to the rounding of the result; 0 where it is that of its terms: its error would
 * be one of u^2 ever after. */
static double constant_of(const flow_spectral *spectral, double u)
{
    exact_sum sum = {0.0, 0.0};
    flow_squares_add(1.0, 1, &u, &sum.high, &sum.low);
    flow_squares_add(-1.0, spectral->modes.count, spectral->modes.start, &sum.high, &sum.low);
    flow_squares_add(-1.0, spectral->decays.count, spectral->decays.start, &sum.high, &sum.low);
    if (spectral->system->way->reduced)
        visit_reduced(spectral->system->reduction, subtract_square, &sum);
    const double constant = sum.high + sum.low, terms = u * u + (u * u - constant);
    return fabs(constant) <= ROUNDINGS * DBL_EPSILON * terms ? 0.0 : constant;
}

/* Decaying squares: entries of their own, and those off the diagonal, or the nodes that stand for them where those are
 * fewer. */
typedef struct squares {
    ptrdiff_t count, room;
    double *rates, *weights;
} squares;

static void add_square(void *context, double rate, double start)
{
    squares *all = context;
    if (all->count < all->room) {
        all->rates[all->count] = rate;
        all->weights[all->count] = start * start;
    }
    all->count++;
}

static lsa_status gather_decays(const flow_spectral *spectral, squares *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const entries *own = &spectral->decays;
    const flow_reduction *reduction = spectral->system->reduction;
    const flow_kernel *kernel = spectral->system->way->reduced ? reduction->kernel : NULL;
    const ptrdiff_t nodes = kernel != NULL ? flow_kernel_nodes(kernel) : 0;
    all->room = own->count + nodes;
    all->rates = lsa_vec_create(all->room);
    LSA_TRY_MEMORY(all->rates, "the decaying entries");
    all->weights = lsa_vec_create(all->room);
    LSA_TRY_MEMORY(all->weights, "the decaying entries");
    for (ptrdiff_t k = 0; k < own->count; k++)
        add_square(all, own->rates[k], own->start[k]);
    if (nodes == 0)
        goto done;
    visit_reduced(reduction, add_square, all);
    if (all->count > all->room) {
        memcpy(all->rates + own->count, flow_kernel_rates(kernel), (size_t)nodes * sizeof *all->rates);
        memcpy(all->weights + own->count, flow_kernel_weights(kernel), (size_t)nodes * sizeof *all->weights);
        all->count = all->room;
    }
done:
    return status;
}

static lsa_status create_path(flow_spectral *spectral, double u, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const entries *modes = &spectral->modes;
    squares decays = {0};
    spectral_rule_init(&spectral->rule);
    LSA_TRY(gather_decays(spectral, &decays, err));
    const spectral_problem problem = {.count = modes->count,
                                      .rates = modes->rates,
                                      .drives = spectral->drives,
                                      .start = modes->start,
                                      .n_decays = decays.count,
                                      .decay_rates = decays.rates,
                                      .decay_squares = decays.weights,
                                      .u = u,
                                      .constant = constant_of(spectral, u)};
    LSA_TRY(spectral_path_create(&spectral->rule, &problem, false, &spectral->path, err));
    LSA_TRY(spectral_bound_create(spectral_path_equation(spectral->path), u, &spectral->bound, err));
done:
    free(decays.rates);
    free(decays.weights);
    return status;
}

lsa_status flow_spectral_create(flow_system *system, const double *start, flow_spectral **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_spectral *spectral = calloc(1, sizeof *spectral);
    LSA_TRY_MEMORY(spectral, "the spectral path");
    spectral->system = system;
    LSA_TRY(sort_entries(spectral, start, err));
    LSA_TRY(create_path(spectral, start[system->form->u], err));
    spectral->point.U = lsa_vec_create(spectral_path_equation(spectral->path)->padded);
    LSA_TRY_MEMORY(spectral->point.U, "a point of the path");
    spectral->at = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(spectral->at, "a point of the path");
    spectral->state = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(spectral->state, "the state");
    memcpy(spectral->at, start, (size_t)system->n * sizeof *start);
    memcpy(spectral->state, start, (size_t)system->n * sizeof *start);
    spectral->part = PARTS;
    *out = spectral;
    spectral = NULL;
done:
    flow_spectral_destroy(spectral);
    return status;
}

void flow_spectral_destroy(flow_spectral *spectral)
{
    if (spectral == NULL)
        return;
    spectral_bound_destroy(spectral->bound);
    spectral_path_destroy(spectral->path);
    entries_clear(&spectral->modes);
    entries_clear(&spectral->decays);
    free(spectral->drives);
    free(spectral->point.U);
    free(spectral->at);
    free(spectral->state);
    free(spectral);
}

/* out = the state at a time of the last piece; entries that stay are there already. */
static void fill(flow_spectral *spectral, double time, double *out)
{
    const entries *modes = &spectral->modes, *decays = &spectral->decays;
    spectral_path_at(spectral->path, time, &spectral->point);
    out[spectral->system->form->u] = spectral->point.u;
    out[spectral->system->n] = spectral->point.action;
    for (ptrdiff_t k = 0; k < modes->count; k++)
        out[modes->place[k]] = spectral->point.U[k];
    for (ptrdiff_t k = 0; k < decays->count; k++)
        out[decays->place[k]] = decays->start[k] * exp(-decays->rates[k] * spectral->point.action);
}

lsa_status flow_spectral_step(flow_spectral *spectral, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (spectral->part == PARTS) {
        LSA_TRY(spectral_path_advance(spectral->path, err));
        spectral_bound_extend(spectral->bound, spectral_path_equation(spectral->path),
                              spectral_path_last(spectral->path));
        spectral->part = 0;
    }
    spectral->time = spectral_piece_time(spectral_path_last(spectral->path), (double)++spectral->part / PARTS);
    fill(spectral, spectral->time, spectral->state);
done:
    return status;
}

double flow_spectral_time(const flow_spectral *spectral)
{
    return spectral->time;
}

const double *flow_spectral_state(const flow_spectral *spectral)
{
    return spectral->state;
}

const double *flow_spectral_at(flow_spectral *spectral, double time)
{
    fill(spectral, time, spectral->at);
    return spectral->at;
}

void flow_spectral_stats(const flow_spectral *spectral, lsa_solver_stats *stats)
{
    const spectral_counts counts = spectral_path_counts(spectral->path);
    stats->steps = counts.taylor + counts.segments;
    stats->rhs = stats->newton = counts.evaluations;
    stats->jacobian = counts.jacobians;
    stats->error_failures = counts.refused;
    stats->path_error = spectral_bound_error(spectral->bound) + spectral_path_noise(spectral->path);
}
