// Configuration of the contract interpreter: what a contract needs, and nothing it must not have.
//
// A call starts from a prepared image, runs a few thousand bytecodes and is forgotten. So there is no
// collector (heap.c only ever grows), no compiler (everything is frozen bytecode), and no floats
// (they have no place in money code). See docs/spec/build-chain.md for what each choice costs.
#pragma once

#include <stdint.h>
#include <stdlib.h> // nearc's modnear.c expects malloc to be declared

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_CORE_FEATURES)

// nearc's MicroPython raises by marking the exception and returning: NEAR's VM has no unwinding.
#define MICROPY_NLR_WASM (1)

// Memory
#define MICROPY_ENABLE_GC (0)
#define MICROPY_PY_GC (0)
#define MICROPY_ENABLE_FINALISER (0)
#define MICROPY_ENABLE_PYSTACK (1)
#define MICROPY_STACK_CHECK (0)
#define MICROPY_ALLOC_PATH_MAX (256)
#define MICROPY_QSTR_BYTES_IN_HASH (2)

// Language
#ifdef CONTRACT_NEAR_SDK
// near-sdk-py keeps collections with pickle, which is repr() and eval().
#define MICROPY_ENABLE_COMPILER (1)
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_DOUBLE)
#else
#define MICROPY_ENABLE_COMPILER (0)
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_NONE)
#endif
#define MICROPY_PERSISTENT_CODE_LOAD (1)
#define MICROPY_ENABLE_EXTERNAL_IMPORT (1)
#define MICROPY_LONGINT_IMPL (MICROPY_LONGINT_IMPL_MPZ)
#define MICROPY_ENABLE_SOURCE_LINE (1)
#define MICROPY_ERROR_REPORTING (MICROPY_ERROR_REPORTING_NORMAL)
#define MICROPY_PY_ASYNC_AWAIT (0)
#define MICROPY_PY_BUILTINS_STR_UNICODE (1)
#define MICROPY_PY_BUILTINS_STR_UNICODE_CHECK (1)
#define MICROPY_PY_BUILTINS_BYTES_HEX (1)
#define MICROPY_PY_BUILTINS_MEMORYVIEW (1)
#define MICROPY_PY_BUILTINS_FROZENSET (1)
#define MICROPY_PY_BUILTINS_STR_PARTITION (1)
#define MICROPY_PY_BUILTINS_NOTIMPLEMENTED (1)
#define MICROPY_PY_ALL_SPECIAL_METHODS (1)
#define MICROPY_PY_REVERSE_SPECIAL_METHODS (1)
#define MICROPY_CPYTHON_COMPAT (1)
#define MICROPY_FULL_CHECKS (1)

// Speed: both pay for themselves within a call.
#define MICROPY_OPT_LOAD_ATTR_FAST_PATH (1)
#define MICROPY_OPT_MAP_LOOKUP_CACHE (1)
#define MICROPY_OPT_MPZ_BITWISE (1)

// Modules
#define MICROPY_PY_ARRAY (0)
#define MICROPY_PY_ATTRTUPLE (0)
#define MICROPY_PY_MATH (0)
#define MICROPY_PY_CMATH (0)
#define MICROPY_PY_MICROPYTHON (0)
#define MICROPY_PY_TIME (0)
#define MICROPY_PY_SYS_EXIT (0)
#define MICROPY_PY_SYS_ARGV (0)
#define MICROPY_PY_SYS_PLATFORM "near"
#define MICROPY_PY_BINASCII (1)
#define MICROPY_PY_BINASCII_CRC32 (0)

#ifdef CONTRACT_NEAR_SDK
// Sources written with near-sdk-py expect a little more of the language and the standard library.
#define MICROPY_PY_FUNCTION_ATTRS (1)
#define MICROPY_PY_DESCRIPTORS (1)
#define MICROPY_PY_DELATTR_SETATTR (1)
#define MICROPY_PY_BUILTINS_STR_CENTER (1)
#define MICROPY_PY_BUILTINS_STR_SPLITLINES (1)
#define MICROPY_PY_BUILTINS_SLICE_ATTRS (1)
#define MICROPY_PY_COLLECTIONS_ORDEREDDICT (1)
#define MICROPY_PY_COLLECTIONS_DEQUE (1)
#define MICROPY_PY_IO (1)
#define MICROPY_PY_STRUCT (1)
#define MICROPY_PY_JSON (1)
#else
#define MICROPY_PY_IO (0)
#define MICROPY_PY_STRUCT (0)
#endif

// Machine: wasm32
#define MP_SSIZE_MAX (0x7fffffff)
#define UINT_FMT "%u"
#define INT_FMT "%d"
typedef int mp_int_t;
typedef unsigned mp_uint_t;
typedef long mp_off_t;

#define MICROPY_HW_BOARD_NAME "NEAR"
#define MICROPY_HW_MCU_NAME "wasm32"
#define MP_STATE_PORT MP_STATE_VM
