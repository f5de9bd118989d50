// Finding a name by its text: a hash table in the prepared image instead of a walk through all names.
//
// Every new str asks whether its text is a known name. MicroPython walks some 170 unsorted names, searches
// the sorted ones and walks those made at run time: about 6,000 instructions for each str. The table takes
// about 200, and 4 KB of the contract.

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "py/mpstate.h"
#include "py/qstr.h"
#include "py/runtime.h"

void names_index(void);

// An entry is a qstr in the lower bits and, above, what distinguishes most hashes at a glance.
#define NAME_MASK 0x0fff
#define TAG_MASK 0xf000

static uint16_t *table; // open addressing: entries by hash, 0 in a free slot
static size_t mask;
static size_t indexed; // qstrs from here on are not in the table

static size_t count(void) {
    return MP_STATE_VM(last_pool)->total_prev_len + MP_STATE_VM(last_pool)->len;
}

static bool is_name(qstr name, const char *text, size_t len) {
    size_t known;
    const byte *data = qstr_data(name, &known);
    return known == len && memcmp(data, text, len) == 0;
}

void names_index(void) {
    indexed = MIN(count(), NAME_MASK + 1);
    size_t slots = 64;
    while (slots * 3 < indexed * 4) {
        slots *= 2;
    }
    mask = slots - 1;
    table = m_new0(uint16_t, slots);
    for (qstr name = 1; name < indexed; name++) {
        size_t slot = qstr_hash(name) & mask;
        while (table[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        table[slot] = name | (qstr_hash(name) & TAG_MASK);
    }
}

qstr qstr_find_strn(const char *text, size_t len) {
    if (len == 0) {
        return MP_QSTR_;
    }
    if (table != NULL) {
        size_t hash = qstr_compute_hash((const byte *)text, len);
        for (size_t slot = hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
            qstr name = table[slot] & NAME_MASK;
            if ((table[slot] & TAG_MASK) == (hash & TAG_MASK) && is_name(name, text, len)) {
                return name;
            }
        }
    }
    for (qstr name = count() - 1; name >= indexed && name > 0; name--) {
        if (is_name(name, text, len)) {
            return name;
        }
    }
    return MP_QSTRnull;
}
