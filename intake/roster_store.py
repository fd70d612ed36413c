"""Read and write rosters in bulk, inside the caller's transaction."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import polars as pl
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from intake.normalise import by_distinct
from intake.roster_rows import COLUMNS, NULLABLE, Places
from intake.wording import plain
from models.base import canonical
from models.rosters import RosterImport, RosterKind

NULL = "\\N"
PIECE = 100_000


class Place(NamedTuple):
    """Where a roster belongs: one file in force for each."""

    county: str
    kind: RosterKind
    term: str
    source: str

    def keys(self) -> dict[str, str]:
        return {
            "county": self.county, "kind": self.kind.value, "term": self.term,
            "source": self.source,
        }  # fmt: skip


class Earlier(NamedTuple):
    id: UUID
    file_sha256: str
    is_current: bool
    is_amendment: bool
    file_name: str
    imported_at: datetime


_HERE = "county = :county and kind = :kind and term = :term and source = :source"


async def lock(connection: AsyncConnection, place: Place) -> None:
    """Let one import of this place at a time compare and write, until the transaction ends."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": "/".join(map(str, place))}
    )


async def earlier_imports(connection: AsyncConnection, place: Place) -> list[Earlier]:
    """Give the imports of this place, the latest first."""
    rows = await connection.execute(
        text(
            "select id, file_sha256, is_current, is_amendment, file_name, imported_at"
            " from roster_import"
            f" where {_HERE} order by imported_at desc, id"
        ),
        place.keys(),
    )
    return [Earlier(*row) for row in rows]


async def record_import(connection: AsyncConnection, made: RosterImport) -> None:
    await connection.execute(insert(RosterImport).values(**made.model_dump()))


async def retire(connection: AsyncConnection, place: Place) -> None:
    """Mark the imports of this place as replaced; their record stays."""
    await connection.execute(
        text(f"update roster_import set is_current = false where {_HERE} and is_current"),
        place.keys(),
    )


async def places_of(connection: AsyncConnection, county: str) -> Places:
    """Read the county's schools and townships by the names files use."""
    schools: dict[str, str] = {}
    near: dict[str, str] = {}
    doubtful: set[str] = set()
    query = text("select code, name, township from school where county = :county order by code")
    for row in await connection.execute(query, {"county": county}):
        word = plain(row.name)
        if word in schools:
            doubtful.add(word)
        schools[word] = schools[row.code] = row.code
        near[row.code] = row.township
    for word in doubtful:
        del schools[word]
    query = text("select code, name from township where county = :county")
    towns = {
        word: row.code
        for row in await connection.execute(query, {"county": county})
        for word in (plain(row.name), row.code)
    }
    return Places(county, schools, towns, near)


async def rows_in_force(connection: AsyncConnection, place: Place) -> pl.DataFrame:
    """Give the rows of one place as the columns of ``COLUMNS``."""
    where = " and ".join(f"{name} = ${n}" for n, name in enumerate(place.keys(), start=1))
    columns = ", ".join(_selected(name) for name in COLUMNS)
    frame = await copy_out(
        connection, f"select {columns} from roster_row where {where}", *place.keys().values()
    )
    return _typed(frame)


def _selected(name: str) -> str:
    return "array_to_string(flags, ',') as flags" if name == "flags" else name


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    dates = [name for name, kind in COLUMNS.items() if kind == pl.Date]
    whole = [name for name, kind in COLUMNS.items() if kind == pl.Int32]
    return frame.with_columns(
        pl.col(dates).str.to_date("%Y-%m-%d"),
        pl.col(whole).cast(pl.Int32),
        pl.col("flags").fill_null("").str.split(",").list.filter(pl.element() != ""),
    )


async def copy_out(connection: AsyncConnection, query: str, *values: object) -> pl.DataFrame:
    """Run a query by COPY and give its columns as text; null stays null, empty stays empty."""
    await connection.execute(text("select 1"))
    driver: Any = (await connection.get_raw_connection()).driver_connection
    buffer = io.BytesIO()
    await driver.copy_from_query(
        query, *values, output=buffer, format="csv", header=True, null=NULL
    )
    return pl.read_csv(buffer.getvalue(), infer_schema=False, null_values=NULL)


async def copy_in(
    connection: AsyncConnection,
    table: str,
    frame: pl.DataFrame,
    written: Callable[[int], None] | None = None,
) -> None:
    """COPY a frame whose columns are named as the table's, piece by piece."""
    # BEGIN is sent with the first statement; without one the raw COPY would commit by itself.
    await connection.execute(text("select 1"))
    driver: Any = (await connection.get_raw_connection()).driver_connection
    for first in range(0, frame.height, PIECE):
        piece = frame.slice(first, PIECE)
        content = await asyncio.to_thread(_as_csv, piece)
        await driver.copy_to_table(
            table, source=io.BytesIO(content), columns=frame.columns, format="csv", null=NULL
        )
        if written:
            written(min(first + PIECE, frame.height))


def _as_csv(piece: pl.DataFrame) -> bytes:
    """Write a piece as COPY reads it, without the one character the database cannot hold."""
    text_ = piece.write_csv(include_header=False, null_value=NULL, quote_style="necessary")
    return text_.replace("\0", "").replace("\\u0000", "").encode()


async def put_rows(
    connection: AsyncConnection,
    place: Place,
    import_id: UUID,
    rows: pl.DataFrame,
    written: Callable[[int], None] | None = None,
) -> None:
    """Write new rows; ``rows`` has the columns of ``COLUMNS`` and ``child_ref``."""
    fixed = place.keys() | {"import_id": str(import_id)}
    text_columns = [
        name for name, kind in COLUMNS.items() if kind == pl.String and name not in NULLABLE
    ]
    frame = rows.with_columns(
        *(pl.lit(value).alias(name) for name, value in fixed.items()),
        *(pl.col(name).fill_null("") for name in text_columns),
        ("{" + pl.col("flags").list.join(",") + "}").alias("flags"),
    )
    await copy_in(connection, "roster_row", frame, written)


async def remove_rows(connection: AsyncConnection, place: Place, keys: list[str]) -> None:
    if keys:
        await connection.execute(
            text(f"delete from roster_row where {_HERE} and key = any(:keys)"),
            place.keys() | {"keys": keys},
        )


async def children_of(connection: AsyncConnection) -> pl.DataFrame:
    """Give every known child: ``child_ref, id_no, roll_no, name, birth_on, school``."""
    return await copy_out(
        connection,
        "select ref as child_ref, id_no, roll_no, name, birth_on, school from child",
    )


async def record_changes(
    connection: AsyncConnection, import_id: UUID, changes: pl.DataFrame
) -> None:
    """Write ``key, change, before, after`` (JSON texts) of one import."""
    await copy_in(
        connection,
        "roster_change",
        changes.with_columns(pl.lit(str(import_id)).alias("import_id")),
    )


async def remembered(
    connection: AsyncConnection, county: str, source: str, kind: RosterKind
) -> dict[str, str]:
    """Give what this source's columns were confirmed to mean."""
    rows = await connection.execute(
        text(
            "select header, field from column_choice"
            " where county = :county and source = :source and kind = :kind"
        ),
        {"county": county, "source": source, "kind": kind.value},
    )
    return {row.header: row.field for row in rows}


async def remember(
    connection: AsyncConnection, place: Place, chosen: Mapping[str, str], by: str, at: datetime
) -> None:
    """Keep what the columns were confirmed to mean for this source's next file."""
    for header, field in sorted(chosen.items()):
        await connection.execute(
            text(
                "insert into column_choice"
                " (county, source, kind, header, field, confirmed_by, confirmed_at)"
                " values (:county, :source, :kind, :header, :field, :by, :at)"
                " on conflict (county, source, kind, header) do update"
                " set field = excluded.field, confirmed_by = excluded.confirmed_by,"
                " confirmed_at = excluded.confirmed_at"
                " where column_choice.field <> excluded.field"
            ),
            {
                "county": place.county, "source": place.source, "kind": place.kind.value,
                "header": header, "field": field, "by": by, "at": at,
            },
        )  # fmt: skip


def json_form(texts: pl.Series) -> pl.Series:
    """Write JSON texts so that equal values are equal texts."""
    return by_distinct(texts, lambda one: canonical(json.loads(one)), pl.String)
