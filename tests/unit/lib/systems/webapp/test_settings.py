"""What the settings of the web application refuse."""

import pytest
from pydantic import ValidationError

from lib.regions import Role


def test_the_second_region_is_a_place_and_nothing_runs_there(changed):
    settings = changed()
    assert [region.name for region in settings.regions] == ["us-east-1"] == [settings.here.name]
    assert (settings.there.name, settings.there.role) == ("us-west-2", Role.STANDBY)
    assert settings.writer_name == "db.internal.test.webapp.test"


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        ({"second_region": "us-east-1"}, "is the first one too"),
        ({"region": {"cidr": "10.30.0.0/21"}}, "need a /20 or a larger block"),
        ({"region": {"name": "us-east-2"}}, "in us-east-1 only"),
        ({"instances": {"desired": 2}}, "is not between minimum = 3 and maximum = 9"),
        ({"instances": {"desired": 10}}, "is not between minimum = 3 and maximum = 9"),
        ({"instances": {"minimum": 1}}, "greater than or equal to 2"),
        ({"database": {"engine_version": "16.6"}}, "postgres cannot be created in this version"),
        ({"database": {"instance_class": "db.t2.micro"}}, "not known to be offered"),
        ({"database": {"backup_retention_days": 0}}, "greater than or equal to 1"),
        ({"dns": {"domain": "my_board.example.com"}}, r"www.test.my_board.example.com cannot be created"),
        ({"dns": {"domain": "board.example.com."}}, r"www.test.board.example.com. cannot be created"),
        ({"dns": {"domain": f"{'b' * 44}.example.com"}}, "AWS takes 3 to 63"),
        ({"instances": {"image": "/aws/s\u00e9rvice"}}, "should match pattern"),
        ({"instances": {"image": "/" + 2048 * "a"}}, "at most 2048 characters"),
        ({"access": {"permissions_boundary": "r\u00f4le"}}, "should match pattern"),
        ({"access": {"permissions_boundary": 129 * "b"}}, "should match pattern"),
        ({"access": {"permissions_boundary": f"{'p' * 512}/{'b' * 128}"}}, "at most 639 characters"),
    ],
)
def test_what_would_not_hold_is_refused(changed, overlay, said):
    with pytest.raises(ValidationError, match=said):
        changed(**overlay)
