/* gather.c - a dummy head that runs through one stretch of one word becomes a node: sum_h u[h] U[h].
 *
 * Terms in H heads cost H^2 or more unrolled; with the sums made first they cost as much as those of one head. The
 * stretch's transposed reading names the same node, transposed: the lesser reading is the one that is kept. */
#include "compile/gather.h"

#include "base/try.h"
#include "compile/average.h"
#include "compile/merge.h"

#include <assert.h>
#include <string.h>

/* The letters at `first`, ..., first + n - 1 of a word hold the dummy in every active letter, and end in active ones. */
typedef struct stretch {
    int word, first, n;
} stretch;

static int count_in_word(const lsa_draft_word *word, int dummy)
{
    int count = 0;
    for (int k = 0; k < word->n; k++)
        count += word->letters[k].index == dummy;
    return count;
}

/* The only word that names the dummy, or -1. */
static int only_word(const lsa_draft *draft, int dummy)
{
    int found = -1;
    for (int w = 0; w < draft->n_words; w++)
        if (count_in_word(&draft->words[w], dummy) > 0) {
            if (found >= 0)
                return -1;
            found = w;
        }
    return found;
}

static bool is_ring(const lsa_lowering *lowering, const lsa_draft_word *word)
{
    for (int k = 0; k < word->n; k++)
        if (lsa_atom_rows(lowering, word->letters[k]) == LSA_DIM_ONE)
            return false;
    return !word->open;
}

/* Where a ring can start so that the dummy's letters do not wrap: after an active letter without it. When there is none
 * the ring is one stretch, which starts after constants, so that they stay outside, else in dimension d. */
static int unwrapped_start(const lsa_lowering *lowering, const lsa_draft_word *word, int dummy)
{
    int start = 0;
    bool after_constant = false;
    for (int k = 0; k < word->n; k++) {
        const lsa_atom letter = word->letters[k], before = word->letters[(k + word->n - 1) % word->n];
        if (!lsa_atom_active(lowering, letter))
            continue;
        if (letter.index != dummy)
            return (k + 1) % word->n;
        const bool constant = !lsa_atom_active(lowering, before);
        if ((constant && !after_constant) ||
            (constant == after_constant && lsa_atom_rows(lowering, letter) == LSA_DIM_D))
            start = k;
        after_constant = after_constant || constant;
    }
    return start;
}

/* Finds the stretch of a dummy; *found is false when it has none that is a matrix. Rings are rotated to make it one. */
static lsa_status find_stretch(lsa_lowering *lowering, lsa_draft *draft, int dummy, stretch *out, bool *found,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int w = only_word(draft, dummy);
    *found = false;
    if (w < 0)
        goto done;
    lsa_draft_word *word = &draft->words[w];
    if (is_ring(lowering, word)) {
        const int start = unwrapped_start(lowering, word, dummy);
        lsa_atom *turned = lsa_arena_alloc(lowering->arena, (size_t)word->n, sizeof *turned);
        LSA_TRY_MEMORY(turned, "the terms of a program");
        for (int k = 0; k < word->n; k++)
            turned[k] = word->letters[(k + start) % word->n];
        word->letters = turned;
    }
    int first = 0, left = count_in_word(word, dummy);
    while (word->letters[first].index != dummy)
        first++;
    int last = first;
    for (int k = first; k < word->n && left > 0; k++) {
        if (!lsa_atom_active(lowering, word->letters[k]))
            continue;
        if (word->letters[k].index != dummy)
            goto done;
        last = k;
        left--;
    }
    *out = (stretch){.word = w, .first = first, .n = last - first + 1};
    *found = lsa_atom_rows(lowering, word->letters[first]) != LSA_DIM_ONE ||
             lsa_atom_cols(lowering, word->letters[last]) != LSA_DIM_ONE; /* else it is a number, and no node */
done:
    return status;
}

/* Puts the stretch (with the free index for the dummy) into `word`, in its lesser reading. */
static bool read_stretch(const lsa_lowering *lowering, const lsa_atom *letters, int n, lsa_draft_word *word)
{
    int order = 0;
    for (int k = 0; k < n && order == 0; k++)
        order = lsa_atom_compare(letters[k], lsa_bound_turned(lowering->bound, letters[n - 1 - k]));
    for (int k = 0; k < n; k++) {
        word->letters[k] = order <= 0 ? letters[k] : lsa_bound_turned(lowering->bound, letters[n - 1 - k]);
        if (word->letters[k].index >= 0)
            word->letters[k].index = LSA_INDEX_FREE;
    }
    return order > 0;
}

/* Moves the dummy's powers out of the draft. */
static void take_powers(lsa_draft *draft, int dummy, lsa_draft *part)
{
    int kept = 0;
    for (int k = 0; k < draft->n_powers; k++) {
        lsa_power power = draft->powers[k];
        if (power.index == dummy) {
            power.index = LSA_INDEX_FREE;
            part->powers[part->n_powers++] = power;
        } else {
            draft->powers[kept++] = power;
        }
    }
    draft->n_powers = kept;
}

/* Puts the sum of the stretch over the heads, a node, in the place of the stretch. */
static lsa_status gather(lsa_lowering *lowering, lsa_draft *draft, int dummy, const stretch *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_draft_word *word = &draft->words[s->word];
    lsa_draft_word inner = {.open = true, .n = s->n};
    ptrdiff_t head[1]; /* that of the stretch's free index */
    lsa_draft part = {.coefficient = 1.0, .head_of = head, .n_words = 1, .words = &inner};
    int node = -1;
    lsa_sum *sum = lsa_arena_alloc(lowering->arena, 1, sizeof *sum);
    inner.letters = lsa_arena_alloc(lowering->arena, (size_t)s->n, sizeof *inner.letters);
    part.powers = lsa_arena_alloc(lowering->arena, (size_t)draft->n_powers, sizeof *part.powers);
    LSA_TRY_MEMORY(sum, "the sum over the heads");
    LSA_TRY_MEMORY(inner.letters, "the sum over the heads");
    LSA_TRY_MEMORY(part.powers, "the sum over the heads");
    const bool turned = read_stretch(lowering, word->letters + s->first, s->n, &inner);
    take_powers(draft, dummy, &part);
    /* It starts and ends in parameters of the head (a node has no index), whose sides are those of the sum. */
    const lsa_bound *bound = lowering->bound;
    const lsa_atom a = inner.letters[0], b = inner.letters[s->n - 1];
    assert(a.of == LSA_SYMBOL && b.of == LSA_SYMBOL);
    sum->rows = part.rows = lsa_atom_rows(lowering, a);
    sum->cols = part.cols = lsa_atom_cols(lowering, b);
    sum->row_side = lsa_side(bound, bound->parameter[a.number], a.transposed);
    sum->col_side = lsa_side(bound, bound->parameter[b.number], !b.transposed);
    for (head[0] = 0; head[0] < lowering->heads; head[0]++)
        LSA_TRY(lsa_draft_write(lowering, &part, sum, err));
    LSA_TRY(lsa_merge(lowering, sum, err));
    LSA_TRY(lsa_sum_node(lowering, sum, &node, err));
    word->letters[s->first] = turned ? lsa_atom_flip(lsa_atom_of_node(node)) : lsa_atom_of_node(node);
    memmove(word->letters + s->first + 1, word->letters + s->first + s->n,
            (size_t)(word->n - s->first - s->n) * sizeof *word->letters);
    word->n -= s->n - 1;
done:
    return status;
}

lsa_status lsa_draft_gather_heads(lsa_lowering *lowering, lsa_draft *draft, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int dummy = 1; dummy <= draft->n_dummies; dummy++) {
        stretch s;
        bool found = false;
        LSA_TRY(find_stretch(lowering, draft, dummy, &s, &found, err));
        if (!found)
            continue;
        /* A random covariance inside the stretch is averaged over together with those outside. */
        lsa_draft_word inner = {.n = s.n, .letters = draft->words[s.word].letters + s.first};
        if (!lsa_draft_is_random(lowering, &(lsa_draft){.n_words = 1, .words = &inner}))
            LSA_TRY(gather(lowering, draft, dummy, &s, err));
    }
done:
    return status;
}
