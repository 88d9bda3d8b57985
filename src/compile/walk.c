/* walk.c - reading, turning and comparing walks. */
#include "compile/walk.h"

static bool is_constant(const lsa_sharing *sharing, lsa_atom factor)
{
    return sharing->lowering->nodes[factor.number].kind == LSA_NODE_CONSTANT;
}

bool lsa_gap_is_empty(lsa_gap gap)
{
    return gap.diagonal == LSA_DIAGONAL_NONE && !lsa_atom_exists(gap.constant);
}

/* Adds a constant or a diagonal to the gap; false where something is there already. */
static bool fill(lsa_gap *gap, int diagonal, lsa_atom constant)
{
    const lsa_gap more = {.diagonal = diagonal, .constant = constant};
    if (lsa_gap_is_empty(more))
        return true;
    const bool free = lsa_gap_is_empty(*gap);
    *gap = more;
    return free;
}

bool lsa_walk_read(const lsa_sharing *sharing, int chain, lsa_walk *out)
{
    const lsa_shared_chain *c = &sharing->chains[chain];
    const bool ring = c->role == LSA_CHAIN_RING;
    int first = 0; /* a parameter */
    while (first < c->n && is_constant(sharing, c->factors[first]))
        first++;
    if (first == c->n || (!ring && (first > 0 || c->diagonals[0] != LSA_DIAGONAL_NONE)))
        return false;
    *out = (lsa_walk){.ring = ring};
    for (int k = 0; k < c->n; k++) {
        const int at = (first + k) % c->n;
        const lsa_atom factor = c->factors[at];
        const bool constant = is_constant(sharing, factor);
        if (!constant && out->n == LSA_WALK_MOST)
            return false;
        if (!constant) {
            out->after[out->n] = (lsa_gap){.diagonal = LSA_DIAGONAL_NONE, .constant = lsa_atom_none()};
            out->factors[out->n++] = factor;
        }
        lsa_gap *gap = &out->after[out->n - 1];
        if ((constant && !fill(gap, LSA_DIAGONAL_NONE, factor)) ||
            !fill(gap, c->diagonals[ring ? at : at + 1], lsa_atom_none()))
            return false;
    }
    return ring || lsa_gap_is_empty(out->after[out->n - 1]);
}

/* out = walk', read from its end. */
static void turn(const lsa_walk *walk, lsa_walk *out)
{
    const int n = walk->n;
    *out = (lsa_walk){.ring = walk->ring, .n = n};
    for (int k = 0; k < n; k++) {
        out->factors[k] = lsa_atom_flip(walk->factors[n - 1 - k]);
        out->after[k] = walk->after[(2 * n - 2 - k) % n]; /* that after the last stays the last */
        if (lsa_atom_exists(out->after[k].constant))
            out->after[k].constant = lsa_atom_flip(out->after[k].constant);
    }
}

static bool match_from(const lsa_walk *walk, int start, const lsa_pattern *pattern, lsa_gap gaps[2])
{
    const int n = walk->n;
    for (int k = 0; k < n; k++) {
        const lsa_gap gap = walk->after[(start + k) % n];
        if (!lsa_atom_is(walk->factors[(start + k) % n], pattern->factors[k]) ||
            (pattern->mark[k] < 0 && !lsa_gap_is_empty(gap)))
            return false;
        if (pattern->mark[k] >= 0)
            gaps[pattern->mark[k]] = gap;
    }
    return true;
}

bool lsa_walk_match(const lsa_walk *walk, const lsa_pattern *pattern, lsa_gap gaps[2])
{
    lsa_walk other;
    if (walk->ring != pattern->ring || walk->n != pattern->n)
        return false;
    turn(walk, &other);
    for (int start = 0; start < (walk->ring ? walk->n : 1); start++)
        if (match_from(walk, start, pattern, gaps) || match_from(&other, start, pattern, gaps))
            return true;
    return false;
}

int lsa_pattern_cut(const lsa_sharing *sharing, const lsa_pattern *ring, int most, lsa_pattern *parts)
{
    const int n = ring->n;
    int first = 0, count = 0;
    while (first < n && lsa_atom_rows(sharing->lowering, ring->factors[first]) != LSA_DIM_ONE)
        first++;
    if (first == n) {
        parts[0] = *ring;
        return 1;
    }
    for (int k = 0; k < n; k++) {
        const int at = (first + k) % n;
        if (lsa_atom_rows(sharing->lowering, ring->factors[at]) == LSA_DIM_ONE) {
            if (count == most)
                return 0;
            parts[count++] = (lsa_pattern){.ring = false};
        }
        lsa_pattern *part = &parts[count - 1];
        part->factors[part->n] = ring->factors[at];
        part->mark[part->n++] = ring->mark[at];
    }
    return count;
}
