// `_json_codec`: strict JSON by form, the C twin of sealwright_protocol.json_codec, which specifies it.

#include <string.h>
#include "py/objstr.h"
#include "py/runtime.h"
#include "codec.h"
#include "texts.h"
#include "values.h"

static mp_obj_t raise_text(const char *text, size_t len) {
    mp_obj_t message = mp_obj_new_str(text, len);
    nlr_raise(mp_obj_new_exception_arg1(&mp_type_ValueError, message));
    return mp_const_none;
}

static mp_obj_t raise_why(const char *why) {
    return raise_text(why, strlen(why));
}

// Raise "path: why".
static mp_obj_t raise_refused(scanner_t *in, bool arguments) {
    if (in->path.len == 0 && arguments) {
        vstr_add_str(&in->path, "arguments");
    }
    if (in->path.len > 0) {
        vstr_add_str(&in->path, ": ");
    }
    vstr_add_str(&in->path, in->why);
    return raise_text(in->path.buf, in->path.len);
}

static mp_obj_t codec_unpack(mp_obj_t form_text, mp_obj_t data) {
    span_t given;
    if (!bytes_from(data, &given)) {
        return mp_const_none;
    }
    const char *form = mp_obj_str_get_str(form_text);
    scanner_t in = { given.data, given.data + given.len, NULL, { 0 } };
    vstr_init(&in.path, 32);
    bool arguments = *form == '(';
    if (given.len == 0 && arguments) {
        in.at = (const uint8_t *)"{}";
        in.end = in.at + 2;
    }
    mp_obj_t value = mp_const_none;
    if (!is_utf8(in.at, in.end - in.at)) {
        json_refuse(&in, "not UTF-8");
    } else if (read_value(&in, form, &value)) {
        json_peek(&in); // steps over blanks
        if (in.at != in.end) {
            json_refuse(&in, INVALID_JSON);
        }
    }
    return in.why == NULL ? value : raise_refused(&in, arguments);
}
static MP_DEFINE_CONST_FUN_OBJ_2(codec_unpack_obj, codec_unpack);

static mp_obj_t codec_pack(mp_obj_t form, mp_obj_t value) {
    vstr_t out;
    vstr_init(&out, 128);
    const char *why = write_value(mp_obj_str_get_str(form), value, &out);
    return why == NULL ? mp_obj_new_bytes_from_vstr(&out) : raise_why(why);
}
static MP_DEFINE_CONST_FUN_OBJ_2(codec_pack_obj, codec_pack);

static mp_obj_t codec_text(mp_obj_t kind, mp_obj_t value) {
    vstr_t out;
    vstr_init(&out, 64);
    const char *why = text_of(form_at(mp_obj_str_get_str(kind)), value, &out);
    return why == NULL ? mp_obj_new_str_from_utf8_vstr(&out) : raise_why(why);
}
static MP_DEFINE_CONST_FUN_OBJ_2(codec_text_obj, codec_text);

static mp_obj_t codec_value(mp_obj_t kind, mp_obj_t text) {
    text_t given;
    mp_obj_t value;
    if (!mp_obj_is_str(text)) {
        return raise_why("not a str");
    }
    given.data = mp_obj_str_get_data(text, &given.len);
    const char *why = text_value(form_at(mp_obj_str_get_str(kind)), given, &value);
    return why == NULL ? value : raise_why(why);
}
static MP_DEFINE_CONST_FUN_OBJ_2(codec_value_obj, codec_value);

static const mp_rom_map_elem_t codec_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__json_codec) },
    { MP_ROM_QSTR(MP_QSTR_unpack), MP_ROM_PTR(&codec_unpack_obj) },
    { MP_ROM_QSTR(MP_QSTR_pack), MP_ROM_PTR(&codec_pack_obj) },
    { MP_ROM_QSTR(MP_QSTR_text), MP_ROM_PTR(&codec_text_obj) },
    { MP_ROM_QSTR(MP_QSTR_value), MP_ROM_PTR(&codec_value_obj) },
};
static MP_DEFINE_CONST_DICT(codec_globals, codec_globals_table);

const mp_obj_module_t json_codec_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&codec_globals,
};
MP_REGISTER_MODULE(MP_QSTR__json_codec, json_codec_module);
