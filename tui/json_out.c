#include "tui/json_out.h"

#include "core/json.h"

#include <inttypes.h>
#include <string.h>

/* A value needs a comma before it unless it is the first, or the value of a key. */
static void separate(struct buffer *out)
{
    if (out->len > 0 && !strchr("{[:", out->data[out->len - 1]))
        buffer_add_char(out, ',');
}

void json_out_open(struct buffer *out, char bracket)
{
    separate(out);
    buffer_add_char(out, bracket);
}

void json_out_close(struct buffer *out, char bracket)
{
    buffer_add_char(out, bracket);
}

void json_out_key(struct buffer *out, const char *name)
{
    json_out_string(out, str_of(name));
    buffer_add_char(out, ':');
}

void json_out_string(struct buffer *out, struct str text)
{
    separate(out);
    if (text.data)
        json_quote(text, out);
    else
        buffer_add_str(out, STR("null"));
}

void json_out_integer(struct buffer *out, int64_t number)
{
    separate(out);
    buffer_addf(out, "%" PRId64, number);
}

void json_out_size(struct buffer *out, size_t number)
{
    separate(out);
    buffer_addf(out, "%zu", number);
}

void json_out_bool(struct buffer *out, bool value)
{
    separate(out);
    buffer_addf(out, "%s", value ? "true" : "false");
}

void json_out_raw(struct buffer *out, struct str json)
{
    separate(out);
    buffer_add_str(out, json.len ? json : STR("null"));
}
