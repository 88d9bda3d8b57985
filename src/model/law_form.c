/* law_form.c - the law of the prompts: dimension, context, covariances, noise. */
#include "base/matrix.h"
#include "base/try.h"
#include "model/covariance_form.h"
#include "model/experiment.h"
#include "model/number.h"
#include "model/schema.h"
#include <math.h>
#include <string.h>

double lsa_noise_read(const lsa_node *node, double otherwise)
{
    double x = otherwise;
    if (node == NULL)
        return otherwise;
    if (node->kind == LSA_NODE_MAPPING) {
        const double std = lsa_value_real(node, "(noise).std");
        return std * std;
    }
    lsa_number_parse(node->text, &x);
    return x;
}

/* The paper's quantities are ratios to the loss at zero, 1/2 tr(Lambda Omega). */
static lsa_status refuse_zero(const lsa_node *node, const lsa_covariance *covariance, lsa_error *err)
{
    if (lsa_vec_norm_max(covariance->d, covariance->spectrum) > 0.0)
        return LSA_OK;
    return lsa_node_error(node, err, "found the zero matrix: nothing could be learnt");
}

/* A covariance of the training law; the identity where the key is absent. `fixed` names one that cannot be random. */
static lsa_status read_covariance(lsa_reading *reading, const lsa_node *data, const char *path, const char *fixed,
                                  ptrdiff_t d, const lsa_covariance **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(data, path);
    if (node == NULL && d == 0)
        return lsa_node_error(data, err, "give data.dimension, or a covariance that fixes it");
    if (node == NULL)
        return lsa_covariance_identity(reading, data, d, out, err);
    if (fixed != NULL)
        LSA_TRY(lsa_covariance_read_fixed(reading, node, d, out, fixed, err));
    else
        LSA_TRY(lsa_covariance_read(reading, node, d, out, err));
    LSA_TRY(refuse_zero(node, *out, err));
done:
    return status;
}

lsa_status lsa_law_read(lsa_reading *reading, const lsa_node *root, lsa_data *sizes, lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *data = lsa_value_node(root, "data");
    const lsa_node *dimension = lsa_value_node(data, "data.dimension");
    const ptrdiff_t asked = dimension == NULL ? 0 : (ptrdiff_t)lsa_value_real(data, "data.dimension");
    *out = (lsa_setting){.name = "train", .number = LSA_TRAINING, .covariance_is_train = true, .query_is_same = true};
    LSA_TRY(read_covariance(reading, data, "data.covariance", NULL, asked, &out->covariance, err));
    out->query = out->covariance;
    sizes->d = out->covariance->d;
    LSA_TRY(read_covariance(reading, data, "data.task_covariance", "the law of tasks", sizes->d, &out->task_covariance,
                            err));
    out->context = lsa_value_real(data, "data.context");
    out->label_noise = lsa_noise_read(lsa_value_node(data, "data.label_noise"), 0.0);
    out->normalise_plus_one = lsa_value_choice(data, "data.normalise") == 1;
    sizes->heads = (ptrdiff_t)lsa_value_real(data, "data.heads");
    sizes->rank = lsa_value_node(data, "data.rank") == NULL ? sizes->d : (ptrdiff_t)lsa_value_real(data, "data.rank");
done:
    return status;
}
