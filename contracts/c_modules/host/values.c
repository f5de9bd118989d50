#include <string.h>

#include "py/mpz.h"
#include "py/objint.h"
#include "py/runtime.h"
#include "values.h"

bool span_from(mp_obj_t value, span_t *span) {
    mp_buffer_info_t buffer;
    if (!mp_get_buffer(value, &buffer, MP_BUFFER_READ)) {
        mp_raise_TypeError(MP_ERROR_TEXT("expected bytes or str"));
        return false;
    }
    span->data = buffer.buf;
    span->len = buffer.len;
    return true;
}

bool bytes_from(mp_obj_t value, span_t *span) {
    if (mp_obj_is_str(value)) {
        mp_raise_TypeError(MP_ERROR_TEXT("expected bytes"));
        return false;
    }
    return span_from(value, span);
}

// Whether the non-negative `value` fits into `size` bytes; writes them if so.
static bool small_to_bytes(mp_int_t value, size_t size, uint8_t *out) {
    if (value < 0 || (size < sizeof(value) && (value >> (8 * size)) != 0)) {
        return false;
    }
    memset(out, 0, size);
    memcpy(out, &value, size < sizeof(value) ? size : sizeof(value));
    return true;
}

int_check_t uint_check(mp_obj_t value, size_t size, uint8_t *out) {
    bool fits;
    if (mp_obj_is_small_int(value)) {
        fits = small_to_bytes(MP_OBJ_SMALL_INT_VALUE(value), size, out);
    } else if (mp_obj_is_exact_type(value, &mp_type_int)) {
        const mpz_t *big = &((mp_obj_int_t *)MP_OBJ_TO_PTR(value))->mpz;
        fits = !mpz_is_neg(big) && mpz_as_bytes(big, false, false, size, out);
    } else {
        return NOT_INT;
    }
    return fits ? INT_FITS : OUT_OF_RANGE;
}

bool uint_from(mp_obj_t value, size_t size, uint8_t *out) {
    switch (uint_check(value, size, out)) {
        case INT_FITS:
            return true;
        case NOT_INT:
            mp_raise_TypeError(MP_ERROR_TEXT("expected int"));
            return false;
        default:
            mp_raise_ValueError(MP_ERROR_TEXT("int out of range"));
            return false;
    }
}

bool u64_from(mp_obj_t value, uint64_t *out) {
    return uint_from(value, sizeof(*out), (uint8_t *)out);
}

mp_obj_t int_from_le_bytes(const uint8_t *data, size_t size) {
    while (size > 0 && data[size - 1] == 0) {
        size--;
    }
    if (size <= sizeof(mp_uint_t)) {
        mp_uint_t small = 0;
        memcpy(&small, data, size);
        return mp_obj_new_int_from_uint(small);
    }
    return mp_obj_int_from_bytes_impl(false, size, data);
}

mp_obj_t int_from_u64(uint64_t value) {
    return int_from_le_bytes((const uint8_t *)&value, sizeof(value));
}

// How many continuation bytes follow `lead`, and which values the first of them may have.
static int sequence(uint8_t lead, uint8_t *low, uint8_t *high) {
    *low = 0x80;
    *high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 1;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *low = lead == 0xe0 ? 0xa0 : 0x80;  // overlong
        *high = lead == 0xed ? 0x9f : 0xbf; // surrogates
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *low = lead == 0xf0 ? 0x90 : 0x80;  // overlong
        *high = lead == 0xf4 ? 0x8f : 0xbf; // above U+10FFFF
        return 3;
    }
    return -1;
}

bool is_utf8(const uint8_t *data, size_t len) {
    const uint8_t *end = data + len;
    while (data < end) {
        uint8_t lead = *data++;
        if (lead < 0x80) {
            continue;
        }
        uint8_t low, high;
        int following = sequence(lead, &low, &high);
        if (following < 0 || end - data < following) {
            return false;
        }
        for (int i = 0; i < following; i++, low = 0x80, high = 0xbf) {
            uint8_t next = *data++;
            if (next < low || next > high) {
                return false;
            }
        }
    }
    return true;
}
