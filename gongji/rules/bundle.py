"""From policy files to one bundle: strict checks, one canonical text, one SHA-256.

Nothing here opens a file: the caller brings the parsed TOML of each file, and gets problems that name file and key.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from gongji.rules.policybook import EPOCH, NATION, Contradiction, PolicyBook, Row, Source
from gongji.rules.schema import RULES
from gongji.rules.twins import faults_of, faults_of_source

_WITNESS = {"source", "grade", "quote", "reading", "note", "checked", "stale_from", "overrides", "contradicts"}
_META = {"start", "end", "state", "reading_zh", "note_zh"} | _WITNESS
_STATES = ("not_in_force", "unknown", "no_limit")
_KINDS = {"official": 0, "portal": 1, "other": 2}
_OLDER = "The bundle is older than this rule."
_OLDER_ZH = "规则包早于这条规则。"
_GRADES = {"official": ("official",), "portal": ("official", "portal"), "assumed": ("official", "portal", "other")}


class PolicyError(ValueError):
    """The policy files are not sound. `problems` has one line each, naming file and key."""

    def __init__(self, problems: list[str]) -> None:
        """Hold the problems, and show them all."""
        super().__init__("\n".join(problems))
        self.problems = problems


def compile_book(files: Mapping[str, Mapping[str, Any]]) -> tuple[PolicyBook, bytes]:
    """Return the book made of `files` (file name to parsed TOML) and the canonical bundle. Raise PolicyError."""
    problems: list[str] = []
    sources = _sources(files, problems)
    raw_rows: list[dict[str, Any]] = []
    places: list[str] = []
    names: dict[str, str] = {}
    for file, content in sorted(files.items()):
        if file.startswith("sources"):
            continue
        region = _heading(file, content, names, problems)
        for rule, rows in content.items():
            if rule in ("region", "name", "english", "sources"):
                continue
            if rule not in RULES:
                problems.append(f"{file}: {rule}: no such rule")
            elif not isinstance(rows, list):
                problems.append(f"{file}: {rule}: write [[{rule}]], with two brackets")
            else:
                written = _rows(file, region, rule, rows, sources, problems)
                raw_rows += written.values()
                places += written
    _nation_is_whole(raw_rows, problems)
    _cities_say_what_they_override(raw_rows, places, problems)
    _sources_are_cited(files, raw_rows, problems)
    if problems:
        raise PolicyError(problems)
    bundle = msgspec.json.encode({"names": names, "rows": raw_rows, "sources": sources}, order="sorted")
    return book_from_bundle(bundle), bundle


def book_from_bundle(bundle: bytes) -> PolicyBook:
    """Return the book of a bundle written by `compile_book`. Raise PolicyError when it is not one.

    A rule that came into the register after the bundle was written is unknown in it.
    """
    try:
        content = msgspec.json.decode(bundle)
        rows = [_row(raw) for raw in content["rows"]]
        rows += [
            Row(rule=rule, region=NATION, start=EPOCH, state="unknown", note=_OLDER, note_zh=_OLDER_ZH)
            for rule in RULES.keys() - {row.rule for row in rows if row.region == NATION}
        ]
        sources = msgspec.convert(content["sources"], dict[str, Source])
    except (msgspec.MsgspecError, KeyError, TypeError) as fault:
        raise PolicyError([f"the bundle cannot be read: {fault}"]) from fault
    return PolicyBook(rows, sources, content["names"], hashlib.sha256(bundle).hexdigest())


# Helpers, in the order of use


def _sources(files: Mapping[str, Mapping[str, Any]], problems: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file, content in sorted(files.items()):
        for key, source in content.get("sources", {}).items():
            if key in found:
                problems.append(f"{file}: sources.{key}: this key stands in another file too")
            try:
                msgspec.convert(source, Source)
            except msgspec.ValidationError as fault:
                problems.append(f"{file}: sources.{key}: {fault}")
            if isinstance(source, dict):
                problems += [f"{file}: sources.{key}.{fault}" for fault in faults_of_source(source)]
            if isinstance(source, dict) and "checked" not in source:
                problems.append(f"{file}: sources.{key}.checked: missing; the day on which somebody last read it")
            found[key] = source
        if file.startswith("sources"):
            problems += [f"{file}: {key}: only [sources.*] stands here" for key in content if key != "sources"]
    return found


def _heading(file: str, content: Mapping[str, Any], names: dict[str, str], problems: list[str]) -> str:
    region = content.get("region")
    if not (isinstance(region, str) and len(region) == 6 and region.isdigit()):
        problems.append(f"{file}: region: six digits are wanted")
        return NATION
    if region in names:
        problems.append(f"{file}: region: {region} has another file already")
    if region != NATION and not file.startswith(region):
        problems.append(f"{file}: region: the file name must begin with {region}")
    problems += [f"{file}: {key}: missing" for key in ("name", "english") if not isinstance(content.get(key), str)]
    names[region] = f"{content.get('name')} {content.get('english')}"
    return region


def _rows(
    file: str,
    region: str,
    rule: str,
    rows: list[dict[str, Any]],
    sources: Mapping[str, Any],
    problems: list[str],
) -> dict[str, dict[str, Any]]:
    """Return the rows as they go into the bundle, each under its place: file, rule and number."""
    placed: dict[str, dict[str, Any]] = {}
    done: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        here = f"{file}: {rule}[{number}]"
        faults = _faults_of_row(rule, row, sources)
        problems += [f"{here}.{fault}" for fault in faults]
        if any(fault.startswith("start") for fault in faults):
            continue
        if done:
            problems += [f"{here}.{fault}" for fault in _faults_between(done[-1], row)]
            done[-1]["end"] = row["start"]
        meta = {key: row[key] for key in _META if key in row}
        value = {key: row[key] for key in row if key not in _META}
        done.append(meta | {"rule": rule, "region": region, "value": value if "state" not in row else None})
        placed[here] = done[-1]
    return placed


def _faults_of_row(rule: str, row: Mapping[str, Any], sources: Mapping[str, Any]) -> list[str]:
    faults = []
    if type(row.get("start")) is not date:
        faults.append("start: a date is wanted, like 2022-07-01")
    if "end" in row and (type(row["end"]) is not date or (not faults and row["end"] <= row["start"])):
        faults.append("end: a date after start is wanted")
    state = row.get("state")
    if state is not None and state not in _STATES:
        faults.append(f"state: {state!r} is none of {', '.join(_STATES)}")
    if state is not None and set(row) - _META:
        faults.append(f"{min(set(row) - _META)}: a row with a state has no value")
    if state is None:
        try:
            msgspec.convert({key: row[key] for key in row if key not in _META}, RULES[rule])
        except msgspec.ValidationError as fault:
            faults.append(f"value: {fault}")
    faults += faults_of(row)
    return faults + _faults_of_age(row) + _faults_of_losers(row, sources) + _faults_of_witness(row, state, sources)


def _faults_of_age(row: Mapping[str, Any]) -> list[str]:
    faults = []
    if "checked" in row and type(row["checked"]) is not date:
        faults.append("checked: a date is wanted, like 2026-11-22")
    if "stale_from" in row and (type(row["stale_from"]) is not date or "start" not in row):
        faults.append("stale_from: a date is wanted, like 2026-07-01")
    elif "stale_from" in row and type(row["start"]) is date and row["stale_from"] <= row["start"]:
        faults.append("stale_from: a date after start is wanted")
    return faults


def _faults_of_losers(row: Mapping[str, Any], sources: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the contradictions: a value wins by a later word or a stronger, and sources show it."""
    try:
        losers = msgspec.convert(row.get("contradicts", ()), tuple[Contradiction, ...])
    except msgspec.ValidationError as fault:
        return [f"contradicts: {fault}"]
    faults = [f"contradicts: {one.source!r} is not among the sources" for one in losers if one.source not in sources]
    winner = sources.get(str(row.get("source")), {})
    for one in losers:
        loser = sources.get(one.source, {})
        if one.lost_to == "stronger" and not _KINDS.get(winner.get("kind"), 2) < _KINDS.get(loser.get("kind"), 0):
            faults.append(f"contradicts: {one.source!r} is no weaker than {row.get('source')!r}")
        if one.lost_to == "later" and "date" in winner and "date" in loser and loser["date"] > winner["date"]:
            faults.append(f"contradicts: {one.source!r} is later than {row.get('source')!r}")
    return faults


def _faults_of_witness(row: Mapping[str, Any], state: str | None, sources: Mapping[str, Any]) -> list[str]:
    if state == "unknown":
        return [] if row.get("note") else ["note: what is unknown, and why"]
    faults = []
    grade, source = str(row.get("grade")), str(row.get("source", ""))
    if not source:
        faults.append("source: missing")
    elif source not in sources:
        faults.append(f"source: {source!r} is not among the sources")
    if grade not in _GRADES:
        faults.append(f"grade: {grade!r} is none of {', '.join(_GRADES)}")
    elif source in sources and sources[source].get("kind") not in _GRADES[grade]:
        faults.append(f"grade: {grade}, but the source is only {sources[source].get('kind')}")
    if not (row.get("quote") or row.get("reading")):
        faults.append("quote: missing (or a reading, where only a digest is at hand)")
    if grade == "assumed" and not row.get("note"):
        faults.append("note: an assumed value says why")
    return faults


def _faults_between(earlier: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    if row["start"] <= earlier["start"]:
        return ["start: overlaps the row before it"]
    if "end" in earlier and earlier["end"] != row["start"]:
        kind = "a gap after" if earlier["end"] < row["start"] else "overlaps"
        return [f"start: {kind} the row before it, which ends on {earlier['end']}"]
    return []


def _nation_is_whole(rows: list[dict[str, Any]], problems: list[str]) -> None:
    national = [row for row in rows if row["region"] == NATION]
    for rule in RULES:
        mine = [row for row in national if row["rule"] == rule]
        if not mine or mine[0]["start"] != EPOCH:
            problems.append(f"national.toml: {rule}: must begin on {EPOCH}")
        elif mine[-1].get("end") is not None:
            problems.append(f"national.toml: {rule}: must not end")


def _cities_say_what_they_override(rows: Sequence[dict[str, Any]], places: Sequence[str], problems: list[str]) -> None:
    by_rule: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_rule.setdefault((row["region"], row["rule"]), []).append(row)
    for here, row in zip(places, rows, strict=True):
        province = row["region"][:2] + "0000"
        if row["region"] in (province, NATION):
            wider: list[dict[str, Any]] = []
        else:
            wider = [one for one in by_rule.get((province, row["rule"]), ()) if _contradict(row, one)]
        if wider and "overrides" not in row:
            told = f"{province} says otherwise from {wider[0]['start']}"
            problems.append(f'{here}.overrides: {told}; write overrides = "{province}", and in a note why')
        elif "overrides" in row and (row["overrides"] != province or not wider):
            problems.append(f"{here}.overrides: {row['overrides']} does not say otherwise in that time")


def _contradict(row: Mapping[str, Any], wider: Mapping[str, Any]) -> bool:
    """Tell whether a city's row says something else than a known row of its province, on a day that both speak for."""
    if row["start"] >= wider.get("end", date.max) or wider["start"] >= row.get("end", date.max):
        return False
    return wider.get("state") != "unknown" and (row.get("state"), row["value"]) != (wider.get("state"), wider["value"])


def _sources_are_cited(
    files: Mapping[str, Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], problems: list[str]
) -> None:
    cited = {row.get("source") for row in rows}
    cited |= {str(one.get("source")) for row in rows for one in row.get("contradicts", ()) if isinstance(one, dict)}
    for file, content in sorted(files.items()):
        uncited = [key for key in content.get("sources", {}) if key not in cited]
        problems += [f"{file}: sources.{key}: no row cites it" for key in uncited]


def _row(raw: dict[str, Any]) -> Row:
    value = msgspec.convert(raw["value"], RULES[raw["rule"]]) if raw["value"] is not None else None
    plain = {key: raw[key] for key in raw if key != "value"}
    plain["state"] = raw.get("state", "value")
    row = msgspec.convert(plain, Row)
    return msgspec.structs.replace(row, value=value)
