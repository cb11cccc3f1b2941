"""The value of a rule in words: a short phrase in Chinese or English, sums of money in yuan."""

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Any

from gongji.domain.money import yuan
from gongji.domain.texts import Language
from gongji.rules.policybook import Row
from gongji.rules.reading_schedules import schedules_in_words
from gongji.rules.reading_titles import PLACES, POCKETS_OF_THE_MATRIX, PREMIUMS, STATES, TITLES, WORDS, Said
from gongji.rules.reading_units import listed, percent
from gongji.rules.schema import (
    Amount,
    Away,
    Benefits,
    Cap,
    Count,
    Crediting,
    FaceCheck,
    Interest,
    MedicalYear,
    Minutes,
    Order,
    Pays,
    Pool,
    Pot,
    Premiums,
    Proof,
    Proofs,
    Reach,
    RelationLimits,
    Relatives,
    RetiredCredit,
    StayYear,
    Tier,
    UseCap,
    Uses,
    Value,
    WalletTransfer,
    Window,
)


def in_words(row: Row) -> Said:
    """Return what a row says, in both languages."""
    return Said(_phrase(row, "zh"), _phrase(row, "en"))


# Helpers


def _phrase(row: Row, lang: Language) -> str:
    if row.state != "value":
        return STATES[row.state].text(lang)
    if isinstance(row.value, Count):
        return _count(row, row.value.count, lang)
    return _value(row.value, lang)


def _count(row: Row, count: int, lang: Language) -> str:
    unit = Said("天", "day") if row.rule in ("invite_days", "unbind_after_days") else Said("人", "person")
    if lang == "zh":
        return f"{count} {unit.zh}"
    return f"{count} {unit.en}{'' if count == 1 else 's'}"


@singledispatch
def _value(_: Value, lang: Language) -> str:
    """Return the value in words; a flag has none but that it is there."""
    return STATES["value"].text(lang)


@_value.register
def _(value: Relatives, lang: Language) -> str:
    return _words(value.relations, lang)


@_value.register
def _(value: Reach, lang: Language) -> str:
    return WORDS[value.area].text(lang)


@_value.register
def _(value: Pool, lang: Language) -> str:
    size = WORDS[value.level].text(lang)
    return f"{size}为一个统筹区" if lang == "zh" else f"{size} is one pool"


@_value.register
def _(value: Pays, lang: Language) -> str:
    return _by_name(value, POCKETS_OF_THE_MATRIX, lang)


@_value.register
def _(value: Uses, lang: Language) -> str:
    phrase = _by_name(value, PLACES, lang)
    if not value.residents_not_at:
        return phrase
    closed = listed([PLACES[name].text(lang) for name in PLACES if name in value.residents_not_at], lang)
    return f"{phrase}；居民参保人不得在{closed}使用" if lang == "zh" else f"{phrase}; not for residents at: {closed}"


@_value.register
def _(value: Amount, lang: Language) -> str:
    if value.fen is not None:
        return _yuan(value.fen, lang)
    rate, base = percent(value.basis_points or 0), TITLES[value.of or "average_wage"].text(lang)
    return f"{base}的 {rate}" if lang == "zh" else f"{rate} of: {base.lower()}"


@_value.register
def _(value: Minutes, lang: Language) -> str:
    return f"{value.minutes} 分钟内再刷一次" if lang == "zh" else f"again within {value.minutes} minutes"


@_value.register
def _(value: Cap, lang: Language) -> str:
    return WORDS[value.limits].text(lang)


@_value.register
def _(value: Order, lang: Language) -> str:
    phrase = WORDS[value.by].text(lang)
    if not value.rank:
        return phrase
    return f"{phrase}；可以自己排序" if lang == "zh" else f"{phrase}; an order that somebody set goes before"


@_value.register
def _(value: RelationLimits, lang: Language) -> str:
    most = {name: getattr(value, name) for name in ("spouse", "father", "mother", "child")}
    return listed([f"{WORDS[name].text(lang)} {count}" for name, count in most.items() if count is not None], lang)


@_value.register
def _(value: FaceCheck, lang: Language) -> str:
    return f"年满 {value.age_from} 周岁" if lang == "zh" else f"from the age of {value.age_from}"


@_value.register
def _(value: Proofs, lang: Language) -> str:
    return ("；" if lang == "zh" else "; ").join(_proof(proof, lang) for proof in value.asked)


def _proof(proof: Proof, lang: Language) -> str:
    papers = (" 或 " if lang == "zh" else " or ").join(
        WORDS[paper].text(lang) for paper in WORDS if paper in proof.any_of
    )
    whom = [WORDS[proof.relation].text(lang)] if proof.relation is not None else []
    if proof.age_below is not None:
        whom.append(f"未满 {proof.age_below} 周岁" if lang == "zh" else f"below {proof.age_below}")
    if not whom:
        return papers
    return f"{''.join(whom)}：{papers}" if lang == "zh" else f"{' '.join(whom)}: {papers}"


@_value.register
def _(value: Pot, lang: Language) -> str:
    times = value.allocations_per_month
    if times is None:
        return "先划入家庭共济账户，次数不限" if lang == "zh" else "money is set aside first, as often as wanted"
    return (
        f"先划入家庭共济账户，每月 {times} 次" if lang == "zh" else f"money is set aside first, {times} time(s) a month"
    )


@_value.register
def _(value: WalletTransfer, lang: Language) -> str:
    per = Said("每笔", "each") if value.ceiling_on == "transfer" else Said("每天合计", "a day")
    chinese = [f"每天 {value.count_per_day} 笔", f"{per.zh}最多 {yuan(value.ceiling_fen)} 元"]
    english = [f"{value.count_per_day} a day", f"up to {yuan(value.ceiling_fen)} yuan {per.en}"]
    if value.closed_from is not None and value.closed_until is not None:
        chinese.append(f"{value.closed_from:%H:%M} 至次日 {value.closed_until:%H:%M} 不办理")
        english.append(f"closed from {value.closed_from:%H:%M} to {value.closed_until:%H:%M}")
    chinese.append(f"未接收的次日 {value.return_at:%H:%M} 退回")
    english.append(f"what is not received goes back at {value.return_at:%H:%M} of the next day")
    if value.one_pending:
        chinese.append("前一笔未接收前不得再转")
        english.append("none while one is on its way")
    return "，".join(chinese) if lang == "zh" else ", ".join(english)


@_value.register
def _(value: MedicalYear, lang: Language) -> str:
    return f"{value.month} 月 {value.day} 日起" if lang == "zh" else f"begins on {value.month:02d}-{value.day:02d}"


@_value.register
def _(value: StayYear, lang: Language) -> str:
    if value.by == "admission":
        return "按入院日" if lang == "zh" else "by the day of admission"
    return "按出院日" if lang == "zh" else "by the day of discharge"


@_value.register
def _(value: Crediting, lang: Language) -> str:
    chinese = [f"在职：缴费基数的 {percent(value.active_bp)}"]
    english = [f"in service {percent(value.active_bp)} of the base"]
    if value.flexible_bp is not None:
        chinese.append(f"灵活就业：{percent(value.flexible_bp)}" if value.flexible_bp else "灵活就业：不划入")
        english.append(
            f"flexible workers {percent(value.flexible_bp)}" if value.flexible_bp else "flexible workers none"
        )
    for credit in value.retired:
        chinese.append(_retired(credit, "zh"))
        english.append(_retired(credit, "en"))
    if value.per_year:
        chinese.append("整个医疗年度的数额于年度首日一次划入")
        english.append("the sum of the whole medical year at once, on its first day")
    return "；".join(chinese) if lang == "zh" else "; ".join(english)


@_value.register
def _(value: Interest, lang: Language) -> str:
    unknown = STATES["unknown"].text(lang)
    current, carried = (
        unknown if rate is None else percent(rate) for rate in (value.current_year_bp, value.carry_over_bp)
    )
    if lang == "zh":
        return f"年度终了时，当年账户按年利率 {current}、历年结余按年利率 {carried} 计息"
    return f"at the end of the year {current} on this year's money and {carried} on carry-over"


def _retired(credit: RetiredCredit, lang: Language) -> str:
    if lang == "zh":
        who = "退休" + ("(原灵活就业)" if credit.formerly_flexible else "")
        age = f"满 {credit.age_from} 岁" if credit.age_from else ""
        return f"{who}{age}：每月 {yuan(credit.fen_per_month)} 元"
    who = "retired" + (" (formerly flexible)" if credit.formerly_flexible else "")
    age = f" from {credit.age_from}" if credit.age_from else ""
    return f"{who}{age}: {yuan(credit.fen_per_month)} yuan a month"


@_value.register
def _(value: Premiums, lang: Language) -> str:
    sides = {"member": Said("为成员", "for a member"), "own": Said("为本人", "for the owner")}
    found = []
    for name, side in sides.items():
        kinds = listed([PREMIUMS[kind].text(lang) for kind in PREMIUMS if kind in getattr(value, name)], lang)
        found.append(f"{side.text(lang)}{'：' if lang == 'zh' else ': '}{kinds or _nothing(lang)}")
    return ("；" if lang == "zh" else "; ").join(found)


@_value.register
def _(value: Window, lang: Language) -> str:
    begins, ends = (value.from_month, value.from_day), (value.until_month, value.until_day)
    if lang == "zh":
        return "{}月{}日 至 {}月{}日".format(*begins, *ends)
    return "from {:02d}-{:02d} to {:02d}-{:02d}".format(*begins, *ends)


@_value.register
def _(value: Benefits, lang: Language) -> str:
    return schedules_in_words(value.schedules, lang)


@_value.register
def _(value: Away, lang: Language) -> str:
    rate = percent(value.unfiled_less_bp).removesuffix("%")
    return f"报销比例降低 {rate} 个百分点" if lang == "zh" else f"the ratio is {rate} points lower"


@_value.register
def _(value: Tier, lang: Language) -> str:
    tiers = listed(sorted(value.tiers), lang)
    return f"第 {tiers} 档" if lang == "zh" else f"tier {tiers}"


@_value.register
def _(value: UseCap, lang: Language) -> str:
    amount = yuan(value.fen_per_month)
    kinds = _words(value.kinds, lang)
    return f"{kinds}每月合计最多 {amount} 元" if lang == "zh" else f"{kinds}: at most {amount} yuan a month"


def _by_name(value: Any, names: Mapping[str, Said], lang: Language) -> str:
    """Return what each of the value's fields allows, field by field."""
    colon, stop = ("：", "；") if lang == "zh" else (": ", "; ")
    parts = [
        f"{title.text(lang)}{colon}{_words(getattr(value, name), lang) or _nothing(lang)}"
        for name, title in names.items()
    ]
    return stop.join(parts)


def _words(names: Iterable[str], lang: Language) -> str:
    """Return the words of a set, in the order of the vocabulary."""
    wanted = frozenset(names)
    return listed([said.text(lang) for name, said in WORDS.items() if name in wanted], lang)


def _nothing(lang: Language) -> str:
    return "不可" if lang == "zh" else "nothing"


def _yuan(amount_fen: int, lang: Language) -> str:
    return f"{yuan(amount_fen)} 元" if lang == "zh" else f"{yuan(amount_fen)} yuan"
