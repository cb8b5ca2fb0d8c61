// LDFLAGS: @tests/sweep/calls.opts
/* Every system call and allocation of every kind of edit fails in turn, and every process that
 * makes one is killed; tests/sweep/sweep.h says what is good then. `make sweep` is the long form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/sweep/sweep.h"

#ifndef SWEEP_NAME
#define SWEEP_NAME "sweep"
#endif

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* All kinds of edit, one kind of fault. */
static void sweep_all(const char *what, void (*sweep_one)(struct sweep *sweep))
{
    size_t points = 0, bad = 0;
    for (size_t i = 0; i < trial_count(); i++) {
        struct sweep sweep;
        struct trial trial;
        trial_make(i, &trial);
        sweep_open(&sweep, &trial);
        sweep.is_quick = true;
        sweep_one(&sweep);
        points += sweep.points;
        bad += sweep.bad;
        sweep_close(&sweep);
        trial_done(&trial);
    }
    printf("vectors: sweep: %zu points, %s\n", points, what);
    assert_true(points > trial_count());
    assert_int_equal(bad, 0);
}

static void a_call_that_fails_leaves_before_or_after_and_a_true_sentence(void **state)
{
    (void)state;
    sweep_all("a call fails", sweep_errnos);
}

static void short_reads_and_writes_are_gone_on_with(void **state)
{
    (void)state;
    sweep_all("a transfer does half", sweep_short_transfers);
}

static void a_killed_child_is_made_up_for(void **state)
{
    (void)state;
    sweep_all("the child killed", sweep_child_kills);
}

static void a_killed_process_leaves_before_or_after(void **state)
{
    (void)state;
    sweep_all("the process killed", sweep_process_kills);
}

static void the_next_start_makes_all_of_a_batch_or_none(void **state)
{
    (void)state;
    sweep_all("killed, and mended by the next", sweep_mended_kills);
}

static void an_edit_without_memory_says_so_and_loses_none(void **state)
{
    (void)state;
    sweep_all("no memory", sweep_memory);
}

/* A look at a file, with one fault; how many blows fell. */
static size_t load_once(const char *path, const struct fault *fault, struct trace *ret_trace)
{
    static const struct world usual;
    const struct store store = {.path = path};
    const struct fault faults[FAULTS_MAX] = {*fault};
    struct document document;
    struct error error = {0};
    ptrdiff_t live = faults_live_allocations();
    document_init(&document);
    faults_arm(&usual, faults);
    int result = store_load(&store, 10, &document, NULL, &error);
    faults_disarm(ret_trace);
    if (result != 0) {
        assert_int_equal(result, -ENOMEM);
        assert_non_null(strstr(error.text, "out of memory"));
    } else if (document.state == DOCUMENT_UNREADABLE) {
        assert_int_not_equal(fault->errnum, EINTR);
        assert_non_null(strstr(document.trouble, strerror(fault->errnum)));
    } else {
        assert_int_equal(document.state, DOCUMENT_OK);
        assert_int_equal(document.registry.count, 6);
    }
    document_done(&document);
    assert_true(faults_live_allocations() == live);
    return ret_trace->struck;
}

static void a_look_that_fails_says_why_and_loses_no_memory(void **state)
{
    struct trial trial;
    struct tree tree;
    struct trace clean, trace;
    size_t points = 0;
    (void)state;
    trial_make(0, &trial);
    tree_make(&tree);
    tree_write(&tree, "chat-agents.json", trial.before.data, trial.before.len);
    const char *path = tree_path(&tree, "chat-agents.json");
    assert_int_equal(load_once(path, &(struct fault){0}, &clean), 0);
    for (size_t i = 0; i < clean.count; i++)
        for (const int *errnum = call_errnos((enum call)clean.calls[i].call); *errnum; errnum++)
            points += load_once(path, &(struct fault){BLOW_ERRNO, i + 1, *errnum, false}, &trace);
    for (size_t i = 0; i < clean.allocations; i++)
        points += load_once(path, &(struct fault){BLOW_NO_MEMORY, i + 1, 0, false}, &trace);
    printf("vectors: sweep: %zu points, a look\n", points);
    assert_true(points > clean.count + clean.allocations);
    tree_remove(&tree);
    trial_done(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_fails_leaves_before_or_after_and_a_true_sentence),
        cmocka_unit_test(short_reads_and_writes_are_gone_on_with),
        cmocka_unit_test(a_killed_child_is_made_up_for),
        cmocka_unit_test(a_killed_process_leaves_before_or_after),
        cmocka_unit_test(the_next_start_makes_all_of_a_batch_or_none),
        cmocka_unit_test(an_edit_without_memory_says_so_and_loses_none),
        cmocka_unit_test(a_look_that_fails_says_why_and_loses_no_memory),
    };
    sweep_choose_place();
    return cmocka_run_group_tests_name(SWEEP_NAME, tests, NULL, NULL);
}
