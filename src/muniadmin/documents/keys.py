"""The municipality's key that signs the square codes; kept in its settings, parsed once."""

from collections.abc import Callable
from functools import cache

from sqlalchemy import bindparam, select

from muniadmin.documents.signing import PublicKey, SigningKey
from muniadmin.settings.models import Setting
from muniadmin.storage.prepared import Prepared
from muniadmin.storage.unit_of_work import Reading, UnitOfWork

SETTING = "signing_key"

_READ = Prepared(select(Setting.value).where(Setting.key == bindparam("wanted_key")))


@cache
def _parsed(pem: str) -> SigningKey:
    return SigningKey.from_pem(pem.encode())


def signing_key(uow: UnitOfWork | Reading) -> SigningKey:
    """The key that signs what this municipality issues."""
    return ask_for_signing_key(uow)()


def ask_for_signing_key(uow: UnitOfWork | Reading) -> Callable[[], SigningKey]:
    """Asks for the key; what is returned gives it."""
    rows = _READ.ask(uow.connection, wanted_key=SETTING)
    return lambda: _parsed(rows()[0][0]["pem"])


def public_key(reading: Reading) -> PublicKey:
    """The key anybody may have to check what this municipality issued."""
    return signing_key(reading).public


def create_signing_key(uow: UnitOfWork) -> None:
    """Gives a new municipality its key."""
    uow.session.add(Setting(key=SETTING, value={"pem": SigningKey.generate().to_pem().decode()}))
    uow.session.flush()
