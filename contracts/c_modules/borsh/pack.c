// _borsh.pack(format, values) -> bytes

#include <string.h>
#include "py/runtime.h"
#include "format.h"
#include "values.h"

static const char *pack_type(const char *format, mp_obj_t value, vstr_t *out);

static void add_u32(vstr_t *out, uint32_t value) {
    vstr_add_strn(out, (const char *)&value, sizeof(value));
}

static const char *pack_int(const char *format, mp_obj_t value, vstr_t *out) {
    uint8_t bytes[U128_SIZE];
    size_t size = int_size(*format);
    switch (uint_check(value, size, bytes)) {
        case NOT_INT:
            return refuse(MP_ERROR_TEXT("borsh: expected int"));
        case OUT_OF_RANGE:
            return refuse(MP_ERROR_TEXT("borsh: int out of range"));
        default:
            vstr_add_strn(out, (const char *)bytes, size);
            return format + 1;
    }
}

static const char *pack_bool(const char *format, mp_obj_t value, vstr_t *out) {
    if (!mp_obj_is_bool(value)) {
        return refuse(MP_ERROR_TEXT("borsh: expected bool"));
    }
    vstr_add_byte(out, value == mp_const_true);
    return format + 1;
}

static const char *pack_str(const char *format, mp_obj_t value, vstr_t *out) {
    if (!mp_obj_is_str(value)) {
        return refuse(MP_ERROR_TEXT("borsh: expected str"));
    }
    size_t len;
    const char *text = mp_obj_str_get_data(value, &len);
    if (!is_utf8((const uint8_t *)text, len)) {
        return refuse(MP_ERROR_TEXT("borsh: not UTF-8"));
    }
    add_u32(out, len);
    vstr_add_strn(out, text, len);
    return format + 1;
}

static bool bytes_of(mp_obj_t value, mp_buffer_info_t *bytes) {
    return !mp_obj_is_str(value) && mp_get_buffer(value, bytes, MP_BUFFER_READ);
}

static const char *pack_bytes(const char *format, mp_obj_t value, vstr_t *out) {
    mp_buffer_info_t bytes;
    if (!bytes_of(value, &bytes)) {
        return refuse(MP_ERROR_TEXT("borsh: expected bytes"));
    }
    add_u32(out, bytes.len);
    vstr_add_strn(out, bytes.buf, bytes.len);
    return format + 1;
}

static const char *pack_fixed(const char *format, mp_obj_t value, vstr_t *out) {
    mp_buffer_info_t bytes;
    long length = fixed_length(&format);
    if (length < 0) {
        return refuse(MALFORMED_FORMAT);
    }
    if (!bytes_of(value, &bytes) || bytes.len != (size_t)length) {
        return refuse(MP_ERROR_TEXT("borsh: expected bytes of fixed length"));
    }
    vstr_add_strn(out, bytes.buf, bytes.len);
    return format;
}

static bool items_of(mp_obj_t value, size_t *count, mp_obj_t **items) {
    if (!mp_obj_is_type(value, &mp_type_list) && !mp_obj_is_type(value, &mp_type_tuple)) {
        refuse(MP_ERROR_TEXT("borsh: expected list or tuple"));
        return false;
    }
    mp_obj_get_array(value, count, items);
    return true;
}

static const char *pack_list(const char *format, mp_obj_t value, vstr_t *out) {
    size_t count;
    mp_obj_t *items;
    if (!items_of(value, &count, &items)) {
        return NULL;
    }
    add_u32(out, count);
    const char *end = skip_type(format);
    if (end == NULL) {
        return refuse(MALFORMED_FORMAT);
    }
    for (size_t i = 0; i < count; i++) {
        if (pack_type(format + 1, items[i], out) == NULL) {
            return NULL;
        }
    }
    return end;
}

static const char *pack_option(const char *format, mp_obj_t value, vstr_t *out) {
    const char *end = skip_type(format);
    if (end == NULL) {
        return refuse(MALFORMED_FORMAT);
    }
    vstr_add_byte(out, value != mp_const_none);
    if (value != mp_const_none && pack_type(format + 1, value, out) == NULL) {
        return NULL;
    }
    return end;
}

// The types up to `closing`, one for each of the values.
static const char *pack_sequence(const char *format, char closing, mp_obj_t values, vstr_t *out) {
    size_t count;
    mp_obj_t *items;
    if (!items_of(values, &count, &items)) {
        return NULL;
    }
    size_t used = 0;
    for (; *format != closing; used++) {
        if (used == count) {
            return refuse(MP_ERROR_TEXT("borsh: too few values"));
        }
        format = pack_type(format, items[used], out);
        if (format == NULL) {
            return NULL;
        }
    }
    return used == count ? format : refuse(MP_ERROR_TEXT("borsh: too many values"));
}

static const char *pack_record(const char *format, mp_obj_t value, vstr_t *out) {
    format = pack_sequence(format + 1, ')', value, out);
    return format == NULL ? NULL : format + 1;
}

static const char *pack_type(const char *format, mp_obj_t value, vstr_t *out) {
    switch (*format) {
        case 'B': case 'H': case 'I': case 'Q': case 'U':
            return pack_int(format, value, out);
        case '?':
            return pack_bool(format, value, out);
        case 's':
            return pack_str(format, value, out);
        case 'b':
            return pack_bytes(format, value, out);
        case '[':
            return pack_list(format, value, out);
        case '<':
            return pack_option(format, value, out);
        case '(':
            return pack_record(format, value, out);
        default:
            return pack_fixed(format, value, out);
    }
}

static mp_obj_t pack(mp_obj_t format, mp_obj_t values) {
    if (!mp_obj_is_str(format)) {
        refuse(MALFORMED_FORMAT);
        return mp_const_none;
    }
    vstr_t out;
    vstr_init(&out, 128);
    if (pack_sequence(mp_obj_str_get_str(format), '\0', values, &out) == NULL) {
        return mp_const_none;
    }
    return mp_obj_new_bytes_from_vstr(&out);
}
MP_DEFINE_CONST_FUN_OBJ_2(borsh_pack_obj, pack);
