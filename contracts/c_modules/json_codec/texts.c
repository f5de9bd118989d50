#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "texts.h"
#include "values.h"

#define HASH_SIZE 32
#define MOST_LABEL 32
#define NOT_KEY "not an Ed25519 key"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

mp_obj_t new_text(const char *text, size_t len) {
    return mp_obj_new_str_copy(&mp_type_str, (const byte *)text, len);
}

static bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_account_id(text_t text) {
    if (text.len < 2 || text.len > 64) {
        return false;
    }
    // Letters and digits; between two of them at most one of `-`, `_` and `.`.
    bool joint = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (is_name_character(c)) {
            joint = false;
        } else if (joint || (c != '-' && c != '_' && c != '.')) {
            return false;
        } else {
            joint = true;
        }
    }
    return !joint;
}

bool is_node_id(text_t text) {
    size_t label = 0;
    while (label < text.len && text.data[label] != '.') {
        if (!is_name_character(text.data[label]) && text.data[label] != '-') {
            return false;
        }
        label++;
    }
    text_t account = { text.data + label + 1, text.len - label - 1 };
    return label >= 1 && label <= MOST_LABEL && label < text.len && is_account_id(account);
}

static const char *yocto_value(text_t text, mp_obj_t *value) {
    static const char *why = "not a u128 in decimal digits";
    const unsigned __int128 tenth = ~(unsigned __int128)0 / 10;
    unsigned __int128 number = 0;
    if (text.len == 0 || text.len > 39 || (text.len > 1 && text.data[0] == '0')) {
        return why;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t digit = text.data[i] - '0';
        if (digit > 9 || number > tenth || (number == tenth && digit > 5)) {
            return why;
        }
        number = number * 10 + digit;
    }
    *value = int_from_le_bytes((const uint8_t *)&number, sizeof(number));
    return NULL;
}

static int lower_hex(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *digest_value(text_t text, mp_obj_t *value) {
    static const char *why = "not 32 bytes in lowercase hex";
    uint8_t digest[HASH_SIZE];
    if (text.len != 2 * HASH_SIZE) {
        return why;
    }
    for (int i = 0; i < HASH_SIZE; i++) {
        int high = lower_hex(text.data[2 * i]), low = lower_hex(text.data[2 * i + 1]);
        if (high < 0 || low < 0) {
            return why;
        }
        digest[i] = high << 4 | low;
    }
    *value = mp_obj_new_bytes(digest, HASH_SIZE);
    return NULL;
}

static const char *key_value(text_t text, mp_obj_t *value) {
    uint8_t key[KEY_SIZE];
    if (text.len < KEY_PREFIX_LEN || memcmp(text.data, KEY_PREFIX, KEY_PREFIX_LEN) != 0) {
        return NOT_KEY;
    }
    text_t digits = { text.data + KEY_PREFIX_LEN, text.len - KEY_PREFIX_LEN };
    if (!key_from_base58(digits, key)) {
        return NOT_KEY;
    }
    *value = mp_obj_new_bytes(key, KEY_SIZE);
    return NULL;
}

// The value of a Base64 digit; -1 for other characters.
static int base64_digit(uint8_t c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static const char *base64_value(text_t text, vstr_t *out) {
    static const char *why = "not Base64";
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.data[text.len - 1 - padding] == '=') {
        padding++;
    }
    uint32_t bits = 0;
    int count = 0;
    if (text.len % 4 != 0) {
        return why;
    }
    for (size_t i = 0; i < text.len - padding; i++) {
        int digit = base64_digit(text.data[i]);
        if (digit < 0) {
            return why;
        }
        bits = bits << 6 | digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            vstr_add_byte(out, bits >> count);
        }
    }
    // Bits that make no byte are zero: one text for the same bytes.
    return (bits & ((1u << count) - 1)) != 0 ? why : NULL;
}

static const char *bytes_value(form_t form, text_t text, mp_obj_t *value) {
    vstr_t out;
    vstr_init(&out, text.len / 4 * 3 + 1);
    const char *why = base64_value(text, &out);
    if (why != NULL) {
        return why;
    }
    if (form.kind == 'g' && out.len != SIGNATURE_SIZE) {
        return "not 64 bytes";
    }
    if (form.most > 0 && out.len > form.most) {
        return "too long";
    }
    *value = mp_obj_new_bytes_from_vstr(&out);
    return NULL;
}

const char *text_value(form_t form, text_t text, mp_obj_t *value) {
    switch (form.kind) {
        case 'y': return yocto_value(text, value);
        case 'h': return digest_value(text, value);
        case 'k': return key_value(text, value);
        case 'g': case 'b': return bytes_value(form, text, value);
        case 'a':
            if (!is_account_id(text)) {
                return "not an account id";
            }
            break;
        case 'n':
            if (!is_node_id(text)) {
                return "not a node id";
            }
            break;
        default:
            if (form.most > 0 && text.len > form.most) {
                return "too long";
            }
    }
    *value = new_text(text.data, text.len);
    return NULL;
}

static void add_base64(const uint8_t *data, size_t len, vstr_t *out) {
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i;
        uint32_t bits = data[i] << 16 | (have > 1 ? data[i + 1] << 8 : 0) | (have > 2 ? data[i + 2] : 0);
        vstr_add_byte(out, base64[bits >> 18]);
        vstr_add_byte(out, base64[bits >> 12 & 63]);
        vstr_add_byte(out, have > 1 ? base64[bits >> 6 & 63] : '=');
        vstr_add_byte(out, have > 2 ? base64[bits & 63] : '=');
    }
}

static const char *text_of_bytes(form_t form, mp_obj_t value, vstr_t *out) {
    mp_buffer_info_t bytes;
    if (mp_obj_is_str(value) || !mp_get_buffer(value, &bytes, MP_BUFFER_READ)) {
        return "not bytes";
    }
    size_t wanted = form.kind == 'g' ? SIGNATURE_SIZE : form.kind == 'b' ? bytes.len : HASH_SIZE;
    if (bytes.len != wanted || (form.most > 0 && bytes.len > form.most)) {
        return "wrong number of bytes";
    }
    if (form.kind == 'k') {
        vstr_add_strn(out, KEY_PREFIX, KEY_PREFIX_LEN);
        key_add_base58(bytes.buf, out);
    } else if (form.kind == 'h') {
        for (size_t i = 0; i < bytes.len; i++) {
            uint8_t byte = ((const uint8_t *)bytes.buf)[i];
            vstr_add_byte(out, "0123456789abcdef"[byte >> 4]);
            vstr_add_byte(out, "0123456789abcdef"[byte & 15]);
        }
    } else {
        add_base64(bytes.buf, bytes.len, out);
    }
    return NULL;
}

const char *text_of(form_t form, mp_obj_t value, vstr_t *out) {
    if (form.kind == 'y') {
        uint8_t bytes[U128_SIZE];
        if (uint_check(value, sizeof(bytes), bytes) != INT_FITS) {
            return "not a u128";
        }
        add_decimal(bytes, out);
        return NULL;
    }
    if (strchr("san", form.kind) == NULL) {
        return text_of_bytes(form, value, out);
    }
    if (!mp_obj_is_str(value)) {
        return "not a str";
    }
    text_t text;
    text.data = mp_obj_str_get_data(value, &text.len);
    mp_obj_t same;
    const char *why = text_value(form, text, &same);
    vstr_add_strn(out, text.data, text.len);
    return why;
}
