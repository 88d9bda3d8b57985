/* Files: read with a bound, written whole or not at all. */
#define _POSIX_C_SOURCE 200809L
#include "base/text.h"
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    char folder[64];
    char path[128];
    lsa_error err;
} fixture;

static int make_folder(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/lsaflow-test-XXXXXX");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    snprintf(f->path, sizeof f->path, "%s/result.txt", f->folder);
    *state = f;
    return 0;
}

static int remove_folder(void **state)
{
    fixture *f = *state;
    unlink(f->path);
    rmdir(f->path);
    const int left = rmdir(f->folder); /* fails when a temporary file was left behind */
    free(f);
    return left;
}

static void written_is_read(void **state)
{
    fixture *f = *state;
    lsa_text text;
    lsa_text_init(&text);
    check_status(lsa_text_write_file(f->path, "old, and longer", 15, &f->err), LSA_OK, &f->err);
    check_status(lsa_text_write_file(f->path, "a\0b", 3, &f->err), LSA_OK, &f->err);
    check_status(lsa_text_read_file(&text, f->path, 3, &f->err), LSA_OK, &f->err);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.data, "a\0b", 4);
    lsa_text_clear(&text);
}

static void new_file_has_the_usual_mode(void **state)
{
    fixture *f = *state;
    struct stat info;
    const mode_t mask = umask(022);
    check_status(lsa_text_write_file(f->path, "", 0, &f->err), LSA_OK, &f->err);
    umask(mask);
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0644);
}

static void large_file(void **state)
{
    fixture *f = *state;
    const size_t length = 1000003;
    char *data = malloc(length);
    lsa_text text;
    lsa_text_init(&text);
    for (size_t i = 0; i < length; ++i)
        data[i] = (char)(i * 31 % 251);
    check_status(lsa_text_write_file(f->path, data, length, &f->err), LSA_OK, &f->err);
    check_status(lsa_text_read_file(&text, f->path, length, &f->err), LSA_OK, &f->err);
    assert_int_equal(text.length, length);
    assert_memory_equal(text.data, data, length);
    lsa_text_clear(&text);
    free(data);
}

static void limit_is_kept(void **state)
{
    fixture *f = *state;
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_add(&text, "kept");
    check_status(lsa_text_write_file(f->path, "four", 4, &f->err), LSA_OK, &f->err);
    check_status(lsa_text_read_file(&text, f->path, 3, &f->err), LSA_ERR_READ, &f->err);
    check_contains(f->err.text, "result.txt: larger than 3 bytes");
    assert_string_equal(text.data, "kept");
    lsa_text_clear(&text);
}

static void what_cannot_be_read(void **state)
{
    fixture *f = *state;
    lsa_text text;
    lsa_text_init(&text);
    check_status(lsa_text_read_file(&text, f->path, 100, &f->err), LSA_ERR_READ, &f->err);
    check_contains(f->err.text, "No such file");
    check_status(lsa_text_read_file(&text, f->folder, 100, &f->err), LSA_ERR_READ, &f->err);
    check_contains(f->err.text, "directory");
    lsa_text_clear(&text);
}

static void what_cannot_be_written(void **state)
{
    fixture *f = *state;
    char path[200];
    snprintf(path, sizeof path, "%s/missing/result.txt", f->folder);
    check_status(lsa_text_write_file(path, "x", 1, &f->err), LSA_ERR_WRITE, &f->err);
    check_contains(f->err.text, "missing/result.txt: No such file");
    assert_int_equal(mkdir(f->path, 0777), 0);
    check_status(lsa_text_write_file(f->path, "x", 1, &f->err), LSA_ERR_WRITE, &f->err);
    check_contains(f->err.text, "not a regular file");
}

/* A device that fills up, played by a limit on file sizes: nothing half-written is left, and the old file stays. */
static void failure_keeps_the_old_file(void **state)
{
    fixture *f = *state;
    static char data[8192];
    struct rlimit usual;
    lsa_text text;
    lsa_text_init(&text);
    check_status(lsa_text_write_file(f->path, "old", 3, &f->err), LSA_OK, &f->err);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 4096, .rlim_max = usual.rlim_max});
    const lsa_status status = lsa_text_write_file(f->path, data, sizeof data, &f->err);
    setrlimit(RLIMIT_FSIZE, &usual);
    check_status(status, LSA_ERR_WRITE, &f->err);
    check_contains(f->err.text, "File too large");
    check_status(lsa_text_read_file(&text, f->path, 3, &f->err), LSA_OK, &f->err);
    assert_string_equal(text.data, "old");
    lsa_text_clear(&text);
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(written_is_read),
        with_folder(new_file_has_the_usual_mode),
        with_folder(large_file),
        with_folder(limit_is_kept),
        with_folder(what_cannot_be_read),
        with_folder(what_cannot_be_written),
        with_folder(failure_keeps_the_old_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
