// `_fields`: a record's fields set and read at once, the C twin of sealwright_protocol.fields.
//
// In Python each new attribute may grow and rehash the object's table, which makes a record of 25 fields
// cost four times as much as decoding it; here the table has its size from the start.

#include "py/objlist.h"
#include "py/objtype.h"
#include "py/runtime.h"

static mp_map_t *members_of(mp_obj_t record) {
    if (!mp_obj_is_instance_type(mp_obj_get_type(record))) {
        mp_raise_TypeError(MP_ERROR_TEXT("not a record"));
        return NULL;
    }
    return &((mp_obj_instance_t *)MP_OBJ_TO_PTR(record))->members;
}

static mp_obj_t fill(mp_obj_t record, mp_obj_t fields, mp_obj_t values) {
    size_t count, given;
    mp_obj_t *names, *items;
    mp_map_t *members = members_of(record);
    mp_obj_get_array(fields, &count, &names);
    mp_obj_get_array(values, &given, &items);
    if (members == NULL || count != given) {
        return mp_const_none; // raised above, or by the caller, who counts
    }
    if (members->alloc == 0) {
        // A third stays free: a full table makes every look-up of a method walk through all of it.
        mp_map_init(members, count + count / 3 + 1);
    }
    for (size_t i = 0; i < count; i++) {
        mp_obj_t name = MP_OBJ_NEW_QSTR(mp_obj_str_get_qstr(names[i]));
        mp_map_lookup(members, name, MP_MAP_LOOKUP_ADD_IF_NOT_FOUND)->value = items[i];
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_3(fill_obj, fill);

static mp_obj_t values_of(mp_obj_t record, mp_obj_t fields) {
    size_t count;
    mp_obj_t *names;
    mp_map_t *members = members_of(record);
    mp_obj_get_array(fields, &count, &names);
    if (members == NULL) {
        return mp_const_none;
    }
    mp_obj_list_t *values = MP_OBJ_TO_PTR(mp_obj_new_list(count, NULL));
    for (size_t i = 0; i < count; i++) {
        qstr name = mp_obj_str_get_qstr(names[i]);
        mp_map_elem_t *found = mp_map_lookup(members, MP_OBJ_NEW_QSTR(name), MP_MAP_LOOKUP);
        values->items[i] = found == NULL ? mp_load_attr(record, name) : found->value;
    }
    return MP_OBJ_FROM_PTR(values);
}
static MP_DEFINE_CONST_FUN_OBJ_2(values_of_obj, values_of);

static const mp_rom_map_elem_t fields_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__fields) },
    { MP_ROM_QSTR(MP_QSTR_fill), MP_ROM_PTR(&fill_obj) },
    { MP_ROM_QSTR(MP_QSTR_values_of), MP_ROM_PTR(&values_of_obj) },
};
static MP_DEFINE_CONST_DICT(fields_globals, fields_globals_table);

const mp_obj_module_t fields_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&fields_globals,
};
MP_REGISTER_MODULE(MP_QSTR__fields, fields_module);
