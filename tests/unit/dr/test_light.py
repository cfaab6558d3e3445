"""An operator in a disaster does not wait for Node, and needs none."""

import subprocess
import sys

from budget.recovery_point import STRONG_SINCE
from lib.provider import SINCE_6


def test_dr_loads_neither_cdktf_nor_node():
    code = "import sys, dr.commands; sys.exit(not {'cdktf', 'jsii', 'constructs'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=600).returncode == 0


def test_strong_tables_came_with_the_version_that_knows_the_argument():
    assert "aws_dynamodb_table.replica.consistency_mode" in SINCE_6
    assert STRONG_SINCE == 6
