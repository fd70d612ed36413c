"""The invented places: 示例县 with its townships and schools, and the counties around it.

Division codes begin with 99, which GB/T 2260 does not give out.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.roster import SchoolStage, TownshipKind
from samples.records import CountyRow, SchoolRow, TownshipRow

COUNTY = CountyRow("990101", "示例县", "示例县教育体育局")
OTHER_COUNTIES = (
    CountyRow("990102", "邻山县", "邻山县教育体育局"),
    CountyRow("990203", "望川县", "望川县教育局"),
    CountyRow("995301", "远岭县", "远岭县教育体育局"),
)


def _township(number: int, name: str, kind: TownshipKind) -> TownshipRow:
    office = "人民政府" if kind is TownshipKind.TOWNSHIP else "办事处"
    return TownshipRow(
        f"{COUNTY.code}{number:03}", COUNTY.code, name, kind, f"{COUNTY.name}{name}{office}"
    )


TOWNSHIPS = (
    _township(1, "城南街道", TownshipKind.SUBDISTRICT),
    _township(2, "青禾镇", TownshipKind.TOWNSHIP),
    _township(3, "石涧乡", TownshipKind.TOWNSHIP),
)

VILLAGES = {
    "990101001": ("新桥社区", "文昌社区", "河滨社区", "东门社区"),
    "990101002": ("青禾村", "柳溪村", "大坪村", "白塔村", "枫树村"),
    "990101003": ("石涧村", "松岭村", "云台村", "上寨村", "下寨村"),
}
"""Villages and communities by township code, in the order they are drawn from."""


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """A school and the number of classes in each of its grades."""

    school: SchoolRow
    grades: range
    classes: int

    @property
    def boards_from(self) -> int:
        """The lowest grade that boards; 10 where nobody does."""
        return 10 if self.school.township == "990101001" else 4


def _plan(
    number: int, township: TownshipRow, name: str, stage: SchoolStage, classes: int
) -> SchoolPlan:
    grades = {
        SchoolStage.PRIMARY: range(1, 7),
        SchoolStage.JUNIOR: range(7, 10),
        SchoolStage.NINE_YEAR: range(1, 10),
    }[stage]
    school = SchoolRow(
        code=f"{COUNTY.code}{number:04}",
        township=township.code,
        county=COUNTY.code,
        name=name,
        stage=stage,
        address=f"{COUNTY.name}{township.name}学府路{number * 7}号",
        phone=f"0999-{6200100 + number}",
    )
    return SchoolPlan(school, grades, classes)


_TOWN, _VALLEY, _UPLAND = TOWNSHIPS
SCHOOL_PLANS = (
    _plan(1, _TOWN, "示例县第一小学", SchoolStage.PRIMARY, 3),
    _plan(2, _VALLEY, "青禾镇中心小学", SchoolStage.PRIMARY, 2),
    _plan(3, _UPLAND, "石涧乡松岭小学", SchoolStage.PRIMARY, 1),
    _plan(4, _TOWN, "示例县第一初级中学", SchoolStage.JUNIOR, 4),
    _plan(5, _VALLEY, "青禾镇初级中学", SchoolStage.JUNIOR, 2),
    _plan(6, _UPLAND, "石涧乡九年一贯制学校", SchoolStage.NINE_YEAR, 1),
)
SCHOOLS = tuple(plan.school for plan in SCHOOL_PLANS)


def county_name(code: str) -> str:
    return next(county.name for county in (COUNTY, *OTHER_COUNTIES) if county.code == code)
