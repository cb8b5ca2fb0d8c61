/* Draws the README's pictures: a scene through the program's own app and view, its cells as SVG. */
#include "tests/helpers/eventful.h"
#include "tui/app.h"
#include "tui/theme.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_WIDTH = 8, CELL_HEIGHT = 17, MARGIN = 12 };

/* What the terminal's own colours are in the picture. */
struct paper {
    const char *ground, *ink, *bar, *bar_ink; /* the bar is the row under the cursor */
    bool is_light;
};
static const struct paper dark = {"#101418", "#d0d0d0", "#d0d0d0", "#101418", false};
static const struct paper light = {"#ffffff", "#1c1c1c", "#1c1c1c", "#ffffff", true};

/* The colours of term.c's roles on a dark background. */
static const char *const colors[ROLE_COUNT] = {
    [ROLE_TEXT] = "#d0d0d0",    [ROLE_DIM] = "#808080",      [ROLE_HEADER] = "#ffffff",
    [ROLE_RULE] = "#56b6c2",    [ROLE_COLUMN] = "#ffffff",   [ROLE_RUNNING] = "#98c379",
    [ROLE_IDLE] = "#56b6c2",    [ROLE_OVERDUE] = "#e06c75",  [ROLE_FALLBACK] = "#c678dd",
    [ROLE_EXPIRED] = "#808080", [ROLE_RELEASED] = "#808080", [ROLE_GOOD] = "#98c379",
    [ROLE_WARNING] = "#c678dd", [ROLE_ERROR] = "#e06c75",    [ROLE_KEY] = "#56b6c2",
    [ROLE_ASK] = "#ffffff",
};

/* The colour of a role; `text` has room for it. */
static const char *color_of(const struct paper *paper, enum role role, char text[8])
{
    if (!paper->is_light)
        return colors[role];
    int rgb = theme_look(THEME_LIGHT, role, DEPTH_TRUE, true).foreground.rgb;
    if (rgb < 0)
        return paper->ink;
    (void)snprintf(text, 8, "#%06x", (unsigned)rgb & 0xffffffU);
    return text;
}

static void print_glyph(const struct glyph *glyph)
{
    for (size_t i = 0; i < glyph->len; i++) {
        char c = glyph->text[i];
        if (c == ' ') /* plain ones are eaten at the ends of a run */
            (void)printf("&#160;");
        else if (c == '&' || c == '<' || c == '>')
            (void)printf("&#%d;", c);
        else
            (void)putchar(c);
    }
}

/* A run of cells of one look. */
static int print_run(const struct cells *cells, const struct paper *paper, int row, int column)
{
    char color[8];
    const struct cell *first = cells_at(cells, row, column);
    int end = column;
    while (end < cells->width && cells_at(cells, row, end)->role == first->role &&
           cells_at(cells, row, end)->flags == first->flags)
        end++;
    int x = MARGIN + column * CELL_WIDTH, y = MARGIN + row * CELL_HEIGHT;
    bool marked = first->flags & CELL_CURSOR;
    if (marked)
        (void)printf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", x, y,
                     (end - column) * CELL_WIDTH, CELL_HEIGHT, paper->bar);
    (void)printf("<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"%s\">", x, y + CELL_HEIGHT - 4,
                 (end - column) * CELL_WIDTH,
                 marked ? paper->bar_ink : color_of(paper, first->role, color));
    for (int i = column; i < end; i++)
        print_glyph(&cells_at(cells, row, i)->glyph);
    (void)printf("</text>\n");
    return end;
}

static void print_svg(const struct cells *cells, const struct paper *paper)
{
    int width = cells->width * CELL_WIDTH + 2 * MARGIN;
    int height = cells->height * CELL_HEIGHT + 2 * MARGIN;
    (void)printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                 "font-family=\"monospace\" font-size=\"13\" xml:space=\"preserve\">\n"
                 "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"%s\"/>\n",
                 width, height, width, height, paper->ground);
    for (int row = 0; row < cells->height; row++)
        for (int column = 0; column < cells->width;)
            column = print_run(cells, paper, row, column);
    (void)printf("</svg>\n");
}

static void press(struct app *app, uint32_t key, const struct cells *cells)
{
    struct event event = {.kind = EVENT_KEY, .key = key};
    app_handle(app, &event, SCENE_NOW_MS);
    app_fit(app, cells->width, cells->height, SCENE_NOW_MS);
}

static bool is_word(int argc, char **argv, const char *word)
{
    return argc > 4 && strcmp(argv[4], word) == 0;
}

/* Most entries went in one save; their chats are there. */
static void set_wiped(struct scene *scene)
{
    titled_set_forgotten(scene);
    scene->state.is_wiped = true;
    scene->state.has_copy = true;
    scene->state.wipe = (struct wipe){.entries = 4, .lost = 2};
}

/* screenshot WIDTH HEIGHT [KEYS [wiped|light]]: the screen after these keys. */
int main(int argc, char **argv)
{
    struct scene scene;
    struct app app;
    struct cells cells = {0};
    int width = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 80;
    int height = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 24;
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    scene_init(&scene);
    if (is_word(argc, argv, "wiped"))
        set_wiped(&scene);
    else
        titled_set_usual(&scene);
    eventful_add(&scene, EVENTFUL_ALL);
    if (app_init(&app, &scene.state, NULL) != 0 || cells_resize(&cells, width, height) != 0)
        return EXIT_FAILURE;
    app.watch_mode = WATCH_LIVE;
    app.last_write_ms = SCENE_NOW_MS - 9000;
    app_fit(&app, width, height, SCENE_NOW_MS);
    for (const char *key = argc > 3 ? argv[3] : ""; *key; key++)
        press(&app, (uint32_t)*key, &cells);
    int64_t minutes = app_time_ms(&app, SCENE_NOW_MS) / 60000;
    struct view view = app_view(&app, SCENE_NOW_MS, (int)(minutes / 60 % 24), (int)(minutes % 60));
    view_draw(&view, &cells);
    print_svg(&cells, is_word(argc, argv, "light") ? &light : &dark);
    cells_done(&cells);
    app_done(&app);
    scene_done(&scene);
    return 0;
}
