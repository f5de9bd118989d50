"""Amounts stay exact and print short."""

import pytest
from sealwright_sandbox import NEAR, near
from sealwright_sandbox.units import show_gas, show_near


def test_near__is_exact() -> None:
    assert near("0.1") == NEAR // 10
    assert near("0.000000000000000000000001") == 1
    assert near(3) == 3 * NEAR
    assert near("123456789.000000000000000000000001") == 123456789 * NEAR + 1


@pytest.mark.parametrize("amount", ["-1", "0.0000000000000000000000001", 0.1])
def test_near__refuses_what_is_no_amount(amount: str) -> None:
    with pytest.raises(ValueError, match=r"NEAR|floats"):
        near(amount)


def test_show__is_short() -> None:
    assert show_near(3 * NEAR // 2) == "1.5 NEAR"
    assert show_near(0) == "0 NEAR"
    assert show_near(1) == "1 yoctoNEAR"
    assert show_gas(2_345_000_000_000) == "2.34 Tgas"
    assert show_near(1_000_000_000 * NEAR) == "1000000000 NEAR"
