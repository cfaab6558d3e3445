"""`dr status`: both regions and the lease, once or until Ctrl-C."""

import sys
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.live import Live

from dr.aws import Cloud
from dr.deployment import DEFAULT_OUTPUTS, Deployment
from dr.envelope import write
from dr.exits import Exit
from dr.options import AsJson, OutputsFile
from dr.screen import topology_line, topology_table
from dr.topology import Answer, Topology
from dr.waiting import deadline
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
    """Show both regions and the lease. Exit code 0 only when its holder alone is ready, 3 when nobody says.

    Works with one region gone: the lease is read through whichever region answers. With --watch each look is
    one line when it goes into a file, and one line of JSON with --json.
    """
    cloud = Cloud(Deployment.load(outputs))
    if watch:
        _watch(cloud, every, as_json=as_json)
    topology = cloud.topology()
    if as_json:
        write("status", verdict(topology), topology.as_json(now_ms=now_ms()))
    else:
        Console().print(topology_table(topology, now_ms()))
    raise typer.Exit(verdict(topology))


def verdict(topology: Topology) -> Exit:
    """Whether the holder of the lease is ready and nobody else, as far as any answered."""
    ready = {view.region for view in topology.regions if view.ready is Answer.YES}
    if not any(view.reachable for view in topology.regions) or (ready and topology.lease_read_in is None):
        return Exit.UNKNOWN
    served = topology.lease is not None and ready == {topology.lease.holder}
    return Exit.DONE if served else Exit.UNHEALTHY


def _watch(cloud: Cloud, every_s: float, *, as_json: bool) -> NoReturn:
    screen = Console()
    if as_json or not screen.is_terminal:
        _lines(cloud, every_s, as_json=as_json)
    with Live(console=screen, auto_refresh=False) as live:
        while True:
            live.update(topology_table(cloud.topology(), now_ms()), refresh=True)
            deadline.clock.sleep(every_s)


def _lines(cloud: Cloud, every_s: float, *, as_json: bool) -> NoReturn:
    """Every look is written at once: whoever reads the file sees it while it happens."""
    while True:
        topology = cloud.topology()
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        if as_json:
            write("status", verdict(topology), {"at": at, **topology.as_json(now_ms=now_ms())}, indent=None)
        else:
            sys.stdout.write(f"{at} {topology_line(topology, now_ms())}\n")
            sys.stdout.flush()
        deadline.clock.sleep(every_s)
