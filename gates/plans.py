"""Real plans of a deployed local cloud, judged by checkov and by our own guard."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dr.guard.plan import read_plan
from dr.guard.rules import refusals
from gates.checkov import judge_plans
from gates.findings import Finding
from gates.synthesis import WORK, Document
from localcloud.core.paths import WORK as DEPLOYED
from localcloud.core.stacks import Stack, synthesize, terraform
from localcloud.core.state import CloudState


def judge(work: Path = WORK) -> list[Finding]:
    """What checkov and the guard say about a fresh plan of every stack. Raises NotRunning without a cloud."""
    plans = _plans(CloudState.load())
    return [*judge_plans(plans), *guarded(plans, work / "plans")]


def _plans(cloud: CloudState) -> dict[str, Document]:
    environment = cloud.aws_environment(next(iter(cloud.regions)))

    def plan(stack: Stack) -> Document:
        tool = terraform(stack, environment)
        tool.init()
        return tool.plan()

    stacks = synthesize(DEPLOYED)
    with ThreadPoolExecutor(max_workers=len(stacks)) as pool:
        return dict(zip([stack.name for stack in stacks], pool.map(plan, stacks), strict=True))


def guarded(plans: dict[str, Document], folder: Path) -> list[Finding]:
    """What `dr guard` refuses; the plans stay in *folder* for whoever wants to look."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, plan in plans.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(plan))
        found += [Finding(one.rule, f"{name}:{one.address}", one.text) for one in refusals(read_plan(path))]
    return found
