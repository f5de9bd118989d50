// base64(text) -> bytes. Canonical Base64; CR and LF may stand anywhere.

#include "py/objstr.h"
#include "py/runtime.h"
#include "scan.h"
#include "values.h"

// The six bits of a digit, -1 for anything else.
static int sextet(uint8_t digit) {
    if (digit >= 'A' && digit <= 'Z') {
        return digit - 'A';
    }
    if (digit >= 'a' && digit <= 'z') {
        return digit - 'a' + 26;
    }
    if (digit >= '0' && digit <= '9') {
        return digit - '0' + 52;
    }
    return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

// Decodes into `out`, which is large enough. Gives the length, -1 when the text is not canonical.
static int decode(const uint8_t *text, size_t len, uint8_t *out) {
    uint32_t bits = 0;
    size_t digits = 0, padding = 0, size = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r') {
            continue;
        }
        int value = sextet(text[i]);
        if (text[i] == '=') {
            padding++;
            continue;
        }
        if (value < 0 || padding > 0) {
            return -1;
        }
        bits = bits << 6 | (uint32_t)value;
        digits++;
        if (digits % 4 != 1) {
            // 2, 3 or 4 digits of a group so far complete its first, second or third byte.
            unsigned left = digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0;
            out[size++] = bits >> left;
            bits &= (1u << left) - 1;
        }
    }
    bool padded = (digits + padding) % 4 == 0 && padding <= 2;
    return padded && bits == 0 ? (int)size : -1;
}

static mp_obj_t base64(mp_obj_t text) {
    span_t bytes;
    if (!bytes_from(text, &bytes)) {
        return mp_const_none;
    }
    vstr_t out;
    vstr_init(&out, bytes.len / 4 * 3 + 4);
    int size = decode(bytes.data, bytes.len, (uint8_t *)out.buf);
    if (size < 0) {
        return scan_refuse(MP_ERROR_TEXT("Base64"));
    }
    out.len = size;
    return mp_obj_new_bytes_from_vstr(&out);
}
MP_DEFINE_CONST_FUN_OBJ_1(attestation_base64_obj, base64);
