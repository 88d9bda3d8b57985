/* prompt.c - draws prompts. */
#include "empirical/prompt.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "empirical/teacher_labels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one thread needs to draw, beside the prompt's own numbers. */
struct lsa_prompt_scratch {
    lsa_variates variates;
    lsa_drawn_factor context, query;
    const lsa_factor *factor; /* of the context now drawn */
    double *head;             /* 2d + 1                                                                  */
    double *normals;          /* d x M                                                                   */
    double *rotated;          /* d x M: the factor times the normals; also the span of an orthogonal query's context */
};

static lsa_rng_purpose purpose_of(int use)
{
    switch (use) {
    case LSA_PROMPTS_PILOT:
        return LSA_RNG_PILOT;
    case LSA_PROMPTS_TRAIN:
        return LSA_RNG_TRAIN;
    default:
        return LSA_RNG_PROMPT;
    }
}

lsa_rng lsa_prompt_stream(const lsa_prompts *prompts, uint64_t index)
{
    return lsa_rng_at(prompts->seed, purpose_of((int)prompts->use), index);
}

static lsa_rng region(lsa_rng stream, uint32_t block)
{
    stream.block = block;
    return stream;
}

lsa_rng lsa_prompt_further(const lsa_prompt *prompt)
{
    return region(lsa_rng_at(prompt->seed, purpose_of(prompt->use), prompt->index), LSA_BLOCK_FURTHER);
}

const lsa_factor *lsa_prompt_factor(const lsa_prompt *prompt)
{
    return prompt->scratch->factor;
}

/* ---- The sequence ----------------------------------------------------------------------------------------------- */

/* The direction of a task on a sphere is that of normals, in the context's basis as well. */
static lsa_status make_task_factor(lsa_prompts *prompts, lsa_error *err)
{
    const lsa_prompt_law *law = &prompts->law;
    const lsa_setting *setting = &law->setting;
    if (setting->task == LSA_TASK_FIXED || law->n_tasks > 0 || lsa_prompt_law_labels(law))
        return LSA_OK;
    lsa_status status = lsa_factor_init_beside(&prompts->task, setting->task_covariance, setting->covariance, err);
    if (status != LSA_OK || setting->task != LSA_TASK_SPHERE)
        return status;
    free(prompts->task.matrix); /* a sphere knows no covariance */
    prompts->task.matrix = NULL;
    for (ptrdiff_t i = 0; i < law->d; i++)
        prompts->task.scale[i] = 1.0;
    return LSA_OK;
}

lsa_status lsa_prompts_create(const lsa_prompt_law *law, uint64_t seed, lsa_prompt_use use, lsa_prompts **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompts *prompts = calloc(1, sizeof *prompts);
    LSA_TRY_MEMORY(prompts, "a sequence of prompts");
    prompts->law = *law;
    prompts->seed = seed;
    prompts->use = use;
    prompts->noise_scale = sqrt(law->setting.label_noise);
    LSA_TRY(lsa_random_factor_init(&prompts->context, law->setting.covariance, NULL, err));
    LSA_TRY(lsa_random_factor_init(&prompts->query, lsa_prompt_law_query(law), law->setting.covariance, err));
    LSA_TRY(make_task_factor(prompts, err));
    prompts->dense = lsa_random_factor_is_dense(&prompts->context);
    *out = prompts;
    prompts = NULL;
done:
    lsa_prompts_destroy(prompts);
    return status;
}

void lsa_prompts_destroy(lsa_prompts *prompts)
{
    if (!prompts)
        return;
    lsa_random_factor_clear(&prompts->context);
    lsa_random_factor_clear(&prompts->query);
    lsa_factor_clear(&prompts->task);
    free(prompts);
}

const lsa_prompt_law *lsa_prompts_law(const lsa_prompts *prompts)
{
    return &prompts->law;
}

/* ---- One prompt ------------------------------------------------------------------------------------------------- */

static void destroy_scratch(struct lsa_prompt_scratch *s)
{
    if (!s)
        return;
    lsa_drawn_factor_clear(&s->context);
    lsa_drawn_factor_clear(&s->query);
    free(s->head);
    free(s->normals);
    free(s->rotated);
    free(s);
}

static lsa_status create_scratch(const lsa_prompts *prompts, struct lsa_prompt_scratch **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = prompts->law.d, M = prompts->law.M;
    struct lsa_prompt_scratch *s = calloc(1, sizeof *s);
    LSA_TRY_MEMORY(s, "a prompt");
    LSA_TRY(lsa_drawn_factor_init(&s->context, &prompts->context, err));
    LSA_TRY(lsa_drawn_factor_init(&s->query, &prompts->query, err));
    s->head = lsa_vec_create(2 * d + 1);
    s->normals = lsa_vec_create(d * M);
    s->rotated = lsa_vec_create(prompts->dense || prompts->law.setting.query_orthogonal ? d * M : 1);
    LSA_TRY_MEMORY(s->head, "a prompt");
    LSA_TRY_MEMORY(s->normals, "a prompt");
    LSA_TRY_MEMORY(s->rotated, "a prompt");
    *out = s;
    s = NULL;
done:
    destroy_scratch(s);
    return status;
}

/* storage:  E (D x (M+1)) | w (d) | noise (M) */
lsa_status lsa_prompt_create(const lsa_prompts *prompts, lsa_prompt **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = prompts->law.d, D = d + 1, M = prompts->law.M;
    lsa_prompt *prompt = calloc(1, sizeof *prompt);
    LSA_TRY_MEMORY(prompt, "a prompt");
    *prompt = (lsa_prompt){.d = d, .M = M, .rho = prompts->law.rho};
    LSA_TRY(create_scratch(prompts, &prompt->scratch, err));
    prompt->storage = lsa_vec_create(D * (M + 1) + d + M);
    LSA_TRY_MEMORY(prompt->storage, "a prompt");
    prompt->E = prompt->storage;
    prompt->w = prompt->E + D * (M + 1);
    prompt->noise = prompt->w + d;
    *out = prompt;
    prompt = NULL;
done:
    lsa_prompt_destroy(prompt);
    return status;
}

void lsa_prompt_destroy(lsa_prompt *prompt)
{
    if (!prompt)
        return;
    destroy_scratch(prompt->scratch);
    free(prompt->storage);
    free(prompt);
}

const double *lsa_prompt_query(const lsa_prompt *prompt)
{
    return prompt->E + (prompt->d + 1) * prompt->M;
}

/* ---- Drawing ---------------------------------------------------------------------------------------------------- */

/* One of 0 .. n - 1. */
static ptrdiff_t pick(lsa_variates *v, ptrdiff_t n)
{
    const ptrdiff_t at = (ptrdiff_t)(lsa_variate_uniform(v) * (double)n);
    return at < n ? at : n - 1;
}

static void draw_task(const lsa_prompts *prompts, lsa_prompt *prompt)
{
    const lsa_prompt_law *law = &prompts->law;
    const lsa_setting *setting = &law->setting;
    const size_t size = (size_t)prompt->d * sizeof(double);
    if (lsa_prompt_law_labels(law))
        memset(prompt->w, 0, size);
    else if (setting->task == LSA_TASK_FIXED)
        memcpy(prompt->w, setting->task_vector, size);
    else if (law->n_tasks > 0)
        memcpy(prompt->w, law->tasks + pick(&prompt->scratch->variates, law->n_tasks) * law->d, size);
    else
        lsa_factor_apply(&prompts->task, prompt->scratch->head, prompt->w);
    if (setting->task == LSA_TASK_SPHERE)
        lsa_vec_scale(prompt->d, setting->radius / lsa_vec_norm(prompt->d, prompt->w), prompt->w);
}

static void add_mean(const lsa_prompts *prompts, double *x)
{
    if (prompts->law.setting.mean)
        lsa_vec_axpy(prompts->law.d, 1.0, prompts->law.setting.mean, x);
}

/* x_j into the columns of E. */
static void draw_context(const lsa_prompts *prompts, const lsa_factor *factor, lsa_rng *rng, lsa_prompt *prompt)
{
    const double nu = prompts->law.setting.student;
    const ptrdiff_t d = prompt->d, D = d + 1, M = prompt->M;
    struct lsa_prompt_scratch *s = prompt->scratch;
    const double *x = s->normals;
    lsa_rng_normals(rng, d * M, s->normals);
    if (factor->matrix) {
        lsa_mat_product(false, false, d, M, d, 1.0, factor->matrix, s->normals, 0.0, s->rotated);
        x = s->rotated;
    }
    for (ptrdiff_t j = 0; j < M; j++) {
        double *column = prompt->E + j * D;
        for (ptrdiff_t i = 0; i < d; i++)
            column[i] = factor->matrix ? x[i + j * d] : factor->scale[i] * x[i + j * d];
        if (nu > 0.0)
            lsa_vec_scale(d, sqrt(nu - 2.0) / lsa_variate_chi(&s->variates, nu), column);
        add_mean(prompts, column);
    }
}

/* Gram and Schmidt, twice, which leaves only rounding (Giraud and Langou 2002): an orthonormal basis of the context's
 * span, in `rotated`, and x off it. Columns that were in the span already are dropped. */
static void project_off_context(const lsa_prompt *prompt, double *x)
{
    const ptrdiff_t d = prompt->d;
    double *Q = prompt->scratch->rotated;
    ptrdiff_t rank = 0;
    for (ptrdiff_t j = 0; j <= prompt->M; j++) {
        double *v = j < prompt->M ? Q + rank * d : x;
        if (j < prompt->M)
            memcpy(v, prompt->E + j * (d + 1), (size_t)d * sizeof(double));
        const double length = lsa_vec_norm(d, v);
        for (int pass = 0; pass < 2; pass++)
            for (ptrdiff_t k = 0; k < rank; k++)
                lsa_vec_axpy(d, -lsa_vec_dot(d, v, Q + k * d), Q + k * d, v);
        const double left = lsa_vec_norm(d, v);
        if (j == prompt->M || !(left > 1e-12 * length))
            continue;
        lsa_vec_scale(d, 1.0 / left, v);
        rank++;
    }
}

static void draw_query(const lsa_prompts *prompts, const lsa_factor *factor, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d;
    double *xq = prompt->E + (d + 1) * prompt->M;
    lsa_factor_apply(factor, prompt->scratch->head + d + 1, xq);
    add_mean(prompts, xq);
    if (prompts->law.setting.query_orthogonal)
        project_off_context(prompt, xq);
    xq[d] = 0.0;
}

/* One row: x into the column, its label returned. */
static double draw_row(const lsa_prompts *prompts, lsa_variates *v, double *column)
{
    const lsa_setting *s = &prompts->law.setting;
    const ptrdiff_t row = pick(v, s->n_rows);
    for (ptrdiff_t i = 0; i < prompts->law.d; i++)
        column[i] = s->rows[row + i * s->n_rows];
    return s->labels[row];
}

/* Covariates and what their labels are without noise. */
static void draw_rows(const lsa_prompts *prompts, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d, D = d + 1, M = prompt->M;
    for (ptrdiff_t j = 0; j < M; j++)
        prompt->E[d + j * D] = draw_row(prompts, &prompt->scratch->variates, prompt->E + j * D);
    prompt->target = draw_row(prompts, &prompt->scratch->variates, prompt->E + M * D);
    prompt->E[d + M * D] = 0.0;
}

static void draw_covariates(const lsa_prompts *prompts, lsa_rng *rng, lsa_prompt *prompt)
{
    struct lsa_prompt_scratch *s = prompt->scratch;
    const lsa_factor *context = lsa_random_factor_draw(&prompts->context, &s->variates, &s->context);
    const bool shares = prompts->law.setting.query_is_same;
    const lsa_factor *query = shares ? context : lsa_random_factor_draw(&prompts->query, &s->variates, &s->query);
    s->factor = context;
    draw_context(prompts, context, rng, prompt);
    draw_query(prompts, query, prompt);
}

static void label_covariates(const lsa_setting *setting, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d, D = d + 1, M = prompt->M;
    const bool taught = setting->task == LSA_TASK_TEACHER;
    const double *w = taught ? setting->task_vector : prompt->w;
    for (ptrdiff_t j = 0; j <= M; j++) {
        const double *x = prompt->E + j * D;
        const double z = lsa_vec_dot(d, w, x);
        const double y = taught ? lsa_teacher_label(&setting->teacher, z) : z;
        if (j < M)
            prompt->E[d + j * D] = y;
        else
            prompt->target = y;
    }
}

static void add_noise(const lsa_prompts *prompts, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d, D = d + 1, M = prompt->M;
    prompt->query_noise = prompts->law.setting.query_noise ? prompts->noise_scale * prompt->scratch->head[d] : 0.0;
    if (!(prompts->noise_scale > 0.0))
        return; /* prompt->noise is zero since it was made */
    lsa_rng rng = region(lsa_prompt_stream(prompts, prompt->index), LSA_BLOCK_NOISE);
    lsa_rng_normals(&rng, M, prompt->noise);
    for (ptrdiff_t j = 0; j < M; j++) {
        prompt->noise[j] *= prompts->noise_scale;
        prompt->E[d + j * D] += prompt->noise[j];
    }
}

void lsa_prompt_draw(const lsa_prompts *prompts, uint64_t index, lsa_prompt *prompt)
{
    lsa_rng rng = lsa_prompt_stream(prompts, index);
    prompt->seed = prompts->seed;
    prompt->index = index;
    prompt->use = (int)prompts->use;
    lsa_variates_init(&prompt->scratch->variates, region(rng, LSA_BLOCK_LAW));
    lsa_rng_normals(&rng, 2 * prompt->d + 1, prompt->scratch->head);
    draw_task(prompts, prompt);
    if (prompts->law.setting.task == LSA_TASK_DATA) {
        draw_rows(prompts, prompt);
    } else {
        draw_covariates(prompts, &rng, prompt);
        label_covariates(&prompts->law.setting, prompt);
    }
    add_noise(prompts, prompt);
}
