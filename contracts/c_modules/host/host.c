// `_host`: NEAR's host functions for Python, thin and checked.
//
// Bytes in, bytes out; account ids and names are str; amounts are ints checked against their width. What
// the host would end the call for (a key or signature of the wrong length) is answered with False instead.

#include "module.h"

static void read_register(vstr_t *text) {
    uint64_t len = host_register_len(REGISTER);
    vstr_init_len(text, len);
    host_read_register(REGISTER, (uintptr_t)text->buf);
}

mp_obj_t register_bytes(void) {
    vstr_t text;
    read_register(&text);
    return mp_obj_new_bytes_from_vstr(&text);
}

// For account and network names, which the host guarantees to be ASCII.
mp_obj_t register_str(void) {
    vstr_t text;
    read_register(&text);
    return mp_obj_new_str_from_utf8_vstr(&text);
}

// Context ---------------------------------------------------------------------------------------

#define STR_GETTER(name, function) \
    static mp_obj_t host_get_##name(void) { function(REGISTER); return register_str(); } \
    static MP_DEFINE_CONST_FUN_OBJ_0(get_##name##_obj, host_get_##name)
#define BYTES_GETTER(name, function) \
    static mp_obj_t host_get_##name(void) { function(REGISTER); return register_bytes(); } \
    static MP_DEFINE_CONST_FUN_OBJ_0(get_##name##_obj, host_get_##name)
#define U64_GETTER(name, function) \
    static mp_obj_t host_get_##name(void) { return int_from_u64(function()); } \
    static MP_DEFINE_CONST_FUN_OBJ_0(get_##name##_obj, host_get_##name)
#define U128_GETTER(name, function) \
    static mp_obj_t host_get_##name(void) { \
        uint8_t amount[U128_SIZE]; \
        function((uintptr_t)amount); \
        return int_from_le_bytes(amount, U128_SIZE); \
    } \
    static MP_DEFINE_CONST_FUN_OBJ_0(get_##name##_obj, host_get_##name)

BYTES_GETTER(input, host_input);
BYTES_GETTER(signer_key, host_signer_account_pk);
BYTES_GETTER(random_seed, host_random_seed);
STR_GETTER(predecessor, host_predecessor_account_id);
STR_GETTER(signer, host_signer_account_id);
STR_GETTER(current_account, host_current_account_id);
STR_GETTER(chain_id, host_chain_id);
U64_GETTER(block_height, host_block_height);
U64_GETTER(block_ns, host_block_timestamp);
U64_GETTER(epoch_height, host_epoch_height);
U64_GETTER(storage_usage, host_storage_usage);
U64_GETTER(prepaid_gas, host_prepaid_gas);
U64_GETTER(used_gas, host_used_gas);
U128_GETTER(deposit, host_attached_deposit);
U128_GETTER(balance, host_account_balance);
U128_GETTER(locked_balance, host_account_locked_balance);

// Output ----------------------------------------------------------------------------------------

static mp_obj_t value_return(mp_obj_t value) {
    span_t span;
    if (span_from(value, &span)) {
        host_value_return(PASS(span));
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(value_return_obj, value_return);

static mp_obj_t log_text(mp_obj_t text) {
    span_t span;
    if (span_from(text, &span)) {
        host_log_utf8(PASS(span));
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(log_obj, log_text);

static mp_obj_t panic(mp_obj_t text) {
    span_t span;
    if (span_from(text, &span)) {
        host_panic_utf8(PASS(span));
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(panic_obj, panic);

// Hashes and signatures -------------------------------------------------------------------------

typedef void (*hash_function)(uint64_t len, uint64_t ptr, uint64_t id);

static mp_obj_t hash(mp_obj_t data, hash_function function) {
    span_t span;
    if (!bytes_from(data, &span)) {
        return mp_const_none;
    }
    function(PASS(span), REGISTER);
    return register_bytes();
}

static mp_obj_t sha256(mp_obj_t data) {
    return hash(data, host_sha256);
}
static MP_DEFINE_CONST_FUN_OBJ_1(sha256_obj, sha256);

static mp_obj_t keccak256(mp_obj_t data) {
    return hash(data, host_keccak256);
}
static MP_DEFINE_CONST_FUN_OBJ_1(keccak256_obj, keccak256);

static bool three_spans(mp_obj_t a, mp_obj_t b, mp_obj_t c, span_t spans[3]) {
    return bytes_from(a, &spans[0]) && bytes_from(b, &spans[1]) && bytes_from(c, &spans[2]);
}

// ed25519_verify(signature[64], message, key[32]) -> bool
static mp_obj_t ed25519_verify(mp_obj_t signature, mp_obj_t message, mp_obj_t key) {
    span_t spans[3];
    if (!three_spans(signature, message, key, spans)) {
        return mp_const_none;
    }
    if (spans[0].len != 64 || spans[2].len != 32) {
        return mp_const_false;
    }
    return mp_obj_new_bool(host_ed25519_verify(PASS(spans[0]), PASS(spans[1]), PASS(spans[2])) == 1);
}
static MP_DEFINE_CONST_FUN_OBJ_3(ed25519_verify_obj, ed25519_verify);

// p256_verify(signature[64] r and s, digest[32], key[33] compressed) -> bool
static mp_obj_t p256_verify(mp_obj_t signature, mp_obj_t digest, mp_obj_t key) {
    span_t spans[3];
    if (!three_spans(signature, digest, key, spans)) {
        return mp_const_none;
    }
    if (spans[0].len != 64 || spans[1].len != 32 || spans[2].len != 33) {
        return mp_const_false;
    }
    return mp_obj_new_bool(host_p256_verify(PASS(spans[0]), PASS(spans[1]), PASS(spans[2])) == 1);
}
static MP_DEFINE_CONST_FUN_OBJ_3(p256_verify_obj, p256_verify);

// ecrecover(digest[32], signature[64], v) -> bytes[64] | None. Refuses the malleable half of the signatures.
static mp_obj_t ecrecover(mp_obj_t digest, mp_obj_t signature, mp_obj_t recovery) {
    span_t hashed, signed_by;
    uint64_t v;
    if (!bytes_from(digest, &hashed) || !bytes_from(signature, &signed_by) || !u64_from(recovery, &v)) {
        return mp_const_none;
    }
    if (hashed.len != 32 || signed_by.len != 64 || v > 3) {
        return mp_const_none;
    }
    bool recovered = host_ecrecover(PASS(hashed), PASS(signed_by), v, 1, REGISTER) == 1;
    return recovered ? register_bytes() : mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_3(ecrecover_obj, ecrecover);

// Storage ---------------------------------------------------------------------------------------

static mp_obj_t storage_read(mp_obj_t key) {
    span_t k;
    if (!bytes_from(key, &k) || host_storage_read(PASS(k), REGISTER) != 1) {
        return mp_const_none;
    }
    return register_bytes();
}
static MP_DEFINE_CONST_FUN_OBJ_1(storage_read_obj, storage_read);

// storage_write(key, value) -> bool: whether the key existed
static mp_obj_t storage_write(mp_obj_t key, mp_obj_t value) {
    span_t k, v;
    if (!bytes_from(key, &k) || !bytes_from(value, &v)) {
        return mp_const_none;
    }
    return mp_obj_new_bool(host_storage_write(PASS(k), PASS(v), REGISTER) == 1);
}
static MP_DEFINE_CONST_FUN_OBJ_2(storage_write_obj, storage_write);

// storage_remove(key) -> bool: whether the key existed
static mp_obj_t storage_remove(mp_obj_t key) {
    span_t k;
    if (!bytes_from(key, &k)) {
        return mp_const_none;
    }
    return mp_obj_new_bool(host_storage_remove(PASS(k), REGISTER) == 1);
}
static MP_DEFINE_CONST_FUN_OBJ_1(storage_remove_obj, storage_remove);

static mp_obj_t storage_has(mp_obj_t key) {
    span_t k;
    if (!bytes_from(key, &k)) {
        return mp_const_none;
    }
    return mp_obj_new_bool(host_storage_has_key(PASS(k)) == 1);
}
static MP_DEFINE_CONST_FUN_OBJ_1(storage_has_obj, storage_has);

// Module ----------------------------------------------------------------------------------------

#define ENTRY(name, object) { MP_ROM_QSTR(MP_QSTR_##name), MP_ROM_PTR(&object) }

static const mp_rom_map_elem_t host_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__host) },
    ENTRY(input, get_input_obj),
    ENTRY(signer_key, get_signer_key_obj),
    ENTRY(random_seed, get_random_seed_obj),
    ENTRY(predecessor, get_predecessor_obj),
    ENTRY(signer, get_signer_obj),
    ENTRY(current_account, get_current_account_obj),
    ENTRY(chain_id, get_chain_id_obj),
    ENTRY(block_height, get_block_height_obj),
    ENTRY(block_ns, get_block_ns_obj),
    ENTRY(epoch_height, get_epoch_height_obj),
    ENTRY(storage_usage, get_storage_usage_obj),
    ENTRY(prepaid_gas, get_prepaid_gas_obj),
    ENTRY(used_gas, get_used_gas_obj),
    ENTRY(deposit, get_deposit_obj),
    ENTRY(balance, get_balance_obj),
    ENTRY(locked_balance, get_locked_balance_obj),
    ENTRY(value_return, value_return_obj),
    ENTRY(log, log_obj),
    ENTRY(panic, panic_obj),
    ENTRY(sha256, sha256_obj),
    ENTRY(keccak256, keccak256_obj),
    ENTRY(ed25519_verify, ed25519_verify_obj),
    ENTRY(p256_verify, p256_verify_obj),
    ENTRY(ecrecover, ecrecover_obj),
    ENTRY(storage_read, storage_read_obj),
    ENTRY(storage_write, storage_write_obj),
    ENTRY(storage_remove, storage_remove_obj),
    ENTRY(storage_has, storage_has_obj),
    ENTRY(promise_create, host_promise_create_obj),
    ENTRY(promise_then, host_promise_then_obj),
    ENTRY(promise_and, host_promise_and_obj),
    ENTRY(promise_batch_create, host_promise_batch_create_obj),
    ENTRY(promise_batch_then, host_promise_batch_then_obj),
    ENTRY(promise_return, host_promise_return_obj),
    ENTRY(promise_results_count, host_promise_results_count_obj),
    ENTRY(promise_result, host_promise_result_obj),
    ENTRY(yield_create, host_yield_create_obj),
    ENTRY(yield_resume, host_yield_resume_obj),
    ENTRY(batch_create_account, host_batch_create_account_obj),
    ENTRY(batch_deploy_contract, host_batch_deploy_contract_obj),
    ENTRY(batch_function_call, host_batch_function_call_obj),
    ENTRY(batch_transfer, host_batch_transfer_obj),
    ENTRY(batch_add_full_access_key, host_batch_add_full_access_key_obj),
    ENTRY(batch_add_function_call_key, host_batch_add_function_call_key_obj),
    ENTRY(batch_delete_key, host_batch_delete_key_obj),
    ENTRY(batch_delete_account, host_batch_delete_account_obj),
};
static MP_DEFINE_CONST_DICT(host_globals, host_globals_table);

const mp_obj_module_t host_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&host_globals,
};
MP_REGISTER_MODULE(MP_QSTR__host, host_module);
