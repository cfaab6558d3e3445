"""The parts of the judge of requests: what is known before an apply, what a model refuses, what is sent."""

import re

import pytest

from gates.findings import Finding
from gates.requests import judge, model
from gates.requests.filling import Call, request
from gates.requests.model import compiled, complaints, members_of
from gates.requests.terraform import UNKNOWN, Partly, Resource, resources

KEY = {"description": "d", "policy": "${aws_x.it.id}", "alias": "p${aws_x.it.id}q"}


def read(**body):
    given = {"aws_x": {"it": body}, "aws_kms_key": {"key": KEY}}
    return next(one.body for one in resources({"s": {"resource": given}}) if one.type == "aws_x")


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("plain", "plain"),
        ("", ""),
        ("arn:aws:iam::${data.aws_caller_identity.a.account_id}:root", "arn:aws:iam::123456789012:root"),
        ("${aws_kms_key.key.description}", "d"),
        ("${aws_kms_key.key.arn}", UNKNOWN),
        ("${aws_kms_key.key.policy}", UNKNOWN),
        ("a-${aws_kms_key.key.arn}-b", Partly(("a-", "-b"))),
        ("a${aws_kms_key.key.description}${aws_kms_key.key.arn}c", Partly(("ad", "c"))),
        ("a-${aws_kms_key.key.alias}-b", Partly(("a-p", "q-b"))),
        ("a-${aws_kms_key.key.arn", Partly(("a-", ""))),
        ('${jsondecode(x)["a}b"]}', UNKNOWN),
        ("$${aws:userid}", "${aws:userid}"),
        (["${aws_kms_key.key.arn}"], [UNKNOWN]),
    ],
)
def test_what_only_an_apply_tells_is_unknown(given, known):
    assert read(value=given)["value"] == known


ALIAS = members_of("kms", "CreateAlias")


def test_what_is_unknown_is_neither_refused_nor_taken_for_good():
    assert list(complaints(ALIAS, {"AliasName": UNKNOWN, "TargetKeyId": Partly(("a", "b"))})) == []
    (said,) = complaints(ALIAS, {"AliasName": Partly(("a" * 200, "b" * 57)), "TargetKeyId": UNKNOWN})
    assert said == "AliasName: at least 257 characters, AWS takes 256"


def test_an_argument_without_a_member_is_not_lost():
    sent = request(Call("kms", "CreateAlias", {"name": "AliasName"}), ALIAS, {"name": "alias/a", "new": 1})
    assert sent == {"AliasName": "alias/a", "new": 1}
    assert "new: CreateAliasRequest has no such member" in list(complaints(ALIAS, sent))


def test_a_pattern_that_python_cannot_say_is_no_silence():
    assert compiled(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*").fullmatch("Straße 7")
    assert compiled(r"\p{Print}+\[").fullmatch("a name[")
    assert not compiled(r"\p{Print}+").fullmatch("a\tname")
    with pytest.raises(re.error):
        compiled(r"\p{Unheard}")


def test_a_call_whose_model_has_a_pattern_that_python_cannot_say_is_found(monkeypatch):
    assert model.unspoken("kms", "CreateAlias") == []

    def cannot(pattern):
        raise re.error("bad escape")

    monkeypatch.setattr(model, "compiled", cannot)
    monkeypatch.setattr(judge, "systems", list)
    monkeypatch.setattr(judge, "CALLS", {"aws_kms_alias": (Call("kms", "CreateAlias"),)})
    assert [one.where for one in judge.judge()] == ["kms:CreateAlias"]


def test_B13_a_refusal_names_the_variants_that_have_it(monkeypatch, tmp_path):
    alias = {"aws_kms_alias": {"a": {"name": "alias/a"}}}
    monkeypatch.setattr(judge, "systems", lambda: ["webapp"])
    monkeypatch.setattr(judge, "variants", lambda _: ["defaults", "options", "protected"])
    monkeypatch.setattr(
        judge, "synthesize", lambda _, name, __: {"use1": {"resource": {} if name == "options" else alias}}
    )
    assert judge.judge(tmp_path) == [
        Finding("kms:CreateAlias", "use1:aws_kms_alias.a", "TargetKeyId: is required (defaults, protected)")
    ]


def test_a_call_that_takes_nothing_has_no_model_to_judge_by():
    with pytest.raises(LookupError, match="iam:GetAccountSummary takes no arguments"):
        members_of("iam", "GetAccountSummary")


FUNCTION = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {}}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"MemorySize": 127}, "MemorySize = 127: AWS takes at least 128 and at most 32768"),
        ({"MemorySize": 128}, ""),
        ({"MemorySize": 32768}, ""),
        ({"MemorySize": 32769}, "MemorySize = 32769: AWS takes at least 128 and at most 32768"),
        ({"Description": "x" * 256}, ""),
        ({"Description": "x" * 257}, "Description: 257 characters, AWS takes at least 0 and at most 256"),
        ({"Architectures": []}, "Architectures: 0 entries, AWS takes at least 1 and at most 1"),
        ({"Architectures": ["arm64"]}, ""),
        ({"PackageType": "Jar"}, "PackageType = 'Jar': is none of Zip, Image"),
        ({"PackageType": "Zip"}, ""),
        ({"Handler": "a b"}, r"Handler = 'a b': does not match [^\s]+"),
    ],
)
def test_the_bounds_of_a_member_are_those_of_its_model(sent, said):
    found = list(complaints(members_of("lambda", "CreateFunction"), FUNCTION | sent))
    assert found == ([said] if said else [])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"LoggingConfig": [UNKNOWN]}, "LoggingConfig = [unknown]: is no structure"),
        ({"MemorySize": "much"}, "MemorySize = 'much': is no number"),
        ({"MemorySize": None}, ""),
        ({"MemorySize": "128"}, ""),
        ({"Publish": "yes"}, "Publish = 'yes': is no boolean"),
        ({"Role": None}, "Role: is required"),
    ],
)
def test_what_has_another_kind_than_the_member_is_found(sent, said):
    found = list(complaints(members_of("lambda", "CreateFunction"), FUNCTION | sent))
    assert found == ([said] if said else [])


@pytest.mark.parametrize(
    ("logging", "sent"),
    [
        ({}, {}),
        ({"logging_configuration": {"level": "ALL"}}, {"loggingConfiguration": {"level": "ALL"}}),
        (
            {"logging_configuration": {"log_destination": "arn:*"}},
            {
                "loggingConfiguration": {
                    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "arn:*"}}],
                }
            },
        ),
    ],
)
def test_a_state_machine_logs_where_and_when_it_says(logging, sent):
    machine = Resource("use1:m", "aws_sfn_state_machine", {"name": "m", **logging}, {})
    assert [request for _, request in judge.sends(machine)] == [{"name": "m", **sent}]
