// What an instrumented build adds to a contract: it tells the host where Python is (sealwright.build.instrument).
//
// Messages go through `sandbox_debug_log`, which costs no gas and exists on sandboxes only. Each is one line:
//
//     REPORT_LINES   call FILE LINE NAME   a function begins (LINE: of its first statement)
//                    line N                the innermost function reaches another line
//                    return | yield        it ends or is suspended
//                    raise N               it is left by an exception that came from line N
//     REPORT_GAS     start GAS             gas burnt when the method begins: loading and linking
//                    empty GAS             what an interval costs in which nothing happens
//                    call GAS FILE LINE NAME, return GAS, end GAS    GAS: burnt since the last message went out
//
// An interval ends where `used_gas` is asked for and the next begins after the message went out, so making
// messages costs the contract nothing that is not known.

#include <string.h>

#include "py/bc.h"
#include "py/bc0.h"
#include "py/objfun.h"
#include "py/runtime.h"
#include "contract.h"

NEAR_HOST(sandbox_debug_log) void report_host_log(uint64_t len, uint64_t ptr);

typedef struct _frame_t {
    struct _frame_t *caller;
    mp_code_state_t *state;
    const byte *from; // the stretch of bytecode that was looked at last: one line, or its beginning
    const byte *upto;
    size_t line; // that was reported last
} frame_t;

static frame_t *innermost;

// Messages --------------------------------------------------------------------------------------

static char message[320];
static size_t length;

static void add_bytes(const char *text, size_t size) {
    size_t room = sizeof(message) - length;
    size = size < room ? size : room;
    memcpy(message + length, text, size);
    length += size;
}

static void add(const char *text) {
    add_bytes(text, strlen(text));
}

static void add_name(qstr name) {
    size_t size;
    const byte *text = qstr_data(name, &size);
    add(" ");
    add_bytes((const char *)text, size);
}

static void add_number(uint64_t number) {
    char digits[21];
    size_t at = sizeof(digits);
    do {
        digits[--at] = '0' + number % 10;
        number /= 10;
    } while (number > 0);
    digits[--at] = ' ';
    add_bytes(digits + at, sizeof(digits) - at);
}

static void send(void) {
    report_host_log(length, (uintptr_t)message);
    length = 0;
}

// Where bytecode stands -------------------------------------------------------------------------

typedef struct {
    qstr file;
    qstr function;
    const byte *lines; // line table
    const byte *lines_end;
    const byte *code;
} place_t;

static place_t place_of(const mp_code_state_t *state) {
    const mp_obj_fun_bc_t *function = state->fun_bc;
    const byte *ip = function->bytecode;
    MP_BC_PRELUDE_SIG_DECODE(ip);
    MP_BC_PRELUDE_SIZE_DECODE(ip);
    place_t place;
    place.lines_end = ip + n_info;
    place.code = ip + n_info + n_cell;
    const qstr_short_t *names = function->context->constants.qstr_table;
    place.file = names[0];
    place.function = names[mp_decode_uint_value(ip)];
    for (size_t i = 0; i < 1 + n_pos_args + n_kwonly_args; i++) {
        ip = mp_decode_uint_skip(ip);
    }
    place.lines = ip;
    return place;
}

// Finds the line of the frame's next instruction and the stretch of code that is on it: `from` and `upto` of the
// frame. Reads the table as mp_bytecode_get_source_line does.
static size_t locate(frame_t *frame) {
    place_t place = place_of(frame->state);
    const byte *at = place.code;
    size_t line = 1;
    frame->from = at;
    frame->upto = (const byte *)UINTPTR_MAX;
    for (const byte *entry = place.lines; entry < place.lines_end;) {
        size_t code, lines;
        if ((*entry & 0x80) == 0) {
            code = *entry & 0x1f;
            lines = *entry >> 5;
            entry += 1;
        } else {
            code = *entry & 0xf;
            lines = ((*entry << 4) & 0x700) | entry[1];
            entry += 2;
        }
        if (frame->state->ip < at + code) {
            frame->upto = at + code;
            break;
        }
        at += code;
        line += lines;
        if (lines > 0) {
            frame->from = at;
        }
    }
    return line;
}

static void add_place(frame_t *frame) {
    place_t place = place_of(frame->state);
    frame->line = locate(frame);
    add_name(place.file);
    add_number(frame->line);
    add_name(place.function);
}

#ifdef REPORT_LINES

static void enter(frame_t *frame) {
    add("call");
    add_place(frame);
    send();
}

static void leave(frame_t *frame, mp_vm_return_kind_t kind) {
    add(kind == MP_VM_RETURN_NORMAL ? "return" : kind == MP_VM_RETURN_YIELD ? "yield" : "raise");
    if (kind == MP_VM_RETURN_EXCEPTION) {
        // The last place of the exception's traceback is this function's.
        size_t count = 0;
        size_t *trace = NULL;
        mp_obj_exception_get_traceback(frame->state->state[0], &count, &trace);
        add_number(count >= 3 ? trace[count - 2] : frame->line);
    }
    send();
}

// Called wherever the bytecode loop notes its position (sealwright.build.instrument puts the calls there).
//
// What the compiler adds at the end of a block (jumps back, `return None`) counts to the block's last line. So a jump
// into the middle of a line does not reach that line, unless a loop comes back to its `for`.
__attribute__((noinline)) void report_position(void) {
    frame_t *frame = innermost;
    const byte *ip = frame->state->ip;
    if (ip >= frame->from && ip < frame->upto) {
        return;
    }
    size_t line = locate(frame);
    if (line == frame->line) {
        return;
    }
    if (ip != frame->from && *ip != MP_BC_FOR_ITER) {
        frame->from = frame->upto = NULL;
        return;
    }
    frame->line = line;
    add("line");
    add_number(line);
    send();
}

#endif

#ifdef REPORT_GAS

NEAR_HOST(used_gas) uint64_t report_host_used_gas(void);

static bool running;      // the build imports the modules: no gas there
static uint64_t attached; // gas given to promises: used, not burnt
static uint64_t since;    // gas burnt when the last message had gone out
static uint64_t hidden;   // gas burnt for messages

static uint64_t burnt(void) {
    return report_host_used_gas() - attached;
}

static void add_interval(const char *kind) {
    uint64_t now = burnt();
    add(kind);
    add_number(now - since);
    hidden -= now; // and what the message costs is added when it has gone out
}

static void send_interval(void) {
    send();
    since = burnt();
    hidden += since;
}

static void enter(frame_t *frame) {
    if (running) {
        add_interval("call");
        add_place(frame);
        send_interval();
    }
}

static void leave(frame_t *frame, mp_vm_return_kind_t kind) {
    if (running) {
        add_interval("return");
        send_interval();
    }
}

void __real_contract_call(const char *method);
void __wrap_contract_call(const char *method) {
    running = true;
    add_interval("start");
    send_interval();
    add_interval("empty");
    send_interval();
    __real_contract_call(method);
    add_interval("end");
    send_interval();
}

// What the contract itself asks for: as if nothing were reported.
uint64_t __wrap_host_used_gas(void) {
    return report_host_used_gas() - hidden;
}

NEAR_HOST(promise_create) uint64_t report_promise_create(
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
uint64_t __wrap_host_promise_create(
    uint64_t account_len, uint64_t account_ptr, uint64_t method_len, uint64_t method_ptr,
    uint64_t args_len, uint64_t args_ptr, uint64_t amount_ptr, uint64_t gas) {
    attached += gas;
    return report_promise_create(
        account_len, account_ptr, method_len, method_ptr, args_len, args_ptr, amount_ptr, gas);
}

NEAR_HOST(promise_then) uint64_t report_promise_then(
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
uint64_t __wrap_host_promise_then(
    uint64_t promise, uint64_t account_len, uint64_t account_ptr, uint64_t method_len, uint64_t method_ptr,
    uint64_t args_len, uint64_t args_ptr, uint64_t amount_ptr, uint64_t gas) {
    attached += gas;
    return report_promise_then(
        promise, account_len, account_ptr, method_len, method_ptr, args_len, args_ptr, amount_ptr, gas);
}

NEAR_HOST(promise_yield_create) uint64_t report_promise_yield_create(
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
uint64_t __wrap_host_promise_yield_create(
    uint64_t method_len, uint64_t method_ptr, uint64_t args_len, uint64_t args_ptr,
    uint64_t gas, uint64_t weight, uint64_t id) {
    attached += gas;
    return report_promise_yield_create(method_len, method_ptr, args_len, args_ptr, gas, weight, id);
}

NEAR_HOST(promise_batch_action_function_call_weight) void report_batch_function_call(
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
void __wrap_host_batch_function_call(
    uint64_t promise, uint64_t method_len, uint64_t method_ptr, uint64_t args_len, uint64_t args_ptr,
    uint64_t amount_ptr, uint64_t gas, uint64_t weight) {
    attached += gas;
    report_batch_function_call(
        promise, method_len, method_ptr, args_len, args_ptr, amount_ptr, gas, weight);
}

#endif

// Every function of Python runs through here -----------------------------------------------------

mp_vm_return_kind_t __real_mp_execute_bytecode(mp_code_state_t *state, volatile mp_obj_t injected);
mp_vm_return_kind_t __wrap_mp_execute_bytecode(mp_code_state_t *state, volatile mp_obj_t injected) {
    frame_t frame = {.caller = innermost, .state = state};
    innermost = &frame;
    enter(&frame);
    #ifdef REPORT_LINES
    report_position();
    #endif
    mp_vm_return_kind_t kind = __real_mp_execute_bytecode(state, injected);
    innermost = frame.caller;
    leave(&frame, kind);
    return kind;
}
