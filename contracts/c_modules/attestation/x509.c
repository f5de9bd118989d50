// extensions(data, start, end) -> {object id: (critical, value)}
// common_name(data, start, end) -> str
// entries(data, start, end, arc) -> {number: node}
// signed_object(data) -> (what is signed, r || s, its fields as nodes)

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "scan.h"

#define EXPECTED 8
#define SCALAR 32

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

// A positive DER INTEGER of at most 32 octets, right-aligned. False when it is another.
static bool read_scalar(const uint8_t *data, const tlv_t *tlv, uint8_t *out) {
    const uint8_t *octets = data + tlv->content;
    size_t len = tlv->end - tlv->content;
    if (tlv->tag != DER_INTEGER || len == 0 || octets[0] >= 0x80
        || (len > 1 && octets[0] == 0 && octets[1] < 0x80)) {
        return false;
    }
    if (len == SCALAR + 1 && octets[0] == 0) {
        octets++;
        len--;
    }
    if (len > SCALAR) {
        return false;
    }
    memset(out, 0, SCALAR - len);
    memcpy(out + SCALAR - len, octets, len);
    return true;
}

// BIT STRING without unused bits that holds SEQUENCE {r, s}.
static bool read_signature(const uint8_t *data, const tlv_t *bits, uint8_t *out) {
    tlv_t pair, r, s;
    if (bits->tag != DER_BIT_STRING || bits->content == bits->end || data[bits->content] != 0) {
        return false;
    }
    return read_tlv(data, bits->content + 1, bits->end, &pair) && pair.tag == DER_SEQUENCE && pair.end == bits->end
           && read_tlv(data, pair.content, pair.end, &r) && read_tlv(data, r.end, pair.end, &s)
           && s.end == pair.end && read_scalar(data, &r, out) && read_scalar(data, &s, out + SCALAR);
}

static bool read_signed(const span_t *data, tlv_t *signed_part, uint8_t *signature) {
    static const uint8_t ecdsa_with_sha256[] = {
        0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
    };
    tlv_t outer, algorithm, bits;
    if (!read_tlv(data->data, 0, data->len, &outer) || outer.tag != DER_SEQUENCE || outer.end != data->len
        || !read_tlv(data->data, outer.content, outer.end, signed_part) || signed_part->tag != DER_SEQUENCE
        || !read_tlv(data->data, signed_part->end, outer.end, &algorithm)
        || !read_tlv(data->data, algorithm.end, outer.end, &bits) || bits.end != outer.end) {
        return false;
    }
    return algorithm.end - algorithm.start == sizeof(ecdsa_with_sha256)
           && memcmp(data->data + algorithm.start, ecdsa_with_sha256, sizeof(ecdsa_with_sha256)) == 0
           && read_signature(data->data, &bits, signature);
}

static mp_obj_t signed_object(mp_obj_t data_obj) {
    span_t data;
    if (!bytes_from(data_obj, &data)) {
        return mp_const_none;
    }
    tlv_t part, field;
    uint8_t signature[2 * SCALAR];
    if (!read_signed(&data, &part, signature)) {
        return scan_refuse(MP_ERROR_TEXT("signed object"));
    }
    mp_obj_t fields = mp_obj_new_list(0, NULL);
    for (size_t at = part.content; at < part.end; at = field.end) {
        if (!read_tlv(data.data, at, part.end, &field)) {
            return scan_refuse(MP_ERROR_TEXT("signed object"));
        }
        mp_obj_list_append(fields, node_from(&field));
    }
    mp_obj_t items[3] = {
        mp_obj_new_bytes(data.data + part.start, part.end - part.start),
        mp_obj_new_bytes(signature, sizeof(signature)), fields,
    };
    return mp_obj_new_tuple(3, items);
}
MP_DEFINE_CONST_FUN_OBJ_1(attestation_signed_object_obj, signed_object);
