#include "tui/welcome.h"

#include "core/file.h"
#include "tui/own_file.h"

static bool is_first(const char *dir)
{
    struct buffer path = {0};
    struct file_identity identity;
    buffer_addf(&path, "%s/started", dir);
    bool is_first =
        !path.failed && file_identify(path.data, &identity, NULL) == 0 && !identity.exists &&
        own_file_append(path.data, STR("The dashboard has been started here.\n"), false);
    buffer_done(&path);
    return is_first;
}

void welcome(struct ui *ui, const char *dir)
{
    char help[KEYMAP_LABEL_SIZE], undo[KEYMAP_LABEL_SIZE], quit[KEYMAP_LABEL_SIZE];
    if (!is_first(dir))
        return;
    ui_say(ui, TONE_NONE,
           "First time here: %s shows all keys, %s takes a change back, %s leads out.",
           keymap_label(&ui->keymap, COMMAND_HELP, help),
           keymap_label(&ui->keymap, COMMAND_UNDO, undo),
           keymap_label(&ui->keymap, COMMAND_QUIT, quit));
}
