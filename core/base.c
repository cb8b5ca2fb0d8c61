#include "core/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BUFFER_START_BYTES = 64, ARENA_BLOCK_BYTES = 64 << 10, LARGE_PAGE_BYTES = 2 << 20 };

struct str str_of(const char *text)
{
    return text ? (struct str){text, strlen(text)} : (struct str){0};
}

bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool str_starts(struct str text, struct str prefix)
{
    return text.len >= prefix.len &&
           (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

int str_compare(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more >= SIZE_MAX / 2 - buffer->len) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->len + more + 1;
    if (needed <= buffer->capacity)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : BUFFER_START_BYTES;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    data[buffer->len] = '\0';
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void buffer_add(struct buffer *buffer, const char *data, size_t len)
{
    if (!buffer_reserve(buffer, len))
        return;
    if (len)
        memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
}

void buffer_add_str(struct buffer *buffer, struct str text)
{
    buffer_add(buffer, text.data, text.len);
}

void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_add_repeat(struct buffer *buffer, char c, size_t count)
{
    if (!buffer_reserve(buffer, count))
        return;
    memset(buffer->data + buffer->len, c, count);
    buffer->len += count;
    buffer->data[buffer->len] = '\0';
}

void buffer_addf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int needed = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (needed < 0 || !buffer_reserve(buffer, (size_t)needed)) {
        buffer->failed = true;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(buffer->data + buffer->len, (size_t)needed + 1, format, arguments);
    va_end(arguments);
    buffer->len += (size_t)needed;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void buffer_done(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

struct str buffer_str(const struct buffer *buffer)
{
    return (struct str){buffer->data, buffer->len};
}

void memory_expect(void *memory, size_t size)
{
    /* Whole mappings, lest a part of one be another one: realloc() would have to copy it. */
    const uintptr_t page_bytes = 4096;
    uintptr_t begin = (uintptr_t)memory & ~(page_bytes - 1);
    uintptr_t end = ((uintptr_t)memory + size + page_bytes - 1) & ~(page_bytes - 1);
    if (size >= LARGE_PAGE_BYTES)
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

static bool add_block(struct arena *arena, size_t size)
{
    struct arena_block *block = malloc(sizeof(*block) + size);
    if (!block)
        return false;
    memory_expect(block, sizeof(*block) + size);
    *block = (struct arena_block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    return true;
}

/* Aligned to `alignment` bytes, a power of two, and packed otherwise. */
static void *alloc_aligned(struct arena *arena, size_t size, size_t alignment)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    struct arena_block *block = arena->blocks;
    size_t at = block ? (block->used + alignment - 1) & ~(alignment - 1) : 0;
    if (!block || at > block->size || block->size - at < size) {
        if (!add_block(arena, size > ARENA_BLOCK_BYTES ? size : ARENA_BLOCK_BYTES))
            return NULL;
        block = arena->blocks;
        at = 0;
    }
    block->used = at + size;
    return (char *)block->bytes + at;
}

void arena_expect(struct arena *arena, size_t size)
{
    if (size > ARENA_BLOCK_BYTES)
        (void)add_block(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return alloc_aligned(arena, size, sizeof(max_align_t));
}

struct str arena_copy(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (!copy)
        return (struct str){0};
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return (struct str){copy, text.len};
}

struct str arena_pack(struct arena *arena, struct str text)
{
    char *copy = alloc_aligned(arena, text.len, 1);
    if (!copy)
        return (struct str){0};
    if (text.len)
        memcpy(copy, text.data, text.len);
    return (struct str){copy, text.len};
}

void arena_done(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
