"""The fork of CDKTF gets the same sources but for their imports, and must make the same documents of them."""

import json
import subprocess
from pathlib import Path

import pytest

from gates import fork
from gates.findings import Finding
from gates.fork import renamed


def test_only_imports_are_renamed_for_the_fork():
    source = 'from cdktf import App\nfrom cdktf_cdktf_provider_aws.eip import Eip\nTAG = "cdktf"\n'
    assert renamed(source) == 'from cdktn import App\nfrom cdktn_provider_aws.eip import Eip\nTAG = "cdktf"\n'


@pytest.fixture
def sources(monkeypatch, tmp_path):
    home = tmp_path / "home"
    (home / "lib" / "__pycache__").mkdir(parents=True)
    (home / "main.py").write_text("from cdktf import App\n")
    (home / "lib" / "tags.py").write_text("import cdktf.x\n")
    (home / "lib" / "__pycache__" / "tags.pyc").write_text("from cdktf import App\n")
    monkeypatch.setattr(fork, "REPOSITORY", home)
    monkeypatch.setattr(fork, "COPIED", ("lib", "main.py"))
    return home


def stack(tag, path="terraform.tfstate"):
    return {"tags": tag, "terraform": {"backend": {"local": {"path": path}}}}


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        ({"use1": stack("cdktf", path="elsewhere")}, []),
        (
            {"use1": stack("cdktn")},
            [Finding("fork", "use1:tags", '"cdktf" in the first, "cdktn" in the second')],
        ),
        (
            {"use1": stack("cdktf"), "usw2": {"tags": ""}},
            [Finding("fork", "usw2:tags", "only in the second")],
        ),
    ],
)
def test_what_the_fork_makes_otherwise_is_found_but_not_where_it_ran(
    monkeypatch, tmp_path, sources, theirs, found
):
    ran = []

    def run(command, *, cwd, env, **_):
        code = {path.relative_to(cwd).as_posix(): path.read_text() for path in cwd.rglob("*.py*")}
        ran.append((env["PYTHONPATH"], code))
        made = {"use1": stack("cdktf")} if cwd == sources else theirs
        for name, document in made.items():
            path = Path(command[-1]) / "payments" / "stacks" / name / "cdk.tf.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(document))

    monkeypatch.setattr(subprocess, "run", run)
    for _ in range(2):
        assert fork.judge(tmp_path / "work") == found
    copy = tmp_path / "work" / "fork" / "source"
    assert ran[0][0] == f"{sources}:{sources / 'lambda'}"
    assert ran[1] == (
        f"{copy}:{copy / 'lambda'}",
        {"main.py": "from cdktn import App\n", "lib/tags.py": "import cdktn.x\n"},
    )


def test_a_fork_that_does_not_synthesize_has_not_passed(monkeypatch, tmp_path, sources):
    def run(command, *, cwd, check, **_):
        done = subprocess.CompletedProcess(command, 0 if cwd == sources else 1)
        if check:
            done.check_returncode()

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(subprocess.CalledProcessError):
        fork.judge(tmp_path / "work")
