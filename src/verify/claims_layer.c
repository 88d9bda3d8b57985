/* claims_layer.c - what is true of the layer on every prompt: (3.6), Lemma 5.1, its scaling symmetry. */
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "verify/probe.h"
#include <math.h>
#include <stdlib.h>

enum { PROBE_PROMPTS = 16 };

/* f(E) and the statement are a few thousand products and sums each; their rounding errors stay well below this share of
 * the largest prediction and target met. */
static const double identity_tolerance = 1e-13;

/* Everything that one look at random prompts needs. */
typedef struct bench {
    lsa_prompts *prompts;
    uint64_t first; /* of these prompts in their sequence */
    lsa_prompt *prompt;
    lsa_forward *forward;
    lsa_forward_work *forward_work;
    lsa_layer *layer;
    double *parameters, *work;
} bench;

static void bench_clear(bench *b)
{
    free(b->work);
    free(b->parameters);
    lsa_layer_destroy(b->layer);
    lsa_forward_work_destroy(b->forward_work);
    lsa_forward_destroy(b->forward);
    lsa_prompt_destroy(b->prompt);
    lsa_prompts_destroy(b->prompts);
}

static lsa_status bench_make(const claim_context *context, probe_stream stream, ptrdiff_t longest, bench *b,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompt_law law;
    const lsa_program *program;
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(probe_law(context, longest, &law, err));
    LSA_TRY(lsa_prompts_create(&law, context->experiment->monte_carlo.seed, LSA_PROMPTS_PILOT, &b->prompts, err));
    b->first = lsa_stream_number(LSA_STREAM_CHECK_PROMPT, (uint64_t)stream << LSA_STREAM_PROBE_BITS);
    LSA_TRY(lsa_prompt_create(b->prompts, &b->prompt, err));
    LSA_TRY(lsa_forward_create(context->experiment, &law, &b->forward, err));
    LSA_TRY(lsa_forward_work_create(b->forward, &b->forward_work, err));
    LSA_TRY(probe_parameters(context, program, stream, &b->parameters, err));
    LSA_TRY(lsa_forward_layer(b->forward, b->parameters, &b->layer, err));
    b->work = lsa_vec_create(lsa_layer_work_size(b->layer, law.M));
    LSA_TRY_MEMORY(b->work, "running the layer");
done:
    return status;
}

lsa_status claim_statement_is_layer(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    bench b = {0};
    double worst = 0.0, size = 0.0;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(bench_make(context, PROBE_STATEMENT, LSA_PROBE_PAIRS, &b, err));
    for (uint64_t i = 0; i < PROBE_PROMPTS; i++) {
        double stated, target;
        lsa_prompt_draw(b.prompts, b.first + i, b.prompt);
        lsa_forward_evaluate(b.forward, b.forward_work, b.parameters, b.prompt, &stated, &target);
        const double layer = lsa_layer_predict_literal(b.layer, b.prompt, b.work);
        worst = fmax(worst, fabs(stated - layer));
        size = fmax(size, fmax(fabs(layer), fabs(target)));
    }
    claim_equal(result, 0.0, worst, identity_tolerance * size);
    claim_scale(result, size);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest |statement - f(E)| over %d prompts, predictions up to %.3g", PROBE_PROMPTS, size);
done:
    bench_clear(&b);
    return status;
}

lsa_status claim_scale_invariance(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    bench b = {0};
    const double c = 3.7; /* no power of two, so that rounding is exercised */
    double worst = 0.0, size = 0.0, before[PROBE_PROMPTS];
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(bench_make(context, PROBE_SCALE, LSA_PROBE_PAIRS, &b, err));
    const ptrdiff_t D = lsa_layer_dim(b.layer) + 1;
    for (uint64_t i = 0; i < PROBE_PROMPTS; i++) {
        lsa_prompt_draw(b.prompts, b.first + i, b.prompt);
        before[i] = lsa_layer_predict_literal(b.layer, b.prompt, b.work);
        size = fmax(size, fabs(before[i]));
    }
    for (ptrdiff_t h = 0; h < lsa_layer_heads(b.layer); h++) {
        lsa_vec_scale(D * D, c, lsa_layer_pv(b.layer, h));
        lsa_vec_scale(D * D, pow(c, p->kq_exponent), lsa_layer_kq(b.layer, h));
    }
    for (uint64_t i = 0; i < PROBE_PROMPTS; i++) {
        lsa_prompt_draw(b.prompts, b.first + i, b.prompt);
        worst = fmax(worst, fabs(lsa_layer_predict_literal(b.layer, b.prompt, b.work) - before[i]));
    }
    claim_equal(result, 0.0, worst, identity_tolerance * size);
    claim_scale(result, size);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest change over %d prompts for c = %g, predictions up to %.3g", PROBE_PROMPTS, c, size);
done:
    bench_clear(&b);
    return status;
}

/* v = Vec [U p; k' u] of a layer of one head: W^KQ's first d columns and W^PV's last row. */
static void stack_blocks(lsa_layer *layer, double *v)
{
    const ptrdiff_t d = lsa_layer_dim(layer), D = d + 1;
    const double *pv = lsa_layer_pv(layer, 0), *kq = lsa_layer_kq(layer, 0);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < D; i++)
            v[i + j * D] = kq[i + j * D];
    for (ptrdiff_t i = 0; i < D; i++)
        v[i + d * D] = pv[d + i * D];
}

/* H becomes s_i H_ij s_j with rows of largest entry near 1, so that eigenvalues of units far apart come to one scale and keep
 * their signs. s: scratch, 2 n numbers. */
static void equilibrate(ptrdiff_t n, double *H, double *s)
{
    enum { SWEEPS = 5 };
    lsa_mat_equilibrate(n, H, SWEEPS, s, s + n);
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t i = 0; i < n; i++)
            H[i + j * n] *= s[i] * s[j];
}

/* Eigenvalues below -cut count; H has rank 2 rank(EE'), the rest are zeros up to rounding. */
static ptrdiff_t count_negative(ptrdiff_t n, const double *eigenvalues)
{
    const double cut = 1e-10 * lsa_vec_norm_max(n, eigenvalues);
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        count += eigenvalues[i] < -cut;
    return count;
}

/* H's eigenvalues are those of EE'/rho times +-1/2 or so: below this share of the largest some may be below the cut. */
static const double countable = 1e-9;

/* Whether the prompt may have `count` eigenvalues of EE' that are not 0, and one of them is too small to be counted. */
static lsa_status hides_one(const lsa_prompt *prompt, ptrdiff_t d, ptrdiff_t count, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t D = d + 1, columns = prompt->M + 1;
    double *G = lsa_vec_create(D * D), *eigenvalues = lsa_vec_create(2 * D);
    LSA_TRY_MEMORY(G ? eigenvalues : NULL, "the eigenvalues of a prompt");
    lsa_mat_product(false, true, D, D, columns, 1.0, prompt->E, prompt->E, 0.0, G);
    equilibrate(D, G, eigenvalues);
    LSA_TRY(lsa_mat_eigen(D, G, eigenvalues, NULL, err));
    *out = count >= 1 && count <= D && count <= columns && eigenvalues[D - count] < countable * eigenvalues[D - 1];
done:
    free(eigenvalues);
    free(G);
    return status;
}

/* Fewer are counted than there are, where rounding hides some: then the count decides nothing. */
static lsa_status judge_count(const lsa_predictions *p, const lsa_prompt *prompt, ptrdiff_t d, ptrdiff_t negative,
                              lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool hidden = false;
    claim_equal(result, (double)p->negative_count, (double)negative, 0.0);
    if (result->verdict == LSA_VERDICT_FAILS && negative < p->negative_count)
        LSA_TRY(hides_one(prompt, d, p->negative_count, &hidden, err));
    if (hidden) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(
            result,
            "%td negative eigenvalues are counted, and others are within rounding of 0: the prompt's EE' has some "
            "below %.0g of its largest",
            negative, countable);
    }
done:
    return status;
}

/* Above this dimension H, of (d+1)^4 entries, is not built. */
enum { FORM_DIMENSION_MAX = 24 };

lsa_status claim_quadratic_form(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    bench b = {0};
    const ptrdiff_t d = context->experiment->data.d, n = (d + 1) * (d + 1);
    double *v = NULL, *Hv = NULL, *H = NULL, *eigenvalues = NULL;
    LSA_TRY(claim_add(context, &result, err));
    if (d > FORM_DIMENSION_MAX) {
        claim_why(result, "H has (d+1)^4 entries; it is built for d <= %d only", FORM_DIMENSION_MAX);
        goto done;
    }
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(bench_make(context, PROBE_FORM, LSA_PROBE_PAIRS, &b, err));
    claim_suppose(result, "the query column in E E'", context->experiment->statement->masked, 0.0,
                  !context->experiment->statement->masked);
    claim_suppose(result, "covariances of one rank (least drawn, greatest)", (double)p->draw_rank[0],
                  (double)p->draw_rank[1], p->draw_rank[0] == p->draw_rank[1]);
    claim_suppose(result, "one head", (double)lsa_layer_heads(b.layer), 1.0, lsa_layer_heads(b.layer) == 1);
    v = lsa_vec_create(n);
    Hv = lsa_vec_create(2 * n);
    H = lsa_vec_create(n * n);
    eigenvalues = lsa_vec_create(n);
    LSA_TRY_MEMORY(v && Hv && H ? eigenvalues : NULL, "the quadratic form of Lemma 5.1");
    lsa_prompt_draw(b.prompts, b.first, b.prompt);
    lsa_theory_quadratic_form(d, b.prompt->M + 1, b.prompt->E, b.prompt->rho, H);
    stack_blocks(b.layer, v);
    lsa_mat_vector(false, n, n, 1.0, H, v, 0.0, Hv);
    const double layer = lsa_layer_predict_literal(b.layer, b.prompt, b.work);
    const double form = lsa_vec_dot(n, v, Hv);
    const double size = lsa_vec_norm(n, v) * lsa_vec_norm(n, Hv);
    equilibrate(n, H, Hv);
    LSA_TRY(lsa_mat_eigen(n, H, eigenvalues, NULL, err));
    const ptrdiff_t negative = count_negative(n, eigenvalues);
    LSA_TRY(judge_count(p, b.prompt, d, negative, result, err));
    claim_also(result, fabs(layer - form), identity_tolerance * size, "f(E) gives %.17g, v'Hv gives %.17g", layer,
               form);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "negative eigenvalues of H; |f(E) - v'Hv| = %.2g", fabs(layer - form));
done:
    free(eigenvalues);
    free(H);
    free(Hv);
    free(v);
    bench_clear(&b);
    return status;
}
