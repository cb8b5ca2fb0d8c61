#include "tests/helpers/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char config[] = "{\"agents\":{\"list\":[{\"id\":\"chat-slot-main-1\"},"
                             "{\"id\":\"chat-slot-main-2\"},{\"id\":\"chat-slot-main-3\"}]}}";
static const char registry_name[] = ".openclaw-dench/chat-agents.json";

struct shell *shell_open(const char *registry)
{
    struct shell *shell = calloc(1, sizeof(*shell));
    assert_non_null(shell);
    tree_make(&shell->tree);
    shell->environment = (struct environment){.home = shell->tree.path, .current_dir = "/"};
    shell->interactive = true;
    tree_put(&shell->tree, ".openclaw-dench/openclaw.json", config);
    shell_put_registry(shell, registry);
    return shell;
}

void shell_close(struct shell *shell)
{
    if (shell->in)
        (void)fclose(shell->in);
    free(shell->out);
    free(shell->err);
    tree_remove(&shell->tree);
    free(shell);
}

void shell_put_registry(const struct shell *shell, const char *text)
{
    tree_put(&shell->tree, registry_name, text);
}

char *shell_registry(const struct shell *shell)
{
    return tree_read(&shell->tree, registry_name);
}

void shell_answer(struct shell *shell, const char *text)
{
    if (shell->in)
        (void)fclose(shell->in);
    shell->in = tmpfile();
    assert_non_null(shell->in);
    assert_true(fputs(text, shell->in) >= 0);
    rewind(shell->in);
}

static int64_t fixed_now(void *context)
{
    (void)context;
    return SHELL_NOW_MS;
}

static void run(struct shell *shell)
{
    struct error error;
    struct state state;
    size_t out_len, err_len;
    FILE *out = open_memstream(&shell->out, &out_len);
    FILE *err = open_memstream(&shell->err, &err_len);
    FILE *nothing = fopen("/dev/null", "re");
    assert_true(out && err && nothing);
    assert_int_equal(state_init(&state, &shell->environment, NULL, NULL, &error), 0);
    state.store.dry_run = shell->options.dry_run;
    state.store.read_only = shell->options.read_only;
    state.store.fence_ms = 0;
    struct cli cli = {
        .options = &shell->options,
        .state = &state,
        .in = shell->in ? shell->in : nothing,
        .out = out,
        .err = err,
        .is_interactive = shell->interactive,
        .width = shell->width,
        .now_ms = fixed_now,
    };
    shell->status = cli_run(&cli);
    state_done(&state);
    (void)fclose(out);
    (void)fclose(err);
    (void)fclose(nothing);
}

void shell_say(struct shell *shell, int count, char **words)
{
    struct error error;
    int r = options_parse(count, words, &shell->options, &error);
    if (r != 0)
        fail_msg("%s", error.text);
    free(shell->out);
    free(shell->err);
    run(shell);
}
