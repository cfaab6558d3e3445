"""The environment ministack reads on import, and that the processes of functions inherit."""

import os
import resource

from localcloud.emulator.config import EmulatorConfig

KEPT = ("PATH", "TMPDIR", "LANG", "LC_ALL")

OPEN_FILES = 8192
"""Enough for a burst of clients and three pipes to each process; many systems start at 256 or 1024."""


def prepare(config: EmulatorConfig) -> None:
    """Replace this process's environment: a few harmless variables and what ministack needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept | settings(config))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, OPEN_FILES), most))


def settings(config: EmulatorConfig) -> dict[str, str]:
    """Ministack's settings for one run."""
    return {
        "AUTH": "true",  # enforces the policies of the roles of functions
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(config.operator_port),
        "MINISTACK_ACCOUNT_ID": config.account_id,
        "MINISTACK_REGION": config.primary_control_region,
        "AWS_ACCESS_KEY_ID": config.access_key_id,
        "AWS_SECRET_ACCESS_KEY": config.secret_access_key,
        "AWS_CONFIG_FILE": os.devnull,  # functions must not find this user's profiles
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "IOT_MTLS_ENABLED": "0",  # opens a port of its own
        "SFTP_ENABLED": "0",  # the same
        "DOCKER_HOST": "unix:///nowhere",  # never starts or reaps containers of this machine
        "LAMBDA_ACCOUNT_CONCURRENCY": "0",  # bounded by function instead, see patches/workers.py
        "LOG_LEVEL": "WARNING",  # a line a request is a fifth of the time of a request
    }
