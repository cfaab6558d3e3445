"""What the settings of the single-region system refuse."""

import pytest
from pydantic import ValidationError

from lib.errors import SettingsError
from lib.facts import CONFIG
from lib.systems.load import load_any


def test_S01_the_version_that_was_asked_for_can_still_be_had_and_later_ones_too(changed):
    assert changed().database.engine_version.startswith("14.")
    assert changed(database={"engine_version": "17.11"}).database.engine_version == "17.11"


def test_S01_backtrack_is_refused_in_one_line_that_says_what_is_built_instead(tmp_path):
    text = (CONFIG / "single-region.toml").read_text()
    (tmp_path / "single-region.toml").write_text(
        text.replace("[database]", "[database]\nbacktrack_hours = 24")
    )
    with pytest.raises(SettingsError) as refused:
        load_any({"SYSTEM": "single-region"}, folder=tmp_path)
    assert str(refused.value) == (
        "single-region.toml: database.backtrack_hours = 24: Aurora offers backtrack not on PostgreSQL; "
        "remove the key and restore a clone to a point in time instead: backup_retention_days >= 1 covers 24 "
        "hours"
    )


def test_nothing_knows_a_second_region(changed):
    assert [region.name for region in changed().regions] == ["us-east-1"]
    assert changed().public_name == "www.test.single-region.test"


def test_S02_a_release_names_one_image_for_both_services():
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:" + "ab" * 32
    containers = load_any({"SYSTEM": "single-region", "CONTAINER_IMAGE": image}).containers
    assert (containers.web.image, containers.sessions.image) == (image, image)
    assert containers.web.version == "ab" * 6
    assert load_any({"SYSTEM": "webapp", "CONTAINER_IMAGE": image}).system == "webapp"
    with pytest.raises(SettingsError, match=r"CONTAINER_IMAGE or containers\.web\.image = 'app:latest'"):
        load_any({"SYSTEM": "single-region", "CONTAINER_IMAGE": "app:latest"})


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        ({"database": {"engine_version": "14.6"}}, "cannot be created in this version"),
        ({"database": {"engine_version": "13.21"}}, "cannot be created in this version"),
        ({"database": {"monitoring_interval_s": 0}}, "Input should be 1, 5, 10, 15, 30 or 60"),
        ({"database": {"backup_retention_days": 0}}, "greater than or equal to 1"),
        ({"containers": {"deployment": "blue-green"}}, "a circuit breaker for rolling deployments only"),
        ({"containers": {"deployment": "canary"}}, "there is no such deployment; use rolling"),
        ({"containers": {"web": {"image": "web:latest"}}}, "should match pattern"),
        ({"containers": {"web": {"memory_mb": 512}}}, "a task of cpu = 512 one of 1024, 2048, 3072, 4096"),
        ({"containers": {"web": {"maximum": 2}}}, "maximum = 2: is below minimum = 3"),
        ({"containers": {"web": {"minimum": 1}}}, "greater than or equal to 2"),
        ({"files": {"infrequent_days": 29}}, "greater than or equal to 30"),
        ({"region": {"cidr": "10.60.0.0/21"}}, "need a /20 or a larger block"),
        ({"region": {"name": "us-east-2"}}, "in us-east-1 only"),
        ({"alarms": {"database_cpu_percent": 101}}, "less than or equal to 100"),
    ],
)
def test_what_would_not_hold_is_refused(changed, overlay, said):
    with pytest.raises(ValidationError, match=said):
        changed(**overlay)
