"""A catalogue file over HTTP: named by 1301, fetched by 9102 as the bytes of a ZIP, refused as a message."""

import asyncio
import io
import json
import zipfile

import httpx
import pytest

from gongji.channels.http import application
from gongji.services.batching import Batcher
from tests.national_world import NOW, PATH_OF, World, refused
from tests.rsgi import RsgiTransport


@pytest.fixture
def ask():
    world = World()
    client = world.client()
    with Batcher(world.store) as batcher:
        app = application(world.door, batcher, clock=lambda: NOW)

        async def post(infno, content):
            transport = RsgiTransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as http:
                return await http.post(PATH_OF[infno], content=json.dumps(client.envelope(infno, content)).encode())

        yield lambda infno, content: asyncio.run(post(infno, content))


def test_a_file_is_named_in_a_message_and_comes_as_a_file(ask):
    named = ask("1305", {"data": {"ver": "F001_0000_A"}})
    number = named.json()["output"]["file_qury_no"]

    found = ask("9102", {"fsDownloadIn": {"file_qury_no": number, "filename": "plc", "fixmedins_code": "plc"}})

    assert named.headers["content-type"].startswith("application/json")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    assert len(text.splitlines()) == named.json()["output"]["data_cnt"] > 0


def test_a_file_that_there_is_not_is_refused_as_a_message(ask):
    answer = ask("9102", {"fsDownloadIn": {"file_qury_no": "1", "filename": "plc", "fixmedins_code": "plc"}})

    assert answer.headers["content-type"].startswith("application/json")
    refused(answer.json(), "MESSAGE_MALFORMED", "file_qury_no：")
