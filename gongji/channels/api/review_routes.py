"""The handlers of applications, materials, mandates, counters, inspections and the audit."""

from collections.abc import Sequence
from typing import Final

from litestar.types import ControllerRouterHandler

from gongji.channels.api import (
    applications,
    audit,
    counter,
    differences,
    inspections,
    mandates,
    materials,
    review_sheets,
)

REVIEW_HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    applications.submit_application,
    applications.list_applications,
    applications.read_queue,
    applications.read_application,
    applications.add_materials,
    applications.withdraw_application,
    applications.appeal_application,
    applications.claim_application,
    applications.release_application,
    applications.park_application,
    applications.notice_application,
    applications.decide_application,
    applications.check_application,
    review_sheets.read_review_sheet,
    materials.hand_in_material,
    materials.list_materials,
    materials.look_at_material,
    materials.read_material,
    mandates.give_mandate,
    mandates.list_mandates,
    mandates.finish_mandate,
    mandates.stand_at_counter,
    counter.look_up_person,
    counter.list_looks,
    inspections.begin_inspection,
    inspections.list_inspections,
    inspections.read_inspection_queue,
    inspections.read_inspection,
    inspections.offer_hearing,
    inspections.speak_inspection,
    inspections.propose_verdict,
    inspections.check_verdict,
    inspections.close_inspection,
    inspections.lift_suspension,
    inspections.appeal_inspection,
    inspections.uphold_verdict,
    audit.list_acts,
    audit.export_acts,
    differences.list_differences,
    differences.check_journal,
    differences.step_difference,
)
