"""Whatever is sent, the answer is a clean file or a refusal: never another error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from records.uploads import CleanFile, UploadRefused
from tests.records.uploads.files import exif, jpeg, mp4, pdf, photo, png, saved, taken, webp

VALID = {
    "jpeg": jpeg(exif=exif(6)),
    "progressive": jpeg(progressive=True),
    "png": png(),
    "palette": saved(photo(mode="P"), "PNG", transparency=0),
    "webp": webp(),
    "lossless": webp(lossless=True),
    "pdf": pdf(),
    "mp4": mp4(),
    "text": "谈话记录\n".encode(),
}
MAGICS = [data[:16] for data in VALID.values()] + [b"", b"PK\3\4", b"GIF89a", b"\0\0\0\1ftyp"]

# One process for all examples: that the decoders run here is set once, before the first.
usual = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

places = st.floats(0, 1, exclude_max=True)
changes = st.one_of(
    st.tuples(st.just("set"), places, st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("cut"), places, st.just(b"")),
    st.tuples(st.just("insert"), places, st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("double"), places, st.just(b"")),
)


def changed(data: bytes, change: tuple[str, float, bytes]) -> bytes:
    how, where, more = change
    at = int(where * len(data))
    match how:
        case "set":
            return data[:at] + more + data[at + len(more) :]
        case "cut":
            return data[:at]
        case "insert":
            return data[:at] + more + data[at:]
        case _:
            return data[:at] + data


def is_clean_or_refused(data: bytes, name: str = "", declared: str = "") -> None:
    try:
        answer: CleanFile | UploadRefused = taken(data, name, declared)
    except UploadRefused as refused:
        answer = refused
    if isinstance(answer, UploadRefused):
        assert str(answer)
        assert answer.mend
        assert all(isinstance(said, int | str) for said in answer.context.values())
    else:
        assert answer.data or data.strip(b"\xef\xbb\xbf") == b""
        assert max(answer.width, answer.height) <= 65_535


@usual
@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=300), name=st.text(max_size=20))
def test_random_bytes(magic: bytes, rest: bytes, name: str) -> None:
    is_clean_or_refused(magic + rest, name, name)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", list(VALID))
@usual
@given(change=st.lists(changes, min_size=1, max_size=4))
def test_a_good_file_with_something_changed(
    kind: str, change: list[tuple[str, float, bytes]]
) -> None:
    data = VALID[kind]
    for one in change:
        data = changed(data, one)

    is_clean_or_refused(data)


@pytest.mark.parametrize("kind", list(VALID))
def test_the_files_that_are_changed_are_good(kind: str) -> None:
    assert taken(VALID[kind]).data


def test_a_decoder_that_fails_in_any_way_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for failure in (MemoryError, RecursionError, SyntaxError, ZeroDivisionError):
        monkeypatch.setattr(Image.Image, "convert", failing(failure))
        with pytest.raises(UploadRefused, match="损坏"):
            taken(VALID["png"])


def failing(failure: type[Exception]) -> object:
    def fail(*_: object) -> None:
        raise failure

    return fail
