// The format language of `_borsh`, the same as sealwright_protocol.borsh:
//
//   B H I Q U   u8 u16 u32 u64 u128          ?   bool
//   s  String (str)                          b   Vec<u8> (bytes)
//   32x  [u8; 32] (bytes)                    [T] Vec<T> (list)
//   <T>  Option<T> (None or the value)       (TT..)  record (list or tuple)
//
// A format is a sequence of types without parentheses around it.
#pragma once

#include <stddef.h>
#include "py/obj.h"

// Bytes of an unsigned integer type, 0 when `type` is no integer.
size_t int_size(char type);

// The first byte after the type that starts at `format`; NULL when it is malformed.
const char *skip_type(const char *format);

// Read "32x": the length, and through `format` the first byte after. -1 when malformed.
long fixed_length(const char **format);

// Raise ValueError(text). Returns NULL, which is how every function below reports failure.
const char *refuse(mp_rom_error_text_t text);

#define MALFORMED_FORMAT MP_ERROR_TEXT("borsh: malformed format")

MP_DECLARE_CONST_FUN_OBJ_2(borsh_pack_obj);
MP_DECLARE_CONST_FUN_OBJ_2(borsh_unpack_obj);
