"""The commands of README's performance table work: `make bench` in a short form."""

import re
import subprocess
import sys
from pathlib import Path

from bench.handler import ROWS, VOTE_MS

ROOT = Path(__file__).resolve().parents[2]


def printed(module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_price_of_a_payment_is_printed_row_by_row() -> None:
    table = printed("bench.handler")
    for row in ROWS.values():
        assert re.search(rf"^{re.escape(row)} +1( +\d+(\.\d+)?){{4}}$", table, re.MULTILINE), table
    for vote_ms in VOTE_MS:
        late = re.search(
            rf"^the same, {vote_ms} ms longer a strong write +1 +\d+ +(\S+)", table, re.MULTILINE
        )
        assert late is not None, table
        assert float(late[1]) >= vote_ms, "an acknowledged payment waits for one at least"
    assert re.search(r"^cold start: \d+ ms of imports, \d+ ms for the first payment$", table, re.MULTILINE)


def test_readme_has_the_rows_that_are_printed() -> None:
    readme = (ROOT / "README.md").read_text()
    table = readme.partition("\n## Performance\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert rows[0] == "what (2 clients)"
    assert set(rows[1:]) <= set(ROWS.values())


def test_both_ways_of_synthesis_are_timed() -> None:
    assert re.findall(
        r"^(\w+) +import of the provider: +\d+\.\d\d s$", printed("bench.synth"), re.MULTILINE
    ) == [
        "lazy",
        "eager",
    ]


def test_both_fences_are_measured_and_ours_uses_up_no_multixact() -> None:
    found = re.findall(
        r"^(\w+) +\d+ payments/s, +(\S+) multixacts and +(\S+) members a payment; "
        r"raising the fence +\S+ ms \(median\), +\S+ ms \(worst of \d+\)$",
        printed("bench.fence"),
        re.MULTILINE,
    )
    assert [name for name, *_ in found] == ["before", "now"]
    assert found[1][1:] == ("0.00", "0.00")


def test_an_order_is_measured_beside_a_bare_insert() -> None:
    table = printed("bench.orders")
    for row in ("a bare insert", "an order, journalled in two regions"):
        assert re.search(rf"^{row} +( +\d+(\.\d+)?){{4}}$", table, re.MULTILINE), table
