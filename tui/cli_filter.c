#include "tui/cli_filter.h"

#include <errno.h>
#include <string.h>

static int add_states(struct filter *filter, const char *states, struct error *error)
{
    struct str words[FILTER_VALUES_MAX];
    size_t count = 0;
    for (const char *at = states;; at++) {
        if (count == FILTER_VALUES_MAX)
            return error_set(error, ERROR_USAGE, EINVAL, "there are more than %d states",
                             FILTER_VALUES_MAX);
        words[count++] = (struct str){at, strcspn(at, ",")};
        at += words[count - 1].len;
        if (*at == '\0')
            break;
    }
    return filter_add(filter, FILTER_STATE, words, count, error);
}

/* The sentence behind the option that it is about. */
static int refuse_option(const char *option, struct error *error)
{
    struct error why = *error;
    return error_set(error, why.kind, EINVAL, "%s: %s", option, why.text);
}

int cli_filter_parse(const struct options *options, struct filter *ret_filter, struct error *error)
{
    struct filter filter = {0};
    struct error why = {0};
    struct str slot = str_of(options->slot), fallback = STR("fallback");
    const char *option = "--where";
    int r = options->where ? filter_parse(str_of(options->where), true, &filter, &why) : 0;
    if (r == 0 && options->states) {
        option = "--state";
        r = add_states(&filter, options->states, &why);
    }
    if (r == 0 && options->slot) {
        option = "--slot";
        r = filter_add(&filter, FILTER_SLOT, &slot, 1, &why);
    }
    if (r == 0 && options->fallback) {
        option = "--fallback";
        r = filter_add(&filter, FILTER_STATE, &fallback, 1, &why);
    }
    if (r != 0) {
        filter_done(&filter);
        if (r == -EINVAL)
            (void)refuse_option(option, &why);
        *error = why;
        return r;
    }
    *ret_filter = filter;
    return 0;
}
