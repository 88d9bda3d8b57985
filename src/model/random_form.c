/* random_form.c - the laws of a covariance that is drawn anew for every prompt: independent diagonal entries (section
 * 4.3 of the paper), a mixture of fixed matrices, a Wishart matrix over its degrees of freedom.
 *
 * Each keeps its mean beside its law: diagonal for independent entries, a whole matrix with its eigenbasis for the
 * others, whose draws need not commute. */
#include "model/random_form.h"
#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "model/schema.h"
#include "model/semidefinite.h"
#include <math.h>
#include <string.h>

/* The keys of each law, in the order of lsa_law_kind and of its parameters. */
static const struct {
    int count;
    const char *keys[3];
} law_keys[] = {
    {1, {"(law).value"}},
    {1, {"(law).mean"}},
    {2, {"(law).low", "(law).high"}},
    {2, {"(law).shape", "(law).scale"}},
    {3, {"(law).a", "(law).b", "(law).p"}},
};

static const char *last_part(const char *path)
{
    return strrchr(path, '.') + 1;
}

/* Every key of the mapping belongs to the law. */
static lsa_status check_law_keys(const lsa_node *node, lsa_law_kind kind, lsa_error *err)
{
    for (ptrdiff_t k = 0; k < node->count; k++) {
        const char *key = node->keys[k]->text;
        bool known = strcmp(key, "law") == 0;
        for (int p = 0; p < law_keys[kind].count; p++)
            known = known || strcmp(key, last_part(law_keys[kind].keys[p])) == 0;
        if (!known)
            return lsa_node_error(node->keys[k], err, "the law '%s' has no such parameter",
                                  lsa_node_find(node, "law")->text);
    }
    return LSA_OK;
}

static lsa_status read_law(const lsa_node *node, lsa_law *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    out->kind = (lsa_law_kind)lsa_value_choice(node, "(law).law");
    LSA_TRY(check_law_keys(node, out->kind, err));
    for (int p = 0; p < law_keys[out->kind].count; p++) {
        const char *path = law_keys[out->kind].keys[p];
        if (lsa_value_node(node, path) == NULL)
            return lsa_node_error(node, err, "the law '%s' needs the key '%s'", lsa_node_find(node, "law")->text,
                                  last_part(path));
        out->parameter[p] = lsa_value_real(node, path);
    }
    if (out->kind == LSA_LAW_UNIFORM && !(out->parameter[0] < out->parameter[1]))
        return lsa_node_error(lsa_node_find(node, "high"), err, "found '%s', expected more than 'low', which is %s",
                              lsa_node_find(node, "high")->text, lsa_node_find(node, "low")->text);
done:
    return status;
}

/* The dimension that a part of the form fixes, or that it is given from elsewhere. */
static lsa_status agree(const lsa_node *node, ptrdiff_t own, ptrdiff_t asked, ptrdiff_t *out, lsa_error *err)
{
    if (own == 0 && asked == 0)
        return lsa_node_error(node, err, "this form does not say its dimension: give data.dimension");
    if (own != 0 && asked != 0 && own != asked)
        return lsa_node_error(node, err, "the dimension is %td, expected %td", own, asked);
    *out = own != 0 ? own : asked;
    return LSA_OK;
}

/* Independent diagonal entries: one law for all, or one for each. */
static lsa_status read_diagonal(lsa_reading *reading, const lsa_node *node, ptrdiff_t asked, lsa_covariance *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool list = node->kind == LSA_NODE_SEQUENCE;
    if (list && node->count == 0)
        return lsa_node_error(node, err, "found an empty list, expected laws");
    LSA_TRY(agree(node, list ? node->count : 0, asked, &out->d, err));
    lsa_law *laws = lsa_arena_alloc(reading->arena, (size_t)out->d, sizeof *laws);
    LSA_TRY_MEMORY(laws, "the laws of a covariance");
    LSA_TRY(lsa_reading_numbers(reading, node, out->d, 1, &out->spectrum, err));
    for (ptrdiff_t i = 0; i < out->d; i++) {
        if (list || i == 0)
            LSA_TRY(read_law(list ? node->items[i] : node, &laws[i], err));
        else
            laws[i] = laws[0];
        out->spectrum[i] = lsa_law_mean(&laws[i]);
    }
    out->kind = LSA_COVARIANCE_LAWS;
    out->laws = laws;
done:
    return status;
}

/* The mean as a matrix with its eigenbasis; takes the array over. */
static lsa_status keep_mean(lsa_reading *reading, const lsa_node *node, double *mean, lsa_covariance *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = out->d;
    LSA_TRY(lsa_reading_numbers(reading, node, d, 1, &out->spectrum, err));
    LSA_TRY(lsa_reading_numbers(reading, node, d, d, &out->basis, err));
    LSA_TRY(lsa_mat_eigen(d, mean, out->spectrum, out->basis, err));
    LSA_TRY(lsa_clip_eigenvalues(node, d, out->spectrum, err));
    out->matrix = mean;
done:
    return status;
}

/* mean += weight * part */
static void add_part(const lsa_covariance *part, double weight, double *mean)
{
    for (ptrdiff_t j = 0; j < part->d; j++)
        for (ptrdiff_t i = 0; i < part->d; i++)
            mean[i + j * part->d] += weight * lsa_covariance_entry(part, i, j);
}

static lsa_status mean_of_mixture(lsa_reading *reading, const lsa_node *node, lsa_covariance *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *mean = NULL;
    LSA_TRY(lsa_covariance_check_size(node, out->d, err));
    LSA_TRY(lsa_reading_numbers(reading, node, out->d, out->d, &mean, err));
    for (ptrdiff_t c = 0; c < out->n_components; c++)
        add_part(&out->components[c], out->weights[c], mean);
    LSA_TRY(keep_mean(reading, node, mean, out, err));
done:
    return status;
}

/* Divides the weights by their sum, which may differ from 1 by printed digits only. */
static lsa_status normalise_weights(const lsa_node *node, ptrdiff_t n, double *weights, lsa_error *err)
{
    char number[32];
    double sum = 0.0;
    for (ptrdiff_t c = 0; c < n; c++)
        sum += weights[c];
    if (!(fabs(sum - 1.0) <= 1e-6))
        return lsa_node_error(node, err, "the weights sum to %s, expected 1", lsa_text_number(sum, number));
    lsa_vec_scale(n, 1.0 / sum, weights);
    return LSA_OK;
}

static lsa_status read_mixture(lsa_reading *reading, const lsa_node *node, ptrdiff_t asked, lsa_part_reader *read_part,
                               lsa_covariance *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = node->count;
    if (n == 0)
        return lsa_node_error(node, err, "found an empty list, expected components");
    double *weights = lsa_arena_alloc(reading->arena, (size_t)n, sizeof *weights);
    lsa_covariance *components = lsa_arena_alloc(reading->arena, (size_t)n, sizeof *components);
    LSA_TRY_MEMORY(weights, "a mixture");
    LSA_TRY_MEMORY(components, "a mixture");
    out->d = asked;
    for (ptrdiff_t c = 0; c < n; c++) {
        const lsa_covariance *component = NULL;
        LSA_TRY(read_part(reading, lsa_node_find(node->items[c], "covariance"), out->d, &component,
                          "a component of a mixture", err));
        weights[c] = lsa_value_real(node->items[c], "(covariance).random.mixture.*.weight");
        components[c] = *component;
        out->d = component->d;
    }
    LSA_TRY(normalise_weights(node, n, weights, err));
    out->kind = LSA_COVARIANCE_MIXTURE;
    out->n_components = n;
    out->weights = weights;
    out->components = components;
    LSA_TRY(mean_of_mixture(reading, node, out, err));
done:
    return status;
}

static lsa_status read_wishart(lsa_reading *reading, const lsa_node *node, ptrdiff_t asked, lsa_part_reader *read_part,
                               lsa_covariance *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *mean = NULL;
    LSA_TRY(read_part(reading, lsa_node_find(node, "scale"), asked, &out->scale, "the scale of a Wishart law", err));
    out->d = out->scale->d;
    out->kind = LSA_COVARIANCE_WISHART;
    out->dof = lsa_value_real(node, "(covariance).random.wishart.dof");
    LSA_TRY(lsa_covariance_check_size(node, out->d, err));
    LSA_TRY(lsa_reading_numbers(reading, node, out->d, out->d, &mean, err));
    add_part(out->scale, 1.0, mean);
    LSA_TRY(keep_mean(reading, node, mean, out, err));
done:
    return status;
}

lsa_status lsa_random_read(lsa_reading *reading, const lsa_node *random, ptrdiff_t d, lsa_part_reader *read_part,
                           lsa_covariance *out, lsa_error *err)
{
    const lsa_node *diagonal = lsa_value_node(random, "(covariance).random.diagonal");
    const lsa_node *mixture = lsa_value_node(random, "(covariance).random.mixture");
    const lsa_node *wishart = lsa_value_node(random, "(covariance).random.wishart");
    if (random->count != 1)
        return lsa_node_error(random, err, "expected one of the keys diagonal, mixture, wishart");
    if (diagonal != NULL)
        return read_diagonal(reading, diagonal, d, out, err);
    if (mixture != NULL)
        return read_mixture(reading, mixture, d, read_part, out, err);
    return read_wishart(reading, wishart, d, read_part, out, err);
}
