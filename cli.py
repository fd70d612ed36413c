"""The ``guixue`` command: which word runs what. Wiring only."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import typer

from terminal.hands import err
from terminal.slips import UsageError, said_of


class Word(NamedTuple):
    """One word of the command line: where it lives, and for a group what joins it from elsewhere."""

    name: str
    place: str
    """``module:attribute`` in ``terminal/``: a command, or a group of commands (``typer.Typer``)."""
    joined: tuple[tuple[str, str], ...] = ()


WORDS = (
    Word("up", "running:up"),
    Word("worker", "running:worker"),
    Word("api", "running:api"),
    Word("migrate", "running:migrate"),
    Word("schedules", "running:schedules"),
    Word("import", "intake:import_file"),
    Word("seed", "intake:seed"),
    Word(
        "cases",
        "cases:cases",
        (
            ("preview", "changes:show_preview"),
            ("correctable", "changes:correctable"),
            ("rules", "changes:rules_compared"),
        ),
    ),
    Word(
        "papers",
        "papers:papers",
        (
            ("office-kinds", "office_papers:office_kinds"),
            ("draft-office", "office_papers:draft_office"),
            ("batch-preview", "office_papers:batch_preview"),
        ),
    ),
    Word("act", "cases:act"),
    Word("stalled", "cases:stalled"),
    Word("duties", "supervising:duties"),
    Word("clues", "supervising:list_clues"),
    Word("responsible", "responsible:responsible"),
    Word("council", "oversight:council"),
    Word("inspections", "oversight:inspections"),
    Word("plans", "oversight:plans"),
    Word("census", "census:census"),
    Word("matches", "census:matches"),
    Word("audit", "auditing:audit"),
    Word("doctor", "auditing:doctor"),
    Word("rebuild", "auditing:rebuild"),
    Word("prove", "auditing:prove"),
    Word("rules", "rules:rules"),
    Word("docs", "rules:docs"),
    Word("clauses", "clauses:clauses"),
    Word("attendance", "attendance:attendance"),
    Word("leave", "attendance:leaves"),
    Word("calendar", "terms:calendar"),
    Word("term", "terms:terms"),
    Word("outside", "outside:notices"),
    Word("platforms", "outside:platforms"),
    Word("consistency", "outside:consistent"),
    Word("report", "reports:report"),
    Word("user", "running:user"),
    Word("story", "story:story"),
)


def build(*arguments: str) -> typer.Typer:
    """Build the command line, or of it the one word that ``arguments`` begin with.

    The whole product takes seconds to import; who asks for a list of cases need not wait for all.
    """
    app = typer.Typer(
        name="guixue",
        help="归学：控辍保学个案系统",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_of_many)
    asked = [word for word in WORDS if arguments[:1] == (word.name,)]
    for word in asked or WORDS:
        found = _found(word)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=word.name)
        else:
            app.command(word.name)(found)
    return app


def _of_many() -> None:
    """归学：控辍保学个案系统"""  # without a callback a single word would not have to be typed


@cache
def _found(word: Word) -> Any:
    found = _at(word.place)
    for name, place in word.joined:
        found.command(name)(_at(place))
    return found


def _at(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(f"terminal.{module}"), attribute)


def main() -> None:
    """Run the command line; what is typed wrong is said in Chinese on stderr, exit code 2."""
    try:
        code = build(*sys.argv[1:])(prog_name="guixue", standalone_mode=False)
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stdout.write(str(error) + "\n")
        else:
            err.print(said_of(error), style="red", markup=False)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        err.print(f"文件 {error.filename} 读写不了，请核对路径和权限。", style="red", markup=False)
        sys.exit(1)
    except typer.Abort:
        err.print("已中止。", style="red")
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
