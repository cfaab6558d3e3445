"""W02: what a bucket's website answers while nothing else does."""

import asyncio

import aiohttp
import pytest
from moto import mock_aws

from localcloud.core.ports import free_port
from localcloud.website import Websites
from tests.unit import emulated

NAME = "www.dev.webapp.test"


@pytest.fixture
def s3():
    with mock_aws():
        client = emulated.client("s3")
        client.create_bucket(Bucket=NAME)
        client.put_object(Bucket=NAME, Key="index.html", Body=b"<p>away", ContentType="text/html")
        client.put_bucket_website(
            Bucket=NAME,
            WebsiteConfiguration={
                "IndexDocument": {"Suffix": "index.html"},
                "ErrorDocument": {"Key": "index.html"},
            },
        )
        yield client


async def asked(s3, path, *, host=NAME, method="GET"):
    sites = Websites(free_port(), s3)
    await sites.start()
    try:
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{sites.port}{path}"
            async with http.request(method, url, headers={"Host": host}) as answer:
                return answer.status, await answer.text()
    finally:
        await sites.stop()


async def test_the_page_answers_under_every_path_and_says_404_where_there_is_no_other(s3):
    assert await asked(s3, "/") == (200, "<p>away")
    assert await asked(s3, "/entries") == (404, "<p>away")


async def test_nobody_can_write_and_a_name_without_a_bucket_has_no_page(s3):
    assert (await asked(s3, "/entries", method="POST"))[0] == 405
    assert (await asked(s3, "/", host="other.test"))[0] == 404


async def test_a_crowd_has_a_page_read_once_a_second(s3, monkeypatch):
    now, reads = [100.0], []
    sites = Websites(free_port(), s3, lambda: now[0])
    read = sites.s3.get_object
    monkeypatch.setattr(s3, "get_object", lambda **asked: (reads.append(asked), read(**asked))[1])
    await sites.start()
    try:
        async with aiohttp.ClientSession(headers={"Host": NAME}) as http:

            async def page():
                async with http.get(f"http://127.0.0.1:{sites.port}/") as answer:
                    return await answer.text()

            assert await asyncio.gather(*(page() for _ in range(20))) == ["<p>away"] * 20
            assert len(reads) == 1
            now[0] += 1.0
            assert await page() == "<p>away"
            assert len(reads) == 2
    finally:
        await sites.stop()
