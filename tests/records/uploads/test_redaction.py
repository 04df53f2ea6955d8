"""What is hidden in a picture is gone from its pixels, not covered."""

import math

import pytest
from PIL import Image, ImageChops, ImageDraw

from records.uploads import CleanFile, Reason, UploadRefused
from records.uploads.redaction import Area, Unit, hide
from tests.records.uploads.files import mp4, opened, photo, saved, taken

SIZE = (200, 120)
FACE = (64, 32, 112, 80)
OVER_THE_FACE = Area(*FACE, unit=Unit.PIXEL)


def classroom(name: str, form: str) -> CleanFile:
    """A picture in which only the writing on one face differs."""
    picture = photo(SIZE)
    face = Image.new("RGB", (48, 48), "white")
    ImageDraw.Draw(face).text((2, 16), name, fill="red")
    picture.paste(face, FACE[:2])
    return taken(saved(picture, form), f"class.{form.lower()}")


def black(box: tuple[int, int, int, int], file: CleanFile) -> bool:
    """Whether every pixel in there is one and the same black; JPEG rounds by a shade."""
    inside = opened(file.data).convert("L").crop(box)
    brightest = max(shade for shade, count in enumerate(inside.histogram()) if count)
    return brightest <= (0 if file.media_type == "image/png" else 2)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_hidden_pixels_are_black(form: str) -> None:
    hidden = hide(file=classroom("Lin", form), areas=[OVER_THE_FACE])

    assert black(FACE, hidden.file)
    assert hidden.file.media_type == f"image/{form.lower()}"
    assert (hidden.file.width, hidden.file.height) == SIZE


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_what_was_hidden_cannot_be_told_from_the_new_file(form: str) -> None:
    """Two pictures that differ in the hidden part alone become one and the same file."""
    lin, wang = classroom("Lin", form), classroom("Wang", form)
    assert lin.data != wang.data

    hidden = [hide(file=one, areas=[OVER_THE_FACE]).file.data for one in (lin, wang)]

    assert hidden[0] == hidden[1]


def test_the_rest_of_the_picture_stays() -> None:
    before = classroom("Lin", "PNG")

    after = hide(file=before, areas=[OVER_THE_FACE]).file

    difference = ImageChops.difference(
        opened(before.data).convert("RGB"), opened(after.data).convert("RGB")
    )
    assert difference.getbbox() == FACE


def test_fractions_cover_whole_pixels_outwards() -> None:
    hidden = hide(file=classroom("Lin", "PNG"), areas=[Area(0.501, 0.501, 0.7501, 0.9)])

    assert hidden.areas == (Area(100, 60, 151, 108, unit=Unit.PIXEL),)
    assert black((100, 60, 151, 108), hidden.file)


def test_a_jpeg_is_hidden_by_whole_blocks() -> None:
    hidden = hide(file=classroom("Lin", "JPEG"), areas=[Area(65, 33, 66, 34, unit=Unit.PIXEL)])

    assert hidden.areas == (Area(64, 32, 80, 48, unit=Unit.PIXEL),)


def test_a_see_through_picture_is_hidden_in_solid_black() -> None:
    glass = Image.new("RGBA", SIZE, (255, 0, 0, 0))

    hidden = hide(file=taken(saved(glass, "PNG")), areas=[OVER_THE_FACE]).file

    assert opened(hidden.data).getpixel((70, 40)) == (0, 0, 0, 255)
    assert opened(hidden.data).getpixel((0, 0)) == (255, 0, 0, 0)


def test_several_areas_are_hidden_at_once_up_to_the_edge() -> None:
    areas = [Area(0, 0, 0.1, 0.1), Area(0.9, 0.9, 1, 1)]

    hidden = hide(file=classroom("Lin", "PNG"), areas=areas)

    assert black((0, 0, 20, 12), hidden.file)
    assert black((180, 108, 200, 120), hidden.file)


def test_the_new_file_has_its_own_hash_and_remembers_the_original() -> None:
    before = classroom("Lin", "PNG")

    after = hide(file=before, areas=[OVER_THE_FACE]).file

    assert after.sha256 != before.sha256
    assert after.sha256_of_original == before.sha256_of_original
    assert after.name == before.name


@pytest.mark.parametrize(
    "areas",
    [
        [],
        [Area(0, 0, 1.1, 1)],
        [Area(-0.1, 0, 1, 1)],
        [Area(0.5, 0, 0.5, 1)],
        [Area(0.6, 0, 0.5, 1)],
        [Area(0, 0, math.nan, 1)],
        [Area(0, 0, math.inf, 1)],
        [Area(0, 0, 201, 10, unit=Unit.PIXEL)],
        [Area(0, 0, 1, 1)] * 101,
    ],
)
def test_an_area_outside_the_picture_is_refused(areas: list[Area]) -> None:
    with pytest.raises(UploadRefused) as refused:
        hide(file=classroom("Lin", "PNG"), areas=areas)

    assert (refused.value.reason, refused.value.field) == (Reason.BAD_AREA, "areas")


def test_a_video_is_not_hidden_in_but_says_what_to_do() -> None:
    with pytest.raises(UploadRefused) as refused:
        hide(file=taken(mp4()), areas=[OVER_THE_FACE])

    assert "剪辑软件" in refused.value.mend
