// nearc's header raises by marking and returning, for wasm has no unwinding. Here it is MicroPython's own way again:
// nlr_push returns a second time.
#include_next "py/nlr.h"

#undef NLR_PUSH_BLOCK
#undef NLR_PUSH_HANDLER
#define NLR_PUSH_BLOCK(nlr) if (nlr_push(&nlr) == 0)
#define NLR_PUSH_HANDLER(nlr) else
