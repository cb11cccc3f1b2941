"""The registry's working set of one batch: people, bonds, visits, and the ways to find them."""

from datetime import datetime

from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.domain.tables import Changes, Table
from gongji.registry.records import CodeUse, Identity, Institution, SignIn, Visit


class RegistryWindow:
    """Tables by key. A store loads the people a batch names, their bonds, and the people at the other ends."""

    def __init__(self, changes: Changes | None = None) -> None:
        """Begin empty. Writes are noted in `changes`."""
        changes = [] if changes is None else changes
        self.people: Table[int, Insured] = Table(changes=changes)
        self.identities: Table[int, Identity] = Table(changes=changes)
        self.directory: dict[tuple[str, str], int] = {}
        self.bonds: Table[int, Bond] = Table(changes=changes)
        self.visits: Table[str, Visit] = Table(changes=changes)
        self.signs: Table[str, SignIn] = Table(changes=changes)
        self.codes: Table[bytes, CodeUse] = Table(changes=changes)
        self.institutions: dict[str, Institution] = {}
        self._of_member: dict[int, dict[int, None]] = {}
        self._of_sharer: dict[int, dict[int, None]] = {}
        self._in_ending: set[int] = set()

    @property
    def tables(self) -> tuple[Table, ...]:  # type: ignore[type-arg]  # tables of every kind, for marks only
        """Return all tables."""
        return (self.people, self.identities, self.bonds, self.visits, self.signs, self.codes)

    def load_bond(self, bond: Bond) -> None:
        """Take in a bond as it stands in the store."""
        self._index(bond)
        self.bonds.rows[bond.bond_id] = bond

    def put_bond(self, bond: Bond) -> None:
        """Write a bond."""
        if bond.until is not None or bond.bond_id not in self.bonds.rows:
            self._index(bond)
        self.bonds.put(bond.bond_id, bond)

    def bonds_of_member(self, member_id: int) -> list[Bond]:
        """Return all bonds over which that person may use others' money, ended ones too, by bond id."""
        return self._several(self._of_member.get(member_id))

    def bonds_of_sharer(self, sharer_id: int) -> list[Bond]:
        """Return all bonds over which that person shares, ended ones too, by bond id."""
        return self._several(self._of_sharer.get(sharer_id))

    def may_end(self, people: set[int]) -> bool:
        """Tell whether one of these people may stand in a bond that ends by itself."""
        return bool(self._in_ending) and not self._in_ending.isdisjoint(people)

    def bond_between(self, sharer_id: int, member_id: int, *, at: datetime) -> Bond | None:
        """Return the bond of the two that has not ended by `at`, the latest if several, or None."""
        living = [
            bond
            for bond in self.bonds_of_sharer(sharer_id)
            if bond.member_id == member_id and bond.ended_at is None and (bond.until is None or at < bond.until)
        ]
        return living[-1] if living else None

    def _index(self, bond: Bond) -> None:
        self._of_member.setdefault(bond.member_id, {})[bond.bond_id] = None
        self._of_sharer.setdefault(bond.sharer_id, {})[bond.bond_id] = None
        if bond.until is not None:
            self._in_ending |= {bond.sharer_id, bond.member_id}

    def _several(self, bond_ids: dict[int, None] | None) -> list[Bond]:
        if not bond_ids:
            return []
        rows = self.bonds.rows
        if len(bond_ids) == 1:
            (bond_id,) = bond_ids
            bond = rows.get(bond_id)
            return [] if bond is None else [bond]
        # A bond taken back by a rewind leaves its id in the index; it is simply not there any more.
        return [rows[bond_id] for bond_id in sorted(bond_ids) if bond_id in rows]
