"""The census of a term (四查三比对): its differences, the tasks they become, who answered what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.base import Coded
from models.roster import coded
from models.rosters import moment


class CensusMethod(Coded):
    """How the rosters are compared; the policy parameter ``census_method`` chooses."""

    FOUR_CHECKS = "four_checks", "四查三比对"
    REGISTER_BOOK_ROLL_PERSON = "register_book_roll_person", "户册籍人四对照"


class Difference(Coded):
    """What one comparison finds about one child."""

    NO_ROLL = "no_roll", "有户籍无学籍"
    ELSEWHERE = "elsewhere", "称在外就读待核实"
    NO_HOUSEHOLD = "no_household", "有学籍无户籍登记"
    NOT_PRESENT = "not_present", "有籍不在校"
    PRESENT_NO_ROLL = "present_no_roll", "在校无学籍"
    NAME_DIFFERS = "name_differs", "同号姓名不一致"
    SCHOOL_DIFFERS = "school_differs", "学籍与在校学校不一致"
    FOUR_COLUMNS = "four_columns", "户册籍人不一致"

    @property
    def may_be_out(self) -> bool:
        """The child may be out of school: the third comparison asks whether its family is poor."""
        return self in (Difference.NO_ROLL, Difference.NOT_PRESENT, Difference.FOUR_COLUMNS)


class TaskStatus(Coded):
    OPEN = "open", "待核实"
    CLOSED = "closed", "已核销"
    COUNTY_LIST = "county_list", "逾期列入县级清单"


class Finding(Coded):
    """What was found about a difference; a task is closed with one of these and never without."""

    OUT_OF_SCHOOL = "out_of_school", "确认未入学或辍学"
    HERE = "here", "在本县就读，名册需更正"
    STUDYING_ELSEWHERE = "studying_elsewhere", "已在外地就读"
    DEFERRED = "deferred", "经批准延缓入学或休学"
    HOME_TEACHING = "home_teaching", "送教上门或特教学校就读"
    MOVED_AWAY = "moved_away", "举家外出"
    NOT_OF_AGE = "not_of_age", "不在义务教育年龄或已完成"
    DECEASED = "deceased", "死亡"
    ABROAD = "abroad", "出国（境）"
    DATA_ERROR = "data_error", "名册登记错误"
    ROSTER_MENDED = "roster_mended", "名册更正后一致"


class MatchReason(Coded):
    """Why two entries may or may not be one child."""

    NUMBER_SHARED = "number_shared", "同一号码、姓名不同"
    TWO_NUMBERS = "two_numbers", "姓名、出生日期相同，号码不同"
    BIRTH_DIFFERS = "birth_differs", "姓名、监护人相同，出生日期和号码不同"
    NO_NUMBER = "no_number", "一方没有号码，姓名、出生日期相同"
    SHORT_NUMBER = "short_number", "一方是 15 位旧号码"


class MatchAnswer(Coded):
    SAME = "same", "是同一儿童"
    NOT_SAME = "not_same", "不是同一儿童"
    NEED_PAPER = "need_paper", "需补充材料"


class MatchReview(SQLModel, table=True):
    """A pair a person must judge; the latest answer holds for every later census."""

    __tablename__ = "match_review"
    __table_args__ = (UniqueConstraint("county", "left_key", "right_key", name="match_once"),)
    id: UUID = Field(primary_key=True)
    county: str = Field(index=True, max_length=6)
    left_key: str
    right_key: str
    reason: MatchReason = Field(sa_column=coded(MatchReason))
    explanation: str
    school: str | None = Field(default=None, max_length=10)
    township: str | None = Field(default=None, max_length=9)
    evidence: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    """Both entries as the lists give them."""
    found_at: datetime = Field(sa_column=moment())
    answer: str | None = None


class MatchAnswerRow(SQLModel, table=True):
    """One answer to one pair; a change of mind is a further row."""

    __tablename__ = "match_answer"
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    review_id: UUID = Field(foreign_key="match_review.id", index=True)
    answer: MatchAnswer = Field(sa_column=coded(MatchAnswer))
    note: str = ""
    answered_by: str
    answered_at: datetime = Field(sa_column=moment())


class Census(SQLModel, table=True):
    """One campaign: a county, a term, and what its latest run counted."""

    __tablename__ = "census"
    __table_args__ = (UniqueConstraint("county", "term", name="census_once"),)
    id: UUID = Field(primary_key=True)
    county: str = Field(max_length=6)
    term: str = Field(max_length=6)
    method: str
    """A word of ``CensusMethod``."""
    as_of: date
    due_on: date
    policy_sha: str
    started_by: str
    started_at: datetime = Field(sa_column=moment())
    ran_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    counts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sources: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    """Kind → imports compared, by id."""


class CensusTask(SQLModel, table=True):
    """One difference of one child: an office answers for it by a day (YN-8a, DC-2.2, ZY-2.1b)."""

    __tablename__ = "census_task"
    __table_args__ = (
        UniqueConstraint("census_id", "difference", "person", name="census_task_once"),
        Index("ix_census_task_owner", "owner_office", "status"),
    )
    id: UUID = Field(primary_key=True)
    census_id: UUID = Field(foreign_key="census.id")
    difference: Difference = Field(sa_column=coded(Difference))
    person: str
    name: str
    sex: str | None = None
    birth_on: date | None = None
    id_no: str | None = Field(default=None, max_length=18)
    roll_no: str | None = Field(default=None, max_length=19)
    school: str | None = Field(default=None, max_length=10)
    grade: int | None = None
    class_number: int | None = None
    township: str | None = Field(default=None, max_length=9)
    address: str = ""
    guardian: str = ""
    whereabouts: str = ""
    poverty: str | None = None
    """Third comparison: the family's standing in the poverty-relief register (DC-2.2.3)."""
    flags: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    explanation: str
    owner_role: str
    owner_office: str
    due_on: date
    status: TaskStatus = Field(sa_column=coded(TaskStatus))
    found_at: datetime = Field(sa_column=moment())
    is_gone: bool = False
    """The latest run no longer finds it; it still wants an answer unless the new list is signed."""
    child_ref: UUID | None = Field(default=None, foreign_key="child.ref")
    lead_id: UUID | None = None


class CensusAnswer(SQLModel, table=True):
    """One answer to one task, signed; it is put right by a further answer, never by an edit."""

    __tablename__ = "census_answer"
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    task_id: UUID = Field(foreign_key="census_task.id", index=True)
    finding: Finding | None = Field(default=None, sa_column=Column(String(24), nullable=True))
    """Null opens the task again."""
    cause: str = ""
    whereabouts: str = ""
    note: str = ""
    signed_by: str
    answered_by: str
    answered_on: date
    answered_at: datetime = Field(sa_column=moment())


class CensusSummary(SQLModel, table=True):
    """One line of the summary table: a class, a school, a township or the county."""

    __tablename__ = "census_summary"
    census_id: UUID = Field(foreign_key="census.id", primary_key=True)
    level: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    name: str
    counts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
