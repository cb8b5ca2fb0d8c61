#include "tui/mend.h"

#include "core/unfinished.h"
#include "tui/record.h"

#include <unistd.h>

/* What stays as it is, for somebody has changed it since. */
static void add_left(const struct unfinished_news *news, struct buffer *out)
{
    if (news->left == 0)
        return;
    buffer_addf(out, "; changed by others since and left alone: ");
    buffer_add_str(out, news->left_id);
    if (news->left > 1)
        buffer_addf(out, " and %zu more", news->left - 1);
}

static void add_news(const struct unfinished_news *news, uint32_t id, struct buffer *out)
{
    char text[JOURNAL_ID_SIZE];
    buffer_add_str(out, news->operation.command);
    buffer_addf(out, " of %zu sessions was cut short when slotop was killed: ", news->meant);
    if (news->trouble.kind != ERROR_NONE) {
        buffer_addf(
            out, "%zu had been done, and the others cannot be now (%s); the next start tries again",
            news->held, news->trouble.text);
    } else if (news->held == 0) {
        buffer_addf(out, "none of them had been changed, and none was now");
    } else {
        buffer_addf(out, "%zu had been done", news->held);
        if (news->completed > 0)
            buffer_addf(out, ", %zu more %s now", news->completed,
                        news->completed == 1 ? "is" : "are");
        add_left(news, out);
        if (id != 0)
            buffer_addf(out, " (%s)", journal_id_text(id, text));
    }
    buffer_addf(out, ".");
}

/* What holds of the batch, for undo. 0 where it is not in the journal, which is told. */
static uint32_t write_down(const struct journal *journal, struct unfinished_news *news,
                           int64_t now_ms, struct error *trouble)
{
    uint32_t id = 0;
    struct buffer outcome = {0};
    if (!journal || news->trouble.kind != ERROR_NONE || news->operation.change_count == 0)
        return 0;
    buffer_addf(&outcome,
                "verified; a slotop was killed after %zu of %zu, and the next one went on",
                news->held, news->meant);
    news->operation.time_ms = now_ms;
    news->operation.outcome = buffer_str(&outcome);
    if (outcome.failed)
        (void)error_no_memory(trouble, "writing the journal");
    else
        (void)journal_append(journal, &news->operation, &id, trouble);
    buffer_done(&outcome);
    return id;
}

static void start_sentence(struct buffer *out)
{
    if (out->len > 0)
        buffer_add_char(out, ' ');
}

void mend_batches(const struct store *store, const struct journal *journal, int64_t now_ms,
                  struct buffer *message)
{
    struct unfinished_news news;
    struct error error = {0};
    int result = 0;
    bool goes_on = true;
    if (!store->copies_dir || access(store->copies_dir, F_OK) != 0)
        return; /* nothing was ever begun; to lock would make the directories */
    int hold = record_begin(journal, store);
    while (goes_on && (result = unfinished_mend(store, now_ms, &news, &error)) == 1) {
        struct error trouble = {0};
        uint32_t id = write_down(journal, &news, now_ms, &trouble);
        start_sentence(message);
        add_news(&news, id, message);
        if (trouble.kind != ERROR_NONE)
            buffer_addf(message, " It is not in the journal for undo: %s.", trouble.text);
        goes_on = news.trouble.kind == ERROR_NONE;
        unfinished_news_done(&news);
    }
    record_end(hold);
    if (result < 0) {
        start_sentence(message);
        buffer_addf(message, "Looking for batches that were not finished: %s.", error.text);
    }
}
