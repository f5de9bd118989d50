// The seam between the generated exports, the interpreter and the host.
#pragma once

#include <stdint.h>

#define NEAR_HOST(name) __attribute__((import_module("env"), import_name(#name)))

// Run one method: a function without arguments of the contract's entry module.
void contract_call(const char *method);

// Import the entry module. Called once at build time, whose memory the build keeps as the contract's
// initial memory; else at the start of each call. Returns 0 when an import raised.
int contract_prepare(void);

// Log what was printed and not yet ended by a newline.
void output_flush(void);

#define CONTRACT_EXPORT(method, symbol) \
    __attribute__((export_name(method))) void symbol(void); \
    void symbol(void) { contract_call(method); }
