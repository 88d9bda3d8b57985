/* walk.c - reading, turning and comparing walks. */
#include "compile/walk.h"

static bool is_constant(const lsa_sharing *sharing, int factor)
{
    return sharing->lowering->nodes[factor / 2].kind == LSA_NODE_CONSTANT;
}

static bool is_empty(lsa_gap gap)
{
    return gap.diagonal == LSA_DIAGONAL_NONE && gap.constant < 0;
}

/* Adds a constant or a diagonal to the gap; false where something is there already. */
static bool fill(lsa_gap *gap, int diagonal, int constant)
{
    if (diagonal == LSA_DIAGONAL_NONE && constant < 0)
        return true;
    const bool free = is_empty(*gap);
    *gap = (lsa_gap){.diagonal = diagonal, .constant = constant};
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
        const int at = (first + k) % c->n, factor = c->factors[at];
        const bool constant = is_constant(sharing, factor);
        if (!constant && out->n == LSA_WALK_MOST)
            return false;
        if (!constant) {
            out->after[out->n] = (lsa_gap){.diagonal = LSA_DIAGONAL_NONE, .constant = -1};
            out->factors[out->n++] = factor;
        }
        lsa_gap *gap = &out->after[out->n - 1];
        if ((constant && !fill(gap, LSA_DIAGONAL_NONE, factor)) || !fill(gap, c->diagonals[ring ? at : at + 1], -1))
            return false;
    }
    return ring || is_empty(out->after[out->n - 1]);
}

/* out = walk', read from its end. */
static void turn(const lsa_walk *walk, lsa_walk *out)
{
    const int n = walk->n;
    *out = (lsa_walk){.ring = walk->ring, .n = n};
    for (int k = 0; k < n; k++) {
        out->factors[k] = walk->factors[n - 1 - k] ^ 1;
        out->after[k] = walk->after[(2 * n - 2 - k) % n]; /* that after the last stays the last */
        if (out->after[k].constant >= 0)
            out->after[k].constant ^= 1;
    }
}

static bool match_from(const lsa_walk *walk, int start, const lsa_pattern *pattern, lsa_gap gaps[2])
{
    const int n = walk->n;
    for (int k = 0; k < n; k++) {
        const lsa_gap gap = walk->after[(start + k) % n];
        if (walk->factors[(start + k) % n] != pattern->factors[k] || (pattern->mark[k] < 0 && !is_empty(gap)))
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
    while (first < n && lsa_factor_rows(sharing->lowering, ring->factors[first]) != LSA_DIM_ONE)
        first++;
    if (first == n) {
        parts[0] = *ring;
        return 1;
    }
    for (int k = 0; k < n; k++) {
        const int at = (first + k) % n;
        if (lsa_factor_rows(sharing->lowering, ring->factors[at]) == LSA_DIM_ONE) {
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
