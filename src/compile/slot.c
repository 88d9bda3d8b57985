/* slot.c - words of constants, their combinations, and their numbers. */
#include "compile/slot.h"

#include "base/try.h"

#include <float.h>
#include <math.h>

/* Weights are sums of a few products. */
static const double SAME = 16.0 * DBL_EPSILON;

/* A word, once and for all. */
typedef struct spelling {
    lsa_dim rows, cols;
    int n;
    const lsa_atom *letters;
} spelling;

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
    lsa_intern *word_keys;    /* rows, cols, letters      */
    spelling *words;          /* per id of `word_keys`    */
    lsa_intern *combinations; /* words, then their weights */
    combination *table;       /* per id of `combinations` */
    int word_capacity, capacity;
    lsa_ints key;      /* work: most words and combinations are known already */
    lsa_atom *letters; /* work: of a word, room for letter_capacity           */
    int letter_capacity;
};

lsa_status lsa_slots_create(lsa_arena *arena, lsa_bound *bound, lsa_slots **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_slots *slots = lsa_arena_alloc(arena, 1, sizeof *slots);
    LSA_TRY_MEMORY(slots, "the constants of a program");
    slots->arena = arena;
    slots->bound = bound;
    slots->word_keys = lsa_intern_create(arena);
    slots->combinations = lsa_intern_create(arena);
    slots->key = lsa_ints_in(arena);
    LSA_TRY_MEMORY(slots->word_keys, "the constants of a program");
    LSA_TRY_MEMORY(slots->combinations, "the constants of a program");
    *out = slots;
done:
    return status;
}

lsa_dim lsa_slots_rows(const lsa_slots *slots, int slot)
{
    return slots->words[slots->table[slot].word[0]].rows;
}

lsa_dim lsa_slots_cols(const lsa_slots *slots, int slot)
{
    return slots->words[slots->table[slot].word[0]].cols;
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

/* Appends a letter to *n of slots->letters, of which the last n_diagonal are diagonal ones, sorted. Multiples of the
 * identity go to *factor. */
static lsa_status append_letter(lsa_slots *slots, int *n, int n_diagonal, lsa_atom letter, double *factor,
                                bool *diagonal, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    LSA_TRY(lsa_bound_matrix(slots->bound, letter.number, &value, err));
    const lsa_symbol *symbol = lsa_bound_symbol(slots->bound, letter.number);
    const bool square = symbol->rows == symbol->cols;
    *diagonal = false;
    if (square && value.kind == LSA_VALUE_SCALAR) {
        *factor *= value.scalar;
        *diagonal = n_diagonal > 0; /* an open run of diagonal letters goes on */
        goto done;
    }
    *diagonal = square && value.kind == LSA_VALUE_DIAGONAL;
    letter.transposed = letter.transposed && !*diagonal;
    lsa_atom *letters = lsa_array_grow(slots->arena, slots->letters, *n, &slots->letter_capacity, sizeof *letters);
    LSA_TRY_MEMORY(letters, "the constants of a program");
    slots->letters = letters;
    int k = (*n)++;
    for (int run = *diagonal ? n_diagonal : 0; run > 0 && lsa_atom_compare(letters[k - 1], letter) > 0; k--, run--)
        letters[k] = letters[k - 1];
    letters[k] = letter;
done:
    return status;
}

/* The id of the word of the first n letters of slots->letters. */
static lsa_status enter_word(lsa_slots *slots, lsa_dim rows, lsa_dim cols, int n, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints *key = &slots->key;
    key->n = 0;
    lsa_ints_push(key, rows);
    lsa_ints_push(key, cols);
    lsa_ints_append_atoms(key, n, slots->letters);
    const int before = lsa_intern_count(slots->word_keys);
    *out = lsa_intern_id(slots->word_keys, key);
    LSA_TRY_MEMORY(*out >= 0 ? slots : NULL, "the constants of a program");
    if (*out == before) {
        spelling *words = lsa_array_grow(slots->arena, slots->words, before, &slots->word_capacity, sizeof *words);
        lsa_atom *letters = lsa_arena_alloc(slots->arena, (size_t)n, sizeof *letters);
        LSA_TRY_MEMORY(words, "the constants of a program");
        LSA_TRY_MEMORY(letters, "the constants of a program");
        for (int k = 0; k < n; k++)
            letters[k] = slots->letters[k];
        slots->words = words;
        words[*out] = (spelling){.rows = rows, .cols = cols, .n = n, .letters = letters};
    }
done:
    return status;
}

lsa_status lsa_slots_word(lsa_slots *slots, lsa_dim rows, lsa_dim cols, int n, const lsa_atom *letters, double *factor,
                          int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int length = 0, start = 0, id = -1; /* where the current run of diagonal letters starts */
    for (int k = 0; k < n; k++) {
        bool diagonal = false;
        LSA_TRY(append_letter(slots, &length, length - start, letters[k], factor, &diagonal, err));
        if (!diagonal)
            start = length;
    }
    LSA_TRY(enter_word(slots, rows, cols, length, &id, err));
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
        const spelling w = slots->words[c.word[k]];
        lsa_atom *letters = lsa_arena_alloc(slots->arena, (size_t)w.n, sizeof *letters);
        LSA_TRY_MEMORY(letters, "the constants of a program");
        for (int j = 0; j < w.n; j++)
            letters[j] = lsa_bound_turned(slots->bound, w.letters[w.n - 1 - j]);
        LSA_TRY(lsa_slots_word(slots, w.cols, w.rows, w.n, letters, &unit, &turned[k], err));
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

static lsa_status word_value(lsa_slots *slots, const spelling *w, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_value_scalar(lsa_bound_size(slots->bound, w->rows), 1.0);
    for (int k = 0; k < w->n; k++) {
        lsa_value letter;
        LSA_TRY(lsa_bound_matrix(slots->bound, w->letters[k].number, &letter, err));
        if (w->letters[k].transposed)
            LSA_TRY(lsa_value_transpose(slots->arena, &letter, &letter, err));
        if (k == 0)
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
            LSA_TRY(word_value(slots, &slots->words[c->word[k]], &value, err));
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
