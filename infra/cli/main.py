"""`fortnox-bridge`: every command of the command line, each in its own module."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.screen import Screen
from infra.cli.stack import PORT

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Fortnox Bridge on this machine, and SIE files.",
)


def _language(value: str) -> str:
    if value not in {"sv", "en"}:
        raise typer.BadParameter("sv or en")
    return value


def _form(value: str) -> str:
    if value not in {"", "json", "csv", "parquet"}:
        raise typer.BadParameter("json, csv or parquet")
    return value


Folder = Annotated[Path | None, typer.Option(help="Where data are kept between runs.  [default: .local]")]
Books = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Serve the company of this SIE file, not the demo company."),
]
Port = Annotated[int, typer.Option(help="Port of the API; the simulator and the login take the next two.")]
Lang = Annotated[str, typer.Option(help="sv or en.", metavar="sv|en", callback=_language)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Files = Annotated[list[Path], typer.Argument(help="SIE files.")]


@app.command()
def demo(
    *,
    leave: Annotated[bool, typer.Option("--exit", help="End after the main job instead of serving on.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the figures of the run to this file.")] = None,
    books: Books = None,
    folder: Folder = None,
    port: Port = PORT,
    lang: Lang = "en",
) -> None:
    """Run the main job: connect, import, appendices, export, read back, import again."""
    from infra.cli import demo as command

    raise typer.Exit(command.run(Screen(lang), folder, books, port, json, leave=leave))


@app.command()
def dev(*, books: Books = None, folder: Folder = None, port: Port = PORT, json: AsJson = False) -> None:
    """Run everything on this machine, and do nothing with it."""
    from infra.cli import dev as command

    command.run(Screen(quiet=json), folder or Path(".local"), books, port, as_json=json)


@app.command()
def simulator(*, books: Books = None, folder: Folder = None, port: Port = PORT + 1, json: AsJson = False) -> None:
    """Run the Fortnox simulator alone."""
    from infra.cli import simulator as command

    command.run(Screen(quiet=json), folder, books, port, as_json=json)


@app.command()
def check(
    files: Files,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Let every deviation from the specification be an error.")
    ] = False,
    lang: Lang = "en",
    json: AsJson = False,
) -> None:
    """Check SIE files: counts, checksum, balances, and every deviation with its line.

    Ends with 0 when there are no errors, with 1 when there are, with 2 when a file could not be read,
    with 141 when whoever read the output stopped.
    """
    from infra.cli import check as command

    raise typer.Exit(command.run(Screen(lang), files, strict=strict, as_json=json))


@app.command()
def sie(
    file: Annotated[Path, typer.Argument(help="A SIE file.")],
    *,
    to: Annotated[
        str, typer.Option(help="Write the file as JSON, CSV or Parquet.", metavar="json|csv|parquet", callback=_form)
    ] = "",
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Where to write it.  [default: standard output]")
    ] = None,
    diff: Annotated[
        Path | None, typer.Option(help="Compare with a later export of the same company and year.", metavar="OTHER")
    ] = None,
    lang: Lang = "en",
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of tables; without --diff the same as --to json.")
    ] = False,
) -> None:
    """Look into a SIE file: company, accounts with balances; write it in another form; compare it with another.

    Without --diff it ends with 1 when the file has errors; with it, with 0 when the books are the same and with 1 when
    they are not. It ends with 2 when a file could not be read or written, or is not of the same company and year, with
    141 when whoever read the output stopped.
    """
    if diff:
        if to or out:
            raise typer.BadParameter("--diff goes with --json alone")
        from infra.cli import diff as comparison

        raise typer.Exit(comparison.run(Screen(lang), file, diff, as_json=json))
    if json and to not in {"", "json"}:
        raise typer.BadParameter(f"--json is not {to}")
    if out and not (to or json):
        raise typer.BadParameter("--out goes with --to")
    from infra.cli import sie as command

    raise typer.Exit(command.run(Screen(lang), file, to or ("json" if json else ""), out))


@app.command()
def appendix(
    account: Annotated[str, typer.Argument(help="1510 (receivables) or 2440 (payables).")],
    *,
    url: Annotated[str, typer.Option(help="The stack's address.")] = f"http://127.0.0.1:{PORT}",
    token: Annotated[str, typer.Option(help="A bearer token; not needed on this machine.", envvar="BRIDGE_TOKEN")] = "",
    engagement: Annotated[str, typer.Option(help="Id of the engagement.  [default: the newest with books]")] = "",
    rate: Annotated[
        list[str] | None, typer.Option(help="A rate of the balance day, as EUR=11.42; may be repeated.")
    ] = None,
    lang: Lang = "en",
    json: AsJson = False,
) -> None:
    """Show the appendix of an account, of the stack that runs on this machine or of another."""
    from infra.cli import appendix as command

    try:
        rates = command.rates(rate or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(command.run(Screen(lang), account, (url, token, engagement), rates, as_json=json))


def main() -> None:
    """Run the command line. What an old terminal or a file name cannot show is written as its number."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    app()
