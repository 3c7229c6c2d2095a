"""What others name of lost property: permissions, topics and numbers."""

from muniadmin.kernel.changes import Topic
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.permissions import Permission, Role

HAND_IN_THINGS = Permission("hand_in_things", N_("take in lost property"), (Role.CLERK, Role.SUPERVISOR))
VIEW_THINGS = Permission("view_things", N_("see lost property"), (Role.CLERK, Role.SUPERVISOR, Role.MANAGER))

THINGS_TOPIC = Topic("things")

THING_NUMBER = NumberKind("L")
