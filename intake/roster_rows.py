"""Judge the rows of a roster by themselves: what is good, what goes back and why.

Nothing here reads or writes, and the outcome does not depend on the order of the rows but for one
thing: of rows that say the very same, the first is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from intake import normalise
from intake.columns import labels, words_of
from intake.frames import ROW, SHEET, RosterFrame
from intake.wording import plain
from models.base import digest
from models.rosters import RosterKind

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "row_number": pl.Int32, "key": pl.String, "person": pl.String, "name": pl.String,
    "name_key": pl.String, "sex": pl.String, "birth_on": pl.Date, "id_no": pl.String,
    "roll_no": pl.String, "school": pl.String, "school_name": pl.String, "grade": pl.Int32,
    "class_number": pl.Int32, "class_name": pl.String, "township": pl.String,
    "household_county": pl.String, "household_label": pl.String, "address": pl.String,
    "guardian": pl.String, "guardian_phone": pl.String, "poverty": pl.String,
    "whereabouts": pl.String, "whereabouts_school": pl.String, "leave_from": pl.Date,
    "leave_to": pl.Date, "reason": pl.String, "approved_by": pl.String, "happened_on": pl.Date,
    "flags": pl.List(pl.String), "extras": pl.String,
}  # fmt: skip
"""The columns of ``roster_row`` a file fills; all but the row number are compared on replacing."""
NULLABLE = {
    "sex", "birth_on", "id_no", "roll_no", "school", "grade", "class_number", "township",
    "household_county", "poverty", "whereabouts_school", "leave_from", "leave_to", "happened_on",
}  # fmt: skip
NAMED = ("id_no", "roll_no", "name_key", "school")
LONGEST_NAME = 40
AT_SCHOOL = {
    RosterKind.SCHOOL_ROLL, RosterKind.PRESENT, RosterKind.REGISTRATION, RosterKind.GRADUATES,
    RosterKind.JUNIOR_ARRIVALS, RosterKind.LEAVE_SLIPS,
}  # fmt: skip


class RosterProblem(StrEnum):
    """Why a row goes back; the value is the sentence for people."""

    NAME_MISSING = "没有填姓名"
    NAME_ODD = (
        "姓名里有数字、逗号或引号，或超过 40 个字；若一格里挤进了好几行，是文件里有引号没有配对，"
        "请用表格软件另存为 .xlsx 再导入"
    )
    NO_IDENTITY = "没有身份证件号和学籍号的儿童，须填出生日期"
    NUMBERS_DISAGREE = "身份证件号与学籍号不是同一名学生，请核对后改正其中一个"
    BIRTH_UNREADABLE = "日期无法识别，请写成 2015-09-01 的样子（年份不能省）"
    BIRTH_MONTH = "出生日期只有年月；没有身份证件号的儿童须填到日，如 2015-09-01"
    BIRTH_DISAGREES = "出生日期与身份证件号第 7 至 14 位不一致，请照证件核对"
    SCHOOL_MISSING = "没有填学校，请填写学校全称"
    SCHOOL_UNKNOWN = "名册里没有这所学校，请填写与学校名册一致的全称；县外学校请加填学校标识码"
    CLASS_UNREADABLE = "班级无法识别，请写成“三年级2班”的样子"
    POVERTY_UNKNOWN = (
        "户类型无法识别，请填写脱贫户、脱贫不稳定户、边缘易致贫户、突发严重困难户或一般户"
    )
    LEAVE_UNREADABLE = "请假起止日期无法识别，请写成 2025-09-01 的样子"
    LEAVE_REVERSED = "请假结束日期早于开始日期，请核对"
    DUPLICATE_ROW = "与本文件另一行完全相同，已保留前一行，请删去这一行"


@dataclass(frozen=True, slots=True)
class Places:
    """Schools and townships of the county, by the names files use."""

    county: str
    schools: Mapping[str, str]
    """Plain name or code → code; names borne by two schools are left out."""
    townships: Mapping[str, str]
    school_townships: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rejection:
    """One thing wrong: which column, in which rows, and the sentence for each."""

    field: str
    sentences: pl.Series
    """Null where the row is right."""


@dataclass(frozen=True, slots=True)
class Judged:
    good: pl.DataFrame
    """With the columns of ``COLUMNS``, sheet by sheet in the order of the file."""
    refused: pl.DataFrame
    """``sheet_number, row_number, field, sentence``: one line for each thing wrong."""
    total: int
    named: pl.DataFrame
    """Whom the refused rows speak of, as far as they can be read: the columns of ``NAMED``."""

    @property
    def refused_rows(self) -> int:
        return self.refused.select(SHEET, ROW).unique().height

    def problems(self) -> Counter[str]:
        return Counter(dict(self.refused.group_by("sentence").len().iter_rows()))


def judge_rows(frame: RosterFrame, kind: RosterKind, places: Places) -> Judged:
    """Read every row of ``frame`` as a row of ``kind``."""
    return _Judge(frame.rows, kind, places).judge()


class _Judge:
    def __init__(self, rows: pl.DataFrame, kind: RosterKind, places: Places) -> None:
        self._rows = rows
        self._kind = kind
        self._places = places
        self._count = rows.height
        self._problems: list[Rejection] = []
        self._out: dict[str, pl.Series] = {ROW: rows[ROW]}
        self._flags: list[pl.Series] = []

    def judge(self) -> Judged:
        self._numbers()
        self._person()
        self._place()
        self._rest()
        self._extras()
        good = self._whole()
        refused = self._refused()
        named = pl.DataFrame([self._out[name] for name in NAMED]).filter(self._bad_numbers())
        return Judged(good, refused, self._count, named)

    def _column(self, name: str) -> pl.Series:
        if name in self._rows.columns:
            return self._rows[name]
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self._count)

    def _has(self, name: str) -> bool:
        return name in self._rows.columns

    def _refuse(self, name: str, mask: pl.Series, problem: RosterProblem) -> None:
        if mask.any():
            sentence = pl.Series([problem.value]).new_from_index(0, self._count)
            self._problems.append(Rejection(name, sentence.set(~mask.fill_null(value=False), None)))

    def _refuse_with(self, name: str, sentences: pl.Series) -> None:
        if sentences.is_not_null().any():
            said = pl.select(pl.lit(labels()[name] + "：") + sentences).to_series()
            self._problems.append(Rejection(name, said))

    def _flag(self, word: str, mask: pl.Series) -> None:
        flags = pl.Series([word]).new_from_index(0, self._count)
        self._flags.append(flags.set(~mask.fill_null(value=False), None))

    def _numbers(self) -> None:
        ids = normalise.id_numbers(self._column("id_no"))
        rolls, roll_problem = normalise.roll_numbers(self._column("roll_no"))
        self._refuse_with("id_no", ids.problem)
        self._refuse_with("roll_no", roll_problem)
        self._flag("id_15_digits", ids.short.is_not_null())
        self._short = ids.short
        in_roll = rolls.set(~rolls.str.starts_with("G").fill_null(value=False), None).str.slice(1)
        self._refuse("roll_no", (ids.text != in_roll), RosterProblem.NUMBERS_DISAGREE)
        text = ids.text.zip_with(ids.text.is_not_null(), in_roll)
        self._out |= {"id_no": text.alias("id_no"), "roll_no": rolls.alias("roll_no")}

    def _person(self) -> None:
        written = self._column("name")
        keys = normalise.names(written)
        name = written.str.strip_chars()
        self._refuse("name", keys.is_null() | (keys == ""), RosterProblem.NAME_MISSING)
        is_odd = keys.str.contains(r'[0-9,，"]') | (keys.str.len_chars() > LONGEST_NAME)
        self._refuse("name", is_odd, RosterProblem.NAME_ODD)
        id_no, roll_no = self._out["id_no"], self._out["roll_no"]
        text = self._column("birth_on")
        birth = normalise.dates(normalise.tidy(text))
        is_blank = text.is_null() | (text.str.strip_chars() == "")
        by_number = normalise.birth_of(id_no)
        month = normalise.months(text.set(birth.is_not_null(), None))
        self._refuse(
            "birth_on",
            birth.is_null() & month.is_null() & ~is_blank,
            RosterProblem.BIRTH_UNREADABLE,
        )
        self._refuse(
            "birth_on", month.is_not_null() & by_number.is_null(), RosterProblem.BIRTH_MONTH
        )
        is_other = (birth != by_number).fill_null(value=False) | _is_other_month(month, by_number)
        self._refuse("birth_on", is_other, RosterProblem.BIRTH_DISAGREES)
        birth = birth.zip_with(birth.is_not_null(), by_number)
        nobody = id_no.is_null() & roll_no.is_null() & birth.is_null() & self._short.is_null()
        has_bad_number = self._bad_numbers()
        self._refuse("birth_on", nobody & ~has_bad_number, RosterProblem.NO_IDENTITY)
        sex = normalise.by_distinct(
            normalise.tidy(self._column("sex")), words_of("sex").get, pl.String
        )
        by_core = normalise.is_male(normalise.cores(id_no))
        sex_of_number = pl.select(
            pl.when(by_core).then(pl.lit("male")).when(~by_core).then(pl.lit("female"))
        ).to_series()
        self._flag("sex_differs", sex != sex_of_number)
        self._flag("no_id", id_no.is_null())
        self._out |= {
            "name": name.alias("name"), "name_key": keys.alias("name_key"),
            "birth_on": birth.alias("birth_on"),
            "sex": sex.zip_with(sex.is_not_null(), sex_of_number).alias("sex"),
        }  # fmt: skip
        self._out["person"] = person_of(id_no, roll_no, keys, birth, self._short)

    def _bad_numbers(self) -> pl.Series:
        bad = pl.Series([False]).new_from_index(0, self._count)
        for problem in self._problems:
            bad = bad | problem.sentences.is_not_null()
        return bad

    def _place(self) -> None:
        name = normalise.tidy(self._column("school"))
        code = normalise.tidy(self._column("school_code"))
        by_code = normalise.by_distinct(code, self._places.schools.get, pl.String)
        by_name = normalise.by_distinct(name, self._places.schools.get, pl.String)
        school = by_code.zip_with(code.is_not_null(), by_name)
        if self._kind in AT_SCHOOL:
            self._refuse("school", name.is_null() & code.is_null(), RosterProblem.SCHOOL_MISSING)
            is_elsewhere = (code.str.slice(0, 6) != self._places.county).fill_null(value=False)
            unknown = school.is_null() & (name.is_not_null() | code.is_not_null())
            self._refuse("school", unknown & ~is_elsewhere, RosterProblem.SCHOOL_UNKNOWN)
            self._flag("school_elsewhere", unknown & is_elsewhere)
        class_text = self._column("class_name")
        grade, number = normalise.classes(self._column("grade"), class_text)
        if self._kind is RosterKind.PRESENT:
            self._refuse("class_name", number.is_null(), RosterProblem.CLASS_UNREADABLE)
        elif self._has("class_name"):
            written = class_text.is_not_null() & (class_text.str.strip_chars() != "")
            self._flag("class_unreadable", written & number.is_null())
        township = normalise.by_distinct(
            normalise.tidy(self._column("township")), self._township, pl.String
        )
        if self._kind in AT_SCHOOL:
            near = normalise.by_distinct(school, self._places.school_townships.get, pl.String)
            township = township.zip_with(township.is_not_null(), near)
        else:
            near = normalise.by_distinct(self._column("address"), self._township, pl.String)
            township = township.zip_with(township.is_not_null(), near)
        self._out |= {
            "school": school.alias("school"), "school_name": self._said("school").alias("school_name"),
            "grade": grade.alias("grade"), "class_number": number.alias("class_number"),
            "class_name": self._said("class_name"), "township": township.alias("township"),
        }  # fmt: skip

    def _township(self, text: str) -> str | None:
        """Find a township by its name, or by its name within an address."""
        word = plain(text)
        if word in self._places.townships:
            return self._places.townships[word]
        inside = {code for name, code in self._places.townships.items() if name in word}
        return inside.pop() if len(inside) == 1 else None

    def _said(self, name: str) -> pl.Series:
        return self._column(name).str.strip_chars().fill_null("").alias(name)

    def _rest(self) -> None:
        for name in ("household_label", "address", "guardian", "guardian_phone", "whereabouts",
                     "reason", "approved_by"):  # fmt: skip
            self._out[name] = self._said(name)
        going = normalise.by_distinct(
            normalise.tidy(self._column("whereabouts")), self._places.schools.get, pl.String
        )
        self._out["whereabouts_school"] = going.alias("whereabouts_school")
        county = normalise.tidy(self._column("household_county"))
        self._out["household_county"] = normalise.by_distinct(
            county, self._county, pl.String
        ).alias("household_county")
        poverty_text = normalise.tidy(self._column("poverty"))
        poverty = normalise.by_distinct(poverty_text, words_of("poverty").get, pl.String)
        if self._kind is RosterKind.POVERTY_HOUSEHOLDS:
            self._refuse("poverty", poverty.is_null(), RosterProblem.POVERTY_UNKNOWN)
        self._out["poverty"] = poverty.alias("poverty")
        for name in ("leave_from", "leave_to", "happened_on"):
            self._out[name] = normalise.dates(normalise.tidy(self._column(name))).alias(name)
        if self._kind is RosterKind.LEAVE_SLIPS:
            first, last = self._out["leave_from"], self._out["leave_to"]
            unread = first.is_null() | last.is_null()
            self._refuse("leave_from", unread, RosterProblem.LEAVE_UNREADABLE)
            self._refuse("leave_to", last < first, RosterProblem.LEAVE_REVERSED)
        elif self._has("happened_on"):
            text = self._column("happened_on")
            is_written = text.is_not_null() & (text.str.strip_chars() != "")
            unread = self._out["happened_on"].is_null() & is_written
            self._refuse("happened_on", unread, RosterProblem.BIRTH_UNREADABLE)

    def _county(self, text: str) -> str | None:
        return text[:6] if text[:6].isdigit() and len(text) >= 6 else None

    def _extras(self) -> None:
        names = [name for name in self._rows.columns if name.startswith("x:")]
        if not names:
            self._out["extras"] = pl.Series("extras", ["{}"]).new_from_index(0, self._count)
            return
        packed = self._rows.select(
            pl.struct([pl.col(name).alias(name[2:]) for name in names])
            .struct.json_encode()
            .alias("extras")
        ).to_series()
        self._out["extras"] = packed

    def _whole(self) -> pl.DataFrame:
        bad = self._bad_numbers()
        flags = pl.select(
            pl.concat_list([pl.lit(flag) for flag in self._flags]).list.drop_nulls().list.sort()
        ).to_series()
        frame = pl.DataFrame(self._out | {"flags": flags.alias("flags")}).with_columns(
            self._rows[SHEET]
        )
        kept = frame.filter(~bad)
        content = [name for name in COLUMNS if name not in (ROW, "key", "flags")]
        mark = kept.select(content).hash_rows(seed=7).alias("content")
        kept = kept.with_columns(mark)
        again = kept.filter(~pl.struct("person", "content").is_first_distinct())
        self._again = again.select(SHEET, ROW)
        kept = kept.filter(pl.struct("person", "content").is_first_distinct())
        return _keyed(kept, self._kind).select(SHEET, *COLUMNS)

    def _refused(self) -> pl.DataFrame:
        place = self._rows.select(SHEET, ROW)
        lines = [
            place.with_columns(
                pl.lit(problem.field).alias("field"), problem.sentences.alias("sentence")
            ).drop_nulls("sentence")
            for problem in self._problems
        ]
        lines.append(
            self._again.with_columns(
                pl.lit("name").alias("field"),
                pl.lit(RosterProblem.DUPLICATE_ROW.value).alias("sentence"),
            )
        )
        return pl.concat(lines).sort(SHEET, ROW, maintain_order=True)


def _is_other_month(month: pl.Series, birth_on: pl.Series) -> pl.Series:
    """Tell where a month without its day is not that of the number.

    A spreadsheet that takes 2015.10 for a number leaves 2015.1.
    """
    born = birth_on.dt.year() * 100 + birth_on.dt.month()
    is_cut = (month % 100 == 1) & (born == month + 9)
    return ((month != born) & ~is_cut).fill_null(value=False)


def person_of(
    id_no: pl.Series, roll_no: pl.Series, names: pl.Series, birth: pl.Series, short: pl.Series
) -> pl.Series:
    """Name the child by the best number there is, or by name and birthday (a temporary id)."""
    frame = pl.DataFrame(
        {
            "id_no": id_no, "roll_no": roll_no, "short": short, "name": names,
            "birth": birth.dt.to_string("%Y%m%d"),
        }
    )  # fmt: skip
    return frame.select(
        pl.coalesce(
            pl.lit("id:") + pl.col("id_no"),
            pl.lit("roll:") + pl.col("roll_no"),
            pl.lit("short:") + pl.col("short"),
            pl.lit("temp:") + pl.col("birth") + pl.lit(":") + pl.col("name"),
        ).alias("person")
    ).to_series()


def _keyed(frame: pl.DataFrame, kind: RosterKind) -> pl.DataFrame:
    """Give each row its key: the child, the first day of a leave, and a mark where two rows differ.

    The mark comes from what the row says, so that it does not depend on the order.
    """
    key = pl.col("person")
    if kind is RosterKind.LEAVE_SLIPS:
        key = key + pl.lit("/") + pl.col("leave_from").dt.to_string("%Y%m%d")
    frame = frame.with_columns(key.alias("key"))
    is_shared = frame.select(pl.col("key").is_duplicated()).to_series()
    if not is_shared.any():
        return frame
    shared = frame.filter(is_shared)
    content = [name for name in COLUMNS if name not in (ROW, "key", "flags")]
    marks = [_mark(row) for row in shared.select(content).iter_rows()]
    shared = shared.with_columns(
        (pl.col("key") + pl.lit("#") + pl.Series(marks)).alias("key"),
        pl.concat_list(pl.col("flags"), pl.lit("conflict")).list.sort().alias("flags"),
    )
    return pl.concat([frame.filter(~is_shared), shared]).sort(SHEET, ROW)


def _mark(row: tuple[object, ...]) -> str:
    return digest("\x1f".join("" if value is None else str(value) for value in row))[:12]
