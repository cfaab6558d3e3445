"""What the settings of the trading platform refuse, in one line with the fix."""

import re

import pytest
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("overlay", "says"),
    [
        ({"database": {"engine": "aurora-postgresql", "engine_version": "16.11"}}, "set it to aurora-mysql"),
        ({"database": {"engine_version": "16.11"}}, "aurora-mysql cannot be created in this version"),
        ({"database": {"engine_version": "8.0.mysql_aurora.3.05.0"}}, "deprecated or never offered"),
        (
            {"standby": {"cidr": "10.50.0.0/22"}},
            "standby.cidr = 10.50.0.0/22: three tiers",
        ),
        ({"primary": {"cidr": "10.40.0.0/21"}}, "primary.cidr = 10.40.0.0/21: three tiers"),
        ({"database": {"instances": 0}}, "instances"),
        ({"trail": {"archive_days": 0}}, "archive_days"),
        ({"instances": {"minimum": 3, "desired": 2}}, "instances.desired = 2"),
        ({"network": {"zones": 4}}, "us-east-2 offers 3"),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused_by_its_key(changed, overlay, says):
    with pytest.raises(ValidationError, match=re.escape(says)):
        changed(**overlay)


def test_orders_are_called_orders_and_the_name_is_its_own(changed):
    settings = changed()
    assert (settings.public_name, settings.REQUESTS) == ("trade.test.trading.test", "orders")
    assert [region.name for region in settings.regions] == ["us-east-1", "us-east-2"]
