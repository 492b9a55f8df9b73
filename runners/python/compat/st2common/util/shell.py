# st2common/util/shell.py — programs and their words.
import os
import shlex
import subprocess

__all__ = ["run_command", "kill_process", "quote_unix", "quote_windows"]


def run_command(
    cmd,
    stdin=None,
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    shell=False,
    cwd=None,
    env=None,
    close_fds=None,
):
    """(exit_code, stdout, stderr) of a program that has ended, as text."""
    if not isinstance(cmd, (list, tuple, str)):
        raise TypeError("Command must be a type of list, tuple, or string, not '%s'." % type(cmd))
    process = subprocess.Popen(
        args=cmd,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        shell=shell,
        cwd=cwd,
        env=env or os.environ.copy(),
        close_fds=True if close_fds is None else close_fds,
    )
    out, err = process.communicate()
    return process.returncode, (out or b"").decode("utf-8", "replace"), (err or b"").decode("utf-8", "replace")


def kill_process(process):
    """Ends a process and what it has started; it must lead a session of its own."""
    import signal

    try:
        os.killpg(os.getpgid(process.pid), signal.SIGTERM)
    except ProcessLookupError:
        return False
    return True


def quote_unix(value):
    """One word for a shell."""
    return shlex.quote(value)


def quote_windows(value):
    """One word for Windows."""
    return subprocess.list2cmdline([value])
