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

/* Where programs keep what is neither data nor cache; the XDG rules take absolute paths only. */
static const char *find_state_home(const char *home, struct buffer *path)
{
    const char *given = getenv("XDG_STATE_HOME");
    if (given && given[0] == '/')
        return given;
    buffer_clear(path);
    paths_join(home, ".local/state", path);
    return path->failed || path->data[0] != '/' ? NULL : path->data;
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

/* The journal of operations, and who writes into it. */
struct recorder {
    struct journal journal;
    struct buffer dir;
    char user[64], host[256], tty[64];
};

/* False where there is no place for a journal. */
static bool init_recorder(struct recorder *recorder, const char *state_home)
{
    const struct passwd *user = getpwuid(geteuid());
    *recorder = (struct recorder){0};
    (void)snprintf(recorder->user, sizeof(recorder->user), "%s", user ? user->pw_name : "?");
    if (gethostname(recorder->host, sizeof(recorder->host) - 1) != 0)
        (void)snprintf(recorder->host, sizeof(recorder->host), "?");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && !recorder->tty[0]; fd++)
        if (ttyname_r(fd, recorder->tty, sizeof(recorder->tty)) != 0)
            recorder->tty[0] = '\0';
    if (state_home)
        paths_join(state_home, "slotop", &recorder->dir);
    recorder->journal = (struct journal){
        .dir = recorder->dir.data,
        .user = recorder->user,
        .host = recorder->host,
        .tty = recorder->tty[0] ? recorder->tty : NULL,
        .pid = getpid(),
        .rotate_bytes = JOURNAL_ROTATE_BYTES,
    };
    return recorder->dir.data && !recorder->dir.failed;
}

static int run_command(struct options *options, struct state *state, const struct journal *journal)
{
    struct cli cli = {
        .options = options,
        .state = state,
        .journal = journal,
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

static int run_dashboard(struct options *options, struct state *state,
                         const struct journal *journal)
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
    app.journal = journal;
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
    struct recorder recorder;
    if (state_init(&state, environment, options->state_dir, options->workspace, &error) < 0)
        return complain(&error, options->ascii);
    state.store.read_only = options->read_only;
    state.store.dry_run = options->dry_run;
    state.store.fence_ms = options->fence_ms;
    bool has_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    bool is_command = options->command || options->json || !has_terminal;
    bool has_journal = init_recorder(&recorder, environment->state_home);
    const struct journal *journal = has_journal ? &recorder.journal : NULL;
    int status = is_command ? run_command(options, &state, journal)
                            : run_dashboard(options, &state, journal);
    buffer_done(&recorder.dir);
    state_done(&state);
    return status;
}

static int run(struct options *options)
{
    char current_dir[PATH_MAX];
    struct environment environment;
    struct error error;
    struct demo demo = {0};
    struct buffer state_home = {0};
    int status;
    fill_environment(&environment, getcwd(current_dir, sizeof(current_dir)) ? current_dir : "/");
    if (!options->demo) {
        environment.state_home = find_state_home(environment.home, &state_home);
        status = run_on_state(options, &environment);
    } else if (demo_start(&demo, is_set("TMPDIR") ? getenv("TMPDIR") : "/tmp", clock_ms(options),
                          &error) < 0) {
        status = complain(&error, options->ascii);
    } else {
        environment.home = environment.state_home = demo.home.data;
        environment.openclaw_home = NULL;
        environment.openclaw_workspace = NULL;
        status = run_on_state(options, &environment);
        demo_stop(&demo);
    }
    buffer_done(&state_home);
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
