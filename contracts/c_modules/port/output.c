// print(): one log line of the receipt for each line printed.

#include <string.h>
#include "py/mphal.h"
#include "contract.h"

NEAR_HOST(log_utf8) void host_log_utf8(uint64_t len, uint64_t ptr);

static char line[512];
static size_t used;

void output_flush(void) {
    if (used > 0) {
        host_log_utf8(used, (uintptr_t)line);
        used = 0;
    }
}

mp_uint_t mp_hal_stdout_tx_strn(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || used == sizeof(line)) {
            output_flush();
        }
        if (text[i] != '\n' && text[i] != '\r') {
            line[used++] = text[i];
        }
    }
    return len;
}

void mp_hal_stdout_tx_strn_cooked(const char *text, size_t len) {
    mp_hal_stdout_tx_strn(text, len);
}

void mp_hal_stdout_tx_str(const char *text) {
    mp_hal_stdout_tx_strn(text, strlen(text));
}

// scheduler.c reports through printf; nobody reads that here, and C's printf is 10 KB.
int iprintf(const char *format, ...) {
    return 0;
}
