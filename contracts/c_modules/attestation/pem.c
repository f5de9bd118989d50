// pem(text) -> [DER]. White space and NULs around the certificates; canonical Base64 with CR and LF anywhere.

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "scan.h"

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define LINE_BREAK 64
#define PADDING 65
#define OTHER 66

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} reader_t;

// What an octet is in Base64: six bits, LINE_BREAK, PADDING or OTHER.
static uint8_t kinds[256];

static void fill_kinds(void) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    memset(kinds, OTHER, sizeof(kinds));
    for (size_t i = 0; i < 64; i++) {
        kinds[(uint8_t)digits[i]] = i;
    }
    kinds['\n'] = kinds['\r'] = LINE_BREAK;
    kinds['='] = PADDING;
}

static bool skip_mark(reader_t *in, const char *mark, size_t len) {
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, mark, len) != 0) {
        return false;
    }
    in->at += len;
    return true;
}

static void skip_padding(reader_t *in) {
    while (in->at < in->end && (*in->at == 0 || *in->at == ' ' || (*in->at >= '\t' && *in->at <= '\r'
                                && *in->at != '\v' && *in->at != '\f'))) {
        in->at++;
    }
}

// The octets that two or three left digits stand for, whose spare bits must be zero. Gives how many, or -1.
static int decode_rest(size_t left, size_t padding, uint32_t bits, uint8_t *out) {
    if (left == 0) {
        return padding == 0 ? 0 : -1;
    }
    unsigned spare = left == 2 ? 4 : 2;
    if (left == 1 || left + padding != 4 || (bits & ((1u << spare) - 1)) != 0) {
        return -1;
    }
    bits >>= spare;
    if (left == 3) {
        *out++ = bits >> 8;
    }
    *out = bits;
    return left - 1;
}

// Decodes up to the first octet that is no Base64. Gives the length, -1 when the text is not canonical.
static long decode(reader_t *in, uint8_t *out) {
    const uint8_t *at = in->at, *end = in->end;
    const uint8_t *start = out;
    uint32_t bits = 0;
    size_t left = 0, padding = 0;
    for (; at < end; at++) {
        uint8_t kind = kinds[*at];
        if (kind < 64) {
            if (padding > 0) {
                return -1;
            }
            bits = bits << 6 | kind;
            if (++left == 4) {
                out[0] = bits >> 16;
                out[1] = bits >> 8;
                out[2] = bits;
                out += 3;
                bits = left = 0;
            }
        } else if (kind == PADDING) {
            padding++;
        } else if (kind == OTHER) {
            break;
        }
    }
    in->at = at;
    int rest = decode_rest(left, padding, bits, out);
    return rest < 0 ? -1 : out - start + rest;
}

static mp_obj_t read_certificate(reader_t *in) {
    if (!skip_mark(in, BEGIN, sizeof(BEGIN) - 1)) {
        return MP_OBJ_NULL;
    }
    vstr_t out;
    vstr_init(&out, (in->end - in->at) / 4 * 3 + 4);
    long size = decode(in, (uint8_t *)out.buf);
    if (size < 0 || !skip_mark(in, END, sizeof(END) - 1)) {
        return MP_OBJ_NULL;
    }
    out.len = size;
    return mp_obj_new_bytes_from_vstr(&out);
}

static mp_obj_t pem(mp_obj_t text) {
    span_t bytes;
    if (!bytes_from(text, &bytes)) {
        return mp_const_none;
    }
    if (kinds[0] == 0) {
        fill_kinds();
    }
    reader_t in = { bytes.data, bytes.data + bytes.len };
    mp_obj_t found = mp_obj_new_list(0, NULL);
    skip_padding(&in);
    while (in.at < in.end) {
        mp_obj_t certificate = read_certificate(&in);
        if (certificate == MP_OBJ_NULL) {
            return scan_refuse(MP_ERROR_TEXT("PEM"));
        }
        mp_obj_list_append(found, certificate);
        skip_padding(&in);
    }
    return found;
}
MP_DEFINE_CONST_FUN_OBJ_1(attestation_pem_obj, pem);
