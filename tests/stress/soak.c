/* The dashboard on a pty beside a Node process that saves as fast as it is told, for as long as it
 * is told. From time to time the server rests: then the screen must show its last save. Memory is
 * sampled all the time. Prints TAP and the figures.
 * usage: soak SECONDS [SAVES_PER_SECOND [lean]]      lean: no Node process (lean.h) */
#include "core/base.h"
#include "tests/helpers/console.h"
#include "tests/stress/lean.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    DEFAULT_RATE = 4000,
    ENTRIES = 30,
    REST_EVERY_MS = 20000,
    WARM_MS = 5000,
    SAMPLE_EVERY_MS = 1000,
    DRAIN_MS = 50,
    LINE_SIZE = 128,
    KB_PER_MB = 1024,
    FLAT_PERCENT = 10, /* what memory may grow by between the first and the last third… */
    FLAT_KB = 512,     /* …and this */
};

struct saver {
    FILE *commands, *answers;
    bool is_lean;
    unsigned long saves;
    int64_t saving_ms; /* the time in which it did not rest */
};

struct memory {
    long *kb;
    size_t count, capacity;
};

struct soak {
    struct console *console;
    struct saver saver;
    struct memory memory;
    unsigned rests, wrong;
    int64_t slowest_ms; /* from the last save to its line on the screen */
};

static int64_t steady_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void give_up(const char *doing)
{
    perror(doing);
    exit(2);
}

static void start_saver(struct soak *soak, long rate, bool is_lean)
{
    int to[2], from[2];
    char path[512], words[24];
    soak->saver.is_lean = is_lean;
    (void)snprintf(path, sizeof(path), "%s", tree_path(&soak->console->tree, CONSOLE_REGISTRY));
    if (pipe(to) != 0 || pipe(from) != 0)
        give_up("pipe");
    pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid == 0) {
        (void)dup2(to[0], STDIN_FILENO);
        (void)dup2(from[1], STDOUT_FILENO);
        (void)close(to[1]); /* its standard input ends with us */
        if (is_lean)
            _exit(lean_run(path, rate));
        (void)snprintf(words, sizeof(words), "%ld", rate);
        (void)execlp("node", "node", "tests/stress/saver.js", path, words, (char *)NULL);
        give_up("node");
    }
    (void)close(to[0]);
    (void)close(from[1]);
    soak->saver.commands = fdopen(to[1], "w");
    soak->saver.answers = fdopen(from[0], "r");
}

static void command(struct saver *saver, const char *word)
{
    if (fprintf(saver->commands, "%s\n", word) < 0 || fflush(saver->commands) != 0)
        give_up("node");
}

/* Resident memory of the program, in KB; 0 where it is gone. */
static long resident_kb(const struct soak *soak)
{
    char name[64];
    long size = 0, resident = 0;
    (void)snprintf(name, sizeof(name), "/proc/%d/statm", (int)screen_pid(soak->console->screen));
    FILE *file = fopen(name, "r");
    if (!file)
        return 0;
    int got = fscanf(file, "%ld %ld", &size, &resident);
    (void)fclose(file);
    return got == 2 ? resident * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

static double cpu_seconds(const struct soak *soak)
{
    char name[64];
    unsigned long user = 0, system = 0;
    (void)snprintf(name, sizeof(name), "/proc/%d/stat", (int)screen_pid(soak->console->screen));
    FILE *file = fopen(name, "r");
    if (!file)
        return 0;
    int got =
        fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    (void)fclose(file);
    return got == 2 ? (double)(user + system) / (double)sysconf(_SC_CLK_TCK) : 0;
}

static void sample(struct soak *soak)
{
    struct memory *memory = &soak->memory;
    if (memory->count < memory->capacity)
        memory->kb[memory->count++] = resident_kb(soak);
}

/* Reads the screen, as a terminal does, and samples memory, until that time. */
static void watch_until(struct soak *soak, int64_t end_ms)
{
    int64_t sample_ms = steady_ms();
    while (steady_ms() < end_ms) {
        (void)screen_is_quiet(soak->console->screen, DRAIN_MS);
        if (steady_ms() < sample_ms)
            continue;
        sample(soak);
        sample_ms += SAMPLE_EVERY_MS;
    }
}

/* The session of the last save stands on the screen, by the start of its id. */
static void rest(struct soak *soak)
{
    char line[LINE_SIZE] = "", shown[9] = "";
    command(&soak->saver, "rest");
    if (!fgets(line, sizeof(line), soak->saver.answers))
        give_up("node");
    int64_t begin_ms = steady_ms();
    (void)snprintf(shown, sizeof(shown), "%.8s", line);
    bool is_right = screen_wait(soak->console->screen, shown);
    int64_t took_ms = steady_ms() - begin_ms;
    soak->saver.saves = strtoul(line + strcspn(line, " "), NULL, 10);
    soak->rests++;
    soak->wrong += !is_right;
    if (took_ms > soak->slowest_ms)
        soak->slowest_ms = took_ms;
    if (!is_right)
        printf("# the last save, %s, is not on the screen:\n%s\n", shown,
               screen_text(soak->console->screen));
}

/* Thirty sessions, as safe-writes were measured with. */
static void fill(struct console *console)
{
    static char ids[ENTRIES][40];
    struct console_row rows[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "%08x-0000-4000-8000-%012x",
                       0xaaaaaaaaU + (unsigned)i, (unsigned)i);
        rows[i] = (struct console_row){ids[i], "chat-slot-main-1", i == 0 ? "active" : "expired",
                                       console->base_ms - i};
    }
    console_save(console, rows, ENTRIES);
}

static void run(struct soak *soak, int64_t seconds)
{
    int64_t end_ms = steady_ms() + seconds * 1000;
    while (steady_ms() < end_ms) {
        int64_t begin_ms = steady_ms(), next_ms = begin_ms + REST_EVERY_MS;
        command(&soak->saver, "go");
        watch_until(soak, next_ms < end_ms ? next_ms : end_ms);
        soak->saver.saving_ms += steady_ms() - begin_ms;
        rest(soak);
    }
}

static int by_size(const void *left, const void *right)
{
    long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

/* The median of a third of the samples: 0 the first, 2 the last. */
static long median_kb(const struct memory *memory, size_t third)
{
    size_t len = memory->count / 3;
    if (len == 0)
        return 0;
    long *part = memory->kb + third * len;
    qsort(part, len, sizeof(*part), by_size);
    return part[len / 2];
}

static int report(struct soak *soak, double cpu)
{
    const struct saver *saver = &soak->saver;
    long most = 0;
    for (size_t i = 0; i < soak->memory.count; i++)
        most = soak->memory.kb[i] > most ? soak->memory.kb[i] : most;
    long first = median_kb(&soak->memory, 0), last = median_kb(&soak->memory, 2);
    double seconds = (double)saver->saving_ms / 1000;
    bool is_flat = last > 0 && last <= first + first * FLAT_PERCENT / 100 + FLAT_KB;
    bool is_right = soak->rests > 0 && soak->wrong == 0;
    printf(
        "# soak%s: %.0f s at %.0f saves/s, %lu saves; the last save on the screen %u of %u times, "
        "at most %" PRId64 " ms later\n",
        saver->is_lean ? " without Node" : "", seconds, (double)saver->saves / seconds,
        saver->saves, soak->rests - soak->wrong, soak->rests, soak->slowest_ms);
    printf("# soak: resident %.1f MB in the first third, %.1f MB in the last, %.1f MB at most; "
           "%.0f %% of a processor; %.1f MB drawn\n",
           (double)first / KB_PER_MB, (double)last / KB_PER_MB, (double)most / KB_PER_MB,
           100 * cpu / seconds, (double)screen_bytes(soak->console->screen) / 1e6);
    printf("%s 1 soak: whenever the server rests, its last save is on the screen\n",
           is_right ? "ok" : "not ok");
    printf("%s 2 soak: memory is flat\n1..2\n", is_flat ? "ok" : "not ok");
    return is_right && is_flat ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct soak soak = {0};
    void *state = NULL;
    long rate = argc > 2 ? strtol(argv[2], NULL, 10) : DEFAULT_RATE;
    bool is_lean = argc > 3 && strcmp(argv[3], "lean") == 0;
    int64_t seconds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (seconds <= 0 || rate <= 0)
        return 2;
    if (!is_lean && system("command -v node >/dev/null 2>&1") != 0) {
        printf("ok 1 soak # skip node is not installed\n1..1\n");
        return 0;
    }
    soak.memory.capacity = (size_t)seconds + 1;
    soak.memory.kb = calloc(soak.memory.capacity, sizeof(*soak.memory.kb));
    if (!soak.memory.kb || console_set_up(&state) != 0)
        give_up("setting up");
    soak.console = state;
    fill(soak.console);
    console_start(soak.console, 80, 24);
    start_saver(&soak, rate, is_lean);
    command(&soak.saver, "go");
    watch_until(&soak, steady_ms() + WARM_MS);
    rest(&soak);
    unsigned long before = soak.saver.saves;
    double cpu = cpu_seconds(&soak);
    soak.memory.count = 0;
    run(&soak, seconds);
    soak.saver.saves -= before;
    int status = report(&soak, cpu_seconds(&soak) - cpu);
    free(soak.memory.kb);
    (void)console_tear_down(&state);
    return status;
}
