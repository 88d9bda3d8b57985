/* The arena: zeroed, aligned, disjoint, and honest about sizes that do not exist. */
#include "lsaflow/arena.h"
#include "check.h"

#include <stdalign.h>
#include <string.h>

enum { PIECES = 2000 };

/* A size for the i-th piece: mostly small, now and then larger than a block. */
static size_t piece_size(size_t i)
{
    return i % 97 == 0 ? 5000 + 40 * i : i * 7 % 300;
}

/* Each piece is filled with its own byte after it was found zero; a piece that overlapped an older one would not be,
 * or would spoil it. */
static void pieces_are_zeroed_aligned_and_disjoint(void **state)
{
    (void)state;
    unsigned char *piece[PIECES];
    lsa_arena *arena = lsa_arena_create();
    for (size_t i = 0; i < PIECES; ++i) {
        piece[i] = lsa_arena_alloc(arena, piece_size(i), 1);
        assert_non_null(piece[i]);
        assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < piece_size(i); ++k)
            assert_int_equal(piece[i][k], 0);
        if (piece_size(i) > 0)
            memset(piece[i], (int)(i % 255 + 1), piece_size(i));
    }
    for (size_t i = 0; i < PIECES; ++i)
        for (size_t k = 0; k < piece_size(i); ++k)
            assert_int_equal(piece[i][k], i % 255 + 1);
    lsa_arena_destroy(arena);
}

static void small_pieces_share_blocks(void **state)
{
    (void)state;
    lsa_arena *arena = lsa_arena_create();
    for (int i = 0; i < 1000; ++i)
        lsa_arena_alloc(arena, 1, 64);
    check_at_least((double)lsa_arena_size(arena), 64000.0);
    check_at_most((double)lsa_arena_size(arena), 3 * 64000.0); /* blocks double, so at most half stays unused */
    lsa_arena_destroy(arena);
}

static void large_piece_leaves_the_current_block_in_use(void **state)
{
    (void)state;
    lsa_arena *arena = lsa_arena_create();
    const char *before = lsa_arena_alloc(arena, 1, 32);
    lsa_arena_alloc(arena, 1, 100000);
    const char *after = lsa_arena_alloc(arena, 1, 32);
    assert_ptr_equal(after, before + 32);
    lsa_arena_destroy(arena);
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    lsa_arena *arena = lsa_arena_create();
    assert_null(lsa_arena_alloc(arena, SIZE_MAX / 2, 3));
    assert_null(lsa_arena_alloc(arena, SIZE_MAX, SIZE_MAX));
    assert_null(lsa_arena_text(arena, "", SIZE_MAX));
    assert_non_null(lsa_arena_alloc(arena, 1, 1));
    lsa_arena_destroy(arena);
}

static void nothing_is_a_valid_pointer(void **state)
{
    (void)state;
    lsa_arena *arena = lsa_arena_create();
    const void *first = lsa_arena_alloc(arena, 0, 8);
    const void *second = lsa_arena_alloc(arena, 8, 0);
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    lsa_arena_destroy(arena);
    lsa_arena_destroy(NULL);
}

static void texts(void **state)
{
    (void)state;
    lsa_arena *arena = lsa_arena_create();
    assert_string_equal(lsa_arena_text(arena, "Lambda and more", 6), "Lambda");
    assert_string_equal(lsa_arena_text(arena, NULL, 0), "");
    assert_string_equal(lsa_arena_printf(arena, "U[%d,%d]", 3, 4), "U[3,4]");
    assert_int_equal(strlen(lsa_arena_printf(arena, "%10000s", "")), 10000);
    lsa_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_disjoint),
        cmocka_unit_test(small_pieces_share_blocks),
        cmocka_unit_test(large_piece_leaves_the_current_block_in_use),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(nothing_is_a_valid_pointer),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
