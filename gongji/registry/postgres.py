"""The registry in PostgreSQL: both times kept of insurance and bonds, names and numbers sealed."""

from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final

import msgspec
from msgspec import Struct
from psycopg import Connection
from psycopg.rows import dict_row

from gongji.domain.family import Bond
from gongji.domain.generations import Generations
from gongji.domain.insured import Insured
from gongji.domain.named_sql import bigints, named_queries
from gongji.domain.tables import Table
from gongji.registry.cipher import Seal
from gongji.registry.directory import Paper, is_open, only_spent, papers
from gongji.registry.folders import Folder, Folders, OpenedWhenRead
from gongji.registry.records import CodeUse, Identity, Institution, SignIn, Visit
from gongji.registry.rows import (
    Columns,
    Row,
    bond_columns,
    bond_from,
    bond_use_columns,
    code_columns,
    institution_columns,
    insurance_columns,
    insurance_of,
    insured_from,
    person_columns,
    sign_columns,
    visit_columns,
    visit_from,
)
from gongji.registry.window import RegistryWindow

QUERIES: Final = named_queries((files("gongji.registry") / "sql" / "queries.sql").read_text("utf-8"))


class _Private(Struct, frozen=True, array_like=True):
    """What of an identity is sealed."""

    name: str
    certno: str
    card_no: str
    card_sn: str


class Institutions(dict[str, Institution]):
    """The institutions by code, loaded whole: a small table that every batch shares. Notes what is written."""

    def __init__(self, rows: Mapping[str, Institution]) -> None:
        """Begin with `rows`, taken as clean."""
        super().__init__(rows)
        self.changed: set[str] = set()

    def __setitem__(self, code: str, institution: Institution) -> None:
        """Write an institution."""
        super().__setitem__(code, institution)
        self.changed.add(code)


class Shelf:
    """What the connections of one store remember together from batch to batch: the institutions, or nothing."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.institutions: Institutions | None = None


class PostgresRegistry:
    """The registry's tables over one connection. Transactions are the caller's.

    After a transaction that wrote was taken back, the caller empties the shelf.
    """

    def __init__(self, connection: Connection[Any], seal: Seal, shelf: Shelf, kept: Folders | None = None) -> None:
        """Work over that connection; `seal` opens and closes what is private.

        Who writes hands in what he has `kept` in memory; who reads has nothing kept, and sees what is committed.
        """
        self._connection = connection
        self._seal = seal
        self._shelf = shelf
        self._kept = kept

    # Loading.

    def find(
        self,
        window: RegistryWindow,
        *,
        certificates: set[Paper],
        visits: set[str],
        signs: set[str],
        stays: set[str],
        codes: set[bytes],
    ) -> set[int]:
        """Load what the names stand for and return the people it concerns; see `Keeper.find`."""
        people = self._find_people(window, certificates | {("psn_no", psn_no) for psn_no in stays})
        guests = {window.directory.get(("psn_no", psn_no)) for psn_no in stays} - {None}
        if guests:
            for visit in map(visit_from, self._rows("find_stays", {"book_ids": bigints(guests)})):
                window.visits.load(visit.visit_id, visit)
        for visit in self._find_visits(visits):
            window.visits.load(visit.visit_id, visit)
            people.add(visit.book_id)
        if signs:
            for row in self._rows("find_signs", {"sign_nos": list(signs)}):
                window.signs.load(row["sign_no"], SignIn(**row))
        if codes:
            for row in self._rows("find_codes", {"digests": list(codes)}):
                window.codes.load(row["digest"], CodeUse(**row))
        return people

    def load(self, window: RegistryWindow, *, named: set[int]) -> set[int]:
        """Load the families of `named`, and return everyone loaded; see `Keeper.load`."""
        shelf = self._shelf.institutions
        if shelf is None:
            shelf = Institutions({row["code"]: Institution(**row) for row in self._rows("load_institutions", {})})
            self._shelf.institutions = shelf
        # Readers get a copy, so that what they do to it goes nowhere.
        window.institutions = dict(shelf) if self._kept is None else shelf
        folders = self._folders(named)
        ends = {
            person_id
            for folder in folders.values()
            for person_id in (*folder.sharers, *[bond.member_id for bond in folder.bonds.values()])
        }
        folders |= self._folders(ends - named)
        window.identities.rows = papers_of = OpenedWhenRead(self._opened)
        for person_id, folder in folders.items():
            if folder.person is not None:
                window.people.rows[person_id] = folder.person
            for bond in folder.bonds.values():
                window.load_bond(bond)
            if folder.identity is not None:
                papers_of[person_id] = folder.identity
            elif folder.closed is not None:
                papers_of.closed[person_id] = folder
                if person_id in named:
                    papers_of.get(person_id)
        return set(folders)

    def everyone(self) -> set[int]:
        """Return the ids of all people."""
        return {person_id for (person_id,) in self._tuples("everyone", {})}

    def visits_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Visit]:
        """Return a person's visits; see `Keeper.visits_of`."""
        names = {"book_id": book_id, "since": since or datetime.min, "until": until or datetime.max}  # noqa: DTZ901  # Beijing time
        return [visit_from(row) for row in self._rows("visits_of", names)]

    def _find_people(self, window: RegistryWindow, certificates: set[Paper]) -> set[int]:
        known = self._kept.papers if self._kept is not None else Generations[Paper, int](1)
        found = {paper: person_id for paper in certificates if (person_id := known.get(paper)) is not None}
        asked = {(paper[0], self._seal.key_hash(*paper)): paper for paper in certificates if paper not in found}
        if asked:
            hashes = [key_hash for _, key_hash in asked]
            for kind, key_hash, person_id in self._tuples("find_people", {"key_hashes": hashes}):
                if (paper := asked.get((kind, key_hash))) is not None:
                    found[paper] = person_id
                    known.put(paper, person_id)
        window.directory.update(found)
        return set(found.values())

    def _find_visits(self, visit_ids: set[str]) -> list[Visit]:
        known = self._kept.visits if self._kept is not None else Generations[str, Visit](1)
        found = [visit for visit_id in visit_ids if (visit := known.get(visit_id)) is not None]
        asked = visit_ids.difference([visit.visit_id for visit in found])
        if asked:
            for visit in map(visit_from, self._rows("find_visits", {"visit_ids": list(asked)})):
                known.put(visit.visit_id, visit)
                found.append(visit)
        return found

    def _folders(self, person_ids: set[int]) -> dict[int, Folder]:
        """Return the folders of these people, from memory or the database; one of nobody is empty."""
        known = self._kept.folders if self._kept is not None else Generations[int, Folder](1)
        found = {person_id: folder for person_id in person_ids if (folder := known.get(person_id)) is not None}
        missing = person_ids - found.keys()
        if not missing:
            return found
        fresh = {person_id: Folder() for person_id in missing}
        names = {"people": bigints(missing)}
        for person in map(insured_from, self._rows("load_people", names)):
            fresh[person.person_id].person = person
        for row in self._rows("load_identities", names):
            fresh[row["book_id"]].closed = row
        for bond in map(bond_from, self._rows("load_bonds", names)):
            fresh[bond.sharer_id].bonds[bond.bond_id] = bond
        for person_id, sharer_id in self._tuples("load_sharers", names):
            fresh[person_id].sharers += (sharer_id,)
        for person_id, folder in fresh.items():
            known.put(person_id, folder)
        return found | fresh

    # Writing.

    def write(self, window: RegistryWindow, *, true_from: Table[int, date], known_from: datetime | None) -> bool:
        """Write what changed; see `Keeper.write`."""
        if known_from is None and (window.people.dirty or window.bonds.dirty):
            ((known_from,),) = self._tuples("now", {})
        written = (
            self._write_bonds(window, known_from)
            and self._write_people(window, true_from, known_from)
            and self._write_identities(window)
            and self._write_visits(window)
            and self._write_signs(window)
            and self._write_codes(window)
            and self._write_institutions()
        )
        if self._kept is not None:
            self._kept.note(window)
        return written

    def _write_people(self, window: RegistryWindow, true_from: Table[int, date], known_from: datetime | None) -> bool:
        people = [window.people[person_id] for person_id in sorted(window.people.dirty)]
        if not people or known_from is None:
            return True
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
        if changed:
            self._connection.execute(QUERIES["close_insurances"], columns)
        return self._all("put_people", person_columns(people), len(people)) and self._all(
            "insert_insurances", columns, len(changed)
        )

    def _write_bonds(self, window: RegistryWindow, known_from: datetime | None) -> bool:
        if not window.bonds.was or known_from is None:
            return True
        both = [(was, window.bonds[bond_id]) for bond_id, was in sorted(window.bonds.was.items())]
        new = [bond for was, bond in both if was is None]
        pairs = [(was, bond) for was, bond in both if was is not None]
        used = [(was, bond) for was, bond in pairs if was.used_fen != bond.used_fen]
        terms = [(was, bond) for was, bond in pairs if msgspec.structs.replace(bond, used_fen=was.used_fen) != was]
        expected = {"expected_fens": bigints(was.used_fen for was, _ in used)}
        return (
            self._all("update_bond_uses", bond_use_columns([bond for _, bond in used]) | expected, len(used))
            and self._all("insert_bond_uses", bond_use_columns(new), len(new))
            and self._write_terms(new, [bond.since for bond in new], known_from)
            and self._write_terms([b for _, b in terms], [_true_from(w, b, known_from) for w, b in terms], known_from)
        )

    def _write_terms(self, bonds: list[Bond], true_froms: list[datetime], known_from: datetime) -> bool:
        columns = bond_columns(bonds, true_froms, known_from)
        if bonds:
            self._connection.execute(QUERIES["close_bonds"], columns)
        return self._all("insert_bonds", columns, len(bonds))

    def _write_identities(self, window: RegistryWindow) -> bool:
        identities = [window.identities[person_id] for person_id in sorted(window.identities.dirty)]
        before = [was for was in window.identities.was.values() if was is not None]
        had = {(paper, identity.person_id) for identity in before for paper in papers(identity)}
        have = {(paper, identity.person_id) for identity in identities for paper in papers(identity)}
        lost, entered = sorted(had - have), sorted(have - had)
        return (
            self._all("put_identities", self._identity_columns(identities), len(identities))
            and self._all("drop_papers", self._paper_columns(lost), len(lost))
            and self._all("insert_papers", self._paper_columns(entered), len(entered))
        )

    def _write_visits(self, window: RegistryWindow) -> bool:
        dirty = sorted(window.visits.dirty)
        new = [window.visits[visit_id] for visit_id in dirty if window.visits.was[visit_id] is None]
        changed = [window.visits[visit_id] for visit_id in dirty if window.visits.was[visit_id] is not None]
        # A stay ends before another begins, though both happen in one batch.
        still, opened = [v for v in changed if not is_open(v)], [v for v in changed if is_open(v)]
        return (
            self._all("update_visits", visit_columns(still), len(still))
            and self._all("update_visits", visit_columns(opened), len(opened))
            and self._all("insert_visits", visit_columns(new), len(new))
        )

    def _write_codes(self, window: RegistryWindow) -> bool:
        codes = [window.codes[digest] for digest in sorted(window.codes.dirty)]
        new = [code for code in codes if window.codes.was[code.digest] is None]
        spent = [code for code in codes if window.codes.was[code.digest] is not None]
        return (
            only_spent(window)
            and self._all("insert_codes", code_columns(new), len(new))
            and self._all("spend_codes", code_columns(spent), len(spent))
        )

    def _write_signs(self, window: RegistryWindow) -> bool:
        signs = [window.signs[sign_no] for sign_no in sorted(window.signs.dirty)]
        return self._all("put_signs", sign_columns(signs), len(signs))

    def _write_institutions(self) -> bool:
        shelf = self._shelf.institutions
        if shelf is None:
            return True
        changed = [shelf[code] for code in sorted(shelf.changed)]
        shelf.changed.clear()
        return self._all("put_institutions", institution_columns(changed), len(changed))

    # Sealing.

    def _identity_columns(self, identities: list[Identity]) -> Columns:
        return {
            "book_ids": bigints(identity.person_id for identity in identities),
            "psn_nos": [identity.psn_no for identity in identities],
            "cert_types": [identity.cert_type for identity in identities],
            "sexes": [identity.sex for identity in identities],
            "nations": [identity.nation for identity in identities],
            "employers": [identity.employer for identity in identities],
            "key_ids": [self._seal.key_id for _ in identities],
            "sealeds": [self._sealed(identity) for identity in identities],
        }

    def _paper_columns(self, entered: list[tuple[Paper, int]]) -> Columns:
        return {
            "kinds": [kind for (kind, _), _ in entered],
            "key_hashes": [self._seal.key_hash(*paper) for paper, _ in entered],
            "person_ids": bigints(person_id for _, person_id in entered),
        }

    def _sealed(self, identity: Identity) -> bytes:
        private = _Private(identity.name, identity.certno, identity.card_no, identity.card_sn)
        return self._seal.seal(msgspec.json.encode(private), owner=f"identity {identity.person_id}")

    def _opened(self, folder: Folder) -> Identity:
        """Open the papers in a folder, unless another batch has."""
        if folder.closed is not None:
            row = folder.closed.copy()
            person_id = row.pop("book_id")
            sealed = self._seal.open(row.pop("sealed"), owner=f"identity {person_id}", key_id=row.pop("key_id"))
            private = msgspec.json.decode(sealed, type=_Private)
            folder.identity = Identity(person_id=person_id, **row, **msgspec.structs.asdict(private))
            folder.closed = None
        if folder.identity is None:
            raise KeyError("no papers in this folder")
        return folder.identity

    # Asking.

    def _all(self, query: str, columns: Columns, count: int) -> bool:
        """Run a query over `count` records and tell whether it took them all; nothing is asked for none."""
        return count == 0 or self._connection.execute(QUERIES[query], columns).rowcount == count

    def _tuples(self, query: str, names: Columns) -> list[tuple[Any, ...]]:
        return self._connection.execute(QUERIES[query], names).fetchall()

    def _rows(self, query: str, names: Columns) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES[query], names).fetchall()


def _true_from(was: Bond, bond: Bond, known_from: datetime) -> datetime:
    """Return since when changed terms hold: an end since it came, all else since it is known."""
    if bond.ended_at is not None and bond.ended_at != was.ended_at:
        return bond.ended_at
    return known_from
