// The contract interpreter's configuration on a 64-bit machine.
#pragma once

// The contract's types are those of wasm32: keep them out of the way.
#define mp_int_t contract_int_t
#define mp_uint_t contract_uint_t
#define mp_off_t contract_off_t
#include "../../../../contracts/c_modules/port/mpconfigport.h"
#undef mp_int_t
#undef mp_uint_t
#undef mp_off_t

#undef MP_SSIZE_MAX
#undef UINT_FMT
#undef INT_FMT
#define MP_SSIZE_MAX INTPTR_MAX
#define UINT_FMT "%lu"
#define INT_FMT "%ld"
typedef intptr_t mp_int_t;
typedef uintptr_t mp_uint_t;
typedef long mp_off_t;

// A real stack unwinds, sources are compiled when they are imported, and many judgements need a collector.
#undef MICROPY_NLR_WASM
#define MICROPY_NLR_SETJMP (1)
#undef MICROPY_ENABLE_COMPILER
#define MICROPY_ENABLE_COMPILER (1)
#undef MICROPY_PERSISTENT_CODE_LOAD
#define MICROPY_READER_POSIX (1)
#undef MICROPY_ENABLE_GC
#define MICROPY_ENABLE_GC (1)
#define MICROPY_GCREGS_SETJMP (1)

#undef MICROPY_HW_BOARD_NAME
#undef MICROPY_HW_MCU_NAME
#undef MICROPY_PY_SYS_PLATFORM
#define MICROPY_HW_BOARD_NAME "conformance"
#define MICROPY_HW_MCU_NAME "64 bits"
#define MICROPY_PY_SYS_PLATFORM "conformance"
