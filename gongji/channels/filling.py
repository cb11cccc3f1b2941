"""A recorded message is often only half of one: what its envelope lacks, and what it refers to, is put in and named."""

import re
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gongji.channels import samples
from gongji.channels.national.envelope import day_in
from gongji.channels.national.fields import MalformedError
from gongji.channels.samples import Sample
from gongji.channels.sandbox import benefits_known, put_person
from gongji.domain.bill import FeeClass, FeeKind, FeeLine
from gongji.domain.insured import Insurance, Insured, Sex
from gongji.domain.money import BASIS, NotMoneyError, fen_from_yuan, yuan
from gongji.domain.requests import RequestKey, Scope
from gongji.registry.codes import Codes
from gongji.registry.records import Identity, Institution, UploadedLine, Visit
from gongji.rules.benefits import split_lines
from gongji.rules.policybook import PolicyBook
from gongji.services.store import Books, Store
from gongji.services.visits import credentials
from gongji.services.visits.credentials import CODE, Credential, names

SETTLING: Final = frozenset({"2206", "2206A", "2207", "2207A"})
"""Messages that want a visit and fee lines to be there."""

_FALLBACK_REGION: Final = "310000"
_STRANGER: Final = 999
_PAPERS: Final = {"02": "certno", "03": "card_no"}
"""mdtrt_cert_type to the field of an identity."""

_CODE: Final = "01"


class Filled(Struct, frozen=True, kw_only=True):
    """A message made whole, and a sentence for each thing that was put in."""

    message: dict[str, Any]
    notes: tuple[str, ...]


def fill_envelope(message: dict[str, Any], now: datetime) -> Filled:
    """Return the message with the fields its envelope lacks; nothing that is there is changed."""
    data = _data(message)
    place = _place(message, data)
    code = str(message.get("fixmedins_code") or place.code)
    wanted = {
        "infver": "1.0",
        "recer_sys_code": "YBXT",
        "opter_type": "1",
        "opter": "0001",
        "opter_name": "样例经办人",
        "fixmedins_code": code,
        "fixmedins_name": place.name,
        "mdtrtarea_admvs": place.region,
        "insuplc_admdvs": _region(message, data),
        "inf_time": f"{now:%Y-%m-%d %H:%M:%S}",
        "msgid": f"{code}{now:%Y%m%d%H%M%S}{now.microsecond // 100:04d}",
    }
    lacking = {name: value for name, value in wanted.items() if not message.get(name)}
    return Filled(message=message | lacking, notes=tuple(f"{name} = {value}" for name, value in lacking.items()))


def fill_books(store: Store, policy: PolicyBook, message: dict[str, Any], now: datetime) -> tuple[str, ...]:
    """Put the person, the visit and the fee line that a lone settlement refers to into the books of a sandbox.

    Return a sentence for each; none when the message refers to nothing, or to what is there.
    """
    data = _data(message)
    psn_no = str(data.get("psn_no") or "")
    if not psn_no:
        return ()
    scope = Scope(certificates={("psn_no", psn_no)}, visits={str(data.get("mdtrt_id") or "")})
    return store.run(scope, lambda books: tuple(_fill(books, policy, message, data, now)))


def fill_split(store: Store, policy: PolicyBook, message: dict[str, Any], now: datetime) -> Filled:
    """Return the message with a core split where the book has no benefit schedule for the patient.

    Without one nobody could say what the fund pays. The split assumed leaves the whole bill with the patient, and
    the note says so.
    """
    data = _data(message)
    total_fen = _fen(data.get("medfee_sumamt"))
    if message.get("infno") not in SETTLING or "expContent" in data or total_fen is None:
        return Filled(message=message, notes=())
    psn_no = str(data.get("psn_no") or "")
    patient = store.read(Scope(certificates={("psn_no", psn_no)}), lambda books: _patient(books, psn_no))
    if patient is None or benefits_known(policy, patient, now.date()):
        return Filled(message=message, notes=())
    split = _nothing_from_funds(total_fen)
    note = (
        f"input.data.expContent.core_split: funds 0.00, personal part {yuan(total_fen)} (assumed: the book has no"
        f" outpatient benefit schedule for {patient.insured} insurance in {patient.region})"
    )
    return Filled(message=_with_data(message, data | {"expContent": {"core_split": split}}), notes=(note,))


def fill_code(store: Store, codes: Codes, message: dict[str, Any], now: datetime) -> Filled:
    """Return the message with a fresh e-credential code where the one it shows serves no more, or never did.

    A file keeps a code longer than one lives. Another person's code stays, and so does a message answered before.
    """
    notes: list[str] = []
    content = {} if _answered(store, message, now) else _content(message)
    for name, node in content.items():
        if isinstance(node, dict) and node.get("mdtrt_cert_type") == _CODE and node.get("psn_no"):
            fresh = _fresh_code(store, codes, node, now)
            if fresh is not None:
                content = content | {name: node | {"mdtrt_cert_no": fresh}}
                notes.append(f"input.{name}.mdtrt_cert_no: a fresh e-credential code of {node['psn_no']}")
    return Filled(message=message | {"input": content} if notes else message, notes=tuple(notes))


# The code


def _answered(store: Store, message: dict[str, Any], now: datetime) -> bool:
    """Tell whether a message of that id has its first answer, which another code would keep from it."""
    code, msgid = str(message.get("fixmedins_code") or ""), str(message.get("msgid") or "")
    try:
        key = RequestKey(code, msgid, day_in(msgid, code, now))
    except MalformedError:
        return False
    return store.read(Scope(requests={key}), lambda books: key in books.ledger.answers)


def _fresh_code(store: Store, codes: Codes, node: dict[str, Any], now: datetime) -> str | None:
    """Return a new code of the patient, None where the one that the message shows is to stay."""
    psn_no, visit_id, number = (str(node.get(name) or "") for name in ("psn_no", "mdtrt_id", "mdtrt_cert_no"))
    shown = Credential(CODE, number, code=codes.open(number))
    scope = names(shown)
    scope.certificates.add(("psn_no", psn_no))

    def left_without(books: Books) -> int | None:
        person_id = books.registry.directory.get(("psn_no", psn_no))
        if person_id is None or (shown.code is not None and shown.code.person_id != person_id):
            return None
        return person_id if credentials.shown(books, person_id, shown, now, visit_id or None) is not None else None

    patient = store.read(scope, left_without)
    return codes.mint(patient, now) if patient is not None else None


# The envelope


def _place(message: dict[str, Any], data: dict[str, Any]) -> Institution:
    known = samples.institutions()
    code = str(message.get("fixmedins_code") or "")
    if code in known:
        return known[code]
    area = str(message.get("mdtrtarea_admvs") or _region(message, data))
    kind = "pharmacy" if str(data.get("med_type")) == "41" else "hospital"
    near = [one for one in known.values() if one.designated and one.kind == kind]
    here = [one for one in near if one.region == area and one.level == (2 if kind == "hospital" else 1)]
    return (
        here[0]
        if here
        else Institution(
            code=code or f"{'P' if kind == 'pharmacy' else 'H'}{area}00099",
            name="样例医药机构",
            kind=kind,  # type: ignore[arg-type]  # one of the two words above
            level=2,
            region=area,
        )
    )


def _region(message: dict[str, Any], data: dict[str, Any]) -> str:
    for given in (message.get("insuplc_admdvs"), message.get("mdtrtarea_admvs"), data.get("psn_no")):
        found = re.match(r"\d{6}", str(given or ""))
        if found:
            return found.group()
    return _FALLBACK_REGION


def _data(message: dict[str, Any]) -> dict[str, Any]:
    """Return the node `data` of the input, whether that came as an object or as text; empty when there is none."""
    data = _content(message).get("data")
    return data if isinstance(data, dict) else {}


def _content(message: dict[str, Any]) -> dict[str, Any]:
    """Return the input, whether that came as an object or as text; empty when there is none."""
    content = message.get("input")
    if isinstance(content, str):
        try:
            content = msgspec.json.decode(content)
        except msgspec.DecodeError:
            return {}
    return content if isinstance(content, dict) else {}


def _with_data(message: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    return message | {"input": _content(message) | {"data": data}}


# The books


def _fill(books: Books, policy: PolicyBook, message: dict[str, Any], data: dict[str, Any], now: datetime) -> list[str]:
    notes = []
    psn_no = str(data["psn_no"])
    place = _place(message, data)
    if place.code not in books.registry.institutions:
        books.registry.institutions[place.code] = place
        notes.append(f"institution {place.code}: a hospital of level {place.level} in {place.region}")
    person_id = books.registry.directory.get(("psn_no", psn_no))
    if person_id is None:
        stranger = _stranger(message, data, now.date())
        put_person(books, policy, stranger, now)
        person_id = stranger.insured.person_id
        notes.append(f"person {psn_no}: insured as {stranger.insured.insured} in {stranger.insured.region}, no money")
    else:
        identity, person = books.registry.identities[person_id], books.registry.people[person_id]
        notes.append(f"person {psn_no}: the sample person {identity.name}, {person.insured} of {person.region}")
    visit_id = str(data.get("mdtrt_id") or "")
    if message.get("infno") in SETTLING and visit_id and visit_id not in books.registry.visits:
        visit = _visit(data, person_id, place.code, now)
        books.registry.visits.put(visit_id, visit)
        notes.append(f"visit {visit_id}: registered at {place.code}")
        notes += [f"fee line {line.line_no}: {line.name}, {yuan(line.amount_fen)}" for line in visit.lines]
    elif message.get("infno") in SETTLING and visit_id in books.registry.visits:
        notes += _lines_again(books, visit_id, data)
    return notes


def _lines_again(books: Books, visit_id: str, data: dict[str, Any]) -> list[str]:
    """Upload the lines of a visit once more when all it had are settled: the same message may be tried again."""
    visit = books.registry.visits[visit_id]
    if any(line.settled_by is None for line in visit.lines):
        return []
    fresh = [replace(line, line_no=f"{len(visit.lines) + int(line.line_no)}") for line in _lines(data)]
    books.registry.visits.put(visit_id, replace(visit, lines=(*visit.lines, *fresh)))
    return [f"fee line {line.line_no}: {line.name}, {yuan(line.amount_fen)}" for line in fresh]


def _stranger(message: dict[str, Any], data: dict[str, Any], today: date) -> Sample:
    region = _region(message, data)
    born = date(today.year - 45, 6, 15)
    person_id = samples.person_id(_STRANGER)
    insurance = Insurance.RESIDENT if str(data.get("insutype", "")).startswith("39") else Insurance.EMPLOYEE
    papers = {"certno": samples.id_number(region, born, Sex.FEMALE, _STRANGER)}
    kind = str(data.get("mdtrt_cert_type"))
    if kind != _CODE:
        papers[_PAPERS.get(kind, "card_no")] = str(data.get("mdtrt_cert_no") or "")
    return Sample(
        insured=Insured(
            person_id=person_id,
            insured=insurance,
            region=region,
            born=born,
            sex=Sex.FEMALE,
            account=insurance is Insurance.EMPLOYEE,
        ),
        identity=Identity(
            person_id=person_id, psn_no=str(data["psn_no"]), name="样例人员", cert_type="01", sex="2", **papers
        ),
        current_year_fen=0,
        carry_over_fen=0,
        pot_fen=0,
        wallet_fen=0,
        shows=(),
    )


def _visit(data: dict[str, Any], person_id: int, institution: str, now: datetime) -> Visit:
    return Visit(
        visit_id=str(data["mdtrt_id"]),
        book_id=person_id,
        institution=institution,
        reference="1",
        begun_at=now.replace(microsecond=0),
        insutype=str(data.get("insutype") or ""),
        med_type=str(data.get("med_type") or ""),
        lines=tuple(_lines(data)),
    )


def _lines(data: dict[str, Any]) -> list[UploadedLine]:
    """Return fee lines that add up to the bill: one off the catalogue where the message says so, one inside."""
    total_fen = _fen(data.get("medfee_sumamt")) or 0
    off_fen, over_fen, first_fen, scope_fen = (
        _fen(data.get(name)) or 0
        for name in ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    )
    if off_fen + over_fen + first_fen + scope_fen != total_fen:
        off_fen = over_fen = first_fen = 0
    kind = FeeKind.REGISTRATION if str(data.get("med_type")) == "12" else FeeKind.TREATMENT
    inside_fen = total_fen - off_fen
    priced_fen = inside_fen - over_fen
    ratio = (2 * first_fen * BASIS + priced_fen) // (2 * priced_fen) if priced_fen else 0
    fees = [
        FeeLine(inside_fen, FeeClass.B if over_fen or first_fen else FeeClass.A, kind, ratio, over_fen),
        FeeLine(off_fen, FeeClass.C, kind),
    ]
    return [_uploaded(number, fee, data) for number, fee in enumerate(fees, 1) if fee.amount_fen]


def _uploaded(number: int, fee: FeeLine, data: dict[str, Any]) -> UploadedLine:
    _, in_scope_fen, first_fen, over_fen, off_fen = split_lines([fee])[0][0]
    return UploadedLine(
        line_no=str(number),
        batch=str(data.get("chrg_bchno") or ""),
        code=f"SAMPLE-{fee.kind}",
        name="挂号费" if fee.kind is FeeKind.REGISTRATION else "治疗费",
        amount_fen=fee.amount_fen,
        fee=fee,
        off_catalogue_fen=off_fen,
        over_limit_fen=over_fen,
        first_self_pay_fen=first_fen,
        in_scope_fen=in_scope_fen,
    )


# Small things


def _patient(books: Books, psn_no: str) -> Insured | None:
    person_id = books.registry.directory.get(("psn_no", psn_no))
    return books.registry.people.get(person_id) if person_id is not None else None


def _nothing_from_funds(total_fen: int) -> dict[str, Any]:
    funds = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay", "fund_pay_sumamt")
    return dict.fromkeys((*funds, "hosp_part_amt"), "0.00") | {"psn_part_amt": yuan(total_fen)}


def _fen(amount: Any) -> int | None:
    """Return an amount of a message in fen; None when it is none, which the door will say."""
    text = str(amount).strip()
    whole, point, rest = text.partition(".")
    try:
        return fen_from_yuan(f"{whole}.{rest.ljust(2, '0')}" if point else f"{whole}.00")
    except NotMoneyError:
        return None
