"""Hostile clients: whatever they send is paid as it was sent, or refused without a trace, and never a 500."""

import base64
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from intake.problems import Refused
from intake.text import visible
from payments import validation
from tests.unit.examples import tried
from tests.unit.payments.conftest import World
from tests.unit.payments.service import BODY, SESSION_ID, Frontend, event

QUICK = tried(40, suppress_health_check=list(HealthCheck))
WHOLE = json.dumps(BODY).encode()
HEADER = st.text(st.characters(min_codepoint=0x09, max_codepoint=0xFF), max_size=90)
CLIENT_ERRORS = {400, 401, 404, 413, 415, 422}


def send(body: bytes, *, key: str = "order-0001", as_base64: bool = True, **headers: str) -> Any:
    """What a fresh region answers to a payment, and the world behind it."""
    world = World()
    sent = {"idempotency-key": key, "content-type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    text = base64.b64encode(body).decode() if as_base64 else body.decode("utf-8", "replace")
    told = event("POST /payments", body=text, headers=sent, isBase64Encoded=as_base64)
    return Frontend(world)(told), world


def is_refused_without_a_trace(answer: Any, world: World) -> bool:
    return answer.status in CLIENT_ERRORS and not world.entries and not world.rows


def mutated(document: bytes) -> st.SearchStrategy[bytes]:
    """The document with a piece cut out and something else in its place."""
    return st.builds(
        lambda at, length, put: document[:at] + put + document[at + length :],
        st.integers(0, len(document)),
        st.integers(0, 12),
        st.binary(max_size=6)
        | st.sampled_from([b"\\ud800", b"\xc0\xaf", b"\xed\xa0\x80", b"-", b"1e2", b"NaN"]),
    )


@QUICK
@given(body=st.binary(max_size=200) | mutated(WHOLE), as_base64=st.booleans())
def test_any_bytes_are_paid_as_they_were_sent_or_refused(body, as_base64) -> None:
    answer, world = send(body, as_base64=as_base64)
    if answer.status == 201:
        told = json.loads(body.decode("utf-8"))  # strict: nothing was guessed
        assert {name: answer.body[name] for name in told} == told
    else:
        assert is_refused_without_a_trace(answer, world), answer.status


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037"])
def test_no_other_encoding_passes_for_utf_8(encoding) -> None:
    body = json.dumps(BODY | {"debtor": "Zo\xeb"}, ensure_ascii=False)
    assert is_refused_without_a_trace(*send(body.encode(encoding)))


@pytest.mark.parametrize(
    "piece",
    [
        *(b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf"),  # overlong
        *(b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80"),  # surrogates as UTF-8, alone and in a pair (CESU-8)
        *(b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80", b"\xc3"),  # beyond, too long, torn
        *(rb"\ud800", rb"\udc00", rb"\ude00\ud83d", rb"\uD83D\uD83D", rb"\ud83dx", rb"\u0000", rb"\ufffd"),
        *("\ufffd".encode(), b"\x00", b"\n", b"\x7f", rb"\x41", rb"\u12", rb"\u{41}"),
    ],
)
def test_a_name_with_a_broken_character_is_refused(piece) -> None:
    assert is_refused_without_a_trace(*send(WHOLE.replace(b"Ada", b"Zo" + piece)))


@pytest.mark.parametrize(
    ("number", "paid"),
    [
        *((b"1e2", 100), (b"1E+2", 100), (b"1000e-1", 100), (b"100.00", 100), (b"1", 1)),
        *((b"0", None), (b"-0", None), (b"-0.0", None), (b"-1", None), (b"0e9", None), (b"1e-2", None)),
        *((b"01", None), (b"+1", None), (b"1.", None), (b".5", None), (b"0x10", None), (b"1_000", None)),
        *((b"NaN", None), (b"Infinity", None), (b"-Infinity", None), (b"9" * 40, None), (b"9" * 5000, None)),
        *((b"1e400", None), (b"1e99", None), (b"true", None), (b'"1"', None), (b"[1]", None)),
        ("\u0661".encode(), None),
    ],
)
def test_an_amount_is_a_whole_number_however_it_is_written_or_none(number, paid) -> None:
    answer, world = send(WHOLE.replace(b"1250", number))
    if paid is None:
        assert is_refused_without_a_trace(answer, world)
    else:
        assert (answer.status, answer.body["amount_minor"]) == (201, paid)


@pytest.mark.parametrize(
    "more",
    [
        *(b'"currency": "USD"', rb'"curr\u0065ncy": "EUR"', b'"debtor": "Ada"'),
        *(b'"x": ' + b"[" * 3000 + b"]" * 3000, b'"x": ' + b'{"a":' * 1500 + b"1" + b"}" * 1500),
        *(b'"x": {"a": 1, "a": 2}', b'"__proto__": {}', b'"": 1', b'"Debtor": "Ada"', b'"debtor ": "Ada"'),
    ],
    ids=lambda more: more[:24].decode(),
)
def test_a_second_name_or_another_one_is_refused(more) -> None:
    assert is_refused_without_a_trace(*send(WHOLE[:-1] + b", " + more + b"}"))


@QUICK
@given(content_type=HEADER | st.builds("application/json{}".format, HEADER), encoding=HEADER)
def test_any_header_of_the_body_is_understood_or_refused(content_type, encoding) -> None:
    answer, world = send(WHOLE, content_type=content_type, content_encoding=encoding)
    if answer.status == 201:
        assert content_type.strip().lower().startswith("application/json")
        assert {each.strip().lower() for each in encoding.split(",")} <= {"", "identity"}
    else:
        assert is_refused_without_a_trace(answer, world)
        assert answer.status == 415


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        *(('APPLICATION/JSON; CHARSET="UTF-8"', 201), ("application/json;charset=utf-8;charset=UTF-8", 201)),
        *(
            ("application/json; charset*0=lat; charset*1=in1", 415),
            ("application/json; charset='utf-8'", 415),
        ),
        *(("application/json; charset=utf8", 415), ("application/json;charset=utf-8,text/plain", 415)),
        *(("application/problem+json", 415), ("application/jsonp", 415), ("text/json", 415), ("*/*", 415)),
    ],
)
def test_the_media_type_is_json_in_utf_8(content_type, status) -> None:
    assert send(WHOLE, content_type=content_type)[0].status == status


@QUICK
@given(key=HEADER | st.from_regex(r'"?[\w\\"; -]{0,70}"?', fullmatch=True))
def test_a_key_is_taken_as_it_is_or_refused(key) -> None:
    answer, world = send(WHOLE, key=key)
    if answer.status == 201:
        bare = key[1:-1] if key.startswith('"') else key
        assert [*world.entries] == [bare]
        assert 8 <= len(bare) <= 64
        assert bare.isascii()
        assert bare.replace("-", "_").isidentifier() or bare[0] in "-0123456789"
    else:
        assert is_refused_without_a_trace(answer, world)


@pytest.mark.parametrize(
    "key",
    [
        *(r'"order-\"01"', r'"order-\\001"', '"order-0001";v=1', '"order-0001" ', ":b3JkZXItMDAwMQ==:", "?1"),
        *('"order-0001","order-0001"', "order-0001,order-0001", "'order-0001'", "order-0001@sub:eve"),
        *("\u2010rder-0001", "order-000\u0661", "order\u00a00001", "order-0001\x00", "\uff4frder-0001"),
    ],
)
def test_a_key_of_another_grammar_is_refused(key) -> None:
    assert is_refused_without_a_trace(*send(WHOLE, key=key))


IGNORED = st.characters(categories=["Mn", "Mc", "Me", "Cf", "Zs", "Zl", "Zp", "Cc"])


@QUICK
@given(
    name=st.text(IGNORED | st.sampled_from("\u3164\uffa0\u2800\u115f\ufe0f\U000e0041\U0001fffe"), max_size=64)
)
def test_a_name_of_marks_joiners_and_fillers_is_refused(name) -> None:
    assert not visible(name)
    assert is_refused_without_a_trace(*send(json.dumps(BODY | {"debtor": name}).encode()))


@QUICK
@given(name=st.text(st.characters(categories=["L", "N", "Mn"]), min_size=1, max_size=20))
def test_a_name_is_kept_in_the_form_that_was_sent(name) -> None:
    for form in ("NFC", "NFD"):
        sent = unicodedata.normalize(form, name)
        answer, _ = send(json.dumps(BODY | {"creditor": sent}).encode())
        assert answer.status == 400 or answer.body["creditor"] == sent


OLD = """
DEM FRF ITL NLG ATS BEF ESP FIM GRD HRK SKK EEK LVL LTL ZWL VEF BYR MRO STD SLL CUC ANG TRL ROL BGL GHC USS
"""
UNITS = "XAU XAG XPT XPD XXX XTS XDR XUA XSU XBA XBB XBC XBD USN CHE CHW CLF COU BOV MXV UYI UYW"


@pytest.mark.parametrize("code", [*f"{OLD} {UNITS}".split(), "BTC", "eur", "EUR ", "\u0395UR", "EURO", ""])
def test_what_nobody_has_in_an_account_is_no_money(code) -> None:
    assert is_refused_without_a_trace(*send(json.dumps(BODY | {"currency": code}).encode()))


@pytest.mark.parametrize("code", ["JPY", "EUR", "BHD", "KWD", "ISK", "VND", "TND", "MRU", "XCG", "SVC"])
def test_money_of_every_number_of_minor_units_is_paid_in_these(code) -> None:
    assert send(json.dumps(BODY | {"currency": code, "amount_minor": 1}).encode())[0].status == 201


@QUICK
@given(found=st.text(max_size=140) | st.from_regex(r"[0-9A-Fa-f{}:-]{30,40}", fullmatch=True))
def test_any_text_in_a_path_is_an_id_or_refused(found) -> None:
    for route, name in (
        ("GET /payments/{payment_id}", "payment_id"),
        ("GET /sessions/{session_id}", "session_id"),
    ):
        try:
            {"payment_id": validation.payment_id, "session_id": validation.session_id}[name](found)
        except Refused:
            assert Frontend(World())(event(route, pathParameters={name: found})).status == 400
        else:
            assert found.isascii()
            assert not set(found) & set("/\\%.@#\n ")


@pytest.mark.parametrize(
    "route",
    [
        "$default",
        "OPTIONS /payments",
        "HEAD /payments",
        "TRACE /payments",
        "GET /payments/",
        "ANY /{proxy+}",
        "",
    ],
)
def test_a_route_of_no_ones_is_not_found(route) -> None:
    answer = Frontend(World())(event("GET /health/live") | {"routeKey": route})
    assert answer.status == 404


@pytest.mark.parametrize(
    "gone", ["headers", "isBase64Encoded", "pathParameters", "body", "rawPath", "version"]
)
def test_an_event_may_lack_what_its_request_had_not(gone) -> None:
    for told in (
        event("GET /health/live"),
        event("POST /payments", body=WHOLE.decode()),
        event("GET /payments/{payment_id}", pathParameters={"payment_id": "x"}),
        event("GET /sessions/{session_id}", pathParameters={"session_id": SESSION_ID[:9]}),
    ):
        for left in ({name: value for name, value in told.items() if name != gone}, {**told, gone: None}):
            assert Frontend(World())(left).status in {200, 201, 400}


def test_names_of_headers_are_read_in_any_case() -> None:
    told = event("POST /payments", body=WHOLE.decode())
    told["headers"] = {"IDEMPOTENCY-KEY": "order-0001", "Content-TYPE": "application/json"}
    assert Frontend(World())(told).status == 201


@pytest.mark.parametrize("text", ["%%%", "e30", "e30=\n", "\u00e9", "e30=e30="])
def test_what_is_no_base64_is_refused(text) -> None:
    told = event("POST /payments", body=text, isBase64Encoded=True)
    assert Frontend(World())(told).status == 400
