// `_host`, promises: calls to other contracts, batches of actions, yield and resume.
//
// A promise is the small int that the host gave. Arguments of calls are bytes (Borsh or JSON alike), amounts
// are yoctoNEAR below 2**128, gas and weights are u64. Account ids and method names must be valid: the host
// ends the call otherwise.

#include "module.h"

// What a function call needs: method, args, amount, gas.
typedef struct {
    span_t method;
    span_t args;
    uint8_t amount[U128_SIZE];
    uint64_t gas;
} call_t;

static bool call_from(const mp_obj_t *values, call_t *call) {
    return span_from(values[0], &call->method)
        && bytes_from(values[1], &call->args)
        && uint_from(values[2], U128_SIZE, call->amount)
        && u64_from(values[3], &call->gas);
}

#define PASS_CALL(call) PASS((call).method), PASS((call).args), (uintptr_t)(call).amount, (call).gas

// promise_create(account, method, args, amount, gas) -> promise
static mp_obj_t promise_create(size_t count, const mp_obj_t *values) {
    span_t account;
    call_t call;
    if (!span_from(values[0], &account) || !call_from(values + 1, &call)) {
        return mp_const_none;
    }
    return int_from_u64(host_promise_create(PASS(account), PASS_CALL(call)));
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(host_promise_create_obj, 5, 5, promise_create);

// promise_then(promise, account, method, args, amount, gas) -> promise
static mp_obj_t promise_then(size_t count, const mp_obj_t *values) {
    uint64_t promise;
    span_t account;
    call_t call;
    if (!u64_from(values[0], &promise) || !span_from(values[1], &account) || !call_from(values + 2, &call)) {
        return mp_const_none;
    }
    return int_from_u64(host_promise_then(promise, PASS(account), PASS_CALL(call)));
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(host_promise_then_obj, 6, 6, promise_then);

// promise_and([promise, ...]) -> promise
static mp_obj_t promise_and(mp_obj_t promises) {
    if (!mp_obj_is_type(promises, &mp_type_list) && !mp_obj_is_type(promises, &mp_type_tuple)) {
        mp_raise_TypeError(MP_ERROR_TEXT("expected a list"));
        return mp_const_none;
    }
    size_t count;
    mp_obj_t *items;
    mp_obj_get_array(promises, &count, &items);
    uint64_t *indices = m_new(uint64_t, count);
    for (size_t i = 0; i < count; i++) {
        if (!u64_from(items[i], &indices[i])) {
            return mp_const_none;
        }
    }
    return int_from_u64(host_promise_and((uintptr_t)indices, count));
}
MP_DEFINE_CONST_FUN_OBJ_1(host_promise_and_obj, promise_and);

// promise_batch_create(account) -> promise
static mp_obj_t promise_batch_create(mp_obj_t account) {
    span_t name;
    if (!span_from(account, &name)) {
        return mp_const_none;
    }
    return int_from_u64(host_promise_batch_create(PASS(name)));
}
MP_DEFINE_CONST_FUN_OBJ_1(host_promise_batch_create_obj, promise_batch_create);

// promise_batch_then(promise, account) -> promise
static mp_obj_t promise_batch_then(mp_obj_t promise, mp_obj_t account) {
    uint64_t index;
    span_t name;
    if (!u64_from(promise, &index) || !span_from(account, &name)) {
        return mp_const_none;
    }
    return int_from_u64(host_promise_batch_then(index, PASS(name)));
}
MP_DEFINE_CONST_FUN_OBJ_2(host_promise_batch_then_obj, promise_batch_then);

static mp_obj_t promise_return(mp_obj_t promise) {
    uint64_t index;
    if (u64_from(promise, &index)) {
        host_promise_return(index);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_1(host_promise_return_obj, promise_return);

// Results ---------------------------------------------------------------------------------------

static mp_obj_t promise_results_count(void) {
    return int_from_u64(host_promise_results_count());
}
MP_DEFINE_CONST_FUN_OBJ_0(host_promise_results_count_obj, promise_results_count);

enum { RESULT_NOT_READY, RESULT_SUCCESSFUL, RESULT_FAILED };

// promise_result(index) -> bytes, or None when the promise failed. No such result, or one that is not ready,
// raises ValueError.
static mp_obj_t promise_result(mp_obj_t index) {
    uint64_t i;
    if (!u64_from(index, &i)) {
        return mp_const_none;
    }
    uint64_t status = i < host_promise_results_count() ? host_promise_result(i, REGISTER) : RESULT_NOT_READY;
    if (status == RESULT_NOT_READY) {
        mp_raise_ValueError(MP_ERROR_TEXT("no such promise result"));
        return mp_const_none;
    }
    return status == RESULT_SUCCESSFUL ? register_bytes() : mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_1(host_promise_result_obj, promise_result);

// Yield and resume ------------------------------------------------------------------------------

// yield_create(method, args, gas, weight) -> (promise, data_id[32])
static mp_obj_t yield_create(size_t count, const mp_obj_t *values) {
    span_t method, args;
    uint64_t gas, weight;
    if (!span_from(values[0], &method) || !bytes_from(values[1], &args)
        || !u64_from(values[2], &gas) || !u64_from(values[3], &weight)) {
        return mp_const_none;
    }
    mp_obj_t items[2];
    items[0] = int_from_u64(host_promise_yield_create(PASS(method), PASS(args), gas, weight, REGISTER));
    items[1] = register_bytes();
    return mp_obj_new_tuple(2, items);
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(host_yield_create_obj, 4, 4, yield_create);

// yield_resume(data_id[32], payload) -> bool: whether that yield was still waiting. At most 1,024 bytes of
// payload: the host ends the call above. A data id of another length belongs to no yield: False.
static mp_obj_t yield_resume(mp_obj_t data_id, mp_obj_t payload) {
    span_t id, data;
    if (!bytes_from(data_id, &id) || !bytes_from(payload, &data)) {
        return mp_const_none;
    }
    return mp_obj_new_bool(id.len == 32 && host_promise_yield_resume(PASS(id), PASS(data)) == 1);
}
MP_DEFINE_CONST_FUN_OBJ_2(host_yield_resume_obj, yield_resume);

// Batch actions ---------------------------------------------------------------------------------

static mp_obj_t batch_create_account(mp_obj_t promise) {
    uint64_t index;
    if (u64_from(promise, &index)) {
        host_batch_create_account(index);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_1(host_batch_create_account_obj, batch_create_account);

static mp_obj_t batch_deploy_contract(mp_obj_t promise, mp_obj_t code) {
    uint64_t index;
    span_t wasm;
    if (u64_from(promise, &index) && bytes_from(code, &wasm)) {
        host_batch_deploy_contract(index, PASS(wasm));
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_2(host_batch_deploy_contract_obj, batch_deploy_contract);

// batch_function_call(promise, method, args, amount, gas, weight)
static mp_obj_t batch_function_call(size_t count, const mp_obj_t *values) {
    uint64_t promise, weight;
    call_t call;
    if (u64_from(values[0], &promise) && call_from(values + 1, &call) && u64_from(values[5], &weight)) {
        host_batch_function_call(promise, PASS_CALL(call), weight);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(host_batch_function_call_obj, 6, 6, batch_function_call);

static mp_obj_t batch_transfer(mp_obj_t promise, mp_obj_t amount) {
    uint64_t index;
    uint8_t yocto[U128_SIZE];
    if (u64_from(promise, &index) && uint_from(amount, U128_SIZE, yocto)) {
        host_batch_transfer(index, (uintptr_t)yocto);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_2(host_batch_transfer_obj, batch_transfer);

// Keys are Borsh public keys: one byte of kind, then the key (33 bytes for ed25519).

static mp_obj_t batch_add_full_access_key(mp_obj_t promise, mp_obj_t key, mp_obj_t nonce) {
    uint64_t index, first;
    span_t public_key;
    if (u64_from(promise, &index) && bytes_from(key, &public_key) && u64_from(nonce, &first)) {
        host_batch_add_full_access_key(index, PASS(public_key), first);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_3(host_batch_add_full_access_key_obj, batch_add_full_access_key);

// batch_add_function_call_key(promise, key, nonce, allowance, receiver, methods): allowance 0 is unlimited,
// methods are separated by commas.
static mp_obj_t batch_add_function_call_key(size_t count, const mp_obj_t *values) {
    uint64_t promise, nonce;
    span_t key, receiver, methods;
    uint8_t allowance[U128_SIZE];
    if (u64_from(values[0], &promise) && bytes_from(values[1], &key) && u64_from(values[2], &nonce)
        && uint_from(values[3], U128_SIZE, allowance)
        && span_from(values[4], &receiver) && span_from(values[5], &methods)) {
        host_batch_add_function_call_key(
            promise, PASS(key), nonce, (uintptr_t)allowance, PASS(receiver), PASS(methods));
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(host_batch_add_function_call_key_obj, 6, 6, batch_add_function_call_key);

static mp_obj_t batch_delete_key(mp_obj_t promise, mp_obj_t key) {
    uint64_t index;
    span_t public_key;
    if (u64_from(promise, &index) && bytes_from(key, &public_key)) {
        host_batch_delete_key(index, PASS(public_key));
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_2(host_batch_delete_key_obj, batch_delete_key);

static mp_obj_t batch_delete_account(mp_obj_t promise, mp_obj_t beneficiary) {
    uint64_t index;
    span_t name;
    if (u64_from(promise, &index) && span_from(beneficiary, &name)) {
        host_batch_delete_account(index, PASS(name));
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_2(host_batch_delete_account_obj, batch_delete_account);
