/* Other processes: what the kernel counts of them, and the Node process of the baseline. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

bool has_program(const char *name)
{
    static const char *const places[] = {"/usr/local/bin", "/usr/bin", "/bin"};
    char path[256];
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", places[i], name);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/* The number behind a name in /proc/PID/status. */
static double status_number(pid_t pid, const char *name)
{
    char path[64], line[256];
    double number = -1;
    (void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    while (file && number < 0 && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            number = strtod(line + strlen(name), NULL);
    if (!file || number < 0)
        abort();
    (void)fclose(file);
    return number;
}

double process_resident_kb(pid_t pid)
{
    return status_number(pid, "VmRSS:");
}

double process_sleeps(pid_t pid)
{
    return status_number(pid, "voluntary_ctxt_switches:");
}

double process_cpu_ms(pid_t pid)
{
    char path[64], text[128] = "";
    (void)snprintf(path, sizeof(path), "/proc/%ld/schedstat", (long)pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(text, sizeof(text), file))
        abort();
    (void)fclose(file);
    return strtod(text, NULL) / 1e6;
}

bool node_start(struct node *node, const char *script)
{
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return false;
    node->pid = fork();
    if (node->pid == 0) {
        (void)dup2(to[0], STDIN_FILENO);
        (void)dup2(from[1], STDOUT_FILENO);
        (void)execlp("node", "node", "--max-old-space-size=8192", script, (char *)NULL);
        _exit(127);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    node->in = to[1];
    node->out = from[0];
    return node->pid > 0;
}

double node_time(struct node *node, const char *what, const char *path)
{
    char answer[64] = "";
    (void)dprintf(node->in, "%s %s\n", what, path);
    if (read(node->out, answer, sizeof(answer) - 1) <= 0)
        abort();
    return strtod(answer, NULL) / 1e6;
}

void node_stop(struct node *node)
{
    (void)kill(node->pid, SIGTERM);
    (void)waitpid(node->pid, NULL, 0);
    (void)close(node->in);
    (void)close(node->out);
}
