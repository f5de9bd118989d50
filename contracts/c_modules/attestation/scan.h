// `_attestation`: the byte scanners of tee_attestation_verifier in C. Their specification is plain.py there;
// both accept the same input, give the same answers and refuse the rest with ValueError.
#pragma once

#include "py/obj.h"

// Raise ValueError(text). Raising only marks the exception, so callers return right after.
mp_obj_t scan_refuse(mp_rom_error_text_t text);

MP_DECLARE_CONST_FUN_OBJ_3(attestation_tlvs_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(attestation_lists_serial_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_json_obj);
MP_DECLARE_CONST_FUN_OBJ_1(attestation_base64_obj);
