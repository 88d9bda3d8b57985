/* crosscheck.c - a second study of the cell, whose flow is CVODE's. */
#include "sweep/crosscheck.h"

#include "base/streams.h"
#include "verify/study.h"
#include <math.h>

static const double share = 0.01;

bool crosscheck_asks(const lsa_experiment *experiment, ptrdiff_t cell)
{
    double draw;
    if (experiment->flow.method != LSA_METHOD_SPECTRAL)
        return false;
    lsa_rng rng = lsa_stream_at(experiment->monte_carlo.seed, LSA_STREAM_SWEEP_CHECK, (uint64_t)cell);
    lsa_rng_uniforms(&rng, 1, &draw);
    return draw < share;
}

double crosscheck_difference(const lsa_experiment *experiment)
{
    lsa_experiment other = *experiment;
    const lsa_study_options options = {.may_reduce = true, .threads = 1};
    lsa_study *study = NULL;
    flow_path path;
    lsa_second_road road = {.difference = NAN};
    other.flow.method = LSA_METHOD_AUTO;
    if (lsa_study_create(&other, &options, &study, NULL) == LSA_OK) {
        study_trust_run(study);
        if (lsa_study_path(study, &path, NULL) == LSA_OK && lsa_study_second_road(study, &road, NULL) != LSA_OK)
            road.difference = (double)NAN;
    }
    lsa_study_destroy(study);
    return road.difference;
}
