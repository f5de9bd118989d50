// Python values to and from what the host and Borsh speak.
//
// Every conversion answers whether it succeeded; when it did not, the exception is raised and callers return.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "py/obj.h"

#define U128_SIZE 16

typedef struct {
    const uint8_t *data;
    size_t len;
} span_t;

// bytes, bytearray, memoryview, or a str as its UTF-8. Anything else raises TypeError.
bool span_from(mp_obj_t value, span_t *span);

// Only bytes-like values: no str.
bool bytes_from(mp_obj_t value, span_t *span);

// Little-endian unsigned integer of `size` bytes. A bool or another type raises TypeError, a number that
// is negative or too large raises ValueError.
bool uint_from(mp_obj_t value, size_t size, uint8_t *out);

bool u64_from(mp_obj_t value, uint64_t *out);

// The same without an exception: NOT_INT for other types, OUT_OF_RANGE for numbers that do not fit.
typedef enum { INT_FITS, NOT_INT, OUT_OF_RANGE } int_check_t;
int_check_t uint_check(mp_obj_t value, size_t size, uint8_t *out);

mp_obj_t int_from_le_bytes(const uint8_t *data, size_t size);
mp_obj_t int_from_u64(uint64_t value);

// Whether the bytes are UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, at most U+10FFFF.
bool is_utf8(const uint8_t *data, size_t len);
