"""Kinds of papers: what each shows, who may look at it and print it, and what draws it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from muniadmin.documents.canonical import read_canonical
from muniadmin.documents.errors import UnreadableSheet
from muniadmin.documents.sheets import Sheet
from muniadmin.kernel.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One kind of paper. Each stands in the ``slice.py`` of the slice that issues it."""

    sheet: type[Sheet]
    view: Permission
    print: Permission
    #: The function that draws it, as ``module:function``: called with the press, the sheet and the mark of what is
    #: not the original. It is imported when it draws, with fonts and codes.
    draw: str
    #: The function that knows whether one that was issued holds no more (cancelled, annulled, withdrawn), as
    #: ``module:function``: asked with a reading, the document's id and its number. Empty: it always holds.
    void: str = ""
    #: Whether it is drawn on the paper chosen for receipts; ``draw`` is then called with that, too.
    on_receipt_paper: bool = False


_registered: Mapping[str, Paper] = {}


def register_papers(papers: Iterable[Paper]) -> None:
    """Says which papers there are; bootstrap does, from the slices. ValueError when two are of one kind."""
    global _registered
    known = list(papers)
    kinds = sorted(paper.sheet.KIND for paper in known)
    if len(set(kinds)) < len(kinds):
        raise ValueError(f"two papers are of one kind: {kinds}")
    _registered = {paper.sheet.KIND: paper for paper in known}


def paper_of(kind: str) -> Paper:
    """The paper whose sheets have this KIND. KeyError when no slice issues such a one."""
    return _registered[kind]


def every_paper() -> tuple[Paper, ...]:
    """All there are, in the order of the slices."""
    return tuple(_registered.values())


def sheet_from_json(text: str) -> Sheet:
    """The sheet a canonical text was made from. Raises UnreadableSheet when the text is not one of ours."""
    try:
        written: Any = json.loads(text)
        cls = paper_of(written["kind"]).sheet
        if written["form"] != cls.FORM:
            raise UnreadableSheet(reason=f"{written['kind']}, form {written['form']}")
        return read_canonical(cls, written["shows"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSheet(reason=str(error)) from error
