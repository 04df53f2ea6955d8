"""What cannot be drawn is said by its number; what can is left as it is."""

import pytest

from records.printing import fonts
from records.printing.letters import Letters, Ranges, covered, printable

CHINESE_ONLY = Ranges([(0x20, 0x7E), (0x300, 0x301), (0x3000, 0x9FFF), (0xFF01, 0xFF5E)])
LETTERS = Letters(anywhere=CHINESE_ONLY, own=(CHINESE_ONLY,))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("家长来电，说明情况。", "家长来电，说明情况。"),
        ("好的😀", "好的[U+1F600]"),
        ("一\x00二", "一[U+0000]二"),
        ("一\ud83d二", "一[U+D83D]二"),
        ("\u202e同意", "[U+202E]同意"),
        ("\ufeff同意", "[U+FEFF]同意"),
        ("\ue000", "[U+E000]"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("x" + "\u0301" * 20, "x\u0301\u0301\u0301[U+0301×17]"),
    ],
)
def test_each_kind_of_odd_letter_is_shown(written: str, shown: str) -> None:
    assert printable(written, LETTERS) == shown


def test_a_mark_is_not_borrowed_from_another_font() -> None:
    """The setter lends whole letters; half of one would become a box."""
    own = Ranges([(0x20, 0x7E)])

    assert printable("x\u0301", Letters(anywhere=CHINESE_ONLY, own=(own,))) == "x[U+0301]"


@pytest.mark.parametrize("run", ["W" * 500, "。" * 500, "!" * 500, "ab-" * 200, "😀" * 100])
def test_a_long_run_may_break_anywhere(run: str) -> None:
    assert max(map(len, printable(run, LETTERS).split("\u200b"))) <= len("[U+1F600]")


def test_chinese_needs_no_help_to_break() -> None:
    assert "\u200b" not in printable("家长希望学校多打几次电话" * 50, LETTERS)


@pytest.mark.parametrize(
    ("letter", "within"),
    [("a", True), ("c", True), ("d", False), ("g", True), ("`", False), ("x", True), ("z", False)],
)
def test_ranges_meet_and_overlap(letter: str, within: bool) -> None:
    ranges = Ranges([(0x78, 0x78), (0x61, 0x62), (0x62, 0x63), (0x66, 0x67)])

    assert (letter in ranges) is within


def test_the_fonts_of_this_machine_draw_what_a_school_writes() -> None:
    letters = fonts.installed().letters

    assert all(map(letters.draw, "家校档案，。：“”《》〇①℃±×…—·Ｗ0aA喆𠮷"))
    assert not letters.draw("\U0001fbff")


def test_both_formats_of_a_font_s_map_are_read() -> None:
    """Format 12 and, for older fonts, format 4; each face says what its table says."""
    (folder,) = fonts.shipped()
    newer = Ranges(covered(folder / "NotoSansCJKsc-Regular.otf", 0))
    older = Ranges(covered(folder / "SimHei.ttf", 0))

    assert "家" in newer
    assert "𠮷" in newer
    assert "家" in older
    assert "𠮷" not in older


def test_a_file_that_is_no_font_draws_nothing(tmp_path: object) -> None:
    (folder,) = fonts.shipped()

    assert covered(folder / "absent.otf", 0) == []
    assert covered(folder.parent / "__init__.py", 0) == []
