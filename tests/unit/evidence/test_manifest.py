import json

import pytest
from typer.testing import CliRunner

from dr import commands as command
from dr.__main__ import main
from evidence.manifest import GENESIS, MANIFEST, EvidenceError, head, seal, verify


def run(folder, *, previous=GENESIS):
    (folder / "calls").mkdir(parents=True)
    (folder / "summary.json").write_text('{"lost": 0}')
    (folder / "calls" / "east.jsonl").write_text("{}\n")
    seal(folder, previous=previous)
    return folder


@pytest.fixture
def sealed(tmp_path):
    return run(tmp_path / "20260101T000000Z-S1")


def test_what_nobody_touched_is_sound(sealed):
    assert verify(sealed) == []


def change(folder):
    (folder / "summary.json").write_text('{"lost": 1}')


def remove(folder):
    (folder / "calls" / "east.jsonl").unlink()


def add(folder):
    (folder / "calls" / "west.jsonl").write_text("{}\n")


def add_a_second_manifest(folder):
    (folder / "calls" / MANIFEST).write_text("{}")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (change, "summary.json was changed"),
        (remove, "calls/east.jsonl was removed"),
        (add, "calls/west.jsonl was added"),
        (add_a_second_manifest, "calls/manifest.json was added"),
    ],
)
def test_each_damage_is_named(sealed, damage, problem):
    damage(sealed)
    assert verify(sealed) == [problem]


def forge(folder, edit):
    manifest = json.loads((folder / MANIFEST).read_text())
    edit(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def forge_a_digest(folder):
    """The digest of a changed file is put into the manifest, the chain is not."""
    change(folder)
    new = run(folder.parent / "forged")
    change(new)
    seal(new)
    digest = json.loads((new / MANIFEST).read_text())["files"][1]
    forge(folder, lambda manifest: manifest["files"][1].update(sha256=digest["sha256"]))


@pytest.mark.parametrize(
    ("forgery", "problem"),
    [
        (forge_a_digest, "the chain breaks at summary.json: the manifest was changed"),
        (lambda folder: forge(folder, lambda m: m.update(head="0")), "the head is not the end of the chain"),
        (
            lambda folder: forge(folder, lambda m: m.update(previous="0")),
            "the chain breaks at calls/east.jsonl",
        ),
    ],
)
def test_a_forged_manifest_is_found_out(sealed, forgery, problem):
    forgery(sealed)
    assert verify(sealed)[-1].startswith(problem)


def two_runs(tmp_path):
    first = run(tmp_path / "20260101T000000Z-S1")
    second = run(tmp_path / "20260102T000000Z-S3", previous=head(first))
    (tmp_path / "latest").symlink_to(second.name)
    return first, second


def test_runs_follow_each_other(tmp_path):
    two_runs(tmp_path)
    assert verify(tmp_path) == []


def test_a_run_that_was_forged_as_a_whole_is_found_out_by_the_next_one(tmp_path):
    first, second = two_runs(tmp_path)
    change(first)
    seal(first)
    assert verify(first) == []
    assert verify(tmp_path) == [
        f"{second.name} does not follow the run before it: one was changed or removed"
    ]


def test_damage_in_a_folder_of_runs_names_the_run(tmp_path):
    first, _ = two_runs(tmp_path)
    change(first)
    assert verify(tmp_path) == [f"{first.name}: summary.json was changed"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"summary.json": "0"}',
        '{"schema": "2", "algorithm": "sha256", "previous": "", "head": "", "files": [{}]}',
    ],
)
def test_a_manifest_that_is_none_is_refused(sealed, text):
    (sealed / MANIFEST).write_text(text)
    with pytest.raises(EvidenceError, match=MANIFEST):
        verify(sealed)


def test_a_folder_without_evidence_proves_nothing(tmp_path):
    with pytest.raises(EvidenceError, match="holds no manifest"):
        verify(tmp_path)


def verified(*arguments):
    return CliRunner().invoke(command.app, ["evidence", "verify", *map(str, arguments)])


def test_the_command_ends_with_zero_only_for_sound_evidence(sealed):
    assert verified(sealed).exit_code == 0
    assert verified(sealed, "--head", head(sealed)).exit_code == 0
    noted = verified(sealed, "--head", "0")
    assert (noted.exit_code, "not the noted one" in noted.output) == (5, True)
    change(sealed)
    broken = verified(sealed)
    assert (broken.exit_code, "summary.json was changed" in broken.output) == (5, True)
    told = json.loads(verified(sealed, "--json").stdout)
    assert (told["outcome"], told["problems"]) == ("unhealthy", ["summary.json was changed"])


def test_no_evidence_is_a_known_error(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["dr", "evidence", "verify", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "holds no manifest" in " ".join(capsys.readouterr().err.split())
