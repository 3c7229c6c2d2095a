"""Orders and questions about users, and who answers them. Demonstration users are answered by ``settings``."""

from muniadmin.access.commands import ChangeOwnPassword, ChangeUser, CreateUser, SetPassword, SignIn
from muniadmin.access.queries import users
from muniadmin.access.reads import Users
from muniadmin.access.services import change_own_password, change_user, create_user, set_password, sign_in

HANDLERS = {
    CreateUser: create_user,
    ChangeUser: change_user,
    SetPassword: set_password,
    ChangeOwnPassword: change_own_password,
}
JOBS = {SignIn: sign_in}
QUERIES = {Users: users}
