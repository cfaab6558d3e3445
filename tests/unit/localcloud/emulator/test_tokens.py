"""Tokens that a gateway refuses, and why; more are in tests/emulator/test_authorizers.py."""

import base64

import pytest

from localcloud.emulator import tokens

NOW = 1_800_000_000.0
CLAIMS = {"iss": "https://issuer.test", "aud": "payments", "exp": NOW + 60}


def count(**changed: object) -> None:
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    tokens._must_count(claims, issuer="https://issuer.test", audience=["payments"], now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"exp": NOW + 0.5},
        {"exp": 10**18},
        {"nbf": NOW, "iat": NOW},
        {"aud": ["other", "payments"]},
        {"aud": None, "client_id": "payments"},
    ],
)
def test_a_token_of_this_issuer_for_this_audience_counts_in_its_time(changed):
    count(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        *({"exp": exp} for exp in (None, NOW, str(NOW + 60), True, float("nan"), [NOW + 60])),
        *({name: at} for name in ("nbf", "iat") for at in (NOW + 1, str(NOW), float("nan"), False)),
        *(
            {"iss": iss}
            for iss in (None, "https://issuer.test/", "https://ISSUER.test", ["https://issuer.test"])
        ),
        *({"aud": aud} for aud in (None, "Payments", ["other"], [], {"payments": 1}, "payments ")),
        {"aud": "other", "client_id": "payments"},
    ],
)
def test_any_other_is_refused(changed):
    with pytest.raises(tokens.Refused) as refused:
        count(**changed)
    assert refused.value.status == 401


@pytest.mark.parametrize(
    "head", ["[" * 5_000, '{"alg":"none"}', '{"alg":"HS256"}', '{"alg":["RS256"]}', "{}", "1"]
)
def test_a_head_that_no_issuer_writes_is_refused_before_a_key_is_asked_for(head):
    def keys() -> tokens.Document:
        pytest.fail("the issuer was asked")

    part = base64.urlsafe_b64encode(head.encode()).decode().rstrip("=")
    with pytest.raises(tokens.Refused) as refused:
        tokens.judge(f"Bearer {part}.e30.AAAA", issuer="i", audience=["a"], keys=keys, now=NOW)
    assert refused.value.status == 401
