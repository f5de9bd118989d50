// json(text) -> object. The subset of JSON that Intel publishes; see plain_json.py.
// svns(components) -> bytes. The `svn` members of sixteen parsed objects.

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "scan.h"

#define MAX_DEPTH 10
#define MAX_DIGITS 15
#define MEMBERS_EXPECTED 4
#define COMPONENTS 16

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    int depth;
} reader_t;

// Every function below leaves MP_OBJ_NULL for malformed text; only `json` raises.
static mp_obj_t read_value(reader_t *in);

// The next byte, 0 at the end (a zero byte is nowhere allowed, so there is no confusion).
static uint8_t peek(const reader_t *in) {
    return in->at < in->end ? *in->at : 0;
}

static void skip_space(reader_t *in) {
    while (in->at < in->end && *in->at <= ' '
           && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t')) {
        in->at++;
    }
}

// White space, `mark`, white space.
static bool expect(reader_t *in, uint8_t mark) {
    skip_space(in);
    if (peek(in) != mark) {
        return false;
    }
    in->at++;
    skip_space(in);
    return true;
}

static mp_obj_t read_string(reader_t *in) {
    if (peek(in) != '"') {
        return MP_OBJ_NULL;
    }
    const uint8_t *start = in->at + 1, *at = start;
    for (; at < in->end && *at != '"'; at++) {
        if (*at < 0x20 || *at > 0x7e || *at == '\\') {
            return MP_OBJ_NULL;
        }
    }
    if (at == in->end) {
        return MP_OBJ_NULL;
    }
    in->at = at + 1;
    // Not interned: looking a text up among the interned ones costs more than all else here.
    return mp_obj_new_str_copy(&mp_type_str, start, at - start);
}

static mp_obj_t read_integer(reader_t *in) {
    bool negative = peek(in) == '-';
    in->at += negative;
    const uint8_t *start = in->at;
    long long value = 0;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
        if (in->at - start == MAX_DIGITS) {
            return MP_OBJ_NULL;
        }
        value = value * 10 + (*in->at++ - '0');
    }
    size_t digits = in->at - start;
    if (digits == 0 || (digits > 1 && *start == '0')) {
        return MP_OBJ_NULL;
    }
    return int_from_ll(negative ? -value : value);
}

static mp_obj_t read_object(reader_t *in) {
    mp_obj_t members = mp_obj_new_dict(MEMBERS_EXPECTED);
    if (peek(in) == '}') {
        in->at++;
        return members;
    }
    do {
        mp_obj_t name = read_string(in);
        if (name == MP_OBJ_NULL || !expect(in, ':')) {
            return MP_OBJ_NULL;
        }
        mp_obj_t value = read_value(in);
        if (value == MP_OBJ_NULL) {
            return MP_OBJ_NULL;
        }
        mp_map_elem_t *member = mp_map_lookup(mp_obj_dict_get_map(members), name, MP_MAP_LOOKUP_ADD_IF_NOT_FOUND);
        if (member->value != MP_OBJ_NULL) {
            return MP_OBJ_NULL;
        }
        member->value = value;
    } while (expect(in, ','));
    if (peek(in) != '}') {
        return MP_OBJ_NULL;
    }
    in->at++;
    return members;
}

static mp_obj_t read_array(reader_t *in) {
    mp_obj_t items = mp_obj_new_list(0, NULL);
    if (peek(in) == ']') {
        in->at++;
        return items;
    }
    do {
        mp_obj_t item = read_value(in);
        if (item == MP_OBJ_NULL) {
            return MP_OBJ_NULL;
        }
        mp_obj_list_append(items, item);
    } while (expect(in, ','));
    if (peek(in) != ']') {
        return MP_OBJ_NULL;
    }
    in->at++;
    return items;
}

static mp_obj_t read_nested(reader_t *in) {
    if (in->depth == MAX_DEPTH) {
        return MP_OBJ_NULL;
    }
    in->depth++;
    bool is_object = *in->at++ == '{';
    skip_space(in);
    mp_obj_t value = is_object ? read_object(in) : read_array(in);
    in->depth--;
    return value;
}

static bool literal(reader_t *in, const char *text) {
    size_t len = strlen(text);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, text, len) != 0) {
        return false;
    }
    in->at += len;
    return true;
}

static mp_obj_t read_value(reader_t *in) {
    switch (peek(in)) {
        case '"':
            return read_string(in);
        case '{':
        case '[':
            return read_nested(in);
        case 't':
            return literal(in, "true") ? mp_const_true : MP_OBJ_NULL;
        case 'f':
            return literal(in, "false") ? mp_const_false : MP_OBJ_NULL;
        case 'n':
            return literal(in, "null") ? mp_const_none : MP_OBJ_NULL;
        default:
            return read_integer(in);
    }
}

static mp_obj_t json(mp_obj_t text) {
    span_t bytes;
    if (!bytes_from(text, &bytes)) {
        return mp_const_none;
    }
    reader_t in = { bytes.data, bytes.data + bytes.len, 0 };
    skip_space(&in);
    mp_obj_t value = read_value(&in);
    skip_space(&in);
    if (value == MP_OBJ_NULL || in.at != in.end) {
        return scan_refuse(MP_ERROR_TEXT("JSON: malformed"));
    }
    return value;
}
MP_DEFINE_CONST_FUN_OBJ_1(attestation_json_obj, json);

static bool read_svn(mp_obj_t component, uint8_t *svn) {
    if (!mp_obj_is_dict_or_ordereddict(component)) {
        return false;
    }
    mp_map_elem_t *member = mp_map_lookup(mp_obj_dict_get_map(component), MP_OBJ_NEW_QSTR(MP_QSTR_svn), MP_MAP_LOOKUP);
    if (member == NULL || !mp_obj_is_small_int(member->value)) {
        return false;
    }
    mp_int_t value = MP_OBJ_SMALL_INT_VALUE(member->value);
    *svn = value;
    return value >= 0 && value <= 255;
}

static mp_obj_t svns(mp_obj_t components) {
    size_t count = 0;
    mp_obj_t *items = NULL;
    if (mp_obj_is_exact_type(components, &mp_type_list)) {
        mp_obj_list_get(components, &count, &items);
    }
    uint8_t found[COMPONENTS];
    bool good = count == COMPONENTS;
    for (size_t i = 0; good && i < COMPONENTS; i++) {
        good = read_svn(items[i], &found[i]);
    }
    return good ? mp_obj_new_bytes(found, COMPONENTS) : scan_refuse(MP_ERROR_TEXT("component svn"));
}
MP_DEFINE_CONST_FUN_OBJ_1(attestation_svns_obj, svns);
