// The contract's heap: memory is handed out upwards and never collected.
//
// A call is short and its memory vanishes with it, so the cheapest allocator is a pointer. Only the newest
// block can grow, shrink or be freed in place, which is what growing strings and lists do.
// While the build imports the contract's modules time is free and every byte stays in the contract, so
// freed blocks are reused, the best fit first, and cleared.
// Four bytes in front of each block hold its size: realloc is told only the new one.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "contract.h"

#define ALIGNMENT 4
#define PAGE_SIZE 65536
// NEAR gives a contract at most 2,048 pages: asking the host for more would only trap.
#define MAX_PAGES 2048
#define MAX_BLOCK ((size_t)MAX_PAGES * PAGE_SIZE)

extern unsigned char __heap_base;

typedef struct hole {
    struct hole *next;
} hole_t;

static unsigned char *top;    // first byte never handed out
static unsigned char *newest; // payload of the newest block
static hole_t *holes;         // freed blocks, while `reusing`
static bool reusing;

static size_t rounded(size_t size) {
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static size_t *size_of(void *block) {
    return (size_t *)block - 1;
}

// Make sure that memory up to `end` exists.
static bool reserve(const unsigned char *end) {
    size_t pages = __builtin_wasm_memory_size(0);
    size_t wanted = ((uintptr_t)end + PAGE_SIZE - 1) / PAGE_SIZE;
    if (wanted <= pages) {
        return true;
    }
    return wanted <= MAX_PAGES && __builtin_wasm_memory_grow(0, wanted - pages) != (size_t)-1;
}

// The smallest hole that holds `size` bytes, taken out of the list; NULL when there is none.
static void *take_hole(size_t size) {
    hole_t **best = NULL;
    for (hole_t **each = &holes; *each != NULL; each = &(*each)->next) {
        if (*size_of(*each) >= size && (best == NULL || *size_of(*each) < *size_of(*best))) {
            best = each;
        }
    }
    if (best == NULL) {
        return NULL;
    }
    hole_t *found = *best;
    *best = found->next;
    found->next = NULL;
    size_t rest = rounded(*size_of(found)) - rounded(size);
    if (rest >= sizeof(size_t) + sizeof(hole_t)) {
        hole_t *left = (hole_t *)((unsigned char *)found + rounded(size) + sizeof(size_t));
        *size_of(left) = rest - sizeof(size_t);
        left->next = holes;
        holes = left;
        *size_of(found) = size;
    }
    return found;
}

void *malloc(size_t size) {
    if (holes != NULL) {
        void *hole = take_hole(size);
        if (hole != NULL) {
            return hole;
        }
    }
    if (top == NULL) {
        top = (unsigned char *)rounded((uintptr_t)&__heap_base);
    }
    unsigned char *block = top + sizeof(size_t);
    if (size > MAX_BLOCK || !reserve(block + rounded(size))) {
        return NULL;
    }
    *size_of(block) = size;
    top = block + rounded(size);
    newest = block;
    return block;
}

void free(void *block) {
    if (block == NULL) {
        return;
    }
    if (reusing) {
        memset(block, 0, *size_of(block));
    }
    if (block == newest) {
        top = newest - sizeof(size_t);
        newest = NULL;
    } else if (reusing && *size_of(block) >= sizeof(hole_t)) {
        ((hole_t *)block)->next = holes;
        holes = block;
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
        if (size > MAX_BLOCK || !reserve(end)) {
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
        free(block);
    }
    return moved;
}

void heap_reuse(void) {
    reusing = true;
}

uintptr_t heap_settle(void) {
    while (holes != NULL) {
        hole_t *hole = holes;
        holes = hole->next;
        hole->next = NULL;
        *size_of(hole) = 0;
    }
    reusing = false;
    newest = NULL;
    return (uintptr_t)top;
}
