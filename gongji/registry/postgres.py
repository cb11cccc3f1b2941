"""The registry in PostgreSQL: whom a batch needs, from memory or the database. Names and numbers are sealed."""

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from gongji.domain.ahead import CODES, INSTITUTIONS, PAPERS, SIGNS, VISITS
from gongji.domain.generations import Generations
from gongji.domain.named_sql import bigints, texts
from gongji.registry.cipher import Seal
from gongji.registry.directory import Paper
from gongji.registry.folders import Folder, Folders, OpenedWhenRead
from gongji.registry.records import CodeUse, Identity, Institution, SignIn, Visit
from gongji.registry.rows import Columns, Row, bond_from, insured_from, visit_from
from gongji.registry.window import RegistryWindow
from gongji.registry.writing import QUERIES, Private


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
            self._wait_for({VISITS})
            for visit in map(visit_from, self._rows("find_stays", {"book_ids": bigints(guests)})):
                window.visits.load(visit.visit_id, visit)
        for visit in self._find_visits(visits):
            window.visits.load(visit.visit_id, visit)
            people.add(visit.book_id)
        if signs:
            self._wait_for({SIGNS})
            for row in self._rows("find_signs", {"sign_nos": list(signs)}):
                window.signs.load(row["sign_no"], SignIn(**row))
        if codes:
            self._wait_for({CODES})
            for row in self._rows("find_codes", {"digests": list(codes)}):
                window.codes.load(row["digest"], CodeUse(**row))
        return people

    def load(self, window: RegistryWindow, *, named: set[int]) -> set[int]:
        """Load the families of `named`, and return everyone loaded; see `Keeper.load`."""
        shelf = self._shelf.institutions
        if shelf is None:
            self._wait_for({INSTITUTIONS})
            shelf = Institutions({row["code"]: Institution(**row) for row in self._rows("load_institutions", {})})
            self._shelf.institutions = shelf
        # Readers get a copy, so that what they do to it goes nowhere.
        window.institutions = dict(shelf) if self._kept is None else shelf
        folders = self._folders(named)
        ends: set[int] = set()
        for folder in folders.values():
            ends.update(folder.sharers)
            ends.update([bond.member_id for bond in folder.bonds.values()])
        ends -= named
        if ends:
            folders |= self._folders(ends)
        window.identities.rows = papers_of = OpenedWhenRead(self._opened)
        people = window.people.rows
        for person_id, folder in folders.items():
            if folder.person is not None:
                people[person_id] = folder.person
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
            self._wait_for({PAPERS})
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
            self._wait_for(asked)
            for visit in map(visit_from, self._rows("find_visits", {"visit_ids": texts(asked)})):
                known.put(visit.visit_id, visit)
                found.append(visit)
        return found

    def _folders(self, person_ids: set[int]) -> dict[int, Folder]:
        """Return the folders of these people, from memory or the database; one of nobody is empty."""
        known = self._kept.folders if self._kept is not None else Generations[int, Folder](1)
        found, missing = known.several(person_ids)
        if not missing:
            return found
        self._wait_for(missing)
        fresh = {person_id: Folder() for person_id in missing}
        names = {"people": bigints(missing)}
        with self._connection.pipeline():  # one journey for all
            people, identities = self._asked("load_people", names), self._asked("load_identities", names)
            bonds = self._asked("load_bonds", names)
            sharers = self._connection.execute(QUERIES["load_sharers"], names)
        for person in map(insured_from, people):
            fresh[person.person_id].person = person
        for row in identities:
            fresh[row["book_id"]].closed = row
        for bond in map(bond_from, bonds):
            fresh[bond.sharer_id].bonds[bond.bond_id] = bond
        for person_id, sharer_id in sharers:
            fresh[person_id].sharers += (sharer_id,)
        for person_id, folder in fresh.items():
            known.put(person_id, folder)
        return found | fresh

    def _opened(self, folder: Folder) -> Identity:
        """Open the papers in a folder, unless another batch has."""
        if folder.closed is not None:
            row = folder.closed.copy()
            person_id = row.pop("book_id")
            sealed = self._seal.open(row.pop("sealed"), owner=f"identity {person_id}", key_id=row.pop("key_id"))
            private = msgspec.json.decode(sealed, type=Private)
            folder.identity = Identity(person_id=person_id, **row, **msgspec.structs.asdict(private))
            folder.closed = None
        if folder.identity is None:
            raise KeyError("no papers in this folder")
        return folder.identity

    # Asking.

    def _wait_for(self, wanted: AbstractSet[Hashable]) -> None:
        """Wait until the database has whatever of this is not committed yet."""
        if self._kept is not None:
            self._kept.ahead.wait_for(wanted)

    def _tuples(self, query: str, names: Columns) -> list[tuple[Any, ...]]:
        return self._connection.execute(QUERIES[query], names).fetchall()

    def _rows(self, query: str, names: Columns) -> list[Row]:
        return self._asked(query, names).fetchall()

    def _asked(self, query: str, names: Columns) -> Cursor[Row]:
        return self._connection.cursor(row_factory=dict_row).execute(QUERIES[query], names)
