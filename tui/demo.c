#include "tui/demo.h"

#include "core/file.h"
#include "tui/clock.h"
#include "tui/demo_server.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOT(number)                                                                               \
    {                                                                                              \
        "chat-slot-kumareth-" number, sizeof("chat-slot-kumareth-" number) - 1                     \
    }
static const struct str demo_slots[] = {SLOT("1"), SLOT("2"), SLOT("3"), SLOT("4"), SLOT("5")};
enum { DEMO_SLOT_COUNT = sizeof(demo_slots) / sizeof(demo_slots[0]) };

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int make_file(const char *dir, const char *name, const char *text, struct error *error)
{
    struct buffer path = {0};
    buffer_addf(&path, "%s/.openclaw-dench/%s", dir, name);
    int result = path.failed ? error_no_memory(error, "making the demo")
                             : file_create_whole(path.data, str_of(text), error);
    buffer_done(&path);
    return result;
}

static int make_config(const char *home, struct error *error)
{
    struct buffer text = {0};
    buffer_addf(&text,
                "{\n  \"agents\": {\n    \"list\": [\n      {\n        \"id\": \"kumareth\"\n"
                "      }");
    for (size_t i = 0; i < DEMO_SLOT_COUNT; i++)
        buffer_addf(&text, ",\n      {\n        \"id\": \"%s\"\n      }", demo_slots[i].data);
    buffer_addf(&text, "\n    ]\n  }\n}\n");
    int result = text.failed ? error_no_memory(error, "making the demo")
                             : make_file(home, "openclaw.json", text.data, error);
    buffer_done(&text);
    return result;
}

static int make_state_dir(struct demo *demo, const char *tmp_dir, struct error *error)
{
    buffer_addf(&demo->home, "%s/slotop-demo-XXXXXX", tmp_dir);
    if (demo->home.failed)
        return error_no_memory(error, "making the demo");
    if (!mkdtemp(demo->home.data)) {
        int errnum = errno;
        buffer_clear(&demo->home);
        return error_set(error, ERROR_SYSTEM, errnum, "making the demo's directory in %s: %s",
                         tmp_dir, strerror(errnum));
    }
    int result = make_config(demo->home.data, error);
    if (result == 0)
        result = make_file(demo->home.data, ".dench-ui-state.json",
                           "{\n  \"activeWorkspace\": \"kumareth\"\n}\n", error);
    if (result == 0) /* the file makes the workspace's directory */
        result = make_file(demo->home.data, "workspace-kumareth/AGENTS.md", "# demo\n", error);
    return result;
}

/* Away from the terminal and its signals, and told when the console dies. */
static void leave_terminal(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)setsid();
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        (void)dup2(null, fd);
}

/* The child: serves until told to stop; cleans up when the console died without doing so. */
static void serve(struct demo_server *server, const char *home, pid_t console)
{
    leave_terminal();
    sigset_t stops;
    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGTERM);
    for (bool stopped = false; !stopped && getppid() == console;) {
        int pause = demo_server_pause_ms(server);
        struct timespec wait = {.tv_sec = pause / 1000, .tv_nsec = pause % 1000 * 1000000L};
        stopped = sigtimedwait(&stops, NULL, &wait) == SIGTERM;
        if (!stopped)
            demo_server_step(server, clock_epoch_ms());
    }
    if (getppid() != console)
        remove_tree(home);
    _exit(0);
}

/* SIGTERM is blocked over the fork, so that none is lost before the child waits for it. */
static int start_server(struct demo *demo, struct demo_server *server, struct error *error)
{
    sigset_t term, saved;
    (void)sigemptyset(&term);
    (void)sigaddset(&term, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &term, &saved);
    pid_t console = getpid();
    pid_t pid = fork();
    if (pid == 0)
        serve(server, demo->home.data, console);
    int errnum = errno;
    (void)sigprocmask(SIG_SETMASK, &saved, NULL);
    if (pid < 0)
        return error_set(error, ERROR_SYSTEM, errnum, "starting the demo's server: %s",
                         strerror(errnum));
    demo->server = pid;
    return 0;
}

int demo_start(struct demo *demo, const char *tmp_dir, int64_t now_ms, struct error *error)
{
    *demo = (struct demo){0};
    struct buffer path = {0};
    struct buffer dir = {0};
    int result = make_state_dir(demo, tmp_dir, error);
    if (result != 0)
        goto done;
    buffer_addf(&dir, "%s/.openclaw-dench", demo->home.data);
    buffer_addf(&path, "%s/chat-agents.json", dir.data);
    if (dir.failed || path.failed) {
        result = error_no_memory(error, "making the demo");
        goto done;
    }
    struct demo_server server = {
        .registry_path = path.data,
        .pool = {STR("kumareth"), demo_slots, DEMO_SLOT_COUNT},
        .random = (uint64_t)now_ms | 1,
        .chats = {.state_dir = dir.data},
    };
    result = demo_server_fill(&server, now_ms, error);
    if (result == 0)
        result = start_server(demo, &server, error);
done:
    if (result != 0)
        demo_stop(demo);
    buffer_done(&dir);
    buffer_done(&path);
    return result;
}

void demo_stop(struct demo *demo)
{
    if (demo->server > 0) {
        (void)kill(demo->server, SIGKILL);
        while (waitpid(demo->server, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (demo->home.len)
        remove_tree(demo->home.data);
    buffer_done(&demo->home);
    *demo = (struct demo){0};
}
