// How a call enters the interpreter and how it ends.
//
// An exception that nobody catches ends the call with the panic "UNEXPECTED: <type>: <text> (<file>:<line>)";
// refusals of a contract have their own code and panic directly.

#include <string.h>

#include "py/builtin.h"
#include "py/frozenmod.h"
#include "py/emitglue.h"
#include "py/lexer.h"
#include "py/mperrno.h"
#include "py/objmodule.h"
#include "py/runtime.h"
#include "contract.h"
#include "names.h"

#define ENTRY_FILE "contract_entry.py"
#define FRAMES_SIZE (64 * 1024)

NEAR_HOST(panic_utf8) __attribute__((noreturn)) void host_panic_utf8(uint64_t len, uint64_t ptr);

static mp_obj_t frames[FRAMES_SIZE / sizeof(mp_obj_t)];

static __attribute__((noreturn)) void panic(const char *text, size_t len) {
    output_flush();
    host_panic_utf8(len, (uintptr_t)text);
}

void contract_panic(const char *text) {
    panic(text, strlen(text));
}

static __attribute__((noreturn)) void panic_with_exception(mp_obj_t exception) {
    vstr_t text;
    mp_print_t print;
    vstr_init_print(&text, 128, &print);
    mp_print_str(&print, "UNEXPECTED: ");
    mp_obj_print_helper(&print, exception, PRINT_EXC);
    size_t count = 0;
    size_t *trace = NULL;
    mp_obj_exception_get_traceback(exception, &count, &trace);
    if (count >= 3) {
        // The innermost frame comes first: (file, line, function).
        mp_printf(&print, " (%q:%u)", (qstr)trace[0], (unsigned)trace[1]);
    }
    panic(text.buf, text.len);
}

static void run_entry_module(void) {
    int kind;
    void *data;
    mp_find_frozen_module(ENTRY_FILE, &kind, &data);
    const mp_frozen_module_t *frozen = data;
    mp_module_context_t *context = m_new_obj(mp_module_context_t);
    context->module.globals = mp_globals_get();
    context->constants = frozen->constants;
    mp_call_function_0(mp_make_function_from_proto_fun(frozen->proto_fun, context, NULL));
}

static void start(void) {
    mp_pystack_init(frames, frames + MP_ARRAY_SIZE(frames));
    mp_init();
    run_entry_module();
}

uintptr_t contract_prepare(void) {
    heap_reuse();
    nlr_buf_t nlr;
    NLR_PUSH_BLOCK(nlr) {
        start();
        names_index();
        nlr_pop();
    }
    NLR_PUSH_HANDLER(nlr) {
        mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(nlr.ret_val));
        output_flush();
        return 0;
    }
    output_flush();
    memset(frames, 0, sizeof(frames)); // dead frames would only make the contract larger
    return heap_settle();
}

void contract_start(void) {
    if (contract_prepare() == 0) {
        contract_panic("UNEXPECTED: an import failed");
    }
}

void contract_call(const char *method) {
    nlr_buf_t nlr;
    NLR_PUSH_BLOCK(nlr) {
        mp_obj_t function = mp_load_global(qstr_from_str(method));
        if (MP_STATE_THREAD(nlr_exc) == NULL) {
            mp_call_function_0(function);
        }
        nlr_pop();
    }
    NLR_PUSH_HANDLER(nlr) {
        panic_with_exception(MP_OBJ_FROM_PTR(nlr.ret_val));
    }
    output_flush();
}

// What the interpreter asks of every port ------------------------------------------------------

mp_import_stat_t mp_import_stat(const char *path) {
    return MP_IMPORT_STAT_NO_EXIST; // only frozen modules exist
}

void nlr_jump_fail(void *exception) {
    panic_with_exception(MP_OBJ_FROM_PTR(exception));
}

#if MICROPY_PY_IO
static mp_obj_t no_files(size_t count, const mp_obj_t *args, mp_map_t *keywords) {
    mp_raise_OSError(MP_ENOENT);
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_KW(mp_builtin_open_obj, 1, no_files);
#endif

#if MICROPY_ENABLE_COMPILER
mp_lexer_t *mp_lexer_new_from_file(qstr filename) {
    mp_raise_OSError(MP_ENOENT);
    return NULL;
}
#endif
