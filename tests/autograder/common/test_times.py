"""Times as people write them: read where there is one reading, and never guessed or dropped without a word."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.coursedir import CourseDirectory

from autograder.common.times import read_stamp, read_time, stamp_in
from autograder.plugins.before_grading import read_times_as_we_do

NOON = datetime(2026, 3, 2, 12)
PLAIN = "2026-03-02 12:00:00 UTC"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode() + b"\r\n",
        *(PLAIN.encode(form) for form in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        b"2026-03-02 12:00:00.000000 UTC",
        b"2026-03-02 12:00:00",  # as nbgrader's zip_collect writes it
        b"2026-03-02T12:00:00Z",
        b"2026-03-02 21:00:00 +0900",
        b"2026-03-02 21:00 UTC+9",
        b"2026-03-02 13:00 Europe/Berlin",
        b"Mon, 02 Mar 2026 13:00:00 +0100",
        "２０２６-03-02 12:00:00\u00a0UTC".encode(),
    ],
)
def test_a_time_with_one_reading_is_read_without_a_word(data):
    assert read_stamp(data).when == NOON
    assert not read_stamp(data).remark


@pytest.mark.parametrize(
    ("text", "when", "words"),
    [
        ("2026-03-02 21:00:00 KST", NOON, "KST was read as UTC+09:00"),
        ("2026-03-02 14:00:00 cest", NOON, "CEST was read as UTC+02:00"),
        ("Mon Mar  2 21:00:00 JST 2026", NOON, "JST was read as UTC+09:00"),
        ("25.03.2026 12:00", datetime(2026, 3, 25, 12), "it names no time zone, and was read as UTC"),
        ("Monday, 2 March 2026, 12:00 PM", NOON, "it names no time zone"),
        ("2026년 3월 2일 오후 12:00", NOON, "it names no time zone"),
        ("2026/3/2 下午 12:00", NOON, "it names no time zone"),
    ],
)
def test_how_a_time_was_read_is_said_where_it_is_no_matter_of_course(text, when, words):
    time = read_stamp(text.encode())
    assert time.when == when
    assert words in time.remark


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("02.03.2026 12:00", "that may be 3 February 2026 or 2 March 2026"),
        ("03/02/26 12:00", "that may be"),
        ("yesterday noon", "that is no time"),
        ("2026-03-02", "the time of day, is missing"),
        ("12:00 UTC", "a part of the date"),
        ("March 2 12:00", "a part of the date"),
        ("2026-03-02 12:00 XQZ", "the time zone XQZ is not known"),
        ("2026-03-02 12:00 CST", "the time zone CST may be UTC-06:00 or"),
        ("2026-03-02 12:00 +9900", "its distance from UTC is not possible"),
        ("0026-03-02 12:00", "the year 26 is not possible"),
        ("1772452800", "that is no time"),
        ("\x1b[31m", "that is no time"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_told_is_no_time_and_is_said_so(text, words):
    time = read_stamp(text.encode())
    assert time.when is None
    assert words in time.remark
    assert "No time is counted, and so no lateness" in time.remark
    assert time.remark.isprintable()


@given(st.binary(max_size=300) | st.text(max_size=120).map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_lies_in_the_file_comes_out_as_a_time_or_a_remark(data):
    time = read_stamp(data)
    assert time.when or time.remark
    assert time.remark.isprintable()


@given(st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1)))
def test_what_nbgrader_writes_is_read_back(when):
    assert read_time(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC").when == when
    assert read_time(when.isoformat(" ")).when == when


def test_a_zone_of_the_table_counts_where_the_text_names_none():
    seoul = ZoneInfo("Asia/Seoul")
    assert read_time("Monday, 2 March 2026, 9:00 PM", seoul).when == NOON
    assert read_time(PLAIN, seoul).when == NOON


def test_nbgrader_reads_times_as_we_do(tmp_path):
    read_times_as_we_do()
    course, path = CourseDirectory(), tmp_path / "timestamp.txt"
    assert course.get_existing_timestamp(str(tmp_path)) is None
    for data in (PLAIN.encode("utf-16"), b"2026-03-02 21:00:00 KST", b"02.03.2026 12:00", b"soon", b"\xff", b""):
        path.write_bytes(data)
        assert course.get_existing_timestamp(str(tmp_path)) == stamp_in(tmp_path).when
