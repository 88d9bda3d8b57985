/* slot.c - words of constants, their combinations, and their numbers. */
#include "compile/slot.h"

#include "base/try.h"

#include <float.h>
#include <math.h>

/* Weights are sums of a few products. */
static const double SAME = 16.0 * DBL_EPSILON;

/* A combination: `n` words with their weights. */
typedef struct combination {
    int n;
    const int *word;
    const double *weight;
    bool known;
    lsa_value value;
    int turned; /* the transposed combination, or -1: not asked for yet */
    double turned_factor;
} combination;

struct lsa_slots {
    lsa_arena *arena;
    lsa_bound *bound;
    lsa_intern *words;        /* key: rows, cols, codes        */
    lsa_intern *combinations; /* key: words, then their weights */
    combination *table;       /* per id of `combinations`      */
    int capacity;
    lsa_ints word, key; /* work: most words and combinations are known already */
};

lsa_status lsa_slots_create(lsa_arena *arena, lsa_bound *bound, lsa_slots **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_slots *slots = lsa_arena_alloc(arena, 1, sizeof *slots);
    LSA_TRY_MEMORY(slots, "the constants of a program");
    slots->arena = arena;
    slots->bound = bound;
    slots->words = lsa_intern_create(arena);
    slots->combinations = lsa_intern_create(arena);
    slots->word = lsa_ints_in(arena);
    slots->key = lsa_ints_in(arena);
    LSA_TRY_MEMORY(slots->words, "the constants of a program");
    LSA_TRY_MEMORY(slots->combinations, "the constants of a program");
    *out = slots;
done:
    return status;
}

lsa_dim lsa_slots_rows(const lsa_slots *slots, int slot)
{
    int length = 0;
    return lsa_intern_key(slots->words, slots->table[slot].word[0], &length)[0];
}

lsa_dim lsa_slots_cols(const lsa_slots *slots, int slot)
{
    int length = 0;
    return lsa_intern_key(slots->words, slots->table[slot].word[0], &length)[1];
}

/* Enters the combination of words (sorted) and weights as they stand. */
static lsa_status enter(lsa_slots *slots, int n, const int *word, const double *weight, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints *key = &slots->key;
    key->n = 0;
    lsa_ints_append(key, n, word);
    for (int k = 0; k < n; k++)
        lsa_ints_push_double(key, weight[k]);
    const int before = lsa_intern_count(slots->combinations);
    const int id = lsa_intern_id(slots->combinations, key);
    LSA_TRY_MEMORY(id >= 0 ? slots : NULL, "the constants of a program");
    if (id == before) {
        combination *table = lsa_array_grow(slots->arena, slots->table, before, &slots->capacity, sizeof *slots->table);
        double *weights = lsa_arena_alloc(slots->arena, (size_t)n, sizeof *weights);
        LSA_TRY_MEMORY(table, "the constants of a program");
        LSA_TRY_MEMORY(weights, "the constants of a program");
        for (int k = 0; k < n; k++)
            weights[k] = weight[k];
        slots->table = table;
        slots->table[id] = (combination){
            .n = n, .word = lsa_intern_key(slots->combinations, id, &(int){0}), .weight = weights, .turned = -1};
    }
    *out = id;
done:
    return status;
}

/* Appends a letter, diagonal ones sorted among themselves; multiples of the identity go to *factor. */
static lsa_status append_letter(lsa_slots *slots, lsa_ints *word, int n_diagonal, int code, double *factor,
                                bool *diagonal, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    LSA_TRY(lsa_bound_matrix(slots->bound, code / 2, &value, err));
    const lsa_symbol *symbol = lsa_bound_symbol(slots->bound, code / 2);
    const bool square = symbol->rows == symbol->cols;
    *diagonal = false;
    if (square && value.kind == LSA_VALUE_SCALAR) {
        *factor *= value.scalar;
        *diagonal = n_diagonal > 0; /* an open run of diagonal letters goes on */
        goto done;
    }
    *diagonal = square && value.kind == LSA_VALUE_DIAGONAL;
    lsa_ints_push(word, *diagonal ? 2 * (code / 2) : code);
    for (int k = word->n - 1, run = n_diagonal; *diagonal && !word->failed && run > 0; k--, run--) {
        if (word->data[k - 1] <= word->data[k])
            break;
        const int swapped = word->data[k];
        word->data[k] = word->data[k - 1];
        word->data[k - 1] = swapped;
    }
done:
    return status;
}

lsa_status lsa_slots_word(lsa_slots *slots, lsa_dim rows, lsa_dim cols, int n, const int *codes, double *factor,
                          int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints *word = &slots->word;
    word->n = 0;
    lsa_ints_push(word, rows);
    lsa_ints_push(word, cols);
    int start = word->n; /* where the current run of diagonal letters starts */
    for (int k = 0; k < n; k++) {
        bool diagonal = false;
        LSA_TRY(append_letter(slots, word, word->n - start, codes[k], factor, &diagonal, err));
        if (!diagonal)
            start = word->n;
    }
    const int id = lsa_intern_id(slots->words, word);
    LSA_TRY_MEMORY(id >= 0 ? slots : NULL, "the constants of a program");
    LSA_TRY(enter(slots, 1, &id, &(double){1.0}, out, err));
done:
    return status;
}

/* Puts weight on a word of a sorted list; returns the new length. */
static int add_word(int n, int *words, double *weights, int word, double weight)
{
    int k = n;
    while (k > 0 && words[k - 1] >= word)
        k--;
    if (k < n && words[k] == word) {
        weights[k] += weight;
        return n;
    }
    for (int j = n; j > k; j--) {
        words[j] = words[j - 1];
        weights[j] = weights[j - 1];
    }
    words[k] = word;
    weights[k] = weight;
    return n + 1;
}

lsa_status lsa_slots_sum(lsa_slots *slots, int n, const int *slot, const double *weight, double *factor, int *out,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t most = 0;
    for (int k = 0; k < n; k++)
        most += (size_t)slots->table[slot[k]].n;
    int *words = lsa_arena_alloc(slots->arena, most, sizeof *words);
    double *weights = lsa_arena_alloc(slots->arena, most, sizeof *weights);
    LSA_TRY_MEMORY(words, "the constants of a program");
    LSA_TRY_MEMORY(weights, "the constants of a program");
    int count = 0, kept = 0;
    for (int k = 0; k < n; k++) {
        const combination *c = &slots->table[slot[k]];
        for (int j = 0; j < c->n; j++)
            count = add_word(count, words, weights, c->word[j], weight[k] * c->weight[j]);
    }
    for (int k = 0; k < count; k++)
        if (weights[k] != 0.0) {
            words[kept] = words[k];
            weights[kept++] = weights[k];
        }
    *factor = 0.0;
    for (int k = 0; k < kept; k++)
        if (!(fabs(weights[k]) <= fabs(*factor))) /* NaN stays, and is seen */
            *factor = weights[k];
    *out = slot[0];
    for (int k = 0; k < kept; k++)
        weights[k] /= *factor;
    if (kept > 0)
        LSA_TRY(enter(slots, kept, words, weights, out, err));
done:
    return status;
}

bool lsa_slots_agree(const lsa_slots *slots, int a, int b)
{
    const combination *x = &slots->table[a], *y = &slots->table[b];
    bool agree = a == b || x->n == y->n;
    for (int k = 0; k < x->n && agree && a != b; k++)
        agree = x->word[k] == y->word[k] && fabs(x->weight[k] - y->weight[k]) <= SAME * fabs(x->weight[k]);
    return agree;
}

static int transposed_code(const lsa_slots *slots, int code)
{
    return lsa_bound_symbol(slots->bound, code / 2)->symmetric ? code : code ^ 1;
}

/* Fills in what a combination is transposed. */
static lsa_status transpose(lsa_slots *slots, int slot, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const combination c = slots->table[slot];
    int out = -1;
    int *turned = lsa_arena_alloc(slots->arena, (size_t)c.n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "the constants of a program");
    double unit = 1.0, lead = 1.0; /* what is left of a word has no scalar letters, so `unit` stays 1 */
    for (int k = 0; k < c.n; k++) {
        int length = 0;
        const int *word = lsa_intern_key(slots->words, c.word[k], &length);
        lsa_ints codes = lsa_ints_in(slots->arena);
        for (int j = length - 1; j >= 2; j--)
            lsa_ints_push(&codes, transposed_code(slots, word[j]));
        LSA_TRY_MEMORY(codes.failed ? NULL : slots, "the constants of a program");
        LSA_TRY(lsa_slots_word(slots, word[1], word[0], codes.n, codes.data, &unit, &turned[k], err));
    }
    LSA_TRY(lsa_slots_sum(slots, c.n, turned, c.weight, &lead, &out, err));
    slots->table[slot].turned = out;
    slots->table[slot].turned_factor = lead;
done:
    return status;
}

lsa_status lsa_slots_transpose(lsa_slots *slots, int slot, double *factor, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (slots->table[slot].turned < 0)
        LSA_TRY(transpose(slots, slot, err));
    *factor *= slots->table[slot].turned_factor;
    *out = slots->table[slot].turned;
done:
    return status;
}

static lsa_status word_value(lsa_slots *slots, int word, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int length = 0;
    const int *key = lsa_intern_key(slots->words, word, &length);
    *out = lsa_value_scalar(lsa_bound_size(slots->bound, key[0]), 1.0);
    for (int k = 2; k < length; k++) {
        lsa_value letter;
        LSA_TRY(lsa_bound_matrix(slots->bound, key[k] / 2, &letter, err));
        if (key[k] % 2 != 0)
            LSA_TRY(lsa_value_transpose(slots->arena, &letter, &letter, err));
        if (k == 2)
            *out = letter;
        else
            LSA_TRY(lsa_value_product(slots->arena, out, &letter, out, err));
    }
done:
    return status;
}

lsa_status lsa_slots_value(lsa_slots *slots, int slot, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    combination *c = &slots->table[slot];
    int transposed = -1;
    double factor = 1.0;
    if (!c->known) {
        for (int k = 0; k < c->n; k++) {
            lsa_value value;
            LSA_TRY(word_value(slots, c->word[k], &value, err));
            if (k > 0)
                LSA_TRY(lsa_value_add(slots->arena, 1.0, &c->value, c->weight[k], &value, &c->value, err));
            else if (c->weight[k] == 1.0)
                c->value = value;
            else
                LSA_TRY(lsa_value_add(slots->arena, c->weight[k], &value, 0.0, &value, &c->value, err));
        }
        LSA_TRY(lsa_slots_transpose(slots, slot, &factor, &transposed, err));
        c = &slots->table[slot];
        if (transposed == slot && factor == 1.0) /* symmetric as symbols: made so in its last digits too */
            LSA_TRY(lsa_value_symmetrise(slots->arena, &c->value, &c->value, err));
        c->known = true;
    }
    *out = c->value;
done:
    return status;
}
