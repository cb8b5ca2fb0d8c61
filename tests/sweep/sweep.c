#include "tests/sweep/judge.h"

#include "core/unfinished.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void clear(const struct sweep *sweep, const char *name)
{
    DIR *directory = opendir(tree_path(&sweep->tree, name));
    if (!directory)
        return;
    for (struct dirent *item = readdir(directory); item; item = readdir(directory))
        (void)unlinkat(dirfd(directory), item->d_name, 0);
    (void)closedir(directory);
    (void)rmdir(tree_path(&sweep->tree, name));
}

static void set_trial(const struct sweep *sweep)
{
    const struct buffer *before = &sweep->trial->before;
    clear(sweep, "state");
    clear(sweep, "own");
    if (before->data)
        tree_write(&sweep->tree, "state/chat-agents.json", before->data, before->len);
}

static void describe(const struct outcome *outcome, struct buffer *out)
{
    for (size_t i = 0; i < outcome->change_count; i++) {
        const struct change_record *change = &outcome->changes[i];
        buffer_add_str(out, change->session_id);
        buffer_addf(out, " %d:%d %d:%d %s %d %s ", change->had_entry, (int)change->from,
                    change->has_entry, (int)change->to, change->changed ? "changed" : "left",
                    (int)change->kind, change->reason ? change->reason : "");
        buffer_add_str(out, change->slot_id);
        buffer_add_str(out, change->before_json);
        buffer_add_str(out, change->after_json);
    }
    buffer_add_str(out, buffer_str(&outcome->entry_json));
    buffer_add_str(out, outcome->agent_id);
    buffer_addf(out, " %d %zu %zu\n", outcome->found, outcome->expired_count,
                outcome->purged_count);
}

/* The edit itself, and nothing else, while the faults are armed. */
static void run(const struct sweep *sweep, const struct fault faults[FAULTS_MAX],
                struct answer *answer)
{
    const struct trial *trial = sweep->trial;
    const struct store store = {
        .path = sweep->path,
        .copies_dir = sweep->keeps ? sweep->own : NULL,
        .fence_ms = STORE_DEFAULT_FENCE_MS,
    };
    struct outcome outcomes[TRIAL_OPERATIONS_MAX];
    memset(answer, 0, sizeof(*answer));
    faults_arm(&trial->world, faults);
    if (trial->replaces)
        answer->result =
            store_replace_torn(&store, trial_good_text, 0, &answer->report, &answer->error);
    else
        answer->result = store_apply(&store, trial->operations, trial->count, &trial_pool, outcomes,
                                     &answer->report, &answer->error);
    faults_disarm(&answer->trace);
    for (size_t i = 0; i < trial->count; i++) {
        if (answer->result == 0)
            describe(&outcomes[i], &answer->text);
        outcome_done(&outcomes[i]);
    }
    buffer_addf(&answer->text, "%s\n", answer->report.wrote ? "wrote" : "wrote nothing");
}

/* An undisturbed edit after a disturbed one brings the file where it was to be. */
static const char *repeat(const struct sweep *sweep)
{
    static const struct fault none[FAULTS_MAX];
    struct answer answer;
    struct picture now;
    run(sweep, none, &answer);
    picture_take(sweep->path, &now);
    bool has_replaced = sweep->trial->replaces && answer.result == -EEXIST;
    bool is_good = (answer.result == 0 || has_replaced) && picture_equal(&now, &sweep->after);
    picture_done(&now);
    buffer_done(&answer.text);
    return is_good ? NULL : "done again, it does not come out as wished";
}

/* One point in this process; true if all the blows fell. */
static bool point(struct sweep *sweep, const struct fault faults[FAULTS_MAX])
{
    struct answer answer;
    struct picture now;
    size_t wanted = (size_t)(faults[0].blow != BLOW_NONE) + (faults[1].blow != BLOW_NONE);
    set_trial(sweep);
    size_t descriptors = judge_count_descriptors();
    ptrdiff_t allocations = faults_live_allocations();
    run(sweep, faults, &answer);
    picture_take(sweep->path, &now);
    const char *complaint = judge_edit(sweep, &faults[0], &now, &answer);
    picture_done(&now);
    buffer_done(&answer.text);
    if (!complaint)
        complaint = judge_process(descriptors, allocations);
    if (!complaint && faults[0].blow != BLOW_LOST)
        complaint = repeat(sweep);
    if (complaint)
        sweep_complain(sweep, &answer.trace, faults, complaint,
                       answer.result != 0 ? answer.error.text : "");
    sweep->points++;
    return answer.trace.struck >= wanted;
}

/* Only where the file has a temporary name while it is written a kill can leave that. */
static bool makes_a_name(const struct sweep *sweep, const struct fault *fault)
{
    return sweep->trial->world.no_nameless_file ||
           (fault->blow == BLOW_ERRNO && sweep->trace.calls[fault->at - 1].call == CALL_OPEN_NEW);
}

/* In a process that need not survive it; true if it did not. */
static bool run_apart(struct sweep *sweep, const struct fault faults[FAULTS_MAX])
{
    int status = 0;
    set_trial(sweep);
    pid_t editor = fork();
    if (editor == 0) {
        struct answer answer;
        run(sweep, faults, &answer);
        _exit(0);
    }
    if (waitpid(editor, &status, 0) != editor)
        abort();
    while (waitpid(-1, NULL, __WALL) > 0)
        continue; /* the child that was left behind, ours since */
    return WIFSIGNALED(status);
}

/* The same where this process would not survive it; true if it came to the kill. */
static bool point_apart(struct sweep *sweep, const struct fault faults[FAULTS_MAX])
{
    struct picture now;
    bool was_killed = run_apart(sweep, faults);
    picture_take(sweep->path, &now);
    const char *complaint = judge_file(sweep, &now);
    if (!complaint && !makes_a_name(sweep, &faults[0]) &&
        tree_count(&sweep->tree, "state") != now.exists)
        complaint = "a temporary file is left";
    picture_done(&now);
    if (!complaint)
        complaint = repeat(sweep);
    if (complaint)
        sweep_complain(sweep, &sweep->trace, faults, complaint, "");
    sweep->points++;
    return was_killed;
}

/* What the next start makes of it: all or nothing, and of the record nothing. */
static const char *mend(const struct sweep *sweep)
{
    const struct store store = {.path = sweep->path, .copies_dir = sweep->own};
    struct unfinished_news news;
    struct picture now;
    const char *complaint = NULL;
    while (unfinished_mend(&store, 0, &news, NULL) == 1) {
        if (news.trouble.kind != ERROR_NONE || news.left > 0)
            complaint = "the next start cannot complete it";
        unfinished_news_done(&news);
        if (complaint)
            return complaint;
    }
    picture_take(sweep->path, &now);
    if (!picture_equal(&now, &sweep->before) && !picture_equal(&now, &sweep->after))
        complaint = "half of it is left after the next start";
    picture_done(&now);
    return complaint;
}

static void point_mended(struct sweep *sweep, const struct trace *trace,
                         const struct fault faults[FAULTS_MAX])
{
    bool was_killed = run_apart(sweep, faults);
    const char *complaint = was_killed ? mend(sweep) : "was not killed";
    if (complaint)
        sweep_complain(sweep, trace, faults, complaint, "");
    sweep->points++;
}

void sweep_choose_place(void)
{
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
}

void sweep_open(struct sweep *sweep, const struct trial *trial)
{
    static const struct fault none[FAULTS_MAX];
    struct answer answer;
    *sweep = (struct sweep){.trial = trial};
    tree_make(&sweep->tree);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)snprintf(sweep->path, sizeof(sweep->path), "%s/state/chat-agents.json", sweep->tree.path);
    (void)snprintf(sweep->own, sizeof(sweep->own), "%s/own", sweep->tree.path);
    set_trial(sweep);
    picture_take(sweep->path, &sweep->before);
    run(sweep, none, &answer);
    picture_take(sweep->path, &sweep->after);
    sweep->answer = answer.text;
    sweep->trace = answer.trace;
    if (answer.result != 0)
        sweep_complain(sweep, &answer.trace, none, "does not work undisturbed", answer.error.text);
}

void sweep_close(struct sweep *sweep)
{
    picture_done(&sweep->before);
    picture_done(&sweep->after);
    buffer_done(&sweep->answer);
    tree_remove(&sweep->tree);
}

void sweep_errnos(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->trace.count; i++) {
        const int *first = call_errnos((enum call)sweep->trace.calls[i].call);
        for (const int *errnum = first; *errnum; errnum++) {
            if (sweep->is_quick && errnum != first && *errnum != EINTR)
                continue;
            const struct fault faults[FAULTS_MAX] = {{BLOW_ERRNO, i + 1, *errnum, false}};
            if (!point(sweep, faults))
                sweep_complain(sweep, &sweep->trace, faults, "the call was not made", "");
        }
    }
}

/* A disk that fails in the middle of a write; and one that lies. What fails for good there nobody
 * can undo: a torn file alone gets no worse by it. */
static void sweep_broken_write(struct sweep *sweep, size_t index)
{
    const struct fault half[FAULTS_MAX] = {{BLOW_ERRNO, index + 2, ENOSPC, sweep->trial->replaces},
                                           {BLOW_SHORT, index + 1, 0, false}};
    (void)point(sweep, half);
    const struct fault lost[FAULTS_MAX] = {{BLOW_LOST, index + 1, 0, false}};
    if (sweep->before.exists)
        (void)point(sweep, lost);
}

void sweep_short_transfers(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->trace.count; i++) {
        const struct fault faults[FAULTS_MAX] = {{BLOW_SHORT, i + 1, 0, false}};
        if (sweep->trace.calls[i].call == CALL_PREAD || sweep->trace.calls[i].call == CALL_PWRITE)
            (void)point(sweep, faults);
    }
    const struct fault always[FAULTS_MAX] = {{BLOW_SHORT, 1, 0, true}};
    (void)point(sweep, always);
    for (size_t i = 0; i < sweep->trace.count; i++)
        if (sweep->trace.calls[i].call == CALL_PWRITE)
            sweep_broken_write(sweep, i);
}

void sweep_child_kills(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->trace.count; i++) {
        const struct fault faults[FAULTS_MAX] = {{BLOW_KILL_SELF, i + 1, 0, false}};
        if (sweep->trace.calls[i].in_child)
            (void)point(sweep, faults);
    }
}

void sweep_process_kills(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->trace.count; i++) {
        bool is_read = sweep->trace.calls[i].call == CALL_OPEN ||
                       sweep->trace.calls[i].call == CALL_PREAD ||
                       sweep->trace.calls[i].call == CALL_FSTAT;
        if (sweep->is_quick && is_read)
            continue;
        const struct fault all[FAULTS_MAX] = {{BLOW_KILL_ALL, i + 1, 0, false}};
        const struct fault main_only[FAULTS_MAX] = {{BLOW_KILL_MAIN, i + 1, 0, false}};
        const struct fault torn[FAULTS_MAX] = {{BLOW_TORN, i + 1, 0, false}};
        if (!point_apart(sweep, all))
            sweep_complain(sweep, &sweep->trace, all, "was not killed", "");
        if (sweep->trace.calls[i].in_child)
            (void)point_apart(sweep, main_only);
        if (sweep->trace.calls[i].is_split)
            (void)point_apart(sweep, torn);
    }
}

void sweep_mended_kills(struct sweep *sweep)
{
    static const struct fault none[FAULTS_MAX];
    struct answer answer;
    if (sweep->trial->replaces)
        return;
    sweep->keeps = true;
    set_trial(sweep);
    run(sweep, none, &answer);
    buffer_done(&answer.text);
    for (size_t i = 0; i < answer.trace.count; i++) {
        const struct fault all[FAULTS_MAX] = {{BLOW_KILL_ALL, i + 1, 0, false}};
        const struct fault torn[FAULTS_MAX] = {{BLOW_TORN, i + 1, 0, false}};
        point_mended(sweep, &answer.trace, all);
        if (answer.trace.calls[i].is_split)
            point_mended(sweep, &answer.trace, torn);
    }
    sweep->keeps = false;
}

void sweep_memory(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->trace.allocations; i++) {
        const struct fault once[FAULTS_MAX] = {{BLOW_NO_MEMORY, i + 1, 0, false}};
        const struct fault lasting[FAULTS_MAX] = {{BLOW_NO_MEMORY, i + 1, 0, true}};
        if (!point(sweep, once))
            sweep_complain(sweep, &sweep->trace, once, "the allocation was not made", "");
        if (!sweep->is_quick)
            (void)point(sweep, lasting);
    }
}

void sweep_lasting_errnos(struct sweep *sweep)
{
    static const int errnos[] = {EIO, ENOSPC, EMFILE, ENOMEM, EACCES, EROFS, EDQUOT, EINVAL};
    for (size_t i = 0; i < sweep->trace.count; i++)
        for (size_t k = 0; k < sizeof(errnos) / sizeof(errnos[0]); k++) {
            const struct fault faults[FAULTS_MAX] = {{BLOW_ERRNO, i + 1, errnos[k], true}};
            (void)point(sweep, faults);
        }
}

void sweep_lasting_kills(struct sweep *sweep)
{
    size_t count = 0;
    for (size_t i = 0; i < sweep->trace.count; i++)
        count += sweep->trace.calls[i].in_child;
    for (size_t i = 0; i < count; i++) {
        const struct fault faults[FAULTS_MAX] = {{BLOW_KILL_SELF, i + 1, 0, true}};
        (void)point(sweep, faults);
    }
}

void sweep_pairs(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->trace.count; i++) {
        bool can_fail = call_errnos((enum call)sweep->trace.calls[i].call)[0] != 0;
        bool struck = can_fail;
        for (size_t k = i + 1; struck; k++) {
            const struct fault fails[FAULTS_MAX] = {{BLOW_ERRNO, i + 1, 0, false},
                                                    {BLOW_ERRNO, k + 1, 0, false}};
            struck = point(sweep, fails);
        }
        struck = can_fail;
        for (size_t k = i + 1; struck; k++) {
            const struct fault dies[FAULTS_MAX] = {{BLOW_ERRNO, i + 1, 0, false},
                                                   {BLOW_KILL_ALL, k + 1, 0, false}};
            struck = point_apart(sweep, dies);
        }
    }
}
