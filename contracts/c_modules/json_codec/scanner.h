// A strict JSON tokeniser. Every function returns false after noting why in the scanner.
#pragma once

#include "py/misc.h"
#include "py/obj.h"
#include "form.h"

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    const char *why; // set once something was refused
    vstr_t path;     // where, built from the inside out
} scanner_t;

typedef struct {
    const char *data;
    size_t len;
} text_t;

// Note why. Always false.
bool json_refuse(scanner_t *in, const char *why);

// The same, seen from one object further out. Always false.
bool json_within(scanner_t *in, text_t name);

// The next character that is not blank; 0 at the end.
uint8_t json_peek(scanner_t *in);
bool json_expect(scanner_t *in, char character);
bool json_skip(scanner_t *in, const char *word);

// A string: a slice of the input, or a decoded copy when it has escapes.
bool json_string(scanner_t *in, text_t *text);

// An integer of at most 2^53 - 1 in size.
bool json_int(scanner_t *in, uint64_t *magnitude, bool *negative);

#define INVALID_JSON "invalid JSON"
