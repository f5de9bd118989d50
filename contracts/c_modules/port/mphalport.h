// What the interpreter may ask of its machine: a way to print. A contract has no clock, pins or keys.
#pragma once

#include <stddef.h>

#define mp_hal_ticks_ms() (0)
#define mp_hal_ticks_us() (0)
#define mp_hal_set_interrupt_char(c) ((void)(c))
