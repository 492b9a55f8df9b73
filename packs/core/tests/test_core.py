# packs/core/tests/test_core.py — the actions in Python, and mail to an SMTP server.
import json
import os
import re
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import TestCase
from unittest.mock import patch

from inject_trigger import InjectTrigger
from pause import Pause
from st2tests.base import BaseActionTestCase
from uuid_action import MakeUuid

SENDMAIL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../actions/send_mail/send_mail.py")


class UuidTestCase(BaseActionTestCase):
    action_cls = MakeUuid

    def test_each_kind_has_its_version_and_none_comes_twice(self):
        action = self.get_action_instance()
        for version in "14":
            made = {action.run(uuid_type="uuid" + version) for _ in range(3)}
            self.assertEqual(len(made), 3)
            self.assertEqual({one[14] for one in made}, {version})

    def test_another_kind_is_told(self):
        with self.assertRaisesRegex(ValueError, "give one of uuid1, uuid4"):
            self.get_action_instance().run(uuid_type="uuid9")


class PauseTestCase(BaseActionTestCase):
    action_cls = Pause

    def test_it_waits_for_the_time_that_is_asked_or_less(self):
        with patch("pause.time.sleep") as sleep:
            self.assertEqual(self.get_action_instance().run(max_pause=7), 7)
            sleep.assert_called_once_with(7)
            paused = {self.get_action_instance().run(max_pause=2, random=True) for _ in range(100)}
            self.assertEqual(paused, {1, 2})
            self.assertEqual(self.get_action_instance().run(max_pause=0, random=True), 0)


class InjectTriggerTestCase(BaseActionTestCase):
    action_cls = InjectTrigger

    def test_the_event_goes_to_the_generic_webhook(self):
        from st2client.client import Client

        calls = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                calls.append((self.path, self.headers["St2-Trace-Tag"], json.loads(body)))
                self.send_response(202)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.handle_request, daemon=True).start()
        client = Client(api_url="http://127.0.0.1:%d/api/v1" % server.server_port)
        action = self.get_action_instance()
        with patch.object(action.action_service.datastore_service, "get_api_client", lambda: client, create=True):
            sent = action.run(trigger="shop.order", payload={"sku": "book"}, trace_tag="t1")
        wanted = {"trigger": "shop.order", "payload": {"sku": "book"}}
        self.assertEqual((sent, calls), (wanted, [("/api/v1/webhooks/st2", "t1", wanted)]))

    def test_a_trigger_is_named_once(self):
        for given in ({}, {"trigger": "a.b", "trigger_name": "a.b"}):
            with self.assertRaisesRegex(ValueError, "Give"):
                self.get_action_instance().run(**given)


class SendmailTestCase(TestCase):
    def send(self, *words, **variables):
        env = {"PATH": "/usr/bin:/bin", **variables}
        return subprocess.run([sys.executable, SENDMAIL, *words], capture_output=True, text=True, env=env)

    def test_a_mail_goes_to_the_server_with_its_attachment(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [sys.executable, "-W", "ignore", "-u", "-m", "smtpd", "-n", "-c", "DebuggingServer", "127.0.0.1:%d" % port]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            wait_for(port)
            with tempfile.NamedTemporaryFile("w", suffix=".csv") as attached:
                attached.write("a,b\n")
                attached.flush()
                words = ["None", "ann@example.org", "bob@example.org, Eve <eve@example.org>", "Größe: 1", "1", "text/plain"]
                done = self.send(*words, "Hello\nBob", attached.name, SMTP_URL="smtp://127.0.0.1:%d" % port)
        finally:
            server.terminate()
        received = server.communicate()[0]
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"Sent <\S+@example\.org> to bob@example\.org, eve@example\.org")
        self.assertIn("From: ann@example.org", received)
        self.assertIn("Subject: =?utf-8?", received)
        self.assertIn("Hello", received)
        self.assertTrue(re.search(r'filename="?tmp', received) and "text/csv" in received, received)

    def by_program(self, content_type, body, attachments="", arguments="", subject="Hi"):
        """(what it said, words that the program got, the mail that it got)."""
        with tempfile.TemporaryDirectory() as folder:
            program, kept = os.path.join(folder, "mailer"), os.path.join(folder, "kept")
            with open(program, "w") as script:
                script.write('#!/bin/sh\necho "$@" > %s\ncat >> %s\n' % (kept, kept))
            os.chmod(program, stat.S_IRWXU)
            done = self.send(program + arguments, "ann", "bob@example.org", subject, "1", content_type, body, attachments)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(kept, "rb") as source:
                words, _, mail = source.read().partition(b"\n")
        return done, words.decode(), message_from_bytes(mail, policy=policy.default)

    def test_a_program_takes_it_as_sendmail_does(self):
        _, words, mail = self.by_program("text/html", "<b>x</b>")
        self.assertEqual((words, mail["From"].split("@")[0]), ("-t -i", "ann"))
        self.assertEqual(mail["Content-Type"], 'text/html; charset="utf-8"')
        self.assertEqual(self.by_program("text/html", "x", arguments=" -a 'my shop' -t")[1], "-a my shop -t")

    def test_the_text_is_of_the_type_that_is_given(self):
        for given in ("text/calendar; method=REQUEST", "text/markdown", "application/json; charset=latin1"):
            kind, _, method = given.partition("; method=")
            with tempfile.NamedTemporaryFile("w", suffix=".csv") as attached:
                for attachments in ("", attached.name):
                    mail = self.by_program(given, "Grüße", attachments)[2]
                    text = next(mail.iter_parts()) if attachments else mail
                    self.assertEqual(text.get_content_type(), kind.partition(";")[0])
                    self.assertEqual((text.get_content_charset(), text.get_param("method", "")), ("utf-8", method))
                    self.assertEqual(text.get_payload(decode=True).decode().strip(), "Grüße")
        self.assertEqual(self.by_program("text/plain\nBcc: eve@example.org", "x")[2]["Bcc"], None)

    def test_a_subject_is_one_line(self):
        for end in ("\n", "\r\n", "\u2028", "\u2029", "\x85", "\f", "\v", "\x1c", "\x1e"):
            mail = self.by_program("text/plain", "x", subject="a%sBcc: eve@example.org" % end)[2]
            self.assertEqual((mail["Subject"], mail["Bcc"]), ("a Bcc: eve@example.org", None), repr(end))

    def test_an_attachment_that_is_missing_is_left_out(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as attached:
            done, _, mail = self.by_program("text/plain", "x", "/no/such, %s,/tmp" % attached.name)
        named = [part.get_filename() for part in mail.iter_attachments()]
        self.assertEqual(named, [os.path.basename(attached.name)])
        for path in ("/no/such", "/tmp"):
            self.assertIn("attachment %s not found, skipping" % path, done.stderr)

    def test_an_empty_body_is_not_sent_when_that_is_asked(self):
        done = self.send("None", "ann", "bob@example.org", "Hi", "0", "text/html", " ", "")
        self.assertEqual((done.returncode, "nothing was sent" in done.stdout), (0, True))

    def test_what_is_missing_is_told(self):
        mail = ("ann@example.org", "bob@example.org", "Hi", "1", "text/html", "x")
        for words, variables, told in (
            (("None", *mail, ""), {}, "no SMTP_URL"),
            (("None", *mail, ""), {"SMTP_URL": "mail:25"}, "SMTP_URL: it must be"),
            (("None", *mail, ""), {"SMTP_URL": "smtp://127.0.0.1:1"}, "smtp://127.0.0.1:1: "),
            (("None", *mail, ""), {"SMTP_URL": "smtp://mail:abc"}, "SMTP_URL: it must be"),
            (("None", *mail, ""), {"SMTP_URL": "smtp://mail:99999"}, "SMTP_URL: it must be"),
            (("None", *mail, ""), {"SMTP_URL": "smtp://[::1"}, "SMTP_URL: it must be"),
            (("None", *mail, ""), {"SMTP_URL": "smtp://u:pa55@mail:abc"}, "not 'mail:abc'"),
            (("true", *mail[:4], "multipart/mixed", "x", __file__), {}, "content_type: the body is one text, no multipart/mixed"),
            (("true", *mail[:4], "Message/rfc822", "x", ""), {}, "content_type: the body is one text, no Message/rfc822"),
            (("true", "ann@", *mail[1:], ""), {}, "no mail can be made of them"),
            (("true", "ann@münchen.de", *mail[1:], ""), {}, "true: "),
            (("/no/such", *mail, ""), {}, "no program /no/such"),
            (("false", *mail, ""), {}, "false ended with exit code 1"),
            (("None", "ann", " ", *mail[2:], ""), {}, "there is no address"),
        ):
            done = self.send(*words, **variables)
            self.assertEqual((done.returncode, told in done.stderr), (2, True), done.stderr)


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("nobody listens on port %d" % port)
