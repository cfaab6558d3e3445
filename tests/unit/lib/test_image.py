"""S02: the image of the applications in containers: the same bytes again, and it runs from itself alone."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from lib.image import build_image, of_files

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def image():
    return build_image(ROOT)


def layer_of(image):
    (layer,) = json.loads(image.manifest)["layers"]
    return image.blobs[layer["digest"]]


def digest(blob):
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def test_S02_the_same_files_give_the_same_digest_wherever_and_whenever(tmp_path):
    made = []
    for number, name in enumerate(("one", "two")):
        path = tmp_path / name / "apps/web/x.py"
        path.parent.mkdir(parents=True)
        path.write_text("X = 1\n")
        path.chmod(0o600 if number else 0o755)
        os.utime(path, (number * 1000, number * 1000))
        made.append(of_files({"apps/web/x.py": path, "apps/web/a.py": path}))
    assert made[0] == made[1]
    path.write_text("X = 2\n")
    assert of_files({"apps/web/x.py": path}).digest != made[0].digest


def test_S02_every_part_is_named_by_its_digest_and_of_the_size_that_is_said(image):
    manifest = json.loads(image.manifest)
    assert image.digest == digest(image.manifest)
    for part in (manifest["config"], *manifest["layers"]):
        blob = image.blobs[part["digest"]]
        assert (digest(blob), len(blob)) == (part["digest"], part["size"])
    config = json.loads(image.blobs[manifest["config"]["digest"]])
    assert config["rootfs"]["diff_ids"] == [digest(gzip.decompress(layer_of(image)))]
    assert config["config"] == {"WorkingDir": "/app", "User": "65534"}


def test_S02_both_applications_run_from_the_image_alone(image, tmp_path):
    with tarfile.open(fileobj=io.BytesIO(layer_of(image))) as tar:
        assert {(entry.uid, entry.mode) for entry in tar if entry.isfile()} == {(0, 0o644)}
        tar.extractall(tmp_path, filter="data")
    for application in ("web", "sessions"):
        done = subprocess.run(
            [sys.executable, "-S", "-m", f"apps.{application}"],
            cwd=tmp_path / "app",
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
            timeout=300,
            capture_output=True,
            text=True,
        )
        assert "BadEnvironment: environment variable" in done.stderr
    program = "import boto3; [boto3.client(s, region_name='r') for s in ('s3', 'ssm', 'dynamodb')]"
    subprocess.run([sys.executable, "-S", "-c", program], cwd=tmp_path / "app", check=True, timeout=300)
