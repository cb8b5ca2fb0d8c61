#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/screen.h"
#include "tests/helpers/tree.h"
#include "tui/term.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What is on the terminal is what was to be shown, after any sequence of pictures that are made of
 * each other, as the program's are; and it looks as if it had been painted anew. This program is
 * its own child on a pty: both make the same pictures from one seed. SHOW_SEEDS=N: N of them (180),
 * from SHOW_SEED (1).
 */

enum {
    SEEDS = 180,
    STEPS = 40,
    MARK_COLUMNS = 8,
    WIDTH_LEAST = 2 * MARK_COLUMNS,
};

/* What a letter on the child's input has it do. */
enum order {
    ORDER_STEP = 's',    /* the next picture, and again with the mark of being there */
    ORDER_PAINT = 'i',   /* the same from nothing, with another mark */
    ORDER_MARK = 'p',    /* the mark of being there again */
    ORDER_RESIZE = 'z',  /* the terminal has another size: a picture of that */
    ORDER_RESTYLE = 'y', /* the next theme */
    ORDER_QUIT = 'q',
};

/* ---- pictures, which parent and child make alike ---- */

struct maker {
    uint64_t random;
    struct cells grid;
    int mark_row; /* from the end where negative */
    unsigned number;
};

static int below(uint64_t *random, int limit)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (int)((*random >> 11) % (uint64_t)limit);
}

static int any_row(struct maker *maker)
{
    return below(&maker->random, maker->grid.height);
}

static struct cell *row_at(struct maker *maker, int row)
{
    return maker->grid.cells + (size_t)row * (size_t)maker->grid.width;
}

static void draw_words(struct maker *maker, int row, int column)
{
    static const char *const words[] = {
        "aaaaaaaa",    "running", "端末の行", "e\u0301te\u0301", "─────", "12m", "    ", "released",
        "chat-slot-1", "é",       "·",        "  2 h 14 min",
    };
    int end = maker->grid.width - 1; /* what combines in the last column libvterm may lose */
    while (column < end && below(&maker->random, 9)) {
        const char *word = words[below(&maker->random, 12)];
        enum role role = (enum role)below(&maker->random, ROLE_COUNT);
        column += cells_text(&maker->grid, row, column, end - column, role, str_of(word));
        column += below(&maker->random, 3);
    }
}

/* Of few numbers, so that rows come back and are equal; 0: blank. */
static void draw_row(struct maker *maker, int row)
{
    int number = below(&maker->random, 12);
    cells_fill(&maker->grid, row, 0, maker->grid.width, ROLE_TEXT, ' ');
    if (number == 0)
        return;
    (void)cells_printf(&maker->grid, row, 0, maker->grid.width, number % 3 ? ROLE_TEXT : ROLE_IDLE,
                       "%d%0*d", number, below(&maker->random, 2) * 9, number);
    if (number > 4)
        draw_words(maker, row, 12);
}

static void copy_row(struct maker *maker, int to, int from)
{
    memmove(row_at(maker, to), row_at(maker, from),
            (size_t)maker->grid.width * sizeof(struct cell));
}

/* A row goes to where another is; what is between moves up or down by one. */
static void move_row(struct maker *maker, int from, int to)
{
    size_t bytes = (size_t)maker->grid.width * sizeof(struct cell);
    struct cell *kept = malloc(bytes);
    if (!kept)
        abort();
    memcpy(kept, row_at(maker, from), bytes);
    for (int step = from < to ? 1 : -1; from != to; from += step)
        copy_row(maker, from, from + step);
    memcpy(row_at(maker, to), kept, bytes);
    free(kept);
}

static void scroll(struct maker *maker)
{
    int top = any_row(maker), lines = 1 + below(&maker->random, 5);
    int count = below(&maker->random, maker->grid.height - top) + 1;
    bool is_up = below(&maker->random, 2);
    for (int i = 0; i < count; i++) {
        int row = is_up ? top + i : top + count - 1 - i;
        int from = is_up ? row + lines : row - lines;
        if (from >= top && from < top + count)
            copy_row(maker, row, from);
        else
            draw_row(maker, row);
    }
}

static void move_cursor(struct maker *maker)
{
    size_t cells = (size_t)maker->grid.width * (size_t)maker->grid.height;
    for (size_t i = 0; i < cells; i++)
        maker->grid.cells[i].flags = 0;
    cells_mark_row(&maker->grid, any_row(maker), 0, maker->grid.width);
}

static void change(struct maker *maker)
{
    static const int distances[] = {1, 1, 2, 3, 7, 1000};
    int last = maker->grid.height - 1, row = any_row(maker);
    int distance = distances[below(&maker->random, 6)];
    switch (below(&maker->random, 10)) {
    case 0:
    case 1:
        move_row(maker, row, row < distance ? 0 : row - distance);
        return;
    case 2:
        move_row(maker, row, last - row < distance ? last : row + distance);
        return;
    case 3: /* comes in */
        move_row(maker, last, row);
        draw_row(maker, row);
        return;
    case 4: /* leaves */
        move_row(maker, row, last);
        draw_row(maker, last);
        return;
    case 5:
    case 6:
        scroll(maker);
        return;
    case 7:
        draw_words(maker, row, below(&maker->random, maker->grid.width));
        return;
    case 8:
        move_cursor(maker);
        return;
    default:
        draw_row(maker, row);
        return;
    }
}

static void draw_all(struct maker *maker)
{
    for (int row = 0; row < maker->grid.height; row++)
        draw_row(maker, row);
}

static void make_picture(struct maker *maker)
{
    maker->number++;
    if (below(&maker->random, 30) == 0)
        draw_all(maker);
    if (below(&maker->random, 60) == 0)
        cells_clear(&maker->grid);
    for (int i = 1 + below(&maker->random, 5); i > 0; i--)
        change(maker);
}

/* At the end of its row, where nothing is written after it. In the last row no glyph of several
 * bytes is at the end: how curses writes into that corner loses half of them, moved or not. */
static void mark(struct maker *maker, char phase)
{
    int last = maker->grid.height - 1, row = maker->mark_row < 0 ? last : 0;
    cells_fill(&maker->grid, last, maker->grid.width - 3, 3, ROLE_TEXT, ' ');
    (void)cells_printf(&maker->grid, row, maker->grid.width - MARK_COLUMNS, MARK_COLUMNS, ROLE_TEXT,
                       "<%05u%c>", maker->number, phase);
}

static void make_size(struct maker *maker, int width, int height)
{
    maker->number++;
    if (cells_resize(&maker->grid, width, height) != 0)
        abort();
    draw_all(maker);
}

static struct maker start_maker(unsigned long seed, int width, int height)
{
    struct maker maker = {.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    maker.mark_row = below(&maker.random, 2) ? -1 : 0;
    make_size(&maker, width, height);
    return maker;
}

/* ---- the child ---- */

static void show(struct term *term, struct maker *maker, char phase)
{
    mark(maker, phase);
    term_show(term, &maker->grid);
}

static void restyle(struct term *term, struct term_look *look)
{
    look->theme = (enum theme)((look->theme + 1) % THEME_COUNT);
    term_restyle(term, look);
}

static void obey(struct term *term, struct maker *maker, struct term_look *look, char order)
{
    int width, height;
    if (order == ORDER_RESIZE) {
        term_size(term, &width, &height);
        make_size(maker, width, height);
    }
    if (order == ORDER_STEP)
        make_picture(maker);
    if (order == ORDER_RESTYLE)
        restyle(term, look);
    if (order == ORDER_RESTYLE || order == ORDER_PAINT)
        term_invalidate(term);
    if (order != ORDER_PAINT && order != ORDER_MARK)
        show(term, maker, 'a');
    show(term, maker, order == ORDER_PAINT ? 'c' : 'b');
}

/* arguments: the seed, the theme. */
static int be_child(char *const arguments[])
{
    struct term_look look = {.color = true, .theme = (enum theme)atoi(arguments[1])};
    struct error error = {0};
    struct term *term;
    int width, height;
    char order;
    if (term_open(&look, &term, &error) != 0)
        return 1;
    term_size(term, &width, &height);
    struct maker maker = start_maker(strtoul(arguments[0], NULL, 10), width, height);
    show(term, &maker, 'b');
    while (read(term_fd(term), &order, 1) == 1 && order != ORDER_QUIT)
        obey(term, &maker, &look, order);
    term_close(term);
    cells_done(&maker.grid);
    return 0;
}

/* ---- the parent ---- */

/* Rows are moved in all but the last two. */
static const char *const terms[] = {"xterm-256color", "tmux-256color", "screen", "linux", "vt100",
                                    "xterm",          "vt220",         "rxvt",   "stiff"};
enum { TERMS = sizeof(terms) / sizeof(terms[0]), MOVING = TERMS - 2 };

#define STIFF "stiff|an xterm without regions that scroll, csr@, ri@, ind@, indn@, rin@, use=xterm,"

static char program[4096], terminfo[512];

struct show {
    struct screen *screen;
    struct maker maker;
    uint64_t random; /* what is asked for */
    const char *term;
    unsigned long seed;
    int step;
};

static struct screen *start_child(unsigned long seed, const char *term, int width, int height)
{
    char mode[] = "--child", seed_text[32], theme_text[16];
    char *arguments[] = {program, mode, seed_text, theme_text, NULL}, *env[] = {terminfo, NULL};
    (void)snprintf(seed_text, sizeof(seed_text), "%lu", seed);
    (void)snprintf(theme_text, sizeof(theme_text), "%lu", seed % THEME_COUNT);
    return screen_start(arguments, env, term, width, height);
}

static void await(struct show *show, char phase)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "<%05u%c>", show->maker.number, phase);
    if (!screen_wait(show->screen, text))
        fail_msg("seed %lu, step %d, %s: no picture", show->seed, show->step, show->term);
}

static void order(struct show *show, enum order order, char phase)
{
    char keys[] = {(char)order, '\0'};
    screen_type(show->screen, keys);
    await(show, phase);
}

static void assert_text(struct show *show)
{
    struct buffer wanted = {0};
    mark(&show->maker, 'b');
    cells_print_text(&show->maker.grid, &wanted);
    buffer_add_char(&wanted, '\0');
    assert_false(wanted.failed);
    if (strcmp(wanted.data, screen_text(show->screen)) != 0) {
        (void)fprintf(stderr, "wanted:\n%s\nshown:\n%s", wanted.data, screen_text(show->screen));
        fail_msg("seed %lu, step %d, %s: other text", show->seed, show->step, show->term);
    }
    buffer_done(&wanted);
}

static void assert_looks_as_painted_anew(struct show *show)
{
    uint64_t look = screen_look(show->screen);
    order(show, ORDER_PAINT, 'c');
    order(show, ORDER_MARK, 'b');
    if (screen_look(show->screen) != look)
        fail_msg("seed %lu, step %d, %s: it looks other when painted anew", show->seed, show->step,
                 show->term);
}

static void resize(struct show *show)
{
    int width = WIDTH_LEAST + below(&show->random, 100), height = 1 + below(&show->random, 40);
    screen_resize(show->screen, width, height);
    make_size(&show->maker, width, height);
    order(show, ORDER_RESIZE, 'b');
}

static void step(struct show *show)
{
    int kind = below(&show->random, 40);
    if (kind == 0) {
        resize(show);
    } else if (kind == 1) {
        order(show, ORDER_PAINT, 'c');
        order(show, ORDER_RESTYLE, 'b');
    } else {
        make_picture(&show->maker);
        order(show, ORDER_STEP, 'b');
    }
    /* painted anew it forgets what is wrong: mostly it goes on */
    assert_text(show);
    if (below(&show->random, 4) == 0)
        assert_looks_as_painted_anew(show);
}

static size_t count_moves(const struct screen *screen)
{
    static const char end[] = "\033[r\0338";
    size_t count = 0, len;
    const char *at = screen_raw(screen, &len), *past = at + len;
    while ((at = memmem(at, (size_t)(past - at), end, strlen(end)))) {
        at += strlen(end);
        count++;
    }
    return count;
}

/* How often rows were moved. */
static size_t show_pictures(unsigned long seed)
{
    struct show show = {.seed = seed, .random = seed + UINT64_C(0x5107095)};
    int width, height;
    (void)below(&show.random, 2);
    width = WIDTH_LEAST + below(&show.random, 100);
    height = 2 + below(&show.random, 40);
    show.term = terms[seed % TERMS];
    show.maker = start_maker(seed, width, height);
    show.screen = start_child(seed, show.term, width, height);
    await(&show, 'b');
    mark(&show.maker, 'b'); /* it moves with its row, too */
    for (show.step = 0; show.step < STEPS; show.step++)
        step(&show);
    assert_looks_as_painted_anew(&show);
    size_t moves = count_moves(show.screen);
    screen_type(show.screen, "q");
    int status = screen_wait_end(show.screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    screen_free(show.screen);
    cells_done(&show.maker.grid);
    return moves;
}

static unsigned long number_of(const char *name, unsigned long usual)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : usual;
}

static int set_up(void **state)
{
    static struct tree tree;
    char command[2 * sizeof(terminfo)];
    tree_make(&tree);
    (void)snprintf(terminfo, sizeof(terminfo), "TERMINFO=%s", tree.path);
    tree_put(&tree, "source", STIFF "\n");
    (void)snprintf(command, sizeof(command), "tic -x -o '%s' '%s/source'", tree.path, tree.path);
    *state = &tree;
    return system(command);
}

static int tear_down(void **state)
{
    tree_remove(*state);
    return 0;
}

static void what_is_shown_is_what_was_to_be_shown(void **state)
{
    unsigned long seeds = number_of("SHOW_SEEDS", SEEDS), first = number_of("SHOW_SEED", 1);
    size_t moves[TERMS] = {0};
    (void)state;
    for (unsigned long seed = first; seed < first + seeds; seed++)
        moves[seed % TERMS] += show_pictures(seed);
    for (size_t i = 0; i < TERMS; i++) {
        print_message("  %-16s %6zu moves in %lu pictures\n", terms[i], moves[i],
                      seeds / TERMS * STEPS);
        if (seeds >= TERMS * 5)
            assert_int_equal(moves[i] > 0, i < MOVING);
    }
}

int main(int argc, char *argv[])
{
    (void)setlocale(LC_ALL, "C.UTF-8");
    if (argc == 4)
        return be_child(argv + 2);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_is_what_was_to_be_shown),
    };
    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
