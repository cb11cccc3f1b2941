"""Every operation of the API, waiting for its answer; written by `python clients/build.py`."""

from datetime import datetime
from typing import Any, Literal

from gongji_client import models
from gongji_client.calling import Caller, Reply, placed


class Client(Caller):
    """The API; a call returns when its answer is there."""

    def read_start(self) -> Reply[models.Start]:
        """What is here.

        Return where everything is.
        """
        return self._ask(
            models.Start,
            "GET",
            "/api/v1",
        )

    def read_balances(self, person_id: int, *, if_none_match: str | None = None) -> Reply[models.BalancesTold]:
        """What lies in a person's pockets.

        Return the balances of the caller, or of the person he acts for.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.BalancesTold,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/balances",
            headers={"If-None-Match": if_none_match},
        )

    def read_balances_at(
        self, person_id: int, *, at: datetime, if_none_match: str | None = None
    ) -> Reply[models.BalancesAtTold]:
        """What lay in a person's pockets at a moment.

        Return the caller's pockets as of a moment that has passed, that moment included.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.BalancesAtTold,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/balances/at",
            query={"at": at},
            headers={"If-None-Match": if_none_match},
        )

    def read_helps(
        self,
        person_id: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        if_none_match: str | None = None,
    ) -> Reply[models.HelpsTold]:
        """Who paid for me.

        Return which relatives paid for the caller, what, when and where.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.HelpsTold,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/helps",
            query={"since": since, "until": until},
            headers={"If-None-Match": if_none_match},
        )

    def read_statement(
        self,
        person_id: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        pocket: models.Pocket | None = None,
        kind: models.EntryKind | None = None,
        relative_id: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Reply[models.StatementTold]:
        """Every movement, with the balance after it.

        Return the caller's movements, the newest first; a page has those of at most `limit` entries.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.StatementTold,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/statement",
            query={
                "since": since,
                "until": until,
                "pocket": pocket,
                "kind": kind,
                "relative_id": relative_id,
                "limit": limit,
                "cursor": cursor,
            },
        )

    def export_statement(
        self,
        person_id: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        pocket: models.Pocket | None = None,
        kind: models.EntryKind | None = None,
        relative_id: int | None = None,
        file_format: Literal["csv", "xlsx", "pdf"] | None = None,
    ) -> Reply[bytes]:
        """A statement as CSV, XLSX or PDF.

        Return the caller's movements of a period, the oldest first, as a file.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            bytes,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/statement/file",
            query={
                "since": since,
                "until": until,
                "pocket": pocket,
                "kind": kind,
                "relative_id": relative_id,
                "file_format": file_format,
            },
        )

    def read_sums(
        self,
        person_id: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        pocket: models.Pocket | None = None,
        kind: models.EntryKind | None = None,
        relative_id: int | None = None,
        if_none_match: str | None = None,
    ) -> Reply[models.Sums]:
        """Movements summed by month, pocket, kind and relative.

        Return what the caller's movements of a period come to.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.Sums,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/statement/sums",
            query={"since": since, "until": until, "pocket": pocket, "kind": kind, "relative_id": relative_id},
            headers={"If-None-Match": if_none_match},
        )

    def read_uses(
        self,
        person_id: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        if_none_match: str | None = None,
    ) -> Reply[models.UsesTold]:
        """Who used my money.

        Return who used the caller's money, when and at what kind of place; more only where the patient agreed.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.UsesTold,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/uses",
            query={"since": since, "until": until},
            headers={"If-None-Match": if_none_match},
        )

    def export_uses(
        self,
        person_id: int,
        *,
        file_format: Literal["csv", "xlsx", "pdf"] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Reply[bytes]:
        """Who used my money, as CSV, XLSX or PDF.

        Return who used the caller's money in a period as a file.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            bytes,
            "GET",
            f"/api/v1/accounts/{placed(person_id)}/uses/file",
            query={"file_format": file_format, "since": since, "until": until},
        )

    def list_applications(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Applications]:
        """The caller's applications.

        Return those that concern the caller, newest first.
        Asks for the scope `applications.read`.
        """
        return self._ask(
            models.Applications,
            "GET",
            "/api/v1/applications",
            query={"limit": limit, "cursor": cursor},
        )

    def submit_application(self, body: models.WishSent, *, idempotency_key: str) -> Reply[models.ApplicationTold]:
        """Apply.

        Hand in an application of the caller's. Papers that are missing are told, and do not keep it away.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            "/api/v1/applications",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_application(
        self, application_id: str, *, if_none_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """An application.

        Return an application to those it concerns, and to its office.
        Asks for the scope `applications.read`.
        """
        return self._ask(
            models.ApplicationTold,
            "GET",
            f"/api/v1/applications/{placed(application_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def appeal_application(
        self, application_id: str, body: models.Objection, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Object to a refusal.

        Object to a refusal, once and in time; somebody else decides.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/appeal",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def check_application(
        self, application_id: str, body: models.Checked, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Agree to a risky approval, or not.

        Agree as the second person, upon which it takes effect, or send it back.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/check",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def claim_application(
        self, application_id: str, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Take an application.

        Take an application that nobody has; of two who take it at once, one gets it.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/claim",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
        )

    def decide_application(
        self, application_id: str, body: models.Decided, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Decide an application.

        Approve, or refuse by a rule. What is risky waits for a second person; a bill paid in cash is settled at once.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/decision",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def add_materials(
        self, application_id: str, body: models.More, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Hand in more papers.

        Add materials to an application that is not decided; one that lacked some goes on.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/materials",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def notice_application(
        self, application_id: str, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Tell once what is missing.

        一次告知: tell the applicant which papers are missing, by the rules, all at once and only once.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/notice",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
        )

    def park_application(
        self, application_id: str, body: models.Parked, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Let an application lie.

        Let an application lie for a reason, or go on with it; its deadline stays.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/parking",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def release_application(
        self, application_id: str, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Give an application back.

        Give an application back to the queue.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/release",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
        )

    def read_review_sheet(self, application_id: str, *, if_none_match: str | None = None) -> Reply[models.SheetTold]:
        """What an officer decides an application by.

        Return it to the officer who has the application or had a hand in it, and to a second person who may check it.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.SheetTold,
            "GET",
            f"/api/v1/applications/{placed(application_id)}/sheet",
            headers={"If-None-Match": if_none_match},
        )

    def withdraw_application(
        self, application_id: str, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ApplicationTold]:
        """Withdraw an application.

        Withdraw what is not decided yet.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.ApplicationTold,
            "POST",
            f"/api/v1/applications/{placed(application_id)}/withdrawal",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
        )

    def list_acts(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Acts]:
        """What the staff of an office did.

        Return the acts of the staff of the caller's office, newest first.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.Acts,
            "GET",
            "/api/v1/audit",
            query={"limit": limit, "cursor": cursor},
        )

    def export_acts(self) -> Reply[bytes]:
        """What the staff of an office did, as a file.

        Return the newest acts of the caller's office as CSV; no cell can become a formula.
        Asks for the scope `people.read`.
        """
        return self._ask(
            bytes,
            "GET",
            "/api/v1/audit/acts.csv",
        )

    def read_bill(self, settle_id: int, *, if_none_match: str | None = None) -> Reply[models.BillTold]:
        """Who paid this bill, and why.

        Return a bill of the caller's own, line by line, with the data of its e-bill.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.BillTold,
            "GET",
            f"/api/v1/bills/{placed(settle_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def export_bill(self, settle_id: int) -> Reply[bytes]:
        """The same on paper.

        Return a bill of the caller's own as PDF.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            bytes,
            "GET",
            f"/api/v1/bills/{placed(settle_id)}/file",
        )

    def list_bonds(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Bonds]:
        """The bonds of the caller.

        Return those in which the caller shares or is member, ended ones too, by number.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.Bonds,
            "GET",
            "/api/v1/bonds",
            query={"limit": limit, "cursor": cursor},
        )

    def read_bond(self, bond_id: int, *, if_none_match: str | None = None) -> Reply[models.BondTold]:
        """A bond of the caller.

        Return a bond in which the caller shares or is member.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.BondTold,
            "GET",
            f"/api/v1/bonds/{placed(bond_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def set_cap(
        self, bond_id: int, body: models.Cap, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.BondTold]:
        """Set the sharer's own limit.

        Set what the caller, who shares, will let this member use at most; the answer is the bond as it stands then.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.BondTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/cap",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def set_details(
        self, bond_id: int, body: models.Details, *, idempotency_key: str
    ) -> Reply[models.ConsentDetailsTold]:
        """Let the one who pays see medicines, or not.

        Say, as the member of a bond, whether the one who pays may see the medicines on bills he paid for.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.ConsentDetailsTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/details",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_ending(self, bond_id: int, *, if_none_match: str | None = None) -> Reply[models.EndingOutlookTold]:
        """What ending a bond would do.

        Return what would stop and what would still run, and from which day on the caller may end the bond.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.EndingOutlookTold,
            "GET",
            f"/api/v1/bonds/{placed(bond_id)}/ending",
            headers={"If-None-Match": if_none_match},
        )

    def end_bond(self, bond_id: int, *, idempotency_key: str) -> Reply[models.EndedTold]:
        """End a bond.

        End a bond of the caller's: as a sharer as soon as his region lets him, as a member at any time.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.EndedTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/ending",
            headers={"Idempotency-Key": idempotency_key},
        )

    def read_ending_reminder(self, bond_id: int, *, if_none_match: str | None = None) -> Reply[models.EndingDayTold]:
        """The day on which one is told that a bond may end.

        Return the day that the caller chose.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.EndingDayTold,
            "GET",
            f"/api/v1/bonds/{placed(bond_id)}/ending/reminder",
            headers={"If-None-Match": if_none_match},
        )

    def choose_ending_reminder(
        self, bond_id: int, body: models.EndingDayChosen, *, idempotency_key: str
    ) -> Reply[models.EndingDayTold]:
        """Choose the day on which one is told.

        Choose a day to be told on, or none any more. Nothing ends by it.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.EndingDayTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/ending/reminder",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def pause_bond(
        self, bond_id: int, body: models.Pause, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.BondTold]:
        """Let a bond rest, or pay again.

        Let the caller's bond rest until a day, or pay again, where no rule of the region forbids it.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.BondTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/pause",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def set_quota(
        self, bond_id: int, body: models.Quota, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.BondTold]:
        """Set the money frozen for the member.

        Set, raise or lower the quota of the caller's bond; lowering frees money, never below what has been used.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.BondTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/quota",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def set_rank(
        self, bond_id: int, body: models.Rank, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.BondTold]:
        """Set who pays first.

        Set the place of a sharer in the member's order, where the member's region lets anybody; either side may.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.BondTold,
            "POST",
            f"/api/v1/bonds/{placed(bond_id)}/rank",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def list_bulletins(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Bulletins]:
        """What was changed in the rules of one's region.

        Return the changes of rules in the region of the caller's insurance, its province and the nation.
        Asks for the scope `notices.read`.
        """
        return self._ask(
            models.Bulletins,
            "GET",
            "/api/v1/bulletins",
            query={"limit": limit, "cursor": cursor},
        )

    def list_calls(self, *, if_none_match: str | None = None) -> Reply[models.Calls]:
        """Who waits at a kiosk for one of the staff.

        Return today's calls before the caller's office.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.Calls,
            "GET",
            "/api/v1/calls",
            headers={"If-None-Match": if_none_match},
        )

    def look_at_call(self, body: models.CallShown) -> Reply[models.Line]:
        """How a call stands.

        Return how a call stands to the machine that keeps its secret.
        """
        return self._ask(
            models.Line,
            "POST",
            "/api/v1/calls/look",
            body=body,
        )

    def step_call(self, call_id: str, body: models.CallStep, *, idempotency_key: str) -> Reply[models.CallTold]:
        """Take a call, give it back, answer it.

        Take what nobody has, upon which the machine shows that somebody is coming; give it back; or answer it.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.CallTold,
            "POST",
            f"/api/v1/calls/{placed(call_id)}/steps",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_channel_apps(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.ChannelApps]:
        """The channel apps.

        Return the apps as they stand, those that are shut out too.
        Asks for the scope `apps.read`.
        """
        return self._ask(
            models.ChannelApps,
            "GET",
            "/api/v1/channel-apps",
            query={"limit": limit, "cursor": cursor},
        )

    def read_channel_app(self, client_id: str, *, if_none_match: str | None = None) -> Reply[models.ChannelAppTold]:
        """A channel app.

        Return an app as it stands.
        Asks for the scope `apps.read`.
        """
        return self._ask(
            models.ChannelAppTold,
            "GET",
            f"/api/v1/channel-apps/{placed(client_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def set_channel_app_state(
        self, client_id: str, body: models.AppStateWanted, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.ChannelAppTold]:
        """Suspend an app, let it in again, or shut it out for good.

        Change whether an app may be used; its tokens hold no more within seconds. One shut out for good stays so.

        One inspector suspends; to let it in again, or to shut it out for good, takes another than who suspended it.
        Asks for the scope `apps.write`.
        """
        return self._ask(
            models.ChannelAppTold,
            "POST",
            f"/api/v1/channel-apps/{placed(client_id)}/state",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def check_bond(self, body: models.BondChecked) -> Reply[models.CheckTold]:
        """Can I help this relative?.

        Return what would come of asking this relative into a bond now. Nothing is written.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.CheckTold,
            "POST",
            "/api/v1/checks/bond",
            body=body,
        )

    def check_help(self, body: models.HelpChecked) -> Reply[models.HelpCheckTold]:
        """Who can help whom, without names.

        Return what the rules of a day say of such a family. Nobody is looked up.
        """
        return self._ask(
            models.HelpCheckTold,
            "POST",
            "/api/v1/checks/help",
            body=body,
        )

    def list_consent_texts(self) -> Reply[models.Texts]:
        """The texts that people agree to.

        Return the newest version of each text, in the language that is asked for.
        """
        return self._ask(
            models.Texts,
            "GET",
            "/api/v1/consent-texts",
        )

    def list_consents(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Consents]:
        """What the caller and his relatives agreed to.

        Return the consents about the caller's bonds, of both sides, newest first.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.Consents,
            "GET",
            "/api/v1/consents",
            query={"limit": limit, "cursor": cursor},
        )

    def look_up_person(self, body: models.Lookup, *, idempotency_key: str) -> Reply[models.PersonTold]:
        """Look a person up, with a reason.

        Return a person's insurance and bonds. The look is on record, and the person sees it.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.PersonTold,
            "POST",
            "/api/v1/counter/lookups",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def stand_at_counter(self, body: models.Presence, *, idempotency_key: str) -> Reply[models.MandateTold]:
        """Act for one who stands at the counter.

        Let the clerk act until the day is over for a person before him, wherever insured; the person sees it.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.MandateTold,
            "POST",
            "/api/v1/counter/presences",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_code(self, person_id: int) -> Reply[models.CodeTold]:
        """A fresh e-credential code.

        Return a code of the caller's own, or of a relative who agreed; the latter is put on record.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            models.CodeTold,
            "GET",
            f"/api/v1/credentials/{placed(person_id)}/code",
        )

    def read_code_picture(self, person_id: int) -> Reply[bytes]:
        """A fresh e-credential code as a picture.

        Return the QR code of a fresh code, as `readCode` has it.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            bytes,
            "GET",
            f"/api/v1/credentials/{placed(person_id)}/qr.svg",
        )

    def correct_credit(self, body: models.CorrectionSent, *, idempotency_key: str) -> Reply[models.CorrectionTold]:
        """Correct a month that went by a wrong base.

        Book the difference. An account never falls below zero: what it cannot give back now stays owed, and is told.
        Asks for the scope `enrolment.write`.
        """
        return self._ask(
            models.CorrectionTold,
            "POST",
            "/api/v1/credits/corrections",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_differences(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Differences]:
        """Money that came back, before an office.

        Return what nobody of the caller's office has seen to yet.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.Differences,
            "GET",
            "/api/v1/differences",
            query={"limit": limit, "cursor": cursor},
        )

    def check_journal(self, *, idempotency_key: str) -> Reply[models.JournalChecked]:
        """Look through the journal for differences.

        Look through what was recorded since the last time, a portion at once.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.JournalChecked,
            "POST",
            "/api/v1/differences/checks",
            headers={"Idempotency-Key": idempotency_key},
        )

    def step_difference(
        self, difference_id: str, body: models.DifferenceStep, *, idempotency_key: str
    ) -> Reply[models.DifferenceTold]:
        """Take a difference, or close it.

        Take what nobody has; or close, with a note, what one has taken.
        Asks for the scope `people.read`.
        """
        return self._ask(
            models.DifferenceTold,
            "POST",
            f"/api/v1/differences/{placed(difference_id)}/steps",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def report_divorce(self, body: models.Divorce, *, idempotency_key: str) -> Reply[models.EndedTold]:
        """Report a divorce.

        End what the caller and the other share as spouses, both ways, at once.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.EndedTold,
            "POST",
            "/api/v1/divorces",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_events(self, *, limit: int | None = None, after: int | None = None) -> Reply[models.Events]:
        """Events after the last one seen.

        Return the events of the caller's app in order: for who cannot be reached by a webhook, or has missed some.
        Asks for the scope `notices.read`.
        """
        return self._ask(
            models.Events,
            "GET",
            "/api/v1/events",
            query={"limit": limit, "after": after},
        )

    def read_family(self, *, ended: bool | None = None, if_none_match: str | None = None) -> Reply[models.Family]:
        """Whom the caller helps, and who helps him.

        Return both directions by generation; `ended` adds the bonds that are over.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.Family,
            "GET",
            "/api/v1/family",
            query={"ended": ended},
            headers={"If-None-Match": if_none_match},
        )

    def read_health(self) -> Reply[models.Health]:
        """Whether the books can be read.

        Return what is up, or 503 where the books cannot be read.
        """
        return self._ask(
            models.Health,
            "GET",
            "/api/v1/health",
        )

    def import_credits(self, body: models.CreditsSent, *, idempotency_key: str) -> Reply[models.Report]:
        """Credit a month.

        Credit each person's month once; a line that is refused stops no other.
        Asks for the scope `enrolment.write`.
        """
        return self._ask(
            models.Report,
            "POST",
            "/api/v1/imports/credits",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def import_people(self, body: models.PeopleSent, *, idempotency_key: str) -> Reply[models.Report]:
        """Enrol people.

        Enrol each person once; a line that is refused stops no other.
        Asks for the scope `enrolment.write`.
        """
        return self._ask(
            models.Report,
            "POST",
            "/api/v1/imports/people",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def claim_inheritance(self, body: models.Claimed, *, idempotency_key: str) -> Reply[models.ClaimTold]:
        """Claim an inheritance.

        Claim, for the caller, what lies in a dead person's account and wallet.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.ClaimTold,
            "POST",
            "/api/v1/inheritances",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_inspections(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Cases]:
        """Cases about the caller.

        Return cases about the caller, newest first: a case is never kept from the one it is about.
        Asks for the scope `profile.read`.
        """
        return self._ask(
            models.Cases,
            "GET",
            "/api/v1/inspections",
            query={"limit": limit, "cursor": cursor},
        )

    def begin_inspection(self, body: models.Begun, *, idempotency_key: str) -> Reply[models.CareLooked]:
        """Look through somebody's care for signals.

        Return the signals in a person's care, and open a case on them if asked to. The person sees that one looked.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CareLooked,
            "POST",
            "/api/v1/inspections",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_inspection(self, inspection_id: str, *, if_none_match: str | None = None) -> Reply[models.CaseTold]:
        """A case.

        Return a case to the person it is about, and to the inspectors of its office.
        Asks for the scope `applications.read`.
        """
        return self._ask(
            models.CaseTold,
            "GET",
            f"/api/v1/inspections/{placed(inspection_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def appeal_inspection(
        self, inspection_id: str, body: models.Because, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Object to a decision.

        Object to a decision, once and in time; somebody else answers.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/appeal",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def check_verdict(
        self, inspection_id: str, body: models.SecondAgreed, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Agree to a decision, or not.

        Agree as the second inspector, upon which it takes effect, or send it back.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/check",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def close_inspection(
        self, inspection_id: str, body: models.Because, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Close a case.

        Close a case in which nothing was found.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/closing",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def offer_hearing(
        self, inspection_id: str, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Offer a hearing.

        Tell the person what is held against him, and until when he may speak.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/hearing",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
        )

    def lift_suspension(
        self, inspection_id: str, body: models.Because, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Lift a suspension.

        Lift a suspension from today on.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/lifting",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def propose_verdict(
        self, inspection_id: str, body: models.VerdictSent, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Propose a decision.

        Propose suspension, restitution to owners and a fine; nothing happens until another inspector agrees.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/proposal",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def uphold_verdict(
        self, inspection_id: str, body: models.Because, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Find a decision right.

        Answer an objection, as one who did not decide: the decision stands.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/upholding",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def speak_inspection(
        self, inspection_id: str, body: models.Words, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.CaseTold]:
        """Speak in one's case.

        Say what there is to say, once, while the hearing is open.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.CaseTold,
            "POST",
            f"/api/v1/inspections/{placed(inspection_id)}/words",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def list_invitations(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Invitations]:
        """Invitations the caller sent or got.

        Return them newest first.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.Invitations,
            "GET",
            "/api/v1/invitations",
            query={"limit": limit, "cursor": cursor},
        )

    def propose_bond(self, body: models.Proposed, *, idempotency_key: str) -> Reply[models.InvitedTold]:
        """Ask a relative into a bond.

        Form a bond in which the caller pays, at once or once the relative has confirmed; the answer has the link.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.InvitedTold,
            "POST",
            "/api/v1/invitations",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def look_at_invitation(self, body: models.LinkShown) -> Reply[models.ByLink]:
        """What a link leads to.

        Return what an invitation is about to whoever has its link; to answer it the member signs in.
        """
        return self._ask(
            models.ByLink,
            "POST",
            "/api/v1/invitations/look",
            body=body,
        )

    def read_invitation(self, invitation_id: str, *, if_none_match: str | None = None) -> Reply[models.InvitationTold]:
        """An invitation the caller sent or got.

        Return an invitation of the caller's.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.InvitationTold,
            "GET",
            f"/api/v1/invitations/{placed(invitation_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def answer_invitation(
        self, invitation_id: str, body: models.Answer, *, idempotency_key: str
    ) -> Reply[models.InvitedTold]:
        """Accept, decline, or say that this is no relative.

        Answer an invitation to the caller; a no ends the bond at once.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.InvitedTold,
            "POST",
            f"/api/v1/invitations/{placed(invitation_id)}/answer",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def send_invitation_again(self, invitation_id: str, *, idempotency_key: str) -> Reply[models.InvitedTold]:
        """Another link for an invitation.

        Give an open invitation another link; the one before leads nowhere from then on.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.InvitedTold,
            "POST",
            f"/api/v1/invitations/{placed(invitation_id)}/link",
            headers={"Idempotency-Key": idempotency_key},
        )

    def read_invitation_reminder(
        self, invitation_id: str, *, if_none_match: str | None = None
    ) -> Reply[models.ReminderTold]:
        """Whether somebody invited can be told again.

        Return when the one whom the caller invited was last told again.
        Asks for the scope `bonds.read`.
        """
        return self._ask(
            models.ReminderTold,
            "GET",
            f"/api/v1/invitations/{placed(invitation_id)}/reminder",
            headers={"If-None-Match": if_none_match},
        )

    def remind_of_invitation(self, invitation_id: str, *, idempotency_key: str) -> Reply[models.ReminderTold]:
        """Tell somebody invited again.

        Have the one whom the caller invited told again, while he has not answered, at most once a day.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.ReminderTold,
            "POST",
            f"/api/v1/invitations/{placed(invitation_id)}/reminder",
            headers={"Idempotency-Key": idempotency_key},
        )

    def withdraw_invitation(self, invitation_id: str, *, idempotency_key: str) -> Reply[models.InvitedTold]:
        """Take an invitation back.

        Take back an invitation of the caller's that nobody has answered.
        Asks for the scope `bonds.write`.
        """
        return self._ask(
            models.InvitedTold,
            "POST",
            f"/api/v1/invitations/{placed(invitation_id)}/withdrawal",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_looks(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Looks]:
        """Who has looked at the caller's records.

        Return them, newest first.
        Asks for the scope `profile.read`.
        """
        return self._ask(
            models.Looks,
            "GET",
            "/api/v1/looks",
            query={"limit": limit, "cursor": cursor},
        )

    def list_mandates(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Mandates]:
        """Who may act for the caller, and for whom he may.

        Return mandates of both directions, ended ones too, newest first.
        Asks for the scope `profile.read`.
        """
        return self._ask(
            models.Mandates,
            "GET",
            "/api/v1/mandates",
            query={"limit": limit, "cursor": cursor},
        )

    def give_mandate(self, body: models.HelperSent, *, idempotency_key: str) -> Reply[models.MandateTold]:
        """Let somebody act for the caller.

        Let a helper act, in some things, until a day; it can be ended at any time.
        Asks for the scope `mandates.write`.
        """
        return self._ask(
            models.MandateTold,
            "POST",
            "/api/v1/mandates",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def end_mandate(self, mandate_id: str, *, idempotency_key: str) -> Reply[models.MandateTold]:
        """End a mandate.

        End a mandate that the caller gave or holds, at once.
        Asks for the scope `mandates.write`.
        """
        return self._ask(
            models.MandateTold,
            "POST",
            f"/api/v1/mandates/{placed(mandate_id)}/end",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_materials(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Materials]:
        """The papers handed in about the caller.

        Return them without their content, newest first.
        Asks for the scope `applications.read`.
        """
        return self._ask(
            models.Materials,
            "GET",
            "/api/v1/materials",
            query={"limit": limit, "cursor": cursor},
        )

    def hand_in_material(self, body: models.MaterialSent, *, idempotency_key: str) -> Reply[models.MaterialTold]:
        """Hand in a paper.

        Hand in a paper about the caller. Its content tells what it is; pictures are drawn anew, PDFs written anew.
        Asks for the scope `applications.write`.
        """
        return self._ask(
            models.MaterialTold,
            "POST",
            "/api/v1/materials",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_material(self, material_id: str) -> Reply[bytes]:
        """A paper as a file.

        Return the content to the person it is about, and to one of the staff who has said why he looks.
        Asks for the scope `applications.read`.
        """
        return self._ask(
            bytes,
            "GET",
            f"/api/v1/materials/{placed(material_id)}/content",
        )

    def look_at_material(
        self, material_id: str, body: models.LookReason, *, idempotency_key: str
    ) -> Reply[models.MaterialLooked]:
        """Say why one looks.

        Put on record that one of the staff looks at a material, and why; its content is open to him for 15 minutes.
        Asks for the scope `applications.read`.
        """
        return self._ask(
            models.MaterialLooked,
            "POST",
            f"/api/v1/materials/{placed(material_id)}/looks",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_notices(
        self, *, limit: int | None = None, cursor: str | None = None, unread: bool | None = None
    ) -> Reply[models.Notices]:
        """The inbox.

        Return what the caller, or the person he acts for, was told; a system gets what concerns its own app.
        Asks for the scope `notices.read`.
        """
        return self._ask(
            models.Notices,
            "GET",
            "/api/v1/notices",
            query={"limit": limit, "cursor": cursor, "unread": unread},
        )

    def mark_notices_read(self, *, idempotency_key: str) -> Reply[models.AllRead]:
        """Note that all notices were read.

        Take up to a hundred notices off the unread ones, the newest; what comes meanwhile stays.
        Asks for the scope `notices.write`.
        """
        return self._ask(
            models.AllRead,
            "POST",
            "/api/v1/notices/read",
            headers={"Idempotency-Key": idempotency_key},
        )

    def mark_notice_read(self, notice_id: str, *, idempotency_key: str) -> Reply[models.ReadTold]:
        """Note that a notice was read.

        Take a notice off the unread ones; reading it twice changes nothing.
        Asks for the scope `notices.write`.
        """
        return self._ask(
            models.ReadTold,
            "POST",
            f"/api/v1/notices/{placed(notice_id)}/read",
            headers={"Idempotency-Key": idempotency_key},
        )

    def read_open_api(self) -> Reply[dict[str, Any]]:
        """The OpenAPI file.

        Return the OpenAPI 3.1 document of this server.
        """
        return self._ask(
            dict[str, Any],
            "GET",
            "/api/v1/openapi.json",
        )

    def record_death(self, person_id: int, *, idempotency_key: str) -> Reply[models.EndedTold]:
        """Record a death.

        End bonds, invitations, consents and shown codes of the dead; account and wallet wait for the heirs.
        Asks for the scope `enrolment.write`.
        """
        return self._ask(
            models.EndedTold,
            "POST",
            f"/api/v1/people/{placed(person_id)}/death",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_premiums(
        self, person_id: int, *, insured_id: int | None = None, if_none_match: str | None = None
    ) -> Reply[models.Premiums]:
        """Premiums that have been paid.

        Return the premiums of the caller, or of a relative he shares with, that stand: when and by whom.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.Premiums,
            "GET",
            f"/api/v1/people/{placed(person_id)}/premiums",
            query={"insured_id": insured_id},
            headers={"If-None-Match": if_none_match},
        )

    def read_premium_outlook(
        self, person_id: int, *, year: int, insured_id: int | None = None, if_none_match: str | None = None
    ) -> Reply[models.PremiumOutlookTold]:
        """What premiums may be paid now.

        Return, before anything is typed, what the caller may pay for himself or a relative, and what is paid already.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.PremiumOutlookTold,
            "GET",
            f"/api/v1/people/{placed(person_id)}/premiums/outlook",
            query={"year": year, "insured_id": insured_id},
            headers={"If-None-Match": if_none_match},
        )

    def read_wallet(self, person_id: int, *, if_none_match: str | None = None) -> Reply[models.WalletTold]:
        """The caller's wallet.

        Return whether the wallet is open, where it is used, and what lies in it.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.WalletTold,
            "GET",
            f"/api/v1/people/{placed(person_id)}/wallet",
            headers={"If-None-Match": if_none_match},
        )

    def open_wallet(
        self, person_id: int, body: models.WalletOpened, *, idempotency_key: str
    ) -> Reply[models.WalletTold]:
        """Open the caller's wallet.

        Open the wallet; one that is open already stays as it is.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.WalletTold,
            "POST",
            f"/api/v1/people/{placed(person_id)}/wallet",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def close_wallet(self, person_id: int, *, idempotency_key: str) -> Reply[models.WalletTold]:
        """Close the caller's wallet.

        Close the wallet; money in it stays the owner's, what waits for him goes back, quotas end.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.WalletTold,
            "POST",
            f"/api/v1/people/{placed(person_id)}/wallet/closing",
            headers={"Idempotency-Key": idempotency_key},
        )

    def change_wallet_region(
        self, person_id: int, body: models.RegionChosen, *, idempotency_key: str
    ) -> Reply[models.WalletTold]:
        """Use the wallet in another region.

        Change where the wallet is used 使用地变更, where the region of insurance allows it.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.WalletTold,
            "POST",
            f"/api/v1/people/{placed(person_id)}/wallet/region",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_wallet_ways(
        self,
        person_id: int,
        *,
        relative_id: int,
        relation: models.Relation | None = None,
        if_none_match: str | None = None,
    ) -> Reply[models.WaysTold]:
        """Which way money goes to a relative, with limits.

        Return whether a transfer or a quota holds for the two, and every limit of today, before anything is typed.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.WaysTold,
            "GET",
            f"/api/v1/people/{placed(person_id)}/wallet/ways",
            query={"relative_id": relative_id, "relation": relation},
            headers={"If-None-Match": if_none_match},
        )

    def check_wallet_ways(self, person_id: int, body: models.WaysAsked) -> Reply[models.WaysTold]:
        """The same for a relative named by his papers.

        Return the same for somebody the caller has no bond with. Nothing is written.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.WaysTold,
            "POST",
            f"/api/v1/people/{placed(person_id)}/wallet/ways",
            body=body,
        )

    def read_preferences(self, *, if_none_match: str | None = None) -> Reply[models.Preferences]:
        """How one wants to be told and shown things.

        Return what the caller, or the person he acts for, has asked for; what he has not stands as it is for all.
        Asks for the scope `notices.read`.
        """
        return self._ask(
            models.Preferences,
            "GET",
            "/api/v1/preferences",
            headers={"If-None-Match": if_none_match},
        )

    def set_preferences(
        self, body: models.Preferences, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.Preferences]:
        """Say how one wants to be told and shown things.

        Write down all of it anew; what is left out is as it is for all.
        Asks for the scope `notices.write`.
        """
        return self._ask(
            models.Preferences,
            "POST",
            "/api/v1/preferences",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def refund_premium(self, body: models.RefundAsked, *, idempotency_key: str) -> Reply[models.PremiumTold]:
        """Give a premium back.

        Give a premium, or what was too much of it, back to the pockets that paid; the office's clerk does that.
        Asks for the scope `premiums.write`.
        """
        return self._ask(
            models.PremiumTold,
            "POST",
            "/api/v1/premium-refunds",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def pay_premium(self, body: models.PremiumAsked, *, idempotency_key: str) -> Reply[models.PremiumTold]:
        """Pay a premium in full.

        Pay a premium out of the caller's account, for himself or over a bond: in full, or nothing.
        Asks for the scope `premiums.write`.
        """
        return self._ask(
            models.PremiumTold,
            "POST",
            "/api/v1/premiums",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_problems(self) -> Reply[models.Problems]:
        """All problems.

        Return what every problem means.
        """
        return self._ask(
            models.Problems,
            "GET",
            "/api/v1/problems",
        )

    def read_problem(self, name: str) -> Reply[models.Explained]:
        """What a problem means.

        Return what a problem means and what can be done.
        """
        return self._ask(
            models.Explained,
            "GET",
            f"/api/v1/problems/{placed(name)}",
        )

    def read_queue(self) -> Reply[models.Queue]:
        """The applications before an office.

        Return what the caller's office has to decide, by deadline.
        Asks for the scope `reviews.write`.
        """
        return self._ask(
            models.Queue,
            "GET",
            "/api/v1/queues/applications",
        )

    def read_inspection_queue(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Cases]:
        """Cases before an office.

        Return cases of the caller's office, newest first.
        Asks for the scope `inspections.write`.
        """
        return self._ask(
            models.Cases,
            "GET",
            "/api/v1/queues/inspections",
            query={"limit": limit, "cursor": cursor},
        )

    def quote_bill(self, body: models.BillAsked, *, idempotency_key: str) -> Reply[models.QuoteTold]:
        """What would this bill cost whom?.

        Decide a bill of the caller's as it would be settled now, and keep that for half an hour. No money moves.
        Asks for the scope `quotes.read`.
        """
        return self._ask(
            models.QuoteTold,
            "POST",
            "/api/v1/quotes",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_quote(self, quote_id: str, *, if_none_match: str | None = None) -> Reply[models.QuoteTold]:
        """A quote of the caller's.

        Return a quote with what has become void of it since.
        Asks for the scope `quotes.read`.
        """
        return self._ask(
            models.QuoteTold,
            "GET",
            f"/api/v1/quotes/{placed(quote_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def refund_quote(
        self, quote_id: str, body: models.GivingBack, *, idempotency_key: str
    ) -> Reply[models.GivenBackTold]:
        """Refund a settled quote.

        Give back what was paid, or a part of it, to the pockets that paid it; for the system or counter that settled.
        Asks for the scope `settlements.write`.
        """
        return self._ask(
            models.GivenBackTold,
            "POST",
            f"/api/v1/quotes/{placed(quote_id)}/refund",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def settle_quote(self, quote_id: str, body: models.Settling, *, idempotency_key: str) -> Reply[models.OutcomeTold]:
        """Settle a quote.

        Settle a bill as it was quoted, by the rules it was quoted by; or learn what has changed, and nothing is paid.
        Asks for the scope `settlements.write`.
        """
        return self._ask(
            models.OutcomeTold,
            "POST",
            f"/api/v1/quotes/{placed(quote_id)}/settlement",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def reimburse(self, body: models.ClaimAsked, *, idempotency_key: str) -> Reply[models.ReimbursementTold]:
        """Reimburse a bill paid in cash.

        Settle it by the schedule of the day of care, out of the family's pockets; the cash comes back to the patient.
        Asks for the scope `settlements.write`.
        """
        return self._ask(
            models.ReimbursementTold,
            "POST",
            "/api/v1/reimbursements",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_reimbursement(
        self, reimbursement_id: str, *, if_none_match: str | None = None
    ) -> Reply[models.ReimbursementTold]:
        """A reimbursement.

        Return a reimbursement of the caller's, or to a clerk one of his office.
        Asks for the scope `statements.read`.
        """
        return self._ask(
            models.ReimbursementTold,
            "GET",
            f"/api/v1/reimbursements/{placed(reimbursement_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def return_reimbursement(self, reimbursement_id: str, *, idempotency_key: str) -> Reply[models.ReimbursementTold]:
        """Take a reimbursement back.

        Take a reimbursement back whole: the patient brings the cash, and the receipts may be claimed anew.
        Asks for the scope `settlements.write`.
        """
        return self._ask(
            models.ReimbursementTold,
            "POST",
            f"/api/v1/reimbursements/{placed(reimbursement_id)}/return",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_sessions(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Sessions]:
        """The apps to which the caller has agreed.

        Return the caller's own, whomever he acts for.
        Asks for the scope `sessions.read`.
        """
        return self._ask(
            models.Sessions,
            "GET",
            "/api/v1/sessions",
            query={"limit": limit, "cursor": cursor},
        )

    def end_session(self, session_id: str, *, idempotency_key: str) -> Reply[models.SessionTold]:
        """Take back what was agreed to.

        End one of the caller's own: its tokens hold no more, at once for refreshing and within seconds for reading.
        Asks for the scope `sessions.write`.
        """
        return self._ask(
            models.SessionTold,
            "POST",
            f"/api/v1/sessions/{placed(session_id)}/end",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_showings(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.Showings]:
        """Who may show whose code.

        Return the showings of which the caller is the owner or the helper.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            models.Showings,
            "GET",
            "/api/v1/showings",
            query={"limit": limit, "cursor": cursor},
        )

    def ask_showing(self, body: models.ShowingAsked, *, idempotency_key: str) -> Reply[models.StandsTold]:
        """Ask to show a relative's code.

        Ask a relative to let the caller show his e-credential code; nothing is shown before he has agreed.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            models.StandsTold,
            "POST",
            "/api/v1/showings",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def list_shown(self, *, limit: int | None = None, cursor: str | None = None) -> Reply[models.ShownPage]:
        """When the caller's code was shown, and by whom.

        Return each time that a helper was given a code of the caller's, or the caller that of another.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            models.ShownPage,
            "GET",
            "/api/v1/showings/shown",
            query={"limit": limit, "cursor": cursor},
        )

    def answer_showing(
        self, showing_id: str, body: models.ShowingAnswer, *, idempotency_key: str
    ) -> Reply[models.StandsTold]:
        """Agree that a relative shows my code, or not.

        Answer, as the owner of the code or for him.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            models.StandsTold,
            "POST",
            f"/api/v1/showings/{placed(showing_id)}/answer",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def end_showing(self, showing_id: str, *, idempotency_key: str) -> Reply[models.StandsTold]:
        """Show that code no more.

        End a showing: either side may, at any time.
        Asks for the scope `credentials.show`.
        """
        return self._ask(
            models.StandsTold,
            "POST",
            f"/api/v1/showings/{placed(showing_id)}/ending",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_staff(
        self, *, office: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Reply[models.StaffPage]:
        """The staff of a desk.

        Return who may sign in for a desk, and who has left it; desks are those that the caller's office answers for.
        Asks for the scope `staff.read`.
        """
        return self._ask(
            models.StaffPage,
            "GET",
            "/api/v1/staff",
            query={"office": office, "limit": limit, "cursor": cursor},
        )

    def read_staff(self, staff_no: str, *, if_none_match: str | None = None) -> Reply[models.StaffTold]:
        """One of the staff.

        Return one of the staff; one of another office is answered as if he were not there.
        Asks for the scope `staff.read`.
        """
        return self._ask(
            models.StaffTold,
            "GET",
            f"/api/v1/staff/{placed(staff_no)}",
            headers={"If-None-Match": if_none_match},
        )

    def dismiss_staff(
        self, staff_no: str, body: models.Dismissal, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.StaffTold]:
        """Note that somebody has left.

        End whatever one of the staff has signed in to, within seconds. To take him on again is for the machine.
        Asks for the scope `staff.write`.
        """
        return self._ask(
            models.StaffTold,
            "POST",
            f"/api/v1/staff/{placed(staff_no)}/dismissal",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )

    def list_transfers(self, *, if_none_match: str | None = None) -> Reply[models.Transfers]:
        """Transfers that wait, and the latest.

        Return what waits from or to the caller, and what he sent within the last two days; statements tell the rest.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.Transfers,
            "GET",
            "/api/v1/transfers",
            headers={"If-None-Match": if_none_match},
        )

    def send_transfer(self, body: models.TransferSent, *, idempotency_key: str) -> Reply[models.TransferTold]:
        """Send money to a relative's wallet.

        Send out of the caller's account or wallet; it waits until the receiver takes it.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.TransferTold,
            "POST",
            "/api/v1/transfers",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_transfer(self, transfer_id: str, *, if_none_match: str | None = None) -> Reply[models.TransferTold]:
        """A transfer of the caller's.

        Return a transfer that the caller sent, or that was sent to him.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.TransferTold,
            "GET",
            f"/api/v1/transfers/{placed(transfer_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def recall_transfer(self, transfer_id: str, *, idempotency_key: str) -> Reply[models.TransferTold]:
        """Call back what waits.

        Call a transfer of the caller's back before it is received, as his region allows.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.TransferTold,
            "POST",
            f"/api/v1/transfers/{placed(transfer_id)}/recall",
            headers={"Idempotency-Key": idempotency_key},
        )

    def accept_transfer(self, transfer_id: str, *, idempotency_key: str) -> Reply[models.TransferTold]:
        """Take what was sent.

        Take a transfer into the caller's wallet; what was taken does not go back.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.TransferTold,
            "POST",
            f"/api/v1/transfers/{placed(transfer_id)}/receipt",
            headers={"Idempotency-Key": idempotency_key},
        )

    def decline_transfer(self, transfer_id: str, *, idempotency_key: str) -> Reply[models.TransferTold]:
        """Decline what was sent.

        Let a transfer to the caller go back at once.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.TransferTold,
            "POST",
            f"/api/v1/transfers/{placed(transfer_id)}/refusal",
            headers={"Idempotency-Key": idempotency_key},
        )

    def read_transfer_reminder(
        self, transfer_id: str, *, if_none_match: str | None = None
    ) -> Reply[models.ReminderTold]:
        """Whether a receiver can be told again.

        Return when the receiver of a transfer of the caller's was last told again.
        Asks for the scope `accounts.read`.
        """
        return self._ask(
            models.ReminderTold,
            "GET",
            f"/api/v1/transfers/{placed(transfer_id)}/reminder",
            headers={"If-None-Match": if_none_match},
        )

    def remind_of_transfer(self, transfer_id: str, *, idempotency_key: str) -> Reply[models.ReminderTold]:
        """Tell the receiver again.

        Have the receiver told again of a transfer of the caller's that waits for him, at most once a day.
        Asks for the scope `wallet.write`.
        """
        return self._ask(
            models.ReminderTold,
            "POST",
            f"/api/v1/transfers/{placed(transfer_id)}/reminder",
            headers={"Idempotency-Key": idempotency_key},
        )

    def list_webhooks(self) -> Reply[models.Webhooks]:
        """The addresses for events.

        Return the webhooks of the caller's app.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.Webhooks,
            "GET",
            "/api/v1/webhooks",
        )

    def make_webhook(self, body: models.WebhookWanted, *, idempotency_key: str) -> Reply[models.WebhookMade]:
        """Name an address for events.

        Open a webhook for the caller's app; ten at most.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.WebhookMade,
            "POST",
            "/api/v1/webhooks",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def read_webhook(self, webhook_id: str, *, if_none_match: str | None = None) -> Reply[models.WebhookTold]:
        """An address for events.

        Return a webhook as it stands.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.WebhookTold,
            "GET",
            f"/api/v1/webhooks/{placed(webhook_id)}",
            headers={"If-None-Match": if_none_match},
        )

    def list_deliveries(
        self, webhook_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Reply[models.Deliveries]:
        """What was sent to an address.

        Return the log of a webhook, with what came of each try.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.Deliveries,
            "GET",
            f"/api/v1/webhooks/{placed(webhook_id)}/deliveries",
            query={"limit": limit, "cursor": cursor},
        )

    def replay_delivery(self, webhook_id: str, delivery_id: str, *, idempotency_key: str) -> Reply[models.DeliveryTold]:
        """Send one event again.

        Put a delivery into the line once more, whatever came of it before; its event keeps its id.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.DeliveryTold,
            "POST",
            f"/api/v1/webhooks/{placed(webhook_id)}/deliveries/{placed(delivery_id)}/replay",
            headers={"Idempotency-Key": idempotency_key},
        )

    def replay_events(self, webhook_id: str, body: models.Since, *, idempotency_key: str) -> Reply[models.Queued]:
        """Send all events since a moment again.

        Put the app's events since a moment at the end of the line, in order; they keep their ids. 2000 at most.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.Queued,
            "POST",
            f"/api/v1/webhooks/{placed(webhook_id)}/replay",
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def renew_webhook_secret(self, webhook_id: str, *, idempotency_key: str) -> Reply[models.WebhookMade]:
        """A new secret for a webhook.

        Sign by a new secret from now on, and for 24 hours by the one before as well: a receiver changes meanwhile.

        Renewed twice, the first of them signs no more at once: for a secret that somebody else knows.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.WebhookMade,
            "POST",
            f"/api/v1/webhooks/{placed(webhook_id)}/secret",
            headers={"Idempotency-Key": idempotency_key},
        )

    def set_webhook_state(
        self, webhook_id: str, body: models.StateWanted, *, idempotency_key: str, if_match: str | None = None
    ) -> Reply[models.WebhookTold]:
        """Rest, wake or close a webhook.

        Change whether events are sent; one that wakes gets all that waited. One that is closed is gone.
        Asks for the scope `webhooks.write`.
        """
        return self._ask(
            models.WebhookTold,
            "POST",
            f"/api/v1/webhooks/{placed(webhook_id)}/state",
            headers={"Idempotency-Key": idempotency_key, "If-Match": if_match},
            body=body,
        )
