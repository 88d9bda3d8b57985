/* run_directory.c - the directory that a run leaves behind, and its page.
 *
 * Every file is written whole or not at all (base/text.h); index.html is the last, so it never names a file that is not
 * there. */
#define _POSIX_C_SOURCE 200809L
#include "report/run_directory.h"

#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/table_records.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

lsa_run_options lsa_run_options_defaults(void)
{
    return (lsa_run_options){.path = "out", .plots = true, .messages = stderr, .plot_seconds = 60.0};
}

/* Makes the directory that path[0..length) names, if it is not there. */
static lsa_status make_directory(char *path, size_t length, lsa_error *err)
{
    lsa_status status = LSA_OK;
    struct stat there;
    const char after = path[length];
    path[length] = '\0';
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        status = lsa_error_set(err, LSA_ERR_WRITE, "%s: %s", path, strerror(errno));
    else if (stat(path, &there) != 0 || !S_ISDIR(there.st_mode))
        status = lsa_error_set(err, LSA_ERR_WRITE, "%s: not a directory", path);
    path[length] = after;
    return status;
}

static lsa_status make_directories(char *path, lsa_error *err)
{
    for (size_t k = 1; path[k - 1] != '\0'; ++k) {
        if ((path[k] != '/' && path[k] != '\0') || path[k - 1] == '/')
            continue;
        const lsa_status status = make_directory(path, k, err);
        if (status != LSA_OK)
            return status;
    }
    return LSA_OK;
}

static lsa_status copy_text(const char *text, char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (text != NULL) {
        *out = strdup(text);
        LSA_TRY_MEMORY(*out, "the run directory");
    }
done:
    return status;
}

lsa_status lsa_run_directory_create(const lsa_run_options *options, lsa_run_directory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = calloc(1, sizeof *directory);
    LSA_TRY_MEMORY(directory, "the run directory");
    lsa_text_init(&directory->setting);
    lsa_text_init(&directory->verdict);
    lsa_text_init(&directory->figures);
    lsa_text_init(&directory->body);
    lsa_text_init(&directory->files);
    directory->plots = options->plots;
    directory->messages = options->messages;
    directory->interrupt = options->interrupt;
    directory->plot_seconds = options->plot_seconds;
    LSA_TRY(copy_text(options->path, &directory->path, err));
    LSA_TRY(copy_text(options->title, &directory->title, err));
    LSA_TRY(copy_text(options->subtitle, &directory->subtitle, err));
    if (*directory->path == '\0')
        LSA_TRY(lsa_error_set(err, LSA_ERR_WRITE, "the output directory has an empty name"));
    LSA_TRY(make_directories(directory->path, err));
    lsa_run_directory_sweep(directory->path);
    *out = directory;
    directory = NULL;
done:
    lsa_run_directory_destroy(directory);
    return status;
}

void lsa_run_directory_destroy(lsa_run_directory *directory)
{
    if (directory == NULL)
        return;
    lsa_text_clear(&directory->setting);
    lsa_text_clear(&directory->verdict);
    lsa_text_clear(&directory->figures);
    lsa_text_clear(&directory->body);
    lsa_text_clear(&directory->files);
    free(directory->path);
    free(directory->title);
    free(directory->subtitle);
    free(directory);
}

lsa_status lsa_run_directory_name(const lsa_run_directory *directory, const char *prefix, const char *stem,
                                  const char *suffix, lsa_text *out, lsa_error *err)
{
    /* a stem is ours, not the user's: lower-case letters, digits and '-' */
    assert(*stem >= 'a' && *stem <= 'z' && stem[strspn(stem, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
    out->length = 0;
    lsa_text_printf(out, "%s/%s%s%s", directory->path, prefix, stem, suffix);
    return out->failed ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a file name") : LSA_OK;
}

lsa_status lsa_run_directory_write(const lsa_run_directory *directory, const char *stem, const char *suffix,
                                   const lsa_text *text, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    lsa_text_init(&path);
    LSA_TRY_MEMORY(text->failed ? NULL : text, stem);
    LSA_TRY(lsa_run_directory_name(directory, "", stem, suffix, &path, err));
    LSA_TRY(lsa_text_write_file(path.data, text->data, text->length, err));
done:
    lsa_text_clear(&path);
    return status;
}

void lsa_run_directory_warn(const lsa_run_directory *directory, const char *what, const char *why)
{
    lsa_text line;
    if (directory->messages == NULL)
        return;
    lsa_text_init(&line);
    lsa_report_printable(&line, why);
    fprintf(directory->messages, "warning: %s%s%s\n", what, line.length > 0 ? ": " : "",
            line.data != NULL ? line.data : "");
    lsa_text_clear(&line);
}

static void add_link(lsa_run_directory *directory, const char *stem, const char *suffix)
{
    lsa_text_printf(&directory->files, "<li><a href=\"%s%s\">%s%s</a></li>\n", stem, suffix, stem, suffix);
}

lsa_status lsa_run_directory_json(lsa_run_directory *directory, const lsa_json *json, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_json_render(json, &text, err));
    LSA_TRY(lsa_run_directory_write(directory, "summary", ".json", &text, err));
    add_link(directory, "summary", ".json");
done:
    lsa_text_clear(&text);
    return status;
}

static lsa_status write_csv(lsa_run_directory *directory, const char *stem, const lsa_table *table, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_table_csv(table, &text, err));
    LSA_TRY(lsa_run_directory_write(directory, stem, ".csv", &text, err));
    add_link(directory, stem, ".csv");
done:
    lsa_text_clear(&text);
    return status;
}

static void add_heading(lsa_text *body, const char *heading)
{
    lsa_text_add(body, "<h2>");
    lsa_html_escape(body, heading);
    lsa_text_add(body, "</h2>\n");
}

lsa_status lsa_run_directory_table(lsa_run_directory *directory, const char *stem, const char *heading,
                                   const lsa_table *table, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(write_csv(directory, stem, table, err));
    if (heading != NULL) {
        add_heading(&directory->body, heading);
        LSA_TRY(lsa_table_html(table, &directory->body, err));
    }
done:
    return status;
}

lsa_status lsa_run_directory_claims(lsa_run_directory *directory, ptrdiff_t n, const lsa_report_claim *claims,
                                    const char *verdict, ptrdiff_t left, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_table *data = lsa_report_claims_data(n, claims);
    LSA_TRY(write_csv(directory, "verdicts", data, err));
    lsa_page_verdict(&directory->verdict, n, claims, verdict, left);
    lsa_page_claims(&directory->body, n, claims);
done:
    lsa_table_destroy(data);
    return status;
}

void lsa_run_directory_setting(lsa_run_directory *directory, const char *name, const char *value)
{
    lsa_text_printf(&directory->setting, "<dt>%s</dt><dd>", name);
    lsa_html_escape(&directory->setting, value);
    lsa_text_add(&directory->setting, "</dd>\n");
}

static void add_part(lsa_text *page, const char *before, const lsa_text *part, const char *after)
{
    page->failed = page->failed || part->failed;
    if (part->length == 0)
        return;
    lsa_text_add(page, before);
    lsa_text_add_bytes(page, part->data, part->length);
    lsa_text_add(page, after);
}

lsa_status lsa_run_directory_finish(lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text page, body;
    lsa_text_init(&page);
    lsa_text_init(&body);
    add_part(&body, "", &directory->verdict, "");
    add_part(&body, "<dl class=\"setting\">\n", &directory->setting, "</dl>\n");
    add_part(&body, "<h2>Figures</h2>\n", &directory->figures, "");
    add_part(&body, "", &directory->body, "");
    add_part(&body, "<h2>Files</h2>\n<ul class=\"files\">\n", &directory->files, "</ul>\n");
    LSA_TRY_MEMORY(body.failed ? NULL : directory, "the page");
    lsa_html_page(&page, directory->title, directory->subtitle, body.data != NULL ? body.data : "");
    LSA_TRY(lsa_run_directory_write(directory, "index", ".html", &page, err));
done:
    lsa_text_clear(&body);
    lsa_text_clear(&page);
    return status;
}
