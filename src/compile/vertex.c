/* vertex.c - cuts the words at a vertex and joins the pieces there. */
#include "compile/vertex.h"

#include "base/try.h"

/* A piece read at the vertex: a loop, whose diagonal counts, or a word of one column. */
typedef struct piece {
    bool loop;
    int n;
    const lsa_item *items;
} piece;

typedef struct vertex {
    lsa_network *network;
    int block;
    int n_weights;
    lsa_item *weights; /* the cumulant and the fixed diagonal letters of the runs */
    int n, capacity;
    piece *pieces;
} vertex;

lsa_status lsa_network_add(lsa_network *network, lsa_items word, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_items *words =
        lsa_array_grow(network->lowering->arena, network->words, network->n, &network->capacity, sizeof *words);
    LSA_TRY_MEMORY(words, "the averages of a program");
    network->words = words;
    words[network->n++] = word;
done:
    return status;
}

static bool is_here(const vertex *v, const lsa_item *item)
{
    return item->run >= 0 && v->network->block[item->run] == v->block;
}

static lsa_status gather_weights(vertex *v, int cumulant, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_network *network = v->network;
    int most = 1;
    for (int r = 0; r < network->n_runs; r++)
        most += network->runs[r].n_others;
    v->weights = lsa_arena_alloc(network->lowering->arena, (size_t)most, sizeof *v->weights);
    LSA_TRY_MEMORY(v->weights, "the averages of a program");
    v->weights[v->n_weights++] = (lsa_item){.letter = {.symbol = cumulant, .index = LSA_INDEX_NONE}, .run = -1};
    for (int r = 0; r < network->n_runs; r++)
        for (int k = 0; network->block[r] == v->block && k < network->runs[r].n_others; k++)
            v->weights[v->n_weights++] = (lsa_item){.letter = network->runs[r].others[k], .run = -1};
done:
    return status;
}

/* ---- cutting ---- */

static lsa_status add_piece(vertex *v, piece p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    piece *pieces = lsa_array_grow(v->network->lowering->arena, v->pieces, v->n, &v->capacity, sizeof *pieces);
    LSA_TRY_MEMORY(pieces, "the averages of a program");
    v->pieces = pieces;
    pieces[v->n++] = p;
done:
    return status;
}

/* The transpose of a word. */
static lsa_status turn(const vertex *v, int n, const lsa_item *items, const lsa_item **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_item *turned = lsa_arena_alloc(v->network->lowering->arena, (size_t)n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "the averages of a program");
    for (int k = 0; k < n; k++) {
        turned[k] = items[n - 1 - k];
        if (turned[k].run < 0)
            turned[k].letter = lsa_letter_turned(v->network->lowering, turned[k].letter);
    }
    *out = turned;
done:
    return status;
}

static bool starts_in_one(const vertex *v, const lsa_item *item)
{
    return item->run < 0 && lsa_letter_rows(v->network->lowering, item->letter) == LSA_DIM_ONE;
}

/* A stretch from the vertex back to it: a loop, or where it passes through dimension 1 a column, a row, and what is a
 * number between them. */
static lsa_status add_stretch(vertex *v, int n, const lsa_item *items, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int first = 1, last = n - 1;
    const lsa_item *row = NULL;
    if (n == 0)
        goto done;
    while (first < n && !starts_in_one(v, &items[first]))
        first++;
    while (last > first && !starts_in_one(v, &items[last]))
        last--;
    if (first >= n) {
        LSA_TRY(add_piece(v, (piece){.loop = true, .n = n, .items = items}, err));
        goto done;
    }
    LSA_TRY(turn(v, n - last, items + last, &row, err));
    LSA_TRY(add_piece(v, (piece){.n = first, .items = items}, err));
    LSA_TRY(add_piece(v, (piece){.n = n - last, .items = row}, err));
    if (first < last)
        LSA_TRY(lsa_network_add(v->network, (lsa_items){.n = last - first, .items = items + first}, err));
done:
    return status;
}

/* The word, a ring, from its first place at the vertex on. */
static lsa_status rotate(const vertex *v, lsa_items *word, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int first = 0;
    lsa_item *turned = lsa_arena_alloc(v->network->lowering->arena, (size_t)word->n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "the averages of a program");
    while (!is_here(v, &word->items[first]))
        first++;
    for (int k = 0; k < word->n; k++)
        turned[k] = word->items[(first + k) % word->n];
    word->items = turned;
done:
    return status;
}

/* Cuts a word into stretches. What an open word has before its first and after its last place at the vertex stays. */
static lsa_status cut(vertex *v, lsa_items word, lsa_items *before, lsa_items *after, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int from = -1;
    if (!word.open)
        LSA_TRY(rotate(v, &word, err));
    for (int k = 0; k < word.n; k++) {
        if (!is_here(v, &word.items[k]))
            continue;
        if (from >= 0)
            LSA_TRY(add_stretch(v, k - from, word.items + from, err));
        else
            *before = (lsa_items){.n = k, .items = word.items};
        from = k + 1;
    }
    *after = (lsa_items){.n = word.n - from, .items = word.items + from};
    if (!word.open)
        LSA_TRY(add_stretch(v, after->n, after->items, err));
done:
    return status;
}

static bool visits(const vertex *v, const lsa_items *word)
{
    for (int k = 0; k < word->n; k++)
        if (is_here(v, &word->items[k]))
            return true;
    return false;
}

/* ---- joining ---- */

static lsa_item node_item(const vertex *v, int factor)
{
    return (lsa_item){.letter = {.symbol = v->network->lowering->bound->n_symbols + factor / 2,
                                 .index = LSA_INDEX_NONE,
                                 .transposed = factor % 2 != 0},
                      .run = -1};
}

/* The factor of a word: a block, or the word as a node of its own. */
static lsa_status word_factor(const vertex *v, int n, const lsa_item *items, int *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_lowering *lowering = v->network->lowering;
    int node = -1;
    for (int k = 0; k < n; k++)
        if (items[k].run >= 0)
            LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                                  "the average over random diagonal covariances entangles too many of their entries"));
    if (n == 1 && lsa_letter_active(lowering, items[0].letter)) {
        LSA_TRY(lsa_letter_factor(lowering, items[0].letter, v->network->head_of, factor, err));
        goto done;
    }
    lsa_draft_word word = {.open = true, .n = n};
    lsa_sum *sum = lsa_arena_alloc(lowering->arena, 1, sizeof *sum);
    word.letters = lsa_arena_alloc(lowering->arena, (size_t)n, sizeof *word.letters);
    LSA_TRY_MEMORY(sum, "the averages of a program");
    LSA_TRY_MEMORY(word.letters, "the averages of a program");
    for (int k = 0; k < n; k++)
        word.letters[k] = items[k].letter;
    *sum = (lsa_sum){.rows = lsa_letter_rows(lowering, word.letters[0]),
                     .cols = lsa_letter_cols(lowering, word.letters[n - 1]),
                     .row_side = LSA_SIDE_NONE,
                     .col_side = LSA_SIDE_NONE};
    const lsa_draft draft = {.coefficient = 1.0,
                             .head_of = v->network->head_of,
                             .rows = sum->rows,
                             .cols = sum->cols,
                             .n_words = 1,
                             .words = &word};
    LSA_TRY(lsa_draft_write(lowering, &draft, sum, err));
    LSA_TRY(lsa_sum_node(lowering, sum, &node, err));
    *factor = 2 * node;
done:
    return status;
}

static lsa_status piece_factor(const vertex *v, const piece *p, int *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(word_factor(v, p->n, p->items, factor, err));
    if (p->loop)
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_DIAGONAL_OF, *factor & ~1, -1, factor, err));
done:
    return status;
}

/* The entrywise product of pieces from..to-1; -1 where there are none. */
static lsa_status multiply_pieces(const vertex *v, int from, int to, int *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *factor = -1;
    for (int k = from; k < to; k++) {
        int next = -1;
        LSA_TRY(piece_factor(v, &v->pieces[k], &next, err));
        if (*factor < 0)
            *factor = next;
        else
            LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SCALED, *factor < next ? *factor : next,
                                     *factor < next ? next : *factor, factor, err));
    }
done:
    return status;
}

static void append(lsa_item *items, int *n, int count, const lsa_item *more)
{
    for (int k = 0; k < count; k++)
        items[(*n)++] = more[k];
}

/* Everything at the vertex is a number: sum_i weight_i prod of the pieces. */
static lsa_status join_closed(vertex *v, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int n = 0, left = -1, right = -1;
    const bool ring = v->n == 1; /* one loop: tr(weight * loop) needs no diagonal */
    const int room = v->n_weights + 2 + (ring ? v->pieces[0].n : 0);
    lsa_item *items = lsa_arena_alloc(v->network->lowering->arena, (size_t)room, sizeof *items);
    LSA_TRY_MEMORY(items, "the averages of a program");
    if (v->n >= 2) {
        LSA_TRY(multiply_pieces(v, 0, v->n - 1, &left, err));
        LSA_TRY(multiply_pieces(v, v->n - 1, v->n, &right, err));
        items[n++] = node_item(v, left ^ 1);
    }
    append(items, &n, v->n_weights, v->weights);
    if (ring)
        append(items, &n, v->pieces[0].n, v->pieces[0].items);
    else if (right >= 0)
        items[n++] = node_item(v, right);
    LSA_TRY(lsa_network_add(v->network, (lsa_items){.n = n, .items = items}, err));
done:
    return status;
}

/* The open word: before * diag(weight o pieces) * after. The pieces scale the neighbouring letter, or stand alone. */
static lsa_status join_open(vertex *v, const lsa_items *before, const lsa_items *after, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int n = 0, scale = -1, factor = -1;
    const int room = before->n + v->n_weights + after->n + 1;
    lsa_item *items = lsa_arena_alloc(v->network->lowering->arena, (size_t)room, sizeof *items);
    LSA_TRY_MEMORY(items, "the averages of a program");
    LSA_TRY(multiply_pieces(v, 0, v->n, &scale, err));
    const bool on_right = scale >= 0 && after->n > 0, on_left = scale >= 0 && !on_right && before->n > 0;
    append(items, &n, before->n, before->items);
    if (on_left) {
        LSA_TRY(word_factor(v, 1, &items[n - 1], &factor, err));
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SCALED, scale, factor ^ 1, &factor, err));
        items[n - 1] = node_item(v, factor ^ 1);
    }
    append(items, &n, v->n_weights, v->weights);
    if (on_right) {
        LSA_TRY(word_factor(v, 1, after->items, &factor, err));
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SCALED, scale, factor, &factor, err));
        items[n++] = node_item(v, factor);
        append(items, &n, after->n - 1, after->items + 1);
    } else {
        if (scale >= 0 && !on_left) {
            LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SPREAD, scale, -1, &factor, err));
            items[n++] = node_item(v, factor);
        }
        append(items, &n, after->n, after->items);
    }
    LSA_TRY(lsa_network_add(v->network, (lsa_items){.open = true, .n = n, .items = items}, err));
done:
    return status;
}

lsa_status lsa_vertex_close(lsa_network *network, int block, int cumulant, lsa_error *err)
{
    lsa_status status = LSA_OK;
    vertex v = {.network = network, .block = block};
    lsa_items before = {0}, after = {0}, unused[2];
    bool open = false;
    const lsa_network old = *network;
    network->words = NULL;
    network->n = network->capacity = 0;
    LSA_TRY(gather_weights(&v, cumulant, err));
    for (int w = 0; w < old.n; w++) {
        const lsa_items word = old.words[w];
        if (!visits(&v, &word))
            LSA_TRY(lsa_network_add(network, word, err));
        else
            LSA_TRY(cut(&v, word, word.open ? &before : &unused[0], word.open ? &after : &unused[1], err));
        open = open || (word.open && visits(&v, &word));
    }
    if (open)
        LSA_TRY(join_open(&v, &before, &after, err));
    else
        LSA_TRY(join_closed(&v, err));
done:
    return status;
}
