"""The one error of this room: what is wrong, and what to do."""


class ReportRefused(Exception):
    """A report cannot be made, submitted or signed; the text is for people."""


class NoSuchReport(ReportRefused):
    """There is no such report, or it is not this office's."""
