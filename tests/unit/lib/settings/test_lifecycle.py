import pytest

from lib.errors import SettingsError
from lib.settings.lifecycle import Lifecycle, Profile
from lib.systems.load import load_settings
from tests.unit.synthesized import synthesize

PROTECTION = {
    "aws_rds_cluster": {
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "delete_automated_backups": False,
    },
    "aws_rds_global_cluster": {"deletion_protection": True, "force_destroy": False},
    "aws_dynamodb_table": {"deletion_protection_enabled": True},
    "aws_route53_zone": {"force_destroy": False},
    "aws_kms_key": {"deletion_window_in_days": 30},
}


@pytest.fixture(scope="module")
def protected(functions, tmp_path_factory):
    settings = load_settings({"ENVIRONMENT_SUFFIX": "test", "LIFECYCLE_PROFILE": "protected"})
    return synthesize(settings, functions, tmp_path_factory.mktemp("protected"))


def test_P20_an_environment_is_ephemeral_unless_somebody_asks_for_protection(settings):
    assert settings.profile is Profile.EPHEMERAL
    assert settings.lifecycle == Lifecycle(protected=False)
    assert settings.lifecycle.final_snapshot("ledger") is None


def test_P20_a_protected_environment_refuses_to_be_deleted(protected):
    found = set()
    for stack in protected.values():
        for resource in stack.resources():
            for key, wanted in PROTECTION.get(resource.type, {}).items():
                assert resource.body[key] == wanted, resource
                found.add(resource.type)
    assert found == PROTECTION.keys()


def test_P20_a_protected_database_leaves_a_snapshot_of_its_own_name(protected):
    left = {protected[code].only("aws_rds_cluster")["final_snapshot_identifier"] for code in ("use1", "usw2")}
    assert left == {"payments-ledger-use1-test-final", "payments-ledger-usw2-test-final"}


def test_P20_protection_changes_nothing_else(protected, stacks):
    assert {name: stack.shape for name, stack in protected.items()} == {
        name: stack.shape for name, stack in stacks.items()
    }


def test_P20_an_unknown_profile_is_refused():
    with pytest.raises(SettingsError, match=r"LIFECYCLE_PROFILE or profile = 'precious'"):
        load_settings({"LIFECYCLE_PROFILE": "precious"})
