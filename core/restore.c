#include "core/restore.h"

#include "core/copies_part.h"
#include "core/outcome.h"
#include "core/wipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t count_live(const struct registry *registry)
{
    size_t live = 0;
    for (size_t i = 0; i < registry->count; i++)
        live += entry_is_live(&registry->entries[i]);
    return live;
}

/* "42", "0000042" or the whole name. */
static bool is_called(const struct copy *copy, const char *name)
{
    char *end = NULL;
    if (strcmp(copy->name, name) == 0)
        return true;
    bool is_number = *name >= '0' && *name <= '9';
    return is_number && strtoull(name, &end, 10) == copy->number && *end == '\0';
}

static int find_named(const struct copies *copies, const char *name, size_t *ret_index,
                      struct error *error)
{
    for (size_t i = 0; i < copies->count; i++) {
        if (is_called(&copies->items[i], name)) {
            *ret_index = i;
            return 0;
        }
    }
    return error_set(error, ERROR_NOT_FOUND, ENOENT,
                     "%s: no copy has this name; see 'slotop restore --list'", name);
}

/* What can take the place of a file must be as the server writes it. */
static bool is_usable(const struct document *copy, const struct document *now)
{
    return now->has_registry ? copy->has_registry : copy->state == DOCUMENT_OK;
}

/* The newest that lost most of its entries; failing that, the newest with more live ones, or for a
 * file that cannot be read any good one. Copies that cannot be read are passed over. SIZE_MAX:
 * none. */
static int choose(const char *dir, const struct copies *copies, const struct document *now,
                  size_t *ret_index, struct error *error)
{
    struct document copy;
    struct wipe wipe;
    size_t live = count_live(&now->registry), chosen = SIZE_MAX;
    bool is_wipe = false;
    int result = 0;
    document_init(&copy);
    for (size_t i = 0; !is_wipe && i < copies->count; i++) {
        result = copies_load(dir, &copies->items[i], &copy, error);
        if (result == -ENOMEM)
            break;
        if (result != 0 || !is_usable(&copy, now))
            continue;
        is_wipe = wipe_is_between(&copy.registry, &now->registry, &wipe);
        bool has_more = !now->has_registry || count_live(&copy.registry) > live;
        if (is_wipe || (chosen == SIZE_MAX && has_more))
            chosen = i;
    }
    document_done(&copy);
    if (result == -ENOMEM)
        return result;
    *ret_index = chosen;
    return 0;
}

/* Loads the copy to be used; none of that is no error. */
static int load_chosen(const char *dir, const char *name, const struct document *now,
                       struct restore *restore, struct error *error)
{
    struct copies copies = {0};
    size_t index = SIZE_MAX;
    int result = copies_scan(dir, &copies, error);
    if (result == -ENOENT || result == -ENOTDIR || (result == 0 && copies.count == 0))
        return error_set(error, ERROR_NOT_FOUND, ENOENT,
                         "no copy of the registry has been kept in %s", dir);
    if (result == 0 && name)
        result = find_named(&copies, name, &index, error);
    else if (result == 0)
        result = choose(dir, &copies, now, &index, error);
    if (result == 0 && index < copies.count) {
        restore->copy = copies.items[index];
        result = copies_load(dir, &restore->copy, &restore->document, error);
    }
    copies_done(&copies);
    if (result == 0 && index != SIZE_MAX && !is_usable(&restore->document, now))
        result = error_set(error, ERROR_UNUSABLE, EUCLEAN, "%s is no good copy (%s)",
                           restore->copy.name, restore->document.trouble);
    return result;
}

static bool is_to_come_back(const struct entry *entry)
{
    return entry->shape == ENTRY_OBJECT && entry->state != STATE_DELETED;
}

static int plan(struct restore *restore, const struct document *now, struct error *error)
{
    const struct registry *registry = &restore->document.registry;
    size_t room = registry->count + 1;
    restore->operations = calloc(room, sizeof(*restore->operations));
    restore->outcomes = calloc(room, sizeof(*restore->outcomes));
    if (!restore->operations || !restore->outcomes)
        return error_no_memory(error, "preparing to bring entries back");
    for (size_t i = 0; i < registry->count; i++) {
        const struct entry *entry = &registry->entries[i];
        if (registry_get(&now->registry, entry_session_id(entry))) {
            restore->present++;
        } else if (!is_to_come_back(entry)) {
            restore->left_out++;
        } else {
            restore->operations[restore->count++] = (struct operation){
                .kind = OPERATION_PUT_BACK,
                .session_id = entry_session_id(entry),
                .now_ms = restore->now_ms,
                .force = true,
                .entry_text = document_entry_text(&restore->document, entry),
            };
        }
    }
    return 0;
}

int restore_prepare(const char *dir, const char *name, const struct document *now, int64_t now_ms,
                    struct restore *ret_restore, struct error *error)
{
    struct restore restore = {.now_ms = now_ms, .replaces = !now->has_registry};
    document_init(&restore.document);
    if (now->state == DOCUMENT_UNREADABLE)
        return error_set(error, ERROR_UNUSABLE, EACCES, "%s; nothing was changed", now->trouble);
    int result = load_chosen(dir, name, now, &restore, error);
    if (result == 0 && restore.copy.name[0])
        result = plan(&restore, now, error);
    if (result != 0) {
        restore_done(&restore);
        return result;
    }
    *ret_restore = restore;
    return 0;
}

bool restore_has_work(const struct restore *restore)
{
    return restore->count > 0 || (restore->replaces && restore->copy.name[0]);
}

/* The outcomes of operations on a registry that was empty. */
static int tell_replaced(struct restore *restore, struct error *error)
{
    struct document empty;
    int result = 0;
    document_init(&empty);
    document_set_missing(&empty);
    for (size_t i = 0; result == 0 && i < restore->count; i++) {
        result = operation_apply(&empty.registry, &restore->operations[i], NULL,
                                 &restore->outcomes[i], error);
        if (result == 0)
            result = outcome_fill_texts(&empty, &restore->outcomes[i], error);
    }
    document_done(&empty);
    return result;
}

static int replace(const struct store *store, struct restore *restore, struct store_report *report,
                   struct error *error)
{
    struct buffer text = {0};
    size_t purged = 0;
    int result = registry_purge_deleted(&restore->document.registry, &purged, error);
    if (result == 0 && purged > 0)
        result = document_print_whole(&restore->document, &text, error);
    struct str whole = buffer_str(purged > 0 ? &text : &restore->document.bytes);
    if (result == 0)
        result = store_replace_torn(store, whole, restore->now_ms, report, error);
    if (result == 0)
        result = tell_replaced(restore, error);
    buffer_done(&text);
    return result;
}

int restore_apply(const struct store *store, struct restore *restore,
                  struct store_report *ret_report, struct error *error)
{
    *ret_report = (struct store_report){0};
    if (!restore_has_work(restore))
        return 0;
    if (restore->replaces)
        return replace(store, restore, ret_report, error);
    return store_apply(store, restore->operations, restore->count, NULL, restore->outcomes,
                       ret_report, error);
}

void restore_done(struct restore *restore)
{
    for (size_t i = 0; restore->outcomes && i < restore->count; i++)
        outcome_done(&restore->outcomes[i]);
    free(restore->outcomes);
    free(restore->operations);
    document_done(&restore->document);
    *restore = (struct restore){0};
    document_init(&restore->document);
}
