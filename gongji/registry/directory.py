"""The directory: by which papers a person is found, and what every keeper of the registry promises."""

from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.domain.tables import Table
from gongji.registry.records import Identity, SignIn, Visit
from gongji.registry.window import RegistryWindow

Paper = tuple[str, str]
"""Kind and number: psn_no, certno, card_no, ec_token."""


class Loaded(NamedTuple):
    """The records as they were loaded, table by table in the order of `RegistryWindow.tables`."""

    people: dict[int, Insured]
    identities: dict[int, Identity]
    bonds: dict[int, Bond]
    visits: dict[str, Visit]
    signs: dict[str, SignIn]


def loaded_from(window: RegistryWindow) -> Loaded:
    """Return the records of `window` as they stand now; later writes do not show in it."""
    copies: list[Any] = [dict(table.rows) for table in window.tables]
    return Loaded(*copies)


def papers(identity: Identity) -> set[Paper]:
    """Return the papers under which that person is entered; those he does not have are left out."""
    numbers = {
        "psn_no": identity.psn_no,
        "certno": identity.certno,
        "card_no": identity.card_no,
        "ec_token": identity.ec_token,
    }
    return {(kind, number) for kind, number in numbers.items() if number}


class Keeper(Protocol):
    """The registry's side of a store. All calls of one batch happen inside one transaction."""

    def find(self, window: RegistryWindow, *, certificates: set[Paper], visits: set[str], signs: set[str]) -> set[int]:
        """Load directory rows, visits and sign-ins by their names; return the people they concern."""
        ...

    def load(self, window: RegistryWindow, *, named: set[int]) -> set[int]:
        """Load the families of `named`, and return everyone loaded.

        That is: every bond in which one of them shares or is member, the people at the other ends, and the
        bonds over which those share; of all these people the insurance and the papers; and all institutions.
        """
        ...

    def write(
        self, window: RegistryWindow, loaded: Loaded, *, true_from: Table[int, date], known_from: datetime | None
    ) -> bool:
        """Write what changed. False when what is there is no longer what was loaded; then nothing may be committed.

        `true_from` tells of a person since when his changed insurance is true, where that is not the day it became
        known. `known_from` is the moment of knowing; without it the database's clock says.
        """
        ...

    def everyone(self) -> set[int]:
        """Return the ids of all people."""
        ...
