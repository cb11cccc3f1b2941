"""The catalogue as files: 1301 to 1311 and 1313 to 1315 name one, 9102 hands it out.

A file is a ZIP of one UTF-8 text, a line for each item, its columns parted by TAB, "null" for what the catalogue does
not know. Catalogues of which it has nothing (diagnoses, operations, diseases) are honest empty files.
"""

import hashlib
import re
import tomllib
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import msgspec
from msgspec import Struct

from gongji.channels.national.amounts import exact
from gongji.channels.national.desk import Desk, Output, Task, Transaction
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.catalogues import In1301, Out1301
from gongji.channels.national.messages.identity import In9102
from gongji.channels.national.reading import read
from gongji.channels.national.transactions.catalogues import list_type
from gongji.domain.requests import Scope
from gongji.registry.catalogue import Catalogue, Item
from gongji.services.store import Books

DOWNLOADS: Final = ("1301", "1302", "1303", *(f"13{number:02d}" for number in range(5, 12)), "1313", "1314", "1315")
"""The transactions that name a file."""

KEPT: Final = timedelta(days=7)
"""How long a file may be fetched, at least."""

ANY_FILE: Final = "plc"
"""What clients send to 9102 for a catalogue file, as its name or as the institution."""

_ROOT: Final = "fsi/plc/"
_NUMBER: Final = re.compile(rf"{_ROOT}(13\d\d)-([0-9a-z]+)")
_NEWEST: Final = "newest"
_ON_A_DISK: Final = (1980, 1, 1, 0, 0, 0)
"""The day written into the ZIP: always the same, so that the same catalogue is the same file."""


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """A catalogue file: its Chinese name and its columns in order."""

    name: str
    columns: tuple[str, ...]


@cache
def layouts() -> dict[str, Layout]:
    """Return the layouts of the files that have rows, by transaction."""
    found = files("gongji.channels.national").joinpath("data", "catalogue_columns.toml")
    return msgspec.convert(tomllib.loads(found.read_text(encoding="utf-8")), dict[str, Layout])


def download_catalogue(desk: Desk, message: Message, now: datetime) -> Task:
    """1301 and its likes: the number of the file of one catalogue, empty for a caller who has this version already."""
    known = read(In1301, message).data.ver
    infno = message.infno
    version = version_of(desk.catalogue)
    items = [] if known == version else items_of(desk.catalogue, infno)
    tail = _NEWEST if known == version else version
    answer = Out1301(
        file_qury_no=f"{_ROOT}{infno}-{tail}",
        filename=f"{infno}_{tail}.txt.zip",
        dld_end_time=f"{now + KEPT:%Y-%m-%d %H:%M:%S}",
        data_cnt=exact(Decimal(len(items))),
    )
    return Task(scope=Scope(), act=lambda _: Output(answer), writes=False)


def fetch_file(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """9102: a catalogue file, as raw bytes."""
    asked = read(In9102, message).fsDownloadIn
    found = _NUMBER.fullmatch(asked.file_qury_no)
    if found is None or found.group(1) not in DOWNLOADS:
        raise MalformedError("file_qury_no", "没有这个文件；目录文件的查询号由 1301 等交易给出")
    infno, tail = found.groups()
    version = version_of(desk.catalogue)
    if tail not in (version, _NEWEST):
        raise MalformedError("file_qury_no", "目录已经更新，请重新下载")
    if asked.filename not in (ANY_FILE, f"{infno}_{tail}.txt.zip"):
        raise MalformedError("filename", f"应为 {ANY_FILE} 或下载交易给出的文件名")
    if asked.fixmedins_code not in (ANY_FILE, message.institution):
        raise MalformedError("fixmedins_code", "与报文的机构不符")
    items = [] if tail == _NEWEST else items_of(desk.catalogue, infno)

    def act(books: Books) -> Output:  # noqa: ARG001  # the catalogue is not in the books
        return Output(packed(infno, items, version))

    return Task(scope=Scope(), act=act, writes=False)


FILES: Final[dict[str, Transaction]] = {**dict.fromkeys(DOWNLOADS, download_catalogue), "9102": fetch_file}


def version_of(catalogue: Catalogue) -> str:
    """Return the version of a catalogue: another content has another version. At most 20 characters."""
    return hashlib.sha256(msgspec.json.encode(sorted(catalogue.items.items()))).hexdigest()[:12]


def items_of(catalogue: Catalogue, infno: str) -> list[Item]:
    """Return the items that belong into the file of a download transaction."""
    wanted = _LISTS.get(infno)
    return [item for code, item in sorted(catalogue.items.items()) if wanted is not None and list_type(code) == wanted]


def packed(infno: str, items: list[Item], version: str) -> bytes:
    """Return the file: a ZIP with one text."""
    columns = layouts()[infno].columns if infno in layouts() else ()
    lines = ["\t".join(_row(infno, item, version).get(column, "null") for column in columns) for item in items]
    packet = BytesIO()
    with zipfile.ZipFile(packet, "w") as archive:
        entry = zipfile.ZipInfo(f"{infno}_{version}.txt", _ON_A_DISK)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, "".join(f"{line}\n" for line in lines))
    return packet.getvalue()


# Helpers


_LISTS: Final = {"1301": "101", "1302": "102", "1305": "201", "1306": "301"}
_NAMED: Final = {"1301": "注册名称", "1302": "单味药名称", "1305": "医疗服务项目名称", "1306": "耗材名称"}


def _row(infno: str, item: Item, version: str) -> Mapping[str, str]:
    return {
        "医疗目录编码": item.code,
        _NAMED[infno]: item.name,
        "有效标志": "1",
        "唯一记录号": item.code,
        "版本号": version,
        "版本名称": version,
    }
