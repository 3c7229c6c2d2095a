"""Every command and every question: one handler, one permission that some role holds, frozen."""

import dataclasses
from collections import Counter
from typing import Any

import pytest

from muniadmin.bootstrap import SLICES
from muniadmin.kernel.permissions import every_permission
from muniadmin.kernel.requests import Command, Query
from tests.architecture.program import every_subclass

# The doors that stand open to whoever is there. A new one is a decision: it is taken here.
OPEN_TO_ALL = {
    "ChangeOwnPassword",
    "DemonstrationUsers",
    "SignIn",
    "TheArms",
    "TheMunicipality",
    "TheProfile",
}
# Who may see, print or check a document depends on its kind: these ask for the permission with the document at hand.
OPEN_TO_ALL |= {"CheckPaper", "DocumentPrints", "PrintDocument", "ViewDocument"}
# Whoever may ask a list's own questions may have it written or drawn.
OPEN_TO_ALL |= {"DrawList", "WriteList"}

REQUESTS: list[type[Command[Any]] | type[Query[Any]]] = [*every_subclass(Command), *every_subclass(Query)]


def handled(*tables: str) -> Counter[type]:
    """How often each request is named in the slices' tables of that name."""
    return Counter(request for one in SLICES for table in tables for request in getattr(one, table))


@pytest.mark.parametrize("request_type", REQUESTS, ids=lambda kind: kind.__qualname__)
class TestEveryRequest:
    def test_has_exactly_one_handler(self, request_type: type) -> None:
        tables = ("queries",) if issubclass(request_type, Query) else ("handlers", "jobs")

        assert handled(*tables)[request_type] == 1

    def test_names_a_permission_that_some_role_holds(self, request_type: type[Command[Any]]) -> None:
        permission = request_type.permission
        if permission is None:
            assert request_type.__name__ in OPEN_TO_ALL
        else:
            assert permission in every_permission()
            assert permission.roles

    def test_cannot_be_changed_once_made(self, request_type: type) -> None:
        assert dataclasses.is_dataclass(request_type)
        parameters: Any = vars(request_type)["__dataclass_params__"]
        assert parameters.frozen
        # A class remade with slots leaves its first self behind among the subclasses.
        assert "__slots__" not in vars(request_type)


def test_every_handler_is_for_a_request_that_exists() -> None:
    assert set(handled("handlers", "jobs", "queries")) <= set(REQUESTS)
