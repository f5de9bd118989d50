// Texts that stand for bytes and names: sealwright_protocol.scalars in C.
#pragma once

#include "py/misc.h"
#include "form.h"
#include "scanner.h"

// A str. Unlike mp_obj_new_str it does not search the interpreter's names for an equal one, which would cost
// more than all else that is done for a short text.
mp_obj_t new_text(const char *text, size_t len);

// The value of a text of this form. Returns NULL and sets `value`, or returns why not.
const char *text_value(form_t form, text_t text, mp_obj_t *value);

// Append the text of a value of this form. Returns NULL, or why not.
const char *text_of(form_t form, mp_obj_t value, vstr_t *out);

bool is_account_id(text_t text);
bool is_node_id(text_t text);

// Base58 of an Ed25519 key, without the prefix.
#define KEY_SIZE 32
#define KEY_PREFIX "ed25519:"
#define KEY_PREFIX_LEN 8
bool key_from_base58(text_t text, uint8_t *key);
void key_add_base58(const uint8_t *key, vstr_t *out);

// The decimal digits of an unsigned integer of 16 bytes, little-endian.
void add_decimal(const uint8_t *bytes, vstr_t *out);
