from itertools import product

import pytest

from localcloud.route53.records import Alias, Record, Role, Zone
from localcloud.route53.rules import choose, record_healthy


@pytest.mark.parametrize(
    ("primary", "secondary", "expected"),
    [
        (True, True, Role.PRIMARY),
        (True, False, Role.PRIMARY),
        (False, True, Role.SECONDARY),
        (False, False, Role.PRIMARY),  # both unhealthy: the primary answers
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_failover_matrix(*, primary: bool, secondary: bool, expected: Role, order: int):
    healthy = {Role.PRIMARY: primary, Role.SECONDARY: secondary}
    pair = (half(Role.PRIMARY), half(Role.SECONDARY))[::order]
    assert choose(pair, lambda record: healthy[record.role or Role.PRIMARY]).role is expected


@pytest.mark.parametrize("role", [Role.PRIMARY, Role.SECONDARY, None])
def test_a_record_without_counterpart_answers_even_when_unhealthy(role: Role | None):
    assert choose((half(role),), lambda _: False) == half(role)


def test_a_secondary_without_a_health_check_is_always_healthy():
    zone = Zone(name="x", records=())
    primary, secondary = half(Role.PRIMARY, health_check="p"), half(Role.SECONDARY)
    chosen = choose((primary, secondary), lambda r: record_healthy(r, zone, {"p": False}))
    assert chosen == secondary


@pytest.mark.parametrize(
    ("evaluate", "first", "second", "expected"),
    [(e, a, b, not e or a or b) for e, a, b in product((True, False), repeat=3)],
)
def test_an_alias_is_healthy_while_one_of_its_targets_is(
    *, evaluate: bool, first: bool, second: bool, expected: bool
):
    pair = (half(Role.PRIMARY, health_check="p"), half(Role.SECONDARY, health_check="s"))
    alias = Record(name="y.x", type="CNAME", alias=Alias(target="api.x", evaluate_target_health=evaluate))
    zone = Zone(name="x", records=(*pair, alias))
    assert record_healthy(alias, zone, {"p": first, "s": second}) is expected


def half(role: Role | None, health_check: str | None = None) -> Record:
    return Record(name="api.x", type="CNAME", role=role, health_check=health_check, values=("t",))
