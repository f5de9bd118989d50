#include "py/runtime.h"
#include "py/smallint.h"
#include "scan.h"

mp_obj_t scan_refuse(mp_rom_error_text_t text) {
    mp_raise_ValueError(text);
    return mp_const_none;
}

mp_obj_t int_from_ll(long long value) {
    bool is_small = value >= MP_SMALL_INT_MIN && value <= MP_SMALL_INT_MAX;
    return is_small ? MP_OBJ_NEW_SMALL_INT(value) : mp_obj_new_int_from_ll(value);
}

static const mp_rom_map_elem_t attestation_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__attestation) },
    { MP_ROM_QSTR(MP_QSTR_tlvs), MP_ROM_PTR(&attestation_tlvs_obj) },
    { MP_ROM_QSTR(MP_QSTR_lists_serial), MP_ROM_PTR(&attestation_lists_serial_obj) },
    { MP_ROM_QSTR(MP_QSTR_extensions), MP_ROM_PTR(&attestation_extensions_obj) },
    { MP_ROM_QSTR(MP_QSTR_common_name), MP_ROM_PTR(&attestation_common_name_obj) },
    { MP_ROM_QSTR(MP_QSTR_entries), MP_ROM_PTR(&attestation_entries_obj) },
    { MP_ROM_QSTR(MP_QSTR_signed_object), MP_ROM_PTR(&attestation_signed_object_obj) },
    { MP_ROM_QSTR(MP_QSTR_pem), MP_ROM_PTR(&attestation_pem_obj) },
    { MP_ROM_QSTR(MP_QSTR_json), MP_ROM_PTR(&attestation_json_obj) },
    { MP_ROM_QSTR(MP_QSTR_svns), MP_ROM_PTR(&attestation_svns_obj) },
    { MP_ROM_QSTR(MP_QSTR_seconds), MP_ROM_PTR(&attestation_seconds_obj) },
};
static MP_DEFINE_CONST_DICT(attestation_globals, attestation_globals_table);

const mp_obj_module_t attestation_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&attestation_globals,
};
MP_REGISTER_MODULE(MP_QSTR__attestation, attestation_module);
