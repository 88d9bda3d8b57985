/* statement_maker.c - grows a statement, then writes it with a setting around it. */
#include "statement_maker.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 16384, NAME = 8, MOST = 8 };

typedef struct text {
    char at[TEXT];
    size_t length;
} text;

typedef enum side { ONE, D, R, TWO, M } side; /* sides of a shape */

typedef struct gaussian {
    char name[NAME], symbol[NAME];
    bool scalar, family;
} gaussian;

typedef struct parameter {
    char name[NAME];
    side rows, cols;
    bool family;
} parameter;

/* Constants of the user, with their numbers. */
typedef struct constant {
    char name[NAME];
    side rows, cols;
    bool covariance;
} constant;

typedef struct maker {
    uint64_t state;
    statement_style style;
    int d, N, heads, rank;
    int names; /* taken from the shuffled list */
    int order[64];
    int n_gaussians, n_parameters, n_constants;
    gaussian gaussian[MOST];
    parameter parameter[MOST];
    constant constant[MOST];
    int context, query, task, noise; /* numbers of Gaussians, -1 */
    int one_task;
    bool in_target;
    int samples, heads_open; /* depth of the sums that are open */
    int leaves;              /* what may still be written       */
} maker;

/* ---- Chance ----------------------------------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t next(maker *m)
{
    uint64_t z = (m->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 .. n - 1 */
static int pick(maker *m, int n)
{
    return (int)((next(m) >> 33) % (uint64_t)n);
}

static bool chance(maker *m, int percent)
{
    return pick(m, 100) < percent;
}

static void put(text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int n = vsnprintf(t->at + t->length, TEXT - t->length, format, list);
    va_end(list);
    t->length += n > 0 && t->length + (size_t)n < TEXT ? (size_t)n : 0;
}

/* A number of two digits in [low, high]. */
static void put_number(maker *m, text *t, double low, double high)
{
    put(t, "%.2g", low + (high - low) * (pick(m, 1001) / 1000.0));
}

/* ---- Symbols ---------------------------------------------------------------------------------------------------- */

static const char *const gaussian_names[] = {"x",  "xq", "w",  "eps", "beta", "v",  "q0", "z", "y0", "task",
                                             "qq", "e1", "a1", "ctx", "n1",   "U0", "p",  "s", "t",  "f"};
enum { N_NAMES = sizeof gaussian_names / sizeof *gaussian_names };

static void shuffle_names(maker *m)
{
    for (int k = 0; k < N_NAMES; k++)
        m->order[k] = k;
    for (int k = N_NAMES - 1; k > 0; k--) {
        const int other = pick(m, k + 1), kept = m->order[k];
        m->order[k] = m->order[other];
        m->order[other] = kept;
    }
}

/* `usual`: the name of its role, or NULL. */
static int add_gaussian(maker *m, const char *usual, const char *symbol, bool scalar, bool family)
{
    gaussian *g = &m->gaussian[m->n_gaussians];
    while (m->style.usual_names && m->order[m->names] < 4)
        m->names++;
    const char *further = gaussian_names[m->order[m->names++]];
    *g = (gaussian){.scalar = scalar, .family = family};
    snprintf(g->name, NAME, "%s", m->style.usual_names && usual ? usual : further);
    snprintf(g->symbol, NAME, "%s", symbol);
    return m->n_gaussians++;
}

static int add_constant(maker *m, const char *name, side rows, side cols, bool covariance)
{
    for (int k = 0; k < m->n_constants; k++)
        if (strcmp(m->constant[k].name, name) == 0)
            return k;
    constant *c = &m->constant[m->n_constants];
    *c = (constant){.rows = rows, .cols = cols, .covariance = covariance};
    snprintf(c->name, NAME, "%s", name);
    return m->n_constants++;
}

/* One of one to three Gaussians beside the usual ones. */
static void add_further(maker *m)
{
    const bool family = chance(m, 40);
    switch (pick(m, 9)) {
    case 0:
    case 1:
        add_gaussian(m, NULL, "Lambda", false, family);
        break;
    case 2:
        add_gaussian(m, NULL, "s2", true, family);
        break;
    case 3:
    case 4:
        add_constant(m, "t2", ONE, ONE, true);
        add_gaussian(m, NULL, "t2", true, family);
        break;
    case 5:
        if (chance(m, 30)) {
            add_gaussian(m, NULL, "Omega", false, family);
            m->one_task = false;
            break;
        }
        /* fall through */
    case 6:
        add_constant(m, "C", D, D, true);
        add_gaussian(m, NULL, "C", false, family);
        break;
    default:
        add_constant(m, "S", D, D, true);
        add_gaussian(m, NULL, "S", false, family);
        break;
    }
}

static void make_gaussians(maker *m)
{
    m->context = m->query = m->task = m->noise = -1;
    m->one_task = true;
    const int first = pick(m, 4);
    for (int k = 0; k < 4; k++) { /* in any order */
        switch ((first + k) % 4) {
        case 0:
            m->context = chance(m, 90) ? add_gaussian(m, "x", "Lambda", false, true) : -1;
            break;
        case 1:
            m->query = add_gaussian(m, "xq", "Lambda", false, false);
            break;
        case 2:
            m->task = add_gaussian(m, "w", "Omega", false, false);
            break;
        default:
            m->noise = chance(m, 60) ? add_gaussian(m, "eps", "s2", true, true) : -1;
        }
        if (m->n_gaussians < 5 && chance(m, 30))
            add_further(m);
    }
    for (int k = 1 + pick(m, 2); k > 0 && m->n_gaussians < 6; k--)
        add_further(m);
}

static void make_constants(maker *m)
{
    static const struct {
        const char *name;
        side rows, cols;
    } kinds[] = {{"A", D, D}, {"c0", D, ONE}, {"c1", ONE, ONE}, {"B", M, D}, {"S", D, D}};
    for (int k = pick(m, 3); k > 0; k--) {
        const int kind = pick(m, 5);
        add_constant(m, kinds[kind].name, kinds[kind].rows, kinds[kind].cols, kind == 4);
    }
}

static void make_parameters(maker *m)
{
    static const side rows[] = {ONE, ONE, D, D, D, R, TWO, M}, cols[] = {ONE, ONE, ONE, D, D, D, D, D};
    static const char *const names[] = {"u", "b", "W", "K", "Q"};
    const int first = pick(m, 5);
    m->n_parameters = 1 + pick(m, 3);
    for (int k = 0; k < m->n_parameters; k++) {
        const int shape = pick(m, 8);
        parameter *p = &m->parameter[k];
        *p = (parameter){.rows = rows[shape], .cols = cols[shape], .family = chance(m, 35)};
        snprintf(p->name, NAME, "%s", names[(first + k) % 5]);
        if (p->rows == M)
            add_constant(m, "B", M, D, false);
    }
}

/* ---- Expressions ------------------------------------------------------------------------------------------------ */

/* `gaussians`: how many factors may be Gaussian. Every function writes an expression that can stand as a factor. */
static void put_scalar(maker *m, text *t, int gaussians);
static void put_vector(maker *m, text *t, side rows, int gaussians);

static const char *const sample_index[] = {"i", "j"}, *const head_index[] = {"h", "g"};

static void put_index(maker *m, text *t, bool family, bool samples)
{
    const int depth = samples ? m->samples : m->heads_open;
    if (family)
        put(t, "[%s]", (samples ? sample_index : head_index)[pick(m, depth)]);
}

static bool may_stand(const maker *m, bool family, bool samples)
{
    return !family || (samples ? m->samples : m->heads_open) > 0;
}

/* In the target the query is the one Gaussian ~ Lambda without a family. */
static bool may_stand_in_target(const maker *m, int k)
{
    return !m->in_target || k == m->query || m->gaussian[k].family || strcmp(m->gaussian[k].symbol, "Lambda") != 0;
}

/* A Gaussian of that kind that may stand here, or -1. */
static int some_gaussian(maker *m, bool scalar)
{
    const int first = pick(m, m->n_gaussians);
    for (int k = 0; k < m->n_gaussians; k++) {
        const int g = (first + k) % m->n_gaussians;
        if (m->gaussian[g].scalar == scalar && may_stand(m, m->gaussian[g].family, true) && may_stand_in_target(m, g))
            return g;
    }
    return -1;
}

static int some_parameter(maker *m, side rows, side cols)
{
    const int first = pick(m, m->n_parameters);
    for (int k = 0; k < m->n_parameters && !m->in_target; k++) {
        const parameter *p = &m->parameter[(first + k) % m->n_parameters];
        if (p->rows == rows && p->cols == cols && may_stand(m, p->family, false))
            return (first + k) % m->n_parameters;
    }
    return -1;
}

static int some_constant(maker *m, side rows, side cols)
{
    const int first = pick(m, MOST);
    for (int k = 0; k < m->n_constants; k++) {
        const int c = (first + k) % m->n_constants;
        if (m->constant[c].rows == rows && m->constant[c].cols == cols)
            return c;
    }
    return -1;
}

static void put_gaussian(maker *m, text *t, int k)
{
    put(t, "%s", m->gaussian[k].name);
    put_index(m, t, m->gaussian[k].family, true);
}

static void put_parameter(maker *m, text *t, int k)
{
    put(t, "%s", m->parameter[k].name);
    put_index(m, t, m->parameter[k].family, false);
}

static void put_constant(maker *m, text *t, int k)
{
    put(t, "%s", m->constant[k].name);
}

/* A sum over samples or heads around a scalar or a vector. */
static bool put_index_sum(maker *m, text *t, side rows, int gaussians)
{
    const bool samples = chance(m, 65);
    int *depth = samples ? &m->samples : &m->heads_open;
    if (*depth == 2)
        return false;
    put(t, "sum(%s, ", (samples ? sample_index : head_index)[*depth]);
    (*depth)++;
    if (rows == ONE)
        put_scalar(m, t, gaussians);
    else
        put_vector(m, t, rows, gaussians);
    (*depth)--;
    put(t, ")");
    return true;
}

static void put_plain_scalar(maker *m, text *t, int gaussians)
{
    const int g = gaussians > 0 ? some_gaussian(m, true) : -1, p = some_parameter(m, ONE, ONE);
    const int c = some_constant(m, ONE, ONE);
    const int kind = pick(m, 10);
    if (g >= 0 && kind < 4)
        put_gaussian(m, t, g);
    else if (p >= 0 && kind < 8)
        put_parameter(m, t, p);
    else if (c >= 0 && kind == 8)
        put_constant(m, t, c);
    else if (kind == 9)
        put(t, "%s", (const char *const[]){"s2", "1/rho", "1/N", "N"}[pick(m, 4)]);
    else
        put_number(m, t, 0.5, 2.0);
}

static void put_inner_product(maker *m, text *t, int gaussians)
{
    const side other = (side[]){R, TWO, M}[pick(m, 3)];
    const side rows = some_parameter(m, other, D) >= 0 && chance(m, 50) ? other : D;
    const int left = gaussians > 0 ? pick(m, gaussians + 1) : 0;
    put_vector(m, t, rows, left);
    put(t, "' * ");
    put_vector(m, t, rows, gaussians - left);
}

static void put_scalar(maker *m, text *t, int gaussians)
{
    const int chosen = pick(m, 100), kind = --m->leaves < 0 ? 99 : gaussians > 1 && chosen > 78 ? 0 : chosen;
    if (kind < 40) {
        put(t, "(");
        put_inner_product(m, t, gaussians);
        put(t, ")");
    } else if (kind < 55 && put_index_sum(m, t, ONE, gaussians)) {
        return;
    } else if (kind < 65) {
        const int left = gaussians > 0 ? pick(m, gaussians + 1) : 0;
        put_scalar(m, t, left);
        put(t, " * ");
        put_scalar(m, t, gaussians - left);
    } else if (kind < 75) {
        put(t, "(");
        put_scalar(m, t, gaussians);
        put(t, chance(m, 50) ? " + " : " - ");
        put_scalar(m, t, gaussians);
        put(t, ")");
    } else if (kind < 79 && gaussians != 1) {
        put(t, "(");
        put_scalar(m, t, gaussians / 2);
        put(t, ")^2");
    } else {
        put_plain_scalar(m, t, gaussians);
    }
}

static void put_plain_vector(maker *m, text *t, side rows, int gaussians)
{
    const int g = rows == D && gaussians > 0 ? some_gaussian(m, false) : -1;
    const int p = some_parameter(m, rows, ONE), c = some_constant(m, rows, ONE);
    if (g >= 0 && (chance(m, 75) || (p < 0 && c < 0))) {
        put_gaussian(m, t, g);
    } else if (p >= 0 && (c < 0 || chance(m, 70))) {
        put_parameter(m, t, p);
    } else if (c >= 0) {
        put_constant(m, t, c);
    } else if (rows == D) {
        put_constant(m, t, add_constant(m, "c2", D, ONE, false));
    } else { /* of another side: a matrix times a vector of d */
        put(t, "(");
        put_parameter(m, t, some_parameter(m, rows, D));
        put(t, " * ");
        put_plain_vector(m, t, D, gaussians);
        put(t, ")");
    }
}

/* A d x d factor of a product: W, W', a constant, K' K, Lambda, Omega. */
static void put_square(maker *m, text *t)
{
    const int p = some_parameter(m, D, D), c = some_constant(m, D, D), kind = pick(m, 10);
    const side rest[] = {R, TWO, M};
    const int table = some_constant(m, M, D);
    if (p >= 0 && kind < 5) {
        put_parameter(m, t, p);
        put(t, chance(m, 30) ? "'" : "");
        return;
    }
    if (c >= 0 && kind < 7) {
        put_constant(m, t, c);
        put(t, chance(m, 30) ? "'" : "");
        return;
    }
    for (int k = 0; k < 3 && kind < 8; k++) {
        const int left = some_parameter(m, rest[k], D);
        if (left < 0)
            continue;
        put_parameter(m, t, left);
        put(t, "' * ");
        put_parameter(m, t, some_parameter(m, rest[k], D));
        return;
    }
    if (table >= 0 && chance(m, 50)) {
        put_constant(m, t, table);
        put(t, "' * ");
        put_constant(m, t, table);
        return;
    }
    put(t, "%s", chance(m, 50) ? "Lambda" : "Omega");
    put(t, chance(m, 15) ? "^2" : "");
}

static bool can_grow(const maker *m, side rows)
{
    return rows == D && m->leaves > 0;
}

static void put_vector(maker *m, text *t, side rows, int gaussians)
{
    const int chosen = pick(m, 100), kind = gaussians > 1 && chosen < 40 ? 80 : chosen; /* 80: times a scalar */
    m->leaves--;
    if (!can_grow(m, rows) || kind < 40) {
        put_plain_vector(m, t, rows, gaussians);
    } else if (kind < 65) {
        put(t, "(");
        put_square(m, t);
        put(t, " * ");
        put_vector(m, t, rows, gaussians);
        put(t, ")");
    } else if (kind < 78 && put_index_sum(m, t, rows, gaussians)) {
        return;
    } else if (kind < 88) {
        const int left = gaussians > 0 ? pick(m, gaussians + 1) : 0;
        put(t, "(");
        put_scalar(m, t, left);
        put(t, " * ");
        put_vector(m, t, rows, gaussians - left);
        put(t, ")");
    } else {
        put(t, "(");
        put_vector(m, t, rows, gaussians);
        put(t, chance(m, 50) ? " + " : " - ");
        put_vector(m, t, rows, gaussians);
        put(t, ")");
    }
}

/* ---- Statement -------------------------------------------------------------------------------------------------- */

/* The label of a sample. */
static void put_label(maker *m, text *t)
{
    put(t, "%s' * %s[i]", m->gaussian[m->task].name, m->gaussian[m->context].name);
    if (m->noise >= 0)
        put(t, " + %s[i]", m->gaussian[m->noise].name);
}

/* A layer of the usual kind, out of the parameters that there are. */
static void put_attention(maker *m, text *t, bool defined)
{
    put(t, "1/rho * sum(h, sum(i, ");
    m->samples = m->heads_open = 1;
    const int scalar = some_parameter(m, ONE, ONE);
    if (scalar >= 0) {
        put_parameter(m, t, scalar);
        put(t, " * ");
    }
    if (defined)
        put(t, "lab[i]");
    else {
        put(t, "(");
        put_label(m, t);
        put(t, ")");
    }
    put(t, " * %s[i]' * ", m->gaussian[m->context].name);
    put_square(m, t);
    put(t, " * %s))", m->gaussian[m->query].name);
    m->samples = m->heads_open = 0;
}

/* A term at the top: rarely a number. */
static void put_term(maker *m, text *t, int gaussians)
{
    const int kind = pick(m, 10), left = pick(m, gaussians + 1);
    m->leaves = 6;
    if (kind < 5) {
        put_inner_product(m, t, gaussians);
    } else if (kind < 8) {
        put_index_sum(m, t, ONE, gaussians);
    } else {
        put_scalar(m, t, left);
        put(t, " * ");
        put_scalar(m, t, gaussians - left);
    }
}

/* Samples by samples: of degree 5 or 6 in the Gaussians. */
static void put_square_attention(maker *m, text *t)
{
    const char *context = m->gaussian[m->context].name;
    m->heads_open = m->samples = 1;
    put(t, "1/(N*rho) * sum(h, sum(i, sum(j, (");
    put_label(m, t);
    put(t, ") * %s[i]' * ", context);
    put_square(m, t);
    put(t, " * %s[j] * %s[j]' * %s)))", context, context, m->gaussian[m->query].name);
    m->samples = m->heads_open = 0;
}

static void put_prediction(maker *m, text *t, bool labelled)
{
    const int terms = 1 + pick(m, 2);
    const bool attends = m->context >= 0 && (labelled || chance(m, 45));
    put(t, "  prediction: \"");
    if (attends && !labelled && chance(m, 15))
        put_square_attention(m, t);
    else if (attends)
        put_attention(m, t, labelled && !m->style.inlined);
    for (int k = 0; k < terms; k++) {
        if (k > 0 || attends)
            put(t, chance(m, 70) ? " + " : " - ");
        put_term(m, t, chance(m, 10) ? 5 : 1 + pick(m, 4));
    }
    put(t, "\"\n");
}

static void put_target(maker *m, text *t)
{
    const char *w = m->gaussian[m->task].name, *query = m->gaussian[m->query].name;
    put(t, "  target: \"");
    switch (pick(m, 6)) {
    case 0:
        put(t, "%s' * Omega * %s", w, query);
        break;
    case 1:
        put(t, "0 * %s' * %s", w, query);
        break;
    default:
        put(t, "%s' * %s", w, query);
    }
    if (chance(m, 35)) {
        m->in_target = true;
        m->leaves = 3;
        put(t, chance(m, 70) ? " + " : " - ");
        put_scalar(m, t, 1 + pick(m, 2));
        m->in_target = false;
    }
    put(t, "\"\n");
}

static const char *side_name(side s)
{
    return (const char *const[]){"1", "d", "r", "2", "m"}[s];
}

static void put_gaussians(maker *m, text *t)
{
    put(t, "  gaussians:\n");
    for (int k = 0; k < m->n_gaussians; k++)
        put(t, "    %s: {%s: %s%s}\n", m->gaussian[k].name, m->gaussian[k].scalar ? "variance" : "covariance",
            m->gaussian[k].symbol, m->gaussian[k].family ? ", samples: N" : "");
}

static void put_parameters(maker *m, text *t)
{
    put(t, "  parameters:\n");
    for (int k = 0; k < m->n_parameters; k++) {
        const parameter *p = &m->parameter[k];
        put(t, "    \"%s%s\": ", p->name, p->family ? "[h]" : "");
        if (p->rows == ONE)
            put(t, "scalar\n");
        else if (p->cols == ONE)
            put(t, "vector\n");
        else
            put(t, "[%s, %s]\n", side_name(p->rows), side_name(p->cols));
    }
}

static void put_declarations(maker *m, text *t)
{
    put(t, m->n_constants > 0 ? "  constants:\n" : "");
    for (int k = 0; k < m->n_constants; k++) {
        const constant *c = &m->constant[k];
        if (c->covariance && c->rows == D)
            put(t, "    %s: {shape: [d, d], symmetric: true}\n", c->name);
        else if (c->rows == ONE)
            put(t, "    %s: scalar\n", c->name);
        else if (c->cols == ONE)
            put(t, "    %s: vector\n", c->name);
        else
            put(t, "    %s: [%s, %s]\n", c->name, side_name(c->rows), side_name(c->cols));
    }
}

/* ---- Numbers ---------------------------------------------------------------------------------------------------- */

static int size_of(const maker *m, side s)
{
    return s == D ? m->d : s == R ? m->rank : s == TWO || s == M ? 2 : 1;
}

/* [[2, 0.3, 0], ...]: diagonally dominant where it is to be a covariance. */
static void put_covariance_matrix(maker *m, text *t)
{
    double off[9];
    for (int k = 0; k < 9; k++)
        off[k] = (pick(m, 9) - 4) / 10.0;
    put(t, "[");
    for (int i = 0; i < m->d; i++) {
        put(t, i > 0 ? ", [" : "[");
        for (int j = 0; j < m->d; j++) {
            const double x = i == j ? 0.9 + 0.1 * pick(m, 12) : off[i < j ? 3 * i + j : 3 * j + i];
            put(t, j > 0 ? ", %g" : "%g", x);
        }
        put(t, "]");
    }
    put(t, "]");
}

static void put_spectrum(maker *m, text *t)
{
    put(t, "[");
    for (int i = 0; i < m->d; i++) {
        put(t, i > 0 ? ", " : "");
        put_number(m, t, 0.3, 2.5);
    }
    put(t, "]");
}

static void put_value(maker *m, text *t, const constant *c)
{
    put(t, "%s: ", c->name);
    if (c->covariance && c->rows == D) {
        put_covariance_matrix(m, t);
        return;
    }
    if (c->rows == ONE) {
        put_number(m, t, 0.3, 2.0);
        return;
    }
    put(t, "[");
    for (int i = 0; i < size_of(m, c->rows); i++) {
        put(t, i > 0 ? ", " : "");
        put(t, c->cols == ONE ? "" : "[");
        for (int j = 0; j < size_of(m, c->cols); j++) {
            put(t, j > 0 ? ", " : "");
            put_number(m, t, -1.5, 1.5);
        }
        put(t, c->cols == ONE ? "" : "]");
    }
    put(t, "]");
}

static void put_fixed_covariance(maker *m, text *t)
{
    switch (pick(m, 4)) {
    case 0:
        put(t, "{scale: ");
        put_number(m, t, 0.3, 2.5);
        put(t, "}");
        break;
    case 1:
        put(t, "{spectrum: ");
        put_spectrum(m, t);
        put(t, "}");
        break;
    case 2:
        put(t, "identity");
        break;
    default:
        put(t, "{matrix: ");
        put_covariance_matrix(m, t);
        put(t, "}");
    }
}

static void put_law(maker *m, text *t)
{
    static const char *const laws[] = {"{law: exponential, mean: 0.8}", "{law: uniform, low: 0.5, high: 2}",
                                       "{law: gamma, shape: 2.5, scale: 0.5}", "{law: two-point, a: 0.5, b: 2, p: 0.3}",
                                       "{law: point, value: 1.3}"};
    put(t, "%s", laws[pick(m, 5)]);
}

static void put_diagonal_law(maker *m, text *t)
{
    if (chance(m, 40)) {
        put_law(m, t);
        return;
    }
    put(t, "[");
    for (int i = 0; i < m->d; i++) {
        put(t, i > 0 ? ", " : "");
        put_law(m, t);
    }
    put(t, "]");
}

static void put_random_covariance(maker *m, text *t, bool wishart)
{
    switch (pick(m, wishart ? 3 : 2)) {
    case 0:
        put(t, "{random: {diagonal: ");
        put_diagonal_law(m, t);
        put(t, "}}");
        break;
    case 1:
        put(t, "{random: {mixture: [{weight: 0.25, covariance: ");
        put_fixed_covariance(m, t);
        put(t, "}, {weight: 0.75, covariance: ");
        put_fixed_covariance(m, t);
        put(t, "}]}}");
        break;
    default:
        put(t, "{random: {wishart: {dof: %d, scale: ", 1 + pick(m, 4));
        put_fixed_covariance(m, t);
        put(t, "}}}");
    }
}

/* ---- The setting ------------------------------------------------------------------------------------------------ */

/* Chance decides whether a default is typed out, unless the style does. */
static void put_default(maker *m, text *t, const char *format)
{
    if (m->style.defaults_out)
        put(t, "%s", format);
}

static void put_covariances(maker *m, text *t)
{
    if (chance(m, 65)) {
        put(t, "  covariance: ");
        if (chance(m, 20))
            put_random_covariance(m, t, false);
        else
            put_fixed_covariance(m, t);
        put(t, "\n");
    } else {
        put_default(m, t, "  covariance: identity\n");
    }
    if (chance(m, 60)) {
        put(t, "  task_covariance: ");
        put_fixed_covariance(m, t);
        put(t, "\n");
    } else {
        put_default(m, t, "  task_covariance: identity\n");
    }
}

static void put_data(maker *m, text *t)
{
    put(t, "data:\n  dimension: %d\n  context: %d\n", m->d, m->N);
    if (m->heads > 1 || chance(m, 50) || m->style.defaults_out)
        put(t, "  heads: %d\n", m->heads);
    put(t, "  rank: %d\n", m->rank);
    put_covariances(m, t);
    if (chance(m, 60)) {
        put(t, "  label_noise: ");
        if (chance(m, 20))
            put(t, "0");
        else
            put_number(m, t, 0.1, 1.5);
        put(t, "\n");
    } else {
        put_default(m, t, "  label_noise: 0\n");
    }
    if (chance(m, 50))
        put(t, "  normalise: %s\n", chance(m, 60) ? "N+1" : "N");
    else
        put_default(m, t, "  normalise: N\n");
    put(t, m->n_constants > 0 ? "  values: {" : "");
    for (int k = 0; k < m->n_constants; k++) {
        put(t, k > 0 ? ", " : "");
        put_value(m, t, &m->constant[k]);
    }
    put(t, m->n_constants > 0 ? "}\n" : "");
}

static bool has_family(const maker *m, const char *symbol)
{
    for (int k = 0; k < m->n_gaussians; k++)
        if (strcmp(m->gaussian[k].symbol, symbol) == 0 && m->gaussian[k].family)
            return true;
    return false;
}

static void put_task(maker *m, text *t)
{
    put(t, ", task: ");
    switch (m->one_task ? pick(m, 3) : 0) {
    case 0:
        put(t, "{gaussian: ");
        put_fixed_covariance(m, t);
        put(t, "}");
        break;
    case 1:
        put(t, "{fixed: ");
        put_spectrum(m, t);
        put(t, "}");
        break;
    default:
        put(t, "{sphere: ");
        put_number(m, t, 0.5, 2.0);
        put(t, "}");
    }
}

static bool has_noise(const maker *m)
{
    for (int k = 0; k < m->n_gaussians; k++)
        if (strcmp(m->gaussian[k].symbol, "s2") == 0)
            return true;
    return false;
}

static void put_test_covariance(maker *m, text *t)
{
    put(t, ", covariance: ");
    if (chance(m, 15)) {
        put(t, "{train_scaled: ");
        put_number(m, t, 0.5, 2.0);
        put(t, "}");
    } else if (chance(m, 40)) {
        put_random_covariance(m, t, true);
    } else {
        put_fixed_covariance(m, t);
    }
}

static void put_query_covariance(maker *m, text *t)
{
    put(t, ", query_covariance: ");
    if (chance(m, 15))
        put(t, "train");
    else if (chance(m, 25))
        put_random_covariance(m, t, true);
    else
        put_fixed_covariance(m, t);
}

/* What a test asks meets a Gaussian of the statement. */
static void put_test(maker *m, text *t, int number)
{
    const bool contexts = has_family(m, "Lambda");
    put(t, "  - {name: t%d", number);
    if (chance(m, 35))
        put(t, ", context: %d", chance(m, 15) ? 0 : 1 + pick(m, 3));
    if (contexts && chance(m, 50))
        put_test_covariance(m, t);
    else
        put_default(m, t, ", covariance: train");
    if (chance(m, 35))
        put_query_covariance(m, t);
    else
        put_default(m, t, ", query_covariance: same");
    if (contexts && chance(m, 25))
        put(t, ", contexts: {student: %g}", 4.5 + 0.5 * pick(m, 20));
    else
        put_default(m, t, ", contexts: gaussian");
    if (chance(m, 50))
        put_task(m, t);
    else
        put_default(m, t, ", task: {gaussian: train}");
    if (has_noise(m) && chance(m, 30)) {
        put(t, ", label_noise: ");
        put_number(m, t, 0.1, 1.5);
    }
    if (chance(m, 25))
        put(t, ", query_noise: true");
    else
        put_default(m, t, ", query_noise: false");
    put(t, "}\n");
}

static void put_statement(maker *m, text *t)
{
    text prediction = {0}, target = {0};
    const bool labelled = m->context >= 0 && chance(m, 20), defined = labelled && !m->style.inlined;
    put_prediction(m, &prediction, labelled);
    put_target(m, &target);
    put(t, "statement:\n");
    put_declarations(m, t);
    put_gaussians(m, t);
    put_parameters(m, t);
    if (defined) {
        put(t, "  define: {\"lab[i]\": \"");
        put_label(m, t);
        put(t, "\"}\n");
    }
    put(t, "%s%s", prediction.at, target.at);
}

char *statement_make(uint64_t seed, statement_style style)
{
    text *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    maker m = {.state = seed * 0x2545f4914f6cdd1du + 1, .style = style};
    m.d = 1 + pick(&m, 3);
    m.N = 1 + pick(&m, 3);
    m.heads = 1 + pick(&m, 3);
    m.rank = 1 + pick(&m, 2);
    shuffle_names(&m);
    make_gaussians(&m);
    make_constants(&m);
    make_parameters(&m);
    put_statement(&m, t);
    put_data(&m, t);
    put(t, "tests:\n");
    for (int k = 0, n = 1 + pick(&m, 3); k < n; k++)
        put_test(&m, t, k);
    char *out = malloc(t->length + 1);
    if (out)
        memcpy(out, t->at, t->length + 1);
    free(t);
    return out;
}
