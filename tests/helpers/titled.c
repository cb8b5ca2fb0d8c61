#include "tests/helpers/titled.h"

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* GC comes by 48 s from now. */
#define STARTED (2 * H + 4 * M + 12 * S)

#define REFUND "9f2c11d0-5f6e-4c1b-9a3e-0d7f2b6a11c4"
#define PIPELINE "b31e88f2-7a54-4d0b-8f66-2e90d1c4b7f8"
#define NEW_CHAT "0c9d4a7e-1b2f-4b6c-9d8e-5a4f3c2b1a09"
#define DRAFT "e05f1a22-3c1d-4e0f-b0a9-77d0c5b3a6e1"
#define ONBOARDING "44d1ce90-6e0f-4c3a-b1d2-c0ffee15600d"
#define OLD_TAB "6be0917a-28a4-4c95-bd7e-0e1d2c3b4a58"
#define INVOICE "c77ab90e-90b1-4f52-8a07-1f1f6f1e2c3d"
#define HELLO "71aa02bd-52e7-4d39-a5f0-9be7c2d4f610"

static const struct scene_entry usual[] = {
    {DRAFT, "4", "expired", 40 * M, 40 * M, 0},
    {PIPELINE, "2", "idle", 19 * M, 18 * M + 58 * S, 0},
    {REFUND, "1", "active", 29 * M, 5 * M + 50 * S, 0},
    {NEW_CHAT, "3", "active", 33 * M + 12 * S, 33 * M + 12 * S, 0},
    {ONBOARDING, "5", "active", 14 * M, 14 * M, 0},
    {INVOICE, "main", "active", 4 * M + 36 * S, 4 * M + 36 * S, 0},
    {HELLO, "main", "deleted", 10 * M, 9 * M, 0},
    {OLD_TAB, "5", "expired", 52 * M, 52 * M, 0},
};

static const struct scene_chat usual_chats[] = {
    {REFUND, "Refund copy for EU", "1", 29 * M, 5 * M + 50 * S, 31},
    {PIPELINE, "Q3 pipeline summary", "2", 19 * M, 18 * M + 58 * S, 12},
    {NEW_CHAT, "New Chat", "3", 33 * M + 12 * S, 33 * M + 12 * S, 2},
    {DRAFT, "Draft reply to the landlord about the heating", "4", 40 * M, 34 * M + 26 * S, 9},
    {ONBOARDING, "Onboarding", "5", 14 * M, 9 * S, 22},
    {OLD_TAB, "Onboarding (old tab)", "5", 52 * M, 40 * S, 40},
    {INVOICE, "Invoice dispute", "main", 4 * M + 36 * S, 80 * S, 6},
    {HELLO, NULL, "main", 10 * M, 9 * M, 1},
};

static const struct scene_trace usual_traces[] = {
    {REFUND, 'l', 6 * M},     {PIPELINE, 't', 18 * M + 58 * S}, {NEW_CHAT, '-', 0},
    {ONBOARDING, 's', 4 * S}, {OLD_TAB, 't', 40 * S},           {INVOICE, 't', 80 * S},
};

static void set(struct scene *scene, int slots, const struct scene_entry *entries, size_t count)
{
    scene_set_pool(scene, slots);
    scene_set_entries(scene, entries, count);
    scene_add_workspace(scene, "kumareth");
    scene_set_server(scene, "2.3.5", STARTED);
}

void titled_set_usual(struct scene *scene)
{
    set(scene, 5, usual, COUNT(usual));
    scene_set_chats(scene, usual_chats, COUNT(usual_chats));
    scene_set_traces(scene, usual_traces, COUNT(usual_traces));
    scene_select(scene, REFUND);
}

void titled_set_workspaces(struct scene *scene)
{
    titled_set_usual(scene);
    scene_add_workspace(scene, "default");
}

void titled_set_shared(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "active", 12 * M, 12 * M, 0}, {OLD_TAB, "1", "expired", 52 * M, 52 * M, 0},
        {DRAFT, "1", "deleted", 40 * M, 40 * M, 0}, {ONBOARDING, "2", "expired", 35 * M, 35 * M, 0},
        {PIPELINE, "3", "idle", 9 * M, 8 * M, 0},   {INVOICE, "3", "expired", 45 * M, 45 * M, 0},
    };
    static const struct scene_chat chats[] = {
        {REFUND, "Refund copy for EU", "1", 12 * M, 20 * S, 31},
        {OLD_TAB, "Onboarding (old tab)", "1", 52 * M, 40 * S, 40},
        {DRAFT, "Draft reply", "1", 40 * M, 3 * M, 9},
        {ONBOARDING, "Onboarding of the new colleagues in Lisbon", "2", 35 * M, 4 * S, 22},
        {PIPELINE, "Q3 pipeline summary", "3", 9 * M, 8 * M, 12},
        {INVOICE, "Invoice dispute", "3", 45 * M, 2 * M, 6},
    };
    static const struct scene_trace traces[] = {
        {REFUND, 't', 20 * S},    {OLD_TAB, 't', 40 * S}, {DRAFT, 't', 3 * M},
        {ONBOARDING, 's', 4 * S}, {PIPELINE, 't', 8 * M}, {INVOICE, 't', 2 * M},
    };
    set(scene, 4, entries, COUNT(entries));
    scene_set_chats(scene, chats, COUNT(chats));
    scene_set_traces(scene, traces, COUNT(traces));
    scene_select(scene, OLD_TAB);
}

void titled_set_ghost(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "idle", 12 * M, 12 * M, 0},
        {OLD_TAB, "2", "active", 22 * M, 22 * M, 0},
    };
    static const struct scene_chat chats[] = {
        {REFUND, "Refund copy for EU", "1", 12 * M, 4 * M, 31},
    };
    static const struct scene_trace traces[] = {{REFUND, 't', 4 * M}, {OLD_TAB, '-', 0}};
    set(scene, 3, entries, COUNT(entries));
    scene_set_chats(scene, chats, COUNT(chats));
    scene_set_traces(scene, traces, COUNT(traces));
    scene_select(scene, OLD_TAB);
}

void titled_set_running(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "active", 31 * M, 31 * M, 0},   {PIPELINE, "2", "idle", 28 * M, 18 * M, 0},
        {NEW_CHAT, "3", "active", 9 * M, 9 * M, 0},   {ONBOARDING, "4", "active", 8 * M, 8 * M, 0},
        {OLD_TAB, "5", "active", 7 * M, 7 * M, 0},    {DRAFT, "6", "active", 6 * M, 6 * M, 0},
        {INVOICE, "main", "active", 5 * M, 5 * M, 0},
    };
    static const struct scene_chat chats[] = {
        {REFUND, "Refund copy for EU", "1", 31 * M, 2 * S, 31},
        {PIPELINE, "Q3 pipeline summary", "2", 28 * M, 4 * M, 12},
        {NEW_CHAT, "New Chat", "3", 9 * M, 9 * M, 2},
        {ONBOARDING, "Onboarding", "4", 8 * M, 6 * M, 22},
        {OLD_TAB, "Onboarding (old tab)", "5", 7 * M, 7 * M, 40},
        {DRAFT, "Draft reply", "6", 6 * M, 6 * M, 9},
        {INVOICE, "Invoice dispute", "main", 5 * M, 3 * S, 6},
    };
    static const struct scene_trace traces[] = {
        {REFUND, 's', 2 * S},     {PIPELINE, 'l', 4 * M}, {NEW_CHAT, 'r', 9 * M},
        {ONBOARDING, 's', 6 * M}, {OLD_TAB, 'w', 3 * M},  {DRAFT, '-', 0},
        {INVOICE, 's', 3 * S},
    };
    set(scene, 6, entries, COUNT(entries));
    scene_set_chats(scene, chats, COUNT(chats));
    scene_set_traces(scene, traces, COUNT(traces));
    scene_select(scene, ONBOARDING);
}

void titled_set_server_down(struct scene *scene)
{
    titled_set_usual(scene);
    scene_set_server(scene, "2.3.5", 0);
}

void titled_set_forgotten(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "idle", 12 * M, 4 * M, 0},
        {PIPELINE, "2", "idle", 10 * M, 9 * M, 0},
    };
    static const struct scene_chat chats[] = {
        {REFUND, "Refund copy for EU", NULL, 12 * M, 4 * M, 31},
        {PIPELINE, "Q3 pipeline summary", "2", 10 * M, 9 * M, 12},
        {OLD_TAB, "Onboarding (old tab)", "3", 30 * H, 29 * H, 40},
        {ONBOARDING, "Onboarding", "3", 90 * M, 30 * S, 22},
    };
    static const struct scene_trace traces[] = {{REFUND, 't', 4 * M},
                                                {PIPELINE, 't', 9 * M},
                                                {OLD_TAB, 't', 29 * H},
                                                {ONBOARDING, 't', 30 * S}};
    set(scene, 3, entries, COUNT(entries));
    scene_set_chats(scene, chats, COUNT(chats));
    scene_set_traces(scene, traces, COUNT(traces));
    scene_select(scene, OLD_TAB);
}

void titled_set_retired(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "idle", 50 * M, 31 * M, 0},
        {PIPELINE, "2", "idle", 25 * M, 9 * M, 0},
        {INVOICE, "main", "idle", 9 * M, 4 * M, 0},
        {DRAFT, "3", "expired", 50 * H, 50 * H, 0},
    };
    static const struct scene_chat chats[] = {
        {REFUND, "Refund copy for EU", "1", 50 * M, 31 * M, 31},
        {PIPELINE, "Q3 pipeline summary", "2", 25 * M, 9 * M, 12},
        {INVOICE, "Invoice dispute", NULL, 9 * M, 4 * M, 6},
        {DRAFT, "Draft reply", "3", 50 * H, 50 * H, 9},
    };
    set(scene, 0, entries, COUNT(entries));
    scene_set_chats(scene, chats, COUNT(chats));
    scene_set_traces(scene, NULL, 0);
    scene_set_server(scene, "2.3.6", STARTED);
    scene_select(scene, REFUND);
}

void titled_set_hostile(struct scene *scene)
{
    static const struct scene_entry entries[] = {
        {REFUND, "1", "active", 2 * M, 2 * M, 0},     {PIPELINE, "2", "idle", 3 * M, 3 * M, 0},
        {NEW_CHAT, "3", "idle", 4 * M, 4 * M, 0},     {ONBOARDING, "4", "idle", 5 * M, 5 * M, 0},
        {INVOICE, "5", "expired", 45 * M, 45 * M, 0}, {DRAFT, "main", "idle", 6 * M, 6 * M, 0},
    };
    static const struct scene_chat chats[] = {
        {REFUND, "\\u001b[31mred\\u001b[0m\\u0007\\u009b2J", "1", 2 * M, 9 * S, 3},
        {PIPELINE, "\\u202egnp.exe\\u2069\\u200f\\ufeff", "2", 3 * M, 3 * M, 3},
        {NEW_CHAT,
         "\u8acb\u6c42\u66f8\u306b\u3064\u3044\u3066\u306e\u3068\u3066\u3082\u9577\u3044"
         "\u4f1a\u8a71\u306e\u540d\u524d\u3067\u3059\u3088\u306d\u3048",
         "3", 4 * M, 4 * M, 3},
        {ONBOARDING, "\\ud83d\\ude00\\u0301\\u0301\\u0301\\u0301 \\ud800 %s%n", "4", 5 * M, 5 * M,
         3},
        {INVOICE, "C:\\\\..\\\\..\\n\\r\\tend", "5", 45 * M, 5 * S, 3},
        {DRAFT, "", "main", 6 * M, 6 * M, 3},
    };
    static const struct scene_trace traces[] = {{REFUND, 't', 9 * S},   {PIPELINE, 't', 3 * M},
                                                {NEW_CHAT, 't', 4 * M}, {ONBOARDING, 't', 5 * M},
                                                {INVOICE, 't', 5 * S},  {DRAFT, 't', 6 * M}};
    set(scene, 5, entries, COUNT(entries));
    scene_set_chats(scene, chats, COUNT(chats));
    scene_set_traces(scene, traces, COUNT(traces));
    scene_select(scene, REFUND);
}

void titled_set_detail(struct scene *scene)
{
    titled_set_usual(scene);
    scene_select(scene, NEW_CHAT);
    scene->ui.mode = UI_DETAIL;
}

void titled_set_detail_end(struct scene *scene)
{
    titled_set_detail(scene);
    scene->ui.scroll = 1000;
}

void titled_set_detail_of_forgotten(struct scene *scene)
{
    titled_set_forgotten(scene);
    scene->ui.mode = UI_DETAIL;
}
