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

static lsa_status rotate_word(lsa_lowering *lowering, lsa_draft_word *word, int by, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_atom *turned = lsa_arena_alloc(lowering->arena, (size_t)word->n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "the terms of a program");
    for (int k = 0; k < word->n; k++)
        turned[k] = word->letters[(k + by) % word->n];
    word->letters = turned;
done:
    return status;
}

/* Finds the stretch of a dummy; *found is false when it has none. Rings are rotated to make it one. */
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
        LSA_TRY(rotate_word(lowering, word, unwrapped_start(lowering, word, dummy), err));
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
    *found = true;
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

/* The sum over the heads of what `part` says of one head. */
static lsa_status sum_heads(lsa_lowering *lowering, lsa_draft *part, lsa_sum *sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t head[1];
    part->head_of = head;
    sum->rows = part->rows;
    sum->cols = part->cols;
    for (head[0] = 0; head[0] < lowering->heads; head[0]++)
        LSA_TRY(lsa_draft_write(lowering, part, sum, err));
    LSA_TRY(lsa_merge(lowering, sum, err));
done:
    return status;
}

/* The sides at the ends of a stretch, which starts and ends in parameters of the head: nodes have no index. */
static void set_sides(const lsa_lowering *lowering, const lsa_draft_word *word, lsa_sum *sum)
{
    const lsa_bound *bound = lowering->bound;
    const lsa_atom a = word->letters[0], b = word->letters[word->n - 1];
    assert(a.of == LSA_SYMBOL && b.of == LSA_SYMBOL);
    sum->row_side = lsa_side(bound, bound->parameter[a.number], a.transposed);
    sum->col_side = lsa_side(bound, bound->parameter[b.number], !b.transposed);
}

/* Puts one letter in the place of the stretch. */
static void replace_stretch(lsa_draft_word *word, const stretch *s, lsa_atom letter)
{
    word->letters[s->first] = letter;
    memmove(word->letters + s->first + 1, word->letters + s->first + s->n,
            (size_t)(word->n - s->first - s->n) * sizeof *word->letters);
    word->n -= s->n - 1;
}

static lsa_status gather(lsa_lowering *lowering, lsa_draft *draft, int dummy, const stretch *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_draft_word *word = &draft->words[s->word];
    lsa_draft_word inner = {.open = true, .n = s->n};
    lsa_draft part = {.coefficient = 1.0, .n_words = 1, .words = &inner};
    int node = -1;
    lsa_sum *sum = lsa_arena_alloc(lowering->arena, 1, sizeof *sum);
    inner.letters = lsa_arena_alloc(lowering->arena, (size_t)s->n, sizeof *inner.letters);
    part.powers = lsa_arena_alloc(lowering->arena, (size_t)draft->n_powers, sizeof *part.powers);
    LSA_TRY_MEMORY(sum, "the sum over the heads");
    LSA_TRY_MEMORY(inner.letters, "the sum over the heads");
    LSA_TRY_MEMORY(part.powers, "the sum over the heads");
    const bool turned = read_stretch(lowering, word->letters + s->first, s->n, &inner);
    part.rows = lsa_atom_rows(lowering, inner.letters[0]);
    part.cols = lsa_atom_cols(lowering, inner.letters[s->n - 1]);
    take_powers(draft, dummy, &part);
    set_sides(lowering, &inner, sum);
    LSA_TRY(sum_heads(lowering, &part, sum, err));
    LSA_TRY(lsa_sum_node(lowering, sum, &node, err));
    lsa_atom factor = lsa_atom_of_node(node);
    factor.transposed = turned;
    replace_stretch(word, s, factor);
done:
    return status;
}

/* A random covariance inside the stretch is averaged over together with those outside. */
static bool is_fixed(const lsa_lowering *lowering, const lsa_draft *draft, const stretch *s)
{
    lsa_draft_word inner = {.n = s->n, .letters = draft->words[s->word].letters + s->first};
    return !lsa_draft_is_random(lowering, &(lsa_draft){.n_words = 1, .words = &inner});
}

/* A stretch from dimension 1 to dimension 1 is a scalar and no node. */
static bool is_matrix(const lsa_lowering *lowering, const lsa_draft *draft, const stretch *s)
{
    const lsa_atom *letters = draft->words[s->word].letters + s->first;
    return lsa_atom_rows(lowering, letters[0]) != LSA_DIM_ONE ||
           lsa_atom_cols(lowering, letters[s->n - 1]) != LSA_DIM_ONE;
}

lsa_status lsa_draft_gather_heads(lsa_lowering *lowering, lsa_draft *draft, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int dummy = 1; dummy <= draft->n_dummies; dummy++) {
        stretch s;
        bool found = false;
        LSA_TRY(find_stretch(lowering, draft, dummy, &s, &found, err));
        if (found && is_matrix(lowering, draft, &s) && is_fixed(lowering, draft, &s))
            LSA_TRY(gather(lowering, draft, dummy, &s, err));
    }
done:
    return status;
}
