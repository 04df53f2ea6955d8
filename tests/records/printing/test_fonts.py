"""A Chinese font is found where it is, and its absence is said with the mend."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.folders import BASE_DIR
from records import checks
from records.printing import fonts, pdf
from records.printing.errors import FontMissing
from tests.records.printing.sheets import READER, RECORD, pages

SERIF, SANS = "NotoSerifCJKsc-Regular.otf", "NotoSansCJKsc-Regular.otf"


@pytest.fixture
def shipped() -> Path:
    """The folder of the package, which every development machine has."""
    (folder,) = fonts.shipped()
    return folder


def folder_with(at: Path, *files: Path) -> Path:
    at.mkdir()
    for file in files:
        (at / file.name).symlink_to(file)
    return at


def test_the_package_alone_prints_chinese(shipped: Path) -> None:
    typeface = fonts.find((shipped,))

    text = "".join(pages(pdf.render(RECORD, watermark=READER, typeface=typeface)))

    assert typeface.folder == shipped
    assert "家校沟通记录" in text
    assert "争议处理中" in text


@pytest.mark.parametrize("only", [SERIF, SANS])
def test_a_folder_with_one_family_is_enough(shipped: Path, tmp_path: Path, only: str) -> None:
    typeface = fonts.find((folder_with(tmp_path / "fonts", shipped / only),))

    text = "".join(pages(pdf.render(RECORD, watermark=READER, typeface=typeface)))

    assert typeface.serif == typeface.sans
    assert "二、问题描述" in text


def test_the_system_comes_before_the_package(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = folder_with(tmp_path / "system", shipped / SERIF, shipped / SANS)
    monkeypatch.setattr(fonts, "SYSTEM", (tmp_path / "absent", system))

    assert fonts.installed().folder == system


def test_a_folder_the_school_names_is_the_only_one(
    shipped: Path, tmp_path: Path, settings: Any
) -> None:
    settings.FONT_FOLDERS = [folder_with(tmp_path / "own", shipped / SERIF)]
    assert fonts.installed().folder == tmp_path / "own"

    settings.FONT_FOLDERS = [folder_with(tmp_path / "empty")]
    with pytest.raises(FontMissing):
        fonts.installed()


def test_without_a_font_the_error_names_the_mend(tmp_path: Path, settings: Any) -> None:
    settings.FONT_FOLDERS = [tmp_path]

    with pytest.raises(FontMissing) as missing:
        pdf.render(RECORD, watermark=READER)

    assert (missing.value.code, missing.value.status) == ("printing.font_missing", 503)
    for mend in ("apt install fonts-noto-cjk", "mplfonts", "SANFANG_FONTS"):
        assert mend in str(missing.value)


def test_a_font_installed_while_the_server_runs_counts_at_once(
    shipped: Path, tmp_path: Path
) -> None:
    with pytest.raises(FontMissing):
        fonts.find((tmp_path,))

    (tmp_path / SERIF).symlink_to(shipped / SERIF)

    assert fonts.find((tmp_path,)).serif == "Noto Serif CJK SC"


def test_a_broken_font_file_is_passed_over(shipped: Path, tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "fonts", shipped / SERIF)
    (folder / "broken.ttf").write_bytes(b"\x00\x01\x00\x00\x00\xff" + b"x" * 40)

    assert "家" in fonts.find((folder,)).letters.anywhere


def test_the_package_is_found_without_importing_it() -> None:
    program = (
        "import django, sys; django.setup();"
        "from records.printing import fonts; assert list(fonts.shipped());"
        "assert not {'mplfonts', 'matplotlib', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "SANFANG_ENV": "development"},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode()


def test_a_server_without_a_font_is_warned_and_starts(tmp_path: Path, settings: Any) -> None:
    settings.FONT_FOLDERS = [tmp_path]
    (warning,) = checks.chinese_can_be_printed()

    assert warning.id == "records.W001"
    assert "fonts-noto-cjk" in str(warning.hint)
    assert not warning.is_serious()


def test_a_server_with_a_font_is_not_warned() -> None:
    assert checks.chinese_can_be_printed() == []


def test_the_image_of_production_brings_a_font() -> None:
    assert "fonts-noto-cjk" in (BASE_DIR / "Dockerfile").read_text()
