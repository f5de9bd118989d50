// The parts of `_json_codec`.
#pragma once

#include "py/obj.h"
#include "form.h"
#include "scanner.h"

// Read the value of the form at `form`.
bool read_value(scanner_t *in, const char *form, mp_obj_t *value);

// Append the JSON of a value. Returns NULL, or why not.
const char *write_value(const char *form, mp_obj_t value, vstr_t *out);
