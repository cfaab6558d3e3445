"""Plan every stack against the account that the environment's credentials open: `python -m gates.cloud_plan`.

Prints what each plan would do and runs the guard over it; exits with 1 when it refuses what no `--allow`
names, and with `--must-be-empty` (the nightly look for drift) also when there is anything to do.
"""

import argparse
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dr.guard.plan import Change, read_plan
from dr.guard.rules import refusals, unused, without
from gates.synthesis import WORK, synthesize

IDLE = (frozenset({"no-op"}), frozenset({"read"}))


def judged(
    name: str, changes: list[Change], *, must_be_empty: bool, allowed: Sequence[str] = ()
) -> tuple[list[str], bool]:
    """Lines about the plan of one stack, and whether it may be applied."""
    actions = Counter("/".join(sorted(one.actions)) for one in changes if one.actions not in IDLE)
    found = without(refusals(changes), allowed)
    work = ", ".join(f"{count} {what}" for what, count in sorted(actions.items()))
    lines = [f"{name}: {work or 'nothing to do'}"]
    lines += [f"    refused {one}" for one in found]
    return lines, not found and not (must_be_empty and actions)


def _plan(folder: Path, target: Path) -> bool:
    """Write the plan of *folder* to *target*; False when Terraform could not make one, and has said why."""
    terraform = shutil.which("terraform") or "terraform"
    for arguments in (["init", "-input=false"], ["plan", "-input=false", "-lock=false", "-out=the.plan"]):
        if subprocess.run([terraform, *arguments], cwd=folder, check=False, timeout=1800).returncode:
            return False
    with target.open("wb") as output:
        shown = [terraform, "show", "-json", "the.plan"]
        subprocess.run(shown, cwd=folder, stdout=output, check=True, timeout=300)
    return True


def main(arguments: Sequence[str]) -> int:
    """Plan and judge every stack; the exit code."""
    parser = argparse.ArgumentParser(prog="make plan PLAN_FLAGS=...")
    parser.add_argument("--must-be-empty", action="store_true")
    parser.add_argument("--allow", action="append", default=[], metavar="RULE:ADDRESS")
    asked = parser.parse_args(arguments)
    fine, seen = True, []
    for name in synthesize():
        target = WORK / f"{name}.plan.json"
        if _plan(WORK / "cdktf.out" / "stacks" / name, target):
            seen += (changes := read_plan(target))
            lines, passes = judged(name, changes, must_be_empty=asked.must_be_empty, allowed=asked.allow)
        else:  # in a new environment a stack that reads another's outputs can be planned only after it
            lines, passes = [f"{name}: no plan yet"], not asked.must_be_empty
        sys.stdout.write("\n".join(lines) + "\n")
        fine = fine and passes
    for idle in unused(refusals(seen), asked.allow):
        sys.stdout.write(f"no plan needs --allow {idle}\n")
        fine = False
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
