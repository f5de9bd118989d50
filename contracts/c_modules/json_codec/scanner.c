#include <string.h>
#include "py/runtime.h"
#include "scanner.h"

bool json_refuse(scanner_t *in, const char *why) {
    in->why = why;
    return false;
}

bool json_within(scanner_t *in, text_t name) {
    if (in->path.len > 0) {
        vstr_ins_byte(&in->path, 0, '.');
    }
    for (size_t i = name.len; i > 0; i--) {
        vstr_ins_byte(&in->path, 0, name.data[i - 1]);
    }
    return false;
}

uint8_t json_peek(scanner_t *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r')) {
        in->at++;
    }
    return in->at < in->end ? *in->at : 0;
}

bool json_expect(scanner_t *in, char character) {
    if (json_peek(in) != (uint8_t)character) {
        return json_refuse(in, INVALID_JSON);
    }
    in->at++;
    return true;
}

bool json_skip(scanner_t *in, const char *word) {
    size_t len = strlen(word);
    json_peek(in);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0) {
        return false;
    }
    in->at += len;
    return true;
}

static int hex_digit(uint8_t digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// The UTF-16 unit of four hex digits; -1 when malformed.
static int hex_unit(scanner_t *in) {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = in->at < in->end ? hex_digit(*in->at) : -1;
        if (digit < 0) {
            return -1;
        }
        unit = unit << 4 | digit;
        in->at++;
    }
    return unit;
}

// The character after "\u", surrogate pairs joined; -1 when malformed.
static int32_t unicode_escape(scanner_t *in) {
    int32_t unit = hex_unit(in);
    if (unit < 0xd800 || unit > 0xdfff) {
        return unit;
    }
    if (unit > 0xdbff || in->end - in->at < 2 || in->at[0] != '\\' || in->at[1] != 'u') {
        return -1;
    }
    in->at += 2;
    int32_t low = hex_unit(in);
    return low < 0xdc00 || low > 0xdfff ? -1 : 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static int32_t escape(scanner_t *in) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (in->at == in->end) {
        return -1;
    }
    uint8_t letter = *in->at++;
    if (letter == 'u') {
        return unicode_escape(in);
    }
    const char *found = letter == 0 ? NULL : strchr(letters, letter);
    return found == NULL ? -1 : meanings[found - letters];
}

// The rest of a string whose first escape comes next; `start` is its first character.
static bool escaped_string(scanner_t *in, const uint8_t *start, text_t *text) {
    vstr_t out;
    vstr_init(&out, in->at - start + 32);
    vstr_add_strn(&out, (const char *)start, in->at - start);
    while (in->at < in->end && *in->at >= 0x20) {
        uint8_t character = *in->at++;
        if (character == '"') {
            text->data = out.buf;
            text->len = out.len;
            return true;
        }
        if (character != '\\') {
            vstr_add_byte(&out, character);
            continue;
        }
        int32_t code = escape(in);
        if (code < 0) {
            break;
        }
        vstr_add_char(&out, code);
    }
    return json_refuse(in, INVALID_JSON);
}

bool json_string(scanner_t *in, text_t *text) {
    if (json_peek(in) != '"') {
        return json_refuse(in, "not a string");
    }
    const uint8_t *start = ++in->at;
    for (; in->at < in->end && *in->at >= 0x20; in->at++) {
        if (*in->at == '\\') {
            return escaped_string(in, start, text);
        }
        if (*in->at == '"') {
            text->data = (const char *)start;
            text->len = in->at++ - start;
            return true;
        }
    }
    return json_refuse(in, INVALID_JSON);
}

bool json_int(scanner_t *in, uint64_t *magnitude, bool *negative) {
    *negative = json_peek(in) == '-';
    in->at += *negative;
    const uint8_t *digits = in->at;
    *magnitude = 0;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
        // Wraps for numbers that are refused below for their length.
        *magnitude = *magnitude * 10 + (*in->at++ - '0');
    }
    size_t len = in->at - digits;
    uint8_t after = in->at < in->end ? *in->at : 0;
    if (len == 0 || (len > 1 && digits[0] == '0') || after == '.' || after == 'e' || after == 'E') {
        return json_refuse(in, "not an integer");
    }
    return len > 16 || *magnitude > MAX_JSON_INT ? json_refuse(in, "out of range") : true;
}
