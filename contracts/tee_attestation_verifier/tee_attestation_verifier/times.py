"""Calendar texts to unix seconds, without a calendar library (a contract has none)."""

from tee_attestation_verifier.der import GENERALIZED_TIME, UTC_TIME, Node, content

_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


def unix_seconds(digits: bytes) -> int:
    """Unix seconds of `YYYYMMDDhhmmss` (UTC, years 1970 to 9999); ValueError when there is no such second."""
    if len(digits) != 14 or not digits.isdigit():
        raise ValueError("time: digits")
    number = int(digits)
    date, clock = number // 1000000, number % 1000000
    year, month, day = date // 10000, date // 100 % 100, date % 100
    hour, minute, second = clock // 10000, clock // 100 % 100, clock % 100
    leap = 1 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 0
    if year < 1970 or not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        raise ValueError("time: range")
    month_days = _DAYS_BEFORE_MONTH[month] - _DAYS_BEFORE_MONTH[month - 1] + (leap if month == 2 else 0)
    if not 1 <= day <= month_days:
        raise ValueError("time: day")
    years = year - 1
    leap_days = years // 4 - years // 100 + years // 400 - 477  # 477 leap days before 1970
    days = (year - 1970) * 365 + leap_days + _DAYS_BEFORE_MONTH[month - 1] + day - 1
    if month > 2:
        days += leap
    return days * 86400 + hour * 3600 + minute * 60 + second


def der_time(data: bytes, node: Node) -> int:
    """Unix seconds of a UTCTime or GeneralizedTime in the forms that DER and RFC 5280 allow."""
    tag = node[0]
    if tag == UTC_TIME:
        text = content(data, node, UTC_TIME)
        text = (b"20" if text[:1] < b"5" else b"19") + text
    else:
        text = content(data, node, GENERALIZED_TIME)
    if len(text) != 15 or text[14:] != b"Z":
        raise ValueError("time: form")
    return unix_seconds(text[:14])


def iso_time(text: str) -> int:
    """Unix seconds of `YYYY-MM-DDThh:mm:ssZ`, the only form that Intel's JSON uses."""
    if len(text) != 20 or text[4] + text[7] + text[10] + text[13] + text[16] + text[19] != "--T::Z":
        raise ValueError("time: form")
    digits = text[:4] + text[5:7] + text[8:10] + text[11:13] + text[14:16] + text[17:19]
    return unix_seconds(digits.encode())
