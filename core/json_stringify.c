#include "core/json.h"
#include "core/json_scan.h"

#include <stdlib.h>

/* Where every container ends, in the order they begin: found in one pass, so that no byte is
 * skipped once for each level around it. */
struct container {
    const char *end;
    size_t next; /* the first container behind this one; while it is open: the one around it */
};

/* A place in the text, and the first container at or behind it. */
struct place {
    const char *at;
    size_t container;
};

struct member {
    struct str key;     /* decoded */
    struct str literal; /* its first appearance */
    struct place value; /* its last */
    uint32_t index;     /* if is_index */
    bool is_index;
};

/* A container being written. Objects go by their sorted members, arrays by the text. */
struct frame {
    struct place at;
    size_t first_member;
    size_t next_member;
    bool is_object;
    bool is_empty; /* nothing written yet */
};

struct printer {
    const char *end;
    struct buffer *out;
    size_t indent_spaces;
    size_t level;

    struct container *containers;
    size_t container_count;
    size_t container_room;
    struct member *members; /* of the open objects, one after the other */
    size_t member_count;
    size_t member_room;
    struct frame *frames;
    size_t frame_count;
    size_t frame_room;

    struct arena decoded; /* the keys that do not stand in the text as they are */
    struct buffer scratch;
};

/* `array` with room for one item more than `count`; NULL (and `array` as it was) without memory. */
static void *with_room(void *array, size_t count, size_t *room, size_t item_size)
{
    enum { FIRST_ROOM = 16 };
    if (count < *room)
        return array;
    size_t wanted = *room ? *room * 2 : FIRST_ROOM;
    if (wanted > SIZE_MAX / 2 / item_size)
        return NULL;
    void *grown = realloc(array, wanted * item_size);
    if (grown)
        *room = wanted;
    return grown;
}

static bool add_container(struct printer *printer, size_t around)
{
    struct container *grown = with_room(printer->containers, printer->container_count,
                                        &printer->container_room, sizeof(*grown));
    if (!grown)
        return false;
    printer->containers = grown;
    grown[printer->container_count++] = (struct container){.next = around};
    return true;
}

static bool find_containers(struct printer *printer, const char *at)
{
    size_t innermost = SIZE_MAX;
    while (at < printer->end) {
        switch (*at) {
        case '"':
            at = json_skip_string(at, printer->end);
            continue;
        case '{':
        case '[':
            if (!add_container(printer, innermost))
                return false;
            innermost = printer->container_count - 1;
            break;
        case '}':
        case ']': {
            struct container *closed = &printer->containers[innermost];
            innermost = closed->next;
            *closed = (struct container){.end = at + 1, .next = printer->container_count};
            break;
        }
        default:
            break;
        }
        at++;
    }
    return true;
}

/* Takes the next element, or member with its key, of the container `place` stands in. */
static bool take_item(const struct printer *printer, struct place *place, struct str *ret_key,
                      struct place *ret_value)
{
    const char *at = json_skip_space(place->at, printer->end);
    if (*at == ',')
        at = json_skip_space(at + 1, printer->end);
    if (*at == '}' || *at == ']')
        return false;
    if (ret_key) {
        const char *behind = json_skip_string(at, printer->end);
        *ret_key = (struct str){at, (size_t)(behind - at)};
        at = json_skip_space(behind, printer->end);
        at = json_skip_space(at + 1, printer->end);
    }
    *ret_value = (struct place){at, place->container};
    if (*at == '{' || *at == '[') {
        const struct container *container = &printer->containers[place->container];
        *place = (struct place){container->end, container->next};
    } else {
        place->at = json_skip_value(at, printer->end);
    }
    return true;
}

/* The decoded form, absent without memory. */
static struct str decoded_key(struct printer *printer, struct str literal)
{
    struct str inner = json_unquoted(literal);
    const char *end = inner.data + inner.len;
    if (json_skip_ascii(inner.data, end) == end)
        return inner;
    buffer_clear(&printer->scratch);
    json_decode(literal, &printer->scratch);
    if (printer->scratch.failed)
        return (struct str){0};
    return arena_copy(&printer->decoded, buffer_str(&printer->scratch));
}

static bool add_member(struct printer *printer, struct str literal, struct place value)
{
    struct member *grown =
        with_room(printer->members, printer->member_count, &printer->member_room, sizeof(*grown));
    if (!grown)
        return false;
    printer->members = grown;
    struct member member = {
        .key = decoded_key(printer, literal), .literal = literal, .value = value};
    if (!member.key.data)
        return false;
    member.is_index = json_is_index_key(member.key, &member.index);
    grown[printer->member_count++] = member;
    return true;
}

static int by_appearance(const struct member *a, const struct member *b)
{
    return (a->literal.data > b->literal.data) - (a->literal.data < b->literal.data);
}

static int by_key(const void *left, const void *right)
{
    const struct member *a = left;
    const struct member *b = right;
    int order = str_compare(a->key, b->key);
    return order ? order : by_appearance(a, b);
}

static int by_turn(const void *left, const void *right)
{
    const struct member *a = left;
    const struct member *b = right;
    if (a->is_index != b->is_index)
        return a->is_index ? -1 : 1;
    if (a->is_index)
        return (a->index > b->index) - (a->index < b->index);
    return by_appearance(a, b);
}

/* Lets each key keep its first place and its last value. Members are sorted by key. */
static size_t fold_duplicates(struct member *members, size_t count)
{
    size_t kept = 0;
    for (size_t i = 1; i < count; i++) {
        if (str_equal(members[kept].key, members[i].key))
            members[kept].value = members[i].value;
        else
            members[++kept] = members[i];
    }
    return count ? kept + 1 : 0;
}

static bool collect_members(struct printer *printer, struct frame *frame)
{
    struct str key;
    struct place value;
    while (take_item(printer, &frame->at, &key, &value)) {
        if (!add_member(printer, key, value))
            return false;
    }
    size_t count = printer->member_count - frame->first_member;
    if (count < 2)
        return true;
    struct member *members = printer->members + frame->first_member;
    qsort(members, count, sizeof(*members), by_key);
    count = fold_duplicates(members, count);
    qsort(members, count, sizeof(*members), by_turn);
    printer->member_count = frame->first_member + count;
    return true;
}

static bool open_frame(struct printer *printer, struct place place)
{
    struct frame *grown =
        with_room(printer->frames, printer->frame_count, &printer->frame_room, sizeof(*grown));
    if (!grown)
        return false;
    printer->frames = grown;
    struct frame *frame = &grown[printer->frame_count++];
    *frame = (struct frame){.at = {place.at + 1, place.container + 1},
                            .first_member = printer->member_count,
                            .next_member = printer->member_count,
                            .is_object = *place.at == '{',
                            .is_empty = true};
    buffer_add_char(printer->out, *place.at);
    return !frame->is_object || collect_members(printer, frame);
}

static void break_line(const struct printer *printer)
{
    if (printer->indent_spaces == 0)
        return;
    buffer_add_char(printer->out, '\n');
    buffer_add_repeat(printer->out, ' ',
                      printer->indent_spaces * (printer->level + printer->frame_count));
}

static void close_frame(struct printer *printer)
{
    struct frame frame = printer->frames[--printer->frame_count];
    printer->member_count = frame.first_member;
    if (!frame.is_empty)
        break_line(printer);
    buffer_add_char(printer->out, frame.is_object ? '}' : ']');
}

static bool print_value(struct printer *printer, struct place place)
{
    struct str scalar = {place.at, 0};
    switch (*place.at) {
    case '{':
    case '[':
        return open_frame(printer, place);
    case '"':
        scalar.len = (size_t)(json_skip_string(place.at, printer->end) - place.at);
        json_quote_literal(scalar, printer->out);
        return true;
    default:
        scalar.len = (size_t)(json_skip_value(place.at, printer->end) - place.at);
        if (json_kind(scalar) == JSON_NUMBER)
            json_print_number(json_to_number(scalar), printer->out);
        else
            buffer_add_str(printer->out, scalar);
        return true;
    }
}

/* Writes the next item of the innermost container, or its end. */
static bool print_step(struct printer *printer)
{
    struct frame *frame = &printer->frames[printer->frame_count - 1];
    const struct member *member = NULL;
    struct place value;
    if (frame->is_object && frame->next_member < printer->member_count) {
        member = &printer->members[frame->next_member++];
        value = member->value;
    } else if (frame->is_object || !take_item(printer, &frame->at, NULL, &value)) {
        close_frame(printer);
        return true;
    }
    if (!frame->is_empty)
        buffer_add_char(printer->out, ',');
    frame->is_empty = false;
    break_line(printer);
    if (member) {
        json_quote_literal(member->literal, printer->out);
        buffer_add_char(printer->out, ':');
        if (printer->indent_spaces > 0)
            buffer_add_char(printer->out, ' ');
    }
    return print_value(printer, value);
}

static bool print_all(struct printer *printer, struct str root)
{
    if (!find_containers(printer, root.data) || !print_value(printer, (struct place){root.data, 0}))
        return false;
    while (printer->frame_count > 0 && !printer->out->failed) {
        if (!print_step(printer))
            return false;
    }
    return true;
}

void json_stringify(struct str value, int indent_spaces, int level, struct buffer *out)
{
    enum { WIDEST_INDENT = 10 };
    struct str root = json_root(value);
    if (root.len == 0)
        return;
    struct printer printer = {.end = root.data + root.len, .out = out};
    if (indent_spaces > 0)
        printer.indent_spaces =
            (size_t)(indent_spaces < WIDEST_INDENT ? indent_spaces : WIDEST_INDENT);
    if (level > 0)
        printer.level = (size_t)level;
    if (!print_all(&printer, root))
        out->failed = true;
    free(printer.containers);
    free(printer.members);
    free(printer.frames);
    arena_done(&printer.decoded);
    buffer_done(&printer.scratch);
}
