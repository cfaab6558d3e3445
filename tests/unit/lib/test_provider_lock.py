import pytest

from gates.requests.variants import PROTECTED, settings_of
from lib import provider_lock
from lib.errors import SettingsError
from lib.systems.load import load_settings

VERSION = "6.25.0"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "locks").mkdir()
    return tmp_path


def stacks(folder):
    for name in ("foundation", "world"):
        (folder / "stacks" / name).mkdir(parents=True)
    return folder / "stacks"


def test_the_settings_name_one_version():
    assert load_settings({}).provider.aws == VERSION
    assert load_settings({}).provider.exact


def test_every_stack_gets_the_kept_checksums(folder):
    provider_lock.kept(VERSION, folder).write_text("hashes")
    made = stacks(folder)
    provider_lock.give_to(made, load_settings({}), folder)
    assert [(one / ".terraform.lock.hcl").read_text() for one in made.iterdir()] == ["hashes", "hashes"]


@pytest.mark.parametrize("version", ["5.100.0", "~> 6.25"])
def test_the_checksums_of_another_version_are_not_given(folder, version):
    provider_lock.kept(VERSION, folder).write_text("hashes")
    made = stacks(folder)
    provider_lock.give_to(made, load_settings({"AWS_PROVIDER_VERSION": version}), folder)
    assert [list(one.iterdir()) for one in made.iterdir()] == [[], []]


def test_a_protected_environment_wants_its_checksums_kept(folder):
    protected = settings_of("payments", (PROTECTED,))
    missing = (
        r"^profile = protected: there is no \S+/locks/aws-6\.25\.0\.lock\.hcl, .* run make provider-lock"
    )
    with pytest.raises(SettingsError, match=missing):
        provider_lock.require(protected, folder)
    provider_lock.require(load_settings({}), folder)
    provider_lock.kept(VERSION, folder).write_text("hashes")
    provider_lock.require(protected, folder)


@pytest.mark.parametrize("version", ["~> 6.25", "~> 6.25.0", "6.25"])
def test_a_protected_environment_takes_no_range(version):
    with pytest.raises(SettingsError, match="a protected environment names one version"):
        load_settings({"AWS_PROVIDER_VERSION": version, "LIFECYCLE_PROFILE": "protected"})
