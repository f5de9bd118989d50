// seconds(digits) -> int. Unix seconds of YYYYMMDDhhmmss.

#include "py/runtime.h"
#include "scan.h"

#define DIGITS 14
#define LEAP_DAYS_BEFORE_1970 477

static const uint16_t days_before_month[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };

static unsigned number(const uint8_t *digits, size_t count) {
    unsigned value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (digits[i] - '0');
    }
    return value;
}

// Days from 1970-01-01 to a date; -1 when there is no such date.
static long days_to(unsigned year, unsigned month, unsigned day) {
    if (year < 1970 || month < 1 || month > 12) {
        return -1;
    }
    unsigned leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    unsigned in_month = days_before_month[month] - days_before_month[month - 1] + (month == 2 ? leap : 0);
    if (day < 1 || day > in_month) {
        return -1;
    }
    unsigned years = year - 1;
    unsigned leap_days = years / 4 - years / 100 + years / 400 - LEAP_DAYS_BEFORE_1970;
    return (year - 1970) * 365 + leap_days + days_before_month[month - 1] + day - 1 + (month > 2 ? leap : 0);
}

static mp_obj_t seconds(mp_obj_t text) {
    span_t digits;
    if (!bytes_from(text, &digits)) {
        return mp_const_none;
    }
    bool good = digits.len == DIGITS;
    for (size_t i = 0; good && i < DIGITS; i++) {
        good = digits.data[i] >= '0' && digits.data[i] <= '9';
    }
    if (!good) {
        return scan_refuse(MP_ERROR_TEXT("time: digits"));
    }
    const uint8_t *at = digits.data;
    unsigned hour = number(at + 8, 2), minute = number(at + 10, 2), second = number(at + 12, 2);
    long days = days_to(number(at, 4), number(at + 4, 2), number(at + 6, 2));
    if (days < 0 || hour > 23 || minute > 59 || second > 59) {
        return scan_refuse(MP_ERROR_TEXT("time: range"));
    }
    return int_from_ll(days * 86400LL + hour * 3600 + minute * 60 + second);
}
MP_DEFINE_CONST_FUN_OBJ_1(attestation_seconds_obj, seconds);
