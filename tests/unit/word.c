/* Letters and words: packing, shapes, transposition, the least form of a trace. */
#include "symbolic/word.h"
#include "check.h"

#include <string.h>

/* d x d: S symmetric, A, B; r x d: K; d x 1: a. */
enum { S, A, B, K, a, SYMBOLS };

static lsa_algebra *make_algebra(void)
{
    static const lsa_symbol symbols[SYMBOLS] = {
        {.name = "S", .kind = LSA_SYMBOL_MATRIX, .rows = 1, .cols = 1, .symmetric = true, .covariance = -1},
        {.name = "A", .kind = LSA_SYMBOL_PARAMETER, .rows = 1, .cols = 1, .covariance = -1},
        {.name = "B", .kind = LSA_SYMBOL_PARAMETER, .rows = 1, .cols = 1, .covariance = -1},
        {.name = "K", .kind = LSA_SYMBOL_PARAMETER, .rows = 2, .cols = 1, .covariance = -1},
        {.name = "a", .kind = LSA_SYMBOL_PARAMETER, .rows = 1, .cols = 0, .covariance = -1},
    };
    static const char *dims[] = {"1", "d", "r"};
    const lsa_statement statement = {
        .n_dims = 3, .dims = dims, .n_symbols = SYMBOLS, .symbols = symbols, .samples = -1, .rho = -1};
    lsa_algebra *algebra = NULL;
    check_status(lsa_algebra_create(&statement, &algebra, NULL), LSA_OK, NULL);
    return algebra;
}

static void codes_keep_their_parts(void **state)
{
    lsa_algebra *algebra = make_algebra();
    const lsa_code code = lsa_code_make(algebra, K, 5, true);
    (void)state;
    assert_int_equal(lsa_code_symbol(code), K);
    assert_int_equal(lsa_code_index(code), 5);
    assert_true(lsa_code_transposed(code));
    assert_int_equal(lsa_code_rows(algebra, code), 1);
    assert_int_equal(lsa_code_cols(algebra, code), 2);
    assert_int_equal(lsa_code_index(lsa_code_with_index(code, -33)), -33);
    assert_int_equal(lsa_code_symbol(lsa_code_with_index(code, -33)), K);
    assert_false(lsa_code_transposed(lsa_code_transpose(algebra, code)));
    assert_false(lsa_code_transposed(lsa_code_make(algebra, S, -1, true)));
    lsa_algebra_destroy(algebra);
}

/* The word spelt by letters; lower-case t after a letter transposes it. */
static int spell(const lsa_algebra *algebra, const char *text, lsa_code *word)
{
    static const char names[] = "SABKa";
    int n = 0;
    for (; *text != '\0'; text++)
        if (*text == 't')
            word[n - 1] = lsa_code_transpose(algebra, word[n - 1]);
        else
            word[n++] = lsa_code_make(algebra, (int)(strchr(names, *text) - names), LSA_INDEX_NONE, false);
    return n;
}

static bool same_trace(const lsa_algebra *algebra, const char *left, const char *right)
{
    lsa_code l[16], r[16], work[48];
    const int n = spell(algebra, left, l), m = spell(algebra, right, r);
    lsa_ring_least(algebra, n, l, work);
    lsa_ring_least(algebra, m, r, work);
    return lsa_word_compare(n, l, m, r) == 0;
}

static void traces_forget_rotation_and_transposition(void **state)
{
    lsa_algebra *algebra = make_algebra();
    (void)state;
    assert_true(same_trace(algebra, "SABS", "ABSS"));
    assert_true(same_trace(algebra, "SAB", "BtAtS"));
    assert_true(same_trace(algebra, "SASBt", "BSAtS"));
    assert_true(same_trace(algebra, "KAKt", "AKtK"));
    assert_true(same_trace(algebra, "KAKt", "KAtKt"));
    assert_true(same_trace(algebra, "atSAa", "atAtSa"));
    assert_false(same_trace(algebra, "SAB", "SBA"));
    assert_false(same_trace(algebra, "SASBt", "SASB"));
    assert_false(same_trace(algebra, "AA", "AAt"));
    lsa_algebra_destroy(algebra);
}

/* All rotations of both orientations of a word of mixed letters have one least form, and it is the least. */
static void least_form_is_least(void **state)
{
    lsa_algebra *algebra = make_algebra();
    lsa_code word[16], turned[16], transposed[16], least[16], work[48];
    const int n = spell(algebra, "ABtSSABAtS", word);
    (void)state;
    memcpy(least, word, sizeof least);
    lsa_ring_least(algebra, n, least, work);
    lsa_word_transpose(algebra, n, word, transposed);
    for (int k = 0; k < 2 * n; k++) {
        for (int i = 0; i < n; i++)
            turned[i] = (k < n ? word : transposed)[(k + i) % n];
        assert_true(lsa_word_compare(n, least, n, turned) <= 0);
        lsa_ring_least(algebra, n, turned, work);
        assert_int_equal(lsa_word_compare(n, least, n, turned), 0);
    }
    lsa_algebra_destroy(algebra);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_keep_their_parts),
        cmocka_unit_test(traces_forget_rotation_and_transposition),
        cmocka_unit_test(least_form_is_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
