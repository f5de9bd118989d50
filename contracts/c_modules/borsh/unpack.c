// _borsh.unpack(format, data) -> list. Strict: every byte is used, every value has exactly one encoding.

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "format.h"
#include "values.h"

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} reader_t;

static const char *unpack_type(const char *format, reader_t *in, mp_obj_t *value);

// The next `len` bytes; NULL after raising when there are fewer.
static const uint8_t *take(reader_t *in, size_t len) {
    if ((size_t)(in->end - in->at) < len) {
        refuse(MP_ERROR_TEXT("borsh: data too short"));
        return NULL;
    }
    const uint8_t *taken = in->at;
    in->at += len;
    return taken;
}

static bool take_u32(reader_t *in, uint32_t *value) {
    const uint8_t *bytes = take(in, sizeof(*value));
    if (bytes != NULL) {
        memcpy(value, bytes, sizeof(*value));
    }
    return bytes != NULL;
}

// A byte that says no (0) or yes (1).
static bool take_flag(reader_t *in, bool *flag) {
    const uint8_t *byte = take(in, 1);
    if (byte == NULL) {
        return false;
    }
    if (*byte > 1) {
        refuse(MP_ERROR_TEXT("borsh: expected 0 or 1"));
        return false;
    }
    *flag = *byte == 1;
    return true;
}

static const char *unpack_int(const char *format, reader_t *in, mp_obj_t *value) {
    size_t size = int_size(*format);
    const uint8_t *bytes = take(in, size);
    if (bytes == NULL) {
        return NULL;
    }
    *value = int_from_le_bytes(bytes, size);
    return format + 1;
}

static const char *unpack_bool(const char *format, reader_t *in, mp_obj_t *value) {
    bool flag;
    if (!take_flag(in, &flag)) {
        return NULL;
    }
    *value = mp_obj_new_bool(flag);
    return format + 1;
}

// String or Vec<u8>: a length, then the bytes.
static const char *unpack_text(const char *format, reader_t *in, mp_obj_t *value) {
    uint32_t len;
    const uint8_t *bytes = take_u32(in, &len) ? take(in, len) : NULL;
    if (bytes == NULL) {
        return NULL;
    }
    if (*format == 'b') {
        *value = mp_obj_new_bytes(bytes, len);
    } else if (is_utf8(bytes, len)) {
        *value = mp_obj_new_str_copy(&mp_type_str, bytes, len);
    } else {
        return refuse(MP_ERROR_TEXT("borsh: not UTF-8"));
    }
    return format + 1;
}

static const char *unpack_fixed(const char *format, reader_t *in, mp_obj_t *value) {
    long length = fixed_length(&format);
    if (length < 0) {
        return refuse(MALFORMED_FORMAT);
    }
    const uint8_t *bytes = take(in, length);
    if (bytes == NULL) {
        return NULL;
    }
    *value = mp_obj_new_bytes(bytes, length);
    return format;
}

static const char *unpack_list(const char *format, reader_t *in, mp_obj_t *value) {
    const char *end = skip_type(format);
    if (end == NULL) {
        return refuse(MALFORMED_FORMAT);
    }
    uint32_t count;
    if (!take_u32(in, &count)) {
        return NULL;
    }
    // Every item takes a byte at least: a larger count cannot be honest, and must not cost memory.
    if (count > (size_t)(in->end - in->at)) {
        return refuse(MP_ERROR_TEXT("borsh: data too short"));
    }
    *value = mp_obj_new_list(0, NULL);
    for (uint32_t i = 0; i < count; i++) {
        mp_obj_t item;
        if (unpack_type(format + 1, in, &item) == NULL) {
            return NULL;
        }
        mp_obj_list_append(*value, item);
    }
    return end;
}

static const char *unpack_option(const char *format, reader_t *in, mp_obj_t *value) {
    const char *end = skip_type(format);
    if (end == NULL) {
        return refuse(MALFORMED_FORMAT);
    }
    bool present;
    if (!take_flag(in, &present)) {
        return NULL;
    }
    *value = mp_const_none;
    if (present && unpack_type(format + 1, in, value) == NULL) {
        return NULL;
    }
    return end;
}

// The types up to `closing`, as a list.
static const char *unpack_sequence(const char *format, char closing, reader_t *in, mp_obj_t *values) {
    *values = mp_obj_new_list(0, NULL);
    while (*format != closing) {
        mp_obj_t item;
        format = unpack_type(format, in, &item);
        if (format == NULL) {
            return NULL;
        }
        mp_obj_list_append(*values, item);
    }
    return format;
}

static const char *unpack_record(const char *format, reader_t *in, mp_obj_t *value) {
    format = unpack_sequence(format + 1, ')', in, value);
    return format == NULL ? NULL : format + 1;
}

static const char *unpack_type(const char *format, reader_t *in, mp_obj_t *value) {
    switch (*format) {
        case 'B': case 'H': case 'I': case 'Q': case 'U':
            return unpack_int(format, in, value);
        case '?':
            return unpack_bool(format, in, value);
        case 's': case 'b':
            return unpack_text(format, in, value);
        case '[':
            return unpack_list(format, in, value);
        case '<':
            return unpack_option(format, in, value);
        case '(':
            return unpack_record(format, in, value);
        default:
            return unpack_fixed(format, in, value);
    }
}

static mp_obj_t unpack(mp_obj_t format, mp_obj_t data) {
    span_t bytes;
    if (!mp_obj_is_str(format)) {
        refuse(MALFORMED_FORMAT);
        return mp_const_none;
    }
    if (!bytes_from(data, &bytes)) {
        return mp_const_none;
    }
    reader_t in = { bytes.data, bytes.data + bytes.len };
    mp_obj_t values;
    if (unpack_sequence(mp_obj_str_get_str(format), '\0', &in, &values) == NULL) {
        return mp_const_none;
    }
    if (in.at != in.end) {
        refuse(MP_ERROR_TEXT("borsh: trailing bytes"));
    }
    return values;
}
MP_DEFINE_CONST_FUN_OBJ_2(borsh_unpack_obj, unpack);
