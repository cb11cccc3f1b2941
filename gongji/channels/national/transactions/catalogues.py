"""1304, 1312 and 1316 to 1319 page through the catalogue, 1901 tells a code dictionary. Nothing is written.

The catalogue says of an item its code, name, class, price ceiling and first self-pay ratio, the same for all regions
and days. Fields it does not know are null, and no item answers to a value asked of one of them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from gongji.channels.national.amounts import amount, exact, ratio
from gongji.channels.national.desk import Desk, Output, Task, Transaction
from gongji.channels.national.dictionaries import dictionaries
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.catalogues import In1304, In1312, In1901, Out1304Data, Out1312Data, Out1901
from gongji.channels.national.messages.matching import (
    In1316,
    In1317,
    In1318,
    In1319,
    Out1316Data,
    Out1317Data,
    Out1318Data,
    Out1319Data,
)
from gongji.channels.national.reading import read, shape
from gongji.channels.national.transactions.fees import LEVELS
from gongji.domain.requests import Scope
from gongji.registry.catalogue import Item
from gongji.services.store import Books

LARGEST_PAGE: Final = 1000
"""Rows of one page at most."""

VALID: Final = "1"
_KNOWN: Final = frozenset(
    {"hilist_code", "hilist_name", "med_chrgitm_type", "chrgitm_lv", "list_type", "insu_admdvs", "vali_flag"}
)
_NO_FILTER: Final = frozenset(
    {"query_date", "begndate", "enddate", "updt_time", "opt_begn_time", "opt_end_time"}
    | {"page_num", "page_size", "expContent"}
)
"""The catalogue is the same on all days; pages and extensions choose nothing."""


def query_list(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1312: the items of the catalogue."""
    return _paged(message, read(In1312, message).data, desk.catalogue.items.values(), Out1312Data)


def query_matches(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1316: which item of the insured list belongs to which national code: here the codes are the same."""
    return _paged(message, read(In1316, message).data, desk.catalogue.items.values(), Out1316Data)


def query_ceilings(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1318: the items with a price ceiling, and how high it is."""
    items = [item for item in desk.catalogue.items.values() if item.ceiling_fen is not None]
    return _paged(message, read(In1318, message).data, items, Out1318Data)


def query_self_pay(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1319: how much of each item is paid before the fund's share begins."""
    return _paged(message, read(In1319, message).data, desk.catalogue.items.values(), Out1319Data)


def query_ethnic(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1304: ethnic medicines, of which the catalogue has none."""
    return _paged(message, read(In1304, message).data, (), Out1304Data)


def query_own_matches(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1317: an institution's own list matched with the national one; the register keeps no such lists."""
    return _paged(message, read(In1317, message).data, (), Out1317Data)


def query_dictionary(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1901: the codes of one dictionary, named as the field it is for, in small or capital letters."""
    data = read(In1901, message).data
    name = data.type.lower()
    if name not in dictionaries():
        raise MalformedError("type", f"没有字典 {data.type}")
    entries = dictionaries()[name].entries if data.valiFlag == VALID and not data.parentValue else {}
    rows = [
        {"type": data.type, "label": label, "value": value, "sort": exact(Decimal(place)), "valiFlag": VALID}
        for place, (value, label) in enumerate(entries.items(), 1)
    ]
    return Task(scope=Scope(), act=lambda _: Output(shape(Out1901, {"list": rows})), writes=False)


CATALOGUES: Final[dict[str, Transaction]] = {
    "1304": query_ethnic,
    "1312": query_list,
    "1316": query_matches,
    "1317": query_own_matches,
    "1318": query_ceilings,
    "1319": query_self_pay,
    "1901": query_dictionary,
}


def list_type(code: str) -> str:
    """Return 目录类别 by the shape of a national code: 101 drugs, 102 decoction pieces, 201 services, 301 materials."""
    kinds = {"X": "101", "Z": "101", "T": "102", "C": "301"}
    return "201" if code[:1].isdigit() else kinds.get(code[:1].upper(), "105")


# Helpers


def _paged(message: Message, data: Struct, items: Iterable[Item], row: type[Struct]) -> Task:
    asked = {name: getattr(data, name) for name in data.__struct_fields__}
    page, size = _page(asked["page_num"], "page_num", 9999), _page(asked["page_size"], "page_size", LARGEST_PAGE)
    wanted = {name: str(value) for name, value in asked.items() if name not in _NO_FILTER and value not in ("", None)}

    def act(books: Books) -> Output:
        region = wanted.get("insu_admdvs") or books.registry.institutions[message.institution].region
        known = [_known(item, region) for item in sorted(items, key=lambda item: item.code)]
        found = [one for one in known if _answers(one, wanted)]
        first = (page - 1) * size
        rows = [shape(row, one) for one in found[first : first + size]]
        pages = -(-len(found) // size)
        return Output(
            {
                "data": rows,
                "firstPage": page == 1,
                "lastPage": page >= pages,
                "size": len(rows),
                "startRow": first + 1 if rows else 0,
                "endRow": first + len(rows) if rows else 0,
                "pageSize": size,
                "pageNum": page,
                "recordCounts": len(found),
                "pages": pages,
            }
        )

    return Task(scope=Scope(), act=act, writes=False)


def _page(number: Decimal, name: str, most: int) -> int:
    if not 1 <= number <= most:
        raise MalformedError(name, f"应为 1 至 {most}")
    return int(number)


def _known(item: Item, region: str) -> dict[str, Any]:
    return {
        "hilist_code": item.code,
        "hilist_name": item.name,
        "med_list_codg": item.code,
        "insu_admdvs": region,
        "poolarea_no": region,
        "med_chrgitm_type": item.charge_type,
        "chrgitm_lv": LEVELS[item.fee_class],
        "list_type": list_type(item.code),
        "hilist_pric_uplmt_amt": amount(item.ceiling_fen) if item.ceiling_fen is not None else None,
        "selfpay_prop": ratio(item.first_self_pay),
        "vali_flag": VALID,
        "rid": item.code,
    }


def _answers(known: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Tell whether an item is asked for: the name by a part of it, all else exactly."""
    for name, value in wanted.items():
        if name not in _KNOWN | {"med_list_codg", "rid", "poolarea_no"}:
            return False
        if value not in known[name] if name == "hilist_name" else value != known[name]:
            return False
    return True
