"""Signs users in and manages them."""

from datetime import timedelta
from functools import cache, partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from muniadmin.access.commands import (
    Approval,
    ChangeOwnPassword,
    ChangeUser,
    CreateUser,
    SetPassword,
    SignedIn,
    SignIn,
    UserSaved,
)
from muniadmin.access.errors import (
    LastAdministrator,
    NoApproval,
    SamePerson,
    UserIsLocked,
    UserNameTaken,
    WrongOldPassword,
    WrongUserOrPassword,
)
from muniadmin.access.models import User, UserRole
from muniadmin.access.rules import (
    LOCK_MINUTES,
    TRIES_BEFORE_LOCK,
    ensure_good_password,
    ensure_good_user_name,
)
from muniadmin.kernel.errors import FieldMissing, InvalidInput, NotFound, StaleRecord, UserError
from muniadmin.kernel.permissions import Permission, Role, permissions_of
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import Job, UnitOfWork

_HASHER = PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")


def sign_in(job: Job, command: SignIn) -> SignedIn:
    """Checks the password; after some wrong ones in a row the user is locked for a few minutes.

    The wrong try is counted in a transaction of its own, which must last although the sign-in is refused.
    """
    refusal: UserError | None = None
    with job.unit_of_work() as uow:
        user = _user_named(uow, command.user_name)
        refusal = _check(uow, user, command.password)
        if refusal is None and user is not None:
            roles = user.role_set
            actor = Actor(
                user.id, user.user_name, user.name, permissions_of(roles), command.workstation, roles
            )
            uow.actor = actor
            uow.say("access:user:signed-in", user.user_name)
            return SignedIn(actor, user.language)
        _count_wrong_try(uow, command.user_name)
    raise refusal or WrongUserOrPassword


def _check(uow: UnitOfWork, user: User | None, password: str) -> UserError | None:
    """Why the password does not let the user in; None when it does, and earlier wrong tries are forgotten."""
    if user is not None and user.locked_until is not None and user.locked_until > uow.now:
        return UserIsLocked(minutes=LOCK_MINUTES)
    nobodys = _nobodys_hash()  # made for everybody: how long the answer takes must not tell who exists
    fits = _fits(user.password_hash if user else nobodys, password)
    if user is None or not user.active:
        return WrongUserOrPassword()
    if fits:
        if user.failed_tries:
            user.failed_tries, user.locked_until = 0, None
        return None
    return WrongUserOrPassword()


def _count_wrong_try(uow: UnitOfWork, user_name: str) -> None:
    """Counts against the user; after some wrong tries in a row nobody can guess on for a few minutes."""
    user = _user_named(uow, user_name)
    if user is not None and user.active and (user.locked_until is None or user.locked_until <= uow.now):
        user.failed_tries += 1
        if user.failed_tries >= TRIES_BEFORE_LOCK:
            user.failed_tries, user.locked_until = 0, uow.now + timedelta(minutes=LOCK_MINUTES)
    uow.say("access:user:refused", user_name[:40])


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _user_named(uow: UnitOfWork, user_name: str) -> User | None:
    """The user, held. Rows that name the user as who did something go in meanwhile: their id stays."""
    return uow.session.scalar(
        select(User).where(User.user_name == user_name.strip().lower()).with_for_update(key_share=True)
    )


def create_user(uow: UnitOfWork, command: CreateUser) -> UserSaved:
    """Adds a user; the name and password must be good ones."""
    user_name = command.user_name.strip().lower()
    problems: dict[str, UserError] = {}
    try:
        ensure_good_user_name(user_name)
    except UserError as problem:
        problems["user_name"] = problem
    try:
        ensure_good_password(command.password, user_name, command.name)
    except UserError as problem:
        problems["password"] = problem
    if not command.name.strip():
        problems["name"] = FieldMissing()
    if not command.roles:
        problems["roles"] = FieldMissing()
    if "user_name" not in problems and _user_named(uow, user_name) is not None:
        problems["user_name"] = UserNameTaken(user_name=user_name)
    if problems:
        raise InvalidInput(problems)
    user = User(
        user_name=user_name,
        name=" ".join(command.name.split()),
        password_hash=_HASHER.hash(command.password),
        created_at=uow.now,
        roles=[UserRole(role=role) for role in sorted(command.roles)],
    )
    uow.session.add(user)
    uow.session.flush()
    uow.say("access:user:created", user_name, {"roles": sorted(command.roles)})
    return UserSaved(user.id)


def change_user(uow: UnitOfWork, command: ChangeUser) -> UserSaved:
    """Changes roles, name or activity; somebody must remain who manages users."""
    # Held, so that two administrators who demote each other do so one after the other; before the user, who may be one.
    uow.session.execute(
        select(User.id)
        .where(User.id.in_(select(UserRole.user_id).where(UserRole.role == Role.ADMINISTRATOR)))
        .order_by(User.id)
        .with_for_update(key_share=True)
    )
    user = _user_with_id(uow, command.user_id)
    if user.version != command.version:
        raise StaleRecord(who=user.name)
    stays_administrator = command.active and Role.ADMINISTRATOR in command.roles
    if Role.ADMINISTRATOR in user.role_set and user.active and not stays_administrator:
        _ensure_another_administrator(uow, user)
    problems: dict[str, UserError] = {}
    if not command.name.strip():
        problems["name"] = FieldMissing()
    # Whoever leaves may have had none.
    if command.active and not command.roles:
        problems["roles"] = FieldMissing()
    if problems:
        raise InvalidInput(problems)
    user.name, user.active = " ".join(command.name.split()), command.active
    wanted, known = {str(role) for role in command.roles}, {row.role for row in user.roles}
    if wanted != known:
        user.roles = [row for row in user.roles if row.role in wanted] + [
            UserRole(role=role) for role in sorted(wanted - known)
        ]
        # A new version, so that whoever saw the roles before is told. What was there before is forgotten of a column
        # that is named here, so it is one that never changes.
        flag_modified(user, "user_name")
    uow.session.flush()
    uow.say(
        "access:user:changed",
        user.user_name,
        {"roles": sorted(command.roles), "active": command.active},
    )
    return UserSaved(user.id)


def _ensure_another_administrator(uow: UnitOfWork, user: User) -> None:
    others = uow.session.scalar(
        select(User.id)
        .join(UserRole)
        .where(UserRole.role == Role.ADMINISTRATOR, User.active, User.id != user.id)
        .limit(1)
    )
    if others is None:
        raise LastAdministrator(name=user.name)


def set_password(uow: UnitOfWork, command: SetPassword) -> UserSaved:
    """The administrator sets a new password, which also unlocks the user."""
    user = _user_with_id(uow, command.user_id)
    _ensure_good("password", command.password, user)
    user.password_hash = _HASHER.hash(command.password)
    user.failed_tries, user.locked_until = 0, None
    uow.say("access:password:set", user.user_name)
    return UserSaved(user.id)


def change_own_password(uow: UnitOfWork, command: ChangeOwnPassword) -> UserSaved:
    """The signed-in user gives the old password and chooses a new one.

    A wrong old password counts as it does at the sign-in: nobody guesses it at a screen that was left open.
    """
    user = _user_named(uow, uow.actor.user_name)
    refusal = _check(uow, user, command.old_password)
    if refusal is not None or user is None:
        uow.even_if_refused(partial(_count_wrong_try, user_name=uow.actor.user_name))
        if user is not None and user.active and isinstance(refusal, WrongUserOrPassword):
            refusal = WrongOldPassword()
        raise InvalidInput({"old_password": refusal or WrongUserOrPassword()})
    _ensure_good("new_password", command.new_password, user)
    user.password_hash = _HASHER.hash(command.new_password)
    uow.say("access:password:changed", user.user_name)
    return UserSaved(user.id)


def _ensure_good(field_name: str, password: str, user: User) -> None:
    try:
        ensure_good_password(password, user.user_name, user.name)
    except UserError as problem:
        raise InvalidInput({field_name: problem}) from problem


def _user_with_id(uow: UnitOfWork, user_id: int) -> User:
    """The user, held. Raises NotFound."""
    user = uow.session.get(User, user_id, with_for_update={"key_share": True})
    if user is None:
        raise NotFound(what=user_id)
    return user


def ensure_approved(uow: UnitOfWork, approval: Approval, permission: Permission) -> Actor:
    """The second person's signature: an active user with the permission who is not the first. Returns them.

    A wrong password counts as it does at the sign-in, although the order itself is undone.
    """
    user = _user_named(uow, approval.user_name)
    refusal = _check(uow, user, approval.password)
    if refusal is not None or user is None:
        uow.even_if_refused(partial(_count_wrong_try, user_name=approval.user_name))
        raise refusal or WrongUserOrPassword
    if user.id == uow.actor.user_id:
        raise SamePerson
    permissions = permissions_of(user.role_set)
    if permission not in permissions:
        raise NoApproval(name=user.name)
    return Actor(user.id, user.user_name, user.name, permissions, uow.actor.workstation)
