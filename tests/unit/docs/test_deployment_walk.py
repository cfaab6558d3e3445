"""docs/deployment.md is walked by its commands: from an empty account to a deployed one and back."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from botocore import xform_name
from typer.main import get_command

from apps.web.users import Users
from dr.commands import app
from dr.doctor import issuer, stacks
from dr.doctor.checks import examine
from dr.doctor.command import CHECKS
from dr.rights.deployer import rights as deployers
from dr.rights.services import OWN_ROLES, linked
from dr.rules import Verdict
from lib.settings.two_regions import TwoRegionSettings
from lib.systems.load import load_any
from lib.systems.registry import SYSTEMS
from localcloud.aws_cli import Command
from tests.unit.dr.doctor.account_world import ABSENT, ACCOUNT, EAST, OHIO, WEST, FakeAws

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "deployment.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"^([A-Z_]+) \?=", MAKEFILE, re.MULTILINE)) | {"PLAN_FLAGS"}
ASIDE = PAGE.index("## Without the registry")
"""From here on the page tells of other ways and later days."""
BLOCK = re.compile(r"^( *)```sh\n(.*?)\n\1```$", re.MULTILINE | re.DOTALL)
BROUGHT = {"client-secret": "what your issuer of access tokens gave to"}
"""Files that the commands read and no command makes, and the words of the page that name them."""
CHOSEN = "set `compliance.recorder = true` in one environment of the account"
"""What the page asks to choose in the settings."""
WHO = "credentials of one account: of a role with"
"""Who deploys is brought as well."""
ISSUER = "names your issuer of access tokens"
SYSTEM_LINE = "export SYSTEM=payments"
"""Where the page asks which system it is about."""
IN_AN_EMPTY_ACCOUNT = {
    "payments": {"D20", "D22", "D30", "D32", "D44", "D70"},
    "single-region": {"D20", "D23", "D38", "D45", "D70"},
    "trading": {"D20", "D30", "D32", "D43", "D70"},
    "webapp": {"D20", "D23", "D43", "D70"},
}
"""What fails, at least."""
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/single-region/applications"
DIGEST = f"sha256:{'a' * 64}"
LEFT = "Service-linked roles and the settings of AWS Backup cost nothing"
"""What the page leaves in the account, in its own words."""
STUB = """#!{python}
import json, os, pathlib, sys
name = os.path.basename(sys.argv[0])
words = [pathlib.Path(one[7:]).read_text() if one.startswith("file://") else one for one in sys.argv[1:]]
with open({log!r}, "a") as log:
    log.write(json.dumps([name, words, dict(os.environ)]) + "\\n")
if name == "curl":
    sys.stdout.write({certificate!r})
if name == "python" and words[0] == "-c":
    os.environ["PYTHONPATH"] = {root!r} + ":" + {root!r} + "/lambda"
    os.execv(sys.executable, [sys.executable, *words])
for word, answer in {answers!r}.items():
    if name == "aws" and word in words:
        sys.stdout.write(answer)
"""
ANSWERS = {
    "create-repository": IMAGE,
    "describe-images": DIGEST,
    "describe-load-balancers": "webapp-web-dev-1.us-east-1.elb.amazonaws.com",
    "get-caller-identity": ACCOUNT,
    "list-object-versions": "payments/terraform.tfstate\tv1\npayments/terraform.tfstate\tv2\n",
}
"""What AWS says where the page goes on with it."""
PROGRAMS = ("aws", "curl", "dr", "make", "psql")


@dataclass(frozen=True)
class Typed:
    """One command of the page, as the shell ran it."""

    name: str
    words: list[str]
    environment: dict[str, str]

    def is_make(self, target: str) -> bool:
        return self.name == "make" and self.words[:1] == [target]


@pytest.fixture(scope="module")
def paste(tmp_path_factory):
    """Runs a script in a shell where every program of ours, and of AWS, only notes what it was asked."""
    certificate = trustme.CA().cert_pem.bytes().decode()

    def paste(script: str) -> list[Typed]:
        folder = tmp_path_factory.mktemp("walk")
        log, programs, local = folder / "log", folder / "bin", folder / ".venv" / "bin"
        for name in BROUGHT:
            (folder / name).write_text("a-secret-of-the-issuer")
        for where, names in (
            (programs, PROGRAMS),
            (local, ("dr", "python")),
        ):
            where.mkdir(parents=True)
            for name in names:
                text = STUB.format(
                    python=sys.executable,
                    log=str(log),
                    certificate=certificate,
                    root=str(ROOT),
                    answers=ANSWERS,
                )
                (where / name).write_text(text)
                (where / name).chmod(0o755)
        (programs / "python3").symlink_to(sys.executable)
        for name in ("apps", "docs", "lambda", "lib"):
            (folder / name).symlink_to(ROOT / name)
        done = subprocess.run(
            ["/bin/bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=folder,
            env={"PATH": f"{programs}:{os.environ['PATH']}", "LEDGER": "the-ledger"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [Typed(*json.loads(line)) for line in log.read_text().splitlines()] if log.exists() else []

    return paste


def blocks(page: str) -> list[str]:
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in BLOCK.findall(page)]


@pytest.fixture(scope="module", params=SYSTEMS)
def walked(paste, request) -> list[Typed]:
    script = "\n".join(blocks(PAGE[:ASIDE]))
    assert SYSTEM_LINE in script
    return paste(script.replace(SYSTEM_LINE, f"export SYSTEM={request.param}"))


class Organisation(FakeAws):
    """An account with nothing in it but whoever deploys, and what the commands of the page make of it."""

    def __init__(self) -> None:
        super().__init__("")
        self.secrets = {region: {} for region in (EAST, OHIO, WEST)}
        self.roles = {"deployer"}
        self.buckets: dict[str, dict[str, Any]] = {}
        self.answers |= {
            ("config", "describe_configuration_recorder_status"): {"ConfigurationRecordersStatus": []},
            ("backup", "describe_region_settings"): {},
        }
        self.executions = 1000
        self.quotas = {
            (region, code): value
            for region in (EAST, OHIO, WEST)
            for code, value in (("L-1216C47A", 5), ("L-3032A538", 6))
        }
        self.repositories: dict[str, set[str]] = {}
        self.documents: set[str] = set()
        self.looks_after: dict[str, dict[str, Any]] = {}

    def _answer(self, service: str, region: str, operation: str, asked: dict[str, Any]) -> Any:
        if service == "s3":
            return self.buckets.get(asked["Bucket"], {}).get(operation, ABSENT)
        if operation == "get_account_settings":
            limit = self.executions
            return {"AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}}
        if operation == "describe_region_settings":
            return self.looks_after.get(region, {})
        if operation == "get_service_quota" and (region, asked["QuotaCode"]) in self.quotas:
            return {"Quota": {"Value": float(self.quotas[region, asked["QuotaCode"]])}}
        if service == "ecr":
            pushed = asked["imageIds"][0]["imageDigest"] in self.repositories.get(asked["repositoryName"], ())
            return {"imageDetails": [{}]} if pushed else ABSENT
        return super()._answer(service, region, operation, asked)

    def do(self, command: Command) -> None:
        """What the command makes, changes or takes away; a question changes nothing."""
        if not command.operation.startswith(("Describe", "Get")):
            getattr(self, xform_name(command.operation))(command.region, **command.asked)

    def create_service_linked_role(self, _: str, AWSServiceName: str) -> None:  # noqa: N803
        self.roles.add(OWN_ROLES[AWSServiceName])

    def update_region_settings(self, region: str, **asked: Any) -> None:
        self.looks_after[region] = asked

    def request_service_quota_increase(self, region: str, **asked: Any) -> None:
        if asked["QuotaCode"] == "L-B99A9384":
            self.executions = int(asked["DesiredValue"])
        else:
            assert self.quotas[region, asked["QuotaCode"]] < asked["DesiredValue"]
            self.quotas[region, asked["QuotaCode"]] = int(asked["DesiredValue"])

    def create_secret(self, region: str, **asked: Any) -> None:
        for where in (region, *(one["Region"] for one in asked.get("AddReplicaRegions", ()))):
            self.secrets[where][asked["Name"]] = asked["SecretString"]

    def remove_regions_from_replication(self, _: str, **asked: Any) -> None:
        for where in asked["RemoveReplicaRegions"]:
            del self.secrets[where][asked["SecretId"]]

    def delete_secret(self, region: str, **asked: Any) -> None:
        del self.secrets[region][asked["SecretId"]]

    def create_repository(self, _: str, **asked: Any) -> None:
        self.repositories[asked["repositoryName"]] = set()

    def push(self, image: str) -> None:
        self.repositories[image.partition("/")[2].partition(":")[0]].add(DIGEST)

    def delete_repository(self, _: str, **asked: Any) -> None:
        assert asked["force"]
        del self.repositories[asked["repositoryName"]]

    def create_policy(self, _: str, **asked: Any) -> None:
        document = json.loads(asked["PolicyDocument"])
        assert "ACCOUNT" not in str(document)
        assert "acme-states" not in str(document)
        self.documents.add(f"arn:aws:iam::{ACCOUNT}:policy/{asked['PolicyName']}")

    def delete_policy(self, _: str, **asked: Any) -> None:
        self.documents.remove(asked["PolicyArn"])

    def create_bucket(self, region: str, **asked: Any) -> None:
        where = asked["CreateBucketConfiguration"]["LocationConstraint"]
        assert where == region
        self.buckets[asked["Bucket"]] = {"get_bucket_location": {"LocationConstraint": where}}

    def put_bucket_versioning(self, _: str, **asked: Any) -> None:
        self.buckets[asked["Bucket"]]["get_bucket_versioning"] = asked["VersioningConfiguration"]

    def put_public_access_block(self, _: str, **asked: Any) -> None:
        block = {"PublicAccessBlockConfiguration": asked["PublicAccessBlockConfiguration"]}
        self.buckets[asked["Bucket"]]["get_public_access_block"] = block

    def deploy(self, bucket: str) -> None:
        self.buckets[bucket]["objects"] = {"v1", "v2"}

    def list_object_versions(self, _: str, **asked: Any) -> None:
        assert self.buckets[asked["Bucket"]]["objects"]

    def delete_object(self, _: str, **asked: Any) -> None:
        self.buckets[asked["Bucket"]]["objects"].remove(asked["VersionId"])

    def delete_bucket(self, _: str, **asked: Any) -> None:
        assert not self.buckets.pop(asked["Bucket"])["objects"]


def replay(account: Organisation, typed: list[Typed]) -> None:
    for one in typed:
        if one.is_make("image"):
            account.push(next(word.partition("=")[2] for word in one.words if word.startswith("REPOSITORY=")))
        if one.name == "aws":
            account.do(Command.parse(one.words, one.environment.get("AWS_REGION", "us-east-1")))
        elif one.is_make("deploy"):
            account.deploy(one.environment["TERRAFORM_STATE_BUCKET"])


def place(walked: list[Typed], target: str) -> int:
    (index,) = [index for index, one in enumerate(walked) if one.is_make(target)]
    return index


def is_there(one: Typed) -> bool:
    """Whether the program knows the command, and the command its options."""
    match one.name, one.words:
        case "make", [*words]:
            set_ = {word.partition("=")[0] for word in words if "=" in word}
            return {word for word in words if "=" not in word} <= TARGETS and set_ <= VARIABLES
        case "aws", words:
            return bool(Command.parse(words, one.environment.get("AWS_REGION", "us-east-1")))
        case "dr", [name, *words]:
            return bool(get_command(app).commands[name].make_context(name, words))  # type: ignore[attr-defined]
        case "python", ["-m", "pytest", tests]:
            return (ROOT / tests).exists()
    return one.name in {"curl", "psql"} or one.words[0] == "-c"


def test_B13_every_command_of_the_page_is_one_that_exists(walked, paste):
    aside = [one for block in blocks(PAGE[ASIDE:]) for one in paste(block)]
    assert aside
    assert [one for one in (*walked, *aside) if not is_there(one)] == []


def test_B13_what_no_command_makes_is_named_on_the_page():
    for words in (*BROUGHT.values(), CHOSEN, WHO, ISSUER, LEFT):
        assert words in PAGE


def test_B13_the_doctor_passes_where_the_page_asks_for_it(walked, monkeypatch):
    monkeypatch.setattr(stacks, "synthesize", dict)
    monkeypatch.setattr(issuer, "fetch", lambda url: told(url.partition("/.well-known/")[0]))
    account, before = Organisation(), walked[: place(walked, "doctor")]
    replay(account, before)
    settings = load_any(walked[place(walked, "doctor")].environment)
    if isinstance(settings, TwoRegionSettings):
        chosen = settings.compliance.model_copy(update={"recorder": True})
        settings = settings.model_copy(update={"compliance": chosen})
    findings = examine(CHECKS, account, settings, ACCOUNT)
    assert [one for one in findings if one.verdict is not Verdict.PASS] == []


def told(issuer_: str) -> dict[str, str]:
    """What a real issuer says of itself."""
    return {"issuer": issuer_, "jwks_uri": f"{issuer_}/keys"}


def test_B13_an_empty_account_does_not_pass(monkeypatch, walked):
    monkeypatch.setattr(stacks, "synthesize", dict)
    monkeypatch.setattr(issuer, "fetch", lambda url: told(url.partition("/.well-known/")[0]))
    settings = load_any(walked[place(walked, "doctor")].environment)
    findings = examine(CHECKS, Organisation(), settings, ACCOUNT)
    failed = {one.code for one in findings if one.verdict is Verdict.FAIL}
    assert failed >= IN_AN_EMPTY_ACCOUNT[settings.system]


def test_B13_the_page_deploys_looks_destroys_and_leaves_nothing_but_what_it_names(walked):
    order = [place(walked, target) for target in ("setup", "doctor", "deploy", "destroy")]
    assert order == sorted(order)
    settings = load_any(walked[order[1]].environment)
    looked = {one.name for one in walked[order[2] : order[3]]}
    assert looked & {"python", "dr", "curl"}
    account = Organisation()
    replay(account, walked[: order[1]])
    assert {name for region in account.secrets.values() for name in region} == set(settings.secrets)
    assert account.documents == {
        f"arn:aws:iam::{ACCOUNT}:policy/deployer-{settings.system}-{name}"
        for name in ("doctor", *deployers(settings, ACCOUNT))
    }
    replay(account, walked[order[1] :])
    assert not any(account.secrets.values())
    assert (account.buckets, account.repositories, account.documents) == ({}, {}, set())
    assert account.roles - {"deployer"} == set(linked(settings).values())


def test_B13_whoever_may_sign_in_of_the_page_can(walked):
    made = [one for one in walked if one.name == "aws" and "create-secret" in one.words]
    for one in made:
        if one.words[one.words.index("--name") + 1].endswith("/web"):
            secret = json.loads(one.words[one.words.index("--secret-string") + 1])
            assert Users(tuple(secret["session_keys"]), secret["users"]).hashes.keys() == {"ada"}
