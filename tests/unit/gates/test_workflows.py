import json
import subprocess

import pytest

from gates import workflows


def test_our_workflows_keep_our_rules():
    files = sorted(workflows.FOLDER.glob("*.yml"))
    assert len(files) == 6
    assert [finding for file in files for finding in workflows.rules(file.name, file.read_text())] == []


@pytest.mark.parametrize(
    ("file", "sound", "broken", "rule"),
    [
        (
            "check",
            "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
            "actions/checkout@v5",
            "pinned",
        ),
        ("check", "permissions: {}", "permissions: write-all", "permissions"),
        ("check", "  pull_request:", "  pull_request_target:", "foreign-code"),
        ("environment", "pull_request.head.repo.full_name == github.repository", "true", "fork"),
        ("environment", "    environment: pull-request", "    name: up", "role"),
        ("drift", "persist-credentials: false", "fetch-depth: 1", "credentials"),
        ("janitor", "concurrency:", "defaults:", "queue"),
        ("drift", "timeout-minutes: 45", "name: plan", "timeout"),
        ("environment-down", "SUFFIX: pr${{ github.event.pull_request.number }}", "SUFFIX: pr-x", "suffix"),
    ],
)
def test_each_of_our_rules_finds_what_breaks_it(file, sound, broken, rule):
    text = (workflows.FOLDER / f"{file}.yml").read_text()
    assert sound in text
    assert {one.rule for one in workflows.rules("w.yml", text.replace(sound, broken))} == {rule}


@pytest.mark.parametrize(
    ("code", "rules"),
    [(0, ["permissions", "queue", "actionlint-syntax"]), (1, ["permissions", "queue", "actionlint"])],
)
def test_what_actionlint_says_is_a_finding_also_when_it_fell_over(tmp_path, monkeypatch, code, rules):
    (tmp_path / "w.yml").write_text("")
    said = json.dumps([{"kind": "syntax", "file": "w.yml", "line": 1, "message": "m"}])
    done = subprocess.CompletedProcess([], code, stdout=said, stderr="no node")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert [one.rule for one in workflows.judge(tmp_path)] == rules
