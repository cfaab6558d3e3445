"""The bundle of the web application: the same bytes again, nothing compiled, and it runs by itself alone."""

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lib import bundle
from lib.bundle import build_trading, build_web
from lib.errors import BundleError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_web(ROOT, tmp_path_factory.mktemp("out"))


def test_the_same_files_give_the_same_bytes(built, tmp_path):
    again = build_web(ROOT, tmp_path)
    assert (again.sha256, again.path.name) == (built.sha256, built.path.name)
    assert built.path.name.startswith("web-")


def test_it_holds_the_application_and_only_the_services_that_are_called(built):
    with zipfile.ZipFile(built.path) as archive:
        names = archive.namelist()
    services = {
        name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2
    }
    assert services == bundle.WEB_SERVICES
    assert {"apps/web/__main__.py", "apps/web/templates/board.html", "runtime/database.py"} <= set(names)
    assert [name for name in names if Path(name).suffix in bundle.COMPILED] == []


def test_it_runs_from_itself_alone(built, tmp_path):
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import apps.web.__main__, boto3, markupsafe; "
        "[boto3.client(s, region_name='r') for s in ('s3', 'ssm', 'secretsmanager', 'cloudwatch')]; "
        "print(markupsafe.escape('<'))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, timeout=300, capture_output=True, text=True
    )
    assert done.stdout == "&lt;\n"


def test_every_distribution_brings_what_it_requires():
    known = {canonicalize_name(one) for one in bundle.WEB}
    wanted = {
        canonicalize_name(requirement.name)
        for one in bundle.WEB
        for requirement in map(Requirement, requires(one) or [])
        if requirement.marker is None or requirement.marker.evaluate({"extra": "", "python_version": "3.11"})
    }
    assert wanted <= known


def test_a_compiled_file_is_refused(tmp_path):
    for place in ("apps/web", "lambda/runtime"):
        shutil.copytree(ROOT / place, tmp_path / place)
    (tmp_path / "apps/web/fast.so").write_bytes(b"ELF")
    with pytest.raises(BundleError, match=r"apps/web/fast\.so is compiled"):
        build_web(tmp_path, tmp_path / "out")


def test_T03_the_order_api_runs_from_its_bundle_alone(tmp_path):
    built = build_trading(ROOT, tmp_path / "out")
    with zipfile.ZipFile(built.path) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "app")
    services = {
        name.split("/")[2] for name in names if name.startswith("botocore/data/") and name.count("/") > 2
    }
    assert services == bundle.TRADING_SERVICES
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'app')!r}); import apps.trading.__main__, boto3; "
        f"[boto3.client(s, region_name='r') for s in {sorted(bundle.TRADING_SERVICES)}]; print('runs')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, timeout=300, capture_output=True, text=True
    )
    assert done.stdout == "runs\n"
