import json
import unicodedata

import pytest

from intake import documents
from intake.problems import FieldError, Problem, Refused
from payments import validation
from payments.payment import PaymentRequest

GOOD = {"amount_minor": 1250, "currency": "EUR", "debtor": "Ada", "creditor": "Grace"}
JSON = "application/json"
SECRET = "4111111111111111"


def read(body: bytes, content_type: str | None = JSON) -> PaymentRequest:
    return validation.payment_request({} if content_type is None else {"content-type": content_type}, body)


def refusal(body: bytes, content_type: str | None = JSON) -> Refused:
    with pytest.raises(Refused) as caught:
        read(body, content_type)
    return caught.value


def body(**changed: object) -> bytes:
    return json.dumps(GOOD | changed).encode()


def test_a_payment_is_read() -> None:
    wanted = PaymentRequest(amount_minor=1250, currency="EUR", debtor="Ada", creditor="Grace")
    assert read(body()) == wanted
    assert read(body(), None) == wanted
    assert read(body(), "Application/JSON; charset=utf-8") == wanted


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_minor": 1},
        {"amount_minor": 10**12},
        {"currency": "CHF"},
        {"debtor": "x" * 64, "creditor": "y"},
        {"debtor": "Jürgen 李 عمر"},
        {"reference": "r" * 140},
        {"reference": ""},
    ],
)
def test_the_limits_belong_to_the_range(changed) -> None:
    read(body(**changed))


def test_an_omitted_reference_asks_for_the_same_payment_as_an_empty_one() -> None:
    reordered = json.dumps(dict(reversed((GOOD | {"reference": ""}).items())), indent=2).encode()
    assert read(reordered).digest() == read(body()).digest()


def test_any_other_value_asks_for_another_payment() -> None:
    digests = {
        read(body(**changed)).digest()
        for changed in ({}, {"amount_minor": 1251}, {"debtor": "ada"}, {"reference": "x"})
    }
    assert len(digests) == 4


MONEY = "must be the ISO 4217 code of a currency that is money"
TEXT = "must be visible text without control characters and without U+FFFD, which stands for lost ones"


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"amount_minor": 0}, "amount_minor", "must be at least 1"),
        ({"amount_minor": -5}, "amount_minor", "must be at least 1"),
        ({"amount_minor": 10**12 + 1}, "amount_minor", "must be at most 1000000000000"),
        ({"amount_minor": 12.5}, "amount_minor", "must be of type integer"),
        ({"amount_minor": True}, "amount_minor", "must be of type integer"),
        ({"amount_minor": "12"}, "amount_minor", "must be of type integer"),
        ({"amount_minor": None}, "amount_minor", "must be of type integer"),
        ({"currency": "ABC"}, "currency", MONEY),
        ({"currency": "eur"}, "currency", MONEY),
        *[
            ({"currency": code}, "currency", MONEY)
            for code in (
                *("BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XDR", "XSU", "XUA"),
                *("XTS", "XAG", "XAU", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XXX"),
            )
        ],
        ({"currency": 978}, "currency", MONEY),
        ({"debtor": "x" * 65}, "debtor", "must have at most 64 characters"),
        ({"debtor": ["Ada"]}, "debtor", "must be of type string"),
        ({"debtor": ""}, "debtor", TEXT),
        ({"debtor": "  "}, "debtor", TEXT),
        ({"creditor": "Grace\n"}, "creditor", TEXT),
        ({"creditor": "Gr\u0000ace"}, "creditor", TEXT),
        ({"creditor": "Gr\u009face"}, "creditor", TEXT),
        ({"creditor": "Gr\u202eace"}, "creditor", TEXT),
        ({"creditor": "Gr\u2067ace"}, "creditor", TEXT),
        ({"creditor": "Gr\ufffdce"}, "creditor", TEXT),
        ({"reference": "\u2028"}, "reference", TEXT),
        ({"reference": "Zo\ufffd"}, "reference", TEXT),
        ({"reference": "r" * 141}, "reference", "must have at most 140 characters"),
        ({"reference": None}, "reference", "must be of type string"),
    ],
)
def test_a_wrong_field_is_named(changed, field, message) -> None:
    refused = refusal(body(**changed))
    assert refused.problem is Problem.INVALID
    assert refused.errors == (FieldError(field, message),)


def test_every_wrong_field_is_named_at_once() -> None:
    refused = refusal(b'{"amount_minor": 0, "currency": "EUR", "debtor": "", "surprise": 1}')
    fields = {wrong.field for wrong in refused.errors}
    assert fields == {"amount_minor", "debtor", "creditor", ""}


def test_missing_fields_are_named() -> None:
    assert refusal(b"{}").errors == tuple(
        FieldError(name, "is required") for name in ("amount_minor", "currency", "debtor", "creditor")
    )


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{} {}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        '{"debtor": "Zo\xe9"}'.encode("latin-1"),
        "{}".encode("utf-16"),
        b'{"amount_minor": NaN}',
        b'{"amount_minor": -Infinity}',
        b'{"amount_minor": 1, "amount_minor": 2}',
        b"[" * 8_000,
        b"1" * 8_000,
    ],
    ids=lambda text: text[:20].decode("latin-1"),
)
def test_what_is_not_one_json_document_is_malformed(text) -> None:
    assert refusal(text).problem is Problem.MALFORMED


@pytest.mark.parametrize("document", [b"[]", b"null", b"1", b'"text"'])
def test_other_json_is_not_a_payment(document) -> None:
    assert refusal(document).errors == (FieldError("", "must be of type object"),)


def test_eight_kibibytes_are_read_and_one_byte_more_is_not() -> None:
    largest = body().ljust(8192)
    read(largest)
    assert refusal(largest + b" ").problem is Problem.TOO_LARGE


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json ; profile=x; Charset=utf-8",
    ],
)
def test_utf_8_may_be_named(content_type) -> None:
    read(body(), content_type)


@pytest.mark.parametrize(
    "parameters",
    [
        "charset=latin-1",
        "charset=utf-16",
        'charset="ISO-8859-1"',
        "charset=us-ascii",
        'charset="utf-8;x"',
        'charset="utf-8',
        'charset=utf-8"',
        'charset=""utf-8""',
        "charset=",
        "charset",
        "charset*=UTF-8''utf-16",
        "charset=utf-8; charset=latin-1",
        "a=b;CHARSET=windows-1252",
    ],
)
def test_another_charset_is_refused(parameters) -> None:
    assert refusal(body(), f"application/json; {parameters}").problem is Problem.NOT_UTF8


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "GZIP", "x", "aws-chunked"])
def test_an_encoded_body_is_refused(encoding) -> None:
    with pytest.raises(Refused) as caught:
        validation.payment_request({"content-encoding": encoding}, body())
    assert caught.value.problem is Problem.ENCODED


@pytest.mark.parametrize("encoding", ["identity", "Identity", "identity,identity", ""])
def test_identity_is_no_encoding(encoding) -> None:
    validation.payment_request({"content-encoding": encoding}, body())


def test_a_session_is_as_particular_as_a_payment() -> None:
    for headers in ({"content-encoding": "gzip"}, {"content-type": "application/json; charset=utf-16"}):
        with pytest.raises(Refused):
            validation.session(headers, b'{"data": {}}')


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"a\n": "x"}, "must have names of 1 to 64 characters of A-Z a-z 0-9 _ . -"),
        ({"": "x"}, "must have names of 1 to 64 characters of A-Z a-z 0-9 _ . -"),
        ({"a": "x\n"}, TEXT),
        ({"a": "\ufffd"}, TEXT),
        ({"a": 1}, "must be of type string"),
    ],
)
def test_a_session_of_wrong_names_or_values_is_refused(data, message) -> None:
    with pytest.raises(Refused) as caught:
        validation.session({}, json.dumps({"data": data}).encode())
    assert caught.value.errors == (FieldError("data", message),)


@pytest.mark.parametrize(
    "content_type",
    ["application/json,application/json", "text/plain", "application/x-www-form-urlencoded", ""],
)
def test_other_media_are_refused(content_type) -> None:
    assert refusal(body(), content_type).problem is Problem.NOT_JSON


@pytest.mark.parametrize(
    "text",
    [
        body(debtor=SECRET + "\n"),
        body(currency=SECRET),
        body(**{SECRET: 1}),
        f'{{"{SECRET}": '.encode(),
    ],
)
def test_no_refusal_repeats_what_was_sent(text) -> None:
    refused = refusal(text)
    assert SECRET not in f"{refused} {refused.errors}"


QUOTED = [
    '"order-0001',
    'order-0001"',
    '"order-0001";a=1',
    '""order-0001""',
    '"order-0001"\n',
    '"short"',
    '""',
]


def test_the_quotes_of_a_structured_field_do_not_belong_to_the_key() -> None:
    assert documents.idempotency_key('"8e03978e-40d5-43dd-bc93-6894a57f9324"') == (
        "8e03978e-40d5-43dd-bc93-6894a57f9324"
    )
    assert documents.idempotency_key(f'"{"a" * 64}"') == "a" * 64


@pytest.mark.parametrize("key", ["a" * 8, "a" * 64, "Order_2026-11"])
def test_a_good_key_is_taken(key) -> None:
    assert documents.idempotency_key(key) == key


@pytest.mark.parametrize(
    "key", [None, "", "a" * 7, "a" * 65, "order 0001", "order-0001\n", "ordér-0001", "a,b,c,d,e", *QUOTED]
)
def test_a_bad_key_is_refused(key) -> None:
    with pytest.raises(Refused) as caught:
        documents.idempotency_key(key)
    assert [wrong.field for wrong in caught.value.errors] == ["Idempotency-Key"]


@pytest.mark.parametrize("changed", [{"creditor": "Gr\ud800ace"}, {"reference": "\udfff"}, {"\udc00": 1}])
def test_half_a_surrogate_pair_is_no_utf_8(changed) -> None:
    assert refusal(body(**changed)).problem is Problem.MALFORMED


def test_a_whole_surrogate_pair_is_a_character() -> None:
    text = body(reference="R").replace(b'"R"', b'"\\ud83d\\ude00"')
    assert read(text).reference == "\U0001f600"


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1250.0", 1250), ("1.25e3", 1250), ("1250E0", 1250), ("1e4", 10**4), ("1e12", 10**12)],
)
def test_a_whole_amount_is_an_integer_however_it_is_written(text, amount) -> None:
    found = read(body().replace(b"1250", text.encode()))
    assert (type(found.amount_minor), found.amount_minor) == (int, amount)
    assert found.digest() == read(body(amount_minor=amount)).digest()


@pytest.mark.parametrize(
    "text",
    [
        *("0.9999999999999999999", "1250.00000000000000001", "1." + "0" * 40),
        *("1e999999999", "1e-999999999", "1e99999999999999999999", "1e400", "1e13", "-1250.0"),
    ],
)
def test_an_amount_that_is_not_whole_or_out_of_bounds_is_refused(text) -> None:
    refused = refusal(body().replace(b"1250", text.encode()))
    assert {error.field for error in refused.errors} == {"amount_minor"}


@pytest.mark.parametrize("field", ["debtor", "creditor"])
@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\ufeff", " \u00ad\u2800"])
def test_a_name_that_nobody_can_see_is_refused(field, name) -> None:
    assert refusal(body(**{field: name})).errors == (FieldError(field, TEXT),)


def test_both_forms_of_a_name_look_alike_and_are_two_payments() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))
    first, second = read(body(debtor=composed)), read(body(debtor=decomposed))
    assert (first.debtor, second.debtor) == (composed, decomposed)
    assert first.digest() != second.digest()


def test_a_synthetic_payment_is_in_the_test_currency_and_in_no_other() -> None:
    assert validation.synthetic_payment({}, body(currency="XTS")).currency == "XTS"
    with pytest.raises(Refused) as caught:
        validation.synthetic_payment({}, body())
    assert caught.value.errors == (FieldError("currency", "must be XTS"),)
