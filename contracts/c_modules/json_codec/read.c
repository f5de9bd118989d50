// Values from JSON, by form.

#include <string.h>
#include "py/objlist.h"
#include "py/runtime.h"
#include "codec.h"
#include "texts.h"
#include "values.h"

static bool read_any(scanner_t *in, int depth, mp_obj_t *value);

static bool read_number(scanner_t *in, char kind, mp_obj_t *value) {
    uint64_t magnitude;
    bool negative;
    if (!json_int(in, &magnitude, &negative)) {
        return false;
    }
    if ((negative && magnitude != 0) || magnitude > number_most(kind)) {
        return json_refuse(in, "out of range");
    }
    *value = int_from_u64(magnitude);
    return true;
}

static bool read_text(scanner_t *in, form_t form, mp_obj_t *value) {
    text_t text;
    if (!json_string(in, &text)) {
        return false;
    }
    const char *why = text_value(form, text, value);
    return why == NULL ? true : json_refuse(in, why);
}

static bool read_bool(scanner_t *in, mp_obj_t *value) {
    bool yes = json_skip(in, "true");
    if (!yes && !json_skip(in, "false")) {
        return json_refuse(in, "not true or false");
    }
    *value = mp_obj_new_bool(yes);
    return true;
}

// After a value of a list or object: whether it ends here, continues, or is invalid.
static bool read_more(scanner_t *in, const char *close, bool *more) {
    *more = !json_skip(in, close);
    return *more ? json_expect(in, ',') : true;
}

// The items of a list, each by `form`, or as any value when `form` is NULL.
static bool read_items(scanner_t *in, const char *form, size_t most, int depth, mp_obj_t *value) {
    if (json_peek(in) != '[') {
        return json_refuse(in, "not a list");
    }
    in->at++;
    *value = mp_obj_new_list(0, NULL);
    bool more = !json_skip(in, "]");
    for (size_t count = 0; more; count++) {
        mp_obj_t item;
        if (most > 0 && count == most) {
            return json_refuse(in, "too many items");
        }
        if (!(form == NULL ? read_any(in, depth, &item) : read_value(in, form, &item))) {
            return false;
        }
        mp_obj_list_append(*value, item);
        if (!read_more(in, "]", &more)) {
            return false;
        }
    }
    return true;
}

static bool read_name(scanner_t *in, text_t *name) {
    if (json_peek(in) != '"') {
        return json_refuse(in, INVALID_JSON);
    }
    return json_string(in, name) && json_expect(in, ':');
}

static bool is_identifier(text_t name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) {
            return false;
        }
    }
    return name.len > 0 && name.len <= 64;
}

static int find_field(const field_t *fields, size_t count, text_t name) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].len == name.len && memcmp(fields[i].name, name.data, name.len) == 0) {
            return i;
        }
    }
    return -1;
}

static bool read_field(scanner_t *in, const field_t *fields, size_t count, uint32_t *seen, mp_obj_t *values) {
    text_t name;
    if (!read_name(in, &name)) {
        return false;
    }
    int index = find_field(fields, count, name);
    if (index < 0) {
        if (!is_identifier(name)) {
            return json_refuse(in, "unknown name");
        }
        json_refuse(in, "unknown");
        return json_within(in, name);
    }
    if (*seen >> index & 1) {
        json_refuse(in, "duplicate");
        return json_within(in, name);
    }
    *seen |= 1u << index;
    return read_value(in, fields[index].type, &values[index]) ? true : json_within(in, name);
}

static bool read_fields(
    scanner_t *in, const field_t *fields, size_t count, uint32_t *seen, mp_obj_t *values) {
    if (json_peek(in) != '{') {
        return json_refuse(in, "not an object");
    }
    in->at++;
    bool more = !json_skip(in, "}");
    while (more) {
        if (!read_field(in, fields, count, seen, values) || !read_more(in, "}", &more)) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].optional && !(*seen >> i & 1)) {
            text_t name = { fields[i].name, fields[i].len };
            json_refuse(in, "missing");
            return json_within(in, name);
        }
    }
    return true;
}

static bool read_object(scanner_t *in, form_t form, mp_obj_t *value) {
    field_t fields[MAX_FIELDS];
    mp_obj_t values[MAX_FIELDS];
    uint32_t seen = 0;
    size_t count = form_fields(form.inner, fields);
    for (size_t i = 0; i < count; i++) {
        values[i] = mp_const_none;
    }
    if (!read_fields(in, fields, count, &seen, values)) {
        return false;
    }
    if (form.kind == '(') {
        *value = mp_obj_new_list(count, values);
        return true;
    }
    *value = mp_obj_new_dict(count);
    for (size_t i = 0; i < count; i++) {
        if (seen >> i & 1) {
            mp_obj_dict_store(*value, new_text(fields[i].name, fields[i].len), values[i]);
        }
    }
    return true;
}

static bool read_any_object(scanner_t *in, int depth, mp_obj_t *value) {
    in->at++;
    *value = mp_obj_new_dict(0);
    bool more = !json_skip(in, "}");
    while (more) {
        text_t name;
        mp_obj_t item;
        if (!read_name(in, &name)) {
            return false;
        }
        mp_obj_t key = new_text(name.data, name.len);
        mp_map_t *map = mp_obj_dict_get_map(*value);
        if (mp_map_lookup(map, key, MP_MAP_LOOKUP) != NULL) {
            return json_refuse(in, "duplicate name");
        }
        if (!read_any(in, depth, &item)) {
            return false;
        }
        mp_obj_dict_store(*value, key, item);
        if (!read_more(in, "}", &more)) {
            return false;
        }
    }
    return true;
}

static bool read_any_number(scanner_t *in, mp_obj_t *value) {
    uint64_t magnitude;
    bool negative;
    if (!json_int(in, &magnitude, &negative)) {
        return false;
    }
    *value = int_from_u64(magnitude);
    if (negative) {
        *value = mp_unary_op(MP_UNARY_OP_NEGATIVE, *value);
    }
    return true;
}

static bool read_any(scanner_t *in, int depth, mp_obj_t *value) {
    static const form_t plain_text = { 's', 0, NULL };
    if (depth > MAX_DEPTH) {
        return json_refuse(in, "nested too deeply");
    }
    switch (json_peek(in)) {
        case '"':
            return read_text(in, plain_text, value);
        case '{':
            return read_any_object(in, depth + 1, value);
        case '[':
            return read_items(in, NULL, 0, depth + 1, value);
        default:
            break;
    }
    if (json_skip(in, "true")) {
        *value = mp_const_true;
    } else if (json_skip(in, "false")) {
        *value = mp_const_false;
    } else if (json_skip(in, "null")) {
        *value = mp_const_none;
    } else {
        return read_any_number(in, value);
    }
    return true;
}

bool read_value(scanner_t *in, const char *text, mp_obj_t *value) {
    form_t form = form_at(text);
    switch (form.kind) {
        case '?':
            return read_bool(in, value);
        case '*':
            return read_any(in, 0, value);
        case '[':
            return read_items(in, form.inner, form.most, 0, value);
        case '<':
            if (json_skip(in, "null")) {
                *value = mp_const_none;
                return true;
            }
            return read_value(in, form.inner, value);
        case '{': case '(':
            return read_object(in, form, value);
        default:
            return is_text_kind(form.kind) ? read_text(in, form, value) : read_number(in, form.kind, value);
    }
}
