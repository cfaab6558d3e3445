import pytest

from lib.naming import shortened


def test_a_name_that_fits_stays():
    assert shortened("payments-traces-dev", keep="dev", limit=32) == "payments-traces-dev"


def test_a_longer_one_keeps_its_ending_and_stays_unique():
    names = [f"a23456789-12345{last}-traces-a23456789-123456" for last in "67"]
    short = [shortened(name, keep="a23456789-123456", limit=32) for name in names]
    assert all(len(name) <= 32 and name.endswith("-a23456789-123456") for name in short)
    assert short[0] != short[1]
    assert short[0].startswith("a2345678-")


@pytest.mark.parametrize(("keep", "limit"), [("longest", 14), ("other", 20)])
def test_what_cannot_be_kept_is_a_mistake(keep, limit):
    with pytest.raises(ValueError, match="cannot be shortened"):
        shortened("something-much-longest", keep=keep, limit=limit)
