# packs/linux/actions/wait_for_ssh.py — tries to log in, or only to reach the server, until it goes well.
import io
import socket
import time

from st2common.runners.base_action import Action


class WaitForSsh(Action):
    def run(self, hostname, port=22, username=None, password=None, keyfile=None, private_key=None, ssh_timeout=5,
            sleep_delay=20, retries=10):
        login = login_of(username, password, keyfile, private_key)
        for number in range(1, retries + 1):
            try:
                if username:
                    log_in(hostname, port, ssh_timeout, login)
                else:
                    greeting(hostname, port, ssh_timeout)
                self.logger.info("%s:%d answers by SSH at try %d", hostname, port, number)
                return True
            except Exception as error:
                self.logger.info("try %d of %d: %s: %s", number, retries, type(error).__name__, error)
                last = error
            if number < retries:
                time.sleep(sleep_delay)
        raise ConnectionError("%s:%d did not let us in by SSH in %d tries: %s" % (hostname, port, retries, last))


def greeting(hostname, port, seconds):
    with socket.create_connection((hostname, port), timeout=seconds) as connection:
        connection.settimeout(seconds)
        said = connection.recv(64)
    if not said.startswith(b"SSH-"):
        raise ConnectionError("what listens there is no SSH server")


def login_of(username, password, keyfile, private_key):
    login = {"username": username, "password": password, "allow_agent": False, "look_for_keys": False}
    if keyfile:
        login["key_filename"] = keyfile
    if private_key:
        login["pkey"] = key_in(private_key)
    return login


def log_in(hostname, port, seconds, login):
    import paramiko

    client = paramiko.SSHClient()
    # It waits for machines that have just been made: nobody knows their keys yet, and nothing but the log-in is sent.
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    limits = {"timeout": seconds, "banner_timeout": seconds, "auth_timeout": seconds}
    try:
        client.connect(hostname, port=port, **limits, **login)
    finally:
        client.close()


def key_in(text):
    import paramiko

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text if text.endswith("\n") else text + "\n"))
        except paramiko.SSHException:
            continue
    raise ValueError(
        "private_key: it is no private key in a form of OpenSSH, without a passphrase; ssh-keygen -p -f FILE makes one of it"
    )
