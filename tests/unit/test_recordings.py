"""Recorded settlements come out to the fen, each through its own transactions; and one that does not is told."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from gongji.channels.national.door import Door
from gongji.channels.recordings import recordings, replay
from gongji.registry.catalogue import sample_catalogue
from gongji.services.store import MemoryStore
from tests.national_world import CATCH_ALL, World, policy_book

SAMPLES = Path(__file__).parents[2] / "samples"
FLOWS = {
    "outpatient": ("2201", "2204", "2206", "2207", "2208"),
    "inpatient": ("2401", "2301", "2301", "2301", "2303", "2402", "2304", "2305"),
    "pharmacy": ("2101", "2102", "2103"),
}


def replayed(recording, folder=SAMPLES):
    store = MemoryStore()
    door = Door(store, policy_book(), sample_catalogue(), codes=World().codes)
    outcome = replay(recording, folder, store, lambda raw, at: door.handle(raw, CATCH_ALL, at))
    assert store.faults() == []
    return outcome


@pytest.mark.parametrize("recording", recordings(SAMPLES), ids=lambda one: one.file)
def test_a_recording_comes_out_to_the_fen(recording):
    outcome = replayed(recording)

    assert outcome.refused is None
    assert outcome.sent == FLOWS[recording.flow]
    assert [figure for figure in outcome.figures if not figure.same] == []
    assert sum(figure.recorded_fen is not None for figure in outcome.figures) >= 10


def test_the_figures_of_the_recordings_are_those_known():
    outcomes = {recording.file: replayed(recording) for recording in recordings(SAMPLES)}

    def fens(file, *names):
        figures = {figure.name: figure.replayed_fen for figure in outcomes[file].figures}
        return [figures[name] for name in names]

    names = ("medfee_sumamt", "fund_pay_sumamt", "hosp_part_amt", "acct_pay", "psn_cash_pay")
    assert fens("2304_response_chongqing.json", *names) == [2344246, 1878539, 50501, 17004, 398202]
    assert fens("2304_response_hunan.json", *names) == [579253, 310654, 0, 0, 268599]
    assert fens("2207_response_hebei.json", *names) == [452, 0, 0, 452, 0]
    assert fens("settlement_row_guizhou_1.json", *names) == [3600, 0, 0, 3600, 0]
    assert fens("settlement_row_guizhou_2.json", *names) == [3000, 0, 0, 3000, 0]


def test_a_figure_that_differs_is_told(tmp_path):
    folder = shutil.copytree(SAMPLES, tmp_path / "samples")
    recording = next(one for one in recordings(folder) if one.file == "2304_response_hunan.json")
    recorded = json.loads((folder / recording.file).read_text(encoding="utf-8"))
    recorded["output"]["setlinfo"]["psn_part_amt"] = 2685.98
    (folder / recording.file).write_text(json.dumps(recorded), encoding="utf-8")

    outcome = replayed(recording, folder)

    assert not outcome.same
    assert [figure.name for figure in outcome.figures if not figure.same] == ["psn_part_amt"]


def test_a_recording_that_is_refused_says_where(tmp_path):
    folder = shutil.copytree(SAMPLES, tmp_path / "samples")
    recording = recordings(folder)[0]
    recorded = json.loads((folder / recording.file).read_text(encoding="utf-8"))
    recorded["output"]["setlinfo"]["medfee_sumamt"] = 5.52
    (folder / recording.file).write_text(json.dumps(recorded), encoding="utf-8")

    outcome = replayed(recording, folder)

    assert not outcome.same
    assert outcome.refused is not None
    assert outcome.refused.startswith("2206: FSI-AMOUNTS_DISAGREE")


def test_a_list_with_an_unknown_word_is_not_read(tmp_path):
    (tmp_path / "recordings.toml").write_text('[[recording]]\nfile = "a"\ntitle = "b"\nflow = "dental"\nregion = "1"\n')

    with pytest.raises(msgspec.ValidationError, match="flow"):
        recordings(tmp_path)
