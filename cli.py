"""The ``guixue`` command: which word runs what. Wiring only."""

from __future__ import annotations

import typer

from terminal import auditing, cases, clauses, intake, papers, rules, running, story

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
app.add_typer(cases.cases, name="cases")
app.add_typer(papers.papers, name="papers")
app.command()(cases.act)
app.command()(cases.stalled)
app.add_typer(auditing.audit, name="audit")
for command in (auditing.doctor, auditing.rebuild, auditing.prove):
    app.command()(command)
for command in (rules.rules, rules.docs, clauses.clauses):
    app.command()(command)
app.add_typer(running.user, name="user")
app.command()(story.story)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
