# empirical: draws prompts, runs the layer, averages. No moment formula; nothing of symbolic, flow or theory.
lsa_module(empirical
    SOURCES covariance_factor.c random_factor.c prompt_law.c teacher_labels.c prompt.c layer.c layer_fast.c rotated.c side.c triangle.c
            slots.c tape_bind.c fast_product.c formula_values.c reverse.c forward.c moments.c interval.c prompt_average.c ols.c
            linear_rule.c baseline.c predictor.c prompt_rows.c tail.c control.c strata_draw.c sample.c gradient.c means.c
            batch_gradient.c train.c checkpoint.c noise.c tape.c tape_run.c cubature_rule.c cubature_law.c cubature.c cubature_sum.c
    LINK lsa_base lsa_model
    PRIVATE OpenMP::OpenMP_C)
