"""Units of NEAR and how to print them.

Amounts are integers of yoctoNEAR, gas is an integer of gas units: multiply by the constants, never
use floats for money.
"""

from decimal import Context, Decimal

YOCTO = 1
MILLINEAR = 10**21
NEAR = 10**24
GGAS = 10**9
TGAS = 10**12
MAX_GAS = 300 * TGAS

# Twice the digits of all NEAR in yocto: nothing is ever rounded by accident.
_EXACT = Context(prec=80)

DEFAULT_CALL_GAS = 100 * TGAS
"""What a call attaches unless told otherwise: enough for any contract of ordinary size."""


def near(amount: int | str | Decimal) -> int:
    """Whole or decimal NEAR as yoctoNEAR: `near("0.25")`.

    Raises ValueError where the amount is negative, a float, or finer than one yoctoNEAR.
    """
    if isinstance(amount, float):
        raise ValueError("give a decimal amount as a string: floats are not exact")
    yocto = Decimal(amount).scaleb(24, _EXACT)
    if yocto < 0 or yocto != yocto.to_integral_value():
        raise ValueError(f"{amount} NEAR is not a whole number of yoctoNEAR")
    return int(yocto)


def show_near(yocto: int) -> str:
    """`"1.25 NEAR"`; amounts below a millionth of a NEAR are shown as yoctoNEAR."""
    if yocto and abs(yocto) < 10**18:
        return f"{yocto} yoctoNEAR"
    return f"{_trimmed(yocto, 24, 6)} NEAR"


def show_gas(gas: int) -> str:
    """`"2.31 Tgas"`."""
    return f"{_trimmed(gas, 12, 2)} Tgas"


def _trimmed(value: int, exponent: int, places: int) -> str:
    rounded = Decimal(value).scaleb(-exponent, _EXACT).quantize(Decimal(1).scaleb(-places), context=_EXACT)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
