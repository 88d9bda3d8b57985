/* cubature.c - the rule for a statement in a setting: its inputs, their degrees, which of them are taken together. */
#include "empirical/cubature.h"

#include "base/matrix.h"
#include "base/try.h"
#include "empirical/prompt.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int most_groups = 64;

typedef struct maker {
    lsa_cubature *c;
    const lsa_experiment *experiment;
    const lsa_statement *statement;
    lsa_tape_symbol *symbol;
    int *source_of; /* per symbol: of a Gaussian its source, -1 before it is known */
    int *weight;    /* per input, for degrees */
    double most;
} maker;

static ptrdiff_t rows_of(const maker *m, const lsa_symbol *symbol)
{
    return m->experiment->dims[symbol->rows];
}

static ptrdiff_t size_of(const maker *m, const lsa_symbol *symbol)
{
    return rows_of(m, symbol) * m->experiment->dims[symbol->cols];
}

static ptrdiff_t members_of(const maker *m, const lsa_symbol *symbol)
{
    return symbol->family == LSA_FAMILY_SAMPLE ? m->c->samples
           : symbol->family == LSA_FAMILY_HEAD ? m->experiment->data.heads
                                               : 1;
}

/* ---- Numbers of symbols ----------------------------------------------------------------------------------------- */

static lsa_status set_numbers(maker *m, int symbol, const double *values, lsa_error *err)
{
    lsa_status status = LSA_OK;
    m->symbol[symbol].node = lsa_tape_constants(m->c->tape, size_of(m, &m->statement->symbols[symbol]), values);
    LSA_TRY_MEMORY(m->symbol[symbol].node, "the constants of a statement");
done:
    return status;
}

static const double *user_values(const maker *m, int symbol)
{
    for (int v = 0; v < m->experiment->data.n_values; v++)
        if (m->experiment->data.values[v].symbol == symbol)
            return m->experiment->data.values[v].values;
    return NULL;
}

/* E w w' of the task law. */
static void second_moment(const lsa_setting *s, ptrdiff_t d, double *out)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out[i + j * d] = lsa_task_moment(s, i, j);
}

static lsa_status new_inputs(maker *m, int symbol, ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (lsa_tape_input_count(m->c->tape) + count > LSA_CUBATURE_INPUTS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature over a statement of more than %d numbers",
                             LSA_CUBATURE_INPUTS);
    m->symbol[symbol].node = lsa_tape_inputs(m->c->tape, count);
    m->symbol[symbol].family = m->statement->symbols[symbol].family != LSA_FAMILY_NONE;
    LSA_TRY_MEMORY(m->symbol[symbol].node, "the numbers of a statement");
done:
    return status;
}

/* Lambda as numbers, or where it is drawn as inputs. */
static lsa_status set_letters(maker *m, int symbol, double *room, lsa_error *err)
{
    lsa_cubature *c = m->c;
    if (!lsa_covariance_is_random(c->setting.covariance)) {
        lsa_covariance_matrix(c->setting.covariance, room);
        return set_numbers(m, symbol, room, err);
    }
    c->letters = lsa_tape_input_count(c->tape);
    return new_inputs(m, symbol, c->d * c->d, err);
}

static lsa_status set_constant(maker *m, int symbol, double *room, lsa_error *err)
{
    const lsa_setting *s = &m->c->setting;
    if (symbol == m->c->statement->covariance)
        return set_letters(m, symbol, room, err);
    if (symbol == m->c->statement->task_covariance) {
        second_moment(s, m->c->d, room);
        return set_numbers(m, symbol, room, err);
    }
    if (symbol == m->statement->samples)
        return set_numbers(m, symbol, &s->context, err);
    if (symbol == m->statement->rho)
        return set_numbers(m, symbol, &(double){lsa_setting_rho(s)}, err);
    if (symbol == m->c->statement->noise)
        return set_numbers(m, symbol, &s->label_noise, err);
    const double *values = user_values(m, symbol);
    return values ? set_numbers(m, symbol, values, err) : LSA_OK; /* an error only where it is used */
}

static lsa_status add_vectors(maker *m, int symbol, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    const lsa_symbol *s = &m->statement->symbols[symbol];
    const bool is_task = symbol == c->statement->task && c->setting.task != LSA_TASK_GAUSSIAN;
    const lsa_cubature_kind kind = !is_task                            ? LSA_CUBATURE_GAUSSIAN
                                   : c->setting.task == LSA_TASK_FIXED ? LSA_CUBATURE_FIXED
                                                                       : LSA_CUBATURE_SPHERE;
    const bool is_context = c->setting.student > 0.0 && isfinite(c->setting.student) &&
                            s->family == LSA_FAMILY_SAMPLE && s->covariance == c->statement->covariance;
    ptrdiff_t input = lsa_tape_input_count(c->tape);
    LSA_TRY(new_inputs(m, symbol, size_of(m, s) * members_of(m, s), err));
    for (ptrdiff_t i = 0; i < members_of(m, s); i++, input += rows_of(m, s))
        c->vector[c->n_vectors++] = (lsa_cubature_vector){kind, input, rows_of(m, s), symbol, -1, is_context, -1};
done:
    return status;
}

/* Parameters are the first inputs. */
static lsa_status set_symbols(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    const int n = m->statement->n_symbols;
    double *room = lsa_arena_alloc(c->arena, (size_t)(c->d * c->d), sizeof *room);
    LSA_TRY_MEMORY(room, "the constants of a statement");
    for (int p = 0; p < m->statement->n_parameters; p++) {
        const int symbol = m->statement->parameters[p];
        const lsa_symbol *parameter = &m->statement->symbols[symbol];
        LSA_TRY(new_inputs(m, symbol, size_of(m, parameter) * members_of(m, parameter), err));
    }
    c->n_parameters = lsa_tape_input_count(c->tape);
    for (int s = 0; s < n; s++) {
        const lsa_symbol_kind kind = m->statement->symbols[s].kind;
        if (kind == LSA_SYMBOL_SCALAR || kind == LSA_SYMBOL_MATRIX)
            LSA_TRY(set_constant(m, s, room, err));
        else if (kind == LSA_SYMBOL_GAUSSIAN)
            LSA_TRY(add_vectors(m, s, err));
    }
done:
    return status;
}

static lsa_status check_roles(const lsa_cubature *c, lsa_error *err)
{
    if (!c->setting.query_is_same && c->statement->query < 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "a law of the query needs a statement with exactly one query: a "
                             "Gaussian of covariance Lambda in the target");
    if (c->setting.task == LSA_TASK_GAUSSIAN)
        return LSA_OK;
    for (int s = 0; s < c->statement->n_symbols; s++)
        if (c->statement->symbols[s].kind == LSA_SYMBOL_GAUSSIAN && s != c->statement->task &&
            c->statement->task_covariance >= 0 && c->statement->symbols[s].covariance == c->statement->task_covariance)
            return lsa_error_set(err, LSA_ERR_UNABLE,
                                 "a task that is not Gaussian needs a statement with exactly one Gaussian ~ Omega");
    return LSA_OK;
}

/* ---- Degrees ---------------------------------------------------------------------------------------------------- */

static void weigh(maker *m, ptrdiff_t input, ptrdiff_t count, int weight)
{
    for (ptrdiff_t k = 0; k < count; k++)
        m->weight[input + k] = weight;
}

static void weigh_vector(maker *m, int vector, int weight)
{
    weigh(m, m->c->vector[vector].input, m->c->vector[vector].rows, weight);
}

static void weigh_group(maker *m, const lsa_cubature_group *group, int weight)
{
    for (int v = 0; v < group->n_vectors; v++)
        weigh_vector(m, group->vector[v], weight);
}

/* ---- Sources ---------------------------------------------------------------------------------------------------- */

/* The law that a Gaussian symbol is drawn from: one of the setting's, or NULL where its covariance is numbers. */
static const lsa_covariance *law_of(const maker *m, int symbol)
{
    const lsa_cubature *c = m->c;
    const int covariance = m->statement->symbols[symbol].covariance;
    if (covariance == c->statement->covariance)
        return symbol == c->statement->query && !c->setting.query_is_same ? c->setting.query : c->setting.covariance;
    return covariance == c->statement->task_covariance && c->setting.task == LSA_TASK_GAUSSIAN
               ? c->setting.task_covariance
               : NULL;
}

/* Whether two Gaussian symbols share one draw of a covariance. */
static bool is_shared(const maker *m, int a, int b)
{
    const lsa_cubature *c = m->c;
    const bool apart = !c->setting.query_is_same && (a == c->statement->query) != (b == c->statement->query);
    return m->statement->symbols[a].covariance == m->statement->symbols[b].covariance && !apart;
}

/* In halves: the covariance's degree in prediction - target is twice that in a draw, so the square's is the whole. */
static int source_degree(maker *m, int source, bool letters)
{
    lsa_cubature *c = m->c;
    weigh(m, 0, lsa_tape_input_count(c->tape), 0);
    for (int v = 0; v < c->n_vectors; v++)
        if (c->vector[v].source == source)
            weigh_vector(m, v, 1);
    if (letters)
        weigh(m, c->letters, c->d * c->d, 2);
    return lsa_tape_degree(c->tape, m->weight);
}

static lsa_status numbers_source(maker *m, int symbol, lsa_cubature_source *out, lsa_error *err)
{
    const lsa_symbol *gaussian = &m->statement->symbols[symbol];
    const ptrdiff_t rows = rows_of(m, gaussian);
    if (gaussian->covariance == m->c->statement->noise)
        return lsa_cubature_source_fixed(m->c->arena, 1, &m->c->setting.label_noise, out, err);
    const double *values = user_values(m, gaussian->covariance);
    if (!values)
        return lsa_error_set(err, LSA_ERR_INPUT, "the covariance of %s has no number", gaussian->name);
    return lsa_cubature_source_fixed(m->c->arena, rows, values, out, err);
}

static lsa_status make_source(maker *m, int symbol, int source, bool letters, lsa_error *err)
{
    lsa_cubature *c = m->c;
    const lsa_covariance *law = symbol < 0 ? c->setting.covariance : law_of(m, symbol);
    if (letters)
        c->letters_source = source;
    if (law)
        return lsa_cubature_source_law(c->arena, law, source_degree(m, source, letters), m->most, &c->source[source],
                                       err);
    return numbers_source(m, symbol, &c->source[source], err);
}

static int known_source(const maker *m, int symbol)
{
    for (int s = 0; s < symbol; s++)
        if (m->source_of[s] >= 0 && is_shared(m, s, symbol))
            return m->source_of[s];
    return -1;
}

/* Vectors that do not occur have degree 0 and are left out, together with sources of which nothing occurs. */
static bool occurs(maker *m, int vector)
{
    weigh(m, 0, lsa_tape_input_count(m->c->tape), 0);
    weigh_vector(m, vector, 1);
    return lsa_tape_degree(m->c->tape, m->weight) > 0;
}

static void keep_what_occurs(maker *m)
{
    lsa_cubature *c = m->c;
    int kept = 0;
    for (int v = 0; v < c->n_vectors; v++)
        if (occurs(m, v))
            c->vector[kept++] = c->vector[v];
    c->n_vectors = kept;
}

static void number_sources(maker *m)
{
    lsa_cubature *c = m->c;
    for (int v = 0; v < c->n_vectors; v++) {
        int *source = &m->source_of[c->vector[v].symbol];
        if (c->vector[v].kind != LSA_CUBATURE_GAUSSIAN)
            continue;
        if (*source < 0)
            *source = known_source(m, c->vector[v].symbol);
        if (*source < 0)
            *source = c->n_sources++;
        c->vector[v].source = *source;
    }
}

static bool has_letters(const maker *m, int symbol)
{
    const lsa_cubature *c = m->c;
    return c->letters >= 0 && m->statement->symbols[symbol].covariance == c->statement->covariance &&
           !(!c->setting.query_is_same && symbol == c->statement->query);
}

static lsa_status set_sources(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    number_sources(m);
    for (int source = 0; source < c->n_sources; source++) {
        int symbol = 0;
        while (m->source_of[symbol] != source)
            symbol++;
        LSA_TRY(make_source(m, symbol, source, has_letters(m, symbol), err));
    }
    if (c->letters >= 0 && c->letters_source < 0)
        LSA_TRY(make_source(m, -1, c->n_sources++, true, err));
done:
    return status;
}

static lsa_status set_taus(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    for (int v = 0; v < c->n_vectors; v++) {
        if (!c->vector[v].is_context)
            continue;
        weigh(m, 0, lsa_tape_input_count(c->tape), 0);
        weigh_vector(m, v, 1);
        LSA_TRY(lsa_rule_student(c->arena, c->setting.student, lsa_tape_degree(c->tape, m->weight), &c->tau[c->n_taus],
                                 err));
        c->vector[v].tau = c->n_taus++;
    }
done:
    return status;
}

/* ---- Groups ----------------------------------------------------------------------------------------------------- */

static void measure(maker *m, lsa_cubature_group *group)
{
    const lsa_cubature *c = m->c;
    const lsa_cubature_kind kind = c->vector[group->vector[0]].kind;
    weigh(m, 0, lsa_tape_input_count(c->tape), 0);
    weigh_group(m, group, 1);
    group->degree = lsa_tape_degree(c->tape, m->weight);
    group->parity = (lsa_parity)lsa_tape_parity(c->tape, m->weight);
    group->count = kind == LSA_CUBATURE_GAUSSIAN ? lsa_rule_gaussian_count(group->dims, group->degree, group->parity)
                   : kind == LSA_CUBATURE_SPHERE ? lsa_rule_sphere_count(group->dims, group->degree)
                                                 : 1.0;
}

static lsa_status single_group(maker *m, int vector, lsa_cubature_group *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_cubature *c = m->c;
    const lsa_cubature_vector *v = &c->vector[vector];
    *out = (lsa_cubature_group){.n_vectors = 1,
                                .vector = lsa_arena_alloc(c->arena, (size_t)c->n_vectors, sizeof(int)),
                                .dims = v->kind == LSA_CUBATURE_GAUSSIAN ? c->source[v->source].cols : v->rows,
                                .rows = v->rows};
    LSA_TRY_MEMORY(out->vector, "the groups of a cubature");
    out->vector[0] = vector;
    measure(m, out);
done:
    return status;
}

static void join(maker *m, const lsa_cubature_group *a, const lsa_cubature_group *b, int *room, lsa_cubature_group *out)
{
    *out = (lsa_cubature_group){
        .n_vectors = a->n_vectors + b->n_vectors, .vector = room, .dims = a->dims + b->dims, .rows = a->rows + b->rows};
    memcpy(room, a->vector, (size_t)a->n_vectors * sizeof *room);
    memcpy(room + a->n_vectors, b->vector, (size_t)b->n_vectors * sizeof *room);
    measure(m, out);
}

static bool is_gaussian(const lsa_cubature *c, const lsa_cubature_group *group)
{
    return c->vector[group->vector[0]].kind == LSA_CUBATURE_GAUSSIAN;
}

/* Joins the pair that saves most; false when none does. */
static bool join_best(maker *m, int *room)
{
    lsa_cubature *c = m->c;
    lsa_cubature_group joint;
    double best = 1.0;
    int left = -1, right = -1;
    for (int a = 0; a < c->n_groups; a++)
        for (int b = a + 1; b < c->n_groups; b++) {
            if (!is_gaussian(c, &c->group[a]) || !is_gaussian(c, &c->group[b]))
                continue;
            join(m, &c->group[a], &c->group[b], room, &joint);
            const double ratio = joint.count / (c->group[a].count * c->group[b].count);
            if (ratio < best) {
                best = ratio;
                left = a;
                right = b;
            }
        }
    if (left < 0)
        return false;
    join(m, &c->group[left], &c->group[right], room, &joint);
    joint.vector = c->group[left].vector;
    memcpy(joint.vector, room, (size_t)joint.n_vectors * sizeof *room);
    c->group[left] = joint;
    c->group[right] = c->group[--c->n_groups];
    return true;
}

/* The members of a symbol, which are alike: together where that takes no more points, else one by one. */
static lsa_status add_members(maker *m, int first, int end, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    lsa_cubature_group single, joint;
    LSA_TRY(single_group(m, first, &single, err));
    joint = single;
    joint.n_vectors = end - first;
    joint.dims *= end - first;
    joint.rows *= end - first;
    for (int v = first; v < end; v++)
        joint.vector[v - first] = v;
    measure(m, &joint);
    if (joint.count <= pow(single.count, end - first)) {
        c->group[c->n_groups++] = joint;
        return LSA_OK;
    }
    for (int v = first; v < end; v++)
        LSA_TRY(single_group(m, v, &c->group[c->n_groups++], err));
done:
    return status;
}

static lsa_status set_groups(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    int *room = lsa_arena_alloc(c->arena, (size_t)c->n_vectors, sizeof *room);
    c->group = lsa_arena_alloc(c->arena, (size_t)c->n_vectors, sizeof *c->group);
    LSA_TRY_MEMORY(c->group && room ? room : NULL, "the groups of a cubature");
    for (int first = 0, end; first < c->n_vectors; first = end) {
        for (end = first; end < c->n_vectors && c->vector[end].symbol == c->vector[first].symbol; end++)
            continue;
        LSA_TRY(add_members(m, first, end, err));
    }
    if (c->n_groups > most_groups)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "cubature over %d groups of numbers (%d at most)", c->n_groups,
                              most_groups));
    while (join_best(m, room))
        continue;
done:
    return status;
}

static lsa_status fixed_rule(const lsa_cubature *c, lsa_rule *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (lsa_rule){c->d, 1, lsa_arena_alloc(c->arena, (size_t)c->d, sizeof(double)),
                      lsa_arena_alloc(c->arena, 1, sizeof(double))};
    LSA_TRY_MEMORY(out->point && out->weight ? out->point : NULL, "the groups of a cubature");
    memcpy(out->point, c->setting.task_vector, (size_t)c->d * sizeof(double));
    out->weight[0] = 1.0;
done:
    return status;
}

static lsa_status make_rule(const lsa_cubature *c, lsa_cubature_group *group, lsa_error *err)
{
    switch (c->vector[group->vector[0]].kind) {
    case LSA_CUBATURE_SPHERE:
        return lsa_rule_sphere(c->arena, group->dims, group->degree, group->parity, &group->rule, err);
    case LSA_CUBATURE_FIXED:
        return fixed_rule(c, &group->rule, err);
    default:
        return lsa_rule_gaussian(c->arena, group->dims, group->degree, group->parity, &group->rule, err);
    }
}

static lsa_status make_rules(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    for (int g = 0; g < c->n_groups; g++) {
        lsa_cubature_group *group = &c->group[g];
        LSA_TRY(make_rule(c, group, err));
        const size_t count = (size_t)(group->rows * group->rule.count);
        group->moved = lsa_arena_alloc(c->arena, count, sizeof *group->moved);
        group->sizes = lsa_arena_alloc(c->arena, count, sizeof *group->sizes);
        LSA_TRY_MEMORY(group->moved && group->sizes ? group->moved : NULL, "the points of a cubature");
    }
done:
    return status;
}

static lsa_status count_points(maker *m, lsa_error *err)
{
    lsa_cubature *c = m->c;
    c->points = 1.0;
    for (int s = 0; s < c->n_sources; s++)
        c->points *= (double)c->source[s].count;
    for (int t = 0; t < c->n_taus; t++)
        c->points *= (double)c->tau[t].count;
    for (int g = 0; g < c->n_groups; g++) {
        c->points *= c->group[g].count;
        c->dimension += c->group[g].dims;
    }
    if (c->points > m->most)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature needs %.3g points (%.3g at most)", c->points, m->most);
    weigh(m, 0, lsa_tape_input_count(c->tape), 0);
    for (int v = 0; v < c->n_vectors; v++)
        weigh_vector(m, v, 1);
    c->degree = 2 * lsa_tape_degree(c->tape, m->weight);
    return LSA_OK;
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

static lsa_status count_vectors(const maker *m, size_t *out, lsa_error *err)
{
    *out = 0;
    for (int s = 0; s < m->statement->n_symbols; s++)
        if (m->statement->symbols[s].kind == LSA_SYMBOL_GAUSSIAN)
            *out += (size_t)members_of(m, &m->statement->symbols[s]);
    if (*out > (size_t)LSA_CUBATURE_INPUTS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "cubature over %zu Gaussians (%d at most)", *out,
                             LSA_CUBATURE_INPUTS);
    return LSA_OK;
}

static lsa_status make_room(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    const size_t n = (size_t)m->statement->n_symbols;
    size_t n_vectors;
    LSA_TRY(count_vectors(m, &n_vectors, err));
    c->tape = lsa_tape_create(c->arena);
    c->vector = lsa_arena_alloc(c->arena, n_vectors, sizeof *c->vector);
    c->tau = lsa_arena_alloc(c->arena, n_vectors, sizeof *c->tau);
    c->source = lsa_arena_alloc(c->arena, n + 1, sizeof *c->source);
    m->symbol = lsa_arena_alloc(c->arena, n, sizeof *m->symbol);
    m->source_of = lsa_arena_alloc(c->arena, n, sizeof *m->source_of);
    m->weight = lsa_arena_alloc(c->arena, (size_t)LSA_CUBATURE_INPUTS + 1, sizeof *m->weight);
    LSA_TRY_MEMORY(c->tape && c->vector && c->tau && c->source && m->symbol && m->source_of && m->weight ? c : NULL,
                   "a cubature");
    for (size_t s = 0; s < n; s++)
        m->source_of[s] = -1;
done:
    return status;
}

static lsa_status write_tape(maker *m, lsa_error *err)
{
    lsa_cubature *c = m->c;
    const bool predicts_zero = lsa_setting_rho(&c->setting) == 0.0 && m->statement->has_layer;
    const lsa_tape_scope scope = {m->statement, m->experiment->dims, c->samples, m->experiment->data.heads, m->symbol};
    return lsa_tape_difference(c->tape, &scope, predicts_zero ? NULL : m->statement->prediction, m->statement->target,
                               c->n_parameters, err);
}

static lsa_status make(maker *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cubature *c = m->c;
    LSA_TRY(make_room(m, err));
    LSA_TRY(set_symbols(m, err));
    LSA_TRY(check_roles(c, err));
    LSA_TRY(write_tape(m, err));
    keep_what_occurs(m);
    LSA_TRY(set_sources(m, err));
    LSA_TRY(set_taus(m, err));
    LSA_TRY(set_groups(m, err));
    LSA_TRY(count_points(m, err));
    LSA_TRY(make_rules(m, err));
    const lsa_tape *magnitude = lsa_tape_magnitude(c->tape);
    LSA_TRY_MEMORY(magnitude, "a cubature");
    LSA_TRY(lsa_tape_run_init(&c->run, c->tape, c->arena, err));
    LSA_TRY(lsa_tape_run_init(&c->magnitude, magnitude, c->arena, err));
done:
    return status;
}

lsa_status lsa_cubature_create(const lsa_experiment *experiment, const lsa_setting *test, double most_points,
                               lsa_cubature **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *arena = lsa_arena_create();
    lsa_cubature *c = arena ? lsa_arena_alloc(arena, 1, sizeof *c) : NULL;
    LSA_TRY_MEMORY(c, "a cubature");
    c->arena = arena;
    c->statement = experiment->statement;
    c->letters = c->letters_source = -1;
    c->setting = test ? *test : experiment->training;
    c->d = experiment->data.d;
    LSA_TRY(lsa_cubature_check_setting(&c->setting, c->d, err));
    c->samples = (ptrdiff_t)c->setting.context;
    maker m = {.c = c, .experiment = experiment, .statement = experiment->statement, .most = most_points};
    LSA_TRY(make(&m, err));
    *out = c;
    arena = NULL;
done:
    lsa_arena_destroy(arena);
    return status;
}

void lsa_cubature_destroy(lsa_cubature *cubature)
{
    if (cubature)
        lsa_arena_destroy(cubature->arena);
}

double lsa_cubature_points(const lsa_cubature *cubature)
{
    return cubature->points;
}

int lsa_cubature_degree(const lsa_cubature *cubature)
{
    return cubature->degree;
}

ptrdiff_t lsa_cubature_dimension(const lsa_cubature *cubature)
{
    return cubature->dimension;
}

ptrdiff_t lsa_cubature_parameter_count(const lsa_cubature *cubature)
{
    return cubature->n_parameters;
}
