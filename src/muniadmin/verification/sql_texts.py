"""Brings a definition that we wrote and the same one as PostgreSQL gives it back into one form: the server adds
parentheses and kinds of its own, and writes lists in its own way."""

import re
from collections.abc import Container, Iterator
from typing import Union

_Group = list[Union[str, "_Group"]]

_TOKEN = re.compile(
    r"""'(?:[^']|'')*'
    | ::(?:character\ varying|double\ precision|timestamp\ with(?:out)?\ time\ zone|\w+)(?:\(\d+\))?(?:\[\])?
    | (?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))* | <> | <= | >= | \|\| | \S""",
    re.VERBOSE,
)
_IN_A_LIST = re.compile(r"= any array (\([^()]*\))")


def in_one_form(sql: str, *, schema: str = "public", texts: Container[str] = ()) -> str:
    """The definition in the form in which two that mean the same are the same; ``texts`` are the columns that hold
    text."""
    tokens = (
        token if token.startswith("'") else token.replace('"', "").lower().removeprefix(f"{schema}.")
        for token in _TOKEN.findall(sql)
    )
    return _IN_A_LIST.sub(r"in \1", _said(_nested(tokens, texts)))


def _nested(tokens: Iterator[str], texts: Container[str]) -> _Group:
    group: _Group = []
    for token in tokens:
        if token in ("(", "["):
            group.append(_nested(tokens, texts))
        elif token in (")", "]"):
            break
        elif not (group and token.startswith("::") and _says_nothing(group[-1], token, texts)):
            group.append(token)
    return group


def _says_nothing(value: str | _Group, cast: str, texts: Container[str]) -> bool:
    """Whether the server itself adds this cast to this value, which remains what it is: to something written out, to a
    column of text, to a list. Of any other cast the value may come out changed."""
    group = _bare([value])
    if len(group) == 1 and isinstance(group[0], str):
        if group[0].startswith("'"):
            return cast in ("::text", "::character varying", "::regclass")
        return cast == "::text" and group[0].rpartition(".")[2] in texts
    return cast == "::text[]" and len(group) == 2 and group[0] == "array"


def _said(group: _Group) -> str:
    group = _bare(group)
    word = _joined_by(group)
    if word:
        return f"{word}({' | '.join(_said(part) for part in _parts(group, word))})"
    said = []
    for one in group:
        text = one if isinstance(one, str) else _said(one)
        # What is in parentheses and binds no closer than what is around it keeps them.
        keeps = not isinstance(one, str) and (_joined_by(_bare(one)) or "," in one)
        said.append(f"({text})" if keeps else text)
    return " ".join(said)


def _bare(group: _Group) -> _Group:
    while len(group) == 1 and isinstance(group[0], list):
        group = group[0]
    return group


def _joined_by(group: _Group) -> str:
    return next((word for word in ("or", "and") if word in group), "")


def _parts(group: _Group, word: str) -> Iterator[_Group]:
    """What ``word`` joins, also where the one who wrote it put some of it in parentheses."""
    group = _bare(group)
    if _joined_by(group) != word:
        yield group
        return
    part: _Group = []
    for one in [*group, word]:
        if one == word:
            yield from _parts(part, word)
            part = []
        else:
            part.append(one)
