/* sweep_cells.c - a row depends on its cell alone: not on the cells that the worker did before, whose derivation, program and theory
 * it may share. */
#include "base/text.h"
#include "check.h"
#include "sweep/worker.h"

#include <string.h>

/* Laws, statements' sizes, starts and flows change; some cells fail, some in the middle. */
static const char *const models[] = {
    "statement: merged\n"
    "data: {dimension: 3, context: 20, covariance: {spectrum: power, exponent: 1, rotation: 2}}\n"
    "vary: {data.context: [20, -3], data.covariance.exponent: [0, 1], init.sigma: [0.1, 1e90],\n"
    "       data.label_noise: [0, 0.3], flow.method: [auto, spectral]}\n"
    "measure: {loss: limit(loss), u: u, err: error(train), size: opnorm(limit(U)),\n"
    "          time: \"first(t, gap < 1e-3)\"}\n",
    "statement: separate\n"
    "data: {dimension: 3, context: 20, rank: 2}\n"
    "init: {scheme: gaussian, scale: 0.3}\n"
    "vary: {data.rank: [1, 2], init.seed: [1, 2], data.dimension: [2, 3], statement: [separate, merged]}\n"
    "measure: {loss: limit(loss), start: start(loss)}\n"};

static lsa_cells *read_model(const char *text)
{
    lsa_cells *cells = NULL;
    lsa_error err = {0};
    check_status(lsa_cells_parse("m.yaml", text, strlen(text), NULL, &cells, &err), LSA_OK, &err);
    return cells;
}

static void do_cell(sweep_worker *worker, ptrdiff_t cell, lsa_text *bytes)
{
    sweep_row row;
    lsa_error err = {0};
    check_status(sweep_worker_do(worker, cell, &row, &err), LSA_OK, &err);
    row.seconds = 0.0;
    bytes->length = 0;
    sweep_row_write(&row, bytes);
}

static void rows_of_cells_alone(void **state)
{
    (void)state;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        lsa_text alone, among;
        lsa_error err = {0};
        sweep_worker *worker = NULL;
        lsa_cells *cells = read_model(models[m]);
        const ptrdiff_t n = lsa_cells_vary(cells)->n_cells;
        ptrdiff_t step = 7;
        while (n % step == 0)
            step += 2;
        lsa_text_init(&alone);
        lsa_text_init(&among);
        check_status(sweep_worker_create(cells, &worker, &err), LSA_OK, &err);
        for (ptrdiff_t k = 0; k < 2 * n; k++) {
            /* in order, where neighbours share, and then in leaps */
            const ptrdiff_t cell = k < n ? k : k * step % n;
            sweep_worker *fresh = NULL;
            lsa_cells *again = read_model(models[m]);
            check_status(sweep_worker_create(again, &fresh, &err), LSA_OK, &err);
            do_cell(fresh, cell, &alone);
            do_cell(worker, cell, &among);
            assert_int_equal(alone.length, among.length);
            assert_memory_equal(alone.data, among.data, alone.length);
            sweep_worker_destroy(fresh);
            lsa_cells_destroy(again);
        }
        sweep_worker_destroy(worker);
        lsa_cells_destroy(cells);
        lsa_text_clear(&alone);
        lsa_text_clear(&among);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_cells_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
