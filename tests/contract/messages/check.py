"""What a running demo server sends, as the libraries of those who receive it read it:
check.py http://127.0.0.1:8080 accounts.json

The server has to allow webhooks on 127.0.0.0/8, and to have its mail server at the KSTT_SMTP_URL of the environment,
a free port on this host: here are the receiver and the mail server that it talks to. Signatures by standardwebhooks,
envelopes by cloudevents, mail by aiosmtpd and Python's own parser. Changes the server's data. Asks no other host.
Prints a line for each fact, and exits 1 when one does not hold.
"""

import email
import email.policy
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.exceptions import CloudEventValidationError
from standardwebhooks import Webhook, WebhookVerificationError

UNIT, HEAD, OFFICER, ADMIN = "SXD", "head.sxd", "officer.sxd", "admin.vpubnd"
ADDRESSES = {OFFICER: "can.bo@sxd.example", HEAD: "giam.doc@sxd.example"}
FROM = "kstt@cantho.example"
# A process that ended is replaced after 30 s at the sealing of the trail; a mail that was refused rests as long.
SOON_SECONDS = 75
# Five working days before the reports of the first quarter are due.
REMINDED_AT = "2019-03-18T08:00:00+07:00"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

failed: list[str] = []


def fact(holds: object, message: str) -> bool:
    print(f"{'  holds' if holds else '  FAILS'}: {message}", flush=True)
    if not holds:
        failed.append(message)
    return bool(holds)


def wait_for(find, what: str):
    """What `find` finds, as soon as it does."""
    until = time.monotonic() + SOON_SECONDS
    while time.monotonic() < until:
        if found := find():
            return found
        time.sleep(0.1)
    sys.exit(f"{what} did not come within {SOON_SECONDS} s")


class Api:
    """The server, as one account sees it."""

    def __init__(self, base: str, account: dict) -> None:
        self.base, self.token = base, None
        grant = {name: account[name] for name in ("username", "password", "unit")} | {"grant_type": "password"}
        self.token = self.sent("POST", "/v1/auth/token", grant)["access_token"]

    def ask(self, method: str, path: str, body: object = None, **headers: str):
        """Headers and document of an answer that has to be a success."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            named["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.headers, json.loads(answer.read())
        except urllib.error.HTTPError as answer:
            sys.exit(f"{method} {path}: answered {answer.code}: {answer.read().decode()[:500]}")

    def sent(self, method: str, path: str, body: object = None, **headers: str) -> dict:
        return self.ask(method, path, body, **headers)[1]

    def changed(self, method: str, path: str, act: str, body: object = None) -> dict:
        """Does something to a thing as it stands."""
        etag = self.ask("GET", path)[0]["ETag"]
        return self.sent(method, path + act, body, If_Match=etag)


class Delivery(NamedTuple):
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def says(self, event_type: str, subject: str) -> bool:
        event = json.loads(self.body)
        return event.get("type") == event_type and event.get("subject") == subject


class Receiver(ThreadingHTTPServer):
    """Answers 500 to the first delivery of the event that it is told to refuse, 200 to all others."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.deliveries: list[Delivery] = []
        self.refuse: tuple[str, str] | None = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self, delivery: Delivery) -> int:
        self.deliveries.append(delivery)
        if self.refuse and delivery.says(*self.refuse):
            self.refuse = None
            return 500
        return 200

    def of(self, event_type: str, subject: str) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if delivery.says(event_type, subject)]


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(self.server.take(Delivery(headers, body)))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The server's own log tells enough."""


class Mail(NamedTuple):
    sender: str
    to: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.default)


class Mailbox:
    """Takes every mail but the first one to the officer, which is to come again."""

    def __init__(self) -> None:
        self.refused: list[Mail] = []
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        mail = Mail(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)
        if not self.refused and mail.to == [ADDRESSES[OFFICER]]:
            self.refused.append(mail)
            return "451 Try again later"
        self.mails.append(mail)
        return "250 OK"

    def to(self, username: str, notification: dict) -> list[Mail]:
        """The mails that tell someone what a notification says, known by their Message-ID."""
        return [
            mail for mail in self.mails
            if mail.to == [ADDRESSES[username]] and notification["id"] in str(mail.message["Message-ID"])
        ]


class City:
    """The server and the people in it."""

    def __init__(self, base: str, accounts: dict) -> None:
        self.head, self.officer, self.admin = (Api(base, accounts[name]) for name in (HEAD, OFFICER, ADMIN))
        known = self.admin.sent("GET", "/v1/accounts?limit=200")["items"]
        self.accounts = {item["username"]: item["id"] for item in known}
        self.names = {item["username"]: item["display_name"] for item in known}
        for name, address in ADDRESSES.items():
            body = {"display_name": self.names[name], "disabled": False, "email": address}
            self.admin.changed("PUT", f"/v1/accounts/{self.accounts[name]}", "", body)
        found = wait_for(lambda: self.head.sent("GET", f"/v1/obligations?unit={UNIT}&state=open")["items"], "a duty")
        self.duties = [duty["id"] for duty in found]

    def assign(self) -> str:
        """Gives the officer one more duty."""
        duty = self.duties.pop()
        self.head.changed("POST", f"/v1/obligations/{duty}", "/assign", {"officer_id": self.accounts[OFFICER]})
        return duty

    def prefer(self, **wanted: object) -> None:
        body = {"email": True, "language": "vi", "muted": []} | wanted
        self.officer.changed("PUT", "/v1/notifications/preferences", "", body)

    def told(self, person: Api, kind: str, duty: str | None = None) -> dict:
        """What someone finds in the inbox."""
        def find() -> dict | None:
            items = person.sent("GET", "/v1/notifications?limit=200")["items"]
            return next((i for i in items if i["kind"] == kind and duty in (None, i["subject"]["id"])), None)
        return wait_for(find, f"the notification {kind}")

    def audit_row(self, duty: str) -> dict:
        rows = self.admin.sent("GET", f"/v1/audit?subject=obligation:{duty}")["items"]
        return next(row for row in rows if row["action"] == "obligations.assign")


def verifies(secret: str, delivery: Delivery, **changed: str) -> bool:
    """Whether the library takes a delivery, or one whose body or headers were changed."""
    body = changed.pop("body", delivery.body.decode())
    headers = delivery.headers | {name.replace("_", "-"): value for name, value in changed.items()}
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def check_signature(secret: str, delivery: Delivery) -> None:
    other = "whsec_" + "A" * 43 + "="
    second = str(int(delivery.headers["webhook-timestamp"]) + 1)
    fact(verifies(secret, delivery), "standardwebhooks verifies a delivery with the secret that was told")
    fact(not verifies(other, delivery), "another secret does not verify it")
    tampered = delivery.body.decode().replace("obligations.assign", "obligations.cancel")
    fact(not verifies(secret, delivery, body=tampered), "a body that was tampered with is refused")
    fact(not verifies(secret, delivery, webhook_id=delivery.id[:-1] + "x"), "another webhook-id is refused")
    fact(not verifies(secret, delivery, webhook_timestamp=second), "another timestamp is refused")


def check_envelope(delivery: Delivery, city: City, duty: str) -> None:
    event = from_structured_event(HTTPMessage(delivery.headers, delivery.body))
    attributes, row = event.get_attributes(), city.audit_row(duty)
    kind = delivery.headers["content-type"].split(";")[0]
    fact(kind == "application/cloudevents+json", f"a delivery is of type application/cloudevents+json ({kind})")
    fact(attributes["specversion"] == "1.0", "cloudevents reads an event of version 1.0")
    fact(attributes["id"] == delivery.id == row["id"], "its id is the webhook-id, and names the row of the audit trail")
    fact(attributes["type"] == "kstt.obligations.assign", f"its type is {attributes['type']}")
    fact(attributes["subject"] == f"obligation/{duty}", "its subject names the obligation")
    fact(attributes["source"], f"its source is {attributes['source']}")
    fact(attributes["time"] == datetime.fromisoformat(row["at"]), "its time is that of the row")
    fact(attributes["sequence"] == f"{row['place']:020}", "its sequence is the row's place in the trail")
    names = {"specversion", "id", "type", "subject", "source", "time", "datacontenttype", "sequence"}
    fact(set(attributes) == names, f"it has these attributes and no others: {sorted(attributes)}")
    data = {"action": row["action"], "event": None, "subject": row["subject"], "unit": UNIT}
    fact(event.get_data() == data, "its data are references, and nothing else")
    without = {name: value for name, value in json.loads(delivery.body).items() if name != "type"}
    try:
        from_structured_event(HTTPMessage(delivery.headers, json.dumps(without).encode()))
        fact(False, "cloudevents refuses an event without a type")
    except CloudEventValidationError:
        fact(True, "cloudevents refuses an event without a type")


def check_webhook(receiver: Receiver, city: City, duty: str, webhook: str, secret: str) -> None:
    first, second = wait_for(
        lambda: (found := receiver.of("kstt.obligations.assign", f"obligation/{duty}"))[1:] and found[:2],
        "the event of an assignment, twice",
    )
    fact(first.id == second.id, "what was answered 500 comes again under the same webhook-id")
    fact(first.body == second.body, "with the same body")
    fact(verifies(secret, first) and verifies(secret, second), "and both times the signature verifies")
    check_signature(secret, second)
    check_envelope(second, city, duty)
    tested = city.admin.sent("POST", f"/v1/webhooks/{webhook}/test")
    arrived = receiver.of("kstt.webhooks.test", f"webhook/{webhook}")
    fact(tested["delivered"] and len(arrived) == 1, "a test event arrives while the caller waits")
    fact(arrived and verifies(secret, arrived[0]), "and is signed as all are")
    read = arrived and from_structured_event(HTTPMessage(*arrived[0])).get_type()
    fact(read == "kstt.webhooks.test", "and cloudevents reads it")


def check_rotation(receiver: Receiver, city: City, webhook: str, old: str, before: Delivery) -> None:
    rotated = city.admin.changed("POST", f"/v1/webhooks/{webhook}", "/secret-rotation")
    new = rotated["secret"]
    fact(new and new != old, "a rotation tells another secret")
    fact(rotated["webhook"]["old_secret_until"], "and until when the old one signs")
    duty = city.assign()
    delivery = wait_for(lambda: receiver.of("kstt.obligations.assign", f"obligation/{duty}"), "an event after it")[0]
    fact(verifies(old, delivery), "during the overlap the old secret verifies")
    fact(verifies(new, delivery), "and the new one as well")
    fact(len(delivery.headers["webhook-signature"].split()) == 2, "for it carries two signatures")
    fact(not verifies(new, before), "what was sent before does not verify with the new secret")
    fact(not verifies("whsec_" + "A" * 43 + "=", delivery), "a third secret verifies nothing")


def check_mail(mail: Mail, city: City, username: str, notification: dict, language: str) -> None:
    message, address, name = mail.message, ADDRESSES[username], city.names[username]
    subject, text = str(message["Subject"]), message.get_content().rstrip("\r\n")
    fact(mail.to == [address] and mail.sender == FROM, f"the mail goes from {mail.sender} to {', '.join(mail.to)}")
    fact(mail.content.isascii(), "its source is ASCII")
    fact(subject == notification["title"][language], f"its subject is {subject!r}")
    fact(text == notification["body"][language], f"its text is {text!r}")
    kind, charset = message.get_content_type(), message.get_content_charset()
    fact((kind, charset) == ("text/plain", "utf-8"), f"which is {kind} in {charset}")
    named = f"<{notification['id']}@{FROM.split('@')[1]}>"
    told = message["Message-ID"]
    fact(re.fullmatch(UUID, notification["id"]) and told == named, f"its Message-ID is {told}")
    fact(message["From"].addresses[0].addr_spec == FROM, f"it is from {message['From']}")
    # Read word by word: Python's parser of addresses leaves a blank between two encoded words (RFC 2047 6.2 has none).
    to = str(make_header(decode_header(email.message_from_bytes(mail.content)["To"])))
    fact(to == f"{name} <{address}>", f"it is to {to}")
    fact(message["Date"].datetime is not None, f"it is of {message['Date']}")
    fact(not message.defects, f"Python's parser finds no defect: {message.defects}")


def check_mails(mailbox: Mailbox, city: City, first: str) -> None:
    notification = city.told(city.officer, "obligation_assigned", first)
    mail = wait_for(lambda: mailbox.to(OFFICER, notification), "the mail of an assignment")[0]
    print("in Vietnamese")
    check_mail(mail, city, OFFICER, notification, "vi")
    fact("Được giao" in str(mail.message["Subject"]), "the subject is Vietnamese")
    refused = mailbox.refused[0].message
    same = refused["Message-ID"] == mail.message["Message-ID"]
    fact(same, "what was refused for a while came again under one Message-ID")
    print("in English")
    city.prefer(language="en")
    notification = city.told(city.officer, "obligation_assigned", city.assign())
    mail = wait_for(lambda: mailbox.to(OFFICER, notification), "the mail in English")[0]
    check_mail(mail, city, OFFICER, notification, "en")
    fact("Given to you" in str(mail.message["Subject"]), "the subject is English")


def check_silence(mailbox: Mailbox, city: City) -> None:
    """Mails leave in order: when the second one is there, the first one will not come."""
    city.prefer(email=False)
    unwanted = city.told(city.officer, "obligation_assigned", city.assign())
    city.prefer(email=True)
    wanted = city.told(city.officer, "obligation_assigned", city.assign())
    wait_for(lambda: mailbox.to(OFFICER, wanted), "a mail that is wanted again")
    fact(not mailbox.to(OFFICER, unwanted), "who wants no mail finds it in the inbox alone")


def check_reminder(mailbox: Mailbox, city: City) -> None:
    city.admin.sent("PUT", "/v1/clock", {"now": REMINDED_AT})
    notification = city.told(city.head, "reminder_before")
    mail = wait_for(lambda: mailbox.to(HEAD, notification), "the mail of a reminder")[0]
    check_mail(mail, city, HEAD, notification, "vi")
    mails = mailbox.to(HEAD, notification)
    fact(len(mails) == 1, "a reminder is mailed once")


def main(base: str, accounts: str) -> int:
    people = {account["username"]: account for account in json.loads(Path(accounts).read_text())}
    mailbox, receiver = Mailbox(), Receiver()
    server = Controller(mailbox, hostname="127.0.0.1", port=urlsplit(os.environ["KSTT_SMTP_URL"]).port)
    server.start()
    city = City(base.rstrip("/"), people)
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    spec = {"name": "Cổng thông tin", "url": url, "unit": "VPUBND", "events": ["obligations.*"]}
    made = city.admin.sent("POST", "/v1/webhooks", spec)
    webhook, secret = made["webhook"]["id"], made["secret"]
    receiver.refuse = ("kstt.obligations.assign", f"obligation/{city.duties[-1]}")
    first = city.assign()

    print("webhooks")
    check_webhook(receiver, city, first, webhook, secret)
    print("rotation of the secret")
    check_rotation(receiver, city, webhook, secret, receiver.of("kstt.obligations.assign", f"obligation/{first}")[0])
    check_mails(mailbox, city, first)
    print("without mail")
    check_silence(mailbox, city)
    print("reminders")
    check_reminder(mailbox, city)
    server.stop()
    print(f"messages: {len(failed)} facts do not hold" if failed else "messages: every fact holds")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("check.py URL ACCOUNTS")
    sys.exit(main(*sys.argv[1:]))
