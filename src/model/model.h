/* model.h - a model from a tree that is not a file's. */
#ifndef LSAFLOW_MODEL_MODEL_H
#define LSAFLOW_MODEL_MODEL_H

#include "lsaflow/model.h"
#include "model/yaml.h"

/* The model of a tree, which is copied; `name` and errors as of lsa_model_parse. */
lsa_status lsa_model_of_tree(const char *name, const lsa_node *tree, const lsa_model_options *options, lsa_model **out,
                             lsa_error *err);

/* All runs at an rtol of that share of their own, 1e-14 at the least. */
void lsa_model_refine(lsa_model *model, double share);

#endif
