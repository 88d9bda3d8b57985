lsa_module(verify
    SOURCES study.c study_life.c measure.c measure_time.c study_numbers.c study_limit.c theory_scope.c judge_trained.c split.c predictions.c limit_point.c kept.c training_law.c limit_sign.c limit_sample.c verify.c claim_table.c claim.c sampled.c limit_spread.c sampling_time.c flow_view.c path.c study_path.c second_road.c probe.c
            claims_layer.c claims_loss.c claims_off_diagonal.c claims_reduced.c claims_error.c
            claims_points.c claims_course.c claims_heads.c claims_plateau.c claims_shift.c
            claims_training.c claims_least_squares.c claims_best_linear.c
            image.c turn.c confirm.c
            text_world.c text_points.c text_minimum.c text_test.c text_mean.c text_wishart.c text_draw.c text_trained.c text_source.c text_leaves.c text_statistical.c text_joint.c text_limits.c text_ladder.c text_degrees.c
            text_beside.c text_elsewhere.c text_names.c
            text_layer.c text_theory.c text_gap.c text_ends.c text_before.c text_times.c text_plateau.c text_extreme.c text_derivative.c text_integral.c text_rate.c
            text_checked.c text_each.c text_pair.c text_judge.c text_values.c text_course.c text_condition.c text_bounded.c text_image.c text_up_to.c text_rotation.c text_tautology.c
            text_identity.c text_claim.c
            basin.c training_path.c sgd_spread.c
    LINK lsa_formula lsa_flow lsa_theory lsa_empirical
    PRIVATE OpenMP::OpenMP_C)
