#include "tests/helpers/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Replaces each @AGO@ by NOW - AGO. */
static void add_with_times(const char *text, struct buffer *out)
{
    for (const char *at = strchr(text, '@'); at; at = strchr(text, '@')) {
        char *end = NULL;
        buffer_add(out, text, (size_t)(at - text));
        long long ago = strtoll(at + 1, &end, 10);
        assert_int_equal(*end, '@');
        buffer_addf(out, "%lld", (long long)NOW - ago);
        text = end + 1;
    }
    buffer_add_str(out, str_of(text));
}

void fixture_load(struct fixture *fixture, const char *entries, size_t slots)
{
    struct buffer bytes = {0};
    struct buffer config = {0};
    *fixture = (struct fixture){.workspace.source = ACTIVE_FIRST};
    document_init(&fixture->document);
    buffer_add_str(&bytes, STR("{\"version\":1,\"agents\":{"));
    add_with_times(entries, &bytes);
    buffer_add_str(&bytes, STR("}}"));
    assert_int_equal(document_parse(&fixture->document, &bytes, NULL), 0);
    assert_true(fixture->document.has_registry);
    buffer_add_str(&config, STR("{\"agents\":{\"list\":["));
    for (size_t i = 1; i <= slots; i++)
        buffer_addf(&config, "%s{\"id\":\"chat-slot-main-%zu\"}", i > 1 ? "," : "", i);
    buffer_add_str(&config, STR("]}}"));
    assert_int_equal(config_parse_pool(buffer_str(&config), STR("main"), &fixture->pool, NULL), 0);
    assert_int_equal(fixture->pool.slot_count, slots);
    buffer_done(&config);
    buffer_add_str(&fixture->workspace.name, STR("default"));
    buffer_add_str(&fixture->workspace.agent_id, STR("main"));
}

void fixture_build(struct fixture *fixture, int64_t now_ms)
{
    struct model_sources sources = fixture->more;
    sources.document = &fixture->document;
    sources.pool = &fixture->pool;
    sources.workspace = &fixture->workspace;
    sources.registry_path = "/s/chat-agents.json";
    sources.config_path = "/s/openclaw.json";
    sources.now_ms = now_ms;
    model_done(&fixture->model);
    assert_int_equal(model_build(&sources, &fixture->model, NULL), 0);
}

void fixture_make(struct fixture *fixture, const char *entries, size_t slots)
{
    fixture_load(fixture, entries, slots);
    fixture_build(fixture, NOW);
}

void fixture_done(struct fixture *fixture)
{
    model_done(&fixture->model);
    document_done(&fixture->document);
    config_pool_done(&fixture->pool);
    active_workspace_done(&fixture->workspace);
}
