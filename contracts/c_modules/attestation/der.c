// tlvs(data, start, end) -> [(tag, start, content start, end)]
// lists_serial(data, start, end, serial) -> bool

#include <string.h>
#include "py/runtime.h"
#include "scan.h"

bool read_tlv(const uint8_t *data, size_t at, size_t end, tlv_t *out) {
    if (end - at < 2) {
        return false;
    }
    size_t content = at + 2, size = data[at + 1];
    if (size >= 0x80) {
        size_t octets = size - 0x80;
        if ((octets != 1 && octets != 2) || end - content < octets) {
            return false;
        }
        size = data[content];
        if (octets == 2) {
            size = size << 8 | data[content + 1];
        }
        content += octets;
        if (size < (octets == 1 ? 0x80u : 0x100u)) {
            return false;
        }
    }
    out->tag = data[at];
    out->start = at;
    out->content = content;
    out->end = content + size;
    return (out->tag & 0x1f) != 0x1f && size <= end - content;
}

bool range_from(const mp_obj_t *args, span_t *data, size_t *start, size_t *end) {
    if (!bytes_from(args[0], data)) {
        return false;
    }
    mp_int_t from = -1, to = -1;
    if (mp_obj_is_small_int(args[1]) && mp_obj_is_small_int(args[2])) {
        from = MP_OBJ_SMALL_INT_VALUE(args[1]);
        to = MP_OBJ_SMALL_INT_VALUE(args[2]);
    }
    if (from < 0 || from > to || (size_t)to > data->len) {
        scan_refuse(MP_ERROR_TEXT("DER: range"));
        return false;
    }
    *start = from;
    *end = to;
    return true;
}

mp_obj_t node_from(const tlv_t *tlv) {
    mp_obj_t items[4] = {
        MP_OBJ_NEW_SMALL_INT(tlv->tag), MP_OBJ_NEW_SMALL_INT(tlv->start),
        MP_OBJ_NEW_SMALL_INT(tlv->content), MP_OBJ_NEW_SMALL_INT(tlv->end),
    };
    return mp_obj_new_tuple(4, items);
}

static mp_obj_t tlvs(mp_obj_t data_obj, mp_obj_t start_obj, mp_obj_t end_obj) {
    mp_obj_t args[3] = { data_obj, start_obj, end_obj };
    span_t data;
    size_t at, end;
    if (!range_from(args, &data, &at, &end)) {
        return mp_const_none;
    }
    mp_obj_t found = mp_obj_new_list(0, NULL);
    tlv_t tlv;
    for (; at < end; at = tlv.end) {
        if (!read_tlv(data.data, at, end, &tlv)) {
            return scan_refuse(MP_ERROR_TEXT("DER: malformed"));
        }
        mp_obj_list_append(found, node_from(&tlv));
    }
    return found;
}
MP_DEFINE_CONST_FUN_OBJ_3(attestation_tlvs_obj, tlvs);

static bool minimal_integer(const uint8_t *content, size_t len) {
    if (len < 2) {
        return len == 1;
    }
    return !((content[0] == 0 && content[1] < 0x80) || (content[0] == 0xff && content[1] >= 0x80));
}

// Extensions of an entry: each an object id and a value, with no mark "critical" between them.
static bool entry_extensions(const uint8_t *data, const tlv_t *all) {
    tlv_t each, oid, value;
    for (size_t at = all->content; at < all->end; at = each.end) {
        if (!read_tlv(data, at, all->end, &each) || each.tag != DER_SEQUENCE
            || !read_tlv(data, each.content, each.end, &oid) || oid.tag != DER_OBJECT_ID
            || !read_tlv(data, oid.end, each.end, &value) || value.tag != DER_OCTET_STRING
            || value.end != each.end) {
            return false;
        }
    }
    return all->tag == DER_SEQUENCE;
}

// An entry: serial, time and perhaps extensions. Gives the serial.
static bool read_entry(const uint8_t *data, const tlv_t *entry, tlv_t *serial) {
    tlv_t time, extensions;
    if (entry->tag != DER_SEQUENCE
        || !read_tlv(data, entry->content, entry->end, serial) || serial->tag != DER_INTEGER
        || !minimal_integer(data + serial->content, serial->end - serial->content)
        || !read_tlv(data, serial->end, entry->end, &time)) {
        return false;
    }
    size_t digits = time.end - time.content;
    if (!(time.tag == DER_UTC_TIME && digits == 13) && !(time.tag == DER_GENERALIZED_TIME && digits == 15)) {
        return false;
    }
    if (time.end == entry->end) {
        return true;
    }
    return read_tlv(data, time.end, entry->end, &extensions) && extensions.end == entry->end
           && entry_extensions(data, &extensions);
}

static mp_obj_t lists_serial(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    span_t data, wanted;
    size_t at, end;
    if (!range_from(args, &data, &at, &end) || !bytes_from(args[3], &wanted)) {
        return mp_const_none;
    }
    bool found = false;
    tlv_t entry, serial;
    for (; at < end; at = entry.end) {
        if (!read_tlv(data.data, at, end, &entry) || !read_entry(data.data, &entry, &serial)) {
            return scan_refuse(MP_ERROR_TEXT("CRL: entry"));
        }
        found |= serial.end - serial.content == wanted.len
                 && memcmp(data.data + serial.content, wanted.data, wanted.len) == 0;
    }
    return mp_obj_new_bool(found);
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(attestation_lists_serial_obj, 4, 4, lists_serial);
