"""What is done to the rules: one act after the other, each with who, when and why. Nothing here is ever changed."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class Drafted(Struct, frozen=True, kw_only=True, tag="drafted"):
    """A policy file was brought, new or changed, with the notice it rests on; both by name and SHA-256."""

    file: str
    content: str
    notice_name: str
    notice: str


class Checked(Struct, frozen=True, kw_only=True, tag="checked"):
    """A draft was checked over the bundle `base`: it makes `bundle` ("" where it does not load).

    `report` is the SHA-256 of what was found, `sound` tells whether nothing was found against it.
    """

    sound: bool
    base: str
    bundle: str
    report: str


class Approved(Struct, frozen=True, kw_only=True, tag="approved"):
    """A second person stood up for the bundle that the check of that number made."""

    check: int
    bundle: str


class Published(Struct, frozen=True, kw_only=True, tag="published"):
    """A bundle holds from `since` on, made of `files`, and `cases` are run from then on beside the program's own.

    Both are by name and SHA-256. `again` is the number of the publication that is published once more, None for a new
    one.
    """

    bundle: str
    files: Mapping[str, str]
    cases: Mapping[str, str] = {}
    since: datetime
    again: int | None = None


Deed = Drafted | Checked | Approved | Published


class PolicyAct(Struct, frozen=True, kw_only=True):
    """One act. Numbers count from 1 without a gap; a draft is known by the number of the act that brought it.

    `draft_id` is 0 for an act on no draft: what the program brings along, and what is published again.
    """

    number: int
    draft_id: int
    who: str
    done_at: datetime
    why: str
    told: Deed


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 by which a document or bundle is named."""
    return hashlib.sha256(content).hexdigest()
