// JSON from values, by form.

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "codec.h"
#include "texts.h"
#include "values.h"

static void add_escaped(uint8_t c, vstr_t *out) {
    static const char special[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = c == 0 ? NULL : strchr(special, c);
    if (found != NULL) {
        vstr_add_byte(out, '\\');
        vstr_add_byte(out, letters[found - special]);
        return;
    }
    vstr_add_str(out, "\\u00");
    vstr_add_byte(out, "0123456789abcdef"[c >> 4]);
    vstr_add_byte(out, "0123456789abcdef"[c & 15]);
}

static void add_quoted(const char *text, size_t len, vstr_t *out) {
    vstr_add_byte(out, '"');
    for (size_t i = 0; i < len; i++) {
        uint8_t c = text[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            vstr_add_byte(out, c);
        } else {
            add_escaped(c, out);
        }
    }
    vstr_add_byte(out, '"');
}

static const char *write_number(mp_obj_t value, uint64_t most, vstr_t *out) {
    uint8_t bytes[U128_SIZE] = { 0 };
    uint64_t number;
    if (uint_check(value, sizeof(number), bytes) != INT_FITS) {
        return "not an int, or out of range";
    }
    memcpy(&number, bytes, sizeof(number));
    if (number > most) {
        return "out of range";
    }
    add_decimal(bytes, out);
    return NULL;
}

static const char *write_text(form_t form, mp_obj_t value, vstr_t *out) {
    vstr_t text;
    vstr_init(&text, 64);
    const char *why = text_of(form, value, &text);
    if (why == NULL) {
        add_quoted(text.buf, text.len, out);
    }
    return why;
}

static bool is_sequence(mp_obj_t value) {
    return mp_obj_is_type(value, &mp_type_list) || mp_obj_is_type(value, &mp_type_tuple);
}

static const char *write_list(form_t form, mp_obj_t value, vstr_t *out) {
    if (!is_sequence(value)) {
        return "not a list";
    }
    size_t count;
    mp_obj_t *items;
    mp_obj_get_array(value, &count, &items);
    if (form.most > 0 && count > form.most) {
        return "too many items";
    }
    vstr_add_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            vstr_add_byte(out, ',');
        }
        const char *why = write_value(form.inner, items[i], out);
        if (why != NULL) {
            return why;
        }
    }
    vstr_add_byte(out, ']');
    return NULL;
}

static const char *write_field(const field_t *field, mp_obj_t value, vstr_t *out) {
    if (out->buf[out->len - 1] != '{') {
        vstr_add_byte(out, ',');
    }
    add_quoted(field->name, field->len, out);
    vstr_add_byte(out, ':');
    return write_value(field->type, value, out);
}

static const char *write_values(const field_t *fields, size_t count, mp_obj_t value, vstr_t *out) {
    size_t given;
    mp_obj_t *values;
    if (!is_sequence(value)) {
        return "not a value for each field";
    }
    mp_obj_get_array(value, &given, &values);
    if (given != count) {
        return "not a value for each field";
    }
    const char *why = NULL;
    for (size_t i = 0; i < count && why == NULL; i++) {
        if (values[i] != mp_const_none || !fields[i].optional) {
            why = write_field(&fields[i], values[i], out);
        }
    }
    return why;
}

static const char *write_dict(const field_t *fields, size_t count, mp_obj_t value, vstr_t *out) {
    if (!mp_obj_is_dict_or_ordereddict(value)) {
        return "not a dict";
    }
    mp_map_t *map = mp_obj_dict_get_map(value);
    size_t written = 0;
    for (size_t i = 0; i < count; i++) {
        mp_obj_t name = new_text(fields[i].name, fields[i].len);
        mp_map_elem_t *found = mp_map_lookup(map, name, MP_MAP_LOOKUP);
        if (found == NULL) {
            if (!fields[i].optional) {
                return "a field is missing";
            }
            continue;
        }
        written++;
        const char *why = write_field(&fields[i], found->value, out);
        if (why != NULL) {
            return why;
        }
    }
    return written == map->used ? NULL : "a field is unknown";
}

static const char *write_object(form_t form, mp_obj_t value, vstr_t *out) {
    field_t fields[MAX_FIELDS];
    size_t count = form_fields(form.inner, fields);
    vstr_add_byte(out, '{');
    const char *why = form.kind == '(' ? write_values(fields, count, value, out)
                                       : write_dict(fields, count, value, out);
    vstr_add_byte(out, '}');
    return why;
}

static const char *write_any(mp_obj_t value, int depth, vstr_t *out);

static const char *write_any_number(mp_obj_t value, vstr_t *out) {
    if (mp_binary_op(MP_BINARY_OP_LESS, value, MP_OBJ_NEW_SMALL_INT(0)) == mp_const_true) {
        vstr_add_byte(out, '-');
        value = mp_unary_op(MP_UNARY_OP_NEGATIVE, value);
    }
    return write_number(value, MAX_JSON_INT, out);
}

static const char *write_any_dict(mp_obj_t value, int depth, vstr_t *out) {
    mp_map_t *map = mp_obj_dict_get_map(value);
    bool first = true;
    vstr_add_byte(out, '{');
    for (size_t i = 0; i < map->alloc; i++) {
        if (!mp_map_slot_is_filled(map, i)) {
            continue;
        }
        if (!mp_obj_is_str(map->table[i].key)) {
            return "not a str";
        }
        if (!first) {
            vstr_add_byte(out, ',');
        }
        first = false;
        size_t len;
        const char *name = mp_obj_str_get_data(map->table[i].key, &len);
        add_quoted(name, len, out);
        vstr_add_byte(out, ':');
        const char *why = write_any(map->table[i].value, depth, out);
        if (why != NULL) {
            return why;
        }
    }
    vstr_add_byte(out, '}');
    return NULL;
}

static const char *write_any_list(mp_obj_t value, int depth, vstr_t *out) {
    size_t count;
    mp_obj_t *items;
    mp_obj_get_array(value, &count, &items);
    vstr_add_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            vstr_add_byte(out, ',');
        }
        const char *why = write_any(items[i], depth, out);
        if (why != NULL) {
            return why;
        }
    }
    vstr_add_byte(out, ']');
    return NULL;
}

static const char *write_any_bytes(mp_obj_t value, vstr_t *out) {
    mp_buffer_info_t bytes;
    mp_get_buffer(value, &bytes, MP_BUFFER_READ);
    vstr_add_byte(out, '"');
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = ((const uint8_t *)bytes.buf)[i];
        vstr_add_byte(out, "0123456789abcdef"[byte >> 4]);
        vstr_add_byte(out, "0123456789abcdef"[byte & 15]);
    }
    vstr_add_byte(out, '"');
    return NULL;
}

static const char *write_any(mp_obj_t value, int depth, vstr_t *out) {
    if (depth > MAX_DEPTH) {
        return "nested too deeply";
    }
    if (value == mp_const_none) {
        vstr_add_str(out, "null");
    } else if (mp_obj_is_bool(value)) {
        vstr_add_str(out, value == mp_const_true ? "true" : "false");
    } else if (mp_obj_is_int(value)) {
        return write_any_number(value, out);
    } else if (mp_obj_is_str(value)) {
        size_t len;
        const char *text = mp_obj_str_get_data(value, &len);
        add_quoted(text, len, out);
    } else if (mp_obj_is_type(value, &mp_type_bytes)) {
        return write_any_bytes(value, out);
    } else if (is_sequence(value)) {
        return write_any_list(value, depth + 1, out);
    } else if (mp_obj_is_dict_or_ordereddict(value)) {
        return write_any_dict(value, depth + 1, out);
    } else {
        return "not a JSON value";
    }
    return NULL;
}

const char *write_value(const char *text, mp_obj_t value, vstr_t *out) {
    form_t form = form_at(text);
    switch (form.kind) {
        case '?':
            if (!mp_obj_is_bool(value)) {
                return "not a bool";
            }
            vstr_add_str(out, value == mp_const_true ? "true" : "false");
            return NULL;
        case '<':
            if (value == mp_const_none) {
                vstr_add_str(out, "null");
                return NULL;
            }
            return write_value(form.inner, value, out);
        case '*':
            return write_any(value, 0, out);
        case '[':
            return write_list(form, value, out);
        case '{': case '(':
            return write_object(form, value, out);
        default:
            return is_text_kind(form.kind) ? write_text(form, value, out)
                                           : write_number(value, number_most(form.kind), out);
    }
}
