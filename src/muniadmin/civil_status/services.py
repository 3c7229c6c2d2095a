"""Keeps registers, records and signs acts, takes requests and carries them through to delivery."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import func, select

from muniadmin.audit.services import record
from muniadmin.billing.decisions import Grounds, annul_bill
from muniadmin.billing.errors import ReasonMissing
from muniadmin.billing.loading import hold_accounts
from muniadmin.billing.models import Bill
from muniadmin.billing.queries import bill_sums
from muniadmin.billing.services import Debtor, NewBill, issue_bill
from muniadmin.civil_status.commands import (
    ActSaved,
    ActSigned,
    BirthData,
    ChangeBirthAct,
    CloseActRegister,
    DeliverRequest,
    DiscardDraft,
    DraftBirthAct,
    DraftDiscarded,
    OpenActRegister,
    PrepareRequest,
    RefuseRequest,
    RegisterClosed,
    RegisterOpened,
    RequestMoved,
    RequestTaken,
    ReworkRequest,
    SignAct,
    StartRequest,
    TakeRequest,
)
from muniadmin.civil_status.errors import (
    ActIsSigned,
    ActNotSigned,
    ActUnknown,
    CopiesWrong,
    DayInFuture,
    DeclaredBeforeBirth,
    DeclaredInOtherYear,
    DocumentUnknown,
    FeeAlreadyPaid,
    FeeNotSettled,
    MandateMissing,
    NotEntitled,
    ParentMissing,
    RegisterExists,
    RegisterHasDrafts,
    RegisterIsClosed,
    RegisterUnknown,
    RequesterIsMinor,
    RequesterNotOnAct,
    RequestUnknown,
    SameBirthRecorded,
    StepNotAllowed,
    TimeWrong,
    YearNotOver,
)
from muniadmin.civil_status.models import (
    SAID,
    Act,
    ActRegister,
    Extract,
    ExtractRequest,
    RequestStep,
    SignedAct,
)
from muniadmin.civil_status.names import EXTRACT_NUMBER, REQUEST_NUMBER, REQUESTS_TOPIC, SIGN_ACTS
from muniadmin.civil_status.queries import (
    act_of,
    documents_offered,
    due_of,
    extract_sheet,
    people_on,
    printed_number,
    valid_extract,
)
from muniadmin.civil_status.rules import (
    BIRTH,
    MAIN_OFFICE,
    MAIN_OFFICE_NAMES,
    OPEN_STATES,
    Entitlement,
    RequestState,
    Step,
    act_reference,
    age_on,
    canonical_act,
    due_at,
    entitlement,
    next_state,
    read_time,
    state_word,
    written_in,
)
from muniadmin.documents.keys import signing_key
from muniadmin.documents.services import issue
from muniadmin.documents.signing import ExtractClaim, sign_extract
from muniadmin.kernel.errors import (
    FieldMissing,
    FieldTooLong,
    InvalidInput,
    RequestChanged,
    StaleRecord,
    UserError,
)
from muniadmin.kernel.folding import fold
from muniadmin.kernel.formats import format_date, format_money
from muniadmin.kernel.i18n import _, pick
from muniadmin.kernel.money import ZERO
from muniadmin.kernel.numbers import yearly_number
from muniadmin.settings.profile import CivilDocumentSpec, Profile
from muniadmin.settings.services import profile_of
from muniadmin.storage.numbering import next_in_series, take_block
from muniadmin.storage.unit_of_work import UnitOfWork

MOST_COPIES = 20

_REQUESTS = "request"
_EXTRACTS = "extract"
# The rooms of the columns an act's texts go into.
_ROOM: Mapping[str, int] = {
    field.name: 120 if field.name in ("birthplace", "birthplace_arabic", "declarant") else 80
    for field in fields(BirthData)
    if field.type is str and field.name != "born_at"
}


# --- registers -----------------------------------------------------------------------------------------------------


def install_registers(uow: UnitOfWork, profile: Profile) -> None:
    """Opens this year's register of births in the main office of a new municipality."""
    _open_register(uow, uow.today.year, MAIN_OFFICE, MAIN_OFFICE_NAMES)


def open_act_register(uow: UnitOfWork, command: OpenActRegister) -> RegisterOpened:
    """Opens a register."""
    office = command.office.strip()
    if not office:
        raise InvalidInput({"office": FieldMissing()})
    if command.year > uow.today.year:
        raise InvalidInput({"year": DayInFuture()})
    register = _open_register(uow, command.year, office, command.office_names or MAIN_OFFICE_NAMES)
    record(uow, "civil_status:register:opened", f"{BIRTH} {register.year} {register.office}")
    return RegisterOpened(register.id)


def _open_register(uow: UnitOfWork, year: int, office: str, names: Mapping[str, str]) -> ActRegister:
    there = uow.session.scalar(
        select(ActRegister).where(
            ActRegister.kind == BIRTH, ActRegister.year == year, ActRegister.office == office
        )
    )
    if there is not None:
        raise RegisterExists(year=year)
    register = ActRegister(
        kind=BIRTH,
        year=year,
        office=office,
        office_names=dict(names),
        opened_at=uow.now,
        opened_by_id=uow.actor.user_id,
    )
    uow.session.add(register)
    uow.session.flush()
    return register


def close_act_register(uow: UnitOfWork, command: CloseActRegister) -> RegisterClosed:
    """Closes a register with its count."""
    register = _held_register(uow, command.register_id)
    if register.year >= uow.today.year:
        raise YearNotOver(year=register.year)
    signed, drafts = uow.session.execute(
        select(func.count(Act.signed_at), func.count(Act.id) - func.count(Act.signed_at)).where(
            Act.register_id == register.id
        )
    ).one()
    if drafts:
        raise RegisterHasDrafts(count=drafts)
    register.closed_at, register.closed_by_id, register.act_count = uow.now, uow.actor.user_id, signed
    uow.session.flush()
    record(
        uow,
        "civil_status:register:closed",
        f"{register.kind} {register.year} {register.office}",
        {"acts": signed},
    )
    return RegisterClosed(register.id, signed)


def _held_register(uow: UnitOfWork, register_id: int) -> ActRegister:
    """An open register, held until the transaction ends. Raises RegisterUnknown, RegisterIsClosed."""
    register = uow.session.get(ActRegister, register_id, with_for_update=True)
    if register is None:
        raise RegisterUnknown
    if register.closed_at is not None:
        raise RegisterIsClosed(year=register.year)
    return register


# --- acts ----------------------------------------------------------------------------------------------------------


def draft_birth_act(uow: UnitOfWork, command: DraftBirthAct) -> ActSaved:
    """Writes a draft into the register."""
    register = _held_register(uow, command.register_id)
    said = _checked(uow, command, register)
    _ask_about_same_birth(uow, said)
    act = Act(register_id=register.id, drafted_at=uow.now, drafted_by_id=uow.actor.user_id, **_columns(said))
    uow.session.add(act)
    uow.session.flush()
    record(uow, "civil_status:act:drafted", f"draft {act.id}", {"year": register.year})
    return ActSaved(act.id, act.version)


def change_birth_act(uow: UnitOfWork, command: ChangeBirthAct) -> ActSaved:
    """Changes a draft."""
    act = _draft(uow, command.act_id, command.version)
    said = _checked(uow, command, uow.session.get_one(ActRegister, act.register_id))
    for column, value in _columns(said).items():
        setattr(act, column, value)
    uow.session.flush()
    record(uow, "civil_status:act:changed", f"draft {act.id}")
    return ActSaved(act.id, act.version)


def discard_draft(uow: UnitOfWork, command: DiscardDraft) -> DraftDiscarded:
    """Deletes a draft: what was never signed leaves no gap."""
    act = _draft(uow, command.act_id, command.version)
    uow.session.delete(act)
    uow.session.flush()
    record(uow, "civil_status:act:discarded", f"draft {command.act_id}")
    return DraftDiscarded(command.act_id)


def sign_act(uow: UnitOfWork, command: SignAct) -> ActSigned:
    """Gives the act its number in the register, freezes what it says, and chains it to the act before it."""
    act = _draft(uow, command.act_id, command.version)
    register = _held_register(uow, act.register_id)
    act.seq = next_in_series(uow, f"act:{register.id}")
    act.signed_at, act.signed_by_id, act.registrar = uow.now, uow.actor.user_id, uow.actor.name
    uow.session.flush()
    canonical = canonical_signed(act, register)
    link = uow.seal(f"register:{register.id}", canonical)
    uow.session.add(SignedAct(id=act.id, canonical=canonical, **link._asdict()))
    uow.session.flush()
    reference = act_reference(act.seq, register.year)
    record(uow, "civil_status:act:signed", reference, {"register": register.id, "digest": link.digest})
    return ActSigned(act.id, act.seq, register.year, link.digest)


def canonical_signed(act: Act, register: ActRegister) -> str:
    """The frozen text of a signed act; ``verify`` compares the row with it.

    Who signed stands in it twice: in words, which is what the act says for ever, and by id, for two registrars may have
    one name. Both are read from the act's own row and never from the users: a registrar who is renamed later changes no
    text, and a row whose signature was changed behind the program's back differs from it.
    """
    said = {column: getattr(act, column) for column in SAID if column not in ("register_id", "signed_at")}
    signed_at = act.signed_at.isoformat() if act.signed_at is not None else ""
    stands = {"kind": register.kind, "year": register.year, "office": register.office, "signed_at": signed_at}
    return canonical_act(said | stands)


def _draft(uow: UnitOfWork, act_id: int, version: int) -> Act:
    """The draft, held; as whoever sent the command saw it. Raises ActUnknown, ActIsSigned, StaleRecord."""
    act = uow.session.get(Act, act_id, with_for_update=True)
    if act is None:
        raise ActUnknown
    if act.signed_at is not None:
        register = uow.session.get_one(ActRegister, act.register_id)
        raise ActIsSigned(act=act_reference(act.seq, register.year))
    if act.version != version:
        raise StaleRecord(who=_("Somebody else"))
    return act


def _checked(uow: UnitOfWork, data: BirthData, register: ActRegister) -> BirthData:
    """What the act will say, tidied. Raises InvalidInput with a sentence for every field that is wrong."""
    said = _tidied(data)
    problems: dict[str, UserError] = {}
    required = ["child_family_name", "child_given_names", "birthplace", "declarant"]
    if "arabic" in profile_of(uow).scripts:
        required += ["child_family_name_arabic", "child_given_names_arabic"]
    for name in required:
        if not getattr(said, name):
            problems[name] = FieldMissing()
    for name, limit in _ROOM.items():
        if len(getattr(said, name)) > limit:
            problems[name] = FieldTooLong(limit=limit)
    if data.born_at.strip() and not said.born_at:
        problems["born_at"] = TimeWrong(text=data.born_at.strip())
    if not any(
        (said.mother_family_name, said.mother_given_names, said.father_family_name, said.father_given_names)
    ):
        problems["mother_family_name"] = ParentMissing()
    problems |= _wrong_days(said, register, uow.today)
    if problems:
        raise InvalidInput(problems)
    return said


def _wrong_days(said: BirthData, register: ActRegister, today: date) -> dict[str, UserError]:
    problems: dict[str, UserError] = {}
    for name, day in (
        ("born_on", said.born_on),
        ("declared_on", said.declared_on),
        ("mother_born_on", said.mother_born_on),
    ):
        if day is not None and day > today:
            problems[name] = DayInFuture()
    if "born_on" in problems:
        return problems
    if said.declared_on < said.born_on:
        problems.setdefault("declared_on", DeclaredBeforeBirth())
    elif said.declared_on.year != register.year:
        problems.setdefault("declared_on", DeclaredInOtherYear(year=register.year))
    if said.mother_born_on is not None and said.mother_born_on >= said.born_on:
        problems.setdefault("mother_born_on", DeclaredBeforeBirth())
    return problems


def _tidied(data: BirthData) -> BirthData:
    """The same without needless blanks, and the hour as 04:35 (empty when it is none)."""
    said: dict[str, Any] = {field.name: getattr(data, field.name) for field in fields(BirthData)}
    said |= {name: " ".join(said[name].split()) for name in _ROOM}
    return BirthData(**said | {"born_at": read_time(data.born_at) or ""})


def _columns(said: BirthData) -> dict[str, Any]:
    columns = {field.name: getattr(said, field.name) for field in fields(BirthData)}
    names = [columns[name] for name in _ROOM if "name" in name]
    return columns | {"search_text": " ".join(filter(None, map(fold, names)))}


def _ask_about_same_birth(uow: UnitOfWork, said: BirthData) -> None:
    wanted = fold(f"{said.child_given_names} {said.child_family_name}")
    born_that_day = uow.session.execute(
        select(Act, ActRegister.year)
        .join(ActRegister, ActRegister.id == Act.register_id)
        .where(Act.born_on == said.born_on)
    )
    for act, year in born_that_day:
        if fold(act.child) == wanted:
            reference = act_reference(act.seq, year) or _("draft")
            uow.confirm(SameBirthRecorded(name=act.child, day=format_date(act.born_on), act=reference))
            return


# --- requests ------------------------------------------------------------------------------------------------------


def take_request(uow: UnitOfWork, command: TakeRequest) -> RequestTaken:
    """Checks who may receive what, numbers the request and issues the bill for its fee."""
    spec = documents_offered(uow).get(command.document_code)
    if spec is None:
        raise InvalidInput({"document_code": DocumentUnknown(code=command.document_code)})
    act, register = act_of(uow, command.act_id)
    if act.signed_at is None:
        raise ActNotSigned
    _check_request(command)
    _ensure_entitled(uow, command, act)

    year = uow.today.year
    # Taking the number first lets the same request, sent twice at once, wait for its first.
    number = yearly_number(REQUEST_NUMBER, year, take_block(uow, _REQUESTS, year, 1))
    written = _as_written(command, spec)
    if (earlier := _taken_before(uow, command.key, written)) is not None:
        return earlier
    bill_id = _bill_fee(uow, command, spec, number)
    request = ExtractRequest(
        number=number,
        key=command.key,
        **written,
        document_names=dict(spec.names),
        fee=spec.fee * command.copies,
        bill_id=bill_id,
        search_text=fold(f"{command.requester} {act.child} {act.child_arabic}"),
        received_at=uow.now,
        due_at=due_at(uow.now, spec.target_hours),
        state=RequestState.RECEIVED.value,
    )
    uow.session.add(request)
    uow.session.flush()
    _note_step(uow, request, "receive")
    record(
        uow,
        "civil_status:request:taken",
        number,
        {
            "document": spec.code,
            "act": act_reference(act.seq, register.year),
            "copies": command.copies,
            "relation": command.relation,
        },
    )
    return _taken(request)


def _check_request(command: TakeRequest) -> None:
    problems: dict[str, UserError] = {}
    for name, limit in (("key", 36), ("requester", 120), ("identifier", 60)):
        text = getattr(command, name).strip()
        if not text:
            problems[name] = FieldMissing()
        elif len(text) > limit:
            problems[name] = FieldTooLong(limit=limit)
    if len(command.mandate.strip()) > 120:
        problems["mandate"] = FieldTooLong(limit=120)
    if not 1 <= command.copies <= MOST_COPIES:
        problems["copies"] = CopiesWrong(most=MOST_COPIES)
    if problems:
        raise InvalidInput(problems)


def _ensure_entitled(uow: UnitOfWork, command: TakeRequest, act: Act) -> None:
    """Raises InvalidInput when the requester may not receive the extract; asks when the act does not name them."""
    found = entitlement(command.relation, command.requester, command.mandate, people_on(act), uow.today)
    if found is Entitlement.NO:
        raise InvalidInput({"relation": NotEntitled()})
    if found is Entitlement.MINOR:
        raise InvalidInput({"relation": RequesterIsMinor(name=act.child, age=age_on(act.born_on, uow.today))})
    if found is Entitlement.NEEDS_MANDATE:
        raise InvalidInput({"mandate": MandateMissing()})
    if found is Entitlement.NAME_DIFFERS:
        uow.confirm(RequesterNotOnAct(requester=command.requester.strip()))


def _as_written(command: TakeRequest, spec: CivilDocumentSpec) -> dict[str, Any]:
    """What is asked for, column by column."""
    return {
        "document_code": spec.code,
        "act_id": command.act_id,
        "requester": " ".join(command.requester.split()),
        "identifier": command.identifier.strip(),
        "relation": command.relation,
        "mandate": command.mandate.strip(),
        "copies": command.copies,
        "channel": command.channel,
        "language": command.language or written_in(spec.languages)[0],
    }


def _taken_before(uow: UnitOfWork, key: str, written: Mapping[str, Any]) -> RequestTaken | None:
    request = uow.session.scalar(select(ExtractRequest).where(ExtractRequest.key == key))
    if request is None:
        return None
    if any(getattr(request, name) != value for name, value in written.items()):
        raise RequestChanged(number=request.number)
    uow.touch(REQUESTS_TOPIC)
    # The number taken for the second time goes back to the series.
    take_block(uow, _REQUESTS, uow.today.year, -1)
    return _taken(request)


def _taken(request: ExtractRequest) -> RequestTaken:
    return RequestTaken(request.id, request.number, request.fee, request.bill_id, request.due_at)


def _bill_fee(uow: UnitOfWork, command: TakeRequest, spec: CivilDocumentSpec, number: str) -> int | None:
    """The bill that bears the request's own number, so that its slip is scanned at the counter; None when free."""
    fee = spec.fee * command.copies
    if not fee or spec.head is None:
        return None
    language = uow.municipality.language
    what = pick(spec.names, language)
    calendar = uow.municipality.calendar
    line = {
        "what": what,
        "names": dict(spec.names),
        "amount": fee.minor,
        "copies": command.copies,
        "each": spec.fee.minor,
    }
    return issue_bill(
        uow,
        NewBill(
            head_code=spec.head,
            period=calendar.year(calendar.year_of(uow.today)).name,
            number=number,
            kind="fee",
            instalments=[(uow.today, fee.minor)],
            lines=[line],
            debtor=Debtor.passer_by(" ".join(command.requester.split())),
            subject=f"{what} ({command.copies})",
        ),
    ).bill_id


def start_request(uow: UnitOfWork, command: StartRequest) -> RequestMoved:
    """An agent takes the request up."""
    request = _moved(uow, command.number, Step.START)
    return _done(uow, request, Step.START)


def prepare_request(uow: UnitOfWork, command: PrepareRequest) -> RequestMoved:
    """Numbers and signs the extract and freezes what it shows."""
    request = _moved(uow, command.number, Step.PREPARE)
    act, register = act_of(uow, request.act_id)
    year = uow.today.year
    number = yearly_number(EXTRACT_NUMBER, year, next_in_series(uow, _EXTRACTS, year))
    claim = ExtractClaim(
        number=number,
        issued_on=uow.today,
        act=act_reference(act.seq, register.year),
        holder=act.child,
        born_on=act.born_on,
    )
    # A registrar certifies in person; a clerk hands out in the name of the registrar who signed the act.
    registrar = uow.actor.name if uow.actor.may(SIGN_ACTS) else act.registrar
    sheet = extract_sheet(
        uow,
        request,
        number=number,
        verification=sign_extract(signing_key(uow), claim),
        registrar=registrar,
    )
    document_id = issue(uow, sheet)
    uow.session.add(Extract(number=number, request_id=request.id, document_id=document_id))
    request.ready_at = uow.now
    uow.session.flush()
    return _done(uow, request, Step.PREPARE, {"extract": number})


def deliver_request(uow: UnitOfWork, command: DeliverRequest) -> RequestMoved:
    """Hands the extract over, once its fee is settled."""
    request = _moved(uow, command.number, Step.DELIVER)
    due = due_of(uow, request)
    if due:
        amount = format_money(due, uow.municipality.currency, with_code=True)
        raise FeeNotSettled(number=request.number, amount=amount)
    received_by = " ".join(command.received_by.split()) or request.requester
    if len(received_by) > 120:
        raise InvalidInput({"received_by": FieldTooLong(limit=120)})
    request.received_by = received_by
    return _done(uow, request, Step.DELIVER, note=received_by)


def rework_request(uow: UnitOfWork, command: ReworkRequest) -> RequestMoved:
    """Withdraws the extract: it is made again. The cause is counted in the error rate."""
    note = command.note.strip()
    if len(note) > 300:
        raise InvalidInput({"note": FieldTooLong(limit=300)})
    request = _moved(uow, command.number, Step.REWORK)
    _withdraw(uow, request)
    request.reworks += 1
    request.ready_at = None
    return _done(
        uow, request, Step.REWORK, {"cause": command.cause, "note": note}, note=note, cause=command.cause
    )


def refuse_request(uow: UnitOfWork, command: RefuseRequest) -> RequestMoved:
    """Refuses the request. What was not paid of its fee is annulled; what was paid must be given back first."""
    reason = command.reason.strip()
    if not reason:
        raise InvalidInput({"reason": ReasonMissing()})
    if len(reason) > 300:
        raise InvalidInput({"reason": FieldTooLong(limit=300)})
    request = _moved(uow, command.number, Step.REFUSE)
    if request.bill_id is not None:
        # Held, so that no counter takes the fee while it is annulled.
        hold_accounts(uow, [uow.session.get_one(Bill, request.bill_id).account_id])
        _amount, settled = bill_sums(uow, [request.bill_id])[request.bill_id]
        if settled > ZERO:
            raise FeeAlreadyPaid(number=request.number)
        annul_bill(uow, request.bill_id, Grounds(reason=reason, document=request.number))
    _withdraw(uow, request)
    return _done(uow, request, Step.REFUSE, {"reason": reason}, note=reason)


def _moved(uow: UnitOfWork, number: str, step: Step) -> ExtractRequest:
    """The request in its next state, held. Raises RequestUnknown, StepNotAllowed."""
    request = uow.session.scalar(
        select(ExtractRequest).where(ExtractRequest.number == printed_number(number)).with_for_update()
    )
    if request is None:
        raise RequestUnknown(number=number)
    state = RequestState(request.state)
    following = next_state(state, step)
    if following is None:
        raise StepNotAllowed(number=request.number, state=state_word(state))
    request.state = following.value
    request.closed_at = None if following in OPEN_STATES else uow.now
    return request


def _withdraw(uow: UnitOfWork, request: ExtractRequest) -> None:
    extract = valid_extract(uow, request.id)
    if extract is not None:
        extract.withdrawn_at = uow.now


def _note_step(
    uow: UnitOfWork, request: ExtractRequest, step: str, *, note: str = "", cause: str = ""
) -> None:
    uow.session.add(
        RequestStep(
            request_id=request.id,
            step=step,
            at=uow.now,
            taken_by_id=uow.actor.user_id,
            cause=cause,
            note=note,
        )
    )


def _done(
    uow: UnitOfWork,
    request: ExtractRequest,
    step: Step,
    detail: Mapping[str, object] | None = None,
    *,
    note: str = "",
    cause: str = "",
) -> RequestMoved:
    _note_step(uow, request, step.value, note=note, cause=cause)
    uow.session.flush()
    extract = valid_extract(uow, request.id)
    record(uow, f"civil_status:request:{_DONE[step]}", request.number, detail)
    return RequestMoved(
        request.id, request.number, request.state, extract.document_id if extract is not None else None
    )


_DONE: Mapping[Step, str] = {
    Step.START: "started",
    Step.PREPARE: "prepared",
    Step.DELIVER: "delivered",
    Step.REWORK: "reworked",
    Step.REFUSE: "refused",
}
