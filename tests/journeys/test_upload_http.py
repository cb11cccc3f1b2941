"""Many messages in one upload: answered line by line as each would be alone, signed once, repeated as a whole."""

import asyncio
import json

import httpx
import pytest

from gongji.channels.http import LONGEST_BODY, RUN_MAX, UPLOADS_MAX, application
from gongji.channels.national.upload import LINES_MAX, LONGEST_UPLOAD
from gongji.services.batching import Batcher, QueueFullError
from tests.national_signing import WAYS, door_of, hmac_sm3
from tests.national_world import CATCH_ALL, CHENGDU_HOSPITAL, DRUG_A, NOW, WUXI_HOSPITAL, Client, World, psn, refused
from tests.rsgi import RsgiTransport, called

PATH = "/fsi/api/batch"
LIST = {"content-type": "application/x-ndjson"}


@pytest.fixture
def world():
    world = World()
    for number in range(1, 9):
        world.person(number, money=1000_00)
    world.bond(2, 1)
    return world


@pytest.fixture
def batcher(world):
    with Batcher(world.store) as batcher:
        yield batcher


def serving(world, batcher, name="plain", *, sandbox=False):
    return application(door_of(world, name, sandbox=sandbox), batcher, clock=lambda: NOW)


@pytest.fixture
def app(world, batcher):
    return serving(world, batcher)


def post(app, path, body, headers=LIST):
    async def one():
        async with httpx.AsyncClient(transport=RsgiTransport(app), base_url="http://door") as client:
            return await client.post(path, content=body, headers=headers)

    return asyncio.run(one())


def answers(got):
    assert got.status_code == 200
    assert got.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in got.content.splitlines()]


def message(client, infno, content):
    return json.dumps(client.envelope(infno, content), ensure_ascii=False).encode()


def bills(world, client, numbers):
    """Return the settlements of visits that have been registered and uploaded, one for each patient."""
    helper = world.client()
    helper.count = 500
    found = []
    for number in numbers:
        visit, total = helper.visit(number, (DRUG_A, "100.00", "1"))
        found.append(message(client, "2207", client.bill(visit, number, total, core=client.whole(total))))
    return found


def paid(world):
    return 8 * 1000_00 - sum(world.balance(number) for number in range(1, 9))


def test_lines_are_answered_in_order_as_each_would_be_alone(world, app):
    lines = bills(world, world.client(), range(1, 9))

    got = post(app, PATH, b"\n".join(lines))

    found = answers(got)
    assert [one["output"]["setlinfo"]["psn_no"] for one in found] == [psn(number) for number in range(1, 9)]
    assert paid(world) == 800_00
    alone = [post(app, CATCH_ALL, line).content for line in lines]
    assert got.content == b"\n".join(alone) + b"\n"
    assert paid(world) == 800_00


def test_an_upload_sent_again_gets_the_first_answers(world, app):
    upload = b"\r\n".join(bills(world, world.client(), range(1, 5))) + b"\r\n\r\n"

    assert post(app, PATH, upload).content == post(app, PATH, upload).content
    assert paid(world) == 400_00


def test_a_bad_line_is_refused_in_its_place_and_harms_no_other(world, app):
    first, second, third = bills(world, world.client(), (1, 2, 3))
    changed = json.loads(second)
    changed["input"]["data"]["medfee_sumamt"] = "99.99"

    bad = (b"{", b'"text"', json.dumps(changed).encode(), b'{"infno": "8888"}', b"\xff")
    found = answers(post(app, PATH, b"\n".join([first, *bad, third])))

    assert [one["infcode"] for one in found] == [0, -1, -1, -1, -1, -1, 0]
    assert found[1]["err_msg"].startswith("FSI-MESSAGE_MALFORMED: 报文")
    assert "AMOUNTS_DISAGREE" in found[3]["err_msg"]
    assert found[4]["type"] == "error"
    assert paid(world) == 200_00


def test_what_comes_later_in_an_upload_sees_what_came_before(world, app):
    client = world.client()
    visit = client.done("2201", client.register(1))["data"]["mdtrt_id"]
    lines = [
        message(client, "2204", {"feedetail": [client.line(visit, 1, DRUG_A, "100.00", "1")]}),
        message(client, "2206", client.bill(visit, 1, "100.00", core=client.whole("100.00"))),
        message(client, "2207", client.bill(visit, 1, "100.00", core=client.whole("100.00"))),
        message(client, "1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": ""}}),
    ]

    found = answers(post(app, PATH, b"\n".join(lines)))

    assert [one["infcode"] for one in found] == [0, 0, 0, -1]
    assert found[1]["output"]["setlinfo"]["acct_pay"] == found[2]["output"]["setlinfo"]["acct_pay"] == 100


def test_one_message_twice_in_an_upload_is_done_once(world, app):
    line, *_ = bills(world, world.client(), (1,))

    found = post(app, PATH, b"\n".join([line] * 3)).content.splitlines()

    assert found[0] == found[1] == found[2]
    assert paid(world) == 100_00


@pytest.mark.parametrize("name", ["zhejiang", "hebei"])
def test_an_upload_is_signed_once_over_the_whole(world, batcher, name):
    app = serving(world, batcher, name)
    upload = b"\n".join(bills(world, world.client(), (1, 2, 3)))
    way = WAYS[app._reception.choice.profile.signature]
    _, headers = way(upload, WUXI_HOSPITAL, NOW)

    first = post(app, PATH, upload, headers)
    wrong = post(app, PATH, upload, headers | {key: value + "0" for key, value in headers.items()})
    none = post(app, PATH, upload)

    assert {str(one["infcode"]) for one in answers(first)} == {"0"}
    for got in (wrong, none):
        assert ["MESSAGE_MALFORMED: x-" in one["err_msg"] for one in answers(got)] == [True] * 3
    assert post(app, PATH, upload, headers).content == first.content
    assert paid(world) == 300_00


def test_a_signature_does_not_cover_another_upload(world, batcher):
    app = serving(world, batcher, "zhejiang")
    lines = bills(world, world.client(), (1, 2))
    _, headers = hmac_sm3(lines[0], WUXI_HOSPITAL, NOW)

    found = answers(post(app, PATH, b"\n".join(lines), headers))

    assert all("x-ca-signature：签名不对" in one["err_msg"] for one in found)
    assert paid(world) == 0


def test_a_line_of_another_institution_than_the_one_that_signed_is_refused(world, batcher):
    app = serving(world, batcher, "zhejiang")
    own, other = bills(world, world.client(), (1,)), Client(None, CHENGDU_HOSPITAL, NOW)
    upload = b"\n".join([*own, message(other, "2201", other.register(2))])
    _, headers = hmac_sm3(upload, WUXI_HOSPITAL, NOW)

    found = answers(post(app, PATH, upload, headers))

    assert found[0]["infcode"] == 0
    refused(found[1], "MESSAGE_MALFORMED", "x-ca-key", WUXI_HOSPITAL, CHENGDU_HOSPITAL)


def test_where_each_message_signs_itself_each_line_does(world, batcher):
    app = serving(world, batcher, "sm2")
    lines = bills(world, world.client(), (1, 2))
    signed = [WAYS["sm2_cainfo"](line, WUXI_HOSPITAL, NOW)[0] for line in lines]

    found = answers(post(app, PATH, b"\n".join([signed[0], lines[1]])))

    assert [str(one["infcode"]) for one in found] == ["0", "-1"]
    assert "cainfo" in found[1]["err_msg"]


def test_a_sample_server_takes_uploads_under_every_profile(world, batcher):
    app = serving(world, batcher, sandbox=True)

    found = answers(post(app, f"/profiles/sichuan{PATH}", b"\n".join(bills(world, world.client(), (1, 2)))))

    assert len(found) == 2


@pytest.mark.parametrize(
    ("upload", "word"), [(b"", "一行也没有"), (b"\n \r\n", "一行也没有"), (b"{}\n" * (LINES_MAX + 1), "最多 1000 行")]
)
def test_no_line_and_too_many_are_refused_as_a_whole(app, upload, word):
    got = post(app, PATH, upload)

    assert got.headers["content-type"].startswith("application/json")
    refused(got.json(), "MESSAGE_MALFORMED", word)


def test_an_upload_may_be_longer_than_a_message_up_to_four_mebibytes(app):
    line = b'{"infno": "8888", "x": "' + b"x" * (LONGEST_BODY + 1) + b'"}\n'

    assert len(answers(post(app, PATH, line * 3))) == 3
    long = post(app, PATH, b" " * (LONGEST_UPLOAD + 1))
    assert long.status_code == 413
    refused(long.json(), "MESSAGE_MALFORMED", "4 MiB")


def test_a_file_is_no_line(world, app):
    client = world.client()
    asked = {"filename": "plc", "fixmedins_code": WUXI_HOSPITAL}
    asked["file_qury_no"] = client.done("1301", {"data": {"ver": "0"}})["file_qury_no"]

    answer, *_ = answers(post(app, PATH, message(client, "9102", {"fsDownloadIn": asked})))

    refused(answer, "MESSAGE_MALFORMED", "9102")


def test_paths_and_methods(app):
    got = asyncio.run(called(app, "GET", PATH, {}, b""))

    assert (got.status_code, got.headers["allow"]) == (405, "POST")


# When there is no room


class NarrowBatcher(Batcher):
    """Takes so many requests, and then no more."""

    room = 0

    def take(self, job, deliver):
        if self.room <= 0:
            raise QueueFullError
        self.room -= 1
        return super().take(job, deliver)


def test_where_room_ends_lines_are_busy_and_the_upload_sent_again_does_the_rest(world):
    lines = bills(world, world.client(), range(1, 9))
    with NarrowBatcher(world.store) as batcher:
        app = application(world.door, batcher, clock=lambda: NOW)
        batcher.room = 5
        found = answers(post(app, PATH, b"\n".join(lines)))
        assert [one["infcode"] for one in found] == [0] * 5 + [-1] * 3
        assert all(one["err_msg"].startswith("FSI-BUSY") for one in found[5:])
        assert paid(world) == 500_00
        batcher.room = 8
        again = answers(post(app, PATH, b"\n".join(lines)))

    assert again[:5] == found[:5]
    assert [one["infcode"] for one in again] == [0] * 8
    assert paid(world) == 800_00


def test_after_a_run_without_room_nothing_more_is_taken(world):
    client = world.client()
    run = [message(client, "2201", client.register(1)) for _ in range(RUN_MAX + 1)]
    with NarrowBatcher(world.store) as batcher:
        app = application(world.door, batcher, clock=lambda: NOW)
        batcher.room = RUN_MAX - 1
        found = answers(post(app, PATH, b"\n".join(run)))

    assert [one["err_msg"][:8] for one in found[-2:]] == ["FSI-BUSY"] * 2
    assert len(world.store.registry.visits.rows) == RUN_MAX - 1


def test_more_uploads_than_there_is_room_for_are_busy(world):
    batcher = Batcher(world.store)  # not started: what is submitted waits
    app = application(world.door, batcher, clock=lambda: NOW)
    client = world.client()

    async def crowd():
        waiting = [
            asyncio.create_task(called(app, "POST", PATH, {}, message(client, "2201", client.register(1))))
            for _ in range(UPLOADS_MAX)
        ]
        await asyncio.sleep(0)
        late = await called(app, "POST", PATH, {}, message(client, "2201", client.register(1)))
        batcher.start()
        return late, await asyncio.gather(*waiting)

    late, others = asyncio.run(crowd())
    batcher.close()

    refused(late.json(), "BUSY")
    assert [answers(one)[0]["infcode"] for one in others] == [0] * UPLOADS_MAX
