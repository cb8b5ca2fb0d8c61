#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/theme.h"

#include <math.h>
#include <string.h>

/* Colours of palettes as xterm has them, 0xRRGGBB. */
static int palette_rgb(int number)
{
    static const int basic[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    if (number < 16)
        return basic[number];
    if (number >= 232)
        return (8 + 10 * (number - 232)) * 0x010101;
    number -= 16;
    return steps[number / 36] << 16 | steps[number / 6 % 6] << 8 | steps[number % 6];
}

static int rgb_of(struct theme_color color)
{
    return color.rgb >= 0 ? color.rgb : palette_rgb(color.number);
}

static double linear(int byte)
{
    double part = byte / 255.0;
    return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

/* As WCAG has it. */
static double luminance(int rgb)
{
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 0xff) +
           0.0722 * linear(rgb & 0xff);
}

static double contrast(int a, int b)
{
    double one = luminance(a), other = luminance(b);
    return one > other ? (one + 0.05) / (other + 0.05) : (other + 0.05) / (one + 0.05);
}

static bool is_own(struct theme_color color)
{
    return color.number == THEME_COLOR_OWN;
}

static bool is_same_color(struct theme_color a, struct theme_color b)
{
    return a.number == b.number && a.rgb == b.rgb;
}

typedef void look_visitor(enum theme theme, enum role role, enum theme_depth depth,
                          struct look look);

static void each_look(bool has_default, look_visitor *visit)
{
    for (int theme = 0; theme < THEME_COUNT; theme++)
        for (int role = 0; role < ROLE_COUNT; role++)
            for (int depth = 0; depth < DEPTH_COUNT; depth++)
                visit((enum theme)theme, (enum role)role, (enum theme_depth)depth,
                      theme_look((enum theme)theme, (enum role)role, (enum theme_depth)depth,
                                 has_default));
}

static void check_number(struct theme_color color, enum theme_depth depth)
{
    static const int sizes[DEPTH_COUNT] = {0, 8, 16, 256, 256};
    assert_in_range(color.number + 1, 0, (unsigned)sizes[depth]);
    if (color.rgb < 0)
        return;
    assert_int_equal(depth, DEPTH_TRUE);
    assert_in_range(color.rgb, 0x100, 0xffffff); /* smaller ones may be numbers of a palette */
    assert_in_range(color.number, 16, 255);      /* the operator's own sixteen are left alone */
}

static void check_numbers(enum theme theme, enum role role, enum theme_depth depth,
                          struct look look)
{
    (void)theme;
    (void)role;
    check_number(look.foreground, depth);
    check_number(look.background, depth);
}

static void no_colour_has_a_number_beyond_the_depth(void **state)
{
    (void)state;
    each_look(true, check_numbers);
    each_look(false, check_numbers);
}

static void check_two_colors(enum theme theme, enum role role, enum theme_depth depth,
                             struct look look)
{
    bool are_default = is_own(look.foreground) && is_own(look.background);
    if (!are_default && is_same_color(look.foreground, look.background))
        fail_msg("theme %s, role %d, depth %d", theme_name(theme), (int)role, (int)depth);
    if (!is_own(look.foreground) && !is_own(look.background) &&
        rgb_of(look.foreground) == rgb_of(look.background))
        fail_msg("theme %s, role %d, depth %d", theme_name(theme), (int)role, (int)depth);
}

static void nothing_is_written_in_the_colour_of_its_background(void **state)
{
    (void)state;
    each_look(true, check_two_colors);
    each_look(false, check_two_colors);
}

static bool is_plain_role(enum theme theme, enum role role)
{
    if (role == ROLE_TEXT)
        return true;
    if (theme == THEME_MONO)
        return role == ROLE_RULE || role == ROLE_RUNNING || role == ROLE_IDLE || role == ROLE_GOOD;
    return theme == THEME_COLOR_BLIND && role == ROLE_IDLE;
}

static bool is_plain(struct look look)
{
    return is_own(look.foreground) && is_own(look.background) && look.attributes == 0;
}

/* What may look like text is listed; a row that was forgotten in the table is not. */
static void every_role_of_every_theme_has_a_look_of_its_own(void **state)
{
    (void)state;
    for (int theme = 0; theme < THEME_COUNT; theme++) {
        for (int role = 0; role < ROLE_COUNT; role++) {
            bool may_be = is_plain_role((enum theme)theme, (enum role)role);
            struct look look = theme_look((enum theme)theme, (enum role)role, DEPTH_256, true);
            if (is_plain(look) && !may_be)
                fail_msg("theme %s, role %d is plain", theme_name((enum theme)theme), role);
        }
    }
}

static void check_mono(enum theme theme, enum role role, enum theme_depth depth, struct look look)
{
    if (theme != THEME_MONO && depth != DEPTH_NONE)
        return;
    assert_true(is_own(look.foreground) && is_own(look.background));
    assert_int_equal(look.attributes, theme_look(THEME_MONO, role, DEPTH_NONE, true).attributes);
}

static void
mono_and_a_terminal_without_colours_have_the_same_attributes_and_nothing_else(void **state)
{
    (void)state;
    each_look(true, check_mono);
    each_look(false, check_mono);
}

static void check_dark(enum theme theme, enum role role, enum theme_depth depth, struct look look)
{
    (void)role;
    if (theme != THEME_DARK)
        return;
    assert_in_range(look.foreground.number + 1, 0, 8);
    assert_int_equal(look.foreground.rgb, -1);
    assert_true(is_own(look.background));
    if (depth != DEPTH_NONE) {
        assert_int_not_equal(look.foreground.number, 3);
        assert_int_not_equal(look.foreground.number, 7);
    }
}

static void dark_uses_the_palette_of_the_operator_without_yellow_and_white(void **state)
{
    (void)state;
    each_look(true, check_dark);
}

static void check_colors_on(enum theme theme, int ground, double wanted)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        for (int depth = DEPTH_256; depth <= DEPTH_TRUE; depth++) {
            struct look look = theme_look(theme, (enum role)role, (enum theme_depth)depth, true);
            int background = is_own(look.background) ? ground : rgb_of(look.background);
            if (is_own(look.foreground))
                continue;
            double got = contrast(rgb_of(look.foreground), background);
            if (got < wanted)
                fail_msg("theme %s, role %d, depth %d: %.2f", theme_name(theme), role, depth, got);
        }
    }
}

static void colours_of_light_stand_out_from_white(void **state)
{
    (void)state;
    check_colors_on(THEME_LIGHT, 0xffffff, 4.5);
}

static void colours_of_color_blind_stand_out_from_black_and_from_white(void **state)
{
    (void)state;
    check_colors_on(THEME_COLOR_BLIND, 0x000000, 3);
    check_colors_on(THEME_COLOR_BLIND, 0xffffff, 3);
}

static void high_contrast_brings_its_background_and_seven_to_one(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct look look = theme_look(THEME_HIGH_CONTRAST, (enum role)role, DEPTH_8, true);
        assert_false(is_own(look.foreground) || is_own(look.background));
        assert_int_equal(look.attributes & LOOK_DIM, 0);
    }
    check_colors_on(THEME_HIGH_CONTRAST, 0x000000, 7);
}

static void color_blind_opposes_nothing_by_red_and_green(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++) {
        for (int depth = DEPTH_8; depth < DEPTH_COUNT; depth++) {
            struct look look =
                theme_look(THEME_COLOR_BLIND, (enum role)role, (enum theme_depth)depth, true);
            int number = look.foreground.number % 8;
            assert_false(depth <= DEPTH_16 && (number == 1 || number == 2));
            if (depth < DEPTH_256 || is_own(look.foreground))
                continue;
            int rgb = rgb_of(look.foreground);
            int red = rgb >> 16, green = rgb >> 8 & 0xff, blue = rgb & 0xff;
            assert_true((red > green && green > blue) || (blue > green && green > red));
        }
    }
}

static void check_told_apart(enum theme theme, enum role role, enum role other,
                             enum theme_depth depth)
{
    struct look one = theme_look(theme, role, depth, true);
    struct look two = theme_look(theme, other, depth, true);
    if (one.attributes != two.attributes)
        return;
    assert_false(is_own(one.foreground) || is_own(two.foreground));
    assert_true(contrast(rgb_of(one.foreground), rgb_of(two.foreground)) >= 1.5);
}

static void color_blind_tells_good_warning_and_error_apart_without_hue(void **state)
{
    (void)state;
    for (int depth = 0; depth < DEPTH_COUNT; depth++) {
        for (int theme = THEME_COLOR_BLIND; theme <= THEME_MONO; theme++) {
            enum theme_depth at = (enum theme_depth)depth;
            check_told_apart((enum theme)theme, ROLE_GOOD, ROLE_WARNING, at);
            check_told_apart((enum theme)theme, ROLE_GOOD, ROLE_ERROR, at);
            check_told_apart((enum theme)theme, ROLE_WARNING, ROLE_ERROR, at);
        }
    }
}

static void a_question_does_not_look_like_text(void **state)
{
    (void)state;
    for (int theme = 0; theme < THEME_COUNT; theme++) {
        struct look ask = theme_look((enum theme)theme, ROLE_ASK, DEPTH_8, true);
        struct look text = theme_look((enum theme)theme, ROLE_TEXT, DEPTH_8, true);
        assert_true(ask.attributes & LOOK_REVERSE ||
                    (is_same_color(ask.foreground, text.background) &&
                     is_same_color(ask.background, text.foreground)));
    }
}

/* What holds a slot without a run is plain text: the word of one that is over must not be. */
static void check_over(enum theme theme, enum role role, enum theme_depth depth, struct look look)
{
    struct look text = theme_look(theme, ROLE_TEXT, depth, true);
    bool is_over = role == ROLE_EXPIRED || role == ROLE_RELEASED;
    if (is_over && look.attributes == text.attributes &&
        is_same_color(look.foreground, text.foreground))
        fail_msg("theme %s, role %d, depth %d", theme_name(theme), (int)role, (int)depth);
}

static void what_is_over_does_not_look_like_what_is_live(void **state)
{
    (void)state;
    each_look(true, check_over);
}

static void without_default_colours_a_theme_brings_its_ground(void **state)
{
    (void)state;
    struct look dark = theme_look(THEME_DARK, ROLE_TEXT, DEPTH_8, false);
    struct look light = theme_look(THEME_LIGHT, ROLE_TEXT, DEPTH_8, false);
    assert_int_equal(dark.foreground.number, 7);
    assert_int_equal(dark.background.number, 0);
    assert_int_equal(light.foreground.number, 0);
    assert_int_equal(light.background.number, 7);
}

static void the_depth_is_what_the_terminal_says(void **state)
{
    (void)state;
    static const struct {
        struct theme_terminal terminal;
        enum theme_depth depth;
    } cases[] = {
        {{.colors = -1}, DEPTH_NONE},
        {{.colors = 0}, DEPTH_NONE},
        {{.colors = 7}, DEPTH_NONE},
        {{.colors = 8}, DEPTH_8},
        {{.colors = 8, .says_true_color = true, .can_change = true}, DEPTH_8},
        {{.colors = 15}, DEPTH_8},
        {{.colors = 16}, DEPTH_16},
        {{.colors = 88, .says_true_color = true, .can_change = true}, DEPTH_16},
        {{.colors = 255}, DEPTH_16},
        {{.colors = 256}, DEPTH_256},
        {{.colors = 256, .says_true_color = true}, DEPTH_256},
        {{.colors = 256, .can_change = true}, DEPTH_256},
        {{.colors = 256, .says_true_color = true, .can_change = true}, DEPTH_TRUE},
        {{.colors = 1 << 24}, DEPTH_256},
        {{.colors = 1 << 24, .is_direct = true}, DEPTH_TRUE},
        {{.colors = 256, .is_direct = true}, DEPTH_8},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(theme_depth(&cases[i].terminal), cases[i].depth);
}

static void names_lead_to_their_themes_and_no_others(void **state)
{
    (void)state;
    enum theme theme = THEME_LIGHT;
    assert_false(theme_by_name(STR(""), &theme));
    assert_false(theme_by_name(STR("Dark"), &theme));
    assert_false(theme_by_name(STR("dark\0"), &theme));
    assert_int_equal(theme, THEME_LIGHT);
    for (int i = 0; i < THEME_COUNT; i++) {
        assert_true(theme_by_name(str_of(theme_name((enum theme)i)), &theme));
        assert_int_equal(theme, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_colour_has_a_number_beyond_the_depth),
        cmocka_unit_test(nothing_is_written_in_the_colour_of_its_background),
        cmocka_unit_test(every_role_of_every_theme_has_a_look_of_its_own),
        cmocka_unit_test(
            mono_and_a_terminal_without_colours_have_the_same_attributes_and_nothing_else),
        cmocka_unit_test(dark_uses_the_palette_of_the_operator_without_yellow_and_white),
        cmocka_unit_test(colours_of_light_stand_out_from_white),
        cmocka_unit_test(colours_of_color_blind_stand_out_from_black_and_from_white),
        cmocka_unit_test(high_contrast_brings_its_background_and_seven_to_one),
        cmocka_unit_test(color_blind_opposes_nothing_by_red_and_green),
        cmocka_unit_test(color_blind_tells_good_warning_and_error_apart_without_hue),
        cmocka_unit_test(a_question_does_not_look_like_text),
        cmocka_unit_test(what_is_over_does_not_look_like_what_is_live),
        cmocka_unit_test(without_default_colours_a_theme_brings_its_ground),
        cmocka_unit_test(the_depth_is_what_the_terminal_says),
        cmocka_unit_test(names_lead_to_their_themes_and_no_others),
    };
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
