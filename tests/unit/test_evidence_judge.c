/* What the same traces say at different times. */
#include "core/evidence.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t NOW = 1795357816000;
static const double NONE = (double)NAN;

/* Ages in ms, negative for the future; NAN: no such trace. */
struct ages {
    double transcript, lock, status, wal;
    bool is_streaming, says_running;
};

static struct evidence evidence_of(const struct ages *ages)
{
    return (struct evidence){
        .session_id = STR("s"),
        .has_transcript = !isnan(ages->transcript),
        .transcript_ms = (double)NOW - ages->transcript,
        .is_streaming = ages->is_streaming,
        .lock_pid = isnan(ages->lock) ? 0 : 77,
        .lock_ms = (double)NOW - ages->lock,
        .says_running = ages->says_running,
        .status_ms = (double)NOW - ages->status,
        .wal_ms = (double)NOW - ages->wal,
    };
}

#define NO (double)NAN

/* `next`: how long after NOW time alone changes that. */
static const struct {
    struct ages ages;
    enum evidence_source source;
    bool is_running, is_stalled;
    double next;
} cases[] = {
    {{NO, NO, NO, NO, false, false}, EVIDENCE_NONE, false, false, NO},
    {{NO, NO, NO, 5, false, false}, EVIDENCE_WAL, false, false, NO},
    {{9e9, NO, NO, 5, false, false}, EVIDENCE_TRANSCRIPT, false, false, NO},
    {{5, NO, NO, 5, false, false}, EVIDENCE_TRANSCRIPT, false, false, NO},
    {{0, NO, NO, NO, true, false}, EVIDENCE_STREAMING, true, false, 15001},
    {{15000, NO, NO, NO, true, false}, EVIDENCE_STREAMING, true, false, 1},
    {{14999.5, NO, NO, NO, true, false}, EVIDENCE_STREAMING, true, false, 1},
    {{15000.5, NO, NO, NO, true, false}, EVIDENCE_TRANSCRIPT, false, true, NO},
    {{15001, NO, NO, NO, true, false}, EVIDENCE_TRANSCRIPT, false, true, NO},
    {{-15000, NO, NO, NO, true, false}, EVIDENCE_STREAMING, true, false, 30001},
    /* from too far in the future: not fresh, nor is it known that nothing came for long */
    {{-15001, NO, NO, NO, true, false}, EVIDENCE_TRANSCRIPT, false, false, 1},
    {{-15000.5, NO, NO, NO, true, false}, EVIDENCE_TRANSCRIPT, false, false, 1},
    {{0, 9e9, 0, 0, true, true}, EVIDENCE_STREAMING, true, false, 15001},
    {{99999, 9e9, 0, 0, true, true}, EVIDENCE_LOCK, true, false, NO},
    {{0, 9e9, 0, 0, false, true}, EVIDENCE_LOCK, true, false, NO},
    {{NO, NO, 0, 0, false, true}, EVIDENCE_STATUS, true, false, 600001},
    {{NO, NO, 600000, NO, false, true}, EVIDENCE_STATUS, true, false, 1},
    {{NO, NO, 600001, NO, false, true}, EVIDENCE_NONE, false, false, NO},
    {{NO, NO, -600001, NO, false, true}, EVIDENCE_NONE, false, false, 1},
    {{NO, NO, 0, NO, false, false}, EVIDENCE_NONE, false, false, NO},
    {{NO, NO, NO, NO, false, true}, EVIDENCE_NONE, false, false, NO},
    {{5, NO, 600001, NO, false, true}, EVIDENCE_TRANSCRIPT, false, false, NO},
    {{99999, NO, 0, NO, true, true}, EVIDENCE_STATUS, true, false, 600001},
    {{99999, NO, 600001, NO, true, true}, EVIDENCE_TRANSCRIPT, false, true, NO},
    {{0, NO, 595000, NO, true, true}, EVIDENCE_STREAMING, true, false, 15001},
    /* the status becomes stale while the transcript is fresh: that changes nothing */
    {{0, NO, 599999, NO, true, true}, EVIDENCE_STREAMING, true, false, 15001},
    /* values of strangers */
    {{NO, NO, -1e300, NO, false, true}, EVIDENCE_NONE, false, false, NO},
    {{NO, NO, 1e300, NO, false, true}, EVIDENCE_NONE, false, false, NO},
    {{NO, 1e300, NO, NO, false, false}, EVIDENCE_LOCK, true, false, NO},
};

static double time_of_source(const struct evidence *evidence, enum evidence_source source)
{
    const double times[] = {
        [EVIDENCE_NONE] = NONE,
        [EVIDENCE_WAL] = evidence->wal_ms,
        [EVIDENCE_TRANSCRIPT] = evidence->transcript_ms,
        [EVIDENCE_STATUS] = evidence->status_ms,
        [EVIDENCE_LOCK] = evidence->lock_ms,
        [EVIDENCE_STREAMING] = evidence->transcript_ms,
    };
    return times[source];
}

static bool is_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void the_best_trace_that_counts_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct evidence evidence = evidence_of(&cases[i].ages);
        struct run run = evidence_judge(&evidence, NOW);
        assert_int_equal(run.source, cases[i].source);
        assert_int_equal(run.is_running, cases[i].is_running);
        assert_int_equal(run.is_stalled, cases[i].is_stalled);
        assert_true(is_same(run.at_ms, time_of_source(&evidence, cases[i].source)));
    }
    printf("vectors: %zu judgements\n", sizeof(cases) / sizeof(*cases));
}

static bool says_the_same(struct run a, struct run b)
{
    return a.source == b.source && a.is_running == b.is_running && a.is_stalled == b.is_stalled;
}

static void the_next_change_is_the_first_millisecond_of_another_judgement(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct evidence evidence = evidence_of(&cases[i].ages);
        double next_ms = evidence_next_change_ms(&evidence, NOW);
        assert_true(is_same(next_ms - (double)NOW, cases[i].next));
        if (isnan(next_ms))
            continue;
        struct run now = evidence_judge(&evidence, NOW);
        assert_true(says_the_same(now, evidence_judge(&evidence, (int64_t)next_ms - 1)));
        assert_false(says_the_same(now, evidence_judge(&evidence, (int64_t)next_ms)));
    }
}

static void no_evidence_is_none_seen_for_ever(void **state)
{
    (void)state;
    struct run run = evidence_judge(NULL, NOW);
    assert_int_equal(run.source, EVIDENCE_NONE);
    assert_false(run.is_running || run.is_stalled);
    assert_true(isnan(run.at_ms));
    assert_true(isnan(evidence_next_change_ms(NULL, NOW)));
}

static void every_source_has_a_name_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(evidence_source_name(EVIDENCE_NONE), "none seen");
    assert_string_equal(evidence_source_name(EVIDENCE_WAL), "write-ahead file");
    assert_string_equal(evidence_source_name(EVIDENCE_TRANSCRIPT), "transcript");
    assert_string_equal(evidence_source_name(EVIDENCE_STATUS), "session store");
    assert_string_equal(evidence_source_name(EVIDENCE_LOCK), "lock");
    assert_string_equal(evidence_source_name(EVIDENCE_STREAMING), "streaming");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_trace_that_counts_decides),
        cmocka_unit_test(the_next_change_is_the_first_millisecond_of_another_judgement),
        cmocka_unit_test(no_evidence_is_none_seen_for_ever),
        cmocka_unit_test(every_source_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests_name("evidence_judge", tests, NULL, NULL);
}
