#!/usr/bin/env python3
# packs/core/actions/send_mail/send_mail.py — eight words become a mail, which a program or an SMTP server takes.
"""send_mail.py BINARY FROM TO SUBJECT SEND_EMPTY CONTENT_TYPE BODY ATTACHMENTS

Without a program, SMTP_URL says where the mail goes: smtp://host[:25] or smtps://host[:465]. Under smtp, TLS is used when the
server offers it; ?starttls=always insists on it, ?starttls=never goes without. SMTP_USERNAME and SMTP_PASSWORD log in."""
import mimetypes
import os
import shlex
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid
from urllib.parse import parse_qs, urlsplit

TIMEOUT_SECONDS = 30
TAKE_RECEIVERS = ["-t", "-i"]
UNSENT_CODE = 2
PORTS = {"smtp": 25, "smtps": 465}


class Unsent(Exception):
    pass


def main(words):
    binary, sender, to, subject, send_empty, content_type, body, attachments = (words + [""] * 8)[:8]
    if not body.strip() and send_empty != "1":
        print("The body is empty, and send_empty_body is false: nothing was sent.")
        return
    receivers = [address for _, address in getaddresses([to]) if address]
    if not receivers:
        raise Unsent("to: there is no address in %r" % to)
    try:
        message = mail(with_host(one_line(sender)), receivers, subject, content_type, body, attachments)
    except (ValueError, IndexError) as error:
        raise Unsent("from, to, subject, body, attachments: no mail can be made of them: %s" % error)
    command = command_for(binary)
    if command is not None:
        by_program(command, message)
    else:
        by_smtp(message, receivers)
    print("Sent %s to %s" % (message["Message-ID"], ", ".join(receivers)))


def with_host(sender):
    return sender if "@" in sender else "%s@%s" % (sender or "stanley", socket.getfqdn())


def one_line(text):
    return " ".join(text.splitlines())


def mail(sender, receivers, subject, content_type, body, attachments):
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(receivers)
    message["Subject"] = one_line(subject)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(body)
    message.replace_header("Content-Type", text_type(content_type))
    message.set_param("charset", "utf-8")
    for path in filter(None, (part.strip() for part in attachments.split(","))):
        attach(message, path)
    return message


def text_type(content_type):
    kind = " ".join(content_type.split()) or "text/html"
    if kind.lower().startswith(("multipart/", "message/")):
        raise Unsent("content_type: the body is one text, no %s; use text/plain or text/html, attachments are added to it" % kind)
    return kind


def attach(message, path):
    kind = (mimetypes.guess_type(path)[0] or "application/octet-stream").split("/")
    try:
        with open(path, "rb") as source:
            content = source.read()
    except OSError as error:
        print("Warning: attachment %s not found, skipping: %s" % (path, error.strerror), file=sys.stderr)
        return
    message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=os.path.basename(path))


def command_for(binary):
    """None when there is no program."""
    if binary.strip() in ("", "None"):
        found = shutil.which("sendmail")
        return [found, *TAKE_RECEIVERS] if found else None
    try:
        program, *arguments = shlex.split(binary)
    except ValueError as error:
        raise Unsent("sendmail_binary: %s: %s" % (binary, error))
    if shutil.which(program) is None:
        raise Unsent("sendmail_binary: there is no program %s in the image; leave it out to use SMTP_URL" % program)
    return [program, *(arguments or TAKE_RECEIVERS)]


def by_program(command, message):
    try:
        done = subprocess.run(command, input=message.as_bytes(), timeout=TIMEOUT_SECONDS)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Unsent("%s: %s" % (command[0], error))
    if done.returncode != 0:
        raise Unsent("%s ended with exit code %d" % (command[0], done.returncode))


def by_smtp(message, receivers):
    url = os.environ.get("SMTP_URL", "")
    if not url:
        raise Unsent(
            "There is no program sendmail in the image and no SMTP_URL, for example smtp://mail.example.org:25; "
            "set it for all actions in config.podEnvironment of the chart, or in the parameter env of this execution"
        )
    scheme, host, port, query = server_in(url)
    try:
        with connection(scheme, host, port, query) as server:
            if os.environ.get("SMTP_USERNAME"):
                server.login(os.environ["SMTP_USERNAME"], os.environ.get("SMTP_PASSWORD", ""))
            server.send_message(message, to_addrs=receivers)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise Unsent("%s://%s:%d: %s" % (scheme, host, port, error))


def server_in(url):
    """(scheme, host, port, query)."""
    try:
        parts = urlsplit(url)
        if parts.scheme in PORTS and parts.hostname:
            return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], parts.query
    except ValueError:
        pass
    shown = url.rpartition("@")[2]
    raise Unsent("SMTP_URL: it must be smtp://host[:port] or smtps://host[:port], not %r" % shown)


def connection(scheme, host, port, query):
    trusted = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=trusted)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    starttls = parse_qs(query).get("starttls", ["offered"])[0]
    server.ehlo()
    if starttls == "always" or (starttls != "never" and server.has_extn("starttls")):
        server.starttls(context=trusted)
        server.ehlo()
    return server


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Unsent as error:
        print(error, file=sys.stderr)
        sys.exit(UNSENT_CODE)
