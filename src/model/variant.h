/* variant.h - an experiment with some keys changed: what `lim`, `order` and `e @ name` ask for. */
#ifndef LSAFLOW_MODEL_VARIANT_H
#define LSAFLOW_MODEL_VARIANT_H

#include "lsaflow/model.h"
#include "model/yaml.h"

/* Where an experiment was read from. */
typedef struct lsa_provenance {
    const char *path; /* of the model, for relative files                          */
    const lsa_node *root;
    ptrdiff_t n_varied;
    const lsa_variation *variations; /* its own values of `vary`                   */
    const lsa_experiment *experiment;
} lsa_provenance;

/* The model of `experiment` with the changes "KEY=VALUE", in order, VALUE being YAML; it has one run and no claims. Its flow is as
 * much finer than the file asks for as that of `experiment`. LSA_ERR_INPUT where it is no model then; LSA_ERR_UNABLE for an
 * experiment that was not read. */
lsa_status lsa_model_changed(const lsa_experiment *experiment, ptrdiff_t n, const char *const *changes, lsa_model **out,
                             lsa_error *err);

/* `models`: {name: {dotted key: value}}, as changes. */
lsa_status lsa_models_read(lsa_arena *arena, const lsa_node *models, lsa_experiment *out, lsa_error *err);

#endif
