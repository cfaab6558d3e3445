"""`dr status`: both regions and the lease, once or until Ctrl-C."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.options import AsJson, OutputsFile
from dr.screen import topology_table
from dr.topology import Answer, Topology
from runtime.clock import now_ms

Watch = Annotated[bool, typer.Option("--watch", help="Again and again, until Ctrl-C.")]
Every = Annotated[float, typer.Option("--every", min=0.5, help="Seconds between two looks.")]


def status(
    *,
    outputs: OutputsFile = DEFAULT_OUTPUTS,
    as_json: AsJson = False,
    watch: Watch = False,
    every: Every = 2.0,
) -> None:
    """Show both regions and the lease. Exit code 0 only when a region is ready.

    Works with one region gone: the lease is read through whichever region answers. With --watch and --json
    each look is one line.
    """
    cloud = Cloud(Deployment.load(outputs))
    if watch:
        _lines(cloud, every) if as_json else _live(cloud, every)
    topology = cloud.topology()
    if as_json:
        sys.stdout.write(json.dumps(topology.as_json(now_ms=now_ms()), indent=2) + "\n")
    else:
        Console().print(topology_table(topology, now_ms()))
    raise typer.Exit(0 if any(view.ready is Answer.YES for view in topology.regions) else 1)


def _live(cloud: Cloud, every_s: float) -> None:
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            live.update(topology_table(cloud.topology(), now_ms()), refresh=True)
            time.sleep(every_s)


def _lines(cloud: Cloud, every_s: float) -> None:
    while True:
        sys.stdout.write(json.dumps(_line(cloud.topology())) + "\n")
        sys.stdout.flush()
        time.sleep(every_s)


def _line(topology: Topology) -> dict[str, Any]:
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **topology.as_json(now_ms=now_ms())}
