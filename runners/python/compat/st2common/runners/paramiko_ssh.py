# st2common/runners/paramiko_ssh.py — ParamikoSSHClient: one connection to another machine, for actions that speak SSH themselves.
import io
import os
import threading

import paramiko

from st2common import config, log

__all__ = ["ParamikoSSHClient", "SSHCommandTimeoutError"]

_PORT = 22
_LAST_OUTPUT_SECONDS = 1
_NO_KEY = (
    'The key file "%s" is not in the pod of this action. Give it a password, key_files or key_material, for example from '
    "the configuration of the pack, or name another file in OS_SYSTEM_USER__SSH_KEY_FILE"
)


class SSHCommandTimeoutError(Exception):
    """A command that took longer than it may; `stdout` and `stderr` are what had come."""

    def __init__(self, cmd, timeout, ssh_connect_timeout, stdout=None, stderr=None):
        self.cmd, self.timeout, self.ssh_connect_timeout = cmd, timeout, ssh_connect_timeout
        self.stdout, self.stderr = stdout, stderr
        self.message = "Command didn't finish in %s seconds" % timeout
        super().__init__(self.message)


class ParamikoSSHClient:
    """Logs in with a key, a password, or the key file of the system user; to the bastion in the same way, at the same port.
    Any key of a host is taken. `timeout` in seconds."""

    def __init__(
        self,
        hostname,
        port=_PORT,
        username=None,
        password=None,
        bastion_host=None,
        key_files=None,
        key_material=None,
        timeout=None,
        passphrase=None,
        handle_stdout_line_func=None,
        handle_stderr_line_func=None,
    ):
        self.hostname, self.port, self.username = hostname, port or _PORT, username
        self.password, self.passphrase = password, passphrase
        self.key_files, self.key_material = key_files, key_material
        self.bastion_host = bastion_host
        self.timeout = timeout
        self.ssh_connect_timeout = min(int(timeout or 60), config.cfg.CONF.ssh_runner.ssh_connect_timeout)
        self.logger = log.getLogger(__name__)
        self.client = self.bastion_client = self.sftp_client = None
        self._handle_stdout_line_func = handle_stdout_line_func
        self._handle_stderr_line_func = handle_stderr_line_func

    def connect(self):
        """True. Raises what paramiko raises, and ValueError for credentials that are none."""
        self.close()
        credentials = self._credentials()
        way = None
        if self.bastion_host:
            self.bastion_client = self._connected(self.bastion_host, credentials)
            way = self.bastion_client.get_transport().open_channel("direct-tcpip", (self.hostname, self.port), ("", 0))
        self.client = self._connected(self.hostname, credentials, way)
        return True

    def run(self, cmd, timeout=None, quote=False, call_line_handler_func=False):
        """[stdout, stderr, exit code], the outputs without their last line break; with sudo there is a terminal, and one output."""
        from st2common.util.shell import quote_unix

        cmd = quote_unix(cmd) if quote else cmd
        channel = self.client.get_transport().open_session(timeout=self.ssh_connect_timeout)
        is_terminal = cmd.startswith("sudo")
        if is_terminal:
            channel.get_pty()
        channel.exec_command(cmd)
        channel.shutdown_write()
        handlers = (self._handle_stdout_line_func, self._handle_stderr_line_func)
        outputs = [
            _Output(stream, handler if call_line_handler_func else None)
            for stream, handler in zip((channel.makefile("rb"), channel.makefile_stderr("rb")), handlers)
        ]
        is_done = channel.status_event.wait(timeout)
        if not is_done:
            channel.close()
        stdout, stderr = [output.text(is_terminal) for output in outputs]
        if not is_done:
            raise SSHCommandTimeoutError(cmd, timeout, self.ssh_connect_timeout, stdout, stderr)
        status = channel.recv_exit_status()
        channel.close()
        return [stdout, stderr, status]

    @property
    def sftp(self):
        if self.sftp_client is None:
            self.sftp_client = self.client.open_sftp()
        return self.sftp_client

    def put(self, local_path, remote_path, mode=None, mirror_local_mode=False):
        """Copies one file there; `mode` is a number, or text in octal."""
        attributes = self.sftp.put(local_path, remote_path)
        if mirror_local_mode:
            mode = os.stat(local_path).st_mode & 0o7777
        if mode:
            self.sftp.chmod(remote_path, int(mode, 8) if isinstance(mode, str) else mode)
        return attributes

    def exists(self, remote_path):
        try:
            self.sftp.lstat(remote_path)
        except OSError:
            return False
        return True

    def mkdir(self, dir_path):
        return self.sftp.mkdir(dir_path)

    def delete_file(self, path):
        self.sftp.unlink(path)
        return True

    def delete_dir(self, path, force=False, timeout=None):
        from st2common.util.shell import quote_unix

        return self.run("rm -rf %s" % quote_unix(path), timeout=timeout) if force else self.sftp.rmdir(path)

    def close(self):
        for one in (self.sftp_client, self.client, self.bastion_client):
            if one is not None:
                one.close()
        self.client = self.bastion_client = self.sftp_client = None
        return True

    def _connected(self, host, credentials, way=None):
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        seconds = self.ssh_connect_timeout
        try:
            client.connect(
                host, self.port, timeout=seconds, banner_timeout=seconds, auth_timeout=seconds, channel_timeout=seconds,
                sock=way, allow_agent=False, look_for_keys=False, **credentials
            )
        except paramiko.SSHException as error:
            client.close()
            raise paramiko.SSHException("Error connecting to host %s as %s: %s" % (host, credentials["username"], error)) from error
        except BaseException:
            client.close()
            raise
        return client

    def _credentials(self):
        if self.key_files and self.key_material:
            raise ValueError("key_files and key_material arguments are mutually exclusive. Supply only one.")
        given = {"username": self.username or config.cfg.CONF.system_user.user}
        if self.key_material:
            given["pkey"] = _key_of(self.key_material, self.passphrase)
        elif self.key_files or not self.password:
            files = self.key_files or config.cfg.CONF.system_user.ssh_key_file
            for path in [files] if isinstance(files, str) else files:
                if not os.path.isfile(path):
                    raise ValueError(_NO_KEY % path)
            given["key_filename"] = files
        elif self.passphrase:
            raise ValueError("passphrase should accompany private key material")
        if self.password:
            given["password"] = self.password
        if self.passphrase:
            given["passphrase"] = self.passphrase
        return given


def _key_of(text, passphrase):
    for kind in (paramiko.RSAKey, paramiko.ECDSAKey, paramiko.Ed25519Key):
        try:
            return kind.from_private_key(io.StringIO(text), password=passphrase)
        except paramiko.PasswordRequiredException:
            raise
        except (paramiko.SSHException, ValueError):
            continue
    if "private key" not in text.lower() and ("/" in text or "\\" in text):
        raise paramiko.SSHException("key_material needs the content of a private key and not a path")
    raise paramiko.SSHException("key_material is no private key of type RSA, ECDSA or Ed25519, or the passphrase is not its own")


class _Output:
    """What comes from one stream, read as long as it lasts."""

    def __init__(self, stream, handle):
        self._lines = []
        self._reader = threading.Thread(target=self._read, args=(stream, handle), daemon=True)
        self._reader.start()

    def _read(self, stream, handle):
        for line in stream:
            self._lines.append(line)
            if handle and line.strip():
                handle(line=line.decode("utf-8", "replace"))

    def text(self, is_terminal):
        """What the command left running in the background may still write is not waited for."""
        self._reader.join(_LAST_OUTPUT_SECONDS)
        text = b"".join(self._lines).decode("utf-8", "replace")
        if is_terminal:
            text = text.replace("\r\n", "\n")
        return text[:-1] if text.endswith("\n") else text
