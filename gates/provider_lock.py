"""Keep the checksums of the AWS provider that the settings name: `python -m gates.provider_lock`.

It asks the registry and writes `config/locks/aws-VERSION.lock.hcl` for every platform that deploys
(docs/deployment.md: upgrading).
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lib.facts import CONFIG
from lib.provider_lock import NAME, kept
from lib.systems.load import load_any

PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")
TIMEOUT_S = 900


def keep(version: str, folder: Path = CONFIG) -> Path:
    """Ask the registry for the checksums of *version*; where they are kept now.

    Raises subprocess.CalledProcessError when Terraform could not, TimeoutExpired, and FileNotFoundError.
    """
    wanted = {"aws": {"source": "hashicorp/aws", "version": version}}
    with TemporaryDirectory() as work:
        Path(work, "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": wanted}}))
        platforms = [f"-platform={one}" for one in PLATFORMS]
        subprocess.run(
            [_terraform(), "providers", "lock", *platforms], cwd=work, check=True, timeout=TIMEOUT_S
        )
        path = kept(version, folder)
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(work, NAME), path)
    return path


def _terraform() -> str:
    if (found := shutil.which("terraform")) is None:
        raise FileNotFoundError("there is no terraform on PATH; run: make setup")
    return found


def main() -> int:
    """Keep the checksums of the version in the settings; the exit code."""
    provider = load_any().provider
    if not provider.exact:
        sys.stderr.write(f"provider.aws = {provider.aws}: is a range; name one version, then lock it\n")
        return 2
    try:
        sys.stdout.write(f"kept in {keep(provider.aws)}; commit it\n")
    except (subprocess.SubprocessError, OSError) as error:
        sys.stderr.write(f"the checksums could not be had: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
