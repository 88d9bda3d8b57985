/* text_up_to.c - images under the symmetries of the loss, tried one by one; scales by a search.
 *
 * Signs and scales are those that leave the derived loss as it is at a point of random rationals: a polynomial that agrees with its
 * image there is the same. */
#include "verify/text_up_to.h"

#include "base/text.h"
#include "base/try.h"
#include "verify/text_names.h"
#include "verify/text_points.h"
#include <math.h>
#include <string.h>

enum { MOST_IMAGES = 5040, MOST_SIGNED = 12, MOST_PAIRS = 16 };

typedef struct search {
    const text_job *job;
    const formula_node *a, *b;
    text_world probe; /* of random rationals */
    int n_signs;      /* patterns that leave the loss as it is, bit k: block k changes its sign */
    unsigned signs[1 << MOST_SIGNED];
    int n_pairs; /* blocks of which one takes c, the other 1/c */
    int pairs[MOST_PAIRS][2];
    text_image best;
    double least;
} search;

/* ---------------------------------------------------------------- symmetries of the loss */

static lsa_status loss_of(search *s, const text_image *image, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world *w = &s->probe;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a symmetry");
    for (int k = 0; k < w->n_blocks; k++)
        blocks[k] = formula_value_random(w->run.pool, w->blocks[k].rows, w->blocks[k].cols, false, 17 + (uint64_t)k);
    LSA_TRY(text_image_apply(w, image, blocks, err));
    const text_place place = {.blocks = blocks, .sample = -1};
    w->run.place = &place;
    status = text_loss(w, out, err);
    w->run.place = NULL;
done:
    return status;
}

/* Exactly, where the law is; balls that cannot be told apart at 128 bits count as equal. */
static lsa_status keeps_loss(search *s, const text_image *image, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_image none = {.n_factors = 0};
    const formula_value *before, *after;
    LSA_TRY(loss_of(s, &none, &before, err));
    LSA_TRY(loss_of(s, image, &after, err));
    *out = !formula_value_compare(s->probe.run.pool, before, after, 0, 0).apart;
done:
    return status;
}

static text_image with_factors(const text_world *w)
{
    text_image image = {.n_factors = w->n_blocks};
    for (int k = 0; k < TEXT_IMAGE_BLOCKS; k++)
        image.factor[k] = 1.0;
    return image;
}

static lsa_status find_signs(search *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int n = s->probe.n_blocks;
    s->n_signs = 1;
    s->signs[0] = 0;
    if ((s->job->checked->claim->up_to & LSA_UP_TO_SIGN) == 0)
        return LSA_OK;
    if (n > MOST_SIGNED)
        return lsa_error_set(err, LSA_ERR_UNABLE, "signs of %d blocks of parameters: more than %d are not tried", n,
                             MOST_SIGNED);
    for (unsigned pattern = 1; pattern < 1U << n; pattern++) {
        bool good = false;
        text_image image = with_factors(&s->probe);
        for (int k = 0; k < n; k++)
            image.factor[k] = (pattern >> k & 1U) != 0 ? -1.0 : 1.0;
        LSA_TRY(keeps_loss(s, &image, &good, err));
        if (good)
            s->signs[s->n_signs++] = pattern;
    }
done:
    return status;
}

static lsa_status find_pairs(search *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int n = s->probe.n_blocks;
    if ((s->job->checked->claim->up_to & LSA_UP_TO_RESCALE) == 0)
        return LSA_OK;
    for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n && s->n_pairs < MOST_PAIRS; j++) {
            bool good = false;
            text_image image = with_factors(&s->probe);
            image.factor[i] = 2.0;
            image.factor[j] = 0.5;
            LSA_TRY(keeps_loss(s, &image, &good, err));
            if (good) {
                s->pairs[s->n_pairs][0] = i;
                s->pairs[s->n_pairs++][1] = j;
            }
        }
    }
    if (s->n_pairs == 0)
        status = lsa_error_set(err, LSA_ERR_UNABLE, "no two blocks by c and 1/c leave the loss as it is");
done:
    return status;
}

/* ---------------------------------------------------------------- one image */

/* How far the two sides are apart on an image, as a share of their size; infinite where they have no value. */
static double distance(const search *s, const text_image *image)
{
    text_pair p = {.sides = {.pool = NULL}};
    text_place place;
    const text_place *at;
    ptrdiff_t row, col;
    double out = INFINITY;
    text_job job = *s->job;
    job.image = image;
    lsa_status status = text_job_world(&job, false, FORMULA_BITS_FIRST, &p.run, &place, &at, NULL);
    if (status == LSA_OK)
        status = text_at(&p.run, at, s->a, &p.sides.a, NULL);
    if (status == LSA_OK)
        status = text_at(&p.run, at, s->b, &p.sides.b, NULL);
    if (status == LSA_OK) {
        p.sides.pool = p.run.run.pool;
        double worst = 0.0, size = 0.0;
        for (col = 0; col < formula_value_cols(p.sides.a); col++) {
            for (row = 0; row < formula_value_rows(p.sides.a); row++) {
                const double b = formula_value_double(p.sides.b, row, col);
                worst = fmax(worst, fabs(formula_value_compare(p.sides.pool, p.sides.a, p.sides.b, row, col).value));
                size = fmax(size, fabs(b));
            }
        }
        out = size > 0.0 ? worst / size : worst;
    }
    text_pair_clear(&p);
    return out;
}

static void offer(search *s, const text_image *image)
{
    const double found = distance(s, image);
    if (found < s->least) {
        s->least = found;
        s->best = *image;
    }
}

/* ---------------------------------------------------------------- scales */

static text_image scaled(const search *s, const text_image *from, int pair, double log2_c)
{
    text_image image = *from;
    image.factor[s->pairs[pair][0]] *= exp2(log2_c);
    image.factor[s->pairs[pair][1]] *= exp2(-log2_c);
    return image;
}

/* A coarse look over 2^-20 .. 2^20, then golden section around the best. */
static void search_scale(search *s, int pair)
{
    const double golden = 0.6180339887498949;
    const text_image from = s->best;
    double centre = 0.0, least = distance(s, &from);
    for (int k = -20; k <= 20; k++) {
        const text_image image = scaled(s, &from, pair, k);
        const double found = distance(s, &image);
        if (found < least) {
            least = found;
            centre = k;
        }
    }
    double low = centre - 1.0, high = centre + 1.0;
    for (int k = 0; k < 80; k++) { /* 0.618^80 is 2e-17 */
        const double x = high - golden * (high - low), y = low + golden * (high - low);
        const text_image left = scaled(s, &from, pair, x), right = scaled(s, &from, pair, y);
        if (distance(s, &left) < distance(s, &right))
            high = y;
        else
            low = x;
    }
    const text_image image = scaled(s, &from, pair, 0.5 * (low + high));
    offer(s, &image);
}

/* ---------------------------------------------------------------- all of them */

static void swap(int *a, int *b)
{
    const int kept = *a;
    *a = *b;
    *b = kept;
}

/* The next permutation in lexical order; false: that was the last. */
static bool permute(int *p, int n)
{
    int i = n - 2, j = n - 1;
    while (i >= 0 && p[i] >= p[i + 1])
        i--;
    if (i < 0)
        return false;
    while (p[j] <= p[i])
        j--;
    swap(&p[i], &p[j]);
    for (int low = i + 1, high = n - 1; low < high; low++, high--)
        swap(&p[low], &p[high]);
    return true;
}

static void try_signs(search *s, text_image *image)
{
    for (int k = 0; k < s->n_signs; k++) {
        for (int j = 0; j < s->probe.n_blocks; j++)
            image->factor[j] = s->n_signs > 1 && (s->signs[k] >> j & 1U) != 0 ? -1.0 : 1.0;
        offer(s, image);
    }
}

static void try_all(search *s, int heads, int coordinates)
{
    text_image image = with_factors(&s->probe);
    image.permutes_heads = heads > 0;
    image.permutes_coordinates = coordinates > 0;
    for (int h = 0; h < TEXT_IMAGE_HEADS; h++)
        image.head[h] = h;
    do {
        for (int i = 0; i < TEXT_IMAGE_COORDINATES; i++)
            image.coordinate[i] = i;
        do {
            try_signs(s, &image);
        } while (coordinates > 0 && permute(image.coordinate, coordinates));
    } while (heads > 0 && permute(image.head, heads));
}

static lsa_status count_images(const search *s, int heads, int coordinates, lsa_error *err)
{
    double count = s->n_signs;
    for (int k = 2; k <= heads; k++)
        count *= k;
    for (int k = 2; k <= coordinates; k++)
        count *= k;
    if (heads <= TEXT_IMAGE_HEADS && coordinates <= TEXT_IMAGE_COORDINATES && count <= MOST_IMAGES)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_UNABLE,
                         "%.3g images: more than %d, of %d heads and %d coordinates, are not tried", count, MOST_IMAGES,
                         TEXT_IMAGE_HEADS, TEXT_IMAGE_COORDINATES);
}

static void name_permutation(const char *what, const int *p, int n, lsa_text *out)
{
    lsa_text_printf(out, "%s%s", out->length > 0 ? ", " : "", what);
    for (int k = 0; k < n; k++)
        lsa_text_printf(out, " %d", p[k] + 1);
}

static void name_image(const search *s, int heads, int coordinates, lsa_text *out)
{
    const lsa_statement *statement = s->probe.experiment->statement;
    if (heads > 0)
        name_permutation("heads", s->best.head, heads, out);
    if (coordinates > 0)
        name_permutation("coordinates", s->best.coordinate, coordinates, out);
    for (int k = 0; k < s->probe.n_blocks; k++) {
        const text_block *b = &s->probe.blocks[k];
        if (s->best.factor[k] == 1.0)
            continue;
        lsa_text_printf(out, "%s%s", out->length > 0 ? ", " : "", statement->symbols[b->symbol].name);
        if (b->head > 0)
            lsa_text_printf(out, "[%ld]", b->head);
        lsa_text_printf(out, " by %.6g", s->best.factor[k]);
    }
    if (out->length == 0)
        lsa_text_add(out, "the flow's own");
}

lsa_status text_best_image(const text_job *job, const formula_node *a, const formula_node *b, text_image *image,
                           lsa_text *name, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const unsigned up_to = job->checked->claim->up_to;
    const lsa_data *data = &job->checked->experiment->data;
    const int heads = (up_to & LSA_UP_TO_HEADS) != 0 ? (int)data->heads : 0;
    const int coordinates = (up_to & LSA_UP_TO_COORDINATES) != 0 ? (int)data->d : 0;
    search s = {.job = job, .a = a, .b = b, .least = INFINITY};
    LSA_TRY(text_world_init(&s.probe, &text_names, job->context->study, job->checked, job->test, false,
                            FORMULA_BITS_FIRST, err));
    if (s.probe.n_blocks > TEXT_IMAGE_BLOCKS) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "images of more than %d blocks of parameters", TEXT_IMAGE_BLOCKS);
        goto done;
    }
    s.best = with_factors(&s.probe);
    LSA_TRY(find_signs(&s, err));
    LSA_TRY(find_pairs(&s, err));
    LSA_TRY(count_images(&s, heads, coordinates, err));
    try_all(&s, heads, coordinates);
    for (int k = 0; k < s.n_pairs; k++)
        search_scale(&s, k);
    name_image(&s, heads, coordinates, name);
    *image = s.best;
done:
    text_world_clear(&s.probe);
    return status;
}
