/* groups.c - the groups of cases, and the plan of those that are asked for. */
#include "bench/plan.h"

#include <assert.h>
#include <stdlib.h>

typedef struct group {
    const char *name;
    bool of_peers; /* needs their programs */
    void (*list)(bench_plan *plan);
} group;

/* clang-format off: a table */
static const group groups[] = {
    {"flow", false, bench_flow_cases},
    {"spectral", false, bench_spectral_cases},
    {"growth", false, bench_growth_cases},
    {"accuracy", false, bench_accuracy_cases},
    {"precision", false, bench_precision_cases},
    {"layer", false, bench_layer_cases},
    {"vectors", false, bench_vector_cases},
    {"claims", false, bench_claim_cases},
    {"derive", false, bench_derive_cases},
    {"sampling", false, bench_sampling_cases},
    {"peers-reduced", true, bench_reduced_peer_cases},
    {"peers-whole", true, bench_whole_peer_cases},
    {"peers-layer", true, bench_layer_peer_cases},
    {"peers-sampling", true, bench_sampling_peer_cases},
};
/* clang-format on */
enum { GROUPS = sizeof groups / sizeof *groups };

const char *bench_group_name(int g)
{
    return g >= 0 && g < GROUPS ? groups[g].name : NULL;
}

/* Whether a group is asked for: by its bit, or all where none is named; peers only where there are some. */
static bool is_asked(const bench_options *options, int g)
{
    const unsigned bit = 1U << g;
    if (groups[g].of_peers && options->peers == NULL)
        return false;
    return options->groups == 0 || (options->groups & bit) != 0;
}

lsa_status bench_plan_create(const bench_options *options, bench_plan **out, lsa_error *err)
{
    assert(options->rounds >= 1 && options->rounds <= BENCH_ROUNDS_MAX);
    bench_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the list of cases");
    plan->options = *options;
    for (int g = 0; g < GROUPS; g++) {
        plan->group = groups[g].name;
        if (is_asked(options, g))
            groups[g].list(plan);
    }
    *out = plan;
    return LSA_OK;
}
