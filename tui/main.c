/*
 * main.c - the surroundings of the program: descriptors, locale, environment, demo; then the
 * dashboard or one command.
 */
#include "tui/app.h"
#include "tui/cli.h"
#include "tui/clock.h"
#include "tui/demo.h"
#include "tui/loop.h"
#include "tui/mend.h"
#include "tui/settings.h"
#include "tui/term.h"
#include "tui/text.h"
#include "tui/welcome.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* What a million rows take for a moment goes back to the system, and does not stay for the next. */
static void give_memory_back(void)
{
#ifdef __GLIBC__
    enum { AT_ONCE = 128 << 10, SPARE = 128 << 10 };
    (void)mallopt(M_MMAP_THRESHOLD, AT_ONCE);
    (void)mallopt(M_TRIM_THRESHOLD, SPARE);
#endif
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

/* A directory of the XDG rules, which take absolute paths only; NULL: there is none. */
static const char *find_xdg_dir(const char *variable, const char *home, const char *below_home,
                                struct buffer *path)
{
    const char *given = getenv(variable);
    if (given && given[0] == '/')
        return given;
    buffer_clear(path);
    paths_join(home, below_home, path);
    return path->failed || path->data[0] != '/' ? NULL : path->data;
}

/* As the file of users has it: the libraries of the name services are not there for a program that
 * is one file. NULL where it is not in there. */
static const struct passwd *find_user(uid_t uid)
{
    FILE *users = fopen("/etc/passwd", "re");
    const struct passwd *user = NULL;
    while (users && (user = fgetpwent(users)) && user->pw_uid != uid)
        continue;
    if (users)
        (void)fclose(users);
    return user;
}

static const char *find_home(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user = home ? NULL : find_user(getuid());
    if (user)
        home = user->pw_dir;
    return home ? home : "/";
}

static void fill_environment(struct environment *environment, const char *current_dir)
{
    *environment = (struct environment){
        .home = find_home(),
        .openclaw_home = getenv("OPENCLAW_HOME"),
        .openclaw_workspace = getenv("OPENCLAW_WORKSPACE"),
        .current_dir = current_dir,
    };
}

static int64_t clock_ms(void *context)
{
    const struct options *options = context;
    return options->has_now ? options->now_ms : clock_epoch_ms();
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

/* A user of a directory service is known by what the login has left, and by the number. */
static void write_user(char *at, size_t size)
{
    const struct passwd *user = find_user(geteuid());
    const char *login = getenv("LOGNAME");
    if (user)
        (void)snprintf(at, size, "%s", user->pw_name);
    else if (login)
        (void)snprintf(at, size, "%.32s (uid %ju)", login, (uintmax_t)geteuid());
    else
        (void)snprintf(at, size, "uid %ju", (uintmax_t)geteuid());
}

/* False where there is no place for a journal. */
static bool init_recorder(struct recorder *recorder, const char *state_home)
{
    *recorder = (struct recorder){0};
    write_user(recorder->user, sizeof(recorder->user));
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

/* The operator's own configuration file, also beside a demo; what the command line says wins. */
static int load_settings(struct options *options, struct settings *settings, struct error *error)
{
    struct buffer home = {0};
    struct buffer path = {0};
    int result = 0;
    *settings = (struct settings){0};
    const char *dir = find_xdg_dir("XDG_CONFIG_HOME", find_home(), ".config", &home);
    if (dir)
        paths_join(dir, "slotop/config", &path);
    if (home.failed || path.failed)
        result = error_no_memory(error, "finding the configuration file");
    else if (dir)
        result = settings_load(path.data, settings, error);
    buffer_done(&home);
    buffer_done(&path);
    if (result == 0 && !options->has_color)
        options->color = settings->color;
    options->ascii |= settings->ascii;
    options->line = settings->line;
    return result;
}

/* What holds from the first picture on. */
static void apply_settings(struct app *app, struct settings *settings)
{
    app->theme = settings->theme;
    app->ui.sort = settings->sort;
    app->ui.reverse = settings->reverse;
    app->ui.columns = settings->columns;
    keymap_apply(&app->ui.keymap, &settings->keys);
    app->asks_always = settings->confirm == CONFIRM_ALWAYS;
    if (settings->problem_count == 0)
        return;
    struct buffer *message = ui_message(&app->ui, TONE_WARNING);
    buffer_add_str(message, settings->problems[0]);
    if (settings->problem_count > 1)
        buffer_addf(message, " (and %zu more)", settings->problem_count - 1);
}

static bool says_true_color(void)
{
    const char *color = getenv("COLORTERM");
    return color && (strcmp(color, "truecolor") == 0 || strcmp(color, "24bit") == 0);
}

static int show_dashboard(struct app *app, const struct options *options, struct error *error)
{
    struct term *term = NULL;
    struct term_look look = {wants_color(options), app->theme, says_true_color()};
    if (term_open(&look, &term, error) < 0)
        return ERROR_SYSTEM;
    struct loop_options loop_options = {
        .has_now = options->has_now,
        .now_ms = options->now_ms,
        .ascii = options->ascii,
        .in_tmux = is_set("TMUX"),
        .look = look,
    };
    app->is_slow = options->line == LINE_AUTO ? term_is_slow(term) : options->line == LINE_SLOW;
    int status = loop_run(app, term, &loop_options, error);
    term_close(term);
    return status;
}

/* A large registry is loaded while the screen is there already, and what hangs on it after it. */
static int load_first(struct state *state, struct error *error)
{
    struct state_look look = {.parts = PART_ALL};
    state->is_streamed = true;
    state_begin_loading(state);
    if (state->loading.is_on)
        look.parts = PART_BASE & ~(unsigned)PART_REGISTRY;
    return state_load(state, &look, error);
}

/* The first picture makes the model: its rows are in the order of the settings then. */
static int run_dashboard(struct options *options, struct state *state,
                         const struct journal *journal)
{
    struct error error;
    struct app app;
    struct settings settings;
    int status;
    struct buffer mended = {0};
    if (load_settings(options, &settings, &error) < 0)
        return complain(&error, options->ascii);
    mend_batches(&state->store, journal, clock_ms(options), &mended);
    if (load_first(state, &error) < 0 || app_init(&app, state, &error) < 0) {
        status = complain(&error, options->ascii);
        goto done;
    }
    app.read_only = state->store.read_only;
    app.is_demo = options->demo;
    app.journal = journal;
    line_history_open(&app.ui.prompt.history, journal ? journal->dir : NULL, app.read_only);
    apply_settings(&app, &settings);
    if (mended.len > 0)
        buffer_add_str(ui_message(&app.ui, TONE_WARNING), buffer_str(&mended));
    if (journal && !app.is_demo && !app.read_only && app.ui.message.len == 0)
        welcome(&app.ui, journal->dir);
    error.text[0] = '\0';
    status = show_dashboard(&app, options, &error);
    if (error.text[0])
        (void)complain(&error, options->ascii);
    app_done(&app);
done:
    buffer_done(&mended);
    settings_done(&settings);
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
        environment.state_home =
            find_xdg_dir("XDG_STATE_HOME", environment.home, ".local/state", &state_home);
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
    give_memory_back();
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
