/* Every allocation of base fails in turn: the status says so and nothing is left behind. */
#define _POSIX_C_SOURCE 200809L
#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "check.h"
#include "fault.h"
#include "lsaflow/arena.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lsa_status fill_arena(void *context)
{
    (void)context;
    lsa_error *err = NULL;
    lsa_status status = LSA_OK;
    lsa_arena *arena = lsa_arena_create();
    LSA_TRY_MEMORY(arena, "an arena");
    for (size_t i = 0; i < 20; ++i) {
        LSA_TRY_MEMORY(lsa_arena_alloc(arena, i * 300, 1), "a piece");
        LSA_TRY_MEMORY(lsa_arena_alloc(arena, i * 3000, 1), "a piece with a block of its own");
        LSA_TRY_MEMORY(lsa_arena_text(arena, "text", 4), "a text");
        LSA_TRY_MEMORY(lsa_arena_printf(arena, "%1000d", 1), "a text");
    }
done:
    lsa_arena_destroy(arena);
    return status;
}

static void arena(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(fill_arena, NULL), 5.0);
}

static lsa_status fill_text(void *context)
{
    (void)context;
    lsa_text text;
    lsa_text_init(&text);
    for (int i = 0; i < 100; ++i) {
        lsa_text_add(&text, "some words ");
        lsa_text_printf(&text, "%d", i);
    }
    const bool failed = text.failed;
    lsa_text_clear(&text);
    return failed ? LSA_ERR_MEMORY : LSA_OK;
}

static void text(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(fill_text, NULL), 5.0);
}

static lsa_status write_and_read(void *context)
{
    const char *path = context;
    lsa_status status = LSA_OK;
    lsa_text content;
    lsa_text_init(&content);
    LSA_TRY(lsa_text_write_file(path, "content", 7, NULL));
    LSA_TRY(lsa_text_read_file(&content, path, 100, NULL));
    status = content.failed ? LSA_ERR_MEMORY : LSA_OK;
done:
    lsa_text_clear(&content);
    return status;
}

static void file(void **state)
{
    (void)state;
    char path[] = "/tmp/lsaflow-fault-XXXXXX";
    close(mkstemp(path));
    check_at_least((double)lsa_fault_each(write_and_read, path), 3.0);
    unlink(path);
}

/* Every factorisation once; LAPACK's own workspace lies in its shared library and is not counted. */
static lsa_status factorise(void *context)
{
    (void)context;
    lsa_status status = LSA_OK;
    lsa_error *err = NULL;
    const ptrdiff_t d = 4;
    double *A = lsa_vec_create(d * d);
    double *B = lsa_vec_create(d * d);
    double *out = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(A, "A");
    LSA_TRY_MEMORY(B, "B");
    LSA_TRY_MEMORY(out, "the result");
    LSA_TRY(lsa_mat_haar(d, 1, B, err));
    lsa_mat_identity(d, A);
    LSA_TRY(lsa_mat_eigen(d, A, out, B, err));
    LSA_TRY(lsa_mat_singular_values(d, d, A, out, err));
    LSA_TRY(lsa_mat_cholesky(d, A, out, err));
    LSA_TRY(lsa_mat_solve(d, d, A, B, out, err));
    LSA_TRY(lsa_mat_solve_spd(d, d, A, B, out, err));
    LSA_TRY(lsa_mat_least_squares(d, d, A, B, -1.0, out, err));
done:
    free(out);
    free(B);
    free(A);
    return status;
}

static void matrix(void **state)
{
    (void)state;
    check_at_least((double)lsa_fault_each(factorise, NULL), 10.0);
}

/* The instrument itself: an attempt that forgets a block, and one that does not notice a failure, are caught. */
static void instrument(void **state)
{
    (void)state;
    lsa_fault_arm(2);
    void *kept = malloc(1);
    assert_non_null(kept);
    void *failed = malloc(1);
    assert_null(failed);
    assert_int_equal(lsa_fault_live(), 1);
    kept = realloc(kept, 100);
    assert_int_equal(lsa_fault_live(), 1);
    free(kept);
    free(failed);
    assert_int_equal(lsa_fault_live(), 0);
    assert_true(lsa_fault_disarm());
    lsa_fault_arm(0);
    free(calloc(1, 1));
    assert_false(lsa_fault_disarm());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instrument), cmocka_unit_test(arena),  cmocka_unit_test(text),
        cmocka_unit_test(file),       cmocka_unit_test(matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
