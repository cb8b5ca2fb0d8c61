#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/helpers/pictures.h"
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
    SPOILT = 5, /* the last row of others' region */
    MOVE_BYTES = 26,
    MARKS_BYTES = 100, /* of the marks that two pictures have, with colours and jumps */
};

/* What a letter on the child's input has it do. */
enum order {
    ORDER_STEP = 's',    /* the next picture, and again with the mark of being there */
    ORDER_PAINT = 'i',   /* the same from nothing, with another mark */
    ORDER_MARK = 'p',    /* the mark of being there again */
    ORDER_RESIZE = 'z',  /* the terminal has another size: a picture of that */
    ORDER_RESTYLE = 'y', /* the next theme */
    ORDER_SPOIL = 'x',   /* others write and leave a region: what is there is not known any more */
    ORDER_LIST = 'l',    /* rows that are all unlike each other */
    ORDER_PASS = 'm',    /* one of them passes others */
    ORDER_FALL = 'e',    /* one of them goes to the end */
    ORDER_QUIT = 'q',
};

/* ---- the child ---- */

static void show(struct term *term, struct pictures *pictures, char phase)
{
    pictures_mark(pictures, phase);
    term_show(term, &pictures->grid);
}

static void restyle(struct term *term, struct term_look *look)
{
    look->theme = (enum theme)((look->theme + 1) % THEME_COUNT);
    term_restyle(term, look);
}

static void spoil(struct term *term)
{
    (void)term_send(term, STR("\033[2;5r\033[3;2Hothers\n\n\n\n"));
    term_invalidate(term);
}

static void obey(struct term *term, struct pictures *pictures, struct term_look *look, char order)
{
    int width, height;
    if (order == ORDER_RESIZE) {
        term_size(term, &width, &height);
        pictures_resize(pictures, width, height);
    }
    if (order == ORDER_STEP)
        pictures_next(pictures);
    if (order == ORDER_LIST)
        pictures_list(pictures);
    if (order == ORDER_PASS)
        pictures_pass(pictures);
    if (order == ORDER_FALL)
        pictures_fall(pictures);
    if (order == ORDER_RESTYLE)
        restyle(term, look);
    if (order == ORDER_SPOIL)
        spoil(term);
    if (order == ORDER_RESTYLE || order == ORDER_PAINT)
        term_invalidate(term);
    if (order != ORDER_PAINT && order != ORDER_MARK)
        show(term, pictures, 'a');
    show(term, pictures, order == ORDER_PAINT ? 'c' : 'b');
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
    struct pictures pictures = pictures_start(strtoul(arguments[0], NULL, 10), width, height);
    show(term, &pictures, 'b');
    while (read(term_fd(term), &order, 1) == 1 && order != ORDER_QUIT)
        obey(term, &pictures, &look, order);
    term_close(term);
    pictures_done(&pictures);
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
    struct pictures pictures;
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
    char text[16];
    pictures_mark_text(&show->pictures, phase, text, sizeof(text));
    if (!screen_wait(show->screen, text))
        fail_msg("seed %lu, step %d, %s: no picture", show->seed, show->step, show->term);
    pictures_mark(&show->pictures, phase); /* it moves with its row, too */
}

static void type(struct show *show, enum order order)
{
    char keys[] = {(char)order, '\0'};
    screen_type(show->screen, keys);
}

static void order(struct show *show, enum order order, char phase)
{
    type(show, order);
    await(show, phase);
}

static void assert_text(struct show *show)
{
    struct buffer wanted = {0};
    cells_print_text(&show->pictures.grid, &wanted);
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

/* Now and then a picture of the size before comes, when the terminal has another already: a higher
 * one, for libvterm ends at regions beyond its screen. */
static void resize(struct show *show)
{
    int width = PICTURES_WIDTH_LEAST + pictures_below(&show->random, 100);
    int height = 1 + pictures_below(&show->random, 40);
    screen_resize(show->screen, width, height);
    if (pictures_below(&show->random, 2) && height >= show->pictures.grid.height) {
        type(show, ORDER_STEP);
        pictures_next(&show->pictures);
    }
    pictures_resize(&show->pictures, width, height);
    order(show, ORDER_RESIZE, 'b');
}

static void step(struct show *show)
{
    int kind = pictures_below(&show->random, 40);
    /* libvterm ends at regions beyond its screen */
    bool spoils = strcmp(show->term, "stiff") != 0 && screen_height(show->screen) > SPOILT;
    if (kind == 0) {
        resize(show);
    } else if (kind <= 2) {
        order(show, ORDER_PAINT, 'c');
        order(show, kind == 1 || !spoils ? ORDER_RESTYLE : ORDER_SPOIL, 'b');
    } else {
        pictures_next(&show->pictures);
        order(show, ORDER_STEP, 'b');
    }
    /* painted anew it forgets what is wrong: mostly it goes on */
    assert_text(show);
    if (pictures_below(&show->random, 4) == 0)
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
    int width = PICTURES_WIDTH_LEAST + pictures_below(&show.random, 100);
    int height = 2 + pictures_below(&show.random, 40);
    show.term = terms[seed % TERMS];
    show.pictures = pictures_start(seed, width, height);
    show.screen = start_child(seed, show.term, width, height);
    await(&show, 'b');
    for (show.step = 0; show.step < STEPS; show.step++)
        step(&show);
    assert_looks_as_painted_anew(&show);
    size_t moves = count_moves(show.screen);
    screen_type(show.screen, "q");
    int status = screen_wait_end(show.screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    screen_free(show.screen);
    pictures_done(&show.pictures);
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

static void a_row_that_passes_others_costs_a_move_and_itself(void **state)
{
    enum { WIDTH = 100, HEIGHT = 24 };
    (void)state;
    for (unsigned long seed = 0; seed < MOVING; seed++) {
        struct show show = {.seed = seed, .term = terms[seed]};
        show.pictures = pictures_start(seed, WIDTH, HEIGHT);
        show.screen = start_child(seed, show.term, WIDTH, HEIGHT);
        await(&show, 'b');
        pictures_list(&show.pictures);
        order(&show, ORDER_LIST, 'b');
        size_t before = screen_bytes(show.screen);
        pictures_pass(&show.pictures);
        order(&show, ORDER_PASS, 'b');
        size_t cost = screen_bytes(show.screen) - before;
        print_message("  %-16s %zu bytes\n", show.term, cost);
        assert_in_range(cost, WIDTH, WIDTH + MOVE_BYTES + MARKS_BYTES);
        assert_text(&show);
        screen_free(show.screen);
        pictures_done(&show.pictures);
    }
}

/* A list of 20 rows, which the next picture has, too, when the terminal has 36 already: curses
 * leaves a region of 20 rows then. */
static void show_late_picture(struct show *show)
{
    enum { WIDTH = 80, HEIGHT = 20, HIGHER = 36 };
    show->pictures = pictures_start(show->seed, WIDTH, HEIGHT);
    show->screen = start_child(show->seed, show->term, WIDTH, HEIGHT);
    await(show, 'b');
    pictures_list(&show->pictures);
    order(show, ORDER_LIST, 'b');
    screen_resize(show->screen, WIDTH, HIGHER);
    type(show, ORDER_PASS);
    pictures_pass(&show->pictures);
    pictures_resize(&show->pictures, WIDTH, HIGHER);
    order(show, ORDER_RESIZE, 'b');
}

static void a_picture_of_the_size_before_leaves_no_region(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERMS; i++) {
        struct show show = {.seed = 4, .term = terms[i]};
        show_late_picture(&show);
        assert_false(show.pictures.is_mark_last);
        pictures_list(&show.pictures);
        order(&show, ORDER_LIST, 'b');
        pictures_fall(&show.pictures);
        order(&show, ORDER_FALL, 'b');
        assert_text(&show);
        screen_free(show.screen);
        pictures_done(&show.pictures);
    }
}

static void a_terminal_that_is_no_ansi_one_gets_none_of_its_sequences(void **state)
{
    struct screen *screen = start_child(1, "vt52", 80, 24);
    size_t len;
    (void)state;
    assert_true(screen_wait(screen, "<b00001>"));
    screen_type(screen, "lmssssq");
    int status = screen_wait_end(screen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    const char *raw = screen_raw(screen, &len);
    assert_null(memmem(raw, len, "\033[", 2));
    assert_null(memmem(raw, len, "\0337", 2));
    screen_free(screen);
}

int main(int argc, char *argv[])
{
    (void)setlocale(LC_ALL, "C.UTF-8");
    if (argc == 4)
        return be_child(argv + 2);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_passes_others_costs_a_move_and_itself),
        cmocka_unit_test(a_picture_of_the_size_before_leaves_no_region),
        cmocka_unit_test(a_terminal_that_is_no_ansi_one_gets_none_of_its_sequences),
        cmocka_unit_test(what_is_shown_is_what_was_to_be_shown),
    };
    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
