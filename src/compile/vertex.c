/* vertex.c - cuts the words at a vertex and joins the pieces there. */
#include "compile/vertex.h"

#include "base/try.h"

/* A piece read at the vertex: a loop, whose diagonal counts, or a word of one column. */
typedef struct piece {
    bool loop;
    int n;
    lsa_atom *letters;
} piece;

typedef struct vertex {
    lsa_network *network;
    int block;
    int n_weights;
    lsa_atom *weights; /* the cumulant and the fixed diagonal letters of the runs */
    int n, capacity;
    piece *pieces;
} vertex;

lsa_status lsa_network_add(lsa_network *network, lsa_draft_word word, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_draft_word *words =
        lsa_array_grow(network->lowering->arena, network->words, network->n, &network->capacity, sizeof *words);
    LSA_TRY_MEMORY(words, "the averages of a program");
    network->words = words;
    words[network->n++] = word;
done:
    return status;
}

static bool is_here(const vertex *v, lsa_atom letter)
{
    return letter.of == LSA_RUN && v->network->block[letter.number] == v->block;
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
    v->weights[v->n_weights++] = lsa_bound_constant(cumulant);
    for (int r = 0; r < network->n_runs; r++)
        for (int k = 0; network->block[r] == v->block && k < network->runs[r].n_others; k++)
            v->weights[v->n_weights++] = network->runs[r].others[k];
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
static lsa_status turn(const vertex *v, int n, const lsa_atom *letters, lsa_atom **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_atom *turned = lsa_arena_alloc(v->network->lowering->arena, (size_t)n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "the averages of a program");
    for (int k = 0; k < n; k++)
        turned[k] = lsa_bound_turned(v->network->lowering->bound, letters[n - 1 - k]);
    *out = turned;
done:
    return status;
}

static bool starts_in_one(const vertex *v, lsa_atom letter)
{
    return letter.of != LSA_RUN && lsa_atom_rows(v->network->lowering, letter) == LSA_DIM_ONE;
}

/* A stretch from the vertex back to it: a loop, or where it passes through dimension 1 a column, a row, and what is a
 * number between them. */
static lsa_status add_stretch(vertex *v, int n, lsa_atom *letters, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int first = 1, last = n - 1;
    lsa_atom *row = NULL;
    if (n == 0)
        goto done;
    while (first < n && !starts_in_one(v, letters[first]))
        first++;
    while (last > first && !starts_in_one(v, letters[last]))
        last--;
    if (first >= n) {
        LSA_TRY(add_piece(v, (piece){.loop = true, .n = n, .letters = letters}, err));
        goto done;
    }
    LSA_TRY(turn(v, n - last, letters + last, &row, err));
    LSA_TRY(add_piece(v, (piece){.n = first, .letters = letters}, err));
    LSA_TRY(add_piece(v, (piece){.n = n - last, .letters = row}, err));
    if (first < last)
        LSA_TRY(lsa_network_add(v->network, (lsa_draft_word){.n = last - first, .letters = letters + first}, err));
done:
    return status;
}

/* The word, a ring, from its first place at the vertex on. */
static lsa_status rotate(const vertex *v, lsa_draft_word *word, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int first = 0;
    lsa_atom *turned = lsa_arena_alloc(v->network->lowering->arena, (size_t)word->n, sizeof *turned);
    LSA_TRY_MEMORY(turned, "the averages of a program");
    while (!is_here(v, word->letters[first]))
        first++;
    for (int k = 0; k < word->n; k++)
        turned[k] = word->letters[(first + k) % word->n];
    word->letters = turned;
done:
    return status;
}

/* Cuts a word into stretches. What an open word has before its first and after its last place at the vertex stays. */
static lsa_status cut(vertex *v, lsa_draft_word word, lsa_draft_word *before, lsa_draft_word *after, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int from = -1;
    if (!word.open)
        LSA_TRY(rotate(v, &word, err));
    for (int k = 0; k < word.n; k++) {
        if (!is_here(v, word.letters[k]))
            continue;
        if (from >= 0)
            LSA_TRY(add_stretch(v, k - from, word.letters + from, err));
        else
            *before = (lsa_draft_word){.n = k, .letters = word.letters};
        from = k + 1;
    }
    *after = (lsa_draft_word){.n = word.n - from, .letters = word.letters + from};
    if (!word.open)
        LSA_TRY(add_stretch(v, after->n, after->letters, err));
done:
    return status;
}

static bool visits(const vertex *v, const lsa_draft_word *word)
{
    for (int k = 0; k < word->n; k++)
        if (is_here(v, word->letters[k]))
            return true;
    return false;
}

/* ---- joining ---- */

/* The factor of a word: a block, or the word as a node of its own. */
static lsa_status word_factor(const vertex *v, int n, lsa_atom *letters, lsa_atom *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_lowering *lowering = v->network->lowering;
    int node = -1;
    for (int k = 0; k < n; k++)
        if (letters[k].of == LSA_RUN)
            LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                                  "the average over random diagonal covariances entangles too many of their entries"));
    if (n == 1 && lsa_atom_active(lowering, letters[0])) {
        LSA_TRY(lsa_atom_factor(lowering, letters[0], v->network->head_of, factor, err));
        goto done;
    }
    lsa_draft_word word = {.open = true, .n = n, .letters = letters};
    lsa_sum *sum = lsa_arena_alloc(lowering->arena, 1, sizeof *sum);
    LSA_TRY_MEMORY(sum, "the averages of a program");
    *sum = (lsa_sum){.rows = lsa_atom_rows(lowering, letters[0]),
                     .cols = lsa_atom_cols(lowering, letters[n - 1]),
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
    *factor = lsa_atom_of_node(node);
done:
    return status;
}

static lsa_status piece_factor(const vertex *v, const piece *p, lsa_atom *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(word_factor(v, p->n, p->letters, factor, err));
    factor->transposed = factor->transposed && !p->loop; /* the diagonal of A' is that of A */
    if (p->loop)
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_DIAGONAL_OF, *factor, lsa_atom_none(), factor, err));
done:
    return status;
}

/* The entrywise product of pieces from..to-1; none where there are none. */
static lsa_status multiply_pieces(const vertex *v, int from, int to, lsa_atom *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *factor = lsa_atom_none();
    for (int k = from; k < to; k++) {
        lsa_atom next = lsa_atom_none();
        LSA_TRY(piece_factor(v, &v->pieces[k], &next, err));
        if (!lsa_atom_exists(*factor)) {
            *factor = next;
            continue;
        }
        const bool first = lsa_atom_compare(*factor, next) < 0;
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SCALED, first ? *factor : next, first ? next : *factor,
                                 factor, err));
    }
done:
    return status;
}

static void append(lsa_atom *letters, int *n, int count, const lsa_atom *more)
{
    for (int k = 0; k < count; k++)
        letters[(*n)++] = more[k];
}

/* Everything at the vertex is a number: sum_i weight_i prod of the pieces. */
static lsa_status join_closed(vertex *v, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int n = 0;
    lsa_atom left = lsa_atom_none(), right = lsa_atom_none();
    const bool ring = v->n == 1; /* one loop: tr(weight * loop) needs no diagonal */
    const int room = v->n_weights + 2 + (ring ? v->pieces[0].n : 0);
    lsa_atom *letters = lsa_arena_alloc(v->network->lowering->arena, (size_t)room, sizeof *letters);
    LSA_TRY_MEMORY(letters, "the averages of a program");
    if (v->n >= 2) {
        LSA_TRY(multiply_pieces(v, 0, v->n - 1, &left, err));
        LSA_TRY(multiply_pieces(v, v->n - 1, v->n, &right, err));
        letters[n++] = lsa_atom_flip(left);
    }
    append(letters, &n, v->n_weights, v->weights);
    if (ring)
        append(letters, &n, v->pieces[0].n, v->pieces[0].letters);
    else if (lsa_atom_exists(right))
        letters[n++] = right;
    LSA_TRY(lsa_network_add(v->network, (lsa_draft_word){.n = n, .letters = letters}, err));
done:
    return status;
}

/* The open word: before * diag(weight o pieces) * after. The pieces scale the neighbouring letter, or stand alone. */
static lsa_status join_open(vertex *v, const lsa_draft_word *before, const lsa_draft_word *after, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int n = 0;
    lsa_atom scale = lsa_atom_none(), factor = lsa_atom_none();
    const int room = before->n + v->n_weights + after->n + 1;
    lsa_atom *letters = lsa_arena_alloc(v->network->lowering->arena, (size_t)room, sizeof *letters);
    LSA_TRY_MEMORY(letters, "the averages of a program");
    LSA_TRY(multiply_pieces(v, 0, v->n, &scale, err));
    const bool scaled = lsa_atom_exists(scale), on_right = scaled && after->n > 0;
    const bool on_left = scaled && !on_right && before->n > 0;
    append(letters, &n, before->n, before->letters);
    if (on_left) {
        LSA_TRY(word_factor(v, 1, &letters[n - 1], &factor, err));
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SCALED, scale, lsa_atom_flip(factor), &factor, err));
        letters[n - 1] = lsa_atom_flip(factor);
    }
    append(letters, &n, v->n_weights, v->weights);
    if (on_right) {
        LSA_TRY(word_factor(v, 1, after->letters, &factor, err));
        LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SCALED, scale, factor, &factor, err));
        letters[n++] = factor;
        append(letters, &n, after->n - 1, after->letters + 1);
    } else {
        if (scaled && !on_left) {
            LSA_TRY(lsa_derived_node(v->network->lowering, LSA_NODE_SPREAD, scale, lsa_atom_none(), &factor, err));
            letters[n++] = factor;
        }
        append(letters, &n, after->n, after->letters);
    }
    LSA_TRY(lsa_network_add(v->network, (lsa_draft_word){.open = true, .n = n, .letters = letters}, err));
done:
    return status;
}

lsa_status lsa_vertex_close(lsa_network *network, int block, int cumulant, lsa_error *err)
{
    lsa_status status = LSA_OK;
    vertex v = {.network = network, .block = block};
    lsa_draft_word before = {0}, after = {0}, unused[2];
    bool open = false;
    const lsa_network old = *network;
    network->words = NULL;
    network->n = network->capacity = 0;
    LSA_TRY(gather_weights(&v, cumulant, err));
    for (int w = 0; w < old.n; w++) {
        const lsa_draft_word word = old.words[w];
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
