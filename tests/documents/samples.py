"""One believable sheet of every kind, in French and English, for the tests to draw and to read back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import zxingcpp

from muniadmin.assessment.sheets import BillLine, BillSheet, Instalment
from muniadmin.billing.sheets import AccountStatementSheet, StatementInstalment, StatementMovement
from muniadmin.civil_status.sheets import ExtractSheet, PersonOnAct
from muniadmin.collection.sheets import (
    CashSessionSlipSheet,
    ChannelTotal,
    CountedDenomination,
    ReceiptCancellationSheet,
    ReceiptLine,
    ReceiptSheet,
    ReceiptTender,
)
from muniadmin.documents.sheets import Issuer, ReportColumn, ReportSheet, Sheet
from muniadmin.documents.signing import ExtractClaim, ReceiptClaim, SigningKey, sign_extract, sign_receipt
from muniadmin.fines.sheets import FineNoticeSheet, NoticeStep
from muniadmin.kernel.money import Currency, Money, total

MAD = Currency("MAD", 2, "DH")
#: What a reader has to look for on our papers: told, it does not take a pattern of letters for another code.
ON_PAPER = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode])
KEY = SigningKey.generate()


def said(language: str, french: str, english: str) -> str:
    return french if language == "fr" else english


def issuer(language: str) -> Issuer:
    return Issuer(
        name=said(language, "Commune de Fès", "Municipality of Fès"),
        department=said(language, "Régie des recettes", "Revenue office"),
        address="Avenue Hassan II\n30000 Fès",
        logo_text="F",
        currency=MAD,
        zone="Africa/Casablanca",
    )


def a_receipt(language: str = "fr", *, count: int = 3, **shown: Any) -> ReceiptSheet:
    debts = [
        ReceiptLine(
            what=said(language, "Taxe d’habitation", "Housing tax"),
            period="2026",
            bill_number="A-2026-0041187-K",
            subject="12, derb Sidi Ahmed",
            part=2,
            parts=4,
            amount=Money(41250),
            penalty=Money(3750),
        ),
        ReceiptLine(
            what=said(language, "Taxe de services communaux", "Municipal services tax"),
            period="2026",
            bill_number="A-2026-0041188-3",
            subject="12, derb Sidi Ahmed",
            amount=Money(28875),
        ),
        ReceiptLine(
            what=said(
                language,
                "Amende : stationnement sur un emplacement réservé aux personnes handicapées",
                "Fine: parking in a bay reserved for disabled persons",
            ),
            bill_number="P-2026-018342-T",
            subject="12345-A-15",
            amount=Money(15000),
        ),
    ]
    paid = tuple(debts[index % 3] for index in range(count))
    amount = total(line.amount for line in paid)
    sheet = ReceiptSheet(
        issuer=issuer(language),
        number="3-2026-000123-K",
        language=language,
        desk=said(language, "Caisse 3", "Desk 3"),
        cashier="Nadia Berrada",
        taken_at=datetime(2026, 11, 23, 9, 14, tzinfo=UTC),
        value_on=date(2026, 11, 23),
        payer="Amina Bennani",
        taxpayer_number="C-0018342-7",
        taxpayer_name="Amina Bennani",
        lines=paid,
        total=amount,
        tenders=(ReceiptTender(channel=said(language, "Espèces", "Cash"), amount=amount),),
        tendered=Money(100000),
        change=Money(100000) - amount,
        verification="",
        texts=(said(language, "Conservez cette quittance.", "Keep this receipt."),),
    )
    sheet = replace(sheet, **shown)
    claim = ReceiptClaim(
        number=sheet.number,
        taken_on=sheet.value_on,
        amount=sheet.total,
        currency="MAD",
        taxpayer_number=sheet.taxpayer_number,
        desk="3",
    )
    return replace(sheet, verification=sign_receipt(KEY, claim))


def a_receipt_of_many_means(language: str = "fr", **shown: Any) -> ReceiptSheet:
    """Two people's debts, paid with cash, a cheque and a transfer, for a day gone by."""
    lines = (
        ReceiptLine(
            what=said(language, "Taxe d’habitation", "Housing tax"),
            period="2026",
            bill_number="A-2026-0041187-K",
            subject="12, derb Sidi Ahmed",
            debtor="Amina Bennani",
            amount=Money(38000),
            rebate=Money(2000),
        ),
        ReceiptLine(
            what=said(language, "Taxe de services communaux", "Municipal services tax"),
            period="2025",
            bill_number="A-2025-0039004-Z",
            subject="4, rue de Tanger",
            debtor="Youssef El Fassi",
            part=3,
            parts=4,
            amount=Money(30000),
            penalty=Money(4550),
            left=Money(11300),
        ),
    )
    tenders = (
        ReceiptTender(channel=said(language, "Espèces", "Cash"), amount=Money(8000)),
        ReceiptTender(
            channel=said(language, "Chèque", "Cheque"), amount=Money(40000), reference="CHQ 0071234"
        ),
        ReceiptTender(
            channel=said(language, "Virement", "Transfer"), amount=Money(25000), reference="VIR-2026-11-88123"
        ),
    )
    return a_receipt(
        language,
        **{
            "lines": lines,
            "tenders": tenders,
            "total": Money(73000),
            "credit": Money(5000),
            "tendered": Money(10000),
            "change": Money(2000),
            "value_on": date(2026, 11, 20),
            "payer": "Karim Tazi",
            "taxpayer_name": "",
            "taxpayer_number": None,
            **shown,
        },
    )


def a_cancellation(language: str = "fr", **shown: Any) -> ReceiptCancellationSheet:
    sheet = ReceiptCancellationSheet(
        issuer=issuer(language),
        number="3-2026-000123-K",
        language=language,
        desk=said(language, "Caisse 3", "Desk 3"),
        taken_at=datetime(2026, 11, 23, 9, 14, tzinfo=UTC),
        cancelled_at=datetime(2026, 11, 23, 10, 2, tzinfo=UTC),
        cancelled_by="Nadia Berrada",
        approved_by="Hassan El Idrissi",
        reason=said(language, "Montant saisi deux fois pour la même taxe.", "Amount entered twice."),
        payer="Amina Bennani",
        taxpayer_number="C-0018342-7",
        total=Money(85125),
        channel=said(language, "Espèces", "Cash"),
    )
    return replace(sheet, **shown)


def a_bill(language: str = "fr", *, count: int = 2, parts: int = 2, **shown: Any) -> BillSheet:
    charged = (
        BillLine(
            what=said(language, "Taxe d’habitation, part principale", "Housing tax, main part"),
            computation=said(language, "4 125,00 × 10 %", "4,125.00 × 10 %"),
            amount=Money(41250),
        ),
        BillLine(
            what=said(language, "Taxe de services communaux", "Municipal services tax"),
            computation=said(language, "2 750,00 × 10,5 %", "2,750.00 × 10.5 %"),
            amount=Money(28875),
        ),
    )
    on_bill = tuple(charged[index % 2] for index in range(count))
    amount = total(line.amount for line in on_bill if line.amount is not None)
    split = amount.split([1] * parts)
    sheet = BillSheet(
        issuer=issuer(language),
        number="A-2026-0041187-K",
        language=language,
        head=said(language, "Taxe d’habitation", "Housing tax"),
        period="2026",
        issued_on=date(2026, 3, 2),
        taxpayer_name="Mme Amina Bennani",
        taxpayer_number="C-0018342-7",
        address=("12, derb Sidi Ahmed", "Médina", "30110 Fès"),
        object=said(language, "Habitation, parcelle 4471-B, 118 m²", "Home, parcel 4471-B, 118 m²"),
        lines=on_bill,
        total=amount,
        instalments=tuple(
            Instalment(due_on=date(2026, 5 + index, 28), amount=part) for index, part in enumerate(split)
        ),
        payment_places=(said(language, "À tout guichet de la commune.", "At any municipal counter."),),
        texts=(said(language, "Loi n° 47-06, articles 19 à 38.", "Law no. 47-06, articles 19 to 38."),),
    )
    return replace(sheet, **shown)


def a_statement(language: str = "fr", *, count: int = 9, **shown: Any) -> AccountStatementSheet:
    """An account with a credit, a late instalment and one that rests."""
    tax = said(language, "Taxe d’habitation", "Housing tax")
    paid = said(language, "Payé", "Payment")
    told = [
        (date(2026, 3, 2), date(2026, 3, 2), said(language, "Pris en charge", "Charged"),
         f"{tax} 2026 · 12, derb Sidi Ahmed · A-2026-0041187-K", 60000, 0, 0),
        (date(2026, 6, 20), date(2026, 6, 20), said(language, "Pénalité de retard", "Late-payment penalty"),
         f"{tax} 2026 · 12, derb Sidi Ahmed · A-2026-0041187-K", 3750, 0, 0),
        (date(2026, 6, 20), date(2026, 6, 18), f"{paid} · 3-2026-000123-K",
         f"{tax} 2026 · 12, derb Sidi Ahmed · A-2026-0041187-K", 0, 41250, 0),
        (date(2026, 6, 20), date(2026, 6, 18),
         said(language, "Porté au crédit · 3-2026-000123-K", "Held as a credit · 3-2026-000123-K"), "", 0, 0, 5000),
    ]  # fmt: skip
    movements, balance = [], 0
    for index in range(count):
        booked_on, value_on, what, detail, charged, settled, credit = told[index % len(told)]
        balance += charged - settled - credit
        movements.append(
            StatementMovement(
                booked_on=booked_on,
                value_on=value_on,
                what=what,
                detail=detail,
                charged=Money(charged),
                settled=Money(settled),
                credit=Money(credit),
                balance=Money(balance),
            )
        )
    held = total(one.credit for one in movements)
    instalments = (
        StatementInstalment(
            what=f"{tax} 2026 · " + said(language, "échéance 2 sur 4", "part 2 of 4"),
            detail="12, derb Sidi Ahmed · A-2026-0041187-K",
            due_on=date(2026, 5, 31),
            booked=Money(balance) + held - Money(15000),
            accrued=Money(1250),
        ),
        StatementInstalment(
            what=said(language, "Amende : stationnement sur un trottoir", "Fine: parking on a pavement"),
            detail="12345-A-15 · P-2026-018342-T",
            due_on=date(2027, 1, 17),
            booked=Money(15000),
            suspended=Money(15000),
        ),
    )
    sheet = AccountStatementSheet(
        issuer=issuer(language),
        number="S-2026-000018-7",
        language=language,
        issued_on=date(2026, 11, 23),
        on=date(2026, 11, 23),
        known=date(2026, 11, 20),
        name="Amina Bennani",
        taxpayer_number="C-0018342-7",
        address=("12, derb Sidi Ahmed", "30110 Fès"),
        instalments=instalments,
        movements=tuple(movements),
        booked=total(one.booked for one in instalments),
        accrued=total(one.accrued for one in instalments),
        suspended=total(one.suspended for one in instalments),
        credit=held,
        to_pay=total(one.booked + one.accrued - one.suspended for one in instalments) - held,
    )
    return replace(sheet, **shown)


def a_fine_notice(language: str = "fr", **shown: Any) -> FineNoticeSheet:
    sheet = FineNoticeSheet(
        issuer=issuer(language),
        number="P-2026-018342-T",
        language=language,
        issued_on=date(2026, 11, 18),
        offence=said(language, "Stationnement gênant sur un trottoir", "Parking on a pavement"),
        legal_basis="art. 98",
        plate="12345-A-15",
        vehicle="Dacia Logan",
        place="Avenue Hassan II, 48",
        committed_at=datetime(2026, 11, 18, 16, 42, tzinfo=UTC),
        officer="B-117",
        owner_name="Youssef El Fassi",
        address=("4, rue de Tanger", "30000 Fès"),
        remarks=said(language, "Deux roues sur le trottoir.", "Two wheels on the pavement."),
        steps=(
            NoticeStep(
                what=said(language, "payée dans les 14 jours : moitié", "paid within 14 days: half"),
                until=date(2026, 12, 2),
                amount=Money(15000),
            ),
            NoticeStep(
                what=said(language, "montant ordinaire", "ordinary amount"),
                until=date(2027, 1, 17),
                amount=Money(30000),
            ),
            NoticeStep(what=said(language, "majorée de moitié", "raised by half"), amount=Money(45000)),
        ),
        payment_places=(said(language, "À tout guichet de la commune.", "At any municipal counter."),),
        texts=(
            said(language, "Vous pouvez contester dans les 30 jours.", "You may contest within 30 days."),
        ),
    )
    return replace(sheet, **shown)


def an_extract(language: str = "fr", *, arabic: bool = True, **shown: Any) -> ExtractSheet:
    def person(family: str, given: str, family_arabic: str, given_arabic: str) -> PersonOnAct:
        return PersonOnAct(
            family_name=family,
            given_names=given,
            family_name_arabic=family_arabic if arabic else "",
            given_names_arabic=given_arabic if arabic else "",
        )

    sheet = ExtractSheet(
        issuer=issuer(language),
        number="E-2026-000917-4",
        language=language,
        title=said(language, "Extrait d’acte de naissance", "Extract of a birth act"),
        title_arabic="نسخة موجزة من رسم الولادة",
        authorities=(said(language, "ROYAUME DU MAROC", "KINGDOM OF MOROCCO"), "Préfecture de Fès"),
        authorities_arabic=("المملكة المغربية", "عمالة فاس"),
        act_number="123",
        act_year=2026,
        office="Agdal",
        office_arabic="أكدال",
        child=person("BENNANI", "Yasmine", "بناني", "ياسمين"),
        sex="F",
        born_on=date(2026, 3, 14),
        born_at_time="04:35",
        birthplace="Fès",
        birthplace_arabic="فاس" if arabic else "",
        father=person("BENNANI", "Karim", "بناني", "كريم"),
        mother=person("EL ALAOUI", "Fatima Zahra", "العلوي", "فاطمة الزهراء"),
        declared_on=date(2026, 3, 20),
        issued_on=date(2026, 11, 23),
        place="Fès",
        registrar="Hassan El Idrissi",
        requester="Karim Bennani",
        verification="",
    )
    sheet = replace(sheet, **shown)
    claim = ExtractClaim(
        number=sheet.number,
        issued_on=sheet.issued_on,
        act=f"{sheet.act_number}/{sheet.act_year}/{sheet.office}",
        holder=sheet.child.name,
        born_on=sheet.born_on,
    )
    return replace(sheet, verification=sign_extract(KEY, claim))


def a_slip(language: str = "fr", **shown: Any) -> CashSessionSlipSheet:
    sheet = CashSessionSlipSheet(
        issuer=issuer(language),
        number="3-2026-0231",
        language=language,
        desk=said(language, "Caisse 3", "Desk 3"),
        cashier="Nadia Berrada",
        opened_at=datetime(2026, 11, 23, 7, 31, tzinfo=UTC),
        closed_at=datetime(2026, 11, 23, 15, 40, tzinfo=UTC),
        opening_float=Money(50000),
        totals=(
            ChannelTotal(channel=said(language, "Espèces", "Cash"), count=84, amount=Money(1195000)),
            ChannelTotal(channel=said(language, "Chèque", "Cheque"), count=6, amount=Money(842000)),
        ),
        cash_in=Money(1195000),
        counted=Money(1244500),
        denominations=(
            CountedDenomination(value=Money(20000), count=62),
            CountedDenomination(value=Money(500), count=9),
        ),
        explanation=said(language, "Une pièce de 5 DH manque.", "A 5 DH coin is missing."),
        receipts=90,
        first_receipt="3-2026-000017-2",
        last_receipt="3-2026-000123-K",
        cancelled=1,
    )
    return replace(sheet, **shown)


def a_report(language: str = "fr", *, rows: int = 60, **shown: Any) -> ReportSheet:
    sheet = ReportSheet(
        issuer=issuer(language),
        language=language,
        title=said(language, "Encaissements par mois", "Collections by month"),
        subtitle=said(language, "Exercice 2026", "Fiscal year 2026"),
        made_at=datetime(2026, 11, 23, 9, 14, tzinfo=UTC),
        made_by="Leïla Tazi",
        columns=(
            ReportColumn(title=said(language, "Mois", "Month"), weight=12),
            ReportColumn(title=said(language, "Nature de recette", "Revenue head"), weight=26),
            ReportColumn(title=said(language, "Montant (MAD)", "Amount (MAD)"), figures=True, weight=14),
        ),
        rows=tuple(
            (f"2026-{row % 12 + 1:02d}", said(language, "Taxe d’habitation", "Housing tax"), f"{row},00")
            for row in range(rows)
        ),
        totals=("Total", "", "1 770,00"),
        notes=(said(language, "Sans les quittances annulées.", "Without cancelled receipts."),),
    )
    return replace(sheet, **shown)


def every_kind(language: str) -> list[Sheet]:
    """One sheet of each kind."""
    return [
        a_receipt(language),
        a_receipt_of_many_means(language),
        a_cancellation(language),
        a_bill(language),
        a_statement(language),
        a_fine_notice(language),
        an_extract(language),
        an_extract(language, arabic=False, notes=("Mariée à Fès le 12 juin 2050.",)),
        a_slip(language),
        a_report(language),
    ]
