"""Where the local cloud keeps what it makes: one ignored folder below the repository."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
STATE = REPOSITORY / ".local"
CLOUD_FILE = STATE / "cloud.json"
LOGS = STATE / "logs"
WORK = STATE / "deploy"
EMULATOR_PYTHON = STATE / "emulator-venv" / "bin" / "python"
OUTPUTS = REPOSITORY / "cfn-outputs" / "flat-outputs.json"
