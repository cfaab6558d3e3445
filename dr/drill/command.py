"""`dr drill`."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from dr.aws import Cloud
from dr.calls import client
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.drill import pack
from dr.drill.trial import Trial
from dr.envelope import write
from dr.errors import DrError
from dr.exits import Exit
from dr.operations import Refused
from dr.options import AsJson, DryRun, OutputsFile, Yes
from dr.question import permit

DEFAULT_EVIDENCE = Path("runs/dr")
KNOWN_CONSEQUENCE = "--requests-wait-twice"
say = partial(Console(highlight=False, stderr=True).print, soft_wrap=True)


def drill(
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    evidence: Annotated[Path, typer.Option(help="The folder of all drills.")] = DEFAULT_EVIDENCE,
    requests_wait_twice: Annotated[
        bool, typer.Option(KNOWN_CONSEQUENCE, help="Also in a protected environment.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Check, switch over, verify, fail back, verify; leave sealed evidence. Requests wait twice.

    Exit code 0 only when every phase ended as it should.
    """
    cloud = Cloud(Deployment.load(outputs).soaked(0))
    if cloud.deployment.protected and not requests_wait_twice:
        raise Refused(
            f"{cloud.deployment.api_name} is protected: requests there are refused twice for about a minute; "
            f"if that is meant, add {KNOWN_CONSEQUENCE}"
        )
    endpoint = str(client("dynamodb", cloud.deployment.home).meta.endpoint_url)
    question = (
        f"Move {cloud.deployment.api_name} ({pack.label(endpoint)}) away and back again? "
        "Each time they are refused with Retry-After for a while; none is lost."
    )
    if dry_run:
        say(f"would ask: {question}")
        if as_json:
            write("drill", Exit.DONE, {"dry_run": True, "question": question})
        return
    permit(question, yes=yes)
    pack.make_room(evidence)
    _run(Trial(cloud=cloud), evidence, endpoint, as_json=as_json)


def _run(trial: Trial, evidence: Path, endpoint: str, *, as_json: bool) -> None:
    """Evidence is written however the drill ends: a folder with green runs only proves less."""
    try:
        trial.run()
    except DrError as error:
        error.content |= _kept(trial, evidence, endpoint, result="failed")
        raise
    except BaseException:
        _kept(trial, evidence, endpoint, result="failed")
        raise
    told = _kept(trial, evidence, endpoint, result="passed")
    if as_json:
        write("drill", Exit.DONE, told)


def _kept(trial: Trial, evidence: Path, endpoint: str, *, result: str) -> dict[str, Any]:
    """Write the evidence, say where it is, and return what a machine is told of it."""
    run, head = pack.write(evidence, trial, endpoint=endpoint, result=result)
    for phase in trial.phases:
        say(f"{phase.seconds:7.1f} s  {phase.name:12} {phase.ended}")
    say(f"evidence in {run}, head {head}")
    return {**pack.summary(trial, endpoint=endpoint, result=result), "evidence": str(run), "head": head}
