"""The command line of CDKTF, one stack at a time."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CDKTF = Path("node_modules/.bin/cdktf")
TRIES = 3
PAUSE_S = 60.0
"""AWS goes on deleting in the background: recovery points of a vault
(https://github.com/hashicorp/terraform-provider-aws/issues/37774) and interfaces of functions in a VPC
(https://github.com/hashicorp/terraform-provider-aws/issues/10329)."""
UNREFRESHED = {"TF_CLI_ARGS_plan": "-refresh=false", "TF_CLI_ARGS_apply": "-refresh=false"}
"""A refresh asks IAM, which is homed in us-east-1, about every role: the state is believed instead."""

Run = Callable[[list[str], Mapping[str, str]], int]
Say = Callable[[str], None]


class DeliveryFailed(Exception):
    """A stack could not be deployed or destroyed; the message names it and what to type then."""


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run *command* with what it prints on this terminal; its exit code.

    Ctrl-C reaches Terraform by itself, which ends what it began and unlocks the state: it is waited for.
    Raises KeyboardInterrupt then.
    """
    interrupted = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        code = subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupted.is_set():
        raise KeyboardInterrupt
    return code


def say(line: str) -> None:
    """Print a line of progress with the time of day."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """How stacks are deployed and destroyed. *flags* are added to every call."""

    flags: str = ""
    run: Run = run
    say: Say = say
    sleep: Callable[[float], None] = time.sleep

    def deploy(self, stack: str) -> None:
        """Apply one stack alone, from its state, asking nobody about what it does not change.

        Raises DeliveryFailed.
        """
        self.say(f"deploying {stack} alone")
        if code := self._call("deploy", stack, UNREFRESHED):
            raise DeliveryFailed(f"{stack}: cdktf ended with {code}; mend what it names and run this again")

    def destroy(self, stacks: list[str]) -> None:
        """Destroy *stacks* in their order; each is tried again when it fails. Raises DeliveryFailed."""
        for number, stack in enumerate(stacks, start=1):
            self.say(f"destroying {stack}, {number} of {len(stacks)}")
            self._insist(stack)

    def _insist(self, stack: str) -> None:
        for attempt in range(1, TRIES + 1):
            code = self._call("destroy", stack, {})
            if not code:
                return
            if attempt < TRIES:
                self.say(
                    f"{stack}: attempt {attempt} of {TRIES} failed; again in {PAUSE_S:.0f} s, "
                    "because AWS may still be deleting what was in the way"
                )
                self.sleep(PAUSE_S)
        raise DeliveryFailed(
            f"{stack}: not destroyed after {TRIES} attempts; what is gone stays gone, "
            "and make destroy goes on from what is left"
        )

    def _call(self, what: str, stack: str, environment: Mapping[str, str]) -> int:
        alone = ["--auto-approve", "--ignore-missing-stack-dependencies", *shlex.split(self.flags)]
        return self.run([str(CDKTF), what, stack, *alone], environment)
