import json
from threading import Thread
from uuid import uuid4

import pytest

from apps.web.files import MOST_BYTES

from .conftest import BUCKET, Browser

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def listed(browser: Browser) -> dict:
    return json.loads(browser.get("/entries").body)


def test_W05_an_entry_is_written_and_everybody_reads_it(ada, port):
    answer = ada.write("Hello\r\nworld")
    assert answer.status == 303
    [entry] = listed(Browser(port))["entries"]
    assert answer.headers["Location"] == f"/#entry-{entry['id']}"
    assert answer.headers["X-Entry"] == str(entry["id"])
    assert (entry["author"], entry["text"]) == ("ada", "Hello\nworld")
    assert "Hello\nworld" in Browser(port).get("/").text


def test_the_same_form_sent_twice_or_at_once_makes_one_entry(ada):
    token = str(uuid4())
    first = ada.write("once", token=token)
    csrf = ada.get("/").value("csrf")
    answers = []
    threads = [
        Thread(target=lambda: answers.append(ada.post("/entries", csrf=csrf, token=token, text="once")))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.headers["Location"] for answer in answers} == {first.headers["Location"]}
    assert len(listed(ada)["entries"]) == 1


def test_another_text_under_the_token_of_an_entry_is_refused_and_changes_nothing(ada):
    token = str(uuid4())
    ada.write("first", token=token)
    assert ada.write("second", token=token).status == 409
    assert [entry["text"] for entry in listed(ada)["entries"]] == ["first"]


def test_a_token_is_of_one_author_only(ada, port):
    token = str(uuid4())
    ada.write("of ada", token=token)
    grace = Browser(port)
    grace.sign_in("grace")
    assert grace.write("of grace", token=token).status == 303
    assert len(listed(ada)["entries"]) == 2


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 1001, "nul \0", "bell \a", "lost \ufffd"])
def test_what_is_no_text_is_refused(ada, text):
    assert ada.write(text).status == 422
    assert listed(ada)["entries"] == []


def test_what_looks_like_markup_is_shown_and_not_run(ada):
    ada.write("<script>alert(1)</script>")
    page = ada.get("/").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


def test_entries_are_paged_the_newest_first(ada):
    for number in range(25):
        ada.write(f"entry {number}")
    first = listed(ada)
    assert [entry["text"] for entry in first["entries"]] == [f"entry {n}" for n in range(24, 4, -1)]
    assert f"/?before={first['older']}" in ada.get("/").text
    rest = json.loads(ada.get(f"/entries?before={first['older']}").body)
    assert [entry["text"] for entry in rest["entries"]] == [f"entry {n}" for n in range(4, -1, -1)]
    assert rest["older"] is None


@pytest.mark.parametrize("before", ["", "-1", "x", "9" * 19, "9" * 5000, "²", "1;drop"])
def test_what_is_no_page_is_refused_without_asking_the_database(browser, world, before):
    assert browser.get(f"/?before={before.replace('²', '%C2%B2')}").status == 400
    assert world.databases.replica.seen is None


def test_W06_a_file_is_stored_in_the_bucket_and_comes_back_as_it_was(ada, world, port):
    answer = ada.write("with a picture", ("cat.png", PNG))
    [stored] = world.s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert stored["Key"].startswith("files/")
    assert "cat" not in stored["Key"]
    saved = Browser(port).get(f"/files/{answer.headers['X-Entry']}")
    assert (saved.status, saved.body) == (200, PNG)
    assert saved.headers["Content-Type"] == "image/png"
    assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''cat.png"
    assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "cat.png" in ada.get("/").text


def test_a_file_that_is_sent_again_is_one_file_and_one_entry(ada, world):
    token = str(uuid4())
    assert {ada.write("x", ("a.png", PNG), token=token).status for _ in range(3)} == {303}
    assert len(listed(ada)["entries"]) == 1
    assert world.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_another_file_under_the_token_of_an_entry_is_refused_and_its_own_stays_as_it_was(ada):
    token = str(uuid4())
    written = ada.write("x", ("a.txt", b"first"), token=token).headers["X-Entry"]
    assert ada.write("x", ("a.txt", b"other"), token=token).status == 409
    assert ada.get(f"/files/{written}").body == b"first"


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"MZ\x90\0", 415), (b"", 415), (b"\0text", 415), (b"x" * (MOST_BYTES + 1), 413), (b"%PDF-1.7", 303)],
)
def test_only_files_of_known_types_and_sizes_are_taken(ada, world, content, status):
    assert ada.write("file", ("a.png", content)).status == status
    assert len(listed(ada)["entries"]) == (status == 303)
    assert world.s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == (status == 303)


def test_a_page_of_somebody_is_saved_as_text_and_never_shown(ada):
    answer = ada.write("page", ("index.html", b"<script>alert(1)</script>"))
    saved = ada.get(f"/files/{answer.headers['X-Entry']}")
    assert saved.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/files/1", "/files/x", "/files/" + "9" * 19, "/files/../users.py"])
def test_a_file_that_is_not_there_is_not_found(ada, path):
    ada.write("without a file")
    assert ada.get(path).status == 404


def test_only_who_is_signed_in_writes(browser, port):
    assert browser.get("/").value("token") == ""
    csrf = browser.get("/sign-in").value("csrf")
    assert browser.post("/entries", csrf=csrf, token=str(uuid4()), text="x").status == 403
    assert listed(browser)["entries"] == []


@pytest.mark.parametrize("csrf", ["", "guessed", "é"])
def test_a_form_that_did_not_come_from_our_page_writes_nothing(ada, csrf):
    assert ada.write("x", csrf=csrf).status == 403
    assert listed(ada)["entries"] == []


def test_a_form_without_a_token_is_refused(ada):
    assert ada.write("x", token="none").status == 400


def test_a_form_that_is_malformed_is_refused(ada):
    answer = ada.send("POST", "/entries", b"--b\r\nbroken", Content_Type="multipart/form-data")
    assert answer.status == 400
