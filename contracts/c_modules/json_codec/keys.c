// Numbers in other bases: Base58 keys and decimal amounts, on 32-bit limbs, most significant first.

#include <string.h>
#include "texts.h"

#define LIMBS 8
#define MOST_DIGITS 44 // 58^44 > 2^256

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

bool key_from_base58(text_t text, uint8_t *key) {
    uint32_t limbs[LIMBS] = { 0 };
    size_t zeros = 0;
    if (text.len > MOST_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.data[i] == 0 ? NULL : strchr(alphabet, text.data[i]);
        if (digit == NULL) {
            return false;
        }
        zeros += zeros == i && digit == alphabet;
        uint64_t carry = digit - alphabet;
        for (int limb = LIMBS - 1; limb >= 0; limb--) {
            carry += (uint64_t)limbs[limb] * 58;
            limbs[limb] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry != 0) {
            return false;
        }
    }
    for (int i = 0; i < KEY_SIZE; i++) {
        key[i] = limbs[i / 4] >> (8 * (3 - i % 4));
    }
    size_t leading = 0;
    while (leading < KEY_SIZE && key[leading] == 0) {
        leading++;
    }
    // One text a key: as many leading ones as the key has leading zero bytes.
    return zeros == leading;
}

// Divide in place; the remainder.
static uint32_t divide(uint32_t *limbs, int count, uint32_t divisor) {
    uint64_t rest = 0;
    for (int i = 0; i < count; i++) {
        rest = rest << 32 | limbs[i];
        limbs[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    return (uint32_t)rest;
}

static bool is_zero(const uint32_t *limbs, int count) {
    for (int i = 0; i < count; i++) {
        if (limbs[i] != 0) {
            return false;
        }
    }
    return true;
}

void key_add_base58(const uint8_t *key, vstr_t *out) {
    uint32_t limbs[LIMBS];
    char digits[MOST_DIGITS];
    int used = 0;
    for (int i = 0; i < LIMBS; i++) {
        limbs[i] = (uint32_t)key[4 * i] << 24 | key[4 * i + 1] << 16 | key[4 * i + 2] << 8 | key[4 * i + 3];
    }
    while (!is_zero(limbs, LIMBS)) {
        digits[used++] = alphabet[divide(limbs, LIMBS, 58)];
    }
    for (int i = 0; i < KEY_SIZE && key[i] == 0; i++) {
        vstr_add_byte(out, alphabet[0]);
    }
    while (used > 0) {
        vstr_add_byte(out, digits[--used]);
    }
}

void add_decimal(const uint8_t *bytes, vstr_t *out) {
    uint32_t limbs[4];
    char digits[40];
    int used = 0;
    for (int i = 0; i < 4; i++) {
        memcpy(&limbs[3 - i], bytes + 4 * i, 4);
    }
    do {
        uint32_t part = divide(limbs, 4, 1000000000);
        bool last = is_zero(limbs, 4);
        for (int i = 0; i < 9 && (!last || part != 0 || used == 0); i++, part /= 10) {
            digits[used++] = '0' + part % 10;
        }
    } while (!is_zero(limbs, 4));
    while (used > 0) {
        vstr_add_byte(out, digits[--used]);
    }
}
