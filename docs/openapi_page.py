"""The OpenAPI file: what the application says of itself, with nobody behind it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from gongji.channels.api.app import application
from gongji.channels.api.callers import NobodyKnown
from gongji.channels.api.desk import Desk
from gongji.channels.api.openapi_file import document
from gongji.registry.codes import Codes
from gongji.rules.policybook import PolicyBook
from gongji.services.batching import Batcher
from gongji.services.policies.timetables import Timetable
from gongji.services.reading_together import Readers
from gongji.services.store import MemoryStore


def file() -> str:
    """Return the text of `openapi.json`."""
    store = MemoryStore()
    desk = Desk(
        store=store,
        batcher=Batcher(store),
        rules=Timetable(PolicyBook((), {}, {}, "")),
        clock=lambda: datetime(2025, 6, 1),  # noqa: DTZ001  # nothing of it is told
        tokens=lambda: "",
        identity=NobodyKnown(),
        readers=Readers(store),
        hands=ThreadPoolExecutor(1),
        codes=Codes(bytes(32), bytes),
    )
    return json.dumps(document(application(desk)), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
