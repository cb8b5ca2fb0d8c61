#include "tui/pool_items.h"

#include <string.h>

bool pool_is_retired(const struct model *model)
{
    for (size_t i = 0; i < model->finding_count; i++) {
        if (strcmp(model->findings[i].code, "pool-retired") == 0)
            return true;
    }
    return false;
}

size_t pool_fallback_count(const struct model *model)
{
    return pool_is_retired(model) ? 0 : model->fallback_count;
}

size_t pool_item_count(const struct model *model)
{
    return model->slot_count + pool_fallback_count(model);
}

const struct slot *pool_item_slot(const struct model *model, size_t place)
{
    return place < model->slot_count ? &model->slots[place] : NULL;
}

size_t pool_item_row(const struct model *model, size_t place)
{
    const struct slot *slot = pool_item_slot(model, place);
    if (slot)
        return slot->holder_count > 0 ? slot->holder : SIZE_MAX;
    size_t fallback = place - model->slot_count;
    return fallback < pool_fallback_count(model) ? model->fallbacks[fallback] : SIZE_MAX;
}

struct str pool_item_id(const struct model *model, const struct registry *registry, size_t place)
{
    const struct slot *slot = pool_item_slot(model, place);
    size_t row = slot ? SIZE_MAX : pool_item_row(model, place);
    if (slot)
        return slot->id;
    return row == SIZE_MAX ? (struct str){0} : entry_session_id(model_entry(model, registry, row));
}

size_t pool_item_find(const struct model *model, const struct registry *registry, struct str id,
                      size_t before)
{
    size_t count = pool_item_count(model);
    if (before < count && str_equal(pool_item_id(model, registry, before), id))
        return before;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(pool_item_id(model, registry, i), id))
            return i;
    }
    return SIZE_MAX;
}
