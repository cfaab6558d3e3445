"""Where the local cloud keeps what it makes: one ignored folder below the repository."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
STATE = REPOSITORY / ".local"
CLOUD_FILE = STATE / "cloud.json"
LOGS = STATE / "logs"
WORK = STATE / "deploy"
EMULATOR_PYTHON = STATE / "emulator-venv" / "bin" / "python"
OUTPUTS = REPOSITORY / "cfn-outputs" / "flat-outputs.json"
NAMES = REPOSITORY / "localcloud" / "fleet" / "instances" / "guest" / "lib"
"""What lets a Python program find the names of a local cloud: on PYTHONPATH, with INSTANCE_DNS."""
