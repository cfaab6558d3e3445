"""What people see while a database or the bucket is away."""

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from apps.serving.secret_users import UsersUnavailable
from apps.web.files import FilesUnavailable

from .conftest import Browser

REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")


def listed(browser: Browser) -> dict:
    return json.loads(browser.get("/entries").body)


def test_W05_reads_come_from_the_replica_and_what_was_just_written_from_where_it_is(ada):
    ada.write("mine")
    found = listed(ada)
    assert (found["source"], found["stale"]) == ("replica", False)
    assert [entry["text"] for entry in found["entries"]] == ["mine"]


def test_W05_without_the_writer_entries_are_read_and_the_page_says_that_none_can_be_written(ada, world):
    ada.write("before")
    world.writer.take_away()
    world.databases.writer.probe()
    page = ada.get("/")
    assert page.status == 200
    assert "before" in page.text
    assert "can be read, but not written" in page.text
    assert listed(ada)["writer_away"] is True


def test_a_write_without_the_writer_says_when_to_come_back_and_the_same_form_works_then(ada, world):
    world.writer.take_away()
    token = str(uuid4())
    answer = ada.write("kept <b>", token=token)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert "kept &lt;b&gt;</textarea>" in answer.text
    assert answer.value("token") == token
    world.writer.away = False
    world.now[0] += 6
    assert ada.post("/entries", csrf=answer.value("csrf"), token=token, text="kept <b>").status == 303
    assert [entry["text"] for entry in listed(ada)["entries"]] == ["kept <b>"]


def test_a_file_must_be_chosen_again(ada, world):
    world.writer.take_away()
    answer = ada.write("x", ("a.txt", b"hello"))
    assert answer.status == 503
    assert "Choose a.txt again" in answer.text


def test_after_a_failover_the_next_write_goes_over_a_new_connection_and_is_written_once(ada, world):
    ada.write("before")
    world.writer.break_connections()
    assert ada.write("after").status == 303
    assert [entry["text"] for entry in listed(ada)["entries"]] == ["after", "before"]


def test_W05_without_the_replica_the_writer_is_read(ada, world):
    ada.write("x")
    world.replica.take_away()
    found = listed(ada)
    assert (found["source"], len(found["entries"])) == ("writer", 1)


def test_without_either_nothing_is_read_and_the_page_says_when_to_come_back(browser, world):
    world.writer.take_away()
    world.replica.take_away()
    answer = browser.get("/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "Not now" in answer.text


def test_a_replica_that_has_not_got_the_own_entry_is_not_asked_while_the_writer_answers(ada, world, port):
    world.databases.replica.run = behind(world.databases.replica.run)
    ada.write("mine")
    assert listed(ada)["source"] == "writer"
    assert listed(Browser(port))["source"] == "replica"  # who wrote nothing waits for nobody


def test_and_is_asked_when_the_writer_is_away_which_the_page_says(ada, world):
    world.databases.replica.run = behind(world.databases.replica.run)
    ada.write("mine")
    world.writer.take_away()
    world.databases.writer.probe()
    found = listed(ada)
    assert (found["source"], found["stale"]) == ("replica", True)
    assert "What you wrote last may not be shown yet" in ada.get("/").text


def behind(run):
    """A replica whose position is always before that of a write."""

    class Behind:
        def __init__(self, connection):
            self._connection = connection

        def run(self, sql, **values):
            rows = self._connection.run(sql, **values)
            return [[False]] if "pg_last_wal_replay_lsn" in sql else rows

    return lambda work: run(lambda connection: work(Behind(connection)))


@pytest.mark.parametrize("error", [REFUSED, EndpointConnectionError(endpoint_url="https://s3")])
def test_without_the_bucket_entries_are_read_and_files_come_later(ada, world, monkeypatch, error):
    def refuse(**_):
        raise error

    written = ada.write("x", ("a.txt", b"hello")).headers["X-Entry"]
    monkeypatch.setattr(world.s3, "get_object", refuse)
    monkeypatch.setattr(world.s3, "put_object", refuse)
    assert ada.get(f"/files/{written}").status == 503
    assert ada.write("y", ("a.txt", b"hello")).status == 503
    assert [entry["text"] for entry in listed(ada)["entries"]] == ["x"]
    with pytest.raises(FilesUnavailable, match="cannot read"):
        world.files.get("k")


def test_without_keys_nobody_gets_a_session_that_means_nothing(ada, world):
    def away():
        raise UsersUnavailable("never read")

    world.users = away
    assert ada.get("/").status == 503


def test_a_mistake_of_ours_is_told_without_its_details(ada, world, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(world.databases, "read", broken)
    answer = ada.get("/")
    assert answer.status == 500
    assert "secret detail" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_live_needs_nothing_and_ready_needs_one_database_that_answered_lately(browser, world):
    assert browser.get("/health/ready").status == 503
    world.databases.replica.probe()
    ready = browser.get("/health/ready")
    assert (ready.status, json.loads(ready.body)) == (200, {"ready": True, "writer": None, "replica": True})
    world.now[0] += 16
    assert browser.get("/health/ready").status == 503
    world.writer.take_away()
    world.replica.take_away()
    world.databases.replica.probe()
    assert browser.get("/health/ready").status == 503
    assert browser.get("/health/live").status == 200


def test_W04_the_version_is_that_of_the_bundle(browser):
    assert json.loads(browser.get("/version").body) == {"version": "2026.11.29-abc"}
