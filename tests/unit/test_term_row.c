#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/term_row.h"

#include <string.h>

enum { WIDTH = 40 };

static const bool shows[ROLE_COUNT] = {[ROLE_ASK] = true};

/* Roles by letter: '.' text, 'd' dim, 'k' key, '?' one in which blanks are seen; upper case: under
 * the cursor. */
static enum role role_of(char letter)
{
    return strchr("dD", letter) ? ROLE_DIM
           : letter == 'k'      ? ROLE_KEY
           : letter == '?'      ? ROLE_ASK
                                : ROLE_TEXT;
}

static void blanks_between_words_take_the_role_of_the_word_before(void **state)
{
    static const struct {
        const char *text, *roles, *smooth;
    } cases[] = {
        {"ab  cd", "dd..kk", "ddddkk"},
        {"ab  cd", "..dd..", "......"},
        {"ab  c d  ", "dd..k.k..", "ddddkkk.."}, /* those at the end stay */
        {"  ab", "..dd", "..dd"},                /* there is no word before */
        {"ab  cd", "dd??..", "dd??.."},          /* they are seen */
        {"ab  cd", "??....", "??...."},          /* as they would be then */
        {"ab  cd", "ddDD..", "ddDD.."},          /* so they are under the cursor */
        {"a                b", "d................k",
         "ddddddddddddddddd"
         "k"}, /* 16 of them */
        {"a                 b", "d.................k", "d.................k"},
        {"     ", "d.d.d", "d.d.d"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cell row[WIDTH] = {0};
        int width = (int)strlen(cases[i].text);
        for (int at = 0; at < width; at++) {
            row[at].glyph = (struct glyph){.width = 1, .len = 1, .text = {cases[i].text[at]}};
            row[at].role = (uint8_t)role_of(cases[i].roles[at]);
            row[at].flags = cases[i].roles[at] == 'D' ? CELL_CURSOR : 0;
        }
        term_row_smooth(row, width, shows);
        for (int at = 0; at < width; at++)
            assert_int_equal(row[at].role, role_of(cases[i].smooth[at]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_between_words_take_the_role_of_the_word_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
