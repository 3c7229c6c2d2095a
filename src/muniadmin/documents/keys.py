"""The municipality's key that signs the square codes; kept in its settings, parsed once."""

from functools import cache

from sqlalchemy import select

from muniadmin.documents.signing import PublicKey, SigningKey
from muniadmin.settings.models import Setting
from muniadmin.storage.unit_of_work import Reading, UnitOfWork

SETTING = "signing_key"

_READ = select(Setting.value).where(Setting.key == SETTING)


@cache
def _parsed(pem: str) -> SigningKey:
    return SigningKey.from_pem(pem.encode())


def signing_key(uow: UnitOfWork | Reading) -> SigningKey:
    """The key that signs what this municipality issues."""
    return _parsed(uow.connection.execute(_READ).scalar_one()["pem"])


def public_key(reading: Reading) -> PublicKey:
    """The key anybody may have to check what this municipality issued."""
    return signing_key(reading).public


def create_signing_key(uow: UnitOfWork) -> None:
    """Gives a new municipality its key."""
    uow.session.add(Setting(key=SETTING, value={"pem": SigningKey.generate().to_pem().decode()}))
    uow.session.flush()
