// The contract's heap: memory is handed out upwards and never collected.
//
// A call is short and its memory vanishes with it, so the cheapest allocator is a pointer. Only the
// newest block can grow, shrink or be freed in place, which is what growing strings and lists do.
// Four bytes in front of each block hold its size: realloc is told only the new one.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ALIGNMENT 4
#define PAGE_SIZE 65536
// NEAR gives a contract at most 2,048 pages: asking the host for more would only trap.
#define MAX_PAGES 2048

extern unsigned char __heap_base;

static unsigned char *top;    // first byte never handed out
static unsigned char *newest; // payload of the newest block

static size_t rounded(size_t size) {
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static size_t *size_of(void *block) {
    return (size_t *)block - 1;
}

// Make sure that memory up to `end` exists.
static int reserve(const unsigned char *end) {
    size_t pages = __builtin_wasm_memory_size(0);
    size_t wanted = ((uintptr_t)end + PAGE_SIZE - 1) / PAGE_SIZE;
    if (wanted <= pages) {
        return 1;
    }
    return wanted <= MAX_PAGES && __builtin_wasm_memory_grow(0, wanted - pages) != (size_t)-1;
}

void *malloc(size_t size) {
    if (top == NULL) {
        top = (unsigned char *)rounded((uintptr_t)&__heap_base);
    }
    unsigned char *block = top + sizeof(size_t);
    if (size > (size_t)MAX_PAGES * PAGE_SIZE || !reserve(block + rounded(size))) {
        return NULL;
    }
    *size_of(block) = size;
    top = block + rounded(size);
    newest = block;
    return block;
}

void free(void *block) {
    if (block != NULL && block == newest) {
        top = newest - sizeof(size_t);
        newest = NULL;
    }
}

void *calloc(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    void *block = malloc(total);
    if (block != NULL) {
        memset(block, 0, total);
    }
    return block;
}

void *realloc(void *block, size_t size) {
    if (block == NULL) {
        return malloc(size);
    }
    size_t old = *size_of(block);
    if (block == newest) {
        unsigned char *end = newest + rounded(size);
        if (size > (size_t)MAX_PAGES * PAGE_SIZE || !reserve(end)) {
            return NULL;
        }
        *size_of(block) = size;
        top = end;
        return block;
    }
    if (size <= old) {
        return block;
    }
    void *moved = malloc(size);
    if (moved != NULL) {
        memcpy(moved, block, old);
    }
    return moved;
}
