/* experiment.h - the parts of an experiment, each read from its own key of a tree that the schema has checked. */
#ifndef LSAFLOW_MODEL_EXPERIMENT_H
#define LSAFLOW_MODEL_EXPERIMENT_H

#include "lsaflow/model.h"
#include "model/reading.h"

/* Everything below a root. `name` is the default title. */
lsa_status lsa_experiment_read(lsa_reading *reading, const lsa_node *root, const char *name,
                               const lsa_model_options *options, lsa_experiment *out, lsa_error *err);

/* The law of the prompts without the numbers that the statement asks for: needs no statement. */
lsa_status lsa_law_read(lsa_reading *reading, const lsa_node *root, lsa_data *sizes, lsa_setting *out, lsa_error *err);

/* The statement, with `data.values` in its table; the values of its dimensions; the numbers of its constants. Sets
 * rank and heads of the law to 1 where the statement has none. */
lsa_status lsa_statement_bind(lsa_reading *reading, const lsa_node *root, lsa_experiment *experiment, lsa_error *err);

lsa_status lsa_init_read(lsa_reading *reading, const lsa_node *init, lsa_experiment *experiment, lsa_error *err);
lsa_status lsa_flow_read(lsa_reading *reading, const lsa_node *flow, lsa_flow_settings *out, lsa_error *err);
lsa_status lsa_tests_read(lsa_reading *reading, const lsa_node *root, lsa_experiment *experiment, lsa_error *err);
void lsa_train_read(const lsa_node *train, lsa_train_settings *out);
lsa_status lsa_basin_read(lsa_reading *reading, const lsa_node *basin, lsa_basin_settings *out, lsa_error *err);
void lsa_monte_carlo_read(const lsa_node *monte_carlo, lsa_monte_carlo *out);
lsa_status lsa_claims_read(lsa_reading *reading, const lsa_node *claims, const lsa_model_options *options,
                           lsa_experiment *experiment, lsa_error *err);

lsa_status lsa_measures_read(lsa_reading *reading, const lsa_node *measure, lsa_experiment *experiment, lsa_error *err);

/* Variance of the labels' noise: a number or {std: s}; `otherwise` where the node is NULL. */
double lsa_noise_read(const lsa_node *node, double otherwise);

#endif
