"""Benefit schedules in words: for whom, deductible, ratios and ceiling, by hospital level."""

from collections.abc import Sequence

from gongji.domain.bill import Visit
from gongji.domain.insured import Work
from gongji.domain.money import yuan
from gongji.domain.texts import Language
from gongji.rules.reading_titles import WORDS, Said
from gongji.rules.reading_units import listed, percent
from gongji.rules.schema import Schedule


def schedules_in_words(schedules: Sequence[Schedule], lang: Language) -> str:
    """Return the schedules in their order: the first that fits a person is his."""
    return "\n".join(_schedule(schedule).text(lang) for schedule in schedules)


# Helpers


def _schedule(schedule: Schedule) -> Said:
    terms = [_deductible(schedule), _ratio(schedule), *_bands(schedule), _ceiling(schedule), *_further(schedule)]
    whom = _whom(schedule)
    return Said(
        f"{whom.zh}：" + "；".join(term.zh for term in terms),
        f"{whom.en}: " + "; ".join(term.en for term in terms),
    )


def _whom(schedule: Schedule) -> Said:
    marks = [WORDS[schedule.scheme]]
    if schedule.work is not None:
        works = [work for work in Work if work in schedule.work]
        marks.append(_several(*(WORDS[work] for work in works)))
    if schedule.age_from is not None:
        marks.append(Said(f"满 {schedule.age_from} 岁", f"from {schedule.age_from}"))
    if schedule.age_below is not None:
        marks.append(Said(f"不满 {schedule.age_below} 岁", f"below {schedule.age_below}"))
    if schedule.retired_before is not None:
        marks.append(Said(f"{schedule.retired_before} 前退休", f"retired before {schedule.retired_before}"))
    if schedule.retired_from is not None:
        marks.append(Said(f"{schedule.retired_from} 起退休", f"retired from {schedule.retired_from}"))
    if schedule.months_over is not None:
        marks.append(Said(f"参保超过 {schedule.months_over} 个月", f"enrolled over {schedule.months_over} months"))
    if schedule.months_up_to is not None:
        marks.append(Said(f"参保至 {schedule.months_up_to} 个月", f"enrolled up to {schedule.months_up_to} months"))
    if schedule.tier is not None:
        marks.append(Said(f"第 {schedule.tier} 档", f"tier {schedule.tier}"))
    visits = [visit for visit in Visit if visit in schedule.visits]
    if visits != [Visit.OUTPATIENT]:
        marks.append(_several(*(WORDS[visit] for visit in visits)))
    return _several(*marks)


def _deductible(schedule: Schedule) -> Said:
    each = Said("每次", "a visit") if schedule.deductible_per == "visit" else Said("每年", "a year")
    amounts = _by_level([yuan(fen) for fen in schedule.deductible_fen])
    zh, en = f"起付线{each.zh} {amounts.zh} 元", f"deductible {amounts.en} yuan {each.en}"
    if schedule.later_deductible_fen is not None:
        later = _by_level([yuan(fen) for fen in schedule.later_deductible_fen])
        zh, en = f"{zh}，再次住院 {later.zh} 元", f"{en}, later stays {later.en} yuan"
    if schedule.deductible_year_max_fen is not None:
        most = yuan(schedule.deductible_year_max_fen)
        zh, en = f"{zh}，全年不超过 {most} 元", f"{en}, no more than {most} yuan in a year"
    return Said(zh, en)


def _ratio(schedule: Schedule) -> Said:
    ratios = _by_level([percent(ratio) for ratio in schedule.ratio_bp])
    if schedule.drugstore_bp is None:
        return Said(f"报销 {ratios.zh}", f"the fund pays {ratios.en}")
    rate = percent(schedule.drugstore_bp)
    return Said(f"报销 {ratios.zh}，药店 {rate}", f"the fund pays {ratios.en}, in pharmacies {rate}")


def _bands(schedule: Schedule) -> list[Said]:
    found = []
    for band in schedule.bands:
        paid, ratios = yuan(band.fund_above_fen), _by_level([percent(ratio) for ratio in band.ratio_bp])
        found.append(Said(f"基金付满 {paid} 元后 {ratios.zh}", f"once it has paid {paid} yuan: {ratios.en}"))
    return found


def _ceiling(schedule: Schedule) -> Said:
    if schedule.ceiling == "no_limit":
        return Said("不封顶", "no ceiling")
    if schedule.ceiling == "unknown" or schedule.ceiling_fen is None:
        return Said("封顶线未查明", "ceiling unknown")
    over = Said("全部医疗", "all care") if schedule.ceiling_over == "all" else Said("本类医疗", "this kind of care")
    most = yuan(schedule.ceiling_fen)
    return Said(f"{over.zh}全年封顶 {most} 元", f"ceiling {most} yuan a year over {over.en}")


def _further(schedule: Schedule) -> list[Said]:
    found, layer = [], WORDS[schedule.layer]
    if schedule.above_bp is not None:
        rate = percent(schedule.above_bp)
        found.append(Said(f"封顶以上由{layer.zh}付 {rate}", f"above it the {layer.en} pays {rate}"))
    if schedule.burden_above_fen is not None and schedule.burden_ratio_bp is not None:
        borne, ratios = yuan(schedule.burden_above_fen), _by_level([percent(one) for one in schedule.burden_ratio_bp])
        zh = f"个人全年负担超过 {borne} 元的部分，由{layer.zh}付 {ratios.zh}"
        en = f"of what one has borne beyond {borne} yuan in a year the {layer.en} pays {ratios.en}"
        if schedule.burden_ceiling_fen is not None:
            most = yuan(schedule.burden_ceiling_fen)
            zh, en = f"{zh}，最多 {most} 元", f"{en}, up to {most} yuan"
        found.append(Said(zh, en))
    return found


def _by_level(figures: Sequence[str]) -> Said:
    """Return figures of hospital level 1, 2, 3; one figure where they are alike."""
    if len(set(figures)) == 1:
        return Said(figures[0], figures[0])
    together = "/".join(figures)
    return Said(f"一/二/三级 {together}", f"{together} (level 1/2/3)")


def _several(*things: Said) -> Said:
    return Said(listed([thing.zh for thing in things], "zh"), listed([thing.en for thing in things], "en"))
