"""What stands in a slice's folder is what its ``slice.py`` brings: nothing is forgotten there."""

from dataclasses import replace
from importlib import import_module
from pkgutil import resolve_name
from types import ModuleType

import pytest

from muniadmin.bootstrap import SLICES
from muniadmin.documents.papers import every_paper, register_papers
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.permissions import Permission, Role, every_permission, register_permissions
from muniadmin.slices import Slice
from tests.architecture.program import every_module, every_subclass

BY_NAME = {one.name: one for one in SLICES}


@pytest.mark.parametrize(
    "names",
    [module for module in every_module() if module.__name__.endswith(".names")],
    ids=lambda module: module.__name__,
)
def test_every_permission_and_number_of_a_slice_is_brought(names: ModuleType) -> None:
    brought = BY_NAME[names.__name__.split(".")[1]]

    stand_there = [thing for thing in vars(names).values() if isinstance(thing, (Permission, NumberKind))]

    assert set(stand_there) == {*brought.permissions, *brought.numbers}


def test_every_slice_is_in_the_list() -> None:
    made = [module.SLICE for module in every_module() if module.__name__.endswith(".slice")]

    assert {id(one) for one in made} == {id(one) for one in SLICES}


def test_two_slices_cannot_bring_a_permission_of_one_code() -> None:
    twice = [*every_permission(), replace(every_permission()[0], roles=tuple(Role))]
    with pytest.raises(ValueError, match="a permission comes twice"):
        register_permissions(twice)


def test_two_slices_cannot_issue_papers_of_one_kind() -> None:
    with pytest.raises(ValueError, match="two papers are of one kind"):
        register_papers([*every_paper(), every_paper()[0]])


@pytest.mark.parametrize("one", SLICES, ids=lambda one: one.name)
def test_a_slice_is_called_like_its_folder(one: Slice) -> None:
    assert import_module(f"muniadmin.{one.name}.slice").SLICE is one


def test_every_sheet_has_a_paper_that_is_drawn_by_something() -> None:
    assert {paper.sheet for paper in every_paper()} == {
        sheet for sheet in every_subclass(Sheet) if sheet.KIND
    }
    for paper in every_paper():
        assert callable(resolve_name(paper.draw))
