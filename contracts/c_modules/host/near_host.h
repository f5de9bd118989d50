// NEAR's host functions, as nearcore's near-vm-runner declares them (src/imports.rs).
// Every pointer and length is a u64; results larger than a u64 go through a register.
#pragma once

#include <stdint.h>

#define HOST(name) __attribute__((import_module("env"), import_name(#name)))

// Registers
HOST(read_register) void host_read_register(uint64_t id, uint64_t ptr);
HOST(register_len) uint64_t host_register_len(uint64_t id);

// Context: into a register
HOST(input) void host_input(uint64_t id);
HOST(current_account_id) void host_current_account_id(uint64_t id);
HOST(signer_account_id) void host_signer_account_id(uint64_t id);
HOST(signer_account_pk) void host_signer_account_pk(uint64_t id);
HOST(predecessor_account_id) void host_predecessor_account_id(uint64_t id);
HOST(chain_id) void host_chain_id(uint64_t id);
HOST(random_seed) void host_random_seed(uint64_t id);

// Context: numbers
HOST(block_index) uint64_t host_block_height(void);
HOST(block_timestamp) uint64_t host_block_timestamp(void);
HOST(epoch_height) uint64_t host_epoch_height(void);
HOST(storage_usage) uint64_t host_storage_usage(void);
HOST(prepaid_gas) uint64_t host_prepaid_gas(void);
HOST(used_gas) uint64_t host_used_gas(void);
HOST(account_balance) void host_account_balance(uint64_t u128_ptr);
HOST(account_locked_balance) void host_account_locked_balance(uint64_t u128_ptr);
HOST(attached_deposit) void host_attached_deposit(uint64_t u128_ptr);

// Hashes and signatures
HOST(sha256) void host_sha256(uint64_t len, uint64_t ptr, uint64_t id);
HOST(keccak256) void host_keccak256(uint64_t len, uint64_t ptr, uint64_t id);
HOST(ed25519_verify) uint64_t host_ed25519_verify(
    uint64_t sig_len, uint64_t sig_ptr, uint64_t msg_len, uint64_t msg_ptr, uint64_t key_len, uint64_t key_ptr);
HOST(p256_verify) uint64_t host_p256_verify(
    uint64_t sig_len, uint64_t sig_ptr, uint64_t msg_len, uint64_t msg_ptr, uint64_t key_len, uint64_t key_ptr);
HOST(ecrecover) uint64_t host_ecrecover(
    uint64_t hash_len, uint64_t hash_ptr, uint64_t sig_len, uint64_t sig_ptr, uint64_t v, uint64_t strict, uint64_t id);

// Output
HOST(value_return) void host_value_return(uint64_t len, uint64_t ptr);
HOST(panic_utf8) __attribute__((noreturn)) void host_panic_utf8(uint64_t len, uint64_t ptr);
HOST(log_utf8) void host_log_utf8(uint64_t len, uint64_t ptr);

// Storage
HOST(storage_write) uint64_t host_storage_write(
    uint64_t key_len, uint64_t key_ptr, uint64_t value_len, uint64_t value_ptr, uint64_t id);
HOST(storage_read) uint64_t host_storage_read(uint64_t key_len, uint64_t key_ptr, uint64_t id);
HOST(storage_remove) uint64_t host_storage_remove(uint64_t key_len, uint64_t key_ptr, uint64_t id);
HOST(storage_has_key) uint64_t host_storage_has_key(uint64_t key_len, uint64_t key_ptr);

// Promises
HOST(promise_create) uint64_t host_promise_create(
    uint64_t account_len, uint64_t account_ptr, uint64_t method_len, uint64_t method_ptr,
    uint64_t args_len, uint64_t args_ptr, uint64_t amount_ptr, uint64_t gas);
HOST(promise_then) uint64_t host_promise_then(
    uint64_t promise, uint64_t account_len, uint64_t account_ptr, uint64_t method_len, uint64_t method_ptr,
    uint64_t args_len, uint64_t args_ptr, uint64_t amount_ptr, uint64_t gas);
HOST(promise_and) uint64_t host_promise_and(uint64_t promises_ptr, uint64_t count);
HOST(promise_batch_create) uint64_t host_promise_batch_create(uint64_t account_len, uint64_t account_ptr);
HOST(promise_batch_then) uint64_t host_promise_batch_then(uint64_t promise, uint64_t account_len, uint64_t account_ptr);
HOST(promise_return) void host_promise_return(uint64_t promise);
HOST(promise_results_count) uint64_t host_promise_results_count(void);
HOST(promise_result) uint64_t host_promise_result(uint64_t index, uint64_t id);
HOST(promise_yield_create) uint64_t host_promise_yield_create(
    uint64_t method_len, uint64_t method_ptr, uint64_t args_len, uint64_t args_ptr,
    uint64_t gas, uint64_t weight, uint64_t id);
HOST(promise_yield_resume) uint32_t host_promise_yield_resume(
    uint64_t data_id_len, uint64_t data_id_ptr, uint64_t payload_len, uint64_t payload_ptr);

// Batch actions
HOST(promise_batch_action_create_account) void host_batch_create_account(uint64_t promise);
HOST(promise_batch_action_deploy_contract) void host_batch_deploy_contract(
    uint64_t promise, uint64_t code_len, uint64_t code_ptr);
HOST(promise_batch_action_function_call_weight) void host_batch_function_call(
    uint64_t promise, uint64_t method_len, uint64_t method_ptr, uint64_t args_len, uint64_t args_ptr,
    uint64_t amount_ptr, uint64_t gas, uint64_t weight);
HOST(promise_batch_action_transfer) void host_batch_transfer(uint64_t promise, uint64_t amount_ptr);
HOST(promise_batch_action_add_key_with_full_access) void host_batch_add_full_access_key(
    uint64_t promise, uint64_t key_len, uint64_t key_ptr, uint64_t nonce);
HOST(promise_batch_action_add_key_with_function_call) void host_batch_add_function_call_key(
    uint64_t promise, uint64_t key_len, uint64_t key_ptr, uint64_t nonce, uint64_t allowance_ptr,
    uint64_t receiver_len, uint64_t receiver_ptr, uint64_t methods_len, uint64_t methods_ptr);
HOST(promise_batch_action_delete_key) void host_batch_delete_key(uint64_t promise, uint64_t key_len, uint64_t key_ptr);
HOST(promise_batch_action_delete_account) void host_batch_delete_account(
    uint64_t promise, uint64_t beneficiary_len, uint64_t beneficiary_ptr);
