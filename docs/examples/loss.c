/* loss.c - derive the population loss of a model that is put together here, and evaluate it.
 *
 *     cc loss.c $(pkg-config --cflags --libs lsaflow) -o loss */
#include <lsaflow/lsaflow.h>

#include <stdio.h>
#include <stdlib.h>

/* Every call that can fail returns a status and tells its story in the error. */
static void require(lsa_status status, const lsa_error *err)
{
    if (status == LSA_OK)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(EXIT_FAILURE);
}

/* The paper's reduced layer, {u, U}, on prompts of 40 pairs (x, <w, x>) with x ~ N(0, Lambda). */
static lsa_model *make_model(lsa_error *err)
{
    const double Lambda[] = {2.0, 0.5, 0.5, 1.0}; /* column-major */
    lsa_model *model = NULL;
    lsa_builder *builder = lsa_builder_create("two-dimensional");
    lsa_builder_string(builder, "statement", "merged");
    lsa_builder_number(builder, "data.context", 40);
    lsa_builder_matrix(builder, "data.covariance.matrix", 2, 2, Lambda);
    lsa_builder_number(builder, "init.sigma", 0.1);
    require(lsa_builder_model(builder, NULL, &model, err), err);
    lsa_builder_destroy(builder);
    return model;
}

int main(void)
{
    lsa_error err = {0};
    lsa_model *model = make_model(&err);
    lsa_study *study = NULL;
    require(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, &err), &err);

    char *formula = NULL;
    require(lsa_study_formula(study, NULL, LSA_FORMAT_TEXT, &formula, &err), &err);
    printf("L(u, U) = %s\n", formula);
    lsa_string_free(formula);

    /* The parameters are one vector: u, then U column by column. */
    const double *start = NULL;
    double loss = 0.0, least = 0.0, gradient[5], curvature[5];
    require(lsa_study_start(study, &start, &err), &err);
    require(lsa_study_loss(study, start, &loss, &err), &err);
    require(lsa_study_gradient(study, start, gradient, &err), &err);
    require(lsa_study_hessian(study, start, gradient, curvature, &err), &err);
    require(lsa_study_minimum_loss(study, &least, &err), &err);
    printf("at the start: loss %.15g, dL/du %.15g, (H grad L)_u %.15g\n", loss, gradient[0], curvature[0]);
    printf("at the minimum: loss %.15g\n", least);

    lsa_study_destroy(study);
    lsa_model_destroy(model); /* after the study, which borrows its experiment */
    return EXIT_SUCCESS;
}
