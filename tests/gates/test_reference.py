"""The unit tests of rights use an excerpt of AWS's reference: it must say what the whole one says."""

import pytest

from gates.authorization.reference import actions
from tests.unit.gates.excerpt import EXCERPT


@pytest.mark.parametrize(
    ("service", "name"), [(service, name) for service, told in EXCERPT.items() for name in told["privileges"]]
)
def test_the_excerpt_says_what_aws_says(service, name):
    (known,) = actions(f"{service}:{name}")
    rows, resources = EXCERPT[service]["privileges"][name]["resource_types"], EXCERPT[service]["resources"]
    kinds = {(kind, resources[kind]["arn"], told["required"]) for kind, told in rows.items() if kind}
    assert {(kind.name, kind.arn, kind.required) for kind in known.kinds} == kinds
    assert known.needs == {need for told in rows.values() for need in told["dependent_actions"]}
    assert known.keys >= {key for told in rows.values() for key in told["condition_keys"]}
