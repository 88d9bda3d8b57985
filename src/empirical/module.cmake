# empirical: draws prompts, runs the layer, averages. No moment formula; nothing of symbolic, flow or theory.
lsa_module(empirical
    SOURCES factor.c random_factor.c law.c teacher.c prompt.c layer.c layer_fast.c rotated.c side.c triangle.c
            slots.c bind.c product.c evaluate.c reverse.c forward.c moments.c interval.c average.c least_squares.c
            linear_rule.c baseline.c predictor.c tail.c control.c strata.c sample.c gradient.c means.c
            batch_gradient.c train.c checkpoint.c noise.c tape.c tape_run.c rule.c cubature_law.c cubature.c cubature_sum.c
    LINK lsa_base lsa_model
    PRIVATE OpenMP::OpenMP_C)
