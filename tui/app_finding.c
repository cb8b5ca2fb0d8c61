/* The lines of the finding above the pool: when it goes they stay for a while, so that no row moves
 * under an operator who is about to press a key, and the terminal is not sent all of them anew. */
#include "tui/app_part.h"

enum { CALM_MS = 10000 };

void app_fit_finding(struct app *app, int width, int height, int64_t now_ms)
{
    struct finding_place *place = &app->ui.finding_place;
    struct view view = app_view(app, now_ms, 0, 0);
    int wanted = view_finding_lines(&view, width, height);
    bool is_same = place->width == width && place->height == height;
    bool is_over = place->until_ms > 0 && now_ms >= place->until_ms;
    if (!is_same || wanted >= place->lines || is_over)
        *place = (struct finding_place){.width = width, .height = height, .lines = wanted};
    else if (place->until_ms == 0)
        place->until_ms = now_ms + CALM_MS;
}

void app_disturb_finding(struct app *app)
{
    app->ui.finding_place.until_ms = 0;
}
