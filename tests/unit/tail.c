/* Which moments a layer's prediction has: its degree in one covariate by every single entry of px and of k, beside labels of
 * every degree. */
#include "empirical/tail.h"
#include "prompt_law.h"

enum { D = 3 };

static double degree_of(const lsa_prompt_law *law, const double *px, const double *k)
{
    lsa_error err;
    lsa_layer *layer;
    const double U[D * D] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};
    check_status(lsa_layer_create(D, 2, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, NULL, 0.5, U, NULL);
    lsa_layer_set_blocks(layer, 1, px, 0.5, U, k);
    const lsa_predictor predictor = {.layer = layer};
    const double degree = lsa_tail_degree(&predictor, law);
    lsa_layer_destroy(layer);
    return degree;
}

/* A label of degree p: p + 1, at least 2 with px, at least 2p with k. */
static void check_degrees(const lsa_prompt_law *law, double p)
{
    check_close(lsa_tail_label_degree(law), p, 0.0, 0.0);
    check_close(degree_of(law, NULL, NULL), p + 1.0, 0.0, 0.0);
    for (int i = 0; i < D; i++) {
        double entry[D] = {0.0};
        entry[i] = -0.1;
        check_close(degree_of(law, entry, NULL), fmax(p + 1.0, 2.0), 0.0, 0.0);
        check_close(degree_of(law, NULL, entry), fmax(p + 1.0, 2.0 * p), 0.0, 0.0);
    }
}

static void degrees(void **state)
{
    (void)state;
    static const struct {
        lsa_teacher_kind kind;
        double degree;
    } teachers[] = {
        {LSA_TEACHER_SIGN, 0.0}, {LSA_TEACHER_RELU, 1.0}, {LSA_TEACHER_QUADRATIC, 2.0}, {LSA_TEACHER_CUBIC, 3.0}};
    const double direction[D] = {1.0, 0.0, 0.0};
    lsa_fixture s;
    fixture_init(&s, "full", NULL, D, 4, 1, 1);
    lsa_prompt_law law = law_plain(&s, D, 4);
    check_degrees(&law, 1.0);
    for (size_t k = 0; k < sizeof teachers / sizeof teachers[0]; k++) {
        const lsa_teacher teacher = {.kind = teachers[k].kind};
        law_teacher(&law, &teacher, direction);
        check_degrees(&law, teachers[k].degree);
    }
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(degrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
