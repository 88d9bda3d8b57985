/* prompt.c - draws prompts.
 *
 * Prompt i reads its normals in this order: w (d), eps_q (1), x_q (d); then, from a fresh counter block, (x_j, eps_j)
 * pair by pair, d + 1 each. So the order of the columns is the order of the numbers, a context column is drawn in
 * place, and a longer context only reads on. The noise has its number even where its variance is 0: laws that differ in
 * the noise share covariates. */
#include "empirical/prompt.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/factor.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lsa_prompts {
    lsa_prompt_law law;
    uint64_t seed;
    lsa_prompt_use use;
    lsa_factor context, query, task;
    double noise_scale;
    double *pair; /* (d+1) x (d+1): the factor of (x_j, eps_j), or NULL where that of x_j is diagonal */
};

static lsa_rng_purpose purpose_of(int use)
{
    switch (use) {
    case LSA_PROMPTS_PILOT:
        return LSA_RNG_PROBE;
    case LSA_PROMPTS_TRAIN:
        return LSA_RNG_TRAIN;
    default:
        return LSA_RNG_PROMPT;
    }
}

lsa_rng lsa_prompt_further(const lsa_prompt *prompt)
{
    lsa_rng rng = lsa_rng_at(prompt->seed, purpose_of(prompt->use), prompt->index);
    rng.block = UINT32_C(1) << 31;
    return rng;
}

/* [F 0; 0 s]: one product turns a matrix of normals into all pairs. */
static lsa_status make_pair_factor(lsa_prompts *prompts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = prompts->law.d, D = d + 1;
    prompts->pair = lsa_vec_create(D * D);
    LSA_TRY_MEMORY(prompts->pair, "the factor of a context pair");
    for (ptrdiff_t j = 0; j < d; j++)
        memcpy(prompts->pair + j * D, prompts->context.matrix + j * d, (size_t)d * sizeof(double));
    prompts->pair[D * D - 1] = prompts->noise_scale;
done:
    return status;
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
    prompts->noise_scale = sqrt(law->label_noise);
    LSA_TRY(lsa_factor_init(&prompts->context, law->covariance, err));
    LSA_TRY(lsa_factor_init(&prompts->query, law->query, err));
    if (!law->fixed_task)
        LSA_TRY(lsa_factor_init(&prompts->task, law->task, err));
    if (prompts->context.matrix)
        LSA_TRY(make_pair_factor(prompts, err));
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
    lsa_factor_clear(&prompts->context);
    lsa_factor_clear(&prompts->query);
    lsa_factor_clear(&prompts->task);
    free(prompts->pair);
    free(prompts);
}

const lsa_prompt_law *lsa_prompts_law(const lsa_prompts *prompts)
{
    return &prompts->law;
}

/* storage:  head (2d + 1) | E (D x (M+1)) | w (d) | noise (M) | normals of the context (D x M, with a basis only) */
lsa_status lsa_prompt_create(const lsa_prompts *prompts, lsa_prompt **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = prompts->law.d, D = d + 1, M = prompts->law.M;
    const ptrdiff_t raw = prompts->pair ? D * M : 0;
    lsa_prompt *prompt = calloc(1, sizeof *prompt);
    LSA_TRY_MEMORY(prompt, "a prompt");
    *prompt = (lsa_prompt){.d = d, .M = M, .rho = prompts->law.rho};
    prompt->storage = lsa_vec_create(2 * d + 1 + D * (M + 1) + d + M + raw);
    LSA_TRY_MEMORY(prompt->storage, "a prompt");
    prompt->E = prompt->storage + 2 * d + 1;
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
    if (prompt)
        free(prompt->storage);
    free(prompt);
}

const double *lsa_prompt_query(const lsa_prompt *prompt)
{
    return prompt->E + (prompt->d + 1) * prompt->M;
}

static void draw_task_and_query(const lsa_prompts *prompts, lsa_rng *rng, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d;
    double *head = prompt->storage;
    double *xq = prompt->E + (d + 1) * prompt->M;
    lsa_rng_normals(rng, 2 * d + 1, head);
    if (prompts->law.fixed_task)
        memcpy(prompt->w, prompts->law.fixed_task, (size_t)d * sizeof(double));
    else
        lsa_factor_apply(&prompts->task, head, prompt->w);
    lsa_factor_apply(&prompts->query, head + d + 1, xq);
    xq[d] = 0.0;
    prompt->target = lsa_vec_dot(d, prompt->w, xq);
    prompt->query_noise = prompts->law.query_noise ? prompts->noise_scale * head[d] : 0.0;
}

/* Columns (x_j; eps_j) of E. */
static void draw_pairs(const lsa_prompts *prompts, lsa_rng *rng, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d, D = d + 1, M = prompt->M;
    if (prompts->pair) {
        double *raw = prompt->noise + M;
        lsa_rng_normals(rng, D * M, raw);
        lsa_mat_product(false, false, D, M, D, 1.0, prompts->pair, raw, 0.0, prompt->E);
        return;
    }
    const double *scale = prompts->context.scale;
    lsa_rng_normals(rng, D * M, prompt->E);
    for (ptrdiff_t j = 0; j < M; j++) {
        double *column = prompt->E + j * D;
        for (ptrdiff_t i = 0; i < d; i++)
            column[i] *= scale[i];
        column[d] *= prompts->noise_scale;
    }
}

void lsa_prompt_draw(const lsa_prompts *prompts, uint64_t index, lsa_prompt *prompt)
{
    const ptrdiff_t d = prompt->d, D = d + 1;
    lsa_rng rng = lsa_rng_at(prompts->seed, purpose_of((int)prompts->use), index);
    prompt->seed = prompts->seed;
    prompt->index = index;
    prompt->use = (int)prompts->use;
    draw_task_and_query(prompts, &rng, prompt);
    if (prompt->M > 0)
        draw_pairs(prompts, &rng, prompt);
    for (ptrdiff_t j = 0; j < prompt->M; j++) {
        double *column = prompt->E + j * D;
        prompt->noise[j] = column[d];
        column[d] += lsa_vec_dot(d, prompt->w, column);
    }
}
