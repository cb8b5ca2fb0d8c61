#include "tests/helpers/setting.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct str chat_id(const void *owner, size_t place)
{
    const struct chat_folder *folder = owner;
    return folder->items[place].id;
}

void setting_init(struct setting *around, struct fixture *fixture)
{
    *around = (struct setting){.folder.state = INDEX_OK, .folder.workspace = STR("default")};
    around->workspaces.names = around->names;
    setting_add_workspace(around, "default");
    around->folder.items = around->items;
    around->chats = (struct chats){.folders = &around->folder, .count = 1};
    around->evidences.items = around->traces;
    around->server = (struct server){.state = SERVER_UP,
                                     .is_certain = true,
                                     .pid = 4711,
                                     .started_ms = (double)NOW - 7200000,
                                     .version = "2.3.5"};
    fixture->more = (struct model_sources){
        .workspaces = &around->workspaces,
        .chats = &around->chats,
        .evidences = &around->evidences,
        .server = &around->server,
        .beat = &around->beat,
    };
}

void setting_add_chats(struct setting *around, const struct setting_chat *chats)
{
    struct chat_folder *folder = &around->folder;
    struct string_source ids = {chat_id, folder};
    for (; chats->id; chats++) {
        assert_true(folder->count < AROUND_MAX);
        assert_true(string_index_reserve(&folder->by_id, ids, folder->count + 1));
        folder->items[folder->count] = (struct chat){
            .id = str_of(chats->id),
            .title = STR("A title"),
            .agent_id = str_of(chats->agent),
            .created_ms = (double)NOW - 9000000,
            .updated_ms = (double)NOW - chats->used_ago,
            .last_active_ms = NAN,
            .message_count = 2,
        };
        string_index_put(&folder->by_id, ids, folder->count++);
    }
}

void setting_add_traces(struct setting *around, const struct setting_trace *traces)
{
    for (; traces->id; traces++) {
        assert_true(around->evidences.count < AROUND_MAX);
        around->traces[around->evidences.count++] = (struct evidence){
            .session_id = str_of(traces->id),
            .has_transcript = traces->kind != '-',
            .transcript_ms = traces->kind == '-' ? NAN : (double)NOW - traces->ago,
            .lock_pid = traces->kind == 'R' ? 4712 : 0,
            .lock_ms = traces->kind == 'R' ? (double)NOW - traces->ago : NAN,
            .status_ms = NAN,
            .wal_ms = NAN,
        };
    }
}

void setting_add_workspace(struct setting *around, const char *name)
{
    assert_true(around->workspaces.count < AROUND_MAX);
    around->names[around->workspaces.count++] = str_of(name);
}

void setting_set_beat(struct setting *around, double pass_ago)
{
    around->beat = (struct beat){.source = BEAT_SEEN, .pass_ms = (double)NOW - pass_ago};
}

void setting_done(struct setting *around)
{
    string_index_done(&around->folder.by_id);
}
