"""Commands about users."""

from argparse import Namespace

from muniadmin.cli.errors import Misuse
from muniadmin.cli.opening import opened, operator, password_for
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.i18n import _


def add(arguments: Namespace, terminal: Terminal) -> int:
    """Lets somebody sign in."""
    from muniadmin.access.commands import CreateUser
    from muniadmin.kernel.permissions import Role

    known = [role.value for role in Role]
    wanted = [role.replace("-", "_").lower() for role in arguments.role]
    if unknown := [role for role in wanted if role not in known]:
        problem = _("There is no role “{role}” (choose from {known})")
        raise Misuse(
            problem=problem.format(role=unknown[0], known=", ".join(known)), command="muniadmin user add"
        )
    with opened(arguments) as app:
        command = CreateUser(
            user_name=arguments.user_name,
            name=arguments.name,
            password=password_for(arguments.user_name, arguments.password_file),
            roles=frozenset(Role(role) for role in wanted),
        )
        saved = app.execute(command, operator()).outcome
    terminal.answer(
        {"user_id": saved.user_id, "user_name": arguments.user_name, "roles": sorted(wanted)},
        _("{user_name} can sign in now.").format(user_name=arguments.user_name),
    )
    return 0
