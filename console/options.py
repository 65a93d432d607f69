"""Options and arguments that several commands have, each said once."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from console.day import day


def _day(text: str) -> date:
    try:
        return day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Stack = Annotated[str, typer.Argument(help="a declaration in stacks/, without .yaml")]
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON (docs/output.schema.json)")]
Day = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="YYYY-MM-DD", help="judge as of this day instead of today (UTC)"),
]
