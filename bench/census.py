"""Compare four files of a county: the census's own road against the floor and two plain scripts.

``python -m bench.census [100000 1000000 5000000]``. Every contender runs in a process of its own,
turn by turn, the files warm in the page cache; time and peak memory are of that process alone, its
imports taken off. All must find the same rows or the run stops.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROUNDS = 3
LARGE = 2_000_000
"""From here on pandas has one round: it alone takes minutes."""
SIZES = (100_000, 1_000_000, 5_000_000)
XLSX_ROWS = 100_000
CONTENDERS = ("floor", "ours", "polars", "pandas")
READERS = ("calamine", "fastexcel", "ours")


def floor(folder: Path) -> list[tuple[str, str]]:
    """Count the lines of the files: nothing that reads them can be faster."""
    lines = 0
    for path in sorted(folder.glob("*.csv")):
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                lines += piece.count(b"\n")
    assert lines
    return []


def ours(folder: Path) -> list[tuple[str, str]]:
    """Read by the census's own reader, every check digit included, and compare."""
    from bench.census_files import COUNTY, FILES
    from intake.census import Ages, Setting, compare
    from intake.census_lists import from_file
    from intake.roster_rows import Places
    from models.rosters import RosterKind

    kinds = (
        RosterKind.HOUSEHOLD_REGISTER, RosterKind.SCHOOL_ROLL, RosterKind.PRESENT,
        RosterKind.POVERTY_HOUSEHOLDS,
    )  # fmt: skip
    schools = {str(9901010000 + n): str(9901010000 + n) for n in range(1, 10_000)}
    towns = {f"9901010{n:02}": f"9901010{n:02}" for n in range(1, 13)}
    places = Places(COUNTY, schools, towns)
    lists = {
        kind: from_file(folder / name, kind, places)
        for kind, name in zip(kinds, FILES, strict=True)
    }
    found = compare(lists, Setting(COUNTY, Ages.of_year(2026, "08-31", 16))).differences
    rows = [(kind, _whole(key)) for kind, key in found.select("difference", "k").iter_rows()]
    poor = found.drop_nulls("poverty").select("k").iter_rows()
    return sorted([*rows, *(("poor", _whole(key)) for (key,) in poor)])


def _whole(core: int) -> str:
    from models.identity import check_character

    return f"{core}{check_character(str(core))}"


def run_one(contender: str, folder: Path) -> None:
    """Run one contender in this process and tell what it found and took."""
    from bench import census_peers as peers

    work: dict[str, Callable[[Path], list[tuple[str, str]]]] = {
        "floor": floor, "ours": ours, "polars": peers.by_polars, "pandas": peers.by_pandas,
    }  # fmt: skip
    _import_for(contender)
    begun = time.perf_counter()
    rows = work[contender](folder)
    _tell(time.perf_counter() - begun, rows)


def _import_for(contender: str) -> None:
    if contender == "pandas":
        import pandas  # noqa: F401
    elif contender != "floor":
        import polars  # noqa: F401
    if contender == "ours":
        import intake.census_lists  # noqa: F401


def read_one(reader: str, path: Path) -> None:
    """Read one workbook of a roster into columns of text and tell how many rows there are."""
    if reader == "ours":
        from functools import partial

        from intake.columns import find_header
        from intake.frames import read_frame
        from models.rosters import RosterKind

        begun = time.perf_counter()
        count = read_frame(path, partial(find_header, kind=RosterKind.PRESENT)).rows.height
    elif reader == "fastexcel":
        import fastexcel

        begun = time.perf_counter()
        book = fastexcel.read_excel(str(path))
        count = book.load_sheet(0, header_row=1, dtypes="string").to_polars().height
    else:
        from python_calamine import CalamineWorkbook

        begun = time.perf_counter()
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        count = len(sheet.to_python()) - 2
    _tell(time.perf_counter() - begun, [("rows", str(count))])


def _tell(seconds: float, rows: Sequence[tuple[str, str]]) -> None:
    body = "\n".join("\t".join(row) for row in rows).encode()
    said = {"seconds": seconds, "rows": len(rows), "sha": hashlib.sha256(body).hexdigest()}
    print(json.dumps(said))


def contend(words: Sequence[str]) -> dict[str, float | int | str]:
    """Start this module with ``words`` and give what it told, with its peak memory in MB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.census", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    found: dict[str, float | int | str] = json.loads(said.splitlines()[-1])
    return found | {
        "megabytes": usage.ru_maxrss / 1024,
        "processor": usage.ru_utime + usage.ru_stime,
    }


def _make(what: str, path: Path, count: int) -> None:
    """Write the files in another process: a child's peak memory begins with its parent's."""
    call = f"from pathlib import Path; from bench.census_files import {what} as w; w(Path(r'{path}'), {count})"
    subprocess.run([sys.executable, "-c", call], check=True)


def compare_sizes(sizes: Sequence[int], rounds: int) -> None:
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            _make("write", folder, size)
            contend(["--one", "floor", str(folder)])  # warms the page cache
            seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
            memory = dict.fromkeys(CONTENDERS, 0.0)
            work: dict[str, list[float]] = {name: [] for name in CONTENDERS}
            shas: dict[str, set[str]] = {name: set() for name in CONTENDERS}
            counts = dict.fromkeys(CONTENDERS, 0)
            for number in range(rounds):
                for name in CONTENDERS:
                    if name == "pandas" and number and size >= LARGE:
                        continue
                    told = contend(["--one", name, str(folder)])
                    seconds[name].append(float(told["seconds"]))
                    work[name].append(float(told["processor"]))
                    memory[name] = max(memory[name], float(told["megabytes"]))
                    shas[name].add(str(told["sha"]))
                    counts[name] = int(told["rows"])
        same = set.union(*(shas[name] for name in CONTENDERS if name != "floor"))
        if len(same) != 1:
            raise SystemExit(f"the contenders disagree at {size}: {counts}")
        print(f"\n{size:,} children, {counts['ours']:,} differences, the same rows from all three")
        base = statistics.median(seconds["ours"])
        for name in CONTENDERS:
            middle = statistics.median(seconds[name])
            print(
                f"  {name:<8} {middle:8.2f} s  {middle / base:6.2f} × ours"
                f"  {statistics.median(work[name]):8.2f} s of processor"
                f"  {memory[name]:7.0f} MB peak"
            )


def compare_readers(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "在校.xlsx"
        _make("write_workbook", path, XLSX_ROWS)
        seconds: dict[str, list[float]] = {name: [] for name in READERS}
        shas = set()
        for _ in range(rounds):
            for name in READERS:
                told = contend(["--read", name, str(path)])
                seconds[name].append(float(told["seconds"]))
                shas.add(str(told["sha"]))
    if len(shas) != 1:
        raise SystemExit("the readers disagree about the number of rows")
    fastest = min(statistics.median(seconds[name]) for name in READERS if name != "ours")
    print(f"\nXLSX of {XLSX_ROWS:,} rows into columns of text")
    for name in READERS:
        middle = statistics.median(seconds[name])
        print(f"  {name:<10} {middle:6.2f} s  {middle / fastest:5.2f} × the fastest other reader")


def main(words: list[str]) -> None:
    if words[:1] == ["--one"]:
        run_one(words[1], Path(words[2]))
    elif words[:1] == ["--read"]:
        read_one(words[1], Path(words[2]))
    else:
        sizes = [int(word) for word in words] or list(SIZES)
        compare_sizes(sizes, ROUNDS)
        compare_readers(ROUNDS)


if __name__ == "__main__":
    main(sys.argv[1:])
