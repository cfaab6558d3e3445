import json

import pytest
import trustme
from typer.testing import CliRunner

from dr import commands as entry
from dr.doctor import command, issuer, stacks
from dr.doctor.checks import examine
from dr.rules import Verdict
from lib.systems.load import load_any, load_settings

from .account_world import ACCOUNT, FakeAws

ISSUER = {"issuer": "https://login.payments.test", "jwks_uri": "https://login.payments.test/keys"}
"""What an issuer says of itself."""


@pytest.fixture(scope="session")
def bundle():
    """A real certificate, as the authorities of RDS are."""
    return trustme.CA().cert_pem.bytes().decode()


@pytest.fixture
def aws(bundle):
    return FakeAws(bundle)


@pytest.fixture
def made_stacks(monkeypatch, tmp_path):
    """The stacks that `D72` looks at; none of them has a state."""
    monkeypatch.chdir(tmp_path)
    made = {}
    monkeypatch.setattr(issuer, "fetch", lambda url: ISSUER)
    monkeypatch.setattr(stacks, "synthesize", lambda: made)
    return made


@pytest.fixture
def settings():
    return load_settings({"ENVIRONMENT_SUFFIX": "test"})


@pytest.fixture
def of_system():
    """The settings of any system: ``of_system("webapp")``."""
    return lambda name, **more: load_any({"SYSTEM": name, "ENVIRONMENT_SUFFIX": "test", **more})


@pytest.fixture
def changed(settings):
    """The settings with another value: ``changed(dns={"delegated": True})``."""

    def changed(**sections):
        updates = {}
        for name, update in sections.items():
            section = getattr(settings, name)
            updates[name] = section.model_copy(update=update) if isinstance(update, dict) else update
        return settings.model_copy(update=updates)

    return changed


@pytest.fixture
def found(aws, settings, made_stacks):
    """The findings of one check by place: ``found("D20")``; with other settings: ``found("D20", other)``."""

    def found(code, others=None):
        (check,) = [one for one in command.CHECKS if one.code == code]
        return {one.place: one for one in examine([check], aws, others or settings, ACCOUNT)}

    return found


@pytest.fixture
def passes(found):
    def passes(code, others=None):
        return all(one.verdict is Verdict.PASS for one in found(code, others).values())

    return passes


@pytest.fixture
def problem(found):
    """What the check says; the same in every place where it fails."""

    def problem(code, others=None):
        (told,) = {
            "; ".join(one.problems) for one in found(code, others).values() if one.verdict is Verdict.FAIL
        }
        return told

    return problem


@pytest.fixture
def doctor(aws, made_stacks, monkeypatch):
    monkeypatch.setattr(command, "Account", lambda: aws)
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "test")

    def doctor(*arguments):
        return CliRunner().invoke(entry.app, ["doctor", *arguments])

    return doctor


@pytest.fixture
def told(doctor):
    """The findings as a machine reads them, by code and place."""

    def told(*arguments):
        answer = json.loads(doctor("--json", *arguments).stdout)
        return {(one["code"], one["place"]): one for one in answer["checks"]}

    return told
