"""A copy of the repository in which mutmut can work.

mutmut names modules by their path and knows a source folder `src` only, so `lambda` becomes `src`. It forks a
mutant from a process that has run the tests: CDKTF's kernel, which no fork may share, must not run in it, so
the conftest of all tests and whatever else starts it are left out.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("lib", "config", "budget", "evidence", "dr", "localcloud")
"""What the tests import beside the functions."""
OTHERS = ("budget", "evidence", "lib", "policy", "gameday", "localcloud", "gates", "docs", "dr")
"""Tests of other packages: left out."""
LEFT_ALONE = ("payments/openapi.py",)
"""Made while it is imported, before a mutant is switched on; the contract tests are its check."""
WITH_KERNEL = ("test_openapi.py",)
"""Tests that start CDKTF's kernel; what they test is left alone."""
PYPROJECT = """
[tool.pytest.ini_options]
pythonpath = [".", "src"]
addopts = "--import-mode=importlib --strict-markers -q -p no:cacheprovider"
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
filterwarnings = ["error", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:.*typeguard.*"]
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/{package}/*"]
do_not_mutate = {left_alone}
also_copy = {copied}
pytest_add_cli_args_test_selection = ["tests/unit/{package}"]
use_git_change_detection = false
timeout_multiplier = 10.0
timeout_constant = 10.0
"""


def prepare(package: str, folder: Path) -> None:
    """Bring the copy in *folder* up to date; what mutmut found out before stays."""
    for name in (*COPIED, "tests/unit", "src", "mutants/tests"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    unit = shutil.ignore_patterns("__pycache__", *OTHERS, *WITH_KERNEL)
    shutil.copytree(ROOT / "tests" / "unit", folder / "tests" / "unit", ignore=unit)
    shutil.copytree(ROOT / "lambda", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests" / "unit" / "conftest.py").write_text("")
    left_alone = [f"src/{name}" for name in LEFT_ALONE]
    text = PYPROJECT.format(package=package, left_alone=left_alone, copied=list(COPIED))
    (folder / "pyproject.toml").write_text(text.replace("'", '"'))
