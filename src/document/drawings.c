/* drawings.c - the figures that the model file writes itself, with the numbers of their curves. */
#include "document/document.h"

#include "base/try.h"
#include <math.h>
#include <stdlib.h>

lsa_status document_draw(lsa_study *study, document_drawings *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    *out = (document_drawings){.count = 0};
    if (experiment->n_figures == 0)
        return LSA_OK;
    out->figures = calloc((size_t)experiment->n_figures, sizeof *out->figures);
    LSA_TRY_MEMORY(out->figures, "the figures");
    while (out->count < experiment->n_figures) {
        const ptrdiff_t k = out->count++;
        LSA_TRY(text_figure_draw(study, &experiment->figures[k], &out->figures[k], err));
    }
done:
    return status;
}

void document_drawings_clear(document_drawings *drawings)
{
    for (ptrdiff_t k = 0; k < drawings->count; k++)
        text_drawing_clear(&drawings->figures[k]);
    free(drawings->figures);
}

static void json_curve(lsa_json *json, const text_curve *curve, ptrdiff_t n)
{
    lsa_json_object(json, NULL);
    lsa_json_string(json, "formula", curve->formula);
    if (*curve->entry != '\0')
        lsa_json_string(json, "entry", curve->entry);
    if (curve->test != NULL)
        lsa_json_string(json, "test", curve->test);
    lsa_json_vector(json, "values", n, curve->y);
    lsa_json_integer(json, "missing", curve->missing);
    if (curve->missing > 0)
        lsa_json_string(json, "reason", curve->why);
    lsa_json_end(json);
}

void document_drawings_json(lsa_json *json, const document_drawings *drawings)
{
    if (drawings->count == 0)
        return;
    lsa_json_array(json, "figures");
    for (ptrdiff_t k = 0; k < drawings->count; k++) {
        const text_drawing *d = &drawings->figures[k];
        lsa_json_object(json, NULL);
        lsa_json_string(json, "name", d->figure->name);
        lsa_json_string(json, "title", d->figure->title);
        lsa_json_string(json, "x", d->figure->x == LSA_FIGURE_TIME ? "t" : "M");
        lsa_json_vector(json, "at", d->n, d->x);
        lsa_json_array(json, "curves");
        for (ptrdiff_t c = 0; c < d->n_curves; c++)
            json_curve(json, &d->curves[c], d->n);
        lsa_json_end(json);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}
