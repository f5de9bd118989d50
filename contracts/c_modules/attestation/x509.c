// extensions(data, start, end) -> {object id: (critical, value)}
// common_name(data, start, end) -> str
// entries(data, start, end, arc) -> {number: node}

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "scan.h"

#define EXPECTED 8

// Store under a name that is not yet taken.
static bool store_new(mp_obj_t dict, mp_obj_t name, mp_obj_t value) {
    mp_map_elem_t *member = mp_map_lookup(mp_obj_dict_get_map(dict), name, MP_MAP_LOOKUP_ADD_IF_NOT_FOUND);
    if (member->value != MP_OBJ_NULL) {
        return false;
    }
    member->value = value;
    return true;
}

static mp_obj_t content_of(const uint8_t *data, const tlv_t *tlv) {
    return mp_obj_new_bytes(data + tlv->content, tlv->end - tlv->content);
}

// SEQUENCE {object id, BOOLEAN TRUE if critical, OCTET STRING}
static bool read_extension(const uint8_t *data, const tlv_t *each, mp_obj_t found) {
    tlv_t oid, value;
    if (each->tag != DER_SEQUENCE
        || !read_tlv(data, each->content, each->end, &oid) || oid.tag != DER_OBJECT_ID
        || !read_tlv(data, oid.end, each->end, &value)) {
        return false;
    }
    bool critical = value.tag == DER_BOOLEAN;
    if (critical) {
        bool is_true = value.end - value.content == 1 && data[value.content] == 0xff;
        if (!is_true || !read_tlv(data, value.end, each->end, &value)) {
            return false;
        }
    }
    if (value.tag != DER_OCTET_STRING || value.end != each->end) {
        return false;
    }
    mp_obj_t pair[2] = { mp_obj_new_bool(critical), content_of(data, &value) };
    return store_new(found, content_of(data, &oid), mp_obj_new_tuple(2, pair));
}

static mp_obj_t extensions(mp_obj_t data_obj, mp_obj_t start_obj, mp_obj_t end_obj) {
    mp_obj_t args[3] = { data_obj, start_obj, end_obj };
    span_t data;
    size_t at, end;
    if (!range_from(args, &data, &at, &end)) {
        return mp_const_none;
    }
    mp_obj_t found = mp_obj_new_dict(EXPECTED);
    tlv_t each;
    for (; at < end; at = each.end) {
        if (!read_tlv(data.data, at, end, &each) || !read_extension(data.data, &each, found)) {
            return scan_refuse(MP_ERROR_TEXT("extension"));
        }
    }
    return found;
}
MP_DEFINE_CONST_FUN_OBJ_3(attestation_extensions_obj, extensions);

// One attribute of a name: SEQUENCE {object id, value}. Keeps the value of a common name, of which there is one.
static bool read_attribute(const uint8_t *data, const tlv_t *attribute, tlv_t *found) {
    static const uint8_t common_name_oid[] = { 0x55, 0x04, 0x03 };
    tlv_t oid, value;
    if (attribute->tag != DER_SEQUENCE
        || !read_tlv(data, attribute->content, attribute->end, &oid) || oid.tag != DER_OBJECT_ID
        || !read_tlv(data, oid.end, attribute->end, &value) || value.end != attribute->end) {
        return false;
    }
    size_t len = oid.end - oid.content;
    if (len != sizeof(common_name_oid) || memcmp(data + oid.content, common_name_oid, len) != 0) {
        return true;
    }
    bool is_first = found->content == found->end;
    *found = value;
    return is_first && (value.tag == DER_UTF8_STRING || value.tag == DER_PRINTABLE_STRING);
}

static bool read_name(const uint8_t *data, size_t at, size_t end, tlv_t *found) {
    tlv_t part, attribute;
    for (; at < end; at = part.end) {
        if (!read_tlv(data, at, end, &part) || part.tag != DER_SET) {
            return false;
        }
        for (size_t inner = part.content; inner < part.end; inner = attribute.end) {
            if (!read_tlv(data, inner, part.end, &attribute) || !read_attribute(data, &attribute, found)) {
                return false;
            }
        }
    }
    return found->content < found->end;
}

static mp_obj_t common_name(mp_obj_t data_obj, mp_obj_t start_obj, mp_obj_t end_obj) {
    mp_obj_t args[3] = { data_obj, start_obj, end_obj };
    span_t data;
    size_t start, end;
    if (!range_from(args, &data, &start, &end)) {
        return mp_const_none;
    }
    tlv_t found = { 0 };
    if (!read_name(data.data, start, end, &found)) {
        return scan_refuse(MP_ERROR_TEXT("common name"));
    }
    for (size_t at = found.content; at < found.end; at++) {
        if (data.data[at] < 0x20 || data.data[at] > 0x7e) {
            return scan_refuse(MP_ERROR_TEXT("common name"));
        }
    }
    return mp_obj_new_str_copy(&mp_type_str, data.data + found.content, found.end - found.content);
}
MP_DEFINE_CONST_FUN_OBJ_3(attestation_common_name_obj, common_name);

// SEQUENCE {object id = arc and one octet, value}
static bool read_numbered(const uint8_t *data, const tlv_t *each, const span_t *arc, mp_obj_t found) {
    tlv_t oid, value;
    if (each->tag != DER_SEQUENCE
        || !read_tlv(data, each->content, each->end, &oid) || oid.tag != DER_OBJECT_ID
        || !read_tlv(data, oid.end, each->end, &value) || value.end != each->end) {
        return false;
    }
    if (oid.end - oid.content != arc->len + 1 || memcmp(data + oid.content, arc->data, arc->len) != 0) {
        return false;
    }
    return store_new(found, MP_OBJ_NEW_SMALL_INT(data[oid.end - 1]), node_from(&value));
}

static mp_obj_t entries(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    span_t data, arc;
    size_t at, end;
    if (!range_from(args, &data, &at, &end) || !bytes_from(args[3], &arc)) {
        return mp_const_none;
    }
    mp_obj_t found = mp_obj_new_dict(EXPECTED);
    tlv_t each;
    for (; at < end; at = each.end) {
        if (!read_tlv(data.data, at, end, &each) || !read_numbered(data.data, &each, &arc, found)) {
            return scan_refuse(MP_ERROR_TEXT("entry"));
        }
    }
    return found;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(attestation_entries_obj, 4, 4, entries);
