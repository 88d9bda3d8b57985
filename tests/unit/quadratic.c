/* Losses that are quadratic functions of one matrix, whatever their parameters: found, and not found where they are none. */
#include "compiled.h"
#include "written.h"

/* Lambda and Omega of different bases, and noise. */
static void make(lsa_compiled *c, const lsa_written *one, bool commute)
{
    char text[WRITTEN_TEXT];
    compiled_init(c, "inline", written_text(one, text), WRITTEN_D, 7.0, WRITTEN_HEADS, WRITTEN_R);
    lsa_setting *training = &c->setting.experiment.training;
    const double spectrum[WRITTEN_D] = {2.0, 0.5, 1.1, 0.3}, tasks[WRITTEN_D] = {1.0, 0.7, 1.4, 0.6};
    double Q[WRITTEN_D * WRITTEN_D], scaled[WRITTEN_D * WRITTEN_D], matrix[WRITTEN_D * WRITTEN_D];
    check_status(lsa_mat_haar(WRITTEN_D, 5, Q, &c->err), LSA_OK, &c->err);
    for (ptrdiff_t k = 0; k < WRITTEN_D * WRITTEN_D; k++)
        scaled[k] = Q[k] * tasks[k / WRITTEN_D];
    lsa_mat_product(false, true, WRITTEN_D, WRITTEN_D, WRITTEN_D, 1.0, scaled, Q, 0.0, matrix);
    for (ptrdiff_t j = 0; j < WRITTEN_D; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            matrix[i + j * WRITTEN_D] = matrix[j + i * WRITTEN_D];
    training->covariance = fixture_diagonal(&c->setting, WRITTEN_D, spectrum);
    training->task_covariance =
        commute ? fixture_diagonal(&c->setting, WRITTEN_D, tasks) : fixture_matrix(&c->setting, WRITTEN_D, matrix);
    training->label_noise = 0.25;
    compiled_make(c, 3);
}

static double entry_of(const double *block, ptrdiff_t rank, bool tall, ptrdiff_t r, ptrdiff_t i)
{
    return tall ? block[i + r * WRITTEN_D] : block[r + i * rank];
}

static void add_part(const lsa_form_part *part, const double *y, double *W)
{
    const double u = part->weight * (part->u >= 0 ? y[part->u] : 1.0);
    for (ptrdiff_t j = 0; j < WRITTEN_D; j++)
        for (ptrdiff_t i = 0; i < WRITTEN_D; i++) {
            double entry = part->U >= 0 ? y[part->U + (part->U_turned ? j + i * WRITTEN_D : i + j * WRITTEN_D)] : 0.0;
            for (ptrdiff_t r = 0; part->U < 0 && r < part->rank; r++)
                entry += entry_of(y + part->K, part->rank, part->K_tall, r, i) *
                         entry_of(y + part->Q, part->rank, part->Q_tall, r, j);
            W[i + j * WRITTEN_D] += u * entry;
        }
}

/* 1/2 <W, H o W> - <B, W> + constant. */
static double loss_of(const lsa_form *form, const double *W)
{
    double loss = form->constant;
    for (ptrdiff_t j = 0; j < WRITTEN_D; j++)
        for (ptrdiff_t i = 0; i < WRITTEN_D; i++) {
            const double B = form->B_diagonal ? (i == j ? form->B[i] : 0.0) : form->B[i + j * WRITTEN_D];
            loss += (0.5 * lsa_form_rate(form, i, j) * W[i + j * WRITTEN_D] - B) * W[i + j * WRITTEN_D];
        }
    return loss;
}

static void check_case(lsa_compiled *c, const lsa_written *one)
{
    const lsa_form *form = lsa_program_quadratic(c->program);
    double W[WRITTEN_D * WRITTEN_D] = {0.0};
    lsa_least least;
    if (form == NULL) {
        fail_msg("not found: %s", one->prediction);
        return;
    }
    assert_int_equal(form->n_parts, one->parts);
    assert_int_equal(form->n_heads, one->heads);
    const lsa_form *heads = lsa_program_product_form(c->program); /* partial: of some members, where the others are 0 */
    assert_int_equal(heads != NULL && !heads->partial, one->heads > 0);
    assert_int_equal(c->program->rank, one->rank);
    for (ptrdiff_t p = 0; p < form->n_parts; p++)
        add_part(&form->parts[p], c->state, W);
    const double loss = lsa_program_loss(c->program, c->work, c->state);
    if (form->n_parts > 0) {
        check_close(loss_of(form, W), loss, 1e-12, 0.0);
        W[1] *= 1.0 + 1e-6; /* the comparison sees a W that is another by 1e-6 */
        assert_true(fabs(loss_of(form, W) / loss - 1.0) > 1e-12);
    }
    check_status(lsa_program_least(c->program, &least, &c->err), LSA_OK, &c->err);
    assert_true(least.bound < loss && least.bound > 0.0 && least.bound >= form->minimum);
    if (one->rank > 0)
        check_close(least.loss, least.bound, 0.0, 0.0);
    else
        assert_true(isnan(least.loss));
    assert_int_equal(least.bound > form->minimum, one->rank > 0 && one->rank < WRITTEN_D);
}

static void sums_of_any_heads_are_found(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof written_cases / sizeof *written_cases; k++)
        for (int commute = 0; commute < 2; commute++) {
            lsa_compiled c;
            make(&c, &written_cases[k], commute != 0);
            if (commute == 0 && written_cases[k].one_side)
                assert_null(lsa_program_quadratic(c.program));
            else
                check_case(&c, &written_cases[k]);
            compiled_clear(&c);
        }
}

static void other_losses_are_not(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof other_cases / sizeof *other_cases; k++)
        for (int commute = 0; commute < 2; commute++) {
            lsa_compiled c;
            lsa_least least;
            make(&c, &other_cases[k], commute != 0);
            if (lsa_program_quadratic(c.program) != NULL)
                fail_msg("found: %s", other_cases[k].prediction);
            check_status(lsa_program_least(c.program, &least, &c.err), LSA_OK, &c.err);
            assert_true(isnan(least.loss) && isnan(least.bound));
            compiled_clear(&c);
        }
}

/* The best W of rank m keeps the m largest singular values of T = B / sqrt(H): here T is diagonal. */
static void a_bounded_rank_keeps_the_largest_gains(void **state)
{
    double gain[WRITTEN_D];
    lsa_compiled c;
    lsa_least least;
    (void)state;
    make(&c, &written_cases[0], true);
    const lsa_form *form = lsa_program_quadratic(c.program);
    assert_true(form->B_diagonal && form->n_products == 1);
    double all = 0.0;
    for (ptrdiff_t i = 0; i < WRITTEN_D; i++) {
        gain[i] = 0.5 * form->B[i] * form->B[i] / lsa_form_rate(form, i, i);
        all += gain[i];
    }
    double left_out = gain[0]; /* the two least of four: the least pair */
    for (ptrdiff_t i = 0; i < WRITTEN_D; i++)
        for (ptrdiff_t j = 0; j < i; j++)
            left_out = (i == 1 && j == 0) || gain[i] + gain[j] < left_out ? gain[i] + gain[j] : left_out;
    check_status(lsa_program_least(c.program, &least, &c.err), LSA_OK, &c.err);
    check_close(least.loss, form->constant - all + left_out, 1e-14, 0.0);
    compiled_clear(&c);
}

/* The first member sees the noise of labels, the second does not: on so long contexts that is 2e-16 of the rates of a fast mode, far
 * within rounding, and a quarter of those of a slow one. */
static void a_slow_rate_of_its_own_counts(void **state)
{
    const lsa_written one = {.parameters = "a: vector, b: vector, c: scalar, e: vector, f: vector, g: scalar",
                             .prediction = "(c*S*a*b' + g*T*e*f') * xq"};
    const double fast[WRITTEN_D] = {2.0, 0.5, 1.1, 0.3}, slow[WRITTEN_D] = {2.0, 0.5, 1.1, 1e-16};
    (void)state;
    for (int k = 0; k < 2; k++) {
        char text[WRITTEN_TEXT];
        lsa_compiled c;
        compiled_init(&c, "inline", written_text(&one, text), WRITTEN_D, 1e15, WRITTEN_HEADS, WRITTEN_R);
        lsa_setting *training = &c.setting.experiment.training;
        training->covariance = fixture_diagonal(&c.setting, WRITTEN_D, k == 0 ? fast : slow);
        training->task_covariance = fixture_scalar(&c.setting, WRITTEN_D, 1.0);
        training->label_noise = 1.0;
        compiled_make(&c, 3);
        assert_int_equal(lsa_program_quadratic(c.program) != NULL, k == 0);
        compiled_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_any_heads_are_found), cmocka_unit_test(other_losses_are_not),
        cmocka_unit_test(a_bounded_rank_keeps_the_largest_gains), cmocka_unit_test(a_slow_rate_of_its_own_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
