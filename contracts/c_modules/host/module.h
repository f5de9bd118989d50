// Shared by the C files of `_host`.
#pragma once

#include "py/runtime.h"
#include "near_host.h"
#include "values.h"

// The one register that the bindings use; each reads it before the next call.
#define REGISTER 0

// How a span is passed to the host: its length, then its address.
#define PASS(span) (span).len, (uintptr_t)(span).data

// The bytes of the register as a Python bytes or str.
mp_obj_t register_bytes(void);
mp_obj_t register_str(void);

MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(host_promise_create_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(host_promise_then_obj);
MP_DECLARE_CONST_FUN_OBJ_1(host_promise_and_obj);
MP_DECLARE_CONST_FUN_OBJ_1(host_promise_batch_create_obj);
MP_DECLARE_CONST_FUN_OBJ_2(host_promise_batch_then_obj);
MP_DECLARE_CONST_FUN_OBJ_1(host_promise_return_obj);
MP_DECLARE_CONST_FUN_OBJ_0(host_promise_results_count_obj);
MP_DECLARE_CONST_FUN_OBJ_1(host_promise_result_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(host_yield_create_obj);
MP_DECLARE_CONST_FUN_OBJ_2(host_yield_resume_obj);
MP_DECLARE_CONST_FUN_OBJ_1(host_batch_create_account_obj);
MP_DECLARE_CONST_FUN_OBJ_2(host_batch_deploy_contract_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(host_batch_function_call_obj);
MP_DECLARE_CONST_FUN_OBJ_2(host_batch_transfer_obj);
MP_DECLARE_CONST_FUN_OBJ_3(host_batch_add_full_access_key_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(host_batch_add_function_call_key_obj);
MP_DECLARE_CONST_FUN_OBJ_2(host_batch_delete_key_obj);
MP_DECLARE_CONST_FUN_OBJ_2(host_batch_delete_account_obj);
