#include <string.h>
#include "form.h"

form_t form_at(const char *text) {
    form_t form = { *text++, 0, NULL };
    if (form.kind == 's' || form.kind == 'b' || form.kind == '[') {
        while (*text >= '0' && *text <= '9') {
            form.most = form.most * 10 + (*text++ - '0');
        }
    }
    form.inner = text;
    return form;
}

const char *form_end(const char *text) {
    int depth = 0;
    do {
        char at = *text;
        if (at == '\0') {
            return text;
        }
        depth += (at == '[' || at == '<' || at == '{' || at == '(');
        depth -= (at == ']' || at == '>' || at == '}' || at == ')');
        text++;
    } while (depth > 0);
    while (*text >= '0' && *text <= '9') {
        text++; // the bound of an `s` or `b`
    }
    return text;
}

size_t form_fields(const char *inner, field_t *fields) {
    size_t count = 0;
    while (*inner != '}' && *inner != ')' && *inner != '\0' && count < MAX_FIELDS) {
        const char *colon = strchr(inner, ':');
        if (colon == NULL) {
            break;
        }
        field_t *field = &fields[count++];
        field->name = inner;
        field->optional = colon[-1] == '~';
        field->len = colon - inner - field->optional;
        field->type = colon + 1;
        inner = form_end(field->type);
        inner += *inner == ',';
    }
    return count;
}

uint64_t number_most(char kind) {
    switch (kind) {
        case 'B': return 0xff;
        case 'H': return 0xffff;
        case 'I': return 0xffffffff;
        case 'Q': return MAX_JSON_INT;
        case 'p': return 10000;
        default: return 0;
    }
}

bool is_text_kind(char kind) {
    return kind != '\0' && strchr("sanyhkgb", kind) != NULL;
}
