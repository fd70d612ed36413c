"""Row order, with hypothesis: the judgement is a function of the set of rows."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.headers import find_tables
from intake.judging import judge
from intake.reading import Sheet
from intake.roster import KnownChild, Roster
from intake.wording import name_key
from intake.written_rows import read_rows
from tests.intake import golden
from tests.intake.calendars import calendar_for
from tests.intake.village import VILLAGE

CALENDAR = calendar_for(golden.AS_OF)
ROSTER = Roster(
    [(school.code, school.name) for school in VILLAGE.schools],
    [(r.code, r.school, r.school_year, r.grade, r.number) for r in VILLAGE.class_rooms],
    [
        KnownChild(c.ref, c.id_no, c.roll_no, name_key(c.name), c.school, c.grade, c.class_number)
        for c in VILLAGE.children
    ],
)


def outcome(rows):
    judgement = judge(
        read_rows(find_tables([Sheet("", (golden.HEADER, *rows))])), ROSTER, CALENDAR, golden.AS_OF
    )
    return (
        Counter((d.child_ref, d.day, d.mark, d.reason, d.class_code) for d in judgement.child_days),
        Counter((d.class_code, d.day) for d in judgement.full_days),
        Counter(tuple(sorted(p.code for p in row.problems)) for row in judgement.rejected),
    )


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_order_of_rows_never_changes_the_judgement(data):
    """Any rows, some of them twice, in any order, give the same good rows and the same refusals."""
    rows = data.draw(st.lists(st.sampled_from(golden.numbered()), min_size=1, max_size=40))
    shuffled = data.draw(st.permutations(rows))

    assert outcome(shuffled) == outcome(rows)
