/*
 * main.c - the surroundings of the program: descriptors, locale, environment, demo; then the
 * dashboard or one command.
 */
#include "tui/app.h"
#include "tui/cli.h"
#include "tui/demo.h"
#include "tui/loop.h"
#include "tui/term.h"
#include "tui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const char version_text[] =
    "slotop 0.1.0\n"
    "Copyright (C) 2026 the slotop authors\n"
    "License MIT: <https://opensource.org/license/mit>.\n"
    "This is free software: you are free to change and redistribute it.\n"
    "There is NO WARRANTY, to the extent permitted by law.\n";

/* With a standard descriptor closed, the registry would be opened as it and be printed into. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", O_RDONLY); /* not for writing: printing fails and is noticed */
}

/* False where the terminal takes no UTF-8; widths are UTF-8's all the same. */
static bool set_locale(void)
{
    bool is_utf8 = setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!is_utf8)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    return is_utf8;
}

static int complain(const struct error *error, bool ascii)
{
    struct buffer safe = {0};
    (void)text_safe(str_of(error->text), SIZE_MAX, ascii, &safe);
    (void)fprintf(stderr, "slotop: %s\n", safe.data ? safe.data : "out of memory");
    buffer_done(&safe);
    return (int)error->kind;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static void fill_environment(struct environment *environment, const char *current_dir)
{
    const struct passwd *user = getenv("HOME") ? NULL : getpwuid(getuid());
    *environment = (struct environment){
        .home = getenv("HOME"),
        .openclaw_home = getenv("OPENCLAW_HOME"),
        .openclaw_workspace = getenv("OPENCLAW_WORKSPACE"),
        .current_dir = current_dir,
    };
    if (!environment->home)
        environment->home = user ? user->pw_dir : "/";
}

static int64_t clock_ms(void *context)
{
    const struct options *options = context;
    struct timespec now;
    if (options->has_now)
        return options->now_ms;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wants_color(const struct options *options)
{
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && !is_set("NO_COLOR");
}

static int output_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col;
}

static int run_command(struct options *options, struct state *state)
{
    struct cli cli = {
        .options = options,
        .state = state,
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .is_interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO),
        .width = output_width(),
        .color = wants_color(options),
        .now_ms = clock_ms,
        .context = options,
    };
    return cli_run(&cli);
}

static int run_dashboard(struct options *options, struct state *state)
{
    struct error error;
    struct app app;
    struct term *term = NULL;
    int status = ERROR_SYSTEM;
    if (state_load(state, PART_ALL, 0, &error) < 0 ||
        state_model(state, clock_ms(options), &error) < 0 || app_init(&app, state, &error) < 0)
        return complain(&error, options->ascii);
    app.read_only = state->store.read_only;
    app.is_demo = options->demo;
    if (term_open(wants_color(options), &term, &error) < 0)
        goto done;
    struct loop_options loop_options = {
        .has_now = options->has_now,
        .now_ms = options->now_ms,
        .ascii = options->ascii,
    };
    error.text[0] = '\0';
    status = loop_run(&app, term, &loop_options, &error);
    term_close(term);
done:
    if (error.text[0])
        (void)complain(&error, options->ascii);
    app_done(&app);
    return status;
}

static int run_on_state(struct options *options, const struct environment *environment)
{
    struct error error;
    struct state state;
    if (state_init(&state, environment, options->state_dir, options->workspace, &error) < 0)
        return complain(&error, options->ascii);
    state.store.read_only = options->read_only;
    state.store.dry_run = options->dry_run;
    state.store.fence_ms = options->fence_ms;
    bool has_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    bool is_command = options->command || options->json || !has_terminal;
    int status = is_command ? run_command(options, &state) : run_dashboard(options, &state);
    state_done(&state);
    return status;
}

static int run(struct options *options)
{
    char current_dir[PATH_MAX];
    struct environment environment;
    struct error error;
    struct demo demo = {0};
    fill_environment(&environment, getcwd(current_dir, sizeof(current_dir)) ? current_dir : "/");
    if (!options->demo)
        return run_on_state(options, &environment);
    if (demo_start(&demo, is_set("TMPDIR") ? getenv("TMPDIR") : "/tmp", clock_ms(options), &error) <
        0)
        return complain(&error, options->ascii);
    environment.home = demo.home.data;
    environment.openclaw_home = NULL;
    environment.openclaw_workspace = NULL;
    int status = run_on_state(options, &environment);
    demo_stop(&demo);
    return status;
}

static int print_about(bool help)
{
    struct buffer text = {0};
    if (help)
        options_print_help(&text);
    else
        buffer_add_str(&text, str_of(version_text));
    int status = cli_write(stdout, stderr, &text);
    buffer_done(&text);
    return status;
}

int main(int argc, char **argv)
{
    struct error error;
    struct options options;
    hold_standard_descriptors();
    bool is_utf8 = set_locale();
    if (geteuid() != getuid() || getegid() != getgid()) {
        (void)error_set(&error, ERROR_REFUSED, EPERM,
                        "refusing to run set-user-ID or set-group-ID: use sudo -u instead");
        return complain(&error, true);
    }
    if (options_parse(argc, argv, &options, &error) < 0)
        return complain(&error, !is_utf8);
    if (options.help || options.version)
        return print_about(options.help);
    const char *read_only = getenv("SLOTOP_READ_ONLY");
    options.read_only |= read_only && *read_only && strcmp(read_only, "0") != 0;
    options.ascii |= !is_utf8;
    return run(&options);
}
