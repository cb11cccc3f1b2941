"""What a batch changed in the registry, as the statements that write it: both times kept, names and numbers sealed."""

from datetime import date, datetime
from importlib.resources import files
from typing import Final

import msgspec
from msgspec import Struct

from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.domain.named_sql import bigints, named_queries
from gongji.domain.tables import Table
from gongji.domain.writes import Writes
from gongji.registry.cipher import Seal
from gongji.registry.directory import Paper, is_open, papers
from gongji.registry.records import Identity, Institution
from gongji.registry.rows import (
    Columns,
    bond_columns,
    bond_use_columns,
    code_columns,
    institution_columns,
    insurance_columns,
    insurance_of,
    person_columns,
    sign_columns,
    visit_columns,
)
from gongji.registry.window import RegistryWindow

QUERIES: Final = named_queries((files("gongji.registry") / "sql" / "queries.sql").read_text("utf-8"))


class Private(Struct, frozen=True, array_like=True):
    """What of an identity is sealed."""

    name: str
    certno: str
    card_no: str
    card_sn: str


def writes_of(
    window: RegistryWindow,
    seal: Seal,
    institutions: list[Institution],
    *,
    true_from: Table[int, date],
    known_from: datetime,
) -> Writes:
    """Return what writes the changes, and those of `institutions`.

    `true_from` tells of a person since when his changed insurance is true, where that is not the day it became known.
    `known_from` is the moment of knowing.
    """
    writes = Writes(QUERIES)
    _bonds(writes, window, known_from)
    _people(writes, window, true_from, known_from)
    _identities(writes, window, seal)
    _visits(writes, window)
    _signs(writes, window)
    _codes(writes, window)
    writes.all("put_institutions", institution_columns(institutions), len(institutions))
    return writes


# Helpers


def _people(writes: Writes, window: RegistryWindow, true_from: Table[int, date], known_from: datetime) -> None:
    if not window.people.was:
        return
    people = [window.people[person_id] for person_id in sorted(window.people.was)]
    changed: list[Insured] = []
    dates: list[date] = []
    for person in people:
        before = window.people.was[person.person_id]
        if before is None or insurance_of(before) != insurance_of(person):
            changed.append(person)
            # Of someone new it is not known that it was ever otherwise.
            usual = date.min if before is None else known_from.date()
            dates.append(true_from.get(person.person_id) or usual)
    columns = insurance_columns(changed, dates, known_from)
    writes.some("close_insurances", columns, len(changed))
    writes.all("put_people", person_columns(people), len(people))
    writes.all("insert_insurances", columns, len(changed))


def _bonds(writes: Writes, window: RegistryWindow, known_from: datetime) -> None:
    if not window.bonds.was:
        return
    both = [(was, window.bonds[bond_id]) for bond_id, was in sorted(window.bonds.was.items())]
    new = [bond for was, bond in both if was is None]
    pairs = [(was, bond) for was, bond in both if was is not None]
    used = [(was, bond) for was, bond in pairs if was.used_fen != bond.used_fen]
    expected = {"expected_fens": bigints([was.used_fen for was, _ in used])}
    writes.all("update_bond_uses", bond_use_columns([bond for _, bond in used]) | expected, len(used))
    writes.all("insert_bond_uses", bond_use_columns(new), len(new))
    _terms(writes, new, [bond.since for bond in new], known_from)
    terms = [(was, bond) for was, bond in pairs if msgspec.structs.replace(bond, used_fen=was.used_fen) != was]
    _terms(writes, [bond for _, bond in terms], [_true_from(was, bond, known_from) for was, bond in terms], known_from)


def _terms(writes: Writes, bonds: list[Bond], true_froms: list[datetime], known_from: datetime) -> None:
    if bonds:
        columns = bond_columns(bonds, true_froms, known_from)
        writes.some("close_bonds", columns, len(bonds))
        writes.all("insert_bonds", columns, len(bonds))


def _identities(writes: Writes, window: RegistryWindow, seal: Seal) -> None:
    if not window.identities.was:
        return
    identities = [window.identities[person_id] for person_id in sorted(window.identities.was)]
    before = [was for was in window.identities.was.values() if was is not None]
    had = {(paper, identity.person_id) for identity in before for paper in papers(identity)}
    have = {(paper, identity.person_id) for identity in identities for paper in papers(identity)}
    lost, entered = sorted(had - have), sorted(have - had)
    writes.all("put_identities", _identity_columns(identities, seal), len(identities))
    writes.all("drop_papers", _paper_columns(lost, seal), len(lost))
    writes.all("insert_papers", _paper_columns(entered, seal), len(entered))


def _visits(writes: Writes, window: RegistryWindow) -> None:
    if not window.visits.was:
        return
    both = [(was, window.visits[visit_id]) for visit_id, was in sorted(window.visits.was.items())]
    new = [visit for was, visit in both if was is None]
    changed = [visit for was, visit in both if was is not None]
    # A stay ends before another begins, though both happen in one batch.
    still, opened = [v for v in changed if not is_open(v)], [v for v in changed if is_open(v)]
    for visits in (still, opened):
        writes.all("update_visits", visit_columns(visits), len(visits))
    writes.all("insert_visits", visit_columns(new), len(new))


def _codes(writes: Writes, window: RegistryWindow) -> None:
    if not window.codes.was:
        return
    new = [window.codes[digest] for digest, was in window.codes.was.items() if was is None]
    spent = [window.codes[digest] for digest, was in window.codes.was.items() if was is not None]
    writes.all("insert_codes", code_columns(new), len(new))
    writes.all("spend_codes", code_columns(spent), len(spent))


def _signs(writes: Writes, window: RegistryWindow) -> None:
    if window.signs.was:
        signs = [window.signs[sign_no] for sign_no in window.signs.was]
        writes.all("put_signs", sign_columns(signs), len(signs))


def _identity_columns(identities: list[Identity], seal: Seal) -> Columns:
    return {
        "book_ids": bigints(identity.person_id for identity in identities),
        "psn_nos": [identity.psn_no for identity in identities],
        "cert_types": [identity.cert_type for identity in identities],
        "sexes": [identity.sex for identity in identities],
        "nations": [identity.nation for identity in identities],
        "employers": [identity.employer for identity in identities],
        "key_ids": [seal.key_id for _ in identities],
        "sealeds": [_sealed(identity, seal) for identity in identities],
    }


def _paper_columns(entered: list[tuple[Paper, int]], seal: Seal) -> Columns:
    return {
        "kinds": [kind for (kind, _), _ in entered],
        "key_hashes": [seal.key_hash(*paper) for paper, _ in entered],
        "person_ids": bigints(person_id for _, person_id in entered),
    }


def _sealed(identity: Identity, seal: Seal) -> bytes:
    private = Private(identity.name, identity.certno, identity.card_no, identity.card_sn)
    return seal.seal(msgspec.json.encode(private), owner=f"identity {identity.person_id}")


def _true_from(was: Bond, bond: Bond, known_from: datetime) -> datetime:
    """Return since when changed terms hold: an end since it came, all else since it is known."""
    if bond.ended_at is not None and bond.ended_at != was.ended_at:
        return bond.ended_at
    return known_from
