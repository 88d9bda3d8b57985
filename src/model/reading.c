/* reading.c - memory with a bound, and paths. */
#define _POSIX_C_SOURCE 200809L
#include "model/reading.h"
#include "base/try.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

lsa_status lsa_reading_numbers(lsa_reading *reading, const lsa_node *node, ptrdiff_t rows, ptrdiff_t cols, double **out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double count = (double)rows * (double)cols;
    if (reading->numbers + count > LSA_READING_NUMBERS)
        return lsa_node_error(node, err, "the matrices of the model would hold more than 1600000000 numbers");
    *out = lsa_arena_alloc(reading->arena, (size_t)rows * (size_t)cols, sizeof **out);
    LSA_TRY_MEMORY(*out, "the numbers of a model");
    reading->numbers += count;
done:
    return status;
}

lsa_status lsa_reading_path(lsa_reading *reading, const lsa_node *node, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    struct stat info;
    const char *path =
        node->text[0] == '/' ? node->text : lsa_arena_printf(reading->arena, "%s%s", reading->directory, node->text);
    LSA_TRY_MEMORY(path, "a path");
    if (stat(path, &info) != 0) {
        lsa_node_report(node, err, "%s: %s", path, strerror(errno));
        if (err != NULL)
            err->status = LSA_ERR_READ;
        return LSA_ERR_READ;
    }
    if (!S_ISREG(info.st_mode))
        return lsa_node_error(node, err, "%s is no regular file", path);
    lsa_read_file *file = lsa_arena_alloc(reading->arena, 1, sizeof *file);
    LSA_TRY_MEMORY(file, "a path");
    *file = (lsa_read_file){path, reading->files};
    reading->files = file;
    *out = path;
done:
    return status;
}

void lsa_reading_add_place(const lsa_node *node, lsa_error *err)
{
    char path[LSA_PATH_SIZE];
    if (node->source->option)
        lsa_error_add(err, "  named by %s", node->source->name);
    else
        lsa_error_add(err, "  named in %s:%d:%d: %s", node->source->name, node->line, node->column,
                      lsa_node_path(node, path));
}
