#include "tests/fuzz/json_reference.h"

#include <stdlib.h>
#include <string.h>

/* Each byte moves a number on by this table; the row is the state, 0 the end of all hope. */
enum { DEAD, START, MINUS, ZERO, WHOLE, POINT, FRACTION, EXPONENT, SIGN, POWER, NUMBER_STATES };
enum { NUMBER_MINUS, NUMBER_PLUS, NUMBER_ZERO, NUMBER_DIGIT, NUMBER_POINT, NUMBER_E, CLASSES };

static int class_of(char c)
{
    static const char bytes[] = "-+0123456789.eE";
    static const int classes[] = {NUMBER_MINUS, NUMBER_PLUS,  NUMBER_ZERO,  NUMBER_DIGIT,
                                  NUMBER_DIGIT, NUMBER_DIGIT, NUMBER_DIGIT, NUMBER_DIGIT,
                                  NUMBER_DIGIT, NUMBER_DIGIT, NUMBER_DIGIT, NUMBER_DIGIT,
                                  NUMBER_POINT, NUMBER_E,     NUMBER_E};
    const char *found = c ? strchr(bytes, c) : NULL;
    return found ? classes[found - bytes] : -1;
}

bool reference_is_number(struct str text)
{
    static const int next[NUMBER_STATES][CLASSES] = {
        [START] = {MINUS, DEAD, ZERO, WHOLE, DEAD, DEAD},
        [MINUS] = {DEAD, DEAD, ZERO, WHOLE, DEAD, DEAD},
        [ZERO] = {DEAD, DEAD, DEAD, DEAD, POINT, EXPONENT},
        [WHOLE] = {DEAD, DEAD, WHOLE, WHOLE, POINT, EXPONENT},
        [POINT] = {DEAD, DEAD, FRACTION, FRACTION, DEAD, DEAD},
        [FRACTION] = {DEAD, DEAD, FRACTION, FRACTION, DEAD, EXPONENT},
        [EXPONENT] = {SIGN, SIGN, POWER, POWER, DEAD, DEAD},
        [SIGN] = {DEAD, DEAD, POWER, POWER, DEAD, DEAD},
        [POWER] = {DEAD, DEAD, POWER, POWER, DEAD, DEAD},
    };
    int state = START;
    for (size_t i = 0; i < text.len && state != DEAD; i++) {
        int class = class_of(text.data[i]);
        state = class < 0 ? DEAD : next[state][class];
    }
    return state == ZERO || state == WHOLE || state == FRACTION || state == POWER;
}

bool reference_is_index(struct str decoded)
{
    char digits[11] = "";
    if (decoded.len == 0 || decoded.len > 10 || (decoded.data[0] == '0' && decoded.len > 1))
        return false;
    memcpy(digits, decoded.data, decoded.len);
    return strspn(digits, "0123456789") == decoded.len &&
           strtoull(digits, NULL, 10) < UINT64_C(4294967295);
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* The length of a string literal that `text` begins with; 0 for none. */
static size_t string_length(struct str text)
{
    for (size_t i = 1; i < text.len; i++) {
        char c = text.data[i];
        if (c == '"')
            return i + 1;
        if ((unsigned char)c < 0x20)
            return 0;
        if (c != '\\')
            continue;
        if (++i == text.len || !is_one_of(text.data[i], "\"\\/bfnrtu"))
            return 0;
        for (int digits = text.data[i] == 'u' ? 4 : 0; digits > 0; digits--)
            if (++i == text.len || !is_one_of(text.data[i], "0123456789abcdefABCDEF"))
                return 0;
    }
    return 0;
}

/* The length of a scalar that `text`, not empty, begins with; 0 for none. */
static size_t scalar_length(struct str text)
{
    static const struct str words[] = {{"null", 4}, {"true", 4}, {"false", 5}};
    if (text.data[0] == '"')
        return string_length(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_starts(text, words[i]))
            return words[i].len;
    size_t len = 0;
    while (len < text.len && class_of(text.data[len]) >= 0)
        len++;
    return reference_is_number((struct str){text.data, len}) ? len : 0;
}

/* What may come, by the words of the railroad diagrams. */
enum want { VALUE, VALUE_OR_END, NAME, NAME_OR_END, COLON, COMMA_OR_END };

struct reference {
    char *open; /* the brackets that are open, outermost first */
    size_t depth;
    enum want want;
};

static bool take_bracket(struct reference *reference, char c)
{
    bool is_opening = c == '{' || c == '[';
    if (is_opening) {
        if (reference->want != VALUE && reference->want != VALUE_OR_END)
            return false;
        reference->open[reference->depth++] = c;
        reference->want = c == '{' ? NAME_OR_END : VALUE_OR_END;
        return true;
    }
    char opening = c == '}' ? '{' : '[';
    if (reference->depth == 0 || reference->open[reference->depth - 1] != opening ||
        reference->want == VALUE || reference->want == NAME || reference->want == COLON)
        return false;
    reference->depth--;
    reference->want = COMMA_OR_END;
    return true;
}

static bool take_mark(struct reference *reference, char c)
{
    if (c == ':') {
        bool is_wanted = reference->want == COLON;
        reference->want = VALUE;
        return is_wanted;
    }
    if (reference->want != COMMA_OR_END || reference->depth == 0)
        return false;
    reference->want = reference->open[reference->depth - 1] == '{' ? NAME : VALUE;
    return true;
}

static size_t take_scalar(struct reference *reference, struct str rest)
{
    bool is_name = reference->want == NAME || reference->want == NAME_OR_END;
    bool is_value = reference->want == VALUE || reference->want == VALUE_OR_END;
    if ((!is_name && !is_value) || (is_name && rest.data[0] != '"'))
        return 0;
    reference->want = is_name ? COLON : COMMA_OR_END;
    return scalar_length(rest);
}

bool reference_accepts(struct str text)
{
    struct reference reference = {.open = malloc(text.len + 1), .want = VALUE};
    bool holds = reference.open != NULL;
    for (size_t at = 0; holds && at < text.len;) {
        char c = text.data[at];
        size_t len = 1;
        if (is_one_of(c, "{}[]"))
            holds = take_bracket(&reference, c);
        else if (is_one_of(c, ":,"))
            holds = take_mark(&reference, c);
        else if (!is_one_of(c, " \t\r\n"))
            len = take_scalar(&reference, (struct str){text.data + at, text.len - at});
        holds = holds && len > 0;
        at += len;
    }
    free(reference.open);
    return holds && reference.depth == 0 && reference.want == COMMA_OR_END;
}
