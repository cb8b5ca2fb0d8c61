// LDFLAGS: -Wl,--wrap=malloc
/* A radix sort is a sort: the same order as comparing gives, for keys and texts of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 2000, MOST = 300 };

static size_t calls_until_failure; /* 0: none fails */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return calls_until_failure > 0 && --calls_until_failure == 0 ? NULL : __real_malloc(size);
}

/* What is sorted: the texts stand beside the rows, their rows are numbers with gaps. */
struct sample {
    uint64_t keys[MOST];
    uint32_t rows[MOST];
    int texts[MOST]; /* by place */
    struct order order;
};

static int compare_texts(const void *context, uint32_t row, uint32_t other)
{
    const int *texts = context;
    int a = texts[row / 2], b = texts[other / 2];
    return (a > b) - (a < b);
}

static uint64_t random_key(unsigned *seed, int kind)
{
    uint64_t high = (uint64_t)rand_r(seed), low = (uint64_t)rand_r(seed);
    switch (kind) {
    case 0:
        return low % 4;
    case 1:
        return UINT64_C(0xc27a000000000000) | high << 13;
    case 2:
        return (high << 33 | low << 2) & UINT64_C(0x4f4f4f4f4f4f4f4f);
    case 3:
        return low % 3 ? ORDER_NONE : high << 30 | low;
    case 4:
        return 7;
    case 5: /* more bits than there is room for: some differ in the last ones only */
        return (high % 4 + 1) * UINT64_C(0x3a5c96e17b4d2f89) ^ low % 8;
    default:
        return high << 62 | low;
    }
}

static void make_sample(struct sample *sample, unsigned *seed, int kind)
{
    sample->order = (struct order){
        .keys = sample->keys,
        .rows = sample->rows,
        .count = (size_t)rand_r(seed) % MOST,
        .reverse = rand_r(seed) % 2,
        .texts_from = ORDER_NONE,
        .compare = compare_texts,
        .context = sample->texts,
    };
    for (size_t i = 0; i < sample->order.count; i++) {
        sample->keys[i] = random_key(seed, kind);
        sample->rows[i] = (uint32_t)(2 * i + 1);
        sample->texts[i] = rand_r(seed) % 5;
    }
    if (rand_r(seed) % 2)
        sample->order.texts_from = sample->order.count ? sample->keys[0] : 0;
}

/* Whether place a comes before place b: the contract of order.h in other words. */
static int before(const struct sample *sample, size_t a, size_t b)
{
    uint64_t key = sample->keys[a], other = sample->keys[b];
    int turn = sample->order.reverse ? -1 : 1, by = (key > other) - (key < other);
    if (key != other && (key == ORDER_NONE || other == ORDER_NONE))
        return key == ORDER_NONE ? 1 : -1;
    if (by == 0 && key != ORDER_NONE && key >= sample->order.texts_from)
        by = (sample->texts[a] > sample->texts[b]) - (sample->texts[a] < sample->texts[b]);
    return by ? turn * by : (a > b) - (a < b);
}

static void it_is_the_order_of_keys_then_texts_then_rows(void **state)
{
    static struct sample sample;
    unsigned seed = 1;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        bool seen[MOST] = {false};
        make_sample(&sample, &seed, round % 7);
        assert_int_equal(order_sort(&sample.order), 0);
        for (size_t i = 0; i < sample.order.count; i++) {
            assert_int_equal(sample.rows[i] % 2, 1);
            assert_true(sample.rows[i] / 2 < sample.order.count);
            assert_false(seen[sample.rows[i] / 2]);
            seen[sample.rows[i] / 2] = true;
        }
        for (size_t i = 1; i < sample.order.count; i++)
            assert_int_equal(before(&sample, sample.rows[i - 1] / 2, sample.rows[i] / 2), -1);
    }
}

static void without_memory_the_rows_stay_as_they_were(void **state)
{
    static struct sample sample;
    unsigned seed = 2;
    (void)state;
    for (size_t call = 1; call <= 2; call++) {
        make_sample(&sample, &seed, 1);
        calls_until_failure = call;
        assert_int_equal(order_sort(&sample.order), -ENOMEM);
        calls_until_failure = 0;
        for (size_t i = 0; i < sample.order.count; i++)
            assert_int_equal(sample.rows[i], 2 * i + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_order_of_keys_then_texts_then_rows),
        cmocka_unit_test(without_memory_the_rows_stay_as_they_were),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
