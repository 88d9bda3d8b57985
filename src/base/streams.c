/* streams.c - the table of streams.h as numbers. */
#include "base/streams.h"

#include <assert.h>

static const struct {
    lsa_rng_purpose purpose;
    uint64_t first, count;
} table[LSA_STREAM_COUNT] = {
#define LSA_STREAM_ROW(row, purpose, first, count) [LSA_STREAM_##row] = {purpose, first, count},
    LSA_STREAM_LIST(LSA_STREAM_ROW)
#undef LSA_STREAM_ROW
};

uint64_t lsa_stream_number(lsa_stream row, uint64_t k)
{
    assert(k < table[row].count);
    return table[row].first + k;
}

lsa_rng lsa_stream_at(uint64_t seed, lsa_stream row, uint64_t k)
{
    return lsa_rng_at(seed, table[row].purpose, lsa_stream_number(row, k));
}

uint64_t lsa_stream_pilot_seed(uint64_t seed)
{
    return ~seed;
}

uint64_t lsa_stream_second_seed(uint64_t seed)
{
    return seed ^ UINT64_C(0x9e3779b97f4a7c15);
}

/* An odd factor: runs below 2^64 have different seeds, and none near it meets the second training's. */
uint64_t lsa_stream_run_seed(uint64_t seed, uint64_t k)
{
    return seed + k * UINT64_C(0xd1342543de82ef95);
}
