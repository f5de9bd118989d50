// micropython64 FOLDER MODULE: imports a module of that folder, which talks to the caller through `_caller`.
//
//     _caller.read(size)   exactly that many bytes of standard input; EOFError at its end
//     _caller.write(data)  to standard output
//
// What is printed goes to standard error. Exit status 1 when an exception ends the module.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "py/builtin.h"
#include "py/gc.h"
#include "py/mperrno.h"
#include "py/runtime.h"
#include "py/stackctrl.h"
#include "shared/runtime/gchelper.h"

#define HEAP_SIZE (64 * 1024 * 1024)
#define FRAMES_SIZE (256 * 1024)

static mp_obj_t frames[FRAMES_SIZE / sizeof(mp_obj_t)];

static mp_obj_t caller_read(mp_obj_t size_object) {
    vstr_t bytes;
    vstr_init_len(&bytes, mp_obj_get_int(size_object));
    if (fread(bytes.buf, 1, bytes.len, stdin) != bytes.len) {
        mp_raise_type(&mp_type_EOFError);
    }
    return mp_obj_new_bytes_from_vstr(&bytes);
}
static MP_DEFINE_CONST_FUN_OBJ_1(caller_read_obj, caller_read);

static mp_obj_t caller_write(mp_obj_t data) {
    mp_buffer_info_t info;
    mp_get_buffer_raise(data, &info, MP_BUFFER_READ);
    fwrite(info.buf, 1, info.len, stdout);
    fflush(stdout);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(caller_write_obj, caller_write);

static const mp_rom_map_elem_t caller_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__caller)},
    {MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&caller_read_obj)},
    {MP_ROM_QSTR(MP_QSTR_write), MP_ROM_PTR(&caller_write_obj)},
};
static MP_DEFINE_CONST_DICT(caller_globals, caller_globals_table);

const mp_obj_module_t caller_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&caller_globals,
};
MP_REGISTER_MODULE(MP_QSTR__caller, caller_module);

static int import(const char *folder, const char *module) {
    nlr_buf_t nlr;
    NLR_PUSH_BLOCK(nlr) {
        mp_obj_list_append(mp_sys_path, mp_obj_new_str(folder, strlen(folder)));
        mp_import_name(qstr_from_str(module), mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
        nlr_pop();
        return 0;
    }
    NLR_PUSH_HANDLER(nlr) {
        mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(nlr.ret_val));
        return 1;
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: %s FOLDER MODULE\n", arguments[0]);
        return 2;
    }
    mp_stack_ctrl_init();
    char *heap = malloc(HEAP_SIZE);
    gc_init(heap, heap + HEAP_SIZE);
    mp_pystack_init(frames, frames + MP_ARRAY_SIZE(frames));
    mp_init();
    return import(arguments[1], arguments[2]);
}

// What the interpreter asks of every port --------------------------------------------------------

void gc_collect(void) {
    gc_collect_start();
    gc_helper_collect_regs_and_stack();
    gc_collect_end();
}

mp_import_stat_t mp_import_stat(const char *path) {
    struct stat found;
    if (stat(path, &found) != 0) {
        return MP_IMPORT_STAT_NO_EXIST;
    }
    return S_ISDIR(found.st_mode) ? MP_IMPORT_STAT_DIR : MP_IMPORT_STAT_FILE;
}

void nlr_jump_fail(void *exception) {
    mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(exception));
    abort();
}

mp_uint_t mp_hal_stdout_tx_strn(const char *text, size_t len) {
    return fwrite(text, 1, len, stderr);
}

void mp_hal_stdout_tx_strn_cooked(const char *text, size_t len) {
    mp_hal_stdout_tx_strn(text, len);
}

void mp_hal_stdout_tx_str(const char *text) {
    mp_hal_stdout_tx_strn(text, strlen(text));
}
