"""Where local clouds keep what they make: ignored folders below the repository, one a system."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
STATE = REPOSITORY / ".local"
"""What all of them share: programs, plugins, environments."""
CLOUDS = STATE / "clouds"
SYSTEM = os.environ.get("SYSTEM", "payments")
"""This process is about the cloud of one system."""
CLOUD = CLOUDS / SYSTEM
CLOUD_FILE = CLOUD / "cloud.json"
LOGS = CLOUD / "logs"
WORK = CLOUD / "deploy"
OUTPUTS = CLOUD / "flat-outputs.json"
"""What was deployed there."""
LAST_OUTPUTS = REPOSITORY / "cfn-outputs" / "flat-outputs.json"
"""What was deployed last, there or anywhere: the file that a deploy to AWS writes, too."""
EMULATOR_PYTHON = STATE / "emulator-venv" / "bin" / "python"
NAMES = REPOSITORY / "localcloud" / "fleet" / "instances" / "guest" / "lib"
"""What lets a Python program find the names of a local cloud: on PYTHONPATH, with INSTANCE_DNS."""
