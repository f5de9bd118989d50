// Raising, as this interpreter can do it: mark the exception, and let every C function return.
//
// nearc's nlr_jump leaves the handler on the chain of handlers, and a second raise on the way out replaces the
// first exception: a missing key arrived as "not subscriptable". Here the first exception stands until its
// handler takes it, and that handler leaves the chain, as in MicroPython itself.
// Linked in place of nearc's by --wrap=nlr_jump; sealwright.build.unwind makes C functions look at the mark.

#include "py/mpstate.h"
#include "py/nlr.h"
#include "contract.h"

void __wrap_nlr_jump(void *exception) {
    if (MP_STATE_THREAD(nlr_exc) != NULL) {
        return;
    }
    MP_NLR_JUMP_HEAD(exception, top);
    MP_STATE_THREAD(nlr_exc) = exception;
}

void *contract_raised(void) {
    return &MP_STATE_THREAD(nlr_exc);
}

// Without memory nothing can be handled: end the call. So an allocation never raises, and the many functions
// that only allocate need not look.
void __wrap_m_malloc_fail(size_t size) {
    contract_panic("OUT_OF_MEMORY: the call needs more memory than a contract has");
}
