# runners/python/tests/test_paramiko_ssh.py — the SSH client, with a server of paramiko's in this process.
import io
import logging
import os
import socket
import tempfile
import threading
import unittest

try:
    import paramiko
    from st2common.runners.paramiko_ssh import ParamikoSSHClient, SSHCommandTimeoutError
except ImportError as error:
    raise unittest.SkipTest(str(error))

# It tells of connections that are ended on purpose.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)

ANSWERS = {"both": (b"out\nlast\n", b"err\n", 3), "sudo id": (b"root\r\n", b"", 0), "'a b'": (b"quoted", b"", 0)}


class Login(paramiko.ServerInterface):
    def __init__(self, key):
        self.key = key

    def get_allowed_auths(self, username):
        return "password,publickey"

    def check_auth_password(self, username, password):
        return paramiko.AUTH_SUCCESSFUL if (username, password) == ("ann", "secret") else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL if key == self.key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, channel_id):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(self, channel_id, origin, destination):
        self.destination = destination
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, *args):
        return True

    def check_channel_exec_request(self, channel, command):
        # The client is told that the command has begun when this returns.
        threading.Timer(0.1, answer, (channel, command.decode())).start()
        return True


def answer(channel, command):
    if command not in ANSWERS:
        # Runs until the client has enough of it.
        channel.sendall(b"begun\n")
        return
    stdout, stderr, status = ANSWERS[command]
    channel.sendall(stdout)
    channel.sendall_stderr(stderr)
    channel.send_exit_status(status)
    channel.close()


class SshTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host_key = paramiko.RSAKey.generate(2048)
        cls.key = paramiko.RSAKey.generate(2048)
        cls.listener = socket.create_server(("127.0.0.1", 0))
        cls.port = cls.listener.getsockname()[1]
        cls.logins = []
        threading.Thread(target=cls.serve, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.listener.close()

    @classmethod
    def serve(cls):
        while True:
            try:
                way, _ = cls.listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(way)
            transport.add_server_key(cls.host_key)
            cls.logins.append(Login(cls.key))
            transport.start_server(server=cls.logins[-1])

    def client(self, **given):
        client = ParamikoSSHClient(hostname="127.0.0.1", port=self.port, timeout=10, **given)
        self.addCleanup(client.close)
        return client

    def test_runs_commands_with_a_password(self):
        lines = []
        client = self.client(username="ann", password="secret", handle_stdout_line_func=lambda line: lines.append(line))
        self.assertIs(client.connect(), True)
        self.assertEqual(client.run("both", call_line_handler_func=True), ["out\nlast", "err", 3])
        self.assertEqual(lines, ["out\n", "last\n"])
        self.assertEqual(client.run("sudo id"), ["root", "", 0])
        self.assertEqual(client.run("a b", quote=True), ["quoted", "", 0])
        with self.assertRaises(SSHCommandTimeoutError) as caught:
            client.run("wait", timeout=0.5)
        self.assertEqual(caught.exception.stdout, "begun")

    def test_takes_a_key_as_a_file_or_as_text(self):
        text = io.StringIO()
        self.key.write_private_key(text)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "id")
            self.key.write_private_key_file(path)
            for given in ({"key_files": path}, {"key_files": [path]}, {"key_material": text.getvalue()}):
                self.assertIs(self.client(username="bob", **given).connect(), True)
        with self.assertRaisesRegex(paramiko.SSHException, "and not a path"):
            self.client(key_material="/home/x/id").connect()
        with self.assertRaisesRegex(ValueError, "mutually exclusive"):
            self.client(key_files="x", key_material="y").connect()

    def test_without_credentials_the_key_file_of_the_system_user_is_wanted(self):
        with self.assertRaisesRegex(ValueError, "/home/stanley/.ssh/stanley_rsa.*OS_SYSTEM_USER__SSH_KEY_FILE"):
            self.client(username="ann").connect()

    def test_says_who_could_not_log_in_and_not_with_what(self):
        with self.assertRaisesRegex(paramiko.SSHException, "host 127.0.0.1 as ann: Authentication failed") as caught:
            self.client(username="ann", password="wr0ng").connect()
        self.assertNotIn("wr0ng", str(caught.exception))

    def test_asks_the_bastion_for_the_way(self):
        client = self.client(username="ann", password="secret", bastion_host="127.0.0.1")
        # This server opens the way and does not go it.
        with self.assertRaises(Exception):
            client.ssh_connect_timeout = 1
            client.connect()
        self.assertEqual(self.logins[-1].destination, ("127.0.0.1", self.port))


if __name__ == "__main__":
    unittest.main()
