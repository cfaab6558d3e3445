"""A client generated from the served document pays, asks, keeps a session and understands a refusal."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

BIN = Path(__file__).resolve().parents[2] / ".local" / "contract-venv" / "bin"
GENERATOR = os.environ.get("OPENAPI_PYTHON_CLIENT", str(BIN / "openapi-python-client"))
PROGRAM = Path(__file__).with_name("client_program.py")


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def seen(served, tmp_path_factory):
    """What the client's user sees."""
    folder = tmp_path_factory.mktemp("generated")
    with urllib.request.urlopen(f"{served.address}/openapi.json", timeout=30) as document:
        (folder / "openapi.json").write_bytes(document.read())
    (folder / "config.yml").write_text("post_hooks: []\n")
    run(
        [
            *(GENERATOR, "generate", "--fail-on-warning", "--meta", "none", "--config", "config.yml"),
            *("--path", "openapi.json", "--output-path", "payments_client"),
        ],
        folder,
    )
    python, given = str(Path(GENERATOR).with_name("python")), json.dumps(served.headers)
    return json.loads(run([python, str(PROGRAM), served.address, str(folder), given], folder))


def test_a_payment_is_made_once_and_found(seen) -> None:
    assert (seen["paid"]["status"], seen["again"]) == ("settled", seen["paid"])
    assert seen["location"] == f"/payments/{seen['paid']['payment_id']}"
    assert seen["found"] == seen["paid"]
    assert seen["paid"]["debtor"] == "Zo\u00eb \u0639\u0644\u06cc\u200c\u0631\u0636\u0627"


def test_the_largest_amount_is_no_number_of_32_bits(seen) -> None:
    assert seen["paid"]["amount_minor"] == 10**12


def test_a_refusal_names_kind_and_fields(seen) -> None:
    assert (seen["refused"]["type"], seen["refused"]["status"]) == ("urn:payments:problem:invalid", 400)
    assert [wrong["field"] for wrong in seen["refused"]["errors"]] == ["debtor"]
    assert (seen["reused"]["status"], seen["missing"]["status"]) == (422, 404)


def test_a_session_is_kept_read_and_forgotten(seen) -> None:
    assert seen["kept"]["data"] == seen["read"]["data"] == {"cart": "7"}
    assert seen["read"]["expires_at"] == seen["kept"]["expires_at"]
    assert seen["gone"]["status"] == 404


def test_health_is_asked_with_and_without_a_body(seen) -> None:
    assert (seen["ready"]["ready"], seen["live"]["region"]) == (True, seen["ready"]["region"])
    assert seen["heads"] == [200, 200]


@pytest.mark.parametrize("served", ["jwt"], indirect=True)
@pytest.mark.parametrize("token", ["", "Bearer e30.e30.e30", "twice"])
def test_who_is_not_known_does_not_reach_the_service(served, token) -> None:
    good = served.headers["Authorization"]
    headers = {"Authorization": f"{good}, {good}" if token == "twice" else token}
    asked = urllib.request.Request(f"{served.address}/payments", data=b"{}", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=30)
    assert (refused.value.code, json.load(refused.value)) == (401, {"message": "Unauthorized"})
