"""The outside world of the demo refuses what a real gateway and a real mail server would."""

import json
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import httpx
import pytest
from standardwebhooks import Webhook

from config.demo.outside import Outside
from config.demo.postbox import BUSY_FOR

SIGNED_WITH = "a secret between the school and its gateway"
NUMBER = "+8619900000001"


@pytest.fixture
def outside() -> Iterator[Outside]:
    running = Outside(secret=SIGNED_WITH)
    yield running
    running.close()


@pytest.fixture
def gateway(outside: Outside) -> Outside:
    """One that is not busy any more."""
    for number in range(BUSY_FOR):
        assert sms(outside, key=f"busy {number}") == 503
    return outside


def sms(
    outside: Outside,
    *,
    key: str = "one",
    text: object = "请立即回电。",
    to: object = NUMBER,
    signed_by: str = SIGNED_WITH,
    age: timedelta = timedelta(),
) -> int:
    body = json.dumps({"to": to, "text": text}).encode()
    sent_at = datetime.now(UTC) - age
    signature = Webhook(signed_by.encode()).sign(key, sent_at, body.decode())
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature,
    }
    address = outside.env()["SMS_GATEWAY_URL"]
    return httpx.post(address, content=body, headers=headers, trust_env=False).status_code


def test_a_signed_message_is_kept(gateway: Outside) -> None:
    assert sms(gateway) == 200
    assert [one.text for one in gateway.postbox.to(NUMBER)] == ["请立即回电。"]


def test_the_same_id_again_is_answered_well_and_counted_once(gateway: Outside) -> None:
    assert [sms(gateway), sms(gateway)] == [200, 200]
    assert len(gateway.postbox.messages) == 1
    assert gateway.postbox.doubles == 1


def test_the_same_id_with_other_words_is_refused(gateway: Outside) -> None:
    sms(gateway)

    assert sms(gateway, text="别的内容") == 409
    assert gateway.postbox.refused == {"changed": 1}


def test_a_wrong_signature_is_refused(gateway: Outside) -> None:
    assert sms(gateway, signed_by="somebody else's secret") == 401
    assert gateway.postbox.refused == {"signature": 1}
    assert gateway.postbox.messages == []


def test_an_old_signature_is_refused(gateway: Outside) -> None:
    assert sms(gateway, age=timedelta(hours=1)) == 401


@pytest.mark.parametrize(
    ("to", "text"),
    [("12345", "x"), (12345678901, "x"), (NUMBER, ""), (NUMBER, "x" * 501), (NUMBER, None)],
)
def test_a_malformed_message_is_refused(gateway: Outside, to: object, text: object) -> None:
    assert sms(gateway, to=to, text=text) == 422
    assert gateway.postbox.messages == []


def test_a_busy_gateway_remembers_what_it_turned_away(outside: Outside) -> None:
    assert [sms(outside), sms(outside)] == [503, 200]
    assert outside.postbox.busy == outside.postbox.messages


def mail(outside: Outside, *, key: str = "<one@school.test>", to: str = "a@school.test") -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "请立即回电", "s@school.test", to
    if key:
        message["Message-ID"] = key
    message.set_content("请立即回电，或立即登录接报。\n.\n..\n", cte="base64")
    port = int(outside.env()["EMAIL_PORT"])
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.sendmail("s@school.test", [to], message.as_bytes())


def test_a_mail_is_kept_with_subject_and_text(outside: Outside) -> None:
    mail(outside)

    kept = outside.postbox.to("a@school.test")
    assert [one.key for one in kept] == ["<one@school.test>"]
    assert "请立即回电" in kept[0].text
    assert "立即登录接报" in kept[0].text


def test_the_same_mail_again_is_counted_once(outside: Outside) -> None:
    mail(outside)
    mail(outside)

    assert len(outside.postbox.messages) == 1


def test_a_mail_without_an_id_is_refused(outside: Outside) -> None:
    with pytest.raises(smtplib.SMTPDataError):
        mail(outside, key="")
    assert outside.postbox.refused == {"malformed": 1}


def test_a_mail_to_no_address_is_refused(outside: Outside) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail(outside, to="nobody")
    assert outside.postbox.messages == []
