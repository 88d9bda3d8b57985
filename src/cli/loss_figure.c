/* loss_figure.c - the loss of a flow that goes from saddle to saddle: its plateaus, and what theory says of them.
 *
 * The plateaus are rank-k minima: k eigenvectors learnt, the rest not yet (W26). */
#include "base/matrix.h"
#include "base/try.h"
#include "cli/flow_report.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLACK = 0, BLUE = 4, VERMILION = 5 };

static bool is_plateau(lsa_event event)
{
    return strncmp(event.name, "plateau", strlen("plateau")) == 0;
}

static ptrdiff_t count_plateaus(const lsa_trajectory *trajectory)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(trajectory); k++)
        count += is_plateau(lsa_trajectory_event(trajectory, k));
    return count;
}

/* The columns of the figure, in one allocation. */
typedef struct loss_columns {
    ptrdiff_t n, plateaus, levels;
    double *time, *loss;           /* of the samples, n                              */
    double *seen_time, *seen_loss; /* of the plateaus among the events               */
    double *level;                 /* predicted, k = 0 .. levels - 1, two places each */
    double ends[2];
} loss_columns;

static lsa_status fill_samples(const lsa_trajectory *trajectory, loss_columns *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t samples = lsa_trajectory_count(trajectory);
    c->time = lsa_vec_create(2 * samples + 2 * c->plateaus + 2 * c->levels + 1);
    LSA_TRY_MEMORY(c->time, "a figure");
    c->loss = c->time + samples;
    c->seen_time = c->loss + samples;
    c->seen_loss = c->seen_time + c->plateaus;
    c->level = c->seen_loss + c->plateaus;
    for (ptrdiff_t i = 0; i < samples; i++) {
        const lsa_sample sample = lsa_trajectory_sample(trajectory, i);
        c->time[i] = sample.time;
        c->loss[i] = sample.loss;
    }
    c->n = samples;
    for (ptrdiff_t k = 0, seen = 0; k < lsa_trajectory_event_count(trajectory); k++) {
        const lsa_event event = lsa_trajectory_event(trajectory, k);
        if (!is_plateau(event))
            continue;
        c->seen_time[seen] = event.time;
        c->seen_loss[seen++] = event.loss;
    }
    c->ends[0] = c->n > 0 ? c->time[0] : 1.0;
    c->ends[1] = c->n > 0 ? c->time[c->n - 1] : 1.0;
done:
    return status;
}

/* The losses of the rank-k minima, from k = 0 to the minimum, where theory has one training covariance. */
static void fill_levels(const lsa_theory *theory, loss_columns *c)
{
    for (ptrdiff_t k = 0; k < c->levels; k++)
        c->level[2 * k] = c->level[2 * k + 1] =
            k == 0 ? lsa_theory_loss_at_zero(theory) : lsa_theory_minimum_loss(theory, k);
}

static lsa_status draw(const loss_columns *c, lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t n = 0;
    lsa_report_series *series = calloc((size_t)c->levels + 2, sizeof *series);
    LSA_TRY_MEMORY(series, "a figure");
    series[n++] = (lsa_report_series){.label = "gradient flow", .colour = BLUE, .n = c->n, .x = c->time, .y = c->loss};
    series[n++] = (lsa_report_series){.label = "plateaus of the flow",
                                      .points = true,
                                      .colour = BLACK,
                                      .n = c->plateaus,
                                      .x = c->seen_time,
                                      .y = c->seen_loss};
    for (ptrdiff_t k = 0; k < c->levels; k++)
        series[n++] = (lsa_report_series){.label = k + 1 < c->levels ? "predicted plateaus" : "minimum",
                                          .colour = k + 1 < c->levels ? VERMILION : BLACK,
                                          .dash = k + 1 < c->levels ? 1 : 2,
                                          .n = 2,
                                          .x = c->ends,
                                          .y = c->level + 2 * k};
    const lsa_report_panel panel = {.mark = (double)NAN, .n_series = n, .series = series};
    const lsa_report_panels figure = {.x_label = "time {/:Italic t}",
                                      .y_label = "loss  {/:Italic L}",
                                      .caption = "The loss along the flow, with the plateaus that theory predicts.",
                                      .n_panels = 1,
                                      .panels = &panel};
    LSA_TRY(lsa_figure_panels(directory, "loss", &figure, err));
done:
    free(series);
    return status;
}

lsa_status cli_loss_figure(cli_run *run, lsa_run_directory *directory, const lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    loss_columns c = {.plateaus = count_plateaus(trajectory)};
    const lsa_theory *theory = NULL;
    if (c.plateaus == 0)
        return LSA_OK;
    if (lsa_study_has_theory(run->study) && !lsa_study_is_random(run->study)) {
        LSA_TRY(lsa_study_theory(run->study, &theory, err));
        c.levels = lsa_study_rank(run->study) + 1;
    }
    LSA_TRY(fill_samples(trajectory, &c, err));
    if (theory != NULL)
        fill_levels(theory, &c);
    LSA_TRY(draw(&c, directory, err));
done:
    free(c.time);
    return status;
}
