/* What the server's own code answers for state directories of all kinds, case by case. */
#include "core/config.h"
#include "core/json.h"
#include "core/paths.h"
#include "tests/helpers/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define STATE_DIR ".openclaw-dench"

static const char VECTORS[] = "tests/vectors/workspace.jsonl";

struct vector {
    struct tree home;
    struct buffer name;
    struct str line;
    struct str expect;
    struct buffer openclaw_home;
    struct buffer openclaw_workspace;
    struct environment environment;
};

static struct str member(struct str object, const char *name)
{
    return json_member(object, str_of(name));
}

static bool throws(struct str value)
{
    return json_kind(member(value, "throws")) == JSON_TRUE;
}

/* Decodes a literal, with $HOME and $S replaced. */
static void add_expanded(const struct vector *vector, struct str literal, struct buffer *out)
{
    struct buffer text = {0};
    json_decode(literal, &text);
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = {text.data + i, text.len - i};
        if (str_starts(rest, STR("$HOME"))) {
            buffer_add_str(out, str_of(vector->home.path));
            i += 4;
        } else if (str_starts(rest, STR("$S"))) {
            buffer_addf(out, "%s/" STATE_DIR, vector->home.path);
            i += 1;
        } else {
            buffer_add_char(out, text.data[i]);
        }
    }
    assert_false(text.failed || out->failed);
    buffer_done(&text);
}

static const char *environment_value(const struct vector *vector, const char *name,
                                     struct buffer *out)
{
    struct str value = member(member(vector->line, "env"), name);
    if (!value.data)
        return NULL;
    add_expanded(vector, value, out);
    return out->data ? out->data : "";
}

static void put_file(const struct vector *vector, const char *member_name, const char *file)
{
    struct str literal = member(vector->line, member_name);
    struct buffer text = {0};
    if (json_kind(literal) != JSON_STRING)
        return;
    json_decode(literal, &text);
    tree_write(&vector->home, file, text.len ? text.data : "", text.len);
    buffer_done(&text);
}

/* Makes every name of the list in the state directory: a directory, or a link to one. */
static void make_names(const struct vector *vector, const char *list, const char *link_target)
{
    struct json_cursor cursor;
    struct json_item item;
    assert_true(json_enter(member(vector->line, list), &cursor));
    while (json_next(&cursor, &item)) {
        struct buffer path = {0};
        buffer_addf(&path, "%s/" STATE_DIR "/", vector->home.path);
        json_decode(item.value, &path);
        assert_int_equal(link_target ? symlink(link_target, path.data) : mkdir(path.data, 0777), 0);
        buffer_done(&path);
    }
}

static void build(struct vector *vector)
{
    tree_make(&vector->home);
    if (json_kind(member(vector->line, "dirs")) == JSON_ARRAY) {
        assert_int_equal(mkdir(tree_path(&vector->home, STATE_DIR), 0777), 0);
        make_names(vector, "dirs", NULL);
    }
    make_names(vector, "links", vector->home.path);
    put_file(vector, "ui", STATE_DIR "/.dench-ui-state.json");
    put_file(vector, "config", STATE_DIR "/openclaw.json");
    vector->environment = (struct environment){
        .home = vector->home.path,
        .openclaw_home = environment_value(vector, "OPENCLAW_HOME", &vector->openclaw_home),
        .openclaw_workspace =
            environment_value(vector, "OPENCLAW_WORKSPACE", &vector->openclaw_workspace),
        .current_dir = vector->home.path,
    };
}

static void check_text(const struct vector *vector, struct str literal, struct str answer)
{
    struct buffer expected = {0};
    if (json_kind(literal) == JSON_STRING)
        add_expanded(vector, literal, &expected);
    if (!str_equal(buffer_str(&expected), answer))
        fail_msg("%s: expected \"%.*s\", got \"%.*s\"", vector->name.data, (int)expected.len,
                 expected.data, (int)answer.len, answer.data);
    buffer_done(&expected);
}

static void check_slots(const struct vector *vector, struct str expected, const char *state_dir,
                        struct str agent_id)
{
    struct config_pool pool;
    struct buffer path = {0};
    struct json_cursor cursor;
    struct json_item item;
    size_t count = 0;
    paths_join(state_dir, "openclaw.json", &path);
    assert_int_equal(config_load_pool(path.data, agent_id, &pool, NULL), 0);
    assert_int_equal(pool.state == CONFIG_ENTRY_INVALID, throws(expected));
    assert_int_equal(json_enter(expected, &cursor), true);
    while (!throws(expected) && json_next(&cursor, &item)) {
        assert_true(count < pool.slot_count);
        check_text(vector, item.value, pool.slots[count++]);
    }
    assert_int_equal(pool.slot_count, count);
    config_pool_done(&pool);
    buffer_done(&path);
}

static void check(const struct vector *vector)
{
    struct buffer state_dir = {0};
    struct active_workspace active;
    struct str name = member(vector->expect, "activeWorkspace");
    assert_int_equal(paths_state_dir(&vector->environment, &state_dir, NULL), 0);
    check_text(vector, member(vector->expect, "stateDir"), buffer_str(&state_dir));
    assert_int_equal(paths_active_workspace(&vector->environment, state_dir.data, &active, NULL),
                     0);
    assert_int_equal(active.source == ACTIVE_THROWS, throws(name));
    assert_int_equal(active.source == ACTIVE_NONE, json_kind(name) == JSON_NULL);
    if (active.source != ACTIVE_THROWS) {
        check_text(vector, name, buffer_str(&active.name));
        check_text(vector, member(vector->expect, "activeAgentId"), buffer_str(&active.agent_id));
        check_slots(vector, member(vector->expect, "slots"), state_dir.data,
                    buffer_str(&active.agent_id));
    } else {
        assert_true(throws(member(vector->expect, "slots")));
        assert_int_equal(active.agent_id.len, 0);
        assert_true(active.trouble[0]);
    }
    active_workspace_done(&active);
    buffer_done(&state_dir);
}

static void run(struct str line)
{
    struct vector vector = {.line = line, .expect = member(line, "expect")};
    json_decode(member(line, "name"), &vector.name);
    build(&vector);
    check(&vector);
    tree_remove(&vector.home);
    buffer_done(&vector.name);
    buffer_done(&vector.openclaw_home);
    buffer_done(&vector.openclaw_workspace);
}

static void every_case_resolves_as_in_the_server(void **state)
{
    FILE *file = fopen(VECTORS, "r");
    char *line = NULL;
    size_t capacity = 0, cases = 0;
    (void)state;
    assert_non_null(file);
    for (ssize_t len; (len = getline(&line, &capacity, file)) > 0; cases++) {
        struct str text = {line, (size_t)len};
        assert_true(json_check(text, NULL));
        run(json_root(text));
    }
    free(line);
    assert_int_equal(fclose(file), 0);
    printf("vectors: %zu cases\n", cases);
    assert_int_equal(cases, 176);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_resolves_as_in_the_server)};
    return cmocka_run_group_tests_name("vectors_workspace", tests, NULL, NULL);
}
