"""F11 and F12 on the planted county: figures out of the ledger, refusals, and what counts as a plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from access import tokens
from activities.paper_data import PaperIncomplete
from activities.side_papers import side_paper_data
from console.app import create_app
from console.wiring import Services
from models import commands as c
from models import events as e
from models.roster import school_year_of
from models.seats import Level, Line, Post
from models.words import OfficeKind, Role
from papers.registry import DATA_OF
from reports.case_lines import Place
from reports.indicator_facts import facts_of
from reports.indicators import figures, printed
from reports.year_counts import step_facts
from storage.oversight import KNOWN_PLANS, plans, plans_missing
from storage.responsibility import Noted, Person, appoint
from tests.lifecycle import roads
from tests.lifecycle.test_corrections import correct
from tests.papers.test_text import html_body
from tests.reports.planted import NAMES, PRIMARY, id_no, lawfully_deferred, person, plant
from tests.storage import book
from tests.walk import COUNTY, SCHOOL, TOWNSHIP, Walk, actor

KEY = b"k" * 32
AUTUMN = datetime(2025, 9, 30, 2, 0, tzinfo=UTC)
NEXT_YEAR = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)
_keys = count(1)
MATERIAL: dict[str, Any] = {
    "report_year": 2025, "main_work": ["逐户核对户籍和学籍"], "findings": ["无"],
    "next_steps": ["继续逐案包保"],
}  # fmt: skip
PLAN: dict[str, Any] = {
    "school_year": 2025, "school_term": 1, "goals": ["动态清零"],
    "duty_lines": [{"name": "教体局", "text": "牵头督促"}], "measures": ["逐人查明去向"],
    "schedule": [{"name": "9月", "text": "注册核查"}], "safeguards": ["安排专项经费"],
}  # fmt: skip


@dataclass
class Desk:
    """Hands to draft, sign and look, at a clock that can be turned."""

    http: httpx.AsyncClient
    engine: AsyncEngine
    clock: list[datetime]

    def head(self, role: Role, office: str, name: str = "") -> dict[str, str]:
        token = tokens.issue(KEY, person(role, office, name or role.value), datetime.now(UTC))
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"key-{next(_keys):08}"}

    async def draft(
        self, kind: str, *contents: Any, role: Role = Role.EDU_CASE, office: str = COUNTY
    ) -> httpx.Response:
        body = {"kind": kind, "title": "一批", "contents": list(contents)}
        return await self.http.post("/api/batches", json=body, headers=self.head(role, office))

    async def drafted(self, kind: str, *contents: Any, **who: Any) -> str:
        answer = await self.draft(kind, *contents, **who)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def page(self, batch: str, place: int = 1, office: str = COUNTY) -> str:
        role = Role.EDU_HEAD if office == COUNTY else Role.PRINCIPAL
        path = f"/api/batches/{batch}/papers/{place}/preview.html"
        answer = await self.http.get(path, headers=self.head(role, office))
        assert answer.status_code == 200, answer.text
        return html_body(answer.text)

    async def sign(self, batch: str, role: Role = Role.EDU_HEAD, office: str = COUNTY) -> None:
        path = f"/api/batches/{batch}/approve"
        answer = await self.http.post(path, headers=self.head(role, office))
        assert answer.status_code == 200, answer.text

    async def frozen(self, batch: str) -> list[Any]:
        query = "select * from batch_paper where batch_id = :id order by place"
        return await book.rows(self.engine, query, id=batch)

    async def void(self, batch: str, role: Role = Role.EDU_HEAD, office: str = COUNTY) -> None:
        path = f"/api/batches/{batch}/papers/1/void"
        answer = await self.http.post(
            path, json={"reason": "内容有误"}, headers=self.head(role, office)
        )
        assert answer.status_code == 200, answer.text

    async def missing(self, year: int = 2025) -> set[str]:
        async with self.engine.connect() as connection:
            found = await plans_missing(connection, COUNTY, year)
        return {row["case_no"] or row["office"] for row in found}

    async def plans(self, year: int = 2025) -> list[Any]:
        async with self.engine.connect() as connection:
            return await plans(connection, KNOWN_PLANS.c.county == COUNTY, year)


@pytest.fixture
async def walks(bare: AsyncEngine) -> dict[int, Walk]:
    return await plant(bare, "yunnan")


@pytest.fixture
async def desk(bare: AsyncEngine, walks: dict[int, Walk], tmp_path: Path) -> AsyncIterator[Desk]:
    clock = [AUTUMN]
    services = Services(
        engine=bare, gateway=cast(Any, None), token_key=KEY, clock=lambda: clock[0],
        uploads=tmp_path,
    )  # fmt: skip
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://r") as client:
        yield Desk(client, bare, clock)


def figure(lines: list[dict[str, str]], name: str) -> str:
    return next(line["text"] for line in lines if line["name"] == name)


async def test_the_figures_of_the_year_are_the_ledgers(desk: Desk) -> None:
    """Indicators as F10 counts them; cases, steps and placements by hand; the paper says until when.

    Eight cases; seven confirmed; 3, 6 and 8 came back, 6 left again; one order served, to child 4;
    two visits to child 1 and two to child 4, all joint; three placed in a plain class.
    """
    batch = await desk.drafted("annual_material", MATERIAL)
    await desk.sign(batch)
    (row,) = await desk.frozen(batch)
    data = row.data
    assert (data["counted_over"], data["addressee"]) == (
        "2025年（截至9月30日）", "示例县人民政府办公室",
    )  # fmt: skip
    place, span = Place(OfficeKind.COUNTY, COUNTY), (date(2025, 1, 1), date(2025, 9, 30))
    async with desk.engine.connect() as connection:
        wanted = list(figures(await facts_of(connection, place, *span)))
    wanted = [each for each in wanted if each.indicator.id != "consistent"]
    for line, each in zip(data["indicators"], wanted, strict=True):
        assert line["name"] == each.indicator.label
        assert line["text"].startswith(printed(each))
        assert line["source"].startswith(each.indicator.formula)
        assert each.note.rstrip("。") in line["source"]
    assert figure(data["indicators"], "劝返率") == "42.86%（3/7）"
    assert {each["name"]: each["text"] for each in data["counts"]} == {
        "新立案": "8件", "确认辍学": "7人", "劝返返校": "3人", "返校后再次辍学": "1人",
        "返校销号": "0件", "其他方式结案": "0件", "期末在办": "8件",
        "第一步：宣传教育": "上门劝返4次，其中联合劝返4次，涉及2人",
        "第二步：责令限期改正": "送达1份，涉及1人", "第三步：行政处罚": "送达0份，涉及0人",
        "第四步：申请强制执行或提起诉讼": "申请强制执行0件，提起诉讼0件",
        "复学安置": "随班就读3人",
    }  # fmt: skip
    assert row.doc_no == "教函〔2025〕1号"


async def test_a_year_that_is_over_is_counted_whole(desk: Desk) -> None:
    """Asked for in January, the year before runs to 31 December; this year has nothing yet."""
    desk.clock[0] = NEXT_YEAR
    page = await desk.page(await desk.drafted("annual_material", MATERIAL))
    assert "统计时段为2025年全年" in page
    assert "截至" not in page.split("二、主要工作")[0].split("统计时段")[1]
    batch = await desk.drafted("annual_material", MATERIAL | {"report_year": 2026})
    page = await desk.page(batch)
    assert "2026年（截至1月20日）" in page
    assert "新立案0件" in page


async def test_a_served_day_put_right_moves_the_step(desk: Desk, walks: dict[int, Walk]) -> None:
    """An order found to be served a day later than was written is counted on the later day."""
    walk = walks[4]
    said = walk.state.tracks["g1"].order_served_on
    assert said is not None
    place, later = Place(OfficeKind.COUNTY, COUNTY), said + timedelta(days=1)

    async def served(day: date) -> str:
        async with desk.engine.connect() as connection:
            return (await step_facts(connection, place, day, day))[1].figure

    assert await served(said) == "送达1份，涉及1人"
    walk.pass_days(2)
    correct(walk, "order_served_on:g1", later.isoformat())
    await book.write(desk.engine, walk)
    assert await served(said) == "送达0份，涉及0人"
    assert await served(later) == "送达1份，涉及1人"


async def test_figures_cannot_be_typed_and_gaps_are_named_at_once(desk: Desk) -> None:
    """A typed figure is refused; an empty paper names everything; a year to come has no figures."""
    typed = MATERIAL | {"indicators": [{"name": "劝返率", "text": "100%", "source": ""}]}
    answer = await desk.draft("annual_material", typed)
    assert (answer.status_code, "“主要指标”由系统填写" in answer.text) == (422, True)
    answer = await desk.draft("annual_material", {})
    for word in ("年度", "主要指标", "个案办理情况", "主要工作", "存在的问题", "下一年打算"):
        assert f"缺少“{word}”" in answer.json()["detail"]
    answer = await desk.draft("annual_material", MATERIAL | {"report_year": 2026})
    assert "2026年还没有开始" in answer.text
    answer = await desk.draft("annual_material", MATERIAL | {"report_year": 26})
    assert "“年度”填写的内容不合要求" in answer.text


async def test_nobody_signs_the_material_he_drafted(desk: Desk) -> None:
    """The head of the bureau signs, and is another person than the drafter."""
    batch = await desk.drafted("annual_material", MATERIAL)
    path = f"/api/batches/{batch}/approve"
    clerk = await desk.http.post(path, headers=desk.head(Role.EDU_CASE, COUNTY))
    assert (clerk.status_code, "县教体局负责人" in clerk.text) == (422, True)
    same = await desk.http.post(path, headers=desk.head(Role.EDU_HEAD, COUNTY, "edu_case"))
    assert (same.status_code, "签发人不得是拟稿人本人" in same.text) == (422, True)
    other = await desk.http.get(
        f"/api/batches/{batch}/papers/1/preview.html",
        headers=desk.head(Role.TOWNSHIP_HEAD, TOWNSHIP),
    )
    assert other.status_code == 422


async def assessed(desk: Desk, *units: str) -> list[Any]:
    contents = [{"report_year": 2025, "office": unit} for unit in units]
    batch = await desk.drafted("annual_assessment", *contents)
    await desk.sign(batch)
    return await desk.frozen(batch)


async def test_a_unit_is_assessed_by_what_it_owed_itself(desk: Desk) -> None:
    """Duties, rounds, clues and inspections of the unit's own office; everything filled in."""
    async with desk.engine.begin() as connection:
        post = Post(line=Line.EDUCATION, level=Level.SCHOOL, office=SCHOOL, seat=4, title="校长")
        noted = Noted("edu_case", AUTUMN)
        await appoint(connection, COUNTY, post, Person("何静", date(2025, 8, 1)), noted)
        clue = (
            "insert into accountability_clue (id, county, office, role, article, also, duty, label,"
            " period, due_on, missed_on, status) values (gen_random_uuid(), :c, :o, :r, :a, '', 'd',"
            " '事', '2025-09', '2025-09-08', '2025-09-09', :s)"
        )
        for office, role, article, status in (
            (SCHOOL, "principal", "YN-14.4", "open"), (SCHOOL, "principal", "YN-14.4", "excused"),
            (SCHOOL, "class_teacher", "YN-14.2", "dismissed"),
            (TOWNSHIP, "township_case", "YN-14.8", "open"),
        ):  # fmt: skip
            keys = {"c": COUNTY, "o": office, "r": role, "a": article, "s": status}
            await connection.execute(text(clue), keys)
        for day, status in (("08", "met"), ("09", "missed"), ("10", "met_late"), ("29", "open")):
            await connection.execute(
                text(
                    "insert into periodic_duty (county, duty, office, period, label, role, opens_on,"
                    " due_at, why, status) values (:c, 'attendance', :o, :n, '考勤', 'class_teacher',"
                    " cast(:p as date), cast(:p as date) + interval '7 hours', '', :s)"
                ),
                {"c": COUNTY, "o": SCHOOL, "s": status, "n": day, "p": date(2025, 9, int(day))},
            )
        await connection.execute(
            text(
                "insert into inspection_record (id, request_id, county, office, inspectors,"
                " is_responsible_inspector, inspected_on, is_ledger_sampled, problems, rectify_by,"
                " recorded_at, recorded_by) values (gen_random_uuid(), 'r-1', :c, :o,"
                " '{督一,督二}', false, '2025-09-12', true, '{点名册缺两天}', '2025-09-20', now(), 'x')"
            ),
            {"c": COUNTY, "o": SCHOOL},
        )
    school, township, primary = await assessed(desk, SCHOOL, TOWNSHIP, PRIMARY)
    found = school.data["results"]
    assert (school.data["unit"], school.data["head"]) == ("东风初级中学", "何静")
    assert figure(found, "在籍人数") == "20人"
    assert (figure(found, "新立案"), figure(found, "劝返返校")) == ("6件", "2人")
    assert figure(found, "考勤未按时上报") == "2次（应报3次，已补报1次）"
    assert figure(found, "督导检查") == "1次，发现问题1个，未整改1次"
    assert figure(found, "问责线索（校长，YN-14.4）") == "2条，其中免责1条、不成立0条"
    assert figure(found, "问责线索（班主任，YN-14.2）") == "1条，其中免责0条、不成立1条"
    (duties,) = await book.rows(
        desk.engine,
        "select count(*) filter (where status = 'met' and not was_missed) as good,"
        " count(*) filter (where was_missed) as late from obligation"
        " where owner_office = :o and escalates is null and due_on between '2025-01-01' and '2025-09-30'",
        o=SCHOOL,
    )  # fmt: skip
    assert figure(found, "限期任务").startswith(f"按时{duties.good}项，逾期{duties.late}项")
    assert "月报按时报送" not in {each["name"] for each in found}
    township_found = township.data["results"]
    assert township.data["unit"] == "东风镇人民政府"
    assert figure(township_found, "月报按时报送") == "本期没有应报的任务"
    assert figure(township_found, "指令响应及时率").endswith("（5/5）")
    names = {each["name"] for each in township_found}
    assert "问责线索（乡镇经办，YN-14.8）" in names
    assert not any("YN-14.4" in name for name in names)
    assert figure(primary.data["results"], "问责线索") == "0条"
    assert school.doc_no is None


async def test_an_assessment_holds_no_score_and_no_child(desk: Desk) -> None:
    """No field could hold a score, a grade or a rank; the boxes are empty; nobody is named."""
    fields = set(DATA_OF["annual_assessment"].model_fields)
    assert not {name for name in fields if "score" in name or "rank" in name or "grade" in name}
    batch = await desk.drafted("annual_assessment", {"report_year": 2025, "office": SCHOOL})
    page = await desk.page(batch)
    for word in ("得分", "总分", "扣分", "排名：", "优秀", "合格", "名次："):
        assert word not in page
    assert "系统不评分、不定等次、不排名次" in page
    assert "等次考核组签字" in page.replace("　", "")
    assert "自评考核组意见" in page.replace("　", "")
    numbers = [row.case_no for row in await book.rows(desk.engine, "select case_no from case_file")]
    secrets = [*NAMES.values(), *(id_no(n) for n in NAMES), *numbers]
    assert [each for each in secrets if each in page] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"report_year": 2025}, "缺少“被考核单位”"),
        ({"report_year": 2025, "office": "9902020001"}, "本县没有代码为所填单位代码"),
        ({"office": SCHOOL}, "缺少“年度”"),
        ({"report_year": 2025, "office": SCHOOL, "unit": "别的学校"}, "“被考核单位”由系统填写"),
        ({"report_year": 2025, "office": SCHOOL, "score": "95"}, "没有“score”这一栏"),
    ],
)
async def test_an_assessment_of_nobody_is_refused(
    desk: Desk, content: dict[str, Any], said: str
) -> None:
    """A unit of this county and a year, nothing typed that the ledger knows, no score."""
    answer = await desk.draft("annual_assessment", content)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text


async def test_an_issued_plan_of_the_county_counts_until_it_is_voided(desk: Desk) -> None:
    """A draft is no plan; signed it is the county's of that school year; voided it is gone."""
    assert COUNTY in await desk.missing()
    batch = await desk.drafted("county_plan", PLAN)
    assert COUNTY in await desk.missing()
    page = await desk.page(batch)
    for word in ("2025—2026学年第一学期", "适龄儿童少年40人", "在籍学生40人", "没有在校名册",
                 "8件，其中已返校待销号2件", "随班就读2人", "教体局：牵头督促。"):  # fmt: skip
        assert word in page, word
    await desk.sign(batch)
    assert COUNTY not in await desk.missing()
    assert COUNTY in await desk.missing(2026)
    (plan,) = await desk.plans()
    assert (plan.level, plan.office, plan.term, plan.attachment_ref, plan.approved_by) == (
        "county", COUNTY, 1, "教发〔2025〕1号", "edu_head",
    )  # fmt: skip
    await desk.void(batch)
    assert COUNTY in await desk.missing()
    assert await desk.plans() == []


async def test_a_schools_plan_is_its_own(desk: Desk) -> None:
    """The registrar drafts, the principal signs; only this school has a plan then; both are listed."""
    lacking = {name: value for name, value in PLAN.items() if name not in {"goals", "schedule"}}
    who = {"role": Role.REGISTRAR, "office": SCHOOL}
    answer = await desk.draft("school_plan", lacking, **who)
    assert ("缺少“工作目标”" in answer.text, "缺少“时间安排”" in answer.text) == (True, True)
    batch = await desk.drafted("school_plan", PLAN, **who)
    page = await desk.page(batch, office=SCHOOL)
    assert "在籍学生20人" in page
    assert "适龄儿童少年" not in page
    await desk.sign(batch, Role.PRINCIPAL, SCHOOL)
    missing = await desk.missing()
    assert (SCHOOL in missing, PRIMARY in missing) == (False, True)
    head = desk.head(Role.PRINCIPAL, SCHOOL)
    seen = (await desk.http.get("/api/plans?school_year=2025", headers=head)).json()
    assert [(each["level"], each["attachment_ref"]) for each in seen["plans"]] == [
        ("school", "校发〔2025〕1号")
    ]
    beside = desk.head(Role.PRINCIPAL, PRIMARY)
    assert (await desk.http.get("/api/plans?school_year=2025", headers=beside)).json()[
        "plans"
    ] == []
    await desk.void(batch, Role.PRINCIPAL, SCHOOL)
    assert SCHOOL in await desk.missing()


async def test_the_seats_stand_in_the_plan_unless_others_are_written(desk: Desk) -> None:
    """Whoever holds the county's seats is printed; duties the drafter wrote take their place."""
    unfilled = {name: value for name, value in PLAN.items() if name != "duty_lines"}
    answer = await desk.draft("county_plan", unfilled)
    assert "缺少“责任分工”" in answer.text
    async with desk.engine.begin() as connection:
        for line, title, name in (
            (Line.EDUCATION, "局领导", "周敏"), (Line.GOVERNMENT, "县领导", "孙伟"),
        ):  # fmt: skip
            post = Post(line=line, level=Level.COUNTY, office=COUNTY, seat=1, title=title)
            noted = Noted("edu_case", AUTUMN)
            await appoint(connection, COUNTY, post, Person(name, date(2025, 8, 1)), noted)
    page = await desk.page(await desk.drafted("county_plan", unfilled))
    assert "（一）政府线县领导：孙伟。（二）教育线局领导：周敏。" in page
    assert "孙伟" not in await desk.page(await desk.drafted("county_plan", PLAN))


CHILD_PLAN: dict[str, Any] = {
    "placement_way": "随班就读", "grade_basis": "八年级水平", "teaching_plan": "每周补课三次",
    "counselling": "无", "aid": "无", "responsible": [{"name": "班主任", "text": "王芳"}],
    "contact_plan": "每周联系一次", "milestones": [{"name": "十月底", "text": "返校"}],
}  # fmt: skip


async def planned(desk: Desk, walk: Walk, content: dict[str, Any]) -> Any:
    event = e.PaperDrafted(
        actor=actor(Role.CLASS_TEACHER, walk.state), happened_on=walk.today,
        paper_key="child_plan-1", paper_kind="child_plan", content=content,
    )  # fmt: skip
    async with desk.engine.connect() as connection:
        return await side_paper_data(connection, walk.state, event)


async def test_a_childs_plan_is_filled_from_its_case(desk: Desk, walks: dict[int, Walk]) -> None:
    """Child, guardian, cause and sponsors come from roster and ledger; a placement made stands."""
    made = await planned(desk, walks[1], CHILD_PLAN)
    assert (made.child_name, made.guardians[0].name, made.cause) == ("张小禾", "张国强", "厌学")
    assert (made.issuer, made.placement_way) == ("东风初级中学", "随班就读")
    (accepted,) = (each for each in walks[1].events if isinstance(each, e.OrderAccepted))
    assert [each.name for each in made.sponsors] == [each.name for each in accepted.sponsors]
    assert len(made.sponsors) >= 2
    async with desk.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into child_guardian (child_ref, guardian_ref, relation, is_primary)"
                " select :child, guardian_ref, relation, is_primary from child_guardian limit 1"
            ),
            {"child": walks[2].state.child_ref},
        )
    assert (await planned(desk, walks[2], CHILD_PLAN)).cause == "特殊原因（密）"
    with pytest.raises(PaperIncomplete) as refused:
        await planned(desk, walks[3], CHILD_PLAN | {"cause": "厌学"})
    assert [word in " ".join(refused.value.problems) for word in ("安置方式", "原因")] == [True] * 2
    with pytest.raises(PaperIncomplete) as refused:
        await planned(desk, walks[1], {})
    said = " ".join(refused.value.problems)
    for word in ("安置方式", "教学计划", "学校责任人", "联系和送教安排", "阶段目标和时间"):
        assert f"缺少“{word}”" in said


def persuaded(walk: Walk) -> str:
    walk.do(c.DraftPaper, Role.CLASS_TEACHER, paper_kind="child_plan")
    walk.do(c.ApprovePaper, Role.PRINCIPAL, paper="child_plan-1")
    return "child_plan-1"


def decided(walk: Walk) -> str:
    walk.do(c.DraftPaper, Role.CLASS_TEACHER, paper_kind="placement_decision")
    walk.do(c.ApprovePaper, Role.PRINCIPAL, paper="placement_decision-1")
    return "placement_decision-1"


@pytest.mark.parametrize(("number", "issue"), [(1, persuaded), (3, persuaded), (3, decided)])
async def test_an_issued_paper_is_the_childs_plan_until_it_is_voided(
    desk: Desk, walks: dict[int, Walk], number: int, issue: Callable[[Walk], str]
) -> None:
    """一人一方案: a plan of its own or the placement decision; one replaced passes it on."""
    walk = walks[number]
    query = "select case_no from case_file where case_id = :id"
    (row,) = await book.rows(desk.engine, query, id=walk.state.case_id)
    assert row.case_no in await desk.missing()
    key = issue(walk)
    await book.write(desk.engine, walk)
    assert row.case_no not in await desk.missing()
    (plan,) = await desk.plans()
    assert (plan.level, plan.office, plan.case_no, plan.approved_by) == (
        "person", SCHOOL, row.case_no, "principal-1",
    )  # fmt: skip
    walk.do(c.ReplacePaper, Role.CLASS_TEACHER, paper=key, reason="调整")
    newer = key.removesuffix("1") + "2"
    walk.do(c.ApprovePaper, Role.PRINCIPAL, paper=newer)
    await book.write(desk.engine, walk)
    assert len(await desk.plans()) == 1
    walk.do(c.VoidPaper, Role.PRINCIPAL, paper=newer, reason="有误")
    await book.write(desk.engine, walk)
    assert row.case_no in await desk.missing()
    assert await desk.plans() == []


@pytest.mark.parametrize("day", [date(2025, 8, 19), date(2025, 8, 20), date(2026, 1, 1)])
async def test_a_childs_plan_is_of_the_school_year_it_was_signed_in(
    desk: Desk, walks: dict[int, Walk], day: date
) -> None:
    """SQL and ``school_year_of`` cut the year at the same day."""
    persuaded(walks[1])
    await book.write(desk.engine, walks[1])
    async with desk.engine.begin() as connection:
        await connection.execute(
            text("update paper set issued_on = :day where kind = 'child_plan'"), {"day": day}
        )
    years = [year for year in range(2023, 2028) if await desk.plans(year)]
    assert years == [school_year_of(day)]


def test_a_plan_is_for_a_child_that_is_to_come_back() -> None:
    """Drafted while persuading or after the return; not while suspected, nor when lawfully deferred."""
    plan: dict[str, Any] = {"paper_kind": "child_plan"}
    assert roads.suspected().refuse(c.DraftPaper, Role.CLASS_TEACHER, **plan) == ["wrong_stage"]
    deferred = lawfully_deferred()
    assert deferred.refuse(c.DraftPaper, Role.CLASS_TEACHER, **plan) == ["other_deferral"]
    walk = roads.persuasion()
    assert walk.refuse(c.DraftPaper, Role.TOWNSHIP_CASE, **plan) == ["paper_role"]
    walk.do(c.DraftPaper, Role.CLASS_TEACHER, **plan)
    own = actor(Role.PRINCIPAL, walk.state, "class_teacher-1")
    assert walk.refuse(c.ApprovePaper, Role.PRINCIPAL, paper="child_plan-1", actor=own) == [
        "second_person"
    ]
