"""The ``guixue`` command: which word runs what. Wiring only."""

from __future__ import annotations

import sys

import typer

from terminal import (
    attendance,
    auditing,
    cases,
    census,
    changes,
    clauses,
    intake,
    office_papers,
    outside,
    oversight,
    papers,
    reports,
    responsible,
    rules,
    running,
    story,
    supervising,
    terms,
)
from terminal.hands import err
from terminal.slips import UsageError, said_of

app = typer.Typer(
    name="guixue",
    help="归学：控辍保学个案系统",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (running.up, running.worker, running.api, running.migrate, running.schedules):
    app.command()(command)
app.command("import")(intake.import_file)
app.command()(intake.seed)
cases.cases.command("preview")(changes.show_preview)
cases.cases.command("correctable")(changes.correctable)
cases.cases.command("rules")(changes.rules_compared)
app.add_typer(cases.cases, name="cases")
papers.papers.command("office-kinds")(office_papers.office_kinds)
papers.papers.command("draft-office")(office_papers.draft_office)
papers.papers.command("batch-preview")(office_papers.batch_preview)
app.add_typer(papers.papers, name="papers")
app.command()(cases.act)
app.command()(cases.stalled)
app.add_typer(supervising.duties, name="duties")
app.command("clues")(supervising.list_clues)
app.add_typer(responsible.responsible, name="responsible")
app.add_typer(oversight.council, name="council")
app.add_typer(oversight.inspections, name="inspections")
app.add_typer(oversight.plans, name="plans")
app.add_typer(census.census, name="census")
app.add_typer(census.matches, name="matches")
app.add_typer(auditing.audit, name="audit")
for command in (auditing.doctor, auditing.rebuild, auditing.prove):
    app.command()(command)
for command in (rules.rules, rules.docs, clauses.clauses):
    app.command()(command)
app.add_typer(attendance.attendance, name="attendance")
app.add_typer(attendance.leaves, name="leave")
app.add_typer(terms.calendar, name="calendar")
app.add_typer(terms.terms, name="term")
app.add_typer(outside.notices, name="outside")
app.add_typer(outside.platforms, name="platforms")
app.command("consistency")(outside.consistent)
app.add_typer(reports.report, name="report")
app.add_typer(running.user, name="user")
app.command()(story.story)


def main() -> None:
    """Run the command line; what is typed wrong is said in Chinese on stderr, exit code 2."""
    try:
        code = app(prog_name="guixue", standalone_mode=False)
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
