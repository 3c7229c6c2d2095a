"""Draws many papers as files, in processes of their own: a roll of any length needs no more memory than a few files."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for_end
from pathlib import Path
from threading import Thread

from muniadmin.documents.papers import Paper, every_paper, register_papers, sheet_from_json

#: Processes that draw beside the one that reads and records; the office's computers have two cores or more.
WORKERS = 2
#: Papers in a file: a stack that a printer takes, and little enough to be held.
PAPERS_IN_FILE = 500


@dataclass(frozen=True)
class PaperFile:
    """A file to be drawn, and the issued documents in it: their ids, their canonical texts, and the pictures on them by
    their digests."""

    path: Path
    title: str
    document_ids: Sequence[int]
    texts: Sequence[str]
    pictures: Mapping[str, bytes]


def draw_files(files: Iterable[PaperFile]) -> Iterator[PaperFile]:
    """Draws the files as originals, and gives each back when it lies whole under its name, in the order in which they
    are done. ``files`` is asked for the next one while others are being drawn. Whoever stops asking stops the drawing;
    of what is under way then no file is left."""
    pool = ProcessPoolExecutor(
        WORKERS, mp_context=get_context("spawn"), initializer=_begin, initargs=(every_paper(),)
    )
    under_way: dict[Future[None], PaperFile] = {}
    try:
        for file in files:
            under_way[pool.submit(_draw, file)] = file
            if len(under_way) > WORKERS:
                yield from _done(under_way)
        while under_way:
            yield from _done(under_way)
    finally:
        pool.shutdown(cancel_futures=True)
        for file in under_way.values():
            file.path.unlink(missing_ok=True)


def _begin(papers: Sequence[Paper]) -> None:
    Thread(target=_end_with_the_program, daemon=True).start()
    register_papers(papers)


def _end_with_the_program() -> None:
    """A program that is killed tells its processes nothing: they would wait for work for ever."""
    program = parent_process()
    assert program is not None
    wait_for_end([program.sentinel])
    os._exit(1)


def _done(under_way: "dict[Future[None], PaperFile]") -> Iterator[PaperFile]:
    """Waits until one is drawn, and gives back those that are. Raises what went wrong in drawing."""
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        file = under_way.pop(future)
        future.result()
        yield file


def _draw(file: PaperFile) -> None:
    from muniadmin.documents.drawing import draw_file  # loads fonts and codes, only needed here

    draw_file(map(sheet_from_json, file.texts), file.path, pictures=file.pictures, title=file.title)
