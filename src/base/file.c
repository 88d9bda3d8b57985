/* file.c - whole files, read with a bound and written all or not at all.
 *
 * A file is written under another name in its own directory and then renamed, which POSIX makes atomic: a reader sees
 * the old file or the new one, and an interrupted program leaves no half of a result. */
#define _POSIX_C_SOURCE 200809L
#include "base/text.h"
#include "base/try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 16)

static lsa_status read_stream(lsa_text *text, FILE *file, const char *path, size_t limit, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t start = text->length;
    char *chunk = malloc(CHUNK);
    LSA_TRY_MEMORY(chunk, path);
    for (size_t got = 1; got > 0;) {
        errno = 0;
        got = fread(chunk, 1, CHUNK, file);
        lsa_text_add_bytes(text, chunk, got);
        LSA_TRY_MEMORY(text->failed ? NULL : text, path);
        if (text->length - start > limit)
            LSA_TRY(lsa_error_set(err, LSA_ERR_READ, "%s: larger than %zu bytes", path, limit));
    }
    if (ferror(file))
        LSA_TRY(lsa_error_set(err, LSA_ERR_READ, "%s: %s", path, strerror(errno)));
done:
    free(chunk);
    return status;
}

lsa_status lsa_text_read_file(lsa_text *text, const char *path, size_t limit, lsa_error *err)
{
    const size_t start = text->length;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return lsa_error_set(err, LSA_ERR_READ, "%s: %s", path, strerror(errno));
    const lsa_status status = read_stream(text, file, path, limit, err);
    fclose(file);
    if (status != LSA_OK && text->data != NULL) {
        text->length = start;
        text->data[start] = '\0';
    }
    return status;
}

/* Opens a new file beside `path`, its name written into `name`. Not mkstemp: the file is to get the usual mode of a
 * result (the umask's), not 0600. O_EXCL keeps two writers apart. */
static int open_beside(const char *path, char *name, size_t size)
{
    enum { ATTEMPTS = 100 };
    int fd = -1;
    for (int attempt = 0; fd < 0 && attempt < ATTEMPTS; ++attempt) {
        snprintf(name, size, "%s.%ld-%d.tmp", path, (long)getpid(), attempt);
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(fd, data, length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            data += written;
            length -= (size_t)written;
        }
    }
    return true;
}

/* Writes all bytes and closes fd; on failure errno holds the first reason. */
static bool fill(int fd, const char *data, size_t length)
{
    const bool written = write_all(fd, data, length);
    const int reason = errno;
    const bool closed = close(fd) == 0; /* a full disk may show only here */
    if (!written)
        errno = reason;
    return written && closed;
}

lsa_status lsa_text_write_file(const char *path, const char *data, size_t length, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool beside = false; /* whether the file exists under its temporary name */
    struct stat there;
    const size_t size = strlen(path) + 48; /* the path, a process id, an attempt */
    char *name = malloc(size);
    LSA_TRY_MEMORY(name, path);
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        LSA_TRY(lsa_error_set(err, LSA_ERR_WRITE, "%s: not a regular file", path));
    const int fd = open_beside(path, name, size);
    beside = fd >= 0;
    if (!beside || !fill(fd, data, length) || rename(name, path) != 0)
        LSA_TRY(lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", path, strerror(errno)));
    beside = false;
done:
    if (beside)
        unlink(name);
    free(name);
    return status;
}
