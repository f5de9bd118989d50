// The seam between the generated exports, the interpreter and the host.
#pragma once

#include <stdint.h>

#define NEAR_HOST(name) __attribute__((import_module("env"), import_name(#name)))

// Run one method: a function without arguments of the contract's entry module, which is imported.
void contract_call(const char *method);

// Import the entry module. The build runs it once and keeps the memory that it leaves as the contract's
// initial memory. Returns the first byte above all memory in use, or 0 when an import raised.
uintptr_t contract_prepare(void);

// End the call with this text.
__attribute__((noreturn)) void contract_panic(const char *text);

// Where the exception that is on its way is marked: the address of a pointer.
void *contract_raised(void);

// Log what was printed and not yet ended by a newline.
void output_flush(void);

// Between these two the heap reuses what is freed: slower, smaller. The second returns the first byte that
// the heap never handed out, and leaves nothing but zeros in what is free.
void heap_reuse(void);
uintptr_t heap_settle(void);

#ifdef CONTRACT_COLD
// Modules that ask the host while they are imported: import them in each call.
void contract_start(void);
#define CONTRACT_BEGIN() contract_start()
#else
#define CONTRACT_BEGIN()
#endif

#define CONTRACT_EXPORT(method, symbol) \
    __attribute__((export_name(method))) void symbol(void); \
    void symbol(void) { CONTRACT_BEGIN(); contract_call(method); }
