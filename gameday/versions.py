"""What a drill was held with."""

import platform
from importlib.metadata import version


def harness_versions() -> dict[str, str]:
    """Versions of what put the load on and looked on."""
    packages = ("boto3", "pg8000", "pymysql", "aiohttp", "cdktf")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
