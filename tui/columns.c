#include "tui/columns.h"

#include <string.h>

const char *column_name(enum table_column column)
{
    static const char *const names[COLUMN_COUNT] = {
        [COLUMN_SESSION] = "session",
        [COLUMN_STATE] = "state",
        [COLUMN_SLOT] = "slot",
        [COLUMN_TITLE] = "title",
        [COLUMN_WORKSPACE] = "workspace",
        [COLUMN_RUN] = "run",
        [COLUMN_AGE] = "age",
        [COLUMN_QUIET] = "quiet",
        [COLUMN_EXPIRES] = "expires in",
    };
    return names[column];
}

static struct str trim(struct str text)
{
    while (text.len > 0 && text.data[text.len - 1] == ' ')
        text.len--;
    while (text.len > 0 && text.data[0] == ' ')
        text = (struct str){text.data + 1, text.len - 1};
    return text;
}

static bool add(struct column_choice *choice, struct str name)
{
    unsigned column = 0;
    while (column < COLUMN_COUNT &&
           !str_equal(str_of(column_name((enum table_column)column)), name))
        column++;
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->columns[i] == column)
            return false;
    }
    if (column == COLUMN_COUNT)
        return false;
    choice->columns[choice->count++] = (enum table_column)column;
    return true;
}

bool columns_parse(struct str list, struct column_choice *ret_choice, struct str *ret_name)
{
    struct column_choice choice = {.count = 0};
    bool is_auto = str_equal(trim(list), STR("auto"));
    while (!is_auto) {
        const char *comma = list.len > 0 ? memchr(list.data, ',', list.len) : NULL;
        size_t len = comma ? (size_t)(comma - list.data) : list.len;
        struct str name = trim((struct str){list.data, len});
        if (!add(&choice, name)) {
            *ret_name = name;
            return false;
        }
        if (!comma)
            break;
        list = (struct str){comma + 1, list.len - len - 1};
    }
    *ret_choice = choice;
    return true;
}
