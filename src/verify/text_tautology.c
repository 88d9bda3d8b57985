/* text_tautology.c - two sides that are one formula, whatever the model: they agree exactly where every name is a random number. */
#include "base/text.h"
#include "verify/text_kinds.h"

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
        (node->kind == FORMULA_NAME && node->name->shape != FORMULA_1 && node->name->id != FORMULA_NAME_Theta);
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
    const formula_function_id id = node->kind == FORMULA_CALL ? node->function->id : FORMULA_FUNCTION_COUNT;
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
bool text_is_tautology(const checked_claim *checked, const formula_node *a, const formula_node *b)
{
    letters l = {.checked = checked, .salt = 11};
    const formula_world world = {.context = &l, .leaf = letter, .call = letter_call};
    formula_run run;
    const formula_value *x, *y;
    bool same = false;
    if (formula_run_init(&run, &world, checked->experiment->data.d, 0, FORMULA_BITS_FIRST, NULL) != LSA_OK)
        return false;
    if (formula_evaluate(&run, a, &x, NULL) == LSA_OK && formula_evaluate(&run, b, &y, NULL) == LSA_OK && l.drawn > 0) {
        same = true;
        for (ptrdiff_t k = 0; same && k < formula_value_rows(x) * formula_value_cols(x); k++)
            same = formula_value_compare(run.pool, x, y, k % formula_value_rows(x), k / formula_value_rows(x)).equal;
    }
    formula_run_clear(&run);
    return same;
}
