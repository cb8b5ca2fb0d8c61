#include "tests/helpers/docs_part.h"

#include "tui/key.h"

#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "…"
#define STATES_ARE "only these: "

/* ---- words of the tables ---- */

bool docs_belongs(const struct option_row *row, const struct command *command)
{
    bool is_in_shell = (command->flags & COMMAND_IN_SHELL) != 0;
    return is_in_shell && (row->commands & (UINT32_C(1) << command->id));
}

void docs_argument_word(const char *argument, struct buffer *out)
{
    buffer_add(out, argument, strspn(argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
}

void docs_states(struct buffer *out)
{
    for (size_t i = 0; i < option_row_count; i++) {
        if (option_rows[i].code != OPTION_STATE)
            continue;
        for (const char *at = strstr(option_rows[i].summary, STATES_ARE) + strlen(STATES_ARE); *at;
             at++)
            buffer_add(out, at, *at != ',');
    }
}

bool docs_operand(const struct command *command, struct buffer *out)
{
    const char *at = command->arguments;
    while (*at) {
        at += strspn(at, " [|]");
        size_t len = strcspn(at, " ");
        if (*at != '-') {
            docs_argument_word(at, out);
            return memmem(at, len, ELLIPSIS, strlen(ELLIPSIS)) != NULL;
        }
        bool takes_next = !memchr(at, ']', len) && at[len];
        at += len + takes_next;
        at += takes_next ? strcspn(at, " ") : 0;
    }
    return false;
}

void docs_clause(const char *summary, const char *apostrophe, struct buffer *out)
{
    size_t len = strcspn(summary, ";:");
    const char *open = memrchr(summary, '(', len);
    if (open && summary[len] && !memchr(open, ')', len - (size_t)(open - summary)))
        len = (size_t)(open - summary) - 1;
    for (size_t i = 0; i < len; i++) {
        if (strchr("\\[]", summary[i]))
            abort();
        if (summary[i] == '\'')
            buffer_add_str(out, str_of(apostrophe));
        else
            buffer_add_char(out, summary[i]);
    }
}

/* ---- mdoc ---- */

/* A word that mdoc takes as it stands. */
static void add_roff(struct buffer *out, const char *text)
{
    static const struct {
        char c;
        const char *escape;
    } escapes[] = {{'\\', "\\e"}, {'-', "\\-"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};
    if (strchr(".,:;()[]?!|'", *text))
        buffer_add_str(out, STR("\\&"));
    for (; *text; text++) {
        const char *escape = NULL;
        for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
            if (escapes[i].c == *text)
                escape = escapes[i].escape;
        if (escape)
            buffer_add_str(out, str_of(escape));
        else
            buffer_add_char(out, *text);
    }
}

void docs_keys(struct buffer *out)
{
    char name[KEY_NAME_SIZE];
    for (size_t i = 0; i < command_count; i++) {
        if (!(commands[i].flags & COMMAND_ON_SCREEN))
            continue;
        buffer_add_str(out, STR(".It Ic"));
        for (const uint32_t *key = commands[i].keys; *key; key++) {
            buffer_add_str(out, key == commands[i].keys ? STR(" ") : STR(" , "));
            add_roff(out, key_label(*key, name));
        }
        buffer_addf(out, "\n%s\n", commands[i].summary);
    }
}

void docs_commands(struct buffer *out)
{
    const char *comma = "";
    for (size_t i = 0; i < command_count; i++) {
        if (commands[i].flags & COMMAND_ON_SCREEN) {
            buffer_addf(out, "%s.Cm %s", comma, commands[i].name);
            comma = " ,\n";
        }
    }
    buffer_addf(out, " .\n");
}

/* One word of what a command takes, as mdoc: "[--ttl" is "Oo Fl -ttl". */
static void add_word(struct buffer *out, const char *word, size_t len)
{
    while (len > 0 && *word == '[') {
        buffer_add_str(out, STR(" Oo"));
        word++;
        len--;
    }
    size_t closing = 0;
    while (len > 0 && word[len - 1] == ']') {
        closing++;
        len--;
    }
    bool repeats = len > strlen(ELLIPSIS) && word[len - strlen(ELLIPSIS) - 1] != ',' &&
                   memcmp(word + len - strlen(ELLIPSIS), ELLIPSIS, strlen(ELLIPSIS)) == 0;
    bool is_list = !repeats && memmem(word, len, ELLIPSIS, strlen(ELLIPSIS));
    len -= repeats || is_list ? strlen(ELLIPSIS) : 0;
    bool is_option = len > 0 && *word == '-';
    buffer_add_str(out, *word == '|' ? STR(" ") : is_option ? STR(" Fl ") : STR(" Ar "));
    buffer_add(out, word + is_option, len - is_option);
    if (repeats)
        buffer_add_str(out, STR(" ..."));
    if (is_list)
        buffer_add_str(out, STR("..."));
    while (closing-- > 0)
        buffer_add_str(out, STR(" Oc"));
}

void docs_command_heading(const struct command *command, struct buffer *out)
{
    buffer_addf(out, ".It Ic %s", command->name);
    for (const char *at = command->arguments; *at; at += *at == ' ') {
        size_t len = strcspn(at, " ");
        add_word(out, at, len);
        at += len;
    }
}

void docs_option_heading(const struct option_row *row, struct buffer *out)
{
    buffer_add_str(out, STR(".It Fl "));
    if (row->code < OPTION_JSON)
        buffer_addf(out, "%c , Fl ", row->code);
    buffer_addf(out, "-%s", row->name);
    if (row->argument)
        buffer_addf(out, row->may_lack_argument ? " Ns Oo = Ns Ar %s Oc" : " Ns = Ns Ar %s",
                    row->argument);
}

/* ---- parts ---- */

static const struct {
    const char *name;
    void (*make)(struct buffer *out);
} parts[] = {{"keys", docs_keys},
             {"commands", docs_commands},
             {"bash", docs_bash},
             {"zsh", docs_zsh},
             {"fish", docs_fish}};

/* Behind the end of the line that has this mark; aborts without it. */
static const char *line_behind(const char *text, const char *mark)
{
    const char *found = strstr(text, mark);
    if (!found || !(found = strchr(found, '\n')))
        abort();
    return found + 1;
}

size_t docs_renew(const char *text, struct buffer *out)
{
    size_t count = 0;
    for (const char *begin; (begin = strstr(text, "@begin ")); count++) {
        const char *name = begin + strlen("@begin ");
        size_t part = 0;
        while (strncmp(parts[part].name, name, strlen(parts[part].name)) != 0)
            if (++part == sizeof(parts) / sizeof(parts[0]))
                abort();
        const char *inside = line_behind(begin, "@begin ");
        buffer_add(out, text, (size_t)(inside - text));
        parts[part].make(out);
        const char *behind = line_behind(inside, "@end ");
        text = behind - 1;
        do
            text--;
        while (*text != '\n');
        text++;
    }
    buffer_add_str(out, str_of(text));
    return count;
}
