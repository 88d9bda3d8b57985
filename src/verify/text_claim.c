/* text_claim.c - a claim of the model file: its formulas checked, one result for each value of `for`, each part by its kind.
 *
 *     value     constants, points, ends of the flow: the two sides have one value each; enclosed sides with more bits until they
 *               are apart or 60 digits alike
 *     identity  an equality of polynomials, one of them derived: in symbols
 *     path      what depends on parameters without a place: at every sample of the flow
 *     condition predicates, `or`, `not`: true, false, or not told */
#include "base/text.h"
#include "base/try.h"
#include "verify/text_identity.h"
#include "verify/text_judge.h"
#include "verify/text_world.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- formulas of one claim */

/* One parameter of `at`: a formula of its shape, or its entries by columns. */
typedef struct checked_block {
    int symbol;
    long head; /* from 1; 0: no family */
    ptrdiff_t rows, cols;
    bool whole;
    const formula_node **entries;
} checked_block;

typedef struct checked_claim {
    lsa_arena *arena;
    const lsa_experiment *experiment;
    const lsa_text_claim *claim;
    formula_scope scope;
    const formula_node *formula;
    const formula_node **assuming;
    int n_at;
    checked_block *at;
    int count; /* nodes of all */
} checked_claim;

static lsa_status check_one(checked_claim *c, const lsa_node *node, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    c->scope.first_number = c->count;
    LSA_TRY(formula_check(&c->scope, node, out, &c->count, err));
done:
    return status;
}

static lsa_status check_scalar_of(checked_claim *c, const lsa_node *node, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    LSA_TRY(check_one(c, node, out, err));
    if ((*out)->truth || !formula_is_scalar(*out))
        return lsa_node_error(node, err, "found %s, expected a number or a scalar formula",
                              formula_shape_text((*out)->rows, (*out)->cols, shape));
done:
    return status;
}

static lsa_status wrong_size(const lsa_node *node, const checked_block *b, lsa_error *err)
{
    return lsa_node_error(node, err, "expected %td x %td numbers or formulas, as a list of %s", b->rows, b->cols,
                          b->cols == 1 ? "them" : "rows");
}

/* Entries as a list (a vector) or a list of rows. */
static lsa_status check_entries(checked_claim *c, const lsa_node *node, checked_block *b, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool flat = b->cols == 1 && node->count > 0 && node->items[0]->kind == LSA_NODE_SCALAR;
    b->entries = lsa_arena_alloc(c->arena, (size_t)(b->rows * b->cols), sizeof *b->entries);
    LSA_TRY_MEMORY(b->entries, "a claim");
    if (node->count != b->rows)
        return wrong_size(node, b, err);
    for (ptrdiff_t i = 0; i < b->rows; i++) {
        const lsa_node *row = node->items[i];
        if (!flat && (row->kind != LSA_NODE_SEQUENCE || row->count != b->cols))
            return wrong_size(row, b, err);
        for (ptrdiff_t j = 0; j < b->cols; j++)
            LSA_TRY(check_scalar_of(c, flat ? row : row->items[j], &b->entries[i + j * b->rows], err));
    }
done:
    return status;
}

static lsa_status check_block(checked_claim *c, const lsa_node *node, checked_block *b, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    if (node->kind == LSA_NODE_SEQUENCE)
        return check_entries(c, node, b, err);
    b->whole = true;
    b->entries = lsa_arena_alloc(c->arena, 1, sizeof *b->entries);
    LSA_TRY_MEMORY(b->entries, "a claim");
    LSA_TRY(check_one(c, node, &b->entries[0], err));
    const formula_node *f = b->entries[0];
    if (f->truth || f->rows.size != b->rows || f->cols.size != b->cols)
        return lsa_node_error(node, err, "found %s, expected %td x %td", formula_shape_text(f->rows, f->cols, shape),
                              b->rows, b->cols);
done:
    return status;
}

/* "U", or "U[2]" of a family. */
static lsa_status find_parameter(const checked_claim *c, const lsa_named_formula *named, checked_block *b,
                                 lsa_error *err)
{
    const lsa_statement *s = c->experiment->statement;
    const char *bracket = strchr(named->name, '[');
    const size_t length = bracket != NULL ? (size_t)(bracket - named->name) : strlen(named->name);
    for (int k = 0; k < s->n_parameters; k++) {
        const lsa_symbol *p = &s->symbols[s->parameters[k]];
        if (strlen(p->name) != length || strncmp(p->name, named->name, length) != 0)
            continue;
        const bool family = p->family == LSA_FAMILY_HEAD;
        *b = (checked_block){
            .symbol = s->parameters[k], .rows = c->experiment->dims[p->rows], .cols = c->experiment->dims[p->cols]};
        b->head = bracket != NULL ? strtol(bracket + 1, NULL, 10) : 0;
        if (family != (bracket != NULL) || (family && (b->head < 1 || b->head > c->experiment->data.heads)))
            return lsa_node_error(named->formula, err,
                                  family ? "'%s' is a family: write %.*s[1], %.*s[2], ..." : "'%s' is no family",
                                  named->name, (int)length, named->name, (int)length, named->name);
        return LSA_OK;
    }
    return lsa_node_error(named->formula, err, "'%s' is no parameter of the statement", named->name);
}

static lsa_status check_names(const checked_claim *c, lsa_error *err)
{
    for (int k = 0; k < c->scope.n_words; k++) {
        const char *name = c->scope.words[k].name;
        if (lsa_statement_find(c->experiment->statement, name) >= 0)
            return lsa_node_error(c->claim->formula, err,
                                  "the name '%s' of 'where' or 'for' hides one of the statement's", name);
        if (strcmp(name, "and") == 0 || strcmp(name, "or") == 0 || strcmp(name, "not") == 0 || strcmp(name, "in") == 0)
            return lsa_node_error(c->claim->formula, err, "'%s' is a word of the grammar, not a name", name);
    }
    return LSA_OK;
}

static void checked_claim_clear(checked_claim *c)
{
    lsa_arena_destroy(c->arena);
}

/* Values of `for` are `integers`, one for each name. */
static lsa_status check_claim(checked_claim *c, const lsa_experiment *experiment, const lsa_text_claim *claim,
                              const long *integers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *c = (checked_claim){.arena = lsa_arena_create(), .experiment = experiment, .claim = claim};
    LSA_TRY_MEMORY(c->arena, "a claim");
    const ptrdiff_t n_words = claim->n_each + claim->n_where;
    formula_word *words = lsa_arena_alloc(c->arena, (size_t)n_words, sizeof *words);
    const char **tests = lsa_arena_alloc(c->arena, (size_t)experiment->n_tests, sizeof *tests);
    LSA_TRY_MEMORY(words, "a claim");
    LSA_TRY_MEMORY(tests, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_each; k++)
        words[k] = (formula_word){.name = claim->each[k].name, .integer = integers[k]};
    for (ptrdiff_t k = 0; k < claim->n_where; k++)
        words[claim->n_each + k] = (formula_word){.name = claim->where[k].name, .body = claim->where[k].formula};
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        tests[t] = experiment->tests[t].name;
    c->scope = (formula_scope){.arena = c->arena,
                               .statement = experiment->statement,
                               .dims = experiment->dims,
                               .heads = experiment->data.heads,
                               .rank = experiment->data.rank,
                               .random = lsa_covariance_is_random(experiment->training.covariance),
                               .each_test = claim->each_test,
                               .one_point = claim->n_at > 0,
                               .n_tests = experiment->n_tests,
                               .tests = tests,
                               .n_words = (int)n_words,
                               .words = words};
    LSA_TRY(check_names(c, err));
    LSA_TRY(check_one(c, claim->formula, &c->formula, err));
    if (!c->formula->truth)
        return lsa_node_error(claim->formula, err, "a claim is a condition, such as a == b or a <= b");
    if (claim->n_assuming > LSA_HYPOTHESES_MAX)
        return lsa_node_error(claim->formula, err, "more than %d hypotheses", (int)LSA_HYPOTHESES_MAX);
    c->assuming = lsa_arena_alloc(c->arena, (size_t)claim->n_assuming, sizeof *c->assuming);
    c->at = lsa_arena_alloc(c->arena, (size_t)claim->n_at, sizeof *c->at);
    LSA_TRY_MEMORY(c->assuming, "a claim");
    LSA_TRY_MEMORY(c->at, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_assuming; k++) {
        LSA_TRY(check_one(c, claim->assuming[k], &c->assuming[k], err));
        if (!c->assuming[k]->truth)
            return lsa_node_error(claim->assuming[k], err, "a hypothesis is a condition, such as a < b");
    }
    for (ptrdiff_t k = 0; k < claim->n_at; k++) {
        LSA_TRY(find_parameter(c, &claim->at[k], &c->at[c->n_at], err));
        LSA_TRY(check_block(c, claim->at[k].formula, &c->at[c->n_at++], err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- values of `for` */

enum { EACH_NAMES = 4, EACH_VALUES = 1000 };

/* A bound of a range: a number, d, heads or r. */
static bool read_bound(const lsa_experiment *e, const char *text, size_t length, long *out)
{
    char buffer[32], *end;
    if (length == 0 || length >= sizeof buffer)
        return false;
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    if (strcmp(buffer, "d") == 0)
        return *out = (long)e->data.d, true;
    if (strcmp(buffer, "heads") == 0)
        return *out = (long)e->data.heads, true;
    if (strcmp(buffer, "r") == 0)
        return *out = (long)e->data.rank, true;
    *out = strtol(buffer, &end, 10);
    return *end == '\0' && labs(*out) <= 1000000;
}

/* "1..3", "1..d", 5: the values from *low to *high. */
static lsa_status read_range(const lsa_experiment *e, const lsa_node *node, long *low, long *high, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    const char *dots = node->kind == LSA_NODE_SCALAR ? strstr(node->text, "..") : NULL;
    const bool good = node->kind == LSA_NODE_SCALAR &&
                      (dots == NULL ? read_bound(e, node->text, node->length, low) && ((*high = *low), true)
                                    : read_bound(e, node->text, (size_t)(dots - node->text), low) &&
                                          read_bound(e, dots + 2, strlen(dots + 2), high));
    if (!good || *high - *low >= EACH_VALUES)
        return lsa_node_error(node, err, "found %s, expected a range of integers such as 1..3 or 1..d, or a list",
                              lsa_node_found(node, found));
    return LSA_OK;
}

/* All values of a name of `for`. */
static lsa_status read_values(const lsa_experiment *e, const lsa_node *node, long *values, int *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool list = node->kind == LSA_NODE_SEQUENCE;
    const ptrdiff_t n = list ? node->count : 1;
    *count = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        long low = 0, high = 0;
        LSA_TRY(read_range(e, list ? node->items[k] : node, &low, &high, err));
        for (long v = low; v <= high && *count < EACH_VALUES; v++)
            values[(*count)++] = v;
    }
    if (*count == 0)
        return lsa_node_error(node, err, "'for' gives no value");
done:
    return status;
}

/* ---------------------------------------------------------------- judging one result */

typedef struct text_job {
    const claim_context *context;
    const checked_claim *checked;
    const lsa_setting *test;
    lsa_claim_result *result;
} text_job;

/* The point of `at`, in a world; without `at` there is none. */
static lsa_status make_point(const text_job *job, text_world *w, text_place *place, const text_place **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const checked_claim *c = job->checked;
    *out = NULL;
    if (c->n_at == 0)
        return LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a point");
    formula_pool *pool = w->run.pool;
    w->run.pool = w->run.constant;
    for (int k = 0; k < w->n_blocks && status == LSA_OK; k++) {
        const text_block *b = &w->blocks[k];
        const checked_block *given = NULL;
        for (int j = 0; j < c->n_at; j++)
            if (c->at[j].symbol == b->symbol && c->at[j].head == b->head)
                given = &c->at[j];
        if (given == NULL) {
            double *zeros = lsa_arena_alloc(w->arena, (size_t)(b->rows * b->cols), sizeof *zeros);
            status = zeros == NULL ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a point") : LSA_OK;
            if (status == LSA_OK)
                blocks[k] = formula_value_written(w->run.pool, b->rows, b->cols, zeros);
        } else if (given->whole) {
            status = text_at(w, NULL, given->entries[0], &blocks[k], err);
        } else {
            const ptrdiff_t n = b->rows * b->cols;
            const formula_value **entries = lsa_arena_alloc(w->arena, (size_t)n, sizeof *entries);
            status = entries == NULL ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a point") : LSA_OK;
            for (ptrdiff_t e = 0; e < n && status == LSA_OK; e++)
                status = text_at(w, NULL, given->entries[e], &entries[e], err);
            if (status == LSA_OK)
                blocks[k] = formula_value_part(w->run.pool, formula_value_join(w->run.pool, (int)n, entries), 0,
                                               b->rows, b->cols);
        }
    }
    w->run.pool = pool;
    *place = (text_place){.blocks = blocks, .sample = -1};
    *out = place;
done:
    return status;
}

static lsa_status make_world(const text_job *job, bool coarse, long bits, text_world *w, text_place *place,
                             const text_place **at, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(text_world_init(w, job->context->study, &job->checked->scope, job->test, coarse, job->checked->count, bits,
                            err));
    LSA_TRY(make_point(job, w, place, at, err));
done:
    return status;
}

/* Both sides at the claim's point, on the path and beside it; `use` is handed them while their worlds live. */
typedef struct pair_of_worlds {
    text_world run, beside;
    text_sides sides;
} pair_of_worlds;

static void pair_clear(pair_of_worlds *p)
{
    text_world_clear(&p->run);
    text_world_clear(&p->beside);
}

static lsa_status evaluate_pair(const text_job *job, const formula_node *a, const formula_node *b, long bits,
                                pair_of_worlds *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place, place_beside;
    const text_place *at;
    lsa_error story = {0};
    *p = (pair_of_worlds){.sides = {.pool = NULL}};
    LSA_TRY(make_world(job, false, bits, &p->run, &place, &at, err));
    LSA_TRY(text_at(&p->run, at, a, &p->sides.a, err));
    LSA_TRY(text_at(&p->run, at, b, &p->sides.b, err));
    p->sides.pool = p->run.run.pool;
    if (!p->run.used_flow)
        return LSA_OK;
    p->sides.path = &p->run.path;
    p->sides.asks_share = p->run.asks_share;
    if (p->run.path.run == NULL) /* a path of other times or another N */
        LSA_TRY(text_path(&p->run, &p->sides.path, err));
    status = make_world(job, true, bits, &p->beside, &place_beside, &at, &story);
    if (status == LSA_OK)
        status = text_at(&p->beside, at, a, &p->sides.other_a, &story);
    if (status == LSA_OK)
        status = text_at(&p->beside, at, b, &p->sides.other_b, &story);
    if (status != LSA_OK) {
        p->sides.other_a = p->sides.other_b = NULL;
        if (!lsa_status_is_no_answer(status))
            return lsa_error_set(err, status, "%s", story.text);
        status = LSA_OK;
    }
done:
    return status;
}

/* best(...) is an upper bound of the least loss: the point it was found at refutes, and nothing it did not find confirms. */
static bool is_best(const formula_node *node)
{
    while (node->kind == FORMULA_DEFINED)
        node = node->children[0];
    if (node->kind == FORMULA_CALL && node->function->id == FORMULA_best)
        return node->children[0]->kind == FORMULA_NAME &&
               (node->children[0]->name->id == FORMULA_NAME_loss || node->children[0]->name->id == FORMULA_NAME_risk);
    return false;
}

static void weigh_best(const formula_node *a, const formula_node *b, lsa_relation relation, lsa_claim_result *result)
{
    const bool left = is_best(a), right = is_best(b);
    const bool upper = relation == LSA_RELATION_AT_MOST || relation == LSA_RELATION_BELOW;
    const bool lower = relation == LSA_RELATION_AT_LEAST || relation == LSA_RELATION_ABOVE;
    const bool below = result->measured < result->predicted;
    const bool good = result->verdict == LSA_VERDICT_PROVED || result->verdict == LSA_VERDICT_HOLDS;
    const bool claims_below = (left && upper) || (right && lower);
    const bool found_below = (left && below) || (right && !below);
    if (!left && !right)
        return;
    if (claims_below ? good : result->verdict == LSA_VERDICT_FAILS && found_below)
        return;
    if (result->verdict == LSA_VERDICT_NOT_APPLICABLE)
        return;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "the lowest of many starts bounds the least loss from above and says no more: %.12g found",
              left ? result->measured : result->predicted);
}

static bool calls(const formula_node *node, formula_function_id id)
{
    if (node->kind == FORMULA_CALL && node->function->id == id)
        return true;
    for (int k = 0; k < node->n_children; k++)
        if (calls(node->children[k], id))
            return true;
    return false;
}

/* How two sides of one value each are judged. */
static const char *kind_of(const text_job *job, const formula_node *a, const formula_node *b, bool flow)
{
    if (calls(a, FORMULA_lim) || calls(b, FORMULA_lim) || calls(a, FORMULA_order) || calls(b, FORMULA_order))
        return "asymptotic";
    if (job->checked->n_at > 0)
        return "point";
    return flow ? "flow" : job->result->enclosed ? "exact" : "theory";
}

static lsa_status judge_values(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    pair_of_worlds p = {.sides = {.pool = NULL}};
    const lsa_claim_result before = *job->result;
    for (long bits = FORMULA_BITS_FIRST; bits <= FORMULA_BITS_MOST; bits *= 2) {
        lsa_error story = {0};
        pair_clear(&p);
        *job->result = before;
        status = evaluate_pair(job, a, b, bits, &p, &story);
        const bool more = bits < FORMULA_BITS_MOST && !p.run.used_flow;
        if (status == LSA_ERR_UNABLE && more)
            continue; /* wide balls may be what it was */
        if (status != LSA_OK)
            LSA_TRY(lsa_error_set(err, status, "%s", story.text));
        if (!more || !text_is_open(&p.sides, relation))
            break;
    }
    text_judge(&p.sides, relation, job->checked->claim, job->result);
    weigh_best(a, b, relation, job->result);
    if (job->result->verdict == LSA_VERDICT_FAILS && relation == LSA_RELATION_EQUAL && !calls(a, FORMULA_order) &&
        !calls(b, FORMULA_order))
        text_try_conventions(&p.sides, job->checked->experiment->training.context, job->result);
    job->result->kind = kind_of(job, a, b, p.run.used_flow);
done:
    pair_clear(&p);
    return status;
}

/* ---------------------------------------------------------------- along the path */

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
static lsa_status search_sample(pair_of_worlds *p, ptrdiff_t i, const formula_node *a, const formula_node *b,
                                path_search *s, lsa_error *story)
{
    lsa_status status = LSA_OK;
    double time, other_time;
    ptrdiff_t row, col;
    LSA_TRY(sides_at(&p->run, i, a, b, &p->sides.a, &p->sides.b, &time, story));
    LSA_TRY(sides_at(&p->beside, i, a, b, &p->sides.other_a, &p->sides.other_b, &other_time, story));
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
static lsa_status search_tail(const text_job *job, const formula_node *a, const formula_node *b, pair_of_worlds *p,
                              path_search *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    tail t = {.moving = is_of_time(b) ? a : b, .given = is_of_time(b) ? b : a, .moving_is_left = is_of_time(b)};
    if (is_of_time(a) == is_of_time(b))
        return LSA_OK;
    status = text_tail(&p->run, t.moving, &t.rate, &t.start, &t.log_value, &t.log_error, &story);
    if (status != LSA_OK)
        return lsa_status_is_no_answer(status) ? LSA_OK : lsa_error_set(err, status, "%s", story.text);
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

static lsa_status search_path(const text_job *job, const formula_node *a, const formula_node *b, pair_of_worlds *p,
                              path_search *s, lsa_error *story, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place;
    const text_place *at;
    const flow_path *path, *beside;
    *p = (pair_of_worlds){.sides = {.pool = NULL}};
    LSA_TRY(make_world(job, false, FORMULA_BITS_FIRST, &p->run, &place, &at, err));
    LSA_TRY(make_world(job, true, FORMULA_BITS_FIRST, &p->beside, &place, &at, err));
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
        status = search_sample(p, i, a, b, s, story);
        formula_pool_release(p->run.run.pool, mark);
        formula_pool_release(p->beside.run.pool, other);
        if (status != LSA_OK && !lsa_status_is_no_answer(status))
            LSA_TRY(lsa_error_set(err, status, "%s", story->text));
        status = LSA_OK;
    }
    snprintf(job->result->span, sizeof job->result->span, "t in [0, %.6g], %td points",
             text_sample(&p->run, path->count - 1).time, path->count);
    if (s->relation != LSA_RELATION_EQUAL && formula_is_scalar(a))
        LSA_TRY(search_tail(job, a, b, p, s, err));
done:
    return status;
}

static lsa_status judge_path(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    pair_of_worlds p = {.sides = {.pool = NULL}};
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
    pair_clear(&p);
    return status;
}

/* ---------------------------------------------------------------- conditions */

static lsa_status truth_of(const text_job *job, const formula_node *condition, formula_truth *out, bool *estimated,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = FORMULA_UNKNOWN;
    for (long bits = FORMULA_BITS_FIRST; bits <= FORMULA_BITS_MOST && *out == FORMULA_UNKNOWN; bits *= 2) {
        text_world w;
        text_place place;
        const text_place *at;
        const formula_value *value;
        lsa_error story = {0};
        LSA_TRY(make_world(job, false, bits, &w, &place, &at, err));
        status = text_at(&w, at, condition, &value, &story);
        if (status == LSA_OK)
            *out = formula_value_is_true(value);
        *estimated = w.used_flow || (status == LSA_OK && formula_value_is_estimated(value));
        text_world_clear(&w);
        if (status == LSA_ERR_UNABLE && bits < FORMULA_BITS_MOST) {
            status = LSA_OK;
            continue;
        }
        if (status != LSA_OK)
            return lsa_error_set(err, status, "%s", story.text);
        if (*estimated)
            break;
    }
done:
    return status;
}

static lsa_status judge_condition(const text_job *job, const formula_node *condition, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_truth truth;
    bool estimated = false;
    lsa_claim_result *result = job->result;
    if ((condition->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0 && job->checked->n_at == 0)
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "a condition is decided at a place: give the claim its 'at', or write start(...), limit(...)");
    LSA_TRY(truth_of(job, condition, &truth, &estimated, err));
    result->kind = job->checked->n_at > 0 ? "point" : "exact";
    result->enclosed = !estimated;
    if (!claim_applies(result))
        goto done;
    if (estimated)
        status = lsa_error_set(err, LSA_ERR_UNABLE,
                               "it rests on numbers that are estimates: conditions are decided exactly");
    else
        result->verdict = truth == FORMULA_TRUE    ? LSA_VERDICT_PROVED
                          : truth == FORMULA_FALSE ? LSA_VERDICT_FAILS
                                                   : LSA_VERDICT_INCONCLUSIVE;
    if (result->verdict == LSA_VERDICT_FAILS)
        claim_why(result, "it is not so");
    else if (result->verdict == LSA_VERDICT_INCONCLUSIVE)
        claim_why(result, "%d bits do not decide it", (int)FORMULA_BITS_MOST);
done:
    return status;
}

/* ---------------------------------------------------------------- tautologies */

/* Symbols and whatever is judged are numbers drawn for their names: two sides that agree then are one formula. */
typedef struct letters {
    const checked_claim *checked;
    uint64_t salt; /* of the place: limit(u) is another letter than u */
    int drawn;
} letters;

static uint64_t hash_text(uint64_t seed, const char *text)
{
    for (; *text != '\0'; text++)
        seed = (seed ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return seed;
}

static bool is_size(const formula_node *node)
{
    return node->kind == FORMULA_NAME && (node->name->id == FORMULA_NAME_d || node->name->id == FORMULA_NAME_heads ||
                                          node->name->id == FORMULA_NAME_r);
}

static lsa_status letter(void *context, formula_run *run, const formula_node *node, long head,
                         const formula_value **out, lsa_error *err)
{
    letters *l = context;
    const lsa_experiment *e = l->checked->experiment;
    (void)err;
    if (is_size(node)) {
        *out = formula_value_integer(run->pool, (long)(node->name->id == FORMULA_NAME_d   ? e->data.d
                                                       : node->name->id == FORMULA_NAME_r ? e->data.rank
                                                                                          : e->data.heads));
        return LSA_OK;
    }
    if (node->kind == FORMULA_NAME && node->name->id == FORMULA_NAME_I) {
        *out = formula_value_identity(run->pool, e->data.d);
        return LSA_OK;
    }
    l->drawn++;
    const bool risk = node->kind == FORMULA_NAME && node->name->id == FORMULA_NAME_risk;
    const char *name = risk ? "loss" : node->text;
    const bool constant =
        node->kind == FORMULA_SYMBOL && e->statement->symbols[node->symbol].kind != LSA_SYMBOL_PARAMETER;
    const bool symmetric =
        (constant && e->statement->symbols[node->symbol].symmetric) ||
        (node->kind == FORMULA_NAME &&
         (strcmp(name, "Lambda") == 0 || strcmp(name, "Omega") == 0 || strcmp(name, "hessian") == 0 ||
          strcmp(name, "Lambda_c") == 0 || strcmp(name, "Lambda_q") == 0 || strcmp(name, "Omega_t") == 0));
    const bool always = constant || (node->kind == FORMULA_NAME && node->name->need == FORMULA_ALWAYS);
    const uint64_t seed = hash_text(always ? 7 : l->salt, name) + (uint64_t)head;
    *out = formula_value_random(run->pool, node->rows.size, node->cols.size, symmetric, seed);
    if (risk)
        *out = formula_multiply(run->pool, formula_value_integer(run->pool, 2), *out);
    return LSA_OK;
}

/* start, limit, argmin and the like move the place; whatever else is judged is a letter of its own, named by its text. */
static lsa_status letter_call(void *context, formula_run *run, const formula_node *node, const formula_value **out,
                              lsa_error *err)
{
    letters *l = context;
    const formula_function_id id = node->function->id;
    if (id == FORMULA_start || id == FORMULA_limit || id == FORMULA_argmin) {
        const uint64_t before = l->salt;
        l->salt = hash_text(before, node->function->name);
        const lsa_status status = formula_evaluate(run, node->children[0], out, err);
        l->salt = before;
        return status;
    }
    lsa_text text;
    lsa_text_init(&text);
    formula_print(node, &text);
    l->drawn++;
    const bool risk = id == FORMULA_inf && node->children[0]->name->id == FORMULA_NAME_risk;
    const uint64_t seed = hash_text(l->salt, text.failed ? "" : risk ? "inf(loss)" : text.data);
    *out = formula_value_random(run->pool, node->rows.size, node->cols.size, false, seed);
    if (risk)
        *out = formula_multiply(run->pool, formula_value_integer(run->pool, 2), *out);
    lsa_text_clear(&text);
    return LSA_OK;
}

/* Exactly equal for random letters, and there are letters: one formula twice. */
static bool is_tautology(const text_job *job, const formula_node *a, const formula_node *b)
{
    letters l = {.checked = job->checked, .salt = 11};
    const formula_world world = {.context = &l, .leaf = letter, .call = letter_call};
    formula_run run;
    const formula_value *x, *y;
    bool same = false;
    if (formula_run_init(&run, &world, job->checked->experiment->data.d, 0, FORMULA_BITS_FIRST, NULL) != LSA_OK)
        return false;
    if (formula_evaluate(&run, a, &x, NULL) == LSA_OK && formula_evaluate(&run, b, &y, NULL) == LSA_OK && l.drawn > 0) {
        same = true;
        for (ptrdiff_t k = 0; same && k < formula_value_rows(x) * formula_value_cols(x); k++)
            same = formula_value_compare(run.pool, x, y, k % formula_value_rows(x), k / formula_value_rows(x)).equal;
    }
    formula_run_clear(&run);
    return same;
}

/* ---------------------------------------------------------------- parts */

static lsa_status judge_pair(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const unsigned free = FORMULA_AT_POINT | FORMULA_IN_TIME, needs = a->needs | b->needs;
    lsa_claim_result *result = job->result;
    result->witnesses[0] = a->witnesses;
    result->witnesses[1] = b->witnesses;
    result->tautology = relation == LSA_RELATION_EQUAL && is_tautology(job, a, b);
    if ((needs & free) == 0 || job->checked->n_at > 0)
        return judge_values(job, a, b, relation, err);
    if (relation == LSA_RELATION_EQUAL && text_is_identity(job->checked->experiment->statement, a, b)) {
        if (!claim_applies(result))
            return LSA_OK;
        status = text_judge_identity(job->context->study, a, b, result, err);
        if (status != LSA_ERR_UNABLE)
            return status;
    }
    return judge_path(job, a, b, relation, err);
}

/* A condition that is no `and`: a chain of comparisons is its pairs. */
static lsa_status judge_part(const text_job *job, const formula_node *part, int pair, lsa_error *err)
{
    while (part->kind == FORMULA_DEFINED)
        part = part->children[0];
    if (part->kind == FORMULA_COMPARE)
        return judge_pair(job, part->children[pair], part->children[pair + 1], part->relations[pair], err);
    job->result->witnesses[0] = part->witnesses;
    return judge_condition(job, part, err);
}

static int pairs_of(const formula_node *part)
{
    return part->kind == FORMULA_COMPARE ? part->n_children - 1 : 1;
}

/* fails, inconclusive, not-applicable, holds, proved. */
static int badness(lsa_verdict verdict)
{
    static const int order[] = {[LSA_VERDICT_HOLDS] = 1,
                                [LSA_VERDICT_FAILS] = 4,
                                [LSA_VERDICT_INCONCLUSIVE] = 3,
                                [LSA_VERDICT_NOT_APPLICABLE] = 2,
                                [LSA_VERDICT_PROVED] = 0};
    return order[verdict];
}

/* What has no value is a verdict: inconclusive, refused. */
static lsa_status settle(lsa_claim_result *result, lsa_status status, const lsa_error *story, lsa_error *err)
{
    if (status == LSA_OK)
        return LSA_OK;
    if (!lsa_status_is_no_answer(status))
        return lsa_error_set(err, status, "%s", story->text);
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "refused: %s", story->text);
    return LSA_OK;
}

static lsa_status judge_and_keep(const text_job *job, const formula_node *part, int pair, int number, int of,
                                 lsa_claim_result *worst, bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_claim_result mine = *job->result;
    const text_job own = {.context = job->context, .checked = job->checked, .test = job->test, .result = &mine};
    LSA_TRY(settle(&mine, judge_part(&own, part, pair, &story), &story, err));
    if (of > 1 && badness(mine.verdict) > 1) {
        char why[LSA_WHY_MAX];
        snprintf(why, sizeof why, "%s", mine.why);
        claim_why(&mine, "part %d of %d: %.280s", number, of, why);
    }
    if (*any && badness(mine.verdict) <= badness(worst->verdict))
        goto done;
    *worst = mine;
    *any = true;
done:
    return status;
}

static int count_parts(const formula_node *node)
{
    int n = 0;
    if (node->kind != FORMULA_AND)
        return pairs_of(node);
    for (int k = 0; k < node->n_children; k++)
        n += count_parts(node->children[k]);
    return n;
}

static lsa_status judge_all_parts(const text_job *job, const formula_node *node, int *number, int of,
                                  lsa_claim_result *worst, bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (node->kind == FORMULA_AND) {
        for (int k = 0; k < node->n_children; k++)
            LSA_TRY(judge_all_parts(job, node->children[k], number, of, worst, any, err));
        return LSA_OK;
    }
    for (int pair = 0; pair < pairs_of(node); pair++) {
        ++*number;
        LSA_TRY(judge_and_keep(job, node, pair, *number, of, worst, any, err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- hypotheses */

static lsa_status measure_hypothesis(const text_job *job, const formula_node *condition, const char *text,
                                     lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_truth truth;
    bool estimated = false;
    pair_of_worlds p = {.sides = {.pool = NULL}};
    const bool scalars =
        condition->kind == FORMULA_COMPARE && condition->n_children == 2 && formula_is_scalar(condition->children[0]);
    LSA_TRY(truth_of(job, condition, &truth, &estimated, err));
    const bool met = truth == FORMULA_TRUE;
    if (scalars) {
        LSA_TRY(evaluate_pair(job, condition->children[0], condition->children[1], FORMULA_BITS_FIRST, &p, err));
        claim_suppose(job->result, text, formula_value_double(p.sides.a, 0, 0), formula_value_double(p.sides.b, 0, 0),
                      met);
    } else {
        claim_suppose(job->result, text, met, 1.0, met);
    }
done:
    pair_clear(&p);
    return status;
}

static lsa_status measure_hypotheses(const text_job *job, bool *refused, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_text_claim *claim = job->checked->claim;
    *refused = false;
    for (ptrdiff_t k = 0; k < claim->n_assuming && !*refused; k++) {
        lsa_error story = {0};
        status = measure_hypothesis(job, job->checked->assuming[k], claim->assuming[k]->text, &story);
        *refused = lsa_status_is_no_answer(status);
        LSA_TRY(settle(job->result, status, &story, err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- the claim */

static void name_values(const lsa_text_claim *claim, const long *integers, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (ptrdiff_t k = 0; k < claim->n_each && used < size; k++)
        used += (size_t)snprintf(out + used, size - used, "%s%s = %ld", k > 0 ? ", " : "", claim->each[k].name,
                                 integers[k]);
}

static lsa_status judge_one(const claim_context *context, const long *integers, const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    checked_claim checked;
    lsa_claim_result *result, worst;
    bool any = false, refused = false;
    int number = 0;
    LSA_TRY(check_claim(&checked, context->experiment, context->text, integers, err));
    LSA_TRY(claim_add(context, &result, err));
    name_values(context->text, integers, result->each, sizeof result->each);
    result->test = test;
    result->context = test != NULL ? test->context : (double)NAN;
    const text_job job = {.context = context, .checked = &checked, .test = test, .result = result};
    LSA_TRY(measure_hypotheses(&job, &refused, err));
    if (refused)
        goto done;
    LSA_TRY(judge_all_parts(&job, checked.formula, &number, count_parts(checked.formula), &worst, &any, err));
    *result = worst;
done:
    checked_claim_clear(&checked);
    return status;
}

/* All values of `for`, the last name fastest. */
typedef struct each_values {
    int count[EACH_NAMES];
    long *values[EACH_NAMES];
} each_values;

static void each_clear(each_values *each)
{
    for (int k = 0; k < EACH_NAMES; k++)
        free(each->values[k]);
}

static lsa_status each_read(const lsa_experiment *e, const lsa_text_claim *claim, each_values *each, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *each = (each_values){.count = {0}};
    if (claim->n_each > EACH_NAMES)
        return lsa_node_error(claim->formula, err, "more than %d names in 'for'", (int)EACH_NAMES);
    for (ptrdiff_t k = 0; k < claim->n_each; k++) {
        each->values[k] = calloc(EACH_VALUES, sizeof *each->values[k]);
        LSA_TRY_MEMORY(each->values[k], "a claim");
        LSA_TRY(read_values(e, claim->each[k].formula, each->values[k], &each->count[k], err));
    }
done:
    return status;
}

static bool each_next(const each_values *each, ptrdiff_t n, int *digit, long *integers)
{
    ptrdiff_t k = n - 1;
    while (k >= 0 && ++digit[k] == each->count[k])
        digit[k--] = 0;
    for (ptrdiff_t j = 0; j < n; j++)
        integers[j] = each->values[j][digit[j]];
    return k >= 0;
}

lsa_status claim_text(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    each_values each;
    int digit[EACH_NAMES] = {0};
    long integers[EACH_NAMES] = {0};
    const lsa_text_claim *claim = context->text;
    LSA_TRY(each_read(context->experiment, claim, &each, err));
    for (ptrdiff_t k = 0; k < claim->n_each; k++)
        integers[k] = each.values[k][0];
    do {
        for (ptrdiff_t t = 0; t < (claim->each_test ? context->experiment->n_tests : 1); t++)
            LSA_TRY(judge_one(context, integers, claim->each_test ? &context->experiment->tests[t] : NULL, err));
    } while (each_next(&each, claim->n_each, digit, integers));
done:
    each_clear(&each);
    return status;
}

const char *lsa_claim_formula(const lsa_text_claim *claim)
{
    return claim->formula->text;
}

void lsa_claim_witnesses(unsigned witnesses, lsa_text *out)
{
    formula_witnesses_text(witnesses, out);
}

lsa_status text_claims_check(const lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t i = 0; i < experiment->n_text_claims && status == LSA_OK; i++) {
        const lsa_text_claim *claim = &experiment->text_claims[i];
        checked_claim checked;
        each_values each;
        long integers[EACH_NAMES] = {0};
        status = each_read(experiment, claim, &each, err);
        for (ptrdiff_t k = 0; status == LSA_OK && k < claim->n_each; k++)
            integers[k] = each.values[k][0];
        if (status == LSA_OK) {
            status = check_claim(&checked, experiment, claim, integers, err);
            checked_claim_clear(&checked);
        }
        each_clear(&each);
    }
    return status;
}
