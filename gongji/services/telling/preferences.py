"""Preferences 偏好: how a person wants to be told and shown things. They follow him to every channel."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.services.store import Books

PREFERENCES: Final = "preferences"

Channel = Literal["sms", "wechat", "alipay"]
"""By which a message is sent besides the inbox: 短信, 微信模板消息, 支付宝生活号消息."""

NIGHT_FROM: Final = time(22)
NIGHT_UNTIL: Final = time(7)

Clock = Annotated[time, Meta(tz=False, extra_json_schema={"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"})]
"""A time of the day, as 22:00:00."""


class Preferences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person wants. Messages go out by `channels`, to the address of each; in-app notices always do.

    What is not urgent waits from `quiet_from` to `quiet_until`; the same time twice is no rest. `reminder_fen` is the
    line above which a month's use of his account by one relative is to be pointed out, None for none.
    """

    language: Language = "zh"
    text_size: Literal["standard", "large", "largest"] = "standard"
    high_contrast: bool = False
    easy_mode: bool = False
    read_aloud: bool = False
    channels: tuple[Channel, ...] = ()
    phone: Annotated[str, Meta(max_length=11)] = ""
    wechat: Annotated[str, Meta(max_length=64)] = ""
    alipay: Annotated[str, Meta(max_length=64)] = ""
    quiet_from: Clock = NIGHT_FROM
    quiet_until: Clock = NIGHT_UNTIL
    reminder_fen: Annotated[int, Meta(gt=0, lt=10**15)] | None = None

    def address(self, channel: Channel) -> str:
        """Return where messages of that channel go."""
        return {"sms": self.phone, "wechat": self.wechat, "alipay": self.alipay}[channel]


UNSAID: Final = Preferences()
"""What holds for those who have said nothing."""


def preferences_id(person_id: int) -> str:
    """Return the id of the dossier of a person's preferences."""
    return f"{PREFERENCES}-{person_id}"


def preferences_scope(*people: int) -> Scope:
    """Return what has to be loaded to know what these people want."""
    return Scope(dossiers={preferences_id(person_id) for person_id in people})


def preferences_of(books: Books, person_id: int) -> Preferences:
    """Return what a person wants."""
    dossier = books.dossiers.get(preferences_id(person_id))
    return UNSAID if dossier is None else opened(dossier, Preferences)


def set_preferences(books: Books, person_id: int, wanted: Preferences, at: datetime) -> Preferences | Refused:
    """Write down what a person wants, or say which field is not sound."""
    fault = _fault(wanted)
    if fault is not None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=fault)
    before = books.dossiers.get(preferences_id(person_id))
    content = filed(wanted)
    if before is not None:
        books.dossiers.put(replace(before, content=content))
    else:
        parties = (person_id,)
        books.dossiers.put(
            Dossier(
                dossier_id=preferences_id(person_id), kind=PREFERENCES, made_at=at, parties=parties, content=content
            )
        )
    return wanted


def after_rest(wanted: Preferences, at: datetime) -> datetime:
    """Return when a message that is not urgent may go out: `at`, or the end of the rest that it falls into."""
    begin, end = wanted.quiet_from, wanted.quiet_until
    now = at.time()
    resting = begin <= now < end if begin <= end else (now >= begin or now < end)
    if not resting:
        return at
    day = at.date() if now < end else at.date() + timedelta(days=1)
    return datetime.combine(day, end)


# Helpers

_PHONE: Final = re.compile(r"1[3-9]\d{9}")
_OPEN_ID: Final = re.compile(r"[0-9A-Za-z_-]{8,64}")


def _fault(wanted: Preferences) -> str | None:
    """Return the name of the first field that is not sound, or None."""
    if wanted.phone and not _PHONE.fullmatch(wanted.phone):
        return "phone"
    for name in ("wechat", "alipay"):
        told = getattr(wanted, name)
        if told and not _OPEN_ID.fullmatch(told):
            return name
    if len(set(wanted.channels)) != len(wanted.channels):
        return "channels"
    missing = [channel for channel in wanted.channels if not wanted.address(channel)]
    if missing:
        return "phone" if missing[0] == "sms" else missing[0]
    if any(moment.tzinfo is not None or moment.second or moment.microsecond for moment in _hours(wanted)):
        return "quiet_from"
    return None


def _hours(wanted: Preferences) -> tuple[time, time]:
    return wanted.quiet_from, wanted.quiet_until
