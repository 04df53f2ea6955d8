"""A name from outside is safe to show and to download under, whatever was sent."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.uploads import Kind, safe_name


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("../../../etc/passwd", "passwd.jpg"),
        ("..\\..\\windows\\win.ini", "win.ini.jpg"),
        ("C:\\fakepath\\照片.jpg", "照片.jpg"),
        ("a\0.php.jpg", "a.php.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie_ x=1.jpg"),
        ("\u202egpj.exe", "gpj.exe.jpg"),
        ("a\u200b\u2066b.jpg", "ab.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("...", "附件.jpg"),
        ("", "附件.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ('a"; rm -rf "$HOME`.jpg', "a__ rm -rf __HOME_.jpg"),
        ("监控 截图 3号楼.JPG", "监控 截图 3号楼.jpg"),
        ("2026.11.3谈话", "2026.11.3谈话.jpg"),
        ("x" * 5_000 + ".jpg", "x" * 80 + ".jpg"),
        ("e\u0301.jpg", "é.jpg"),
    ],
)
def test_what_is_dangerous_in_a_name_goes_and_the_rest_stays(declared: str, shown: str) -> None:
    assert safe_name(declared, kind=Kind.JPEG) == shown


@given(declared=st.text(), kind=st.sampled_from(Kind))
def test_no_name_can_leave_its_place(declared: str, kind: Kind) -> None:
    shown = safe_name(declared, kind=kind)

    assert 4 < len(shown) <= 85
    assert not set(shown) & set('/\\:*?"<>|%\0')
    assert shown[0] not in ". "
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe_name(shown, kind=kind) == shown
