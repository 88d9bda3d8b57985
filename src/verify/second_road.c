/* second_road.c - the study's path beside the one of one scalar equation, which shares no stepping with it. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The other path's tolerance: it costs little, and is to be the finer one. */
static const double road_rtol = 1e-13;

/* The largest |x - x'|_max / |x|_max over the samples, and when. */
static void compare(const flow_path *path, const lsa_trajectory *other, lsa_second_road *out)
{
    out->difference = 0.0;
    for (ptrdiff_t k = 0; k < path->count && k < lsa_trajectory_count(other); k++) {
        const lsa_sample here = path_sample(path, k), there = lsa_trajectory_sample(other, k);
        double difference = 0.0;
        for (ptrdiff_t i = 0; i < path->size; i++)
            difference = fmax(difference, fabs(here.state[i] - there.state[i]));
        difference /= lsa_vec_norm_max(path->size, there.state);
        if (difference > out->difference) {
            out->difference = difference;
            out->time = here.time;
        }
        out->samples = k + 1;
    }
}

lsa_status lsa_study_second_road(lsa_study *study, lsa_second_road *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path = &study->path;
    lsa_trajectory *other = NULL;
    lsa_flow_options options;
    lsa_error story = {0};
    *out = (lsa_second_road){.asked = path->run != NULL, .difference = NAN, .time = NAN};
    if (!out->asked)
        goto done;
    LSA_TRY(study_flow_options(study, &options, err));
    options.method = LSA_METHOD_SPECTRAL;
    options.rtol = road_rtol;
    LSA_TRY(study_path_beside(study->program, study->start, &options, path, &other, &story, err));
    if (other != NULL)
        compare(path, other, out);
    else
        snprintf(out->reason, sizeof out->reason, "%.*s", (int)sizeof out->reason - 1, story.text);
done:
    lsa_trajectory_destroy(other);
    return status;
}
