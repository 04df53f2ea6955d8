"""What leaves the house, against a real mail server and a real HTTP receiver."""

import email
import logging
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from email.message import Message
from typing import Any

import pytest
from pytest_django import Settings
from standardwebhooks.webhooks import WebhookVerificationError

from tests.receivers import SECRET, Gateway, MailServer, free_port, gateway, mail_server
from workflow import channels
from workflow.channels import Envelope, PermanentFailure, TemporaryFailure, posting, texts, webhook

PHONE = "+8613800138000"
KEY = "0b6cf3de-2f5c-5b7e-9d5e-2d5c0a3f4e11"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as here:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", here.port
        settings.DEFAULT_FROM_EMAIL = "三方 <notice@school.test>"
        yield here


def envelope(channel: str, *, template: str = "crisis.alert", address: str = PHONE) -> Envelope:
    return Envelope(KEY, channel, address, "ME", template, texts.of(template, "zh-hans"))


def final(code: str) -> AbstractContextManager[object]:
    """The message can never leave, and `code` says why."""
    return pytest.raises(PermanentFailure, check=lambda failure: failure.code == code)


def for_now(code: str) -> AbstractContextManager[object]:
    """The message may leave later."""
    return pytest.raises(TemporaryFailure, check=lambda failure: failure.code == code)


def mail(address: str = "duty@school.test") -> Envelope:
    return envelope("email", address=address)


def parsed(source: bytes) -> Message:
    return email.message_from_bytes(source)


class TestSms:
    def test_is_one_signed_post_with_number_text_and_template(self, sms_gateway: Gateway) -> None:
        channels.send(envelope("sms"))

        (request,) = sms_gateway.requests
        assert request.verified() == {
            "to": PHONE,
            "text": "请立即回电，或立即登录接报。",
            "template": "crisis.alert",
        }
        assert request.headers["content-type"] == "application/json"

    def test_a_changed_body_no_longer_matches_its_signature(self, sms_gateway: Gateway) -> None:
        channels.send(envelope("sms"))

        (request,) = sms_gateway.requests
        request.body = request.body.replace(b"138", b"139")
        with pytest.raises(WebhookVerificationError):
            request.verified()

    def test_a_repeat_carries_the_same_key(self, sms_gateway: Gateway) -> None:
        channels.send(envelope("sms"))
        channels.send(envelope("sms"))

        assert sms_gateway.keys() == [KEY, KEY]

    def test_a_plain_secret_signs_too(self, sms_gateway: Gateway, settings: Settings) -> None:
        settings.SMS_GATEWAY_SECRET = "plain words"  # noqa: S105

        channels.send(envelope("sms"))

        assert sms_gateway.requests[0].verified(b"plain words")["to"] == PHONE  # type: ignore[arg-type]

    @pytest.mark.parametrize("status", [400, 410, 413, 422])
    def test_an_answer_about_this_message_is_final(self, sms_gateway: Gateway, status: int) -> None:
        sms_gateway.status = status

        with final(f"http.{status}"):
            channels.send(envelope("sms"))

    @pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 500, 503])
    def test_anything_else_is_worth_another_try(self, sms_gateway: Gateway, status: int) -> None:
        sms_gateway.status = status

        with for_now(f"http.{status}"):
            channels.send(envelope("sms"))

    def test_a_redirect_is_not_followed(self, sms_gateway: Gateway) -> None:
        sms_gateway.status, sms_gateway.headers = 307, {"location": "/elsewhere"}

        with pytest.raises(TemporaryFailure):
            channels.send(envelope("sms"))

        assert [request.path for request in sms_gateway.requests] == ["/messages"]

    def test_a_gateway_that_hangs_is_left_after_a_while(
        self, sms_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(posting, "SECONDS", 0.2)
        sms_gateway.hold()

        with for_now("http.timeout"):
            channels.send(envelope("sms"))

    def test_a_gateway_that_is_gone_is_worth_another_try(self, settings: Settings) -> None:
        settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{free_port()}/"
        settings.SMS_GATEWAY_SECRET = SECRET

        with for_now("http.unreachable"):
            channels.send(envelope("sms"))

    @pytest.mark.parametrize("secret", ["", "whsec_"])
    def test_without_a_secret_nothing_leaves(
        self, sms_gateway: Gateway, settings: Settings, secret: str
    ) -> None:
        settings.SMS_GATEWAY_SECRET = secret

        with final("channel.not_configured"):
            channels.send(envelope("sms"))

        assert sms_gateway.requests == []


class TestEmail:
    def test_says_only_the_sentence_and_where_to_sign_in(
        self, mailbox: MailServer, settings: Settings
    ) -> None:
        settings.PUBLIC_URL = "https://sanfang.school.test"

        channels.send(mail())

        sent = parsed(mailbox.mails[0])
        payload = sent.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().split() == [
            "请立即回电，或立即登录接报。",
            "https://sanfang.school.test",
        ]
        assert sent["to"] == "duty@school.test"

    def test_a_repeat_is_the_same_mail(self, mailbox: MailServer) -> None:
        channels.send(mail())
        channels.send(mail())

        assert [parsed(source)["message-id"] for source in mailbox.mails] == [
            f"<{KEY}@school.test>"
        ] * 2
        assert [parsed(source)["x-sanfang-key"] for source in mailbox.mails] == [KEY] * 2

    def test_an_unknown_mailbox_is_final(self, mailbox: MailServer) -> None:
        mailbox.refusal = "550 5.1.1 no such user"

        with final("smtp.550"):
            channels.send(mail())

    def test_a_full_mailbox_is_worth_another_try(self, mailbox: MailServer) -> None:
        mailbox.refusal = "452 4.2.2 mailbox full"

        with for_now("smtp.452"):
            channels.send(mail())

    @pytest.mark.usefixtures("mailbox")
    def test_a_server_that_is_gone_is_worth_another_try(self, settings: Settings) -> None:
        settings.EMAIL_PORT = free_port()

        with for_now("smtp.unreachable"):
            channels.send(mail())

    def test_an_address_cannot_smuggle_a_second_recipient(self, mailbox: MailServer) -> None:
        with final("address.invalid"):
            channels.send(mail("duty@school.test\r\nBcc: everybody@school.test"))

        assert mailbox.mails == []

    def test_without_a_server_it_says_so(self, settings: Settings) -> None:
        settings.EMAIL_HOST = ""

        with final("channel.not_configured"):
            channels.send(mail())


class TestWebhook:
    @pytest.fixture
    def endpoint(self, settings: Settings) -> Iterator[Gateway]:
        with gateway() as here:
            settings.WEBHOOKS = {"company:91420100MA": {"url": here.url, "secret": SECRET}}
            settings.WEBHOOK_ALLOW_PRIVATE = True
            yield here

    def test_is_signed_and_says_nothing(self, endpoint: Gateway) -> None:
        channels.send(envelope("webhook", template="case.news", address="company:91420100MA"))

        (request,) = endpoint.requests
        said = request.verified()
        assert said["type"] == "case.news"
        assert said["data"] == {"to_role": "ME", "text": "请登录查看。"}
        assert request.key == KEY

    @pytest.mark.usefixtures("endpoint")
    def test_somebody_without_an_endpoint_is_not_configured(self) -> None:
        with final("channel.not_configured"):
            channels.send(envelope("webhook", address="company:other"))

    def test_by_default_it_does_not_lead_inside(
        self, endpoint: Gateway, settings: Settings
    ) -> None:
        settings.WEBHOOK_ALLOW_PRIVATE = False

        with final("webhook.not_https"):
            channels.send(envelope("webhook", address="company:91420100MA"))

        assert endpoint.requests == []

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "localhost",
            "0.0.0.0",  # noqa: S104
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "2130706433",
            "0x7f.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[ff02::1]",
        ],
    )
    def test_no_spelling_of_an_inside_address_passes(self, host: str) -> None:
        with final("webhook.not_public"):
            webhook.guarded(f"https://{host}/hook")

    @pytest.mark.parametrize(
        "url", ["https:///hook", "https://user:word@example.test/", "https://example.test:99999/"]
    )
    def test_an_address_that_plays_tricks_is_refused(self, url: str) -> None:
        with final("webhook.bad_url"):
            webhook.guarded(url)

    def test_one_inside_address_among_public_ones_is_enough_to_refuse(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolve_to(monkeypatch, "93.184.215.14", "10.0.0.1")

        with final("webhook.not_public"):
            webhook.guarded("https://hooks.company.test/")

    def test_it_connects_to_the_very_address_that_was_checked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = resolve_to(monkeypatch, "93.184.215.14")

        target = webhook.guarded("https://hooks.company.test:8443/in?a=1")

        assert target.url == "https://93.184.215.14:8443/in?a=1"
        assert target.host == "hooks.company.test:8443"
        assert target.extensions == {"sni_hostname": "hooks.company.test"}
        assert asked == ["hooks.company.test"]

    def test_a_name_that_does_not_resolve_now_is_tried_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolve_to(monkeypatch)

        with for_now("webhook.unknown_host"):
            webhook.guarded("https://hooks.company.test/")


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses, none if there are none; returns the names asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        if not addresses:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_channel_that_nobody_built_is_a_visible_failure() -> None:
    with final("channel.unknown"):
        channels.send(envelope("pigeon"))


def test_the_inbox_needs_nobody_outside() -> None:
    assert channels.is_local("in_app")
    assert not any(channels.is_local(channel) for channel in ("sms", "email", "webhook"))
    channels.send(envelope("in_app"))


def test_an_envelope_never_shows_the_address() -> None:
    assert PHONE not in repr(envelope("sms"))


def test_no_log_shows_the_gateways_address(
    sms_gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Many gateways are given their password as part of the address."""
    with caplog.at_level(logging.INFO):
        channels.send(envelope("sms"))

    assert sms_gateway.requests
    assert sms_gateway.url not in caplog.text
