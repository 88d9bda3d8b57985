/* sweep.c - the parts of a sweep by themselves: rows as bytes, the order of cells, the pool when workers die, the ledger. */
#define _GNU_SOURCE
#include "base/text.h"
#include "check.h"
#include "sweep/ledger.h"
#include "sweep/ledger_merge.h"
#include "sweep/order.h"
#include "sweep/pool.h"
#include "sweep/sweep_table.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- rows */

static const sweep_value values[] = {{0.1, NULL}, {NAN, "holds"}, {NAN, NULL}};
static const sweep_row example = {.cell = 7,
                                  .exit = 5,
                                  .end = "saddle",
                                  .t_end = 1.5,
                                  .message = "a, \"b\"; c",
                                  .seconds = 2.0,
                                  .difference = NAN,
                                  .n_values = 3,
                                  .values = values};

static void check_example(const sweep_row *row)
{
    assert_int_equal(row->cell, 7);
    assert_int_equal(row->exit, 5);
    assert_string_equal(row->end, "saddle");
    assert_string_equal(row->message, "a, \"b\"; c");
    assert_true(row->t_end == 1.5 && row->seconds == 2.0 && isnan(row->difference));
    assert_true(row->values[0].number == 0.1 && row->values[0].word == NULL);
    assert_string_equal(row->values[1].word, "holds");
    assert_true(isnan(row->values[2].number) && row->values[2].word == NULL);
}

static void rows_as_bytes(void **state)
{
    (void)state;
    lsa_text bytes;
    sweep_row row;
    sweep_value room[3];
    lsa_text_init(&bytes);
    sweep_row_write(&example, &bytes);
    assert_true(sweep_row_read(bytes.data, bytes.length, 3, room, &row));
    check_example(&row);
    for (size_t length = 0; length < bytes.length; length++)
        assert_false(sweep_row_read(bytes.data, length, 3, room, &row));
    assert_false(sweep_row_read(bytes.data, bytes.length, 2, room, &row));
    lsa_text_clear(&bytes);
}

static void worse_exits(void **state)
{
    (void)state;
    assert_int_equal(sweep_exit_worse(0, 5), 5);
    assert_int_equal(sweep_exit_worse(1, 5), 1);
    assert_int_equal(sweep_exit_worse(2, 1), 2);
    assert_int_equal(sweep_exit_worse(2, 3), 3);
    assert_int_equal(sweep_exit_worse(0, 0), 0);
}

/* ---------------------------------------------------------------- order */

/* Every cell once, the law's axes slowest; shards are parts of that. */
static void order_of_cells(void **state)
{
    (void)state;
    lsa_node names[3] = {{.text = "init.sigma"}, {.text = "data.context"}, {.text = "flow.rtol"}};
    lsa_vary_key keys[3] = {
        {.key = &names[0], .axis = 0}, {.key = &names[1], .axis = 1}, {.key = &names[2], .axis = 2}};
    ptrdiff_t counts[3] = {4, 3, 5};
    const lsa_vary vary = {.n_keys = 3, .n_axes = 3, .n_cells = 60, .keys = keys, .counts = counts};
    sweep_order order;
    bool seen[60] = {false};
    assert_int_equal(sweep_order_init(&order, &vary, 1, 1, NULL), LSA_OK);
    for (ptrdiff_t place = 0; place < 60; place++) {
        const ptrdiff_t cell = sweep_order_cell(&order, place);
        assert_false(seen[cell]);
        seen[cell] = true;
        assert_int_equal(cell / 5 % 3, place / 20);
        assert_true(sweep_order_takes(&order, place));
    }
    sweep_order_clear(&order);
    for (ptrdiff_t place = 0; place < 60; place++) {
        int takers = 0;
        for (ptrdiff_t shard = 1; shard <= 7; shard++) {
            assert_int_equal(sweep_order_init(&order, &vary, shard, 7, NULL), LSA_OK);
            takers += sweep_order_takes(&order, place);
            sweep_order_clear(&order);
        }
        assert_int_equal(takers, 1);
    }
}

/* ---------------------------------------------------------------- pool */

enum { ITEMS = 1000 };

/* What the items do: 1: die by a signal; 2: end the process; 3: fail; 0: answer with their square. */
typedef struct job {
    int kind[ITEMS];
    ptrdiff_t next, stop_after;
    int taken[ITEMS], lost[ITEMS];
    char why[ITEMS][96];
    volatile sig_atomic_t interrupt;
    ptrdiff_t n_taken;
} job;

static ptrdiff_t next_item(void *context)
{
    job *j = context;
    return j->next < ITEMS ? j->next++ : -1;
}

static lsa_status answer(void *context, ptrdiff_t item, lsa_text *out, lsa_error *err)
{
    const job *j = context;
    if (j->kind[item] == 1)
        raise(SIGKILL);
    if (j->kind[item] == 2)
        _exit(9);
    if (j->kind[item] == 3)
        return lsa_error_set(err, LSA_ERR_MEMORY, "item %td is too much", item);
    lsa_text_printf(out, "%td", item * item);
    return LSA_OK;
}

static lsa_status take(void *context, ptrdiff_t item, const char *bytes, size_t length, lsa_error *err)
{
    job *j = context;
    char want[32];
    (void)err;
    snprintf(want, sizeof want, "%td", item * item);
    assert_int_equal(length, strlen(want));
    assert_memory_equal(bytes, want, length);
    j->taken[item]++;
    if (++j->n_taken == j->stop_after)
        j->interrupt = 1;
    return LSA_OK;
}

static lsa_status lost(void *context, ptrdiff_t item, const char *why, lsa_error *err)
{
    job *j = context;
    (void)err;
    j->lost[item]++;
    snprintf(j->why[item], sizeof j->why[item], "%s", why);
    return LSA_OK;
}

static lsa_status tick(void *context, lsa_error *err)
{
    (void)context;
    (void)err;
    return LSA_OK;
}

static pool_work work_of(job *j, int workers)
{
    return (pool_work){.context = j,
                       .workers = workers,
                       .interrupt = &j->interrupt,
                       .next = next_item,
                       .answer = answer,
                       .take = take,
                       .lost = lost,
                       .tick = tick};
}

/* All that can be answered is, once; what kills is told, once, and only that. */
static void pool_of_mortals(void **state)
{
    (void)state;
    static job j;
    for (int workers = 1; workers <= 4; workers++) {
        lsa_error err = {0};
        memset(&j, 0, sizeof j);
        j.kind[0] = j.kind[13] = j.kind[14] = j.kind[999] = 1;
        j.kind[500] = 2;
        j.kind[501] = 3;
        const pool_work work = work_of(&j, workers);
        check_status(pool_run(&work, &err), LSA_OK, &err);
        for (int k = 0; k < ITEMS; k++) {
            assert_int_equal(j.taken[k], j.kind[k] == 0);
            assert_int_equal(j.lost[k], j.kind[k] != 0);
        }
        assert_string_equal(j.why[13], "the worker died by signal 9 (Killed)");
        assert_string_equal(j.why[500], "the worker ended with status 9");
        assert_string_equal(j.why[501], "item 501 is too much");
    }
}

static void pool_interrupted(void **state)
{
    (void)state;
    static job j;
    lsa_error err = {0};
    memset(&j, 0, sizeof j);
    j.stop_after = 10;
    const pool_work work = work_of(&j, 2);
    assert_int_equal(pool_run(&work, &err), LSA_ERR_INTERRUPTED);
    assert_true(j.n_taken >= 10 && j.n_taken < ITEMS);
}

/* ---------------------------------------------------------------- ledger */

static const char *const keys[] = {"a \"quoted\" key"}, *const measures[] = {"x", "y", "z"},
                         *const row_keys[] = {"1e-07"};
static const sweep_plan plan = {.model = "m",
                                .fingerprint = "f",
                                .program = "0",
                                .n_cells = 20,
                                .n_keys = 1,
                                .n_measures = 3,
                                .keys = keys,
                                .measures = measures};

static lsa_status check_row(void *context, const sweep_row *row, const char *const *found, lsa_error *err)
{
    int *count = context;
    (void)err;
    if (row->cell == 7)
        check_example(row);
    assert_string_equal(found[0], "1e-07");
    ++*count;
    return LSA_OK;
}

static void make_folder(char folder[64])
{
    snprintf(folder, 64, "/tmp/lsaflow-sweep-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

/* Rows come back to the bit; another plan, or rows where none may be, are refused; two shards are one. */
static void ledger_keeps(void **state)
{
    (void)state;
    char folder[64], path[96], other[96], table[96];
    lsa_error err = {0};
    sweep_ledger *ledger = NULL;
    int count = 0;
    make_folder(folder);
    snprintf(path, sizeof path, "%s/sweep.db", folder);
    check_status(sweep_ledger_create(path, &plan, false, &ledger, &err), LSA_OK, &err);
    check_status(sweep_ledger_add(ledger, &example, row_keys, &err), LSA_OK, &err);
    check_status(sweep_ledger_flush(ledger, &err), LSA_OK, &err);
    sweep_ledger_destroy(ledger);
    assert_int_equal(sweep_ledger_create(path, &plan, false, &ledger, &err), LSA_ERR_INPUT);
    sweep_plan changed = plan;
    changed.fingerprint = "g";
    assert_int_equal(sweep_ledger_create(path, &changed, true, &ledger, &err), LSA_ERR_INPUT);
    assert_non_null(strstr(err.text, "has changed"));
    check_status(sweep_ledger_create(path, &plan, true, &ledger, &err), LSA_OK, &err);
    assert_int_equal(sweep_ledger_count(ledger), 1);
    check_status(sweep_ledger_each(ledger, check_row, &count, &err), LSA_OK, &err);
    assert_int_equal(count, 1);

    make_folder(folder);
    snprintf(other, sizeof other, "%s/sweep.db", folder);
    snprintf(table, sizeof table, "%s/sweep.csv", folder);
    sweep_ledger *second = NULL;
    sweep_row row = example;
    check_status(sweep_ledger_create(other, &plan, false, &second, &err), LSA_OK, &err);
    for (row.cell = 8; row.cell < 12; row.cell++)
        check_status(sweep_ledger_add(second, &row, row_keys, &err), LSA_OK, &err);
    check_status(sweep_ledger_flush(second, &err), LSA_OK, &err);
    check_status(sweep_merge_add(ledger, other, false, &err), LSA_OK, &err);
    assert_int_equal(sweep_ledger_count(ledger), 5);
    check_status(sweep_table_write(ledger, &plan, table, &err), LSA_OK, &err);
    lsa_text text;
    lsa_text_init(&text);
    check_status(lsa_text_read_file(&text, table, 100000, &err), LSA_OK, &err);
    assert_non_null(strstr(text.data, "cell,\"a \"\"quoted\"\" key\",x,y,z,t_end,end,exit,message\n"
                                      "8,1e-07,0.1,holds,,1.5,saddle,5,\"a, \"\"b\"\"; c\"\n9,1e-07,"));
    lsa_text_clear(&text);
    sweep_ledger_destroy(second);
    sweep_ledger_destroy(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_as_bytes),   cmocka_unit_test(worse_exits),      cmocka_unit_test(order_of_cells),
        cmocka_unit_test(pool_of_mortals), cmocka_unit_test(pool_interrupted), cmocka_unit_test(ledger_keeps),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
