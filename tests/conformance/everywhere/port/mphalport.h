// No clock, no keys, no interrupts.
#pragma once

#define mp_hal_ticks_ms() (0)
#define mp_hal_ticks_us() (0)
#define mp_hal_set_interrupt_char(c) ((void)(c))
