"""Reads of registers, acts and requests."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from muniadmin.access.queries import names_of
from muniadmin.billing.queries import standings_of
from muniadmin.civil_status.commands import BirthData, Cause, DeclarantKind
from muniadmin.civil_status.errors import ActUnknown, RequestUnknown
from muniadmin.civil_status.models import Act, ActRegister, Extract, ExtractRequest, RequestStep, SignedAct
from muniadmin.civil_status.reads import (
    ActDetail,
    ActPlace,
    ActRegisters,
    ActRow,
    Acts,
    ActsPage,
    Book,
    CivilDocument,
    CivilDocuments,
    Delivery,
    DeliveryRegister,
    LateRequests,
    OneAct,
    OneRequest,
    OpenBook,
    PreviewExtract,
    RegisterRow,
    RequestDetail,
    RequestOnAct,
    RequestPlace,
    RequestRow,
    Requests,
    RequestsPage,
    StepTaken,
)
from muniadmin.civil_status.rules import (
    ARABIC,
    BIRTH,
    CAUSE_NAMES,
    OPEN_STATES,
    SEARCHED,
    STEPS,
    PeopleOnAct,
    RequestState,
    Step,
    act_reference,
    read_search,
    state_name,
)
from muniadmin.civil_status.sheets import ExtractSheet, PersonOnAct
from muniadmin.documents.models import DocumentPrint, IssuedDocument
from muniadmin.documents.pictures import pictures_of
from muniadmin.documents.reads import PrintedDocument
from muniadmin.documents.services import issuer_of
from muniadmin.documents.sheets import Issuer
from muniadmin.kernel.folding import fold
from muniadmin.kernel.i18n import _, pick, use_language
from muniadmin.kernel.money import ZERO, Money
from muniadmin.kernel.numbers import WrongNumber, read_number
from muniadmin.settings.profile import CivilDocumentSpec
from muniadmin.settings.services import profile_of
from muniadmin.storage.paging import By, behind, in_order
from muniadmin.storage.unit_of_work import Reading

# --- registers and acts --------------------------------------------------------------------------------------------


def act_registers(reading: Reading, request: ActRegisters) -> list[RegisterRow]:
    """Every register with the number of its acts."""
    signed = func.count(Act.signed_at)
    wanted = (
        select(ActRegister, signed, func.count(Act.id) - signed)
        .outerjoin(Act, Act.register_id == ActRegister.id)
        .group_by(ActRegister.id)
        .order_by(ActRegister.year.desc(), ActRegister.office)
    )
    if request.open_only:
        wanted = wanted.where(ActRegister.closed_at.is_(None))
    return [
        RegisterRow(
            register_id=register.id,
            kind=register.kind,
            year=register.year,
            office=register.office,
            office_names=register.office_names,
            opened_at=register.opened_at,
            closed_at=register.closed_at,
            signed=signed_count,
            drafts=draft_count,
        )
        for register, signed_count, draft_count in reading.session.execute(wanted)
    ]


def open_book(reading: Reading, request: OpenBook) -> Book:
    """What the form of a new act needs."""
    registers = act_registers(reading, ActRegisters(open_only=True))
    return Book(registers=tuple(registers), arabic="arabic" in profile_of(reading).scripts)


_ACT_PLACE: Mapping[str, Any] = {
    "signed": case((Act.signed_at.is_(None), 0), else_=1),
    "year": ActRegister.year,
    "seq": func.coalesce(Act.seq, 0),
    # It begins with the child's family and given names, folded: É stands with E on every engine.
    "name": Act.search_text,
    "born_on": Act.born_on,
    "act_id": Act.id,
}
_ACT_ORDERS: Mapping[str, Sequence[str]] = {
    "reference": ("year", "seq"),
    "name": ("name",),
    "born": ("born_on",),
}


def acts(reading: Reading, request: Acts) -> ActsPage:
    """A page of acts, found by what was typed."""
    conditions = _acts_matching(request)
    count = drafts = 0
    if request.totals:
        counted = (
            select(func.count(), func.count(case((Act.signed_at.is_(None), 1))))
            .select_from(Act)
            .join(ActRegister, ActRegister.id == Act.register_id)
            .where(*conditions)
        )
        count, drafts = reading.session.execute(counted).one()
    names = _ACT_ORDERS.get(request.sort)
    order = (
        {**dict.fromkeys(names, request.descending), "act_id": False}
        if names is not None
        # What waits for a signature first, then the latest acts.
        else {"signed": False, "year": True, "seq": True, "act_id": True}
    )
    wanted = select(Act, ActRegister).join(ActRegister, ActRegister.id == Act.register_id)
    found = reading.session.execute(
        _page(wanted.where(*conditions), _ACT_PLACE, order, request.after, request.offset, request.limit)
    )
    return ActsPage(
        rows=tuple(_act_row(act, register) for act, register in found), count=count, drafts=drafts
    )


def _page(
    wanted: Select[*tuple[Any, ...]],
    columns: Mapping[str, Any],
    order: Mapping[str, bool],
    after: ActPlace | RequestPlace | None,
    offset: int,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """A page of what is wanted; ``order`` tells the columns by the place's names for them, and which ones downwards."""
    by = [By(columns[name], descending) for name, descending in order.items()]
    if after is not None:
        wanted = wanted.where(behind(by, [getattr(after, name) for name in order]))
    return wanted.order_by(*in_order(by)).offset(offset).limit(limit)


def _acts_matching(request: Acts) -> list[ColumnElement[bool]]:
    search = read_search(request.text)
    conditions: list[ColumnElement[bool]] = []
    if search.seq is not None:
        conditions += [Act.seq == search.seq, ActRegister.year == search.year]
    elif search.year is not None:
        first, last = date(search.year, 1, 1), date(search.year, 12, 31)
        conditions.append(or_(ActRegister.year == search.year, Act.born_on.between(first, last)))
    conditions += [Act.search_text.contains(word, autoescape=True) for word in search.words]
    if request.state is not None:
        conditions.append(Act.signed_at.is_(None) if request.state == "draft" else Act.signed_at.isnot(None))
    if request.register_id is not None:
        conditions.append(Act.register_id == request.register_id)
    return conditions


def _act_row(act: Act, register: ActRegister) -> ActRow:
    return ActRow(
        act_id=act.id,
        reference=act_reference(act.seq, register.year),
        kind=register.kind,
        year=register.year,
        name=act.listed_as,
        name_arabic=act.child_arabic,
        sex=act.sex,
        born_on=act.born_on,
        father=act.father,
        mother=act.mother,
        state="draft" if act.signed_at is None else "signed",
        declared_on=act.declared_on,
        version=act.version,
        place=ActPlace(
            signed=int(act.signed_at is not None),
            year=register.year,
            seq=act.seq or 0,
            name=act.search_text,
            born_on=act.born_on,
            act_id=act.id,
        ),
    )


def act_of(reading: Reading, act_id: int) -> tuple[Act, ActRegister]:
    """An act and its register. Raises ActUnknown."""
    act = reading.session.get(Act, act_id)
    if act is None:
        raise ActUnknown
    return act, reading.session.get_one(ActRegister, act.register_id)


def said_by(act: Act) -> BirthData:
    """What the act says."""
    said: dict[str, Any] = {field.name: getattr(act, field.name) for field in fields(BirthData)}
    return BirthData(**said | {"declarant_kind": DeclarantKind(act.declarant_kind)})


def one_act(reading: Reading, request: OneAct) -> ActDetail:
    """One act with all it says."""
    act, register = act_of(reading, request.act_id)
    requests = reading.session.scalars(
        select(ExtractRequest).where(ExtractRequest.act_id == act.id).order_by(ExtractRequest.id.desc())
    )
    digest = reading.session.scalar(select(SignedAct.digest).where(SignedAct.id == act.id))
    names = names_of(reading, [act.drafted_by_id])
    return ActDetail(
        row=_act_row(act, register),
        register_id=register.id,
        office_names=register.office_names,
        says=said_by(act),
        drafted_by=names[act.drafted_by_id],
        drafted_at=act.drafted_at,
        registrar=act.registrar,
        signed_at=act.signed_at,
        digest=digest or "",
        requests=tuple(
            RequestOnAct(
                number=one.number,
                document_names=one.document_names,
                state=one.state,
                received_at=one.received_at,
            )
            for one in requests
        ),
    )


def people_on(act: Act) -> PeopleOnAct:
    """Everybody the act names."""
    father_arabic = f"{act.father_given_names_arabic} {act.father_family_name_arabic}".strip()
    mother_arabic = f"{act.mother_given_names_arabic} {act.mother_family_name_arabic}".strip()
    parents = (act.father, father_arabic, act.mother, mother_arabic)
    return PeopleOnAct(
        child=tuple(name for name in (act.child, act.child_arabic) if name),
        parents=tuple(name for name in parents if name),
        born_on=act.born_on,
    )


# --- documents -----------------------------------------------------------------------------------------------------


def documents_offered(reading: Reading) -> dict[str, CivilDocumentSpec]:
    """What can be issued from birth acts today, by code: extracts; other documents follow."""
    return {
        spec.code: spec
        for spec in profile_of(reading).civil_documents
        if spec.kind == "extract" and BIRTH in spec.acts
    }


def civil_documents(reading: Reading, request: CivilDocuments) -> list[CivilDocument]:
    """The choices at the counter."""
    return [
        CivilDocument(
            code=spec.code,
            names=spec.names,
            fee=spec.fee,
            target_hours=spec.target_hours,
            languages=spec.languages,
        )
        for spec in documents_offered(reading).values()
    ]


def extract_sheet(
    reading: Reading, wanted: ExtractRequest, *, number: str, verification: str, registrar: str
) -> ExtractSheet:
    """What the extract shows. Arabic stands beside the language where the document is printed in both."""
    act, register = act_of(reading, wanted.act_id)
    spec = documents_offered(reading).get(wanted.document_code)
    bilingual = spec is not None and ARABIC in spec.languages
    municipality, language = reading.municipality, wanted.language

    def arabic(text: str) -> str:
        return text if bilingual else ""

    def person(whose: str) -> PersonOnAct | None:
        parts = {
            field: getattr(act, f"{whose}_{field}")
            for field in ("family_name", "given_names", "family_name_arabic", "given_names_arabic")
        }
        parts |= {field: arabic(text) for field, text in parts.items() if field.endswith("arabic")}
        return PersonOnAct(**parts) if any(parts.values()) else None

    child = person("child")
    authorities = (state_name(municipality.country, language).upper(), pick(municipality.names, language))
    authorities_arabic = (
        state_name(municipality.country, "ar") if bilingual else "",
        arabic(municipality.names.get("ar", "")),
    )
    footer = municipality.texts.get("extract_footer")
    return ExtractSheet(
        issuer=_civil_status_issuer(reading, language),
        number=number,
        language=language,
        title=pick(wanted.document_names, language),
        title_arabic=arabic(wanted.document_names.get("ar", "")),
        authorities=tuple(line for line in authorities if line),
        authorities_arabic=tuple(line for line in authorities_arabic if line),
        act_number=str(act.seq),
        act_year=register.year,
        office=pick(register.office_names, language),
        office_arabic=arabic(register.office_names.get("ar", "")),
        child=child or PersonOnAct(family_name="", given_names=""),
        sex=act.sex,
        born_on=act.born_on,
        born_at_time=act.born_at,
        birthplace=act.birthplace,
        birthplace_arabic=arabic(act.birthplace_arabic),
        father=person("father"),
        mother=person("mother"),
        declared_on=act.declared_on,
        issued_on=reading.today,
        place=seat_of(municipality.address),
        registrar=registrar,
        requester=wanted.requester,
        copies=wanted.copies,
        verification=verification,
        texts=(pick(footer, language),) if footer else (),
    )


def _civil_status_issuer(reading: Reading, language: str) -> Issuer:
    issuer = issuer_of(reading.municipality, language)
    with use_language(language):
        return Issuer(**{**vars(issuer), "department": _("Civil status")})


def seat_of(address: str) -> str:
    """The town at the end of the municipality's address: where its papers are issued."""
    return address.replace("\n", ",").rsplit(",", 1)[-1].strip()


def preview_extract(reading: Reading, request: PreviewExtract) -> PrintedDocument:
    """The extract as it will be; nothing is issued, so it bears the request's number."""
    from muniadmin.documents.drawing import draw  # loads fonts and codes, only needed here

    wanted = request_of(reading, request.number)
    sheet = extract_sheet(
        reading, wanted, number=wanted.number, verification=wanted.number, registrar=reading.actor.name
    )
    pdf = draw(sheet, pictures=pictures_of(reading, [sheet]), specimen=True)
    return PrintedDocument(number=wanted.number, pdf=pdf)


# --- requests ------------------------------------------------------------------------------------------------------


def request_of(reading: Reading, number: str) -> ExtractRequest:
    """The request of that number, however it is typed. Raises RequestUnknown."""
    found = reading.session.scalar(
        select(ExtractRequest).where(ExtractRequest.number == printed_number(number))
    )
    if found is None:
        raise RequestUnknown(number=number)
    return found


def printed_number(typed: str) -> str:
    """A number as it is printed; what is none stays as it was typed."""
    try:
        read = read_number(typed)
    except WrongNumber:
        read = None
    return read[1] if read is not None else typed.strip()


def due_of(reading: Reading, request: ExtractRequest) -> Money:
    """What is left to pay for the request today."""
    return _left_to_pay(reading, [request])[request.id]


def _left_to_pay(reading: Reading, requests: Sequence[ExtractRequest]) -> Mapping[int, Money]:
    """What would settle the fee of each request today, by request; nothing where it is free."""
    standings = standings_of(reading, [one.bill_id for one in requests if one.bill_id is not None])
    return {
        one.id: Money(sum(part.owed for part in standings[one.bill_id])) if one.bill_id is not None else ZERO
        for one in requests
    }


def is_withdrawn(reading: Reading, document_id: int, _number: str) -> bool:
    """Whether the extract on this paper was withdrawn, to be made again or because the request was refused."""
    withdrawn = select(Extract.id).where(
        Extract.document_id == document_id, Extract.withdrawn_at.is_not(None)
    )
    return reading.connection.scalar(withdrawn) is not None


def valid_extract(reading: Reading, request_id: int) -> Extract | None:
    """The extract issued on the request and not withdrawn, if there is one."""
    return reading.session.scalar(
        select(Extract).where(Extract.request_id == request_id, Extract.withdrawn_at.is_(None))
    )


_OPEN = tuple(state.value for state in OPEN_STATES)
_REQUEST_PLACE: Mapping[str, Any] = {
    "received_at": ExtractRequest.received_at,
    "due_at": ExtractRequest.due_at,
    "holder": Act.search_text,
    "request_id": ExtractRequest.id,
}
_REQUEST_ORDERS = {"number": "request_id", "due": "due_at", "received": "received_at", "holder": "holder"}


_REQUEST_DAYS: Mapping[str, Any] = {
    "received": ExtractRequest.received_at,
    "ready": ExtractRequest.ready_at,
    "promised": ExtractRequest.due_at,
}


def requests(reading: Reading, request: Requests) -> RequestsPage:
    """A page of requests."""
    conditions = _requests_matching(reading, request)
    count = late = 0
    if request.totals:
        counted = _with_act(select(func.count(), func.count(case((_is_late(reading), 1))))).where(*conditions)
        count, late = reading.session.execute(counted).one()
    by = _REQUEST_ORDERS.get(request.sort)
    if by is not None:
        order = {by: request.descending} | ({} if by == "request_id" else {"request_id": False})
    elif request.state in ("open", *_OPEN):
        order = {"due_at": False, "request_id": False}
    else:
        order = {"received_at": True, "request_id": True}
    wanted = _with_act(select(ExtractRequest, Act, ActRegister)).where(*conditions)
    found = reading.session.execute(
        _page(wanted, _REQUEST_PLACE, order, request.after, request.offset, request.limit)
    ).all()
    dues = _left_to_pay(reading, [one for one, _act, _register in found])
    return RequestsPage(
        rows=tuple(_request_row(reading, one, act, register, dues[one.id]) for one, act, register in found),
        count=count,
        late=late,
    )


def _with_act(wanted: Any) -> Select[Any]:
    joined: Select[Any] = (
        wanted.select_from(ExtractRequest)
        .join(Act, Act.id == ExtractRequest.act_id)
        .join(ActRegister, ActRegister.id == Act.register_id)
    )
    return joined


def _is_late(reading: Reading) -> ColumnElement[bool]:
    return and_(ExtractRequest.state.in_(_OPEN), ExtractRequest.due_at < reading.now)


def _requests_matching(reading: Reading, request: Requests) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.state == "open":
        conditions.append(ExtractRequest.state.in_(_OPEN))
    elif request.state is not None:
        conditions.append(ExtractRequest.state == request.state)
    if request.late:
        conditions.append(_is_late(reading))
    calendar, at = reading.municipality.calendar, _REQUEST_DAYS[request.by]
    if request.since is not None:
        conditions.append(at >= calendar.start_of_day(request.since))
    if request.until is not None:
        conditions.append(at < calendar.start_of_day(request.until + timedelta(days=1)))
    if request.by == "promised":
        conditions += [at < reading.now, ExtractRequest.state != RequestState.REFUSED.value]
    if request.text.strip():
        numbered = ExtractRequest.number == printed_number(request.text)
        words = [
            ExtractRequest.search_text.contains(word, autoescape=True)
            for word in fold(request.text[:SEARCHED]).split()
        ]
        conditions.append(or_(numbered, and_(*words)) if words else numbered)
    return conditions


def _request_row(
    reading: Reading, request: ExtractRequest, act: Act, register: ActRegister, due: Money
) -> RequestRow:
    return RequestRow(
        request_id=request.id,
        number=request.number,
        document_code=request.document_code,
        document_names=request.document_names,
        act_id=act.id,
        act=act_reference(act.seq, register.year),
        holder=act.listed_as,
        requester=request.requester,
        copies=request.copies,
        channel=request.channel,
        state=request.state,
        received_at=request.received_at,
        due_at=request.due_at,
        closed_at=request.closed_at,
        late=request.state in _OPEN and request.due_at < reading.now,
        fee=request.fee,
        due=due,
        place=RequestPlace(
            received_at=request.received_at,
            due_at=request.due_at,
            holder=act.search_text,
            request_id=request.id,
        ),
    )


def one_request(reading: Reading, request: OneRequest) -> RequestDetail:
    """One request with its way so far."""
    found = request_of(reading, request.number)
    act, register = act_of(reading, found.act_id)
    row = _request_row(reading, found, act, register, due_of(reading, found))
    extract = valid_extract(reading, found.id)
    steps = reading.session.scalars(
        select(RequestStep).where(RequestStep.request_id == found.id).order_by(RequestStep.id)
    ).all()
    names = names_of(reading, (step.taken_by_id for step in steps))
    prints = 0
    if extract is not None:
        counted = select(func.count()).where(DocumentPrint.document_id == extract.document_id)
        prints = reading.session.scalar(counted) or 0
    return RequestDetail(
        row=row,
        identifier=found.identifier,
        relation=found.relation,
        mandate=found.mandate,
        language=found.language,
        bill_id=found.bill_id,
        extract_number=extract.number if extract is not None else "",
        document_id=extract.document_id if extract is not None else None,
        prints=prints,
        reworks=found.reworks,
        received_by=found.received_by,
        steps=tuple(_step_taken(step, names[step.taken_by_id]) for step in steps),
        allowed=frozenset(
            step.value for step in STEPS[RequestState(found.state)] if not (step is Step.DELIVER and row.due)
        ),
    )


def _step_taken(step: RequestStep, agent: str) -> StepTaken:
    cause = _(CAUSE_NAMES[Cause(step.cause)]) if step.cause else ""
    return StepTaken(
        step=step.step,
        at=step.at,
        agent=agent,
        note=" · ".join(part for part in (cause, step.note) if part),
    )


def late_requests(reading: Reading, request: LateRequests) -> int:
    """How many open requests are late."""
    return (
        reading.session.scalar(select(func.count()).select_from(ExtractRequest).where(_is_late(reading))) or 0
    )


def delivery_register(reading: Reading, request: DeliveryRegister) -> list[Delivery]:
    """Everything handed over, in the order in which it was."""
    calendar = reading.municipality.calendar
    wanted = (
        select(RequestStep, ExtractRequest, Act, ActRegister, IssuedDocument.number)
        .join(ExtractRequest, ExtractRequest.id == RequestStep.request_id)
        .join(Act, Act.id == ExtractRequest.act_id)
        .join(ActRegister, ActRegister.id == Act.register_id)
        # The extract that was valid then: issued before the delivery, and not withdrawn until after it.
        .join(
            Extract,
            and_(
                Extract.request_id == ExtractRequest.id,
                or_(Extract.withdrawn_at.is_(None), Extract.withdrawn_at >= RequestStep.at),
            ),
        )
        .join(
            IssuedDocument,
            and_(IssuedDocument.id == Extract.document_id, IssuedDocument.issued_at <= RequestStep.at),
        )
        .where(
            RequestStep.step == Step.DELIVER.value,
            RequestStep.at >= calendar.start_of_day(request.since),
            RequestStep.at < calendar.start_of_day(request.until + timedelta(days=1)),
        )
        .order_by(RequestStep.id)
    )
    rows = reading.session.execute(wanted).all()
    names = names_of(reading, (step.taken_by_id for step, *_ in rows))
    return [
        Delivery(
            delivered_at=step.at,
            request_number=made.number,
            extract_number=number,
            act=act_reference(act.seq, register.year),
            listed_as=act.listed_as,
            copies=made.copies,
            received_by=step.note or made.requester,
            agent=names[step.taken_by_id],
        )
        for step, made, act, register, number in rows
    ]
