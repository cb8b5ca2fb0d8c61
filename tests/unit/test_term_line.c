#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/term_line.h"

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

static const struct {
    speed_t speed;
    bool is_slow_serial, is_slow_pseudo;
} speeds[] = {
    {B0, false, false},      {B300, true, true},       {B4800, true, true},
    {B9600, true, false},    {B19200, false, false},   {B38400, false, false},
    {B115200, false, false}, {B4000000, false, false},
};

static void check_all(int fd, bool is_pseudo)
{
    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        struct termios line = {0};
        assert_int_equal(cfsetospeed(&line, speeds[i].speed), 0);
        assert_int_equal(term_line_is_slow(fd, &line),
                         is_pseudo ? speeds[i].is_slow_pseudo : speeds[i].is_slow_serial);
    }
}

static void a_serial_line_is_slow_up_to_9600_baud(void **state)
{
    int fd = open("/dev/null", O_RDWR); /* a device of characters, and no pseudo-terminal */
    (void)state;
    assert_true(fd >= 0);
    check_all(fd, false);
    (void)close(fd);
}

static void a_pseudo_terminal_is_slow_where_somebody_set_less_than_ssh_passes_on(void **state)
{
    int master, slave;
    (void)state;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    check_all(slave, true);
    (void)close(slave);
    (void)close(master);
}

static void what_is_no_device_is_not_slow_at_9600_baud(void **state)
{
    (void)state;
    check_all(-1, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_serial_line_is_slow_up_to_9600_baud),
        cmocka_unit_test(a_pseudo_terminal_is_slow_where_somebody_set_less_than_ssh_passes_on),
        cmocka_unit_test(what_is_no_device_is_not_slow_at_9600_baud),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
