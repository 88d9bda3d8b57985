/* experiment.c - one experiment from one checked tree: the law first, then the statement that it gives numbers to. */
#include "model/experiment.h"
#include "base/try.h"
#include "model/schema.h"
#include "model/variant.h"

lsa_status lsa_experiment_read(lsa_reading *reading, const lsa_node *root, const char *name,
                               const lsa_model_options *options, lsa_experiment *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_schema_check(root, err));
    const lsa_node *title = lsa_value_node(root, "title");
    out->title = title != NULL ? title->text : name;
    LSA_TRY(lsa_law_read(reading, root, &out->data, &out->training, err));
    LSA_TRY(lsa_statement_bind(reading, root, out, err));
    LSA_TRY(lsa_init_read(reading, lsa_value_node(root, "init"), out, err));
    LSA_TRY(lsa_flow_read(reading, lsa_value_node(root, "flow"), &out->flow, err));
    LSA_TRY(lsa_tests_read(reading, root, out, err));
    lsa_monte_carlo_read(lsa_value_node(root, "monte_carlo"), &out->monte_carlo);
    lsa_train_read(lsa_value_node(root, "train"), &out->train);
    LSA_TRY(lsa_basin_read(reading, lsa_value_node(root, "basin"), &out->basin, err));
    LSA_TRY(lsa_models_read(reading->arena, lsa_value_node(root, "models"), out, err));
    LSA_TRY(lsa_claims_read(reading, lsa_value_node(root, "claims"), options, out, err));
    LSA_TRY(lsa_measures_read(reading, lsa_value_node(root, "measure"), out, err));
done:
    return status;
}
