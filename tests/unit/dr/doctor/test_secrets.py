"""D20 to D26: a first deploy does not stop at a secret, and a takeover does not fail at one."""

import json

import pytest

from dr.rules import Verdict

from .account_world import EAST, REGIONS, SITE, WEST


@pytest.fixture
def write(aws):
    """Replace the database's secret in every region, or one key of it."""

    def write(text=None, regions=REGIONS, **keys):
        for region in regions:
            kept = aws.secrets[region]
            content = json.loads(kept["payments/database"]) | keys
            shown = {key: value for key, value in content.items() if value is not None}
            kept["payments/database"] = json.dumps(shown) if text is None else text

    return write


def test_a_complete_secret_passes_in_both_regions(found):
    assert {place: one.verdict for place, one in found("D20").items()} == {
        EAST: Verdict.PASS,
        WEST: Verdict.PASS,
    }


def test_a_secret_that_only_one_region_has_fails_in_the_other_and_tells_where_to_put_it(aws, found):
    del aws.secrets[WEST]["payments/database"]
    here, there = found("D20")[EAST], found("D20")[WEST]
    assert (here.verdict, there.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert "put it into us-west-2" in there.fix
    assert "us-west-2-bundle.pem" in there.fix


@pytest.mark.parametrize("text", ["Gu7!test", '["Gu7!test"]', "7"])
def test_a_secret_that_is_no_json_object_fails(write, problem, text):
    write(text)
    assert problem("D20") == "payments/database is no JSON object"


@pytest.mark.parametrize("key", ["username", "password", "ca"])
@pytest.mark.parametrize("value", [None, 7])
def test_every_key_is_needed_as_text(write, problem, key, value):
    write(**{key: value})
    assert problem("D20") == f"payments/database lacks {key}, as text"


def test_the_user_is_the_one_of_the_settings(write, problem):
    write(username="root")
    assert problem("D20") == "its username is not database.username = payments"


@pytest.mark.parametrize("password", ["8letters", "x" * 41, "!#$%&'()*+,-.:;<=>?[]^_`{|}~"])
def test_what_rds_takes_as_a_master_password_passes(write, passes, password):
    write(password=password)
    assert passes("D20")


@pytest.mark.parametrize("password", ["7letter", "x" * 42])
def test_a_password_is_neither_short_nor_long(write, problem, password):
    write(password=password)
    assert problem("D20") == "its password has not 8 to 41 characters"


@pytest.mark.parametrize("strange", ["/", "@", '"', " ", "ü", "\t"])
def test_characters_that_rds_refuses_in_a_password_are_found(write, problem, strange):
    write(password=f"secret{strange}word")
    assert problem("D20").startswith("its password has a space or one of / @")


@pytest.mark.parametrize(
    "ca", ["", "not a bundle", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"]
)
def test_authorities_that_no_function_could_load_are_found(write, problem, ca):
    write(ca=ca)
    assert problem("D20") == "its ca is no bundle of PEM certificates"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "there is no secret payments/api-key with a text"),
        ("", "there is no secret payments/api-key with a text"),
        ("x" * 4097, "payments/api-key is longer than 4096 characters"),
    ],
)
def test_the_api_key_is_there_and_fits_into_a_parameter(aws, problem, value, said):
    for region in REGIONS:
        aws.secrets[region].pop("payments/api-key")
        if value is not None:
            aws.secrets[region]["payments/api-key"] = value
    assert problem("D22") == said


def test_the_api_key_passes(passes):
    assert passes("D22")


def test_a_system_without_an_api_that_asks_for_tokens_needs_no_key_of_it(aws, of_system, found, passes):
    for region in REGIONS:
        del aws.secrets[region]["payments/api-key"]
    assert found("D22", of_system("trading")) == {}
    assert all(passes(code, of_system("trading")) for code in ("D24", "D26"))


@pytest.mark.parametrize(
    "case",
    [
        (None, "there is no secret {}/web with a text"),
        ("a-text", "{}/web is no JSON object"),
        (SITE | {"session_keys": []}, "{}/web has no session_keys, a list of texts"),
        (SITE | {"session_keys": "k" * 32}, "{}/web has no session_keys, a list of texts"),
        (
            SITE | {"session_keys": ["k" * 31]},
            "one of the session_keys of {}/web has fewer than 32 characters",
        ),
        (SITE | {"users": {}}, "{}/web has no users"),
        (SITE | {"users": {"eve": "secret"}}, "the password of eve in {}/web is not scrypt:SALT:HASH"),
    ],
)
def test_whoever_may_sign_in_is_written_as_the_application_reads_it(aws, of_system, passes, problem, case):
    secret, said = case
    for system in ("single-region", "webapp"):
        assert passes("D23", of_system(system))
        del aws.secrets[EAST][f"{system}/web"]
        if secret is not None:
            aws.secrets[EAST][f"{system}/web"] = secret if isinstance(secret, str) else json.dumps(secret)
        assert problem("D23", of_system(system)) == said.format(system)


@pytest.mark.parametrize(
    "case",
    [
        (None, "there is no secret trading/users with a text"),
        ("a-text", "trading/users is no JSON object"),
        ('{"users": {}}', "trading/users has no users"),
        ('{"users": {"eve": "secret"}}', "the password of eve in trading/users is not scrypt:SALT:HASH"),
    ],
)
def test_whoever_may_order_is_written_as_the_application_reads_it(aws, of_system, passes, problem, case):
    secret, said = case
    assert passes("D25", of_system("trading"))
    del aws.secrets[EAST]["trading/users"]
    if secret is not None:
        aws.secrets[EAST]["trading/users"] = secret
    assert problem("D25", of_system("trading")) == said


def test_a_region_with_another_password_could_not_take_over(write, passes, problem):
    assert passes("D24")
    write(regions=[WEST], password="another-one")
    assert problem("D24") == "payments/database says one thing in one region and another in the other"


@pytest.mark.parametrize(("here", "there"), [("a", "b"), ("7", "8"), ('{"a": 1}', '{"a": 2}')])
def test_the_api_key_is_one(aws, problem, here, there):
    aws.secrets[EAST]["payments/api-key"], aws.secrets[WEST]["payments/api-key"] = here, there
    assert problem("D24").startswith("payments/api-key says one thing")


def test_each_region_may_trust_the_authorities_of_its_own(write, bundle, passes):
    write(regions=[WEST], ca=bundle + bundle)
    assert passes("D24")


def test_a_secret_that_is_missing_is_told_once_and_not_as_a_difference(aws, passes):
    del aws.secrets[WEST]["payments/api-key"]
    assert passes("D24")


def test_no_function_could_use_a_customer_key(aws, passes, problem):
    aws.key = "arn:aws:kms:us-east-1:123456789012:alias/aws/secretsmanager"
    assert passes("D26")
    aws.key = "arn:aws:kms:us-east-1:123456789012:key/1"
    assert "payments/database is encrypted with a customer key: arn:aws:kms" in problem("D26")


def test_no_value_of_a_secret_is_ever_shown(write, doctor):
    write(password="short/1", ca="not a bundle", username="Gu7!name")
    for shown in (doctor().output, doctor("--json").output):
        assert not [text for text in ("short/1", "not a bundle", "Gu7!name", "a-key") if text in shown]
