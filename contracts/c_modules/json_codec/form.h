// The form language of `_json_codec`, the same as sealwright_protocol.json_codec, which specifies it.
//
//   B H I Q p  numbers      s s64 a n y h k g b b1024  texts      ?  bool      *  anything
//   <T>  T or null          [T] [8T]  list                {x:T,y~:T}  dict      (x:T,y~:T)  list by name
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "py/obj.h"

#define MAX_FIELDS 32
#define MAX_DEPTH 16
#define MAX_JSON_INT ((1ULL << 53) - 1)
#define SIGNATURE_SIZE 64

typedef struct {
    const char *name;
    size_t len;
    const char *type;
    bool optional;
} field_t;

typedef struct {
    char kind;
    size_t most;       // bound of an `s`, `b` or list; 0 for none
    const char *inner; // first character inside a bracket
} form_t;

// The form that starts at `text`. Forms are written by the build and are not checked again.
form_t form_at(const char *text);

// The first character after the form that starts at `text`.
const char *form_end(const char *text);

// The fields inside an object's brackets; how many there are.
size_t form_fields(const char *inner, field_t *fields);

// The largest value of a number kind; 0 when the kind is no number.
uint64_t number_most(char kind);

bool is_text_kind(char kind);
