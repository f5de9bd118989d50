// `_borsh`: the Borsh codec in C, the accelerator of sealwright_protocol.borsh, which is its specification.

#include <string.h>
#include "py/runtime.h"
#include "format.h"

#define LONGEST_FIXED (1 << 20)

size_t int_size(char type) {
    switch (type) {
        case 'B': return 1;
        case 'H': return 2;
        case 'I': return 4;
        case 'Q': return 8;
        case 'U': return 16;
        default: return 0;
    }
}

long fixed_length(const char **format) {
    const char *at = *format;
    long length = 0;
    while (*at >= '0' && *at <= '9' && length < LONGEST_FIXED) {
        length = length * 10 + (*at++ - '0');
    }
    if (at == *format || *at != 'x') {
        return -1;
    }
    *format = at + 1;
    return length;
}

static const char *skip_until(const char *format, char closing) {
    while (format != NULL && *format != closing) {
        format = skip_type(format);
    }
    return format == NULL ? NULL : format + 1;
}

const char *skip_type(const char *format) {
    switch (*format) {
        case '[':
            format = skip_type(format + 1);
            return format != NULL && *format == ']' ? format + 1 : NULL;
        case '<':
            format = skip_type(format + 1);
            return format != NULL && *format == '>' ? format + 1 : NULL;
        case '(':
            return skip_until(format + 1, ')');
        case '?': case 's': case 'b':
            return format + 1;
        default:
            if (int_size(*format) > 0) {
                return format + 1;
            }
            return fixed_length(&format) < 0 ? NULL : format;
    }
}

const char *refuse(mp_rom_error_text_t text) {
    mp_raise_ValueError(text);
    return NULL;
}

static const mp_rom_map_elem_t borsh_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__borsh) },
    { MP_ROM_QSTR(MP_QSTR_pack), MP_ROM_PTR(&borsh_pack_obj) },
    { MP_ROM_QSTR(MP_QSTR_unpack), MP_ROM_PTR(&borsh_unpack_obj) },
};
static MP_DEFINE_CONST_DICT(borsh_globals, borsh_globals_table);

const mp_obj_module_t borsh_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&borsh_globals,
};
MP_REGISTER_MODULE(MP_QSTR__borsh, borsh_module);
