# theory: the closed forms of the papers. Numbers in, numbers out; knows no polynomial, no trajectory and no sample.
lsa_module(theory
    SOURCES extended.c eigen.c setting_view.c law.c law_numbers.c elliptical.c
            gamma.c minimum.c limit.c reduced_loss.c off_diagonal.c sigma_bound.c start.c u_lower_bound.c
            pl_inequality.c local_rate.c escape_time.c white_logistic.c
            test_error.c linear_task.c shift_risk.c error_variance.c error_outcomes.c law_points.c context_law.c shift_split.c orthogonal_query.c least_squares.c least_squares_distance.c label_moments.c judge.c
            quadratic_form.c random_covariance.c constants.c
            scalar_law.c random_law.c random_diagonal.c random_mixture.c random_wishart.c random_operator.c operator_solve.c
            random_minimum.c random_unseen.c random_rank.c random_bounds.c random_risk.c
            pseudo_inverse.c teacher.c row_labels.c
            fixed_points.c head_escape.c head_order.c white_heads.c
    LINK lsa_setting lsa_base)
