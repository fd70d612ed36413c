"""What can be wrong with a file or a row, each with what to do about it in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.identity import IdentityError


class FileProblem(StrEnum):
    MISSING = "missing"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    WORKBOOK = "workbook"
    PASSWORD = "password"
    NO_HEADER = "no_header"
    TABLE_HEADER = "table_header"
    PDF = "pdf"
    MISSING_COLUMNS = "missing_columns"
    NO_ROWS = "no_rows"
    UNREADABLE = "unreadable"
    ERROR_FILE = "error_file"
    ROSTER_HEADER = "roster_header"
    UNKNOWN_FIELD = "unknown_field"
    REPLACED_FILE = "replaced_file"
    NOTHING_TO_AMEND = "nothing_to_amend"
    NO_GOOD_ROW = "no_good_row"
    REMOVES_MUCH = "removes_much"
    AMBIGUOUS_COLUMNS = "ambiguous_columns"
    WHOSE_NUMBER = "whose_number"


FILE_SENTENCES = {
    FileProblem.MISSING: "找不到文件，请检查路径和文件名",
    FileProblem.EMPTY: "文件是空的，请确认导出是否成功后重新上传",
    FileProblem.TOO_LARGE: "文件超过 {limit} MB，请按月份或学校拆分后分别导入",
    FileProblem.ENCODING: (
        "无法识别文字编码。请用表格软件打开后“另存为”Excel 工作簿（.xlsx）或“CSV UTF-8”格式，再导入"
    ),
    FileProblem.WORKBOOK: "工作簿无法打开，可能已损坏。请用表格软件打开后另存为 .xlsx 再导入",
    FileProblem.PASSWORD: "工作簿设有打开密码，请取消密码后再导入",
    FileProblem.NO_HEADER: (
        "没有找到表头行。表头应在前 {limit} 行之内，至少写明：日期、姓名或身份证件号、考勤"
    ),
    FileProblem.TABLE_HEADER: (
        "没有找到表头行。表头应在前 {limit} 行之内，须写明：{columns}。请核对是否选错了文件"
    ),
    FileProblem.PDF: "这是 PDF 文件，只改了后缀。请用原来的表格另存为 .xlsx 或 CSV 再导入",
    FileProblem.MISSING_COLUMNS: "表头缺少：{columns}。请补上这些列后再导入",
    FileProblem.UNREADABLE: "文件读不出来，请检查是否有权限打开、是否正被其他程序占用",
    FileProblem.ERROR_FILE: (
        "有退回的行，但无法在 {folder} 写退回文件，本次没有导入任何内容。"
        "请把文件放到可写的文件夹后再导入"
    ),
    FileProblem.ROSTER_HEADER: (
        "没有找到“{kind}”名册的表头行。表头应在前 {limit} 行之内，至少有两列认得出的列名（如姓名、"
        "身份证件号）；列名特殊时可指明它是哪一项，如：登记姓名=name"
    ),
    FileProblem.UNKNOWN_FIELD: "没有“{field}”这一项，请核对列名与项目的对应",
    FileProblem.REPLACED_FILE: (
        "这个文件已于 {day} 被后来的文件更正替代，没有再导入。如确要恢复成这个文件的内容，"
        "请改动后另存再导入，或加上恢复选项"
    ),
    FileProblem.NOTHING_TO_AMEND: (
        "这是一份退回的错误行，但同一来源、同一学期还没有导入过该名册，请先导入原文件"
    ),
    FileProblem.NO_GOOD_ROW: (
        "所有行都被退回，没有导入任何内容，原有名册不变。请按退回文件中的原因改正后再导入"
    ),
    FileProblem.REMOVES_MUCH: (
        "来源“{source}”在册 {held} 行，导入这个文件会移出其中 {removed} 行，没有导入任何内容。"
        "如果文件只是一部分（如一所学校、一个乡镇），请写明它的来源单位代码（--source）再导入；"
        "如果这些行确实不再属于名册，请核对后写明允许移出的行数（--may-remove {removed}）再导入"
    ),
    FileProblem.AMBIGUOUS_COLUMNS: (
        "这几列都像是“{label}”，分不清该用哪一列：{columns}。没有导入任何内容。"
        "请指明是哪一列，如：{last}={field}（其余的列不会当作“{label}”）"
    ),
    FileProblem.WHOSE_NUMBER: (
        "{column}紧接在{beside}之后，分不清是儿童的号码还是大人的。没有导入任何内容。"
        "是儿童的请指明 {header}=id_no；是大人的请指明 {header}=（等号后留空，不导入这一列）"
    ),
    FileProblem.NO_ROWS: "表头下面没有数据行，请确认是否选错了文件",
}


class IntakeError(Exception):
    """A file nothing can be taken from; ``str()`` is the sentence for a person."""

    def __init__(self, code: FileProblem, **values: object) -> None:
        super().__init__(FILE_SENTENCES[code].format(**values) + "。")
        self.code = code
        self.values = values

    def adding(self, sentence: str) -> IntakeError:
        """Say one thing more."""
        self.args = (f"{self}{sentence}",)
        return self

    def on_sheet(self, name: str) -> IntakeError:
        """Say on which sheet of the workbook, and what to do where it is no list of children."""
        self.args = (f"工作表《{name}》：{self}若这张表不是名册，请删去或隐藏后再导入。",)
        return self


class RowProblem(StrEnum):
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATE_IN_FUTURE = "date_in_future"
    NOT_A_SCHOOL_DAY = "not_a_school_day"
    ID_NUMBER = "id_number"
    ID_NUMBER_NEEDS_REVIEW = "id_number_needs_review"
    ROLL_NUMBER = "roll_number"
    NUMBERS_DISAGREE = "numbers_disagree"
    SCHOOL_MISSING = "school_missing"
    SCHOOL_UNKNOWN = "school_unknown"
    SCHOOL_MISMATCH = "school_mismatch"
    CLASS_MISSING = "class_missing"
    CLASS_UNKNOWN = "class_unknown"
    CHILD_MISSING = "child_missing"
    CHILD_UNKNOWN = "child_unknown"
    CHILD_AMBIGUOUS = "child_ambiguous"
    NAME_MISMATCH = "name_mismatch"
    MARK_MISSING = "mark_missing"
    MARK_UNKNOWN = "mark_unknown"
    DUPLICATE_ROW = "duplicate_row"
    CONFLICTING_ROWS = "conflicting_rows"
    FULL_ATTENDANCE_CONFLICT = "full_attendance_conflict"


ROW_SENTENCES = {
    RowProblem.DATE_MISSING: "没有填日期，请填写缺勤当天的日期",
    RowProblem.DATE_UNREADABLE: "日期无法识别，请写成 2025-09-01 的样子（年份不能省）",
    RowProblem.DATE_IN_FUTURE: "日期晚于今天，请核对年份和月份",
    RowProblem.NOT_A_SCHOOL_DAY: "这一天不上课（{why}），请核对日期；若确实上课，请先更正校历",
    RowProblem.ID_NUMBER: "身份证件号：{why}",
    RowProblem.ID_NUMBER_NEEDS_REVIEW: (
        "身份证件号是 15 位旧号码，需人工核对，请照现用证件改填 18 位号码"
    ),
    RowProblem.ROLL_NUMBER: "学籍号：{why}",
    RowProblem.NUMBERS_DISAGREE: "身份证件号与学籍号不是同一名学生，请核对后改正其中一个",
    RowProblem.SCHOOL_MISSING: "没有填学校，请填写学校全称",
    RowProblem.SCHOOL_UNKNOWN: "名册里没有这所学校，请填写与学校名册一致的全称",
    RowProblem.SCHOOL_MISMATCH: "该生在名册里不属于这所学校，请核对学校；若已转学，请先更新名册",
    RowProblem.CLASS_MISSING: "没有填班级，请写成“三年级2班”的样子",
    RowProblem.CLASS_UNKNOWN: "该学年的名册里没有这个班，请核对班级，或先导入该学年的学校名册",
    RowProblem.CHILD_MISSING: (
        "没有填是哪名学生，请填写身份证件号或学籍号；无人缺勤请在考勤栏填“全勤”"
    ),
    RowProblem.CHILD_UNKNOWN: "名册里没有这名学生，请核对号码和姓名；若是新生，请先更新学校名册",
    RowProblem.CHILD_AMBIGUOUS: "本班有同名学生，单凭姓名无法确定，请补填身份证件号或学籍号",
    RowProblem.NAME_MISMATCH: "姓名与名册里该号码的姓名不一致，请核对是号码填错还是姓名填错",
    RowProblem.MARK_MISSING: "没有填考勤，请填写：{words}",
    RowProblem.MARK_UNKNOWN: "考勤写法无法识别，请改为：{words}",
    RowProblem.DUPLICATE_ROW: "与本文件另一行重复（同一学生、同一天），请删去多余的一行",
    RowProblem.CONFLICTING_ROWS: (
        "本文件对同一学生同一天有互相矛盾的考勤，几行都未导入，请只留正确的一行"
    ),
    RowProblem.FULL_ATTENDANCE_CONFLICT: (
        "本文件同一天既说本班全勤，又有本班学生的缺勤行，请删去不符的一种"
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one row."""

    code: RowProblem
    sentence: str


def problem(code: RowProblem, **values: object) -> Problem:
    return Problem(code, ROW_SENTENCES[code].format(**values))


def number_problem(code: RowProblem, error: IdentityError) -> Problem:
    return problem(code, why=error.sentence)
