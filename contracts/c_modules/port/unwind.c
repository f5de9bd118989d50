// Raising, as this interpreter can do it: mark the exception, and let every C function return.
//
// nearc's nlr_jump keeps the handler that it has just left on the chain of handlers, and a second raise on the
// way out replaces the first exception: a missing key arrived as "not subscriptable". Here the first exception
// stands until its handler takes it, and that handler leaves the chain, as in MicroPython itself.
// Linked in place of nearc's by --wrap=nlr_jump.

#include "py/mpstate.h"
#include "py/nlr.h"

void __wrap_nlr_jump(void *exception) {
    if (MP_STATE_THREAD(nlr_exc) != NULL) {
        return;
    }
    MP_NLR_JUMP_HEAD(exception, top);
    MP_STATE_THREAD(nlr_exc) = exception;
}
