#include "tui/options.h"

#include "core/gc.h"
#include "core/store.h"
#include "tui/duration.h"
#include "tui/options_check.h"
#include "tui/options_table.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#define TIME_MAX_MS INT64_C(8640000000000000) /* JavaScript's last date */

enum {
    LETTERS_MAX = 2 * OPTION_ROWS_MAX + 3,
    GETOPT_OPERAND = 1, /* what getopt_long returns for a word that is no option */
};

/* Digits only, up to `max`; *ret_end is what follows them. */
static bool read_digits(const char *text, int64_t max, int64_t *ret_number, const char **ret_end)
{
    const char *at = text;
    int64_t number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        int digit = *at - '0';
        if (number > (max - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret_number = number;
    *ret_end = at;
    return at != text;
}

static int parse_number(const char *name, const char *text, int64_t max, int64_t *ret_number,
                        struct error *error)
{
    const char *end;
    int64_t number;
    if (!read_digits(text, max, &number, &end) || *end != '\0')
        return error_set(error, ERROR_USAGE, EINVAL, "--%s: '%s' is no whole number from 0 to %lld",
                         name, text, (long long)max);
    *ret_number = number;
    return 0;
}

static int parse_named_span(const char *name, const char *text, int64_t *ret_ms,
                            struct error *error)
{
    if (duration_parse(str_of(text), ret_ms))
        return 0;
    return error_set(error, ERROR_USAGE, EINVAL,
                     "--%s: '%s' is no span of time such as 90s, 30m, 2h, 7d or 1500ms", name,
                     text);
}

const char *color_when_name(enum color_when when)
{
    static const char *const names[COLOR_WHENS] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    return names[when];
}

static int parse_color(const char *text, enum color_when *ret_color, struct error *error)
{
    for (unsigned i = 0; i < COLOR_WHENS; i++) {
        if (strcmp(text, color_when_name((enum color_when)i)) == 0) {
            *ret_color = (enum color_when)i;
            return 0;
        }
    }
    return error_set(error, ERROR_USAGE, EINVAL, "--color: '%s' is not auto, always or never",
                     text);
}

static int parse_format(const char *text, bool *ret_is_openmetrics, struct error *error)
{
    *ret_is_openmetrics = strcmp(text, "openmetrics") == 0;
    if (*ret_is_openmetrics || strcmp(text, "prometheus") == 0)
        return 0;
    return error_set(error, ERROR_USAGE, EINVAL, "--format: '%s' is not prometheus or openmetrics",
                     text);
}

static int parse_every(const char *text, int64_t *ret_ms, struct error *error)
{
    int64_t ms = GC_INTERVAL_MS;
    int r = text ? parse_named_span("every", text, &ms, error) : 0;
    if (r < 0)
        return r;
    if (ms == 0)
        return error_set(error, ERROR_USAGE, EINVAL, "--every: the time between two passes is 0");
    *ret_ms = ms;
    return 0;
}

/* Options whose argument has to be read. */
static int take_value(struct options *options, int code, const char *value, struct error *error)
{
    int64_t number = 0;
    int r;
    switch (code) {
    case OPTION_FENCE:
        r = parse_number("fence", value, OPTIONS_FENCE_MAX_MS, &number, error);
        options->fence_ms = (int)number;
        return r;
    case OPTION_NOW:
        options->has_now = true;
        return parse_number("now", value, TIME_MAX_MS, &options->now_ms, error);
    case OPTION_COLOR:
        options->has_color = true;
        return parse_color(value, &options->color, error);
    case OPTION_TTL:
        options->has_ttl = true;
        r = parse_named_span("ttl", value, &number, error);
        options->ttl_ms = (double)number;
        return r;
    case OPTION_EXPIRED_BEFORE:
        options->has_expired_before = true;
        return parse_named_span("expired-before", value, &options->expired_before_ms, error);
    case OPTION_SINCE:
        options->has_since = true;
        return parse_named_span("since", value, &options->since_ms, error);
    case OPTION_FORMAT:
        return parse_format(value, &options->is_openmetrics, error);
    default: /* OPTION_EVERY */
        options->has_every = true;
        return parse_every(value, &options->every_ms, error);
    }
}

/* Options that are just given. */
static bool *flag_of(struct options *options, int code)
{
    const struct {
        int code;
        bool *flag;
    } flags[] = {
        {'n', &options->dry_run},
        {'y', &options->yes},
        {'h', &options->help},
        {'V', &options->version},
        {'f', &options->follow},
        {OPTION_JSON, &options->json},
        {OPTION_READ_ONLY, &options->read_only},
        {OPTION_DEMO, &options->demo},
        {OPTION_ASCII, &options->ascii},
        {OPTION_FALLBACK, &options->fallback},
        {OPTION_DUE, &options->due},
        {OPTION_FORCE, &options->force},
        {OPTION_LIST, &options->list},
        {OPTION_FIX, &options->fix},
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (flags[i].code == code)
            return flags[i].flag;
    return NULL;
}

static int take_option(struct options *options, int code, const char *value, struct error *error)
{
    bool *flag = flag_of(options, code);
    if (flag) {
        *flag = true;
        return 0;
    }
    switch (code) {
    case 'd':
        options->state_dir = value;
        return 0;
    case 'w':
        options->workspace = value;
        return 0;
    case OPTION_STATE:
        options->states = value;
        return 0;
    case OPTION_SLOT:
        options->slot = value;
        return 0;
    case OPTION_WHERE:
        options->where = value;
        return 0;
    default:
        return take_value(options, code, value, error);
    }
}

/* Our table as getopt_long wants it. "-": words that are no options come in their place, so that
 * the order is free even with POSIXLY_CORRECT; ":": a missing argument is told apart. */
static void make_getopt_tables(struct option long_options[OPTION_ROWS_MAX],
                               char letters[LETTERS_MAX])
{
    *letters++ = '-';
    *letters++ = ':';
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        int has_argument = row->argument ? required_argument : no_argument;
        if (row->may_lack_argument)
            has_argument = optional_argument;
        long_options[i] = (struct option){row->name, has_argument, NULL, row->code};
        if (row->code >= OPTION_JSON)
            continue;
        *letters++ = (char)row->code;
        if (row->argument)
            *letters++ = ':';
    }
    long_options[option_row_count] = (struct option){0};
    *letters = '\0';
}

/* What getopt_long did not like, as a sentence: `word` is where it stopped. */
static int refuse_option(const struct options *options, int code, const char *word,
                         struct error *error)
{
    const char *look = options->in_line ? "" : "; see 'slotop --help'";
    bool is_long = strncmp(word, "--", 2) == 0;
    if (is_long && code == ':')
        return error_set(error, ERROR_USAGE, EINVAL, "%s: this option needs an argument", word);
    if (is_long && optopt != 0)
        return error_set(error, ERROR_USAGE, EINVAL, "%s: this option takes no argument", word);
    if (is_long)
        return error_set(error, ERROR_USAGE, EINVAL, "%s: no such option, or short for several%s",
                         word, look);
    if (code == ':')
        return error_set(error, ERROR_USAGE, EINVAL, "-%c: this option needs an argument", optopt);
    return error_set(error, ERROR_USAGE, EINVAL, "-%c: no such option%s", optopt, look);
}

static uint32_t row_bit(int code)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].code == code)
            return UINT32_C(1) << i;
    return 0;
}

/* Walks the words: options into *options and *given (bits of rows), the rest to argv[1…]. */
static int walk_words(int argc, char **argv, struct options *options, uint32_t *given,
                      struct error *error)
{
    struct option long_options[OPTION_ROWS_MAX];
    char letters[LETTERS_MAX];
    make_getopt_tables(long_options, letters);
    optind = 0; /* glibc: start anew */
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        if (code == GETOPT_OPERAND) {
            argv[1 + options->argument_count++] = optarg;
            continue;
        }
        if (code == '?' || code == ':')
            return refuse_option(options, code, argv[optind - 1], error);
        int64_t ignored;
        if (code == OPTION_EVERY && !optarg && optind < argc &&
            duration_parse(str_of(argv[optind]), &ignored))
            optarg = argv[optind++];
        *given |= row_bit(code);
        int r = take_option(options, code, optarg, error);
        if (r < 0 || options->help || options->version)
            return r;
    }
    while (optind < argc)
        argv[1 + options->argument_count++] = argv[optind++];
    return 0;
}

static int parse(int argc, char **argv, struct options *ret_options, struct error *error)
{
    struct options options = {.fence_ms = STORE_DEFAULT_FENCE_MS, .in_line = ret_options->in_line};
    uint32_t given = 0;
    int r = walk_words(argc, argv, &options, &given, error);
    if (r < 0)
        return r;
    options.arguments = argv + 1;
    if (options.in_line || (!options.help && !options.version)) {
        r = options_check(&options, given, error);
        if (r < 0)
            return r;
    }
    *ret_options = options;
    return 0;
}

int options_parse(int argc, char **argv, struct options *ret_options, struct error *error)
{
    struct options options = {.in_line = false};
    int r = parse(argc, argv, &options, error);
    if (r == 0)
        *ret_options = options;
    return r;
}

int options_parse_line(int argc, char **argv, struct options *ret_options, struct error *error)
{
    struct options options = {.in_line = true};
    int r = parse(argc, argv, &options, error);
    if (r == 0)
        *ret_options = options;
    return r;
}
