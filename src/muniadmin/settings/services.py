"""Keeps the municipality's identity card and its profile."""

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from muniadmin.access.reads import DemonstrationUser, DemonstrationUsers
from muniadmin.kernel.dates import FiscalCalendar
from muniadmin.kernel.errors import DatabaseDamaged, DatabaseUnreachable
from muniadmin.kernel.money import Currency
from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.permissions import Role
from muniadmin.settings.errors import NotSetUp
from muniadmin.settings.models import Setting
from muniadmin.settings.profile import Profile, profile_as_kept
from muniadmin.settings.reads import TheMunicipality, TheProfile
from muniadmin.storage.engine import Database
from muniadmin.storage.refusals import refusal_of
from muniadmin.storage.unit_of_work import Reading, UnitOfWork


def municipality_of(profile: Profile, *, demonstration: bool = False) -> Municipality:
    """The identity card a profile describes."""
    return Municipality(
        code=profile.code,
        profile=profile.code,
        names=profile.names,
        departments=profile.departments,
        address=profile.address,
        country=profile.country,
        currency=profile.currency,
        calendar=profile.calendar,
        languages=profile.languages,
        accent=profile.accent,
        denominations=tuple(one.value.minor for one in profile.denominations),
        demonstration=demonstration,
        texts=profile.texts,
    )


def install_municipality(uow: UnitOfWork, municipality: Municipality, profile: Profile) -> None:
    """Writes the identity card and the profile into a new database."""
    uow.session.add(
        Setting(
            key="municipality",
            value={
                "code": municipality.code,
                "profile": municipality.profile,
                "names": dict(municipality.names),
                "departments": dict(municipality.departments),
                "address": municipality.address,
                "country": municipality.country,
                "currency": {
                    "code": municipality.currency.code,
                    "decimals": municipality.currency.decimals,
                    "symbol": municipality.currency.symbol,
                },
                "calendar": {
                    "zone": municipality.calendar.zone,
                    "first_month": municipality.calendar.first_month,
                    "first_day": municipality.calendar.first_day,
                },
                "languages": list(municipality.languages),
                "accent": list(municipality.accent),
                "arms": municipality.arms,
                "denominations": list(municipality.denominations),
                "demonstration": municipality.demonstration,
                "texts": {name: dict(text) for name, text in municipality.texts.items()},
            },
        )
    )
    uow.session.add(Setting(key="profile", value={"written": profile.written}))
    uow.session.flush()


def change_municipality(uow: UnitOfWork, **changed: str) -> None:
    """Writes other values into the identity card. Other workstations read it when they start."""
    card = uow.session.get_one(Setting, "municipality", with_for_update=True)
    card.value = {**card.value, **changed}


def load_municipality(database: Database) -> Municipality:
    """The identity card in an open database. Raises NotSetUp when the database holds none, DatabaseDamaged when it
    cannot be read."""
    with database.connect_to_read() as connection:
        try:
            value = connection.scalar(select(Setting.value).where(Setting.key == "municipality"))
        except DBAPIError as error:
            if (refusal := refusal_of(error, connection.dialect)) is not None:
                raise refusal from error
            raise DatabaseUnreachable(reason=str(error.orig).strip().splitlines()[0]) from error
        except (ValueError, RecursionError) as error:  # no JSON
            raise DatabaseDamaged(reason="setting municipality") from error
    if value is None:
        raise NotSetUp
    try:
        found = Municipality(
            **{
                **value,
                "currency": Currency(**value["currency"]),
                "calendar": FiscalCalendar(**value["calendar"]),
                "languages": tuple(value["languages"]),
                "accent": tuple(value["accent"]),
                "denominations": tuple(value["denominations"]),
            }
        )
        # What the first page asks of it: who has changed the file may have put anything there.
        found.calendar.business_date(datetime.now(UTC))
        _ = found.currency.unit, found.language, dict(found.names), dict(found.departments)
    except Exception as error:
        raise DatabaseDamaged(reason="setting municipality") from error
    return found


@lru_cache(maxsize=4)
def _parsed(written: str) -> Profile:
    try:
        return profile_as_kept(written)
    except Exception as error:  # who has changed the database may have put anything there
        raise DatabaseDamaged(reason="setting profile") from error


def the_profile(reading: Reading, request: TheProfile) -> Profile:
    """The profile in the open database."""
    return profile_of(reading)


def profile_of(reading: Reading) -> Profile:
    """The profile the database was set up from."""
    return _parsed(
        reading.session.scalars(select(Setting.value).where(Setting.key == "profile")).one()["written"]
    )


def the_municipality(reading: Reading, request: TheMunicipality) -> Municipality:
    """The identity card in the open database."""
    return reading.municipality


def keep_demonstration_users(uow: UnitOfWork, users: list[DemonstrationUser]) -> None:
    """Writes down the users that a demonstration town's login offers."""
    uow.session.add(
        Setting(
            key="demonstration",
            value={
                "users": [
                    {
                        "user_name": user.user_name,
                        "name": user.name,
                        "password": user.password,
                        "role": user.role,
                    }
                    for user in users
                ]
            },
        )
    )
    uow.session.flush()


def demonstration_users(reading: Reading, request: DemonstrationUsers) -> list[DemonstrationUser]:
    """The users a demonstration town's login offers; none in a real municipality's database."""
    value = reading.session.scalar(select(Setting.value).where(Setting.key == "demonstration"))
    if value is None or not reading.municipality.demonstration:
        return []
    return [DemonstrationUser(**{**user, "role": Role(user["role"])}) for user in value["users"]]
