import json
import os
import subprocess
import sys
from pathlib import Path

MAIN = Path(__file__).resolve().parents[2] / "main.py"


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MAIN)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "CDKTF_OUTDIR": str(folder / "out"), **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_it_synthesizes_every_stack_into_the_folder_that_cdktf_names(tmp_path):
    done = run(tmp_path, CDKTF_CONTEXT_JSON=json.dumps({"environmentSuffix": "pr-7"}))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out" / "stacks").iterdir()} == {
        "payments-foundation-pr-7",
        "payments-use1-pr-7",
        "payments-usw2-pr-7",
        "payments-world-pr-7",
    }
    assert [path.suffix for path in (tmp_path / "out" / "assets").iterdir()] == [".zip"]


def test_a_mistake_is_explained_without_a_traceback(tmp_path):
    done = run(
        tmp_path, ENVIRONMENT_SUFFIX="Not_A_Suffix", JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="20"
    )
    assert done.returncode == 2
    assert done.stderr.startswith("payments.toml: ENVIRONMENT_SUFFIX = 'Not_A_Suffix': ")
    assert "Traceback" not in done.stderr
