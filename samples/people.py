"""Invented children class by class, with their families."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from models.identity import Sex, check_character
from samples import names
from samples.draw import Draw
from samples.families import Family, found_family
from samples.places import COUNTY, SCHOOL_PLANS, TOWNSHIPS, SchoolPlan, county_name
from samples.records import (
    ChildGuardianRow,
    ChildRow,
    ClassRoomRow,
    GuardianRow,
    HouseholdRow,
)


@dataclass(slots=True)
class People:
    class_rooms: list[ClassRoomRow] = field(default_factory=list)
    households: list[HouseholdRow] = field(default_factory=list)
    children: list[ChildRow] = field(default_factory=list)
    guardians: list[GuardianRow] = field(default_factory=list)
    links: list[ChildGuardianRow] = field(default_factory=list)


class Settlement:
    """Fills the schools of one year with children."""

    def __init__(self, seed: int, school_year: int) -> None:
        self.people = People()
        self._draw = Draw(seed, "people")
        self._year = school_year
        self._families: dict[str, list[Family]] = {township.code: [] for township in TOWNSHIPS}
        self._taken: set[str] = set()

    def fill(self) -> People:
        for plan in SCHOOL_PLANS:
            for grade in plan.grades:
                for number in range(1, plan.classes + 1):
                    self._fill_class(plan, grade, number)
        return self.people

    def _fill_class(self, plan: SchoolPlan, grade: int, number: int) -> None:
        draw = self._draw
        teacher = names.full_name(draw, Sex.FEMALE, names.surname(draw))
        code = f"{plan.school.code}-{self._year}-{grade:02}{number:02}"
        self.people.class_rooms.append(
            ClassRoomRow(code, plan.school.code, self._year, grade, number, teacher)
        )
        known: set[str] = set()
        for _ in range(draw.between(34, 42)):
            family = self._family_for(plan, grade)
            sex = Sex.MALE if draw.chance(0.52) else Sex.FEMALE
            name = names.full_name(draw, sex, family.surname)
            while name in known:
                name = names.full_name(draw, sex, family.surname)
            known.add(name)
            self._enrol(plan, grade, number, family, name, sex)

    def _family_for(self, plan: SchoolPlan, grade: int) -> Family:
        draw = self._draw
        township = plan.school.township
        if grade >= 7 and draw.chance(0.12):
            township = draw.pick(TOWNSHIPS).code
        families = self._families[township]
        if families and draw.chance(0.2):
            family = draw.pick(families)
            if grade not in family.grades and len(family.grades) < 3:
                return family
        family = found_family(draw, township, self.id_number)
        families.append(family)
        self.people.households.append(family.household)
        self.people.guardians.extend(guardian for guardian, _, _ in family.guardians)
        return family

    def _enrol(
        self, plan: SchoolPlan, grade: int, number: int, family: Family, name: str, sex: Sex
    ) -> None:
        draw = self._draw
        family.grades.append(grade)
        first_birthday = date(self._year - 6 - grade, 9, 1)
        birth_on = first_birthday + timedelta(draw.between(0, 364))
        id_no: str | None = self.id_number(family.household_county, birth_on, sex)
        roll_no: str | None = f"G{id_no}"
        if draw.chance(0.006):
            temporary = f"L{COUNTY.code}{birth_on:%Y%m%d}{len(self.people.children):04}"
            id_no, roll_no = None, temporary if draw.chance(0.7) else None
        elif draw.chance(0.005):
            roll_no = None
        is_local = family.household_county == COUNTY.code
        registered = f"{family.village}{family.door}号"
        child = ChildRow(
            ref=draw.ref(),
            id_no=id_no,
            roll_no=roll_no,
            name=name,
            sex=sex,
            birth_on=birth_on,
            school=plan.school.code,
            grade=grade,
            class_number=number,
            household_county=family.household_county,
            household_township=family.township if is_local else None,
            household_address=(
                family.address
                if is_local
                else f"{county_name(family.household_county)}{registered}"
            ),
            current_address=family.address,
            residence_township=family.township,
            is_boarding=grade >= plan.boards_from and draw.chance(0.4),
            household_ref=family.household.ref,
        )
        self.people.children.append(child)
        self.people.links.extend(
            ChildGuardianRow(child.ref, guardian.ref, relation, is_primary)
            for guardian, relation, is_primary in family.guardians
        )

    def id_number(self, division: str, birth_on: date, sex: Sex) -> str:
        """Draw an ID number nobody has yet."""
        while True:
            sequence = self._draw.between(1, 499) * 2 - (sex is Sex.MALE)
            first_17 = f"{division}{birth_on:%Y%m%d}{sequence:03}"
            number = first_17 + check_character(first_17)
            if number not in self._taken:
                self._taken.add(number)
                return number
