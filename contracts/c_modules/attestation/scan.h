// `_attestation`: the byte scanners of tee_attestation_verifier in C. Their specification is plain.py (and
// plain_json.py) there; both accept the same input, give the same answers and refuse the rest with ValueError.
#pragma once

#include <stdbool.h>
#include "py/obj.h"
#include "values.h"

#define DER_BOOLEAN 0x01
#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_OBJECT_ID 0x06
#define DER_UTF8_STRING 0x0c
#define DER_PRINTABLE_STRING 0x13
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18
#define DER_SEQUENCE 0x30
#define DER_SET 0x31

// A DER element by its offsets: tag at `start`, content in [content, end).
typedef struct {
    uint8_t tag;
    size_t start, content, end;
} tlv_t;

// The element at `at`, wholly before `end`. False when it is malformed.
bool read_tlv(const uint8_t *data, size_t at, size_t end, tlv_t *out);

// Arguments (data, start, end): a range inside the data. False after raising.
bool range_from(const mp_obj_t *args, span_t *data, size_t *start, size_t *end);

// The element as the tuple (tag, start, content start, end).
mp_obj_t node_from(const tlv_t *tlv);

// An integer in its smallest form (mp_obj_new_int_from_ll always makes a big one).
mp_obj_t int_from_ll(long long value);

// Raise ValueError(text). Raising only marks the exception, so callers return right after.
mp_obj_t scan_refuse(mp_rom_error_text_t text);

MP_DECLARE_CONST_FUN_OBJ_3(attestation_tlvs_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(attestation_lists_serial_obj);
MP_DECLARE_CONST_FUN_OBJ_3(attestation_extensions_obj);
MP_DECLARE_CONST_FUN_OBJ_3(attestation_common_name_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(attestation_entries_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_signed_object_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_pem_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_json_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_svns_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_seconds_obj);
