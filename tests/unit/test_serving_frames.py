"""What goes between worker and writer arrives as it was sent, in whatever pieces."""

import json
from datetime import timedelta

import pytest

from gongji.channels.national.reception import Opened, Reception
from gongji.channels.national.signing.keys import KeyRing
from gongji.channels.national.signing.profiles import chosen
from gongji.channels.serving import frames
from gongji.channels.serving.frames import BrokenFrameError, Frames, PageAsked, Ready, Replied, Settings, Stop
from tests.national_messages import Counter, as_json, every
from tests.national_signing import KEYS, sha256_token
from tests.national_world import CATCH_ALL, NOW, WUXI_HOSPITAL, World


def carried(found):
    """Return an opened message after its way through a frame."""
    [content] = Frames().whole(frames.frame([frames.handed(7, found)]))
    [item] = frames.for_writer(content)
    assert isinstance(item, frames.Handed)
    assert item.number == 7
    return frames.opened(item)


def test_every_message_arrives_as_it_was_opened():
    counter = Counter(World())
    reception = Reception(chosen("plain"))
    seen = set()
    for asked in every(counter):
        found = reception.opened(as_json(asked.client.envelope(asked.infno, asked.content)), CATCH_ALL, NOW)
        assert isinstance(found, Opened), found
        assert carried(found) == found
        seen.add(asked.infno)

    assert {"2102", "2204", "2207", "2304"} <= seen


@pytest.mark.parametrize(
    "number", ["1", "-0", "1.50", "1e2", "1E-7", "0.1000", "123456789012345678901234567890", "1.0000000000000000000001"]
)
def test_numbers_arrive_as_they_were_written(number):
    client = World().client()
    raw = json.dumps(client.envelope("2204", {"x": "HERE", "中文": [None, True, {}]})).replace('"HERE"', number)

    found = Reception(chosen("plain")).opened(raw.encode(), CATCH_ALL, NOW)

    assert isinstance(found, Opened)
    again = carried(found)
    assert again == found
    assert repr(again.message.content) == repr(found.message.content)


def test_a_nonce_and_a_place_chosen_by_region_arrive():
    client = World().client()
    raw = as_json(client.envelope("2201", client.register(1), mdtrtarea_admvs="130100"))
    raw, headers = sha256_token(raw, WUXI_HOSPITAL, NOW)

    found = Reception(chosen("by-region"), KeyRing(KEYS)).opened(raw, CATCH_ALL, NOW + timedelta(seconds=1), headers)

    assert isinstance(found, Opened)
    assert found.nonce is not None
    assert found.place.by_region
    assert carried(found) == found


def test_all_that_is_said_arrives_in_whatever_pieces():
    told: list[list[frames.ToWorker]] = [
        [Settings("plain", sandbox=True, keys=KEYS, pages=["/a"], ahead=timedelta(days=-500))],
        [Replied(1, b"{}"), Replied(2, None), Replied(3, b"x" * 100_000)],
        [Stop()],
    ]
    stream = b"".join(map(frames.frame, told))
    for size in (1, 2, 3, 5, 64, 70_000, len(stream)):
        gathering, found = Frames(), []
        for start in range(0, len(stream), size):
            found += [frames.for_worker(one) for one in gathering.whole(stream[start : start + size])]
        assert found == told


def test_the_other_way_too():
    told = [Ready(), PageAsked(3, "/sandbox/people.json")]

    [content] = Frames().whole(frames.frame(told))

    assert frames.for_writer(content) == told


def test_what_is_no_frame_is_noticed():
    with pytest.raises(BrokenFrameError):
        list(Frames().whole(b"\xff" * 8))
    with pytest.raises(BrokenFrameError):
        frames.for_writer(b"\xc1")
    with pytest.raises(BrokenFrameError):
        frames.for_writer(frames.frame([Stop()])[4:])
