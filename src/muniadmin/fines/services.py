"""Records fines and voids them, issues their notices, and keeps the catalogue of offences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from muniadmin.access.services import ensure_approved
from muniadmin.audit.services import record
from muniadmin.billing.decisions import Grounds, annul_bill
from muniadmin.billing.errors import ReasonMissing
from muniadmin.billing.loading import hold_accounts
from muniadmin.billing.models import Bill
from muniadmin.billing.queries import standings_of
from muniadmin.billing.services import Debtor, NewBill, issue_bill, issue_bills
from muniadmin.documents.services import issue, issuer_of
from muniadmin.fines.commands import (
    CaptureFine,
    FineCaptured,
    FineNoticeIssued,
    FineVoided,
    IssueFineNotice,
    VoidFine,
)
from muniadmin.fines.errors import (
    CommittedLater,
    FineCannotBePrinted,
    FineCannotBeVoided,
    FineUnknown,
    OffenceHasNoAmount,
    OffenceUnknown,
    PlaceNotOnEarth,
    PlateUnreadable,
    SameFineNearby,
)
from muniadmin.fines.models import Fine, Offence, OffenceAmount
from muniadmin.fines.names import FINE_NUMBER, FINES_TOPIC, VOID_FINES
from muniadmin.fines.queries import (
    Catalogue,
    Liable,
    amounts_on,
    facts_of,
    liable_for,
    liable_for_all,
    notice_of,
    same_nearby,
    shown_steps,
    version_on,
    versions_of,
)
from muniadmin.fines.rules import (
    Amounts,
    FineAct,
    FineFacts,
    Plate,
    acts_of,
    read_plate,
    state_of,
    state_word,
)
from muniadmin.fines.sheets import FineNoticeSheet, NoticeStep
from muniadmin.kernel.errors import FieldMissing, FieldTooLong, InvalidInput, RequestChanged, UserError
from muniadmin.kernel.formats import format_date, format_instant
from muniadmin.kernel.i18n import N_, _, pick, use_language
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.numbers import WrongNumber, read_number, yearly_number
from muniadmin.settings.profile import FineStep, Profile
from muniadmin.settings.services import profile_of
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.numbering import take_block
from muniadmin.storage.unit_of_work import UnitOfWork
from muniadmin.taxpayers.models import Taxpayer

_SERIES = "fine"
_NEARBY = timedelta(hours=1)
# Clocks of handheld devices run ahead a little.
_AHEAD = timedelta(minutes=10)
# The amounts a municipality starts with hold for whatever happened before it, too.
_ALWAYS = date(1900, 1, 1)
_ROOM: Mapping[str, int] = {"plate": 30, "place": 160, "officer": 40, "make": 60, "remarks": 500}


# --- the catalogue -------------------------------------------------------------------------------------------------


def install_offences(uow: UnitOfWork, profile: Profile) -> None:
    """Adds the offences of a profile with their amounts; those that are there stay as they are."""
    known = set(uow.session.scalars(select(Offence.code)))
    for position, spec in enumerate(profile.offences):
        if spec.code in known:
            continue
        offence = Offence(
            code=spec.code, names=dict(spec.names), tow=spec.tow, origin="profile", position=position
        )
        uow.session.add(offence)
        uow.session.flush()
        uow.session.add(
            OffenceAmount(
                offence_id=offence.id,
                valid_from=_ALWAYS,
                amount=spec.amount,
                steps={"reduced": _written(spec.reduced), "increased": _written(spec.increased)},
                figures=spec.figures,
                source=spec.source,
            )
        )
    uow.session.flush()


def _written(steps: Sequence[FineStep]) -> list[dict[str, Any]]:
    return [
        {"days": step.days, "amount": step.amount.minor}
        if step.amount is not None
        else {"days": step.days, "rate": str(step.rate)}
        for step in steps
    ]


# --- one fine ------------------------------------------------------------------------------------------------------


def capture_fine(uow: UnitOfWork, command: CaptureFine) -> FineCaptured:
    """Fixes the amount of the day of the offence, finds who is liable, numbers the fine and issues its bill."""
    plate = read_plate(command.plate)
    day = uow.municipality.calendar.business_date(command.committed_at)
    offence, amounts = _checked(uow, command, plate, day)
    if not plate.readable:
        uow.confirm(PlateUnreadable(plate=plate.shown or "—"))

    year = uow.today.year
    # Taking the number first lets the same request, sent twice at once, wait for its first.
    number = yearly_number(FINE_NUMBER, year, take_block(uow, _SERIES, year, 1))
    written = _as_written(command, plate, day, offence)
    if (earlier := _captured_before(uow, command.request_id, written)) is not None:
        return earlier
    if plate.readable:
        _ensure_no_other(uow, plate, offence, command.committed_at)

    liable = liable_for(uow, plate.key, day) if plate.readable else None
    what = pick(offence.names, uow.municipality.language)
    bill = issue_bill(
        uow,
        NewBill(
            head_code=profile_of(uow).fines.head,
            period=_period(uow, day),
            number=number,
            kind="fine",
            instalments=[(amounts.due_on, amounts.full.minor)],
            lines=[
                {
                    "what": what,
                    "names": dict(offence.names),
                    "amount": amounts.full.minor,
                    "offence": offence.code,
                }
            ],
            debtor=debtor_of(plate, liable),
            subject=_subject(plate, what),
            offers=amounts.offers,
            penalty_rule=amounts.penalty_rule,
        ),
    )
    fine = Fine(
        number=number,
        request_id=command.request_id,
        **written,
        amount=amounts.full,
        steps=_frozen(amounts),
        increases_on=amounts.increases_on,
        taxpayer_id=liable.taxpayer_id if liable else None,
        vehicle_id=liable.vehicle_id if liable else None,
        bill_id=bill.bill_id,
        captured_at=uow.now,
        captured_by_id=uow.actor.user_id,
    )
    uow.session.add(fine)
    uow.session.flush()
    record(
        uow,
        "fines:fine:captured",
        number,
        {"offence": offence.code, "amount": amounts.full.minor},
    )
    return _captured(uow, fine)


def _checked(uow: UnitOfWork, command: CaptureFine, plate: Plate, day: date) -> tuple[Offence, Amounts]:
    """The offence and what it comes to, once every field is right."""
    problems: dict[str, UserError] = {}
    for name, limit in _ROOM.items():
        text = getattr(command, name).strip()
        if not text and name in ("place", "officer"):
            problems[name] = FieldMissing()
        elif len(text) > limit:
            problems[name] = FieldTooLong(limit=limit)
    if len(plate.shown) > _ROOM["plate"] or len(plate.key) > _ROOM["plate"]:
        problems["plate"] = FieldTooLong(limit=_ROOM["plate"])
    if command.committed_at > uow.now + _AHEAD:
        zone = uow.municipality.calendar.zone
        problems["committed_at"] = CommittedLater(when=format_instant(command.committed_at, zone))
    if not _on_earth(command.longitude, command.latitude):
        problems["longitude"] = PlaceNotOnEarth()
    found: tuple[Offence, Amounts] | None = None
    try:
        found = _offence(uow, command.offence_code, day)
    except UserError as problem:
        problems["offence_code"] = problem
    if problems or found is None:
        raise InvalidInput(problems)
    return found


def _offence(uow: UnitOfWork, code: str, day: date) -> tuple[Offence, Amounts]:
    if not code.strip():
        raise FieldMissing
    offence = uow.session.scalar(select(Offence).where(Offence.code == code.strip().upper(), Offence.active))
    if offence is None:
        raise OffenceUnknown(code=code.strip())
    version = version_on(versions_of(uow, [offence.id]).get(offence.id, ()), day)
    if version is None:
        raise OffenceHasNoAmount(code=offence.code, day=format_date(day))
    return offence, amounts_on(version, day, profile_of(uow).fines.due_days)


def _on_earth(longitude: float | None, latitude: float | None) -> bool:
    if longitude is None or latitude is None:
        return longitude is None and latitude is None
    return -180 <= longitude <= 180 and -90 <= latitude <= 90


def _as_written(command: CaptureFine, plate: Plate, day: date, offence: Offence) -> dict[str, Any]:
    """What the officer wrote, column by column."""
    return {
        "plate": plate.key,
        "plate_shown": plate.shown,
        "readable": plate.readable,
        "make": " ".join(command.make.split()),
        "place": " ".join(command.place.split()),
        "longitude": command.longitude,
        "latitude": command.latitude,
        "committed_at": command.committed_at,
        "committed_on": day,
        "officer": " ".join(command.officer.split()),
        "offence_id": offence.id,
        "remarks": command.remarks.strip(),
    }


def _captured_before(uow: UnitOfWork, request_id: str, written: Mapping[str, Any]) -> FineCaptured | None:
    fine = uow.session.scalar(select(Fine).where(Fine.request_id == request_id))
    if fine is None:
        return None
    if any(getattr(fine, name) != value for name, value in written.items()):
        raise RequestChanged(number=fine.number)
    uow.touch(FINES_TOPIC)
    # The number taken for the second time goes back to the series.
    take_block(uow, _SERIES, uow.today.year, -1)
    return _captured(uow, fine)


def _captured(uow: UnitOfWork, fine: Fine) -> FineCaptured:
    assert fine.bill_id is not None
    due = sum(one.owed for one in standings_of(uow, [fine.bill_id])[fine.bill_id])
    return FineCaptured(fine.id, fine.number, fine.plate_shown, fine.amount, Money(due))


def _ensure_no_other(uow: UnitOfWork, plate: Plate, offence: Offence, at: datetime) -> None:
    other = same_nearby(uow, plate.key, offence.id, at - _NEARBY, at + _NEARBY)
    if other is not None:
        when = format_instant(other.committed_at, uow.municipality.calendar.zone)
        uow.confirm(SameFineNearby(plate=plate.shown, when=when, number=other.number))


def _period(uow: UnitOfWork, day: date) -> str:
    calendar = uow.municipality.calendar
    return calendar.year(calendar.year_of(day)).name


def debtor_of(plate: Plate, liable: Liable | None) -> Debtor:
    """Who owes a fine: the holder where the register knows one, else the plate; an unreadable one is nobody's."""
    if liable is not None:
        return Debtor(taxpayer_id=liable.taxpayer_id)
    return Debtor(plate=plate.key, name=plate.shown) if plate.readable else Debtor.passer_by(plate.shown)


def _subject(plate: Plate, what: str) -> str:
    return " · ".join(part for part in (plate.shown, what) if part)[:200]


def _frozen(amounts: Amounts) -> dict[str, Any]:
    return {
        "steps": [
            {"amount": step.amount.minor, "until": step.until.isoformat() if step.until else None}
            for step in amounts.steps
        ]
    }


def void_fine(uow: UnitOfWork, command: VoidFine) -> FineVoided:
    """Annuls a fine nobody has paid anything of: its bill is annulled, both stay as they were issued."""
    if not command.reason.strip():
        raise InvalidInput({"reason": ReasonMissing()})
    if len(command.reason.strip()) > 300:
        raise InvalidInput({"reason": FieldTooLong(limit=300)})
    fine = _locked_fine(uow, command.number)
    facts = _facts_held(uow, fine)
    if fine.bill_id is None or FineAct.VOID not in acts_of(facts, uow.today):
        raise FineCannotBeVoided(number=fine.number, state=state_word(state_of(facts, uow.today)))
    approver = ensure_approved(uow, command.approval, VOID_FINES)
    amount = annul_bill(
        uow,
        fine.bill_id,
        Grounds(reason=command.reason.strip(), document=fine.number, approved_by_id=approver.user_id),
    )
    fine.voided_at, fine.void_reason = uow.now, command.reason.strip()
    fine.voided_by_id, fine.void_approved_by_id = uow.actor.user_id, approver.user_id
    uow.session.flush()
    record(
        uow,
        "fines:fine:voided",
        fine.number,
        {"reason": fine.void_reason, "approved_by": approver.user_name, "amount": amount.minor},
    )
    return FineVoided(fine.number, amount)


def _locked_fine(uow: UnitOfWork, number: str) -> Fine:
    try:
        read = read_number(number)
    except WrongNumber:
        read = None
    printed = read[1] if read is not None else number
    fine = uow.session.scalar(select(Fine).where(Fine.number == printed).with_for_update())
    if fine is None:
        raise FineUnknown(number=number)
    return fine


def _facts_held(uow: UnitOfWork, fine: Fine) -> FineFacts:
    """What decides the fine's state, and nobody can pay on it until the transaction ends."""
    if fine.bill_id is not None:
        hold_accounts(uow, uow.connection.scalars(select(Bill.account_id).where(Bill.id == fine.bill_id)))
    return facts_of(uow, [fine])[fine.id]


# --- the notice ----------------------------------------------------------------------------------------------------


def issue_fine_notice(uow: UnitOfWork, command: IssueFineNotice) -> FineNoticeIssued:
    """Freezes what the notice shows: what happened, what it costs until when. A second call finds the first."""
    fine = _locked_fine(uow, command.number)
    earlier = notice_of(uow, fine)
    if earlier is not None:
        return FineNoticeIssued(earlier.id, fine.number, again=True)
    facts = facts_of(uow, [fine])[fine.id]
    if FineAct.PRINT not in acts_of(facts, uow.today):
        raise FineCannotBePrinted(number=fine.number, state=state_word(state_of(facts, uow.today)))
    taxpayer = uow.session.get(Taxpayer, fine.taxpayer_id) if fine.taxpayer_id is not None else None
    language = command.language or (taxpayer.language if taxpayer else "") or uow.municipality.language
    document_id = issue(uow, _notice(uow, fine, taxpayer, language))
    uow.touch(FINES_TOPIC)
    record(uow, "fines:notice:issued", fine.number, {"document": document_id})
    return FineNoticeIssued(document_id, fine.number, again=False)


def _notice(uow: UnitOfWork, fine: Fine, taxpayer: Taxpayer | None, language: str) -> FineNoticeSheet:
    offence = uow.session.get_one(Offence, fine.offence_id)
    version = version_on(versions_of(uow, [offence.id]).get(offence.id, ()), fine.committed_on)
    with use_language(language):
        steps = tuple(
            NoticeStep(what=_(_step_words(step.amount, fine.amount)), until=step.until, amount=step.amount)
            for step in shown_steps(fine)
            if step.until is None or step.until >= uow.today
        )
        how_to_pay = _("At any cash desk of the municipality, with this notice or its number {number}.")
        places = (how_to_pay.format(number=fine.number),)
    return FineNoticeSheet(
        issuer=issuer_of(uow.municipality, language),
        number=fine.number,
        language=language,
        issued_on=uow.today,
        offence=pick(offence.names, language),
        legal_basis=version.source if version is not None and version.figures == "published" else "",
        plate=fine.plate_shown,
        vehicle=fine.make,
        place=fine.place,
        committed_at=fine.committed_at,
        officer=fine.officer,
        owner_name=taxpayer.name if taxpayer else "",
        owner_number=taxpayer.number if taxpayer else None,
        address=(taxpayer.address,) if taxpayer and taxpayer.address else (),
        remarks=fine.remarks,
        steps=steps,
        payment_places=places,
        texts=tuple(pick(text, language) for text in (uow.municipality.texts.get("fine_notice"),) if text),
    )


def _step_words(amount: Money, full: Money) -> str:
    if amount < full:
        return N_("Reduced amount for paying early.")
    return N_("Full amount.") if amount == full else N_("Increased amount for paying late.")


# --- fines from a file ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OffenceMet:
    """An offence as an imported file names it: by its code, by a description, or both."""

    code: str
    description: str


@dataclass(frozen=True, kw_only=True)
class FineMet:
    """A fine as an imported file holds it; everything checked and within its room.

    ``owed`` None: the file does not say what is left to pay, so the municipality's own amounts apply, and ``amount``
    may be None too. Zero: settled elsewhere. ``changes`` spell out how ``owed`` comes about from ``amount``, each as
    (what, amount with its sign); they sum to the difference.
    """

    #: Its number in the file; add_fines is told which kind of file.
    external_number: str
    plate: Plate
    committed_at: datetime
    committed_on: date
    offence_id: int
    place: str = ""
    officer: str = ""
    make: str = ""
    longitude: float | None = None
    latitude: float | None = None
    remarks: str = ""
    amount: Money | None
    owed: Money | None = None
    changes: tuple[tuple[str, Money], ...] = ()


def offences_met(uow: UnitOfWork, met: Sequence[OffenceMet]) -> dict[OffenceMet, int]:
    """The ids of the offences a file names. Those the catalogue does not have are added to it as imported ones.

    A code finds the offence of that code; a description alone finds the one of that name in any language.
    """
    catalogue = Catalogue.of(uow)
    found: dict[OffenceMet, int] = {}
    for one in met:
        offence = catalogue.find(one.code, one.description)
        if offence is None:
            place = len(catalogue.by_code) + 1
            offence = Offence(
                code=one.code.upper() or f"X{place:03d}",
                names=_names_met(one.description or one.code),
                origin="import",
                position=place,
            )
            uow.session.add(offence)
            uow.session.flush()
            catalogue.add(offence)
        found[one] = offence.id
    return found


def _names_met(name: str) -> dict[str, str]:
    """A name as the file has it; where it has none, the same words in every language."""
    if name:
        return {"en": name}
    words = N_("Offence not stated")
    names = {}
    for code in ("en", "fr"):
        with use_language(code):
            names[code] = _(words)
    return names


def add_fines(uow: UnitOfWork, fines: Sequence[FineMet], *, source: str) -> Money:
    """Records fines of a file that are not here yet, and issues one bill for each that is still owed; the sum owed.

    All go in with this transaction, under consecutive numbers and one journal entry for all bills. A fine settled
    elsewhere is recorded without a bill: what was owed and paid before belongs in the books it was paid into.
    """
    rules, year = profile_of(uow).fines, uow.today.year
    offences = {
        offence.id: offence
        for offence in uow.session.scalars(
            select(Offence).where(Offence.id.in_({fine.offence_id for fine in fines}))
        )
    }
    versions = versions_of(uow, list(offences))
    register = liable_for_all(uow, {fine.plate.key for fine in fines if fine.plate.readable})
    first = take_block(uow, _SERIES, year, len(fines))
    rows: list[dict[str, Any]] = []
    bills: list[NewBill] = []
    billed: list[dict[str, Any]] = []
    # Thousands of fines of a day and an offence come to the same.
    worked_out: dict[tuple[int, date, Money | None, Money | None], Amounts | None] = {}
    for place, fine in enumerate(fines):
        number = yearly_number(FINE_NUMBER, year, first + place)
        liable = register.on(fine.plate.key, fine.committed_on) if fine.plate.readable else None
        facts = (fine.offence_id, fine.committed_on, fine.amount, fine.owed)
        if facts not in worked_out:
            worked_out[facts] = _amounts_met(fine, versions.get(fine.offence_id, ()), rules.due_days)
        amounts = worked_out[facts]
        row = _row_met(uow, fine, source, number, amounts, liable)
        rows.append(row)
        if amounts is not None:
            names = offences[fine.offence_id].names
            billed.append(row)
            bills.append(_bill_met(uow, fine, number, amounts, liable, rules.head, names))
    if bills:
        issued = issue_bills(uow, bills)
        for row, bill in zip(billed, issued, strict=True):
            row["bill_id"] = bill.bill_id
    ids = reserve_ids(uow, Fine, len(rows))
    bulk_insert(uow, Fine, ({"id": fine_id, **row} for fine_id, row in zip(ids, rows, strict=True)))
    return Money(sum(bill.total for bill in bills))


def _amounts_met(fine: FineMet, versions: Sequence[OffenceAmount], due_days: int) -> Amounts | None:
    """What an imported fine comes to; None when nothing is owed of it.

    Where the file says what is owed, its own reckoning of early and late payment is in it already. Else the
    municipality's reductions and increases apply, for offences of its own catalogue.
    """
    version = version_on(versions, fine.committed_on)
    full = fine.amount if fine.owed is None else fine.owed
    if version is not None and fine.owed is None:
        amounts = amounts_on(version, fine.committed_on, due_days, full=full)
    else:
        due_on = fine.committed_on + timedelta(days=due_days)
        amounts = Amounts(full or ZERO, (), (), None, due_on)
    return amounts if amounts.full > ZERO else None


def _row_met(
    uow: UnitOfWork, fine: FineMet, source: str, number: str, amounts: Amounts | None, liable: Liable | None
) -> dict[str, Any]:
    full = amounts.full if amounts is not None else ZERO
    return {
        "number": number,
        "external_number": fine.external_number,
        "source": source,
        "plate": fine.plate.key,
        "plate_shown": fine.plate.shown,
        "readable": fine.plate.readable,
        "make": fine.make,
        "place": fine.place,
        "longitude": fine.longitude,
        "latitude": fine.latitude,
        "committed_at": fine.committed_at,
        "committed_on": fine.committed_on,
        "officer": fine.officer,
        "offence_id": fine.offence_id,
        "amount": full if fine.amount is None else fine.amount,
        "steps": _frozen(amounts) if amounts is not None else {"steps": []},
        "increases_on": amounts.increases_on if amounts is not None else None,
        "remarks": fine.remarks,
        "taxpayer_id": liable.taxpayer_id if liable is not None else None,
        "vehicle_id": liable.vehicle_id if liable is not None else None,
        "bill_id": None,
        "captured_at": uow.now,
        "captured_by_id": uow.actor.user_id,
    }


def _bill_met(
    uow: UnitOfWork,
    fine: FineMet,
    number: str,
    amounts: Amounts,
    liable: Liable | None,
    head_code: str,
    names: Mapping[str, str],
) -> NewBill:
    full = amounts.full if fine.owed is None or fine.amount is None else fine.amount
    what = pick(names, uow.municipality.language)
    offence = {"what": what, "names": dict(names), "amount": full.minor}
    changes = [{"what": label, "amount": amount.minor} for label, amount in fine.changes]
    return NewBill(
        head_code=head_code,
        period=_period(uow, fine.committed_on),
        number=number,
        kind="fine",
        instalments=[(amounts.due_on, full.minor + sum(amount.minor for _label, amount in fine.changes))],
        lines=[offence, *changes],
        debtor=debtor_of(fine.plate, liable),
        subject=_subject(fine.plate, what),
        offers=amounts.offers,
        penalty_rule=amounts.penalty_rule if fine.owed is None else {},
    )
