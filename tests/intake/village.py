"""Two small schools whose children the tests know by name."""

from datetime import date
from uuid import UUID

from models.identity import Sex, check_character
from models.roster import PovertyKind
from samples.county import SampleCounty
from samples.places import COUNTY, SCHOOLS, TOWNSHIPS
from samples.records import ChildRow, ClassRoomRow, HouseholdRow

PRIMARY, OTHER = SCHOOLS[0], SCHOOLS[1]
HOUSE = HouseholdRow(UUID(int=1), "王安", PovertyKind.NONE)


def id_number(sequence: int, born: date = date(2017, 5, 4)) -> str:
    first_17 = f"990101{born:%Y%m%d}{sequence:03}"
    return first_17 + check_character(first_17)


def child(
    number: int, name: str, *, school: str = PRIMARY.code, class_number: int = 1, **numbers: object
) -> ChildRow:
    id_no = numbers.get("id_no", id_number(number * 2))
    return ChildRow(
        ref=UUID(int=1000 + number),
        id_no=id_no,
        roll_no=numbers.get("roll_no", f"G{id_no}" if id_no else None),
        name=name,
        sex=Sex.FEMALE,
        birth_on=date(2017, 5, 4),
        school=school,
        grade=3,
        class_number=class_number,
        household_county=COUNTY.code,
        household_township=TOWNSHIPS[0].code,
        household_address="",
        current_address="",
        residence_township=TOWNSHIPS[0].code,
        is_boarding=False,
        household_ref=HOUSE.ref,
    )


YU = child(1, "王雨")
QI = child(2, "李琪")
DOTTED = child(3, "沙玛·阿依")
NO_NUMBER = child(4, "周无号", id_no=None, roll_no=None)
TWIN_A = child(5, "陈同名", id_no=None, roll_no="L99010120170001")
TWIN_B = child(6, "陈同名", id_no=None, roll_no="L99010120170002")
SECOND_CLASS = child(7, "赵二班", class_number=2)
FAR = child(8, "钱远", school=OTHER.code)
CHILDREN = (YU, QI, DOTTED, NO_NUMBER, TWIN_A, TWIN_B, SECOND_CLASS, FAR)

CLASSES = tuple(
    ClassRoomRow(f"{school.code}-2025-03{number:02}", school.code, 2025, 3, number, "孙老师")
    for school, number in ((PRIMARY, 1), (PRIMARY, 2), (OTHER, 1))
)

VILLAGE = SampleCounty(
    day=date(2025, 10, 20),
    school_year=2025,
    counties=(COUNTY,),
    townships=TOWNSHIPS,
    schools=SCHOOLS,
    class_rooms=CLASSES,
    terms=(),
    households=(HOUSE,),
    children=CHILDREN,
    guardians=(),
    child_guardians=(),
    absences=(),
    class_days=(),
    planted=(),
)
