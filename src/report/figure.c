/* figure.c - from a table and a template to PNG and SVG.
 *
 * A script is the figure's own numbers, then plots/begin.gp, the template and plots/end.gp, so that one file with its
 * CSV is all that gnuplot needs to draw it again. */
#define _POSIX_C_SOURCE 200809L
#include "report/figure.h"

#include "base/embedded.h"
#include "base/try.h"
#include "report/gnuplot.h"
#include "report/html.h"
#include "report/page.h"
#include "report/run_directory.h"
#include "report/utf8_text.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const lsa_embedded lsa_report_plots[];

static const char *const extensions[] = {".png", ".svg"};
enum { DRAWING_BYTES = 64 << 20, EXTENSIONS = 2, PREFIX_MAX = 48 };

static const lsa_embedded *template_of(const char *name)
{
    const lsa_embedded *file = lsa_embedded_find(lsa_report_plots, name);
    assert(file != NULL);
    return file;
}

/* A template, with axes.gp where it says so. */
static void add_template(lsa_text *script, const char *name)
{
    static const char include[] = "#include axes.gp\n";
    const lsa_embedded *file = template_of(name), *axes = template_of("axes.gp");
    const char *place = strstr(file->text, include);
    const size_t before = place != NULL ? (size_t)(place - file->text) : file->length;
    lsa_text_add(script, "\n");
    lsa_text_add_bytes(script, file->text, before);
    if (place == NULL)
        return;
    lsa_text_add_bytes(script, axes->text, axes->length);
    lsa_text_add(script, place + strlen(include));
}

/* The user's title, as wide as the picture allows. */
static void add_title(lsa_text *script, const char *title)
{
    enum { COLUMNS = 92 }; /* of an 800 pixel picture at 12.5 pixel type, measured on capitals and digits mixed */
    lsa_text cut;
    lsa_text_init(&cut);
    lsa_utf8_add_cut(&cut, title, COLUMNS);
    script->failed = script->failed || cut.failed;
    lsa_gnuplot_add_string(script, cut.failed ? "" : cut.data);
    lsa_text_clear(&cut);
}

static void write_script(const lsa_figure *figure, lsa_text *script)
{
    lsa_text_printf(script, "# `gnuplot %s.gp` draws %s.png and %s.svg again from %s.csv.\n", figure->stem,
                    figure->stem, figure->stem, figure->stem);
    lsa_text_printf(script,
                    "if (!exists(\"output\")) output = \"%s\"\ndata = \"%s.csv\"\nfigure_title = ", figure->stem,
                    figure->stem);
    add_title(script, figure->title != NULL ? figure->title : "");
    lsa_text_add(script, "\n");
    for (ptrdiff_t k = 0; k < figure->n_numbers; ++k) {
        lsa_text_printf(script, "%s = ", figure->numbers[k].name);
        lsa_gnuplot_add_number(script, figure->numbers[k].value);
        lsa_text_add(script, "\n");
    }
    add_template(script, "begin.gp");
    if (figure->definitions != NULL)
        lsa_text_add(script, figure->definitions->data);
    add_template(script, figure->template_name);
    if (!figure->several_plots)
        add_template(script, "end.gp");
}

/* Whether a drawn file reaches its end: on a full disk gnuplot ends with success and half a figure. */
static bool is_whole(const char *path, const char *extension)
{
    enum { TAIL = 64 };
    char tail[TAIL + 1] = "";
    const bool svg = strcmp(extension, ".svg") == 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t length = fseek(file, -TAIL, SEEK_END) == 0 ? fread(tail, 1, TAIL, file) : 0;
    fclose(file);
    while (svg && length > 0 && strchr(" \n\r", tail[length - 1]) != NULL)
        length--;
    const char *mark = svg ? "</svg>" : "IEND\xAE\x42\x60\x82";
    const size_t size = strlen(mark);
    return length >= size && memcmp(tail + length - size, mark, size) == 0;
}

/* Gives one drawn file its final name, or removes what there is of it: a figure of an earlier run does not show this
 * run's data. *drawn becomes false where there is no file to name. */
static lsa_status settle_file(const lsa_run_directory *directory, const char *prefix, const char *stem,
                              const char *extension, bool *drawn, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text from, to;
    lsa_text_init(&from);
    lsa_text_init(&to);
    LSA_TRY(lsa_run_directory_name(directory, prefix, stem, extension, &from, err));
    LSA_TRY(lsa_run_directory_name(directory, "", stem, extension, &to, err));
    *drawn = *drawn && is_whole(from.data, extension) && rename(from.data, to.data) == 0;
    if (!*drawn) {
        unlink(from.data);
        unlink(to.data);
    }
done:
    lsa_text_clear(&from);
    lsa_text_clear(&to);
    return status;
}

/* Settles all files of a figure. */
static lsa_status settle(const lsa_run_directory *directory, const char *prefix, const char *stem, bool *drawn,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; k < EXTENSIONS; ++k)
        LSA_TRY(settle_file(directory, prefix, stem, extensions[k], drawn, err));
done:
    return status;
}

static void warn(lsa_run_directory *directory, const char *stem, lsa_child_end end, const lsa_text *words)
{
    char what[128];
    if (end == LSA_CHILD_MISSING || end == LSA_CHILD_STOPPED) {
        if (!directory->excused)
            lsa_run_directory_warn(directory,
                                   end == LSA_CHILD_MISSING
                                       ? "gnuplot was not found: data and scripts are written, figures are not"
                                       : "interrupted: data and scripts are written, figures are not",
                                   "");
        directory->excused = true;
        return;
    }
    if (end == LSA_CHILD_SLOW)
        snprintf(what, sizeof what, "figure %s: gnuplot took more than %g s", stem, directory->plot_seconds);
    else
        snprintf(what, sizeof what, "figure %s was not drawn", stem);
    lsa_run_directory_warn(directory, what, words->data != NULL ? words->data : "");
}

/* Runs gnuplot on <stem>.gp, if figures are wanted; *drawn tells whether both files are there. */
static lsa_status run_gnuplot(lsa_run_directory *directory, const char *stem, bool *drawn, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char prefix[PREFIX_MAX];
    lsa_child_end end = LSA_CHILD_DONE;
    lsa_text words, command, script;
    lsa_text_init(&words);
    lsa_text_init(&command);
    lsa_text_init(&script);
    snprintf(prefix, sizeof prefix, ".part-%ld-", (long)getpid());
    lsa_text_printf(&command, "output = '%s%s'", prefix, stem);
    lsa_text_printf(&script, "%s.gp", stem);
    LSA_TRY_MEMORY(words.failed || command.failed || script.failed ? NULL : directory, "a figure");
    if (directory->interrupt != NULL && *directory->interrupt != 0)
        end = LSA_CHILD_STOPPED;
    else if (directory->plots)
        end = lsa_gnuplot_run(directory->path, command.data, script.data, directory->plot_seconds, directory->interrupt,
                              &words);
    *drawn = directory->plots && end == LSA_CHILD_DONE;
    LSA_TRY(settle(directory, prefix, stem, drawn, err));
    if (directory->plots && !*drawn)
        warn(directory, stem, end, &words);
done:
    lsa_text_clear(&script);
    lsa_text_clear(&command);
    lsa_text_clear(&words);
    return status;
}

/* The picture itself: the page is to be read without the files beside it. */
static lsa_status add_drawing(lsa_run_directory *directory, const lsa_figure *figure, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path, svg;
    lsa_text_init(&path);
    lsa_text_init(&svg);
    LSA_TRY(lsa_run_directory_name(directory, "", figure->stem, ".svg", &path, err));
    LSA_TRY(lsa_text_read_file(&svg, path.data, DRAWING_BYTES, err));
    lsa_text_add(&directory->figures, "<div class=\"drawing\" role=\"img\" aria-label=\"");
    lsa_html_escape(&directory->figures, figure->caption);
    lsa_text_add(&directory->figures, "\">");
    lsa_page_drawing(&directory->figures, svg.data, figure->stem);
    lsa_text_add(&directory->figures, "</div>\n");
done:
    lsa_text_clear(&path);
    lsa_text_clear(&svg);
    return status;
}

/* On the page: the picture where there is one, and links to what it was drawn from. */
static lsa_status add_to_page(lsa_run_directory *directory, const lsa_figure *figure, bool drawn, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text *body = &directory->figures;
    const char *stem = figure->stem;
    lsa_text_printf(body, "<figure id=\"%s\">\n", stem);
    if (drawn)
        LSA_TRY(add_drawing(directory, figure, err));
    lsa_text_add(body, "<figcaption>");
    lsa_html_escape(body, figure->caption);
    if (drawn)
        lsa_text_printf(body, " <a href=\"%s.png\">PNG</a> <a href=\"%s.svg\">SVG</a>", stem, stem);
    lsa_text_printf(body, " <a href=\"%s.csv\">CSV</a> <a href=\"%s.gp\">gnuplot</a></figcaption>\n</figure>\n", stem,
                    stem);
done:
    return status;
}

lsa_status lsa_figure_draw(lsa_run_directory *directory, const lsa_figure *figure, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool drawn = false;
    lsa_text script;
    lsa_text_init(&script);
    write_script(figure, &script);
    LSA_TRY(lsa_run_directory_table(directory, figure->stem, NULL, figure->table, err));
    LSA_TRY(lsa_run_directory_write(directory, figure->stem, ".gp", &script, err));
    LSA_TRY(run_gnuplot(directory, figure->stem, &drawn, err));
    LSA_TRY(add_to_page(directory, figure, drawn, err));
done:
    lsa_text_clear(&script);
    return status;
}

lsa_axis lsa_axis_start(void)
{
    return (lsa_axis){INFINITY, -INFINITY, 0};
}

void lsa_axis_include(lsa_axis *axis, double x, bool logarithmic)
{
    if (!isfinite(x) || (logarithmic && x <= 0.0))
        return;
    axis->low = fmin(axis->low, x);
    axis->high = fmax(axis->high, x);
    ++axis->count;
}

void lsa_axis_finish(lsa_axis *axis, double room, bool logarithmic)
{
    if (axis->count == 0) {
        axis->low = logarithmic ? 0.1 : 0.0;
        axis->high = 1.0;
    }
    if (logarithmic) {
        const double widen = axis->high > axis->low ? room : fmax(room, 10.0);
        axis->low = fmax(axis->low / widen, DBL_MIN);
        axis->high = fmin(axis->high * widen, DBL_MAX / 2);
        return;
    }
    const double length = axis->high - axis->low;
    const double widen = length > 0.0 ? room * length : fmax(0.5 * fabs(axis->high), 0.5);
    axis->low -= widen;
    axis->high += widen;
}
