/* Embedded files: every byte arrives, whatever CMake, the shell and C would make of it. */
#include "base/embedded.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

extern const lsa_embedded one_embedded_file[];
extern const lsa_embedded three_embedded_files[];

static void assert_same_bytes(const lsa_embedded *entry, const char *path)
{
    char bytes[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_non_null(entry);
    assert_int_equal(entry->length, length);
    assert_memory_equal(entry->text, bytes, length);
    assert_int_equal(entry->text[length], '\0');
}

static void one_file(void **state)
{
    (void)state;
    assert_same_bytes(lsa_embedded_find(one_embedded_file, "signs.txt"), LSA_TEST_DATA "/embedded/signs.txt");
    assert_null(one_embedded_file[1].name);
}

static void three_files(void **state)
{
    (void)state;
    assert_same_bytes(lsa_embedded_find(three_embedded_files, "signs.txt"), LSA_TEST_DATA "/embedded/signs.txt");
    assert_same_bytes(lsa_embedded_find(three_embedded_files, "empty.txt"), LSA_TEST_DATA "/embedded/empty.txt");
    assert_same_bytes(lsa_embedded_find(three_embedded_files, "with space-and.dash.txt"),
                      LSA_TEST_DATA "/embedded/with space-and.dash.txt");
    assert_null(three_embedded_files[3].name);
}

static void unknown_name(void **state)
{
    (void)state;
    assert_null(lsa_embedded_find(three_embedded_files, "signs"));
    assert_null(lsa_embedded_find(three_embedded_files, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_file),
        cmocka_unit_test(three_files),
        cmocka_unit_test(unknown_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
