/* average.c - mixtures component by component, random diagonals partition by partition. */
#include "compile/average.h"

#include "base/try.h"
#include "compile/moment.h"
#include "compile/vertex.h"

/* The law of a letter, or NULL. */
static const lsa_covariance *law_of(const lsa_lowering *lowering, lsa_atom letter)
{
    return lsa_atom_active(lowering, letter) ? NULL : lsa_bound_law(lowering->bound, letter.number);
}

static const lsa_atom *find_law(const lsa_lowering *lowering, const lsa_draft *draft, lsa_covariance_kind kind)
{
    for (int w = 0; w < draft->n_words; w++)
        for (int k = 0; k < draft->words[w].n; k++) {
            const lsa_covariance *law = law_of(lowering, draft->words[w].letters[k]);
            if (law != NULL && law->kind == kind)
                return &draft->words[w].letters[k];
        }
    return NULL;
}

bool lsa_draft_is_random(const lsa_lowering *lowering, const lsa_draft *draft)
{
    return find_law(lowering, draft, LSA_COVARIANCE_LAWS) != NULL ||
           find_law(lowering, draft, LSA_COVARIANCE_MIXTURE) != NULL;
}

/* ---- mixtures ---- */

/* The draft with component c for the mixture. */
static lsa_status put_component(lsa_lowering *lowering, const lsa_draft *draft, int symbol, ptrdiff_t c, lsa_draft *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    int component = -1;
    LSA_TRY(lsa_bound_component(lowering->bound, symbol, c, &component, err));
    *out = *draft;
    out->coefficient *= lsa_bound_law(lowering->bound, symbol)->weights[c];
    out->words = lsa_arena_alloc(lowering->arena, (size_t)draft->n_words, sizeof *out->words);
    LSA_TRY_MEMORY(out->words, "the averages of a program");
    for (int w = 0; w < draft->n_words; w++) {
        const lsa_draft_word *word = &draft->words[w];
        lsa_atom *letters = lsa_arena_alloc(lowering->arena, (size_t)word->n, sizeof *letters);
        LSA_TRY_MEMORY(letters, "the averages of a program");
        for (int k = 0; k < word->n; k++) {
            letters[k] = word->letters[k];
            if (letters[k].of == LSA_SYMBOL && letters[k].number == symbol)
                letters[k].number = component;
        }
        out->words[w] = (lsa_draft_word){.open = word->open, .n = word->n, .letters = letters};
    }
done:
    return status;
}

/* ---- random diagonals ---- */

typedef struct averaging {
    lsa_network network; /* block: the partition at hand */
    const lsa_draft *draft;
    lsa_letter_run *runs;
    int run_capacity;
    lsa_draft_word *words; /* of the draft, with runs */
    lsa_drafts *out;
} averaging;

/* Whether the letter is a diagonal constant, fixed or random. */
static lsa_status is_diagonal(const lsa_lowering *lowering, lsa_atom letter, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    *out = false;
    if (lsa_atom_active(lowering, letter))
        goto done;
    *out = law_of(lowering, letter) != NULL;
    const lsa_symbol *symbol = lsa_bound_symbol(lowering->bound, letter.number);
    if (*out || symbol->rows != LSA_DIM_D || symbol->cols != LSA_DIM_D)
        goto done;
    LSA_TRY(lsa_bound_matrix(lowering->bound, letter.number, &value, err));
    *out = value.kind != LSA_VALUE_DENSE;
done:
    return status;
}

/* The run of a covariance, started where `current` is -1 or another one's. Two random covariances side by side are two
 * runs: their entries are independent. */
static lsa_status add_to_run(averaging *a, lsa_atom letter, int most, lsa_atom *out, int *n, int *current,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*current < 0 || a->runs[*current].symbol != letter.number) {
        lsa_letter_run *runs =
            lsa_array_grow(a->network.lowering->arena, a->runs, a->network.n_runs, &a->run_capacity, sizeof *runs);
        LSA_TRY_MEMORY(runs, "the averages of a program");
        a->runs = runs;
        *current = a->network.n_runs++;
        runs[*current] = (lsa_letter_run){
            .symbol = letter.number,
            .others = lsa_arena_alloc(a->network.lowering->arena, (size_t)most, sizeof *runs[*current].others)};
        LSA_TRY_MEMORY(runs[*current].others, "the averages of a program");
        out[(*n)++] = (lsa_atom){.number = *current, .index = LSA_INDEX_NONE, .of = LSA_RUN};
    }
    a->runs[*current].power++;
done:
    return status;
}

/* A maximal stretch of diagonal letters: its random ones first, each covariance one run, then the fixed ones, which
 * join the first run. */
static lsa_status write_stretch(averaging *a, int count, const lsa_atom *letters, lsa_atom *out, int *n, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int first = -1;
    for (int k = 0; k < count; k++) {
        bool seen = false;
        int current = -1;
        for (int j = 0; j < k; j++)
            seen = seen || letters[j].number == letters[k].number;
        if (seen || law_of(a->network.lowering, letters[k]) == NULL)
            continue;
        for (int j = k; j < count; j++)
            if (letters[j].number == letters[k].number)
                LSA_TRY(add_to_run(a, letters[j], count, out, n, &current, err));
        first = first < 0 ? current : first;
    }
    for (int k = 0; k < count; k++)
        if (law_of(a->network.lowering, letters[k]) == NULL) {
            if (first >= 0)
                a->runs[first].others[a->runs[first].n_others++] = letters[k];
            else
                out[(*n)++] = letters[k];
        }
done:
    return status;
}

/* Where to start a closed word so that no stretch of diagonal letters wraps around. */
static lsa_status seam(const averaging *a, const lsa_draft_word *word, int *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool diagonal = false;
    for (*start = 0; !word->open && *start < word->n; (*start)++) {
        LSA_TRY(is_diagonal(a->network.lowering, word->letters[*start], &diagonal, err));
        if (!diagonal)
            goto done;
    }
    *start = 0;
done:
    return status;
}

/* The word with its runs as letters. */
static lsa_status find_runs(averaging *a, const lsa_draft_word *word, lsa_draft_word *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t length = (size_t)word->n;
    lsa_arena *arena = a->network.lowering->arena;
    lsa_atom *rotated = lsa_arena_alloc(arena, length, sizeof *rotated);
    lsa_atom *written = lsa_arena_alloc(arena, length, sizeof *written);
    int n = 0, start = 0;
    LSA_TRY_MEMORY(rotated, "the averages of a program");
    LSA_TRY_MEMORY(written, "the averages of a program");
    LSA_TRY(seam(a, word, &start, err));
    for (int k = 0; k < word->n; k++)
        rotated[k] = word->letters[(start + k) % word->n];
    for (int from = 0, to = 0; from < word->n; from = to) {
        bool diagonal = true;
        for (to = from; diagonal && to < word->n; to += diagonal)
            LSA_TRY(is_diagonal(a->network.lowering, rotated[to], &diagonal, err));
        if (to > from)
            LSA_TRY(write_stretch(a, to - from, rotated + from, written, &n, err));
        else
            written[n++] = rotated[to++];
    }
    *out = (lsa_draft_word){.open = word->open, .n = n, .letters = written};
done:
    return status;
}

/* The constant of a part of the partition. */
static lsa_status part_cumulant(const averaging *a, int part, int *size, int *constant, bool *zero, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int powers[LSA_MOST_RUNS], symbol = -1;
    *size = 0;
    for (int r = 0; r < a->network.n_runs; r++) {
        if (a->network.block[r] != part)
            continue;
        symbol = a->runs[r].symbol;
        int k = (*size)++;
        for (; k > 0 && powers[k - 1] > a->runs[r].power; k--)
            powers[k] = powers[k - 1];
        powers[k] = a->runs[r].power;
    }
    LSA_TRY(lsa_bound_cumulant(a->network.lowering->bound, symbol, *size, powers, constant, zero, err));
done:
    return status;
}

/* Puts moments in the places of the runs that are alone in their parts. */
static lsa_status put_moments(averaging *a, const int *moment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_network *network = &a->network;
    for (int w = 0; w < a->draft->n_words; w++) {
        int n = 0, room = a->words[w].n;
        for (int r = 0; r < network->n_runs; r++)
            room += a->runs[r].n_others;
        lsa_atom *letters = lsa_arena_alloc(network->lowering->arena, (size_t)room, sizeof *letters);
        LSA_TRY_MEMORY(letters, "the averages of a program");
        for (int k = 0; k < a->words[w].n; k++) {
            const lsa_atom letter = a->words[w].letters[k];
            const int constant = letter.of == LSA_RUN ? moment[network->block[letter.number]] : -1;
            letters[n++] = constant < 0 ? letter : lsa_bound_constant(constant);
            if (constant < 0)
                continue;
            const lsa_letter_run *run = &a->runs[letter.number];
            for (int j = 0; j < run->n_others; j++)
                letters[n++] = run->others[j];
        }
        LSA_TRY(lsa_network_add(network, (lsa_draft_word){.open = a->words[w].open, .n = n, .letters = letters}, err));
    }
done:
    return status;
}

/* Adds the network, whose runs are gone, as a draft. */
static lsa_status add_draft(averaging *a, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_drafts *out = a->out;
    lsa_draft *drafts = lsa_array_grow(a->network.lowering->arena, out->drafts, out->n, &out->capacity, sizeof *drafts);
    LSA_TRY_MEMORY(drafts, "the averages of a program");
    out->drafts = drafts;
    drafts[out->n] = *a->draft;
    drafts[out->n].n_words = a->network.n;
    drafts[out->n++].words = a->network.words;
done:
    return status;
}

/* The product of one partition into n_parts parts. */
static lsa_status write_partition(averaging *a, int n_parts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int constant[LSA_MOST_RUNS], moment[LSA_MOST_RUNS];
    for (int part = 0; part < n_parts; part++) {
        int size = 0;
        bool zero = false;
        LSA_TRY(part_cumulant(a, part, &size, &constant[part], &zero, err));
        if (zero)
            goto done;
        moment[part] = size == 1 ? constant[part] : -1;
    }
    a->network.n = a->network.capacity = 0;
    a->network.words = NULL;
    a->network.runs = a->runs;
    LSA_TRY(put_moments(a, moment, err));
    for (int part = 0; part < n_parts; part++)
        if (moment[part] < 0)
            LSA_TRY(lsa_vertex_close(&a->network, part, constant[part], err));
    LSA_TRY(add_draft(a, err));
done:
    return status;
}

/* All partitions whose first r runs are placed; runs of different covariances are never in one part. */
static lsa_status each_partition(averaging *a, int r, int n_parts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (r == a->network.n_runs) {
        LSA_TRY(write_partition(a, n_parts, err));
        goto done;
    }
    for (int part = 0; part <= n_parts; part++) {
        int first = 0;
        while (first < r && a->network.block[first] != part)
            first++;
        if (part < n_parts && a->runs[first].symbol != a->runs[r].symbol)
            continue;
        a->network.block[r] = part;
        LSA_TRY(each_partition(a, r + 1, part == n_parts ? n_parts + 1 : n_parts, err));
    }
done:
    return status;
}

static lsa_status average_diagonals(lsa_lowering *lowering, const lsa_draft *draft, lsa_drafts *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int block[LSA_MOST_RUNS] = {0};
    averaging a = {
        .network = {.lowering = lowering, .head_of = draft->head_of, .block = block}, .draft = draft, .out = out};
    a.words = lsa_arena_alloc(lowering->arena, (size_t)draft->n_words, sizeof *a.words);
    LSA_TRY_MEMORY(a.words, "the averages of a program");
    for (int w = 0; w < draft->n_words; w++)
        LSA_TRY(find_runs(&a, &draft->words[w], &a.words[w], err));
    if (a.network.n_runs > LSA_MOST_RUNS)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "a term of the loss has %d factors of a random diagonal covariance, at most %d can be "
                              "averaged over",
                              a.network.n_runs, LSA_MOST_RUNS));
    LSA_TRY(each_partition(&a, 0, 0, err));
done:
    return status;
}

lsa_status lsa_average(lsa_lowering *lowering, const lsa_draft *draft, lsa_drafts *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_atom *mixed = find_law(lowering, draft, LSA_COVARIANCE_MIXTURE);
    if (mixed == NULL) {
        LSA_TRY(average_diagonals(lowering, draft, out, err));
        goto done;
    }
    const int symbol = mixed->number;
    const ptrdiff_t n = lsa_bound_law(lowering->bound, symbol)->n_components;
    for (ptrdiff_t c = 0; c < n; c++) {
        lsa_draft component;
        LSA_TRY(put_component(lowering, draft, symbol, c, &component, err));
        LSA_TRY(lsa_average(lowering, &component, out, err));
    }
done:
    return status;
}
