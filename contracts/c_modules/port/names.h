// Names: the strings that the interpreter keeps once each (MicroPython calls them qstrs).
// Also included before py/qstr.c, so that names.c can take the place of its search.
#pragma once

#include <stddef.h>

size_t qstr_find_strn(const char *text, size_t len) __attribute__((weak));

// Index every name known so far.
void names_index(void);
