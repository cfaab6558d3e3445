import os
import subprocess
import sys
import zipfile
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from lib import bundle
from lib.bundle import build
from lib.errors import BundleError

EARLY, LATE = 1_000_000_000, 1_700_000_000


def tree(folder: Path, moment: int) -> Path:
    """The same code in another folder, at another time, with other leftovers of running it."""
    (folder / "pay").mkdir(parents=True)
    (folder / "pay" / "b.py").write_text("B = 2\n")
    (folder / "pay" / "a.py").write_text("A = 1\n")
    (folder / "pay" / "a.py").chmod(0o600 if moment == EARLY else 0o755)
    (folder / "pay" / "__pycache__").mkdir()
    (folder / "pay" / "__pycache__" / f"a.cpython-{moment}.pyc").write_bytes(b"left over")
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))
    return folder


def test_the_same_files_give_the_same_bytes(tmp_path):
    first = build(tree(tmp_path / "1", EARLY), tmp_path / "out1", ("six",))
    second = build(tree(tmp_path / "2", LATE), tmp_path / "out2", ("six",))
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256


def test_another_byte_gives_another_hash(tmp_path):
    code = tree(tmp_path / "1", EARLY)
    before = build(code, tmp_path / "out", ())
    (code / "pay" / "a.py").write_text("A = 3\n")
    after = build(code, tmp_path / "out", ())
    assert before.sha256 != after.sha256
    assert before.path != after.path


def test_the_hash_is_the_one_terraform_expects(tmp_path):
    built = build(tree(tmp_path / "1", EARLY), tmp_path, ())
    assert built.sha256 == b64encode(sha256(built.path.read_bytes()).digest()).decode()


def test_the_zip_holds_the_code_at_its_root_and_nothing_left_over(tmp_path):
    built = build(tree(tmp_path / "1", EARLY), tmp_path, ())
    with zipfile.ZipFile(built.path) as archive:
        assert archive.namelist() == ["pay/a.py", "pay/b.py"]
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_the_order_is_that_of_the_names_whatever_the_file_system_says(tmp_path):
    code = tree(tmp_path / "1", EARLY)
    (code / "zebra.py").touch()
    with zipfile.ZipFile(build(code, tmp_path, ("six",)).path) as archive:
        names = archive.namelist()
    assert names == sorted(names)
    assert {"pay/a.py", "six.py", "zebra.py"} < set(names)


def test_a_stack_finds_the_zip_from_its_own_folder(app_folder, functions, stacks):
    stack = app_folder / "stacks" / "payments-use1-test"
    assert stack.is_dir()
    assert functions.from_stack == f"../../assets/{functions.path.name}"


def test_a_compiled_file_is_refused(tmp_path):
    code = tree(tmp_path / "1", EARLY)
    (code / "fast.cpython-313-x86_64-linux-gnu.so").write_bytes(b"ELF")
    with pytest.raises(BundleError, match=r"fast\.cpython.* is compiled for one machine; vendor a pure"):
        build(code, tmp_path, ())


def test_two_files_for_one_place_are_refused(tmp_path):
    code = tree(tmp_path / "1", EARLY)
    (code / "six.py").write_text("# not the real one\n")
    with pytest.raises(BundleError, match=r"both want to be six\.py"):
        build(code, tmp_path, ("six",))


@pytest.mark.parametrize("found", [None, bundle.importlib.metadata.PackageNotFoundError("x")])
def test_a_missing_distribution_is_named(tmp_path, monkeypatch, found):
    def files(_name):
        if found is not None:
            raise found

    monkeypatch.setattr(bundle.importlib.metadata, "files", files)
    with pytest.raises(BundleError, match="six is not installed in this environment"):
        build(tree(tmp_path / "1", EARLY), tmp_path, ("six",))


def test_missing_code_is_named(tmp_path):
    with pytest.raises(BundleError, match="nowhere is not a folder"):
        build(tmp_path / "nowhere", tmp_path, ())


def test_the_vendored_libraries_work_from_the_zip_alone(tmp_path):
    built = build(tree(tmp_path / "1", EARLY), tmp_path)
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path / "task")
    used = "aws_lambda_powertools, dateutil.parser, fastjsonschema, jmespath, pay.a, pg8000.dbapi, scramp"
    program = f"import sys; sys.path.insert(0, {str(tmp_path / 'task')!r}); import {used}"
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True, timeout=300)
