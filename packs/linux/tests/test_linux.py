# packs/linux/tests/test_linux.py — scripts, actions and the sensor, on this machine.
import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from dig import Dig
from file_watch_sensor import FileWatchSensor
from st2tests.base import BaseActionTestCase, BaseSensorTestCase
from unittest import TestCase
from unittest.mock import patch
from wait_for_ssh import WaitForSsh, key_in

CHECKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../actions/checks")


def script(name, *words, **variables):
    path = os.path.join(CHECKS, name)
    return subprocess.run(["sh", path, *words], capture_output=True, text=True, env={**os.environ, **variables})


class ScriptsTestCase(TestCase):
    def test_the_load_is_read_for_each_period(self):
        with tempfile.NamedTemporaryFile("w") as loadavg, tempfile.NamedTemporaryFile("w") as cpuinfo:
            loadavg.write("0.10 0.20 0.30 1/99 1234\n")
            loadavg.flush()
            cpuinfo.write("processor\t: 0\nmodel\t: x\nprocessor\t: 1\n")
            cpuinfo.flush()
            files = {"LOADAVG_FILE": loadavg.name, "CPUINFO_FILE": cpuinfo.name}
            load = {period: script("check_loadavg.sh", period, **files).stdout for period in ("5", "all")}
        self.assertEqual(load["5"], "0.1\n")
        self.assertEqual(json.loads(load["all"]), {"1": "0.05", "5": "0.1", "15": "0.15"})

    def test_processes_are_found_by_command_line_number_and_state(self):
        words = ["sleep", "61.25"]
        quoted = ["sh", "-c", "sleep 61.25; exit", 'say "hi" \\\\ there']
        processes = [subprocess.Popen(command) for command in (words, quoted)]
        try:
            number, other = (str(process.pid) for process in processes)
            found = json.loads(script("check_processes.sh", "name", "sleep 61[.]25").stdout)
            self.assertEqual((found[number], found[other]), (" ".join(words), " ".join(quoted)))
            listed = script("check_processes.sh", "pid", number, "pidlist")
            self.assertEqual((json.loads(listed.stdout), listed.stderr), ({number: " ".join(words)}, number + "\n"))
            processes[0].kill()
            os.waitid(os.P_PID, processes[0].pid, os.WEXITED | os.WNOWAIT)
            self.assertIn(number, json.loads(script("check_processes.sh", "state", "Z").stdout))
        finally:
            for process in processes:
                process.kill()
                process.wait()
        none = script("check_processes.sh", "name", "no such process at all")
        self.assertEqual((none.returncode, none.stdout), (0, "{}\n"))
        self.assertEqual(script("check_processes.sh", "owner", "x").returncode, 2)

    def test_a_service_is_told_to_what_is_there(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "service")
            with open(path, "w") as program:
                program.write("#!/bin/sh\necho \"$@\"\n")
            os.chmod(path, stat.S_IRWXU)
            os.symlink(shutil.which("sh"), os.path.join(folder, "sh"))
            done = script("service.sh", "restart", "nginx", PATH=folder)
        self.assertEqual(done.stdout, "nginx restart\n")


class DigTestCase(BaseActionTestCase):
    action_cls = Dig

    def with_program(self, text):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "dig")
        with open(path, "w") as program:
            program.write("#!/bin/sh\n" + text)
        os.chmod(path, stat.S_IRWXU)
        before = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        os.environ["PATH"] = folder + os.pathsep + before

    def test_it_asks_as_it_is_told_and_returns_the_answers(self):
        self.with_program('for word; do echo "$word"; done\n')
        answers = self.get_action_instance().run(hostname="a.example", nameserver="ns.example", queryopts="short,tcp")
        self.assertEqual(answers, ["@ns.example", "a.example", "A", "+short", "+tcp"])

    def test_the_first_answers_are_taken_before_chance_orders_them(self):
        self.with_program("seq 9\n")
        action = self.get_action_instance()
        orders = {tuple(action.run(hostname="a.example", count=3, rand=True)) for _ in range(50)}
        self.assertEqual({tuple(sorted(order)) for order in orders}, {("1", "2", "3")})
        self.assertGreater(len(orders), 1)
        for count in (0, -1, 10):
            self.assertEqual(len(action.run(hostname="a.example", count=count)), 9)

    def test_texts_come_without_their_quotes(self):
        self.with_program("echo '\"v=spf1 -all\"'; echo '\"a\" \"b\"'\n")
        action = self.get_action_instance()
        self.assertEqual(action.run(hostname="a.example", querytype="txt"), ["v=spf1 -all", "a b"])
        self.assertEqual(action.run(hostname="a.example", querytype="CAA"), ['"v=spf1 -all"', '"a" "b"'])

    def test_a_failure_is_told(self):
        self.with_program("echo 'no servers could be reached' >&2; exit 9\n")
        self.assertEqual(self.get_action_instance().run(hostname="a.example"), (False, "no servers could be reached"))
        with self.assertRaisesRegex(ValueError, "is no name"):
            self.get_action_instance().run(hostname="-f/etc/passwd")
        with patch.dict(os.environ, PATH="/no/such"):
            done, said = self.get_action_instance().run(hostname="a.example")
        self.assertEqual((done, "no program dig" in said), (False, True))


class WaitForSshTestCase(BaseActionTestCase):
    action_cls = WaitForSsh

    def serve(self, said):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def answer():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        return server.getsockname()[1]

    def test_a_server_that_greets_is_enough_without_a_user(self):
        with self.assertLogs("st2.actions.python.WaitForSsh", "INFO") as logged:
            done = self.get_action_instance().run(hostname="127.0.0.1", port=self.serve(b"SSH-2.0-x\r\n"))
        self.assertIs(done, True)
        self.assertTrue(logged.output[-1].endswith("answers by SSH at try 1"), logged.output)

    def test_what_is_no_ssh_server_fails_after_all_tries(self):
        port = self.serve(b"220 mail\r\n")
        with self.assertRaisesRegex(ConnectionError, "in 2 tries: what listens there is no SSH server"):
            self.get_action_instance().run(hostname="127.0.0.1", port=port, retries=2, sleep_delay=0)

    def test_keys_in_the_forms_of_openssh_are_taken_and_others_told_at_once(self):
        forms = serialization.PrivateFormat
        made = {
            "ECDSAKey": (ec.generate_private_key(ec.SECP256R1()), forms.TraditionalOpenSSL),
            "Ed25519Key": (ed25519.Ed25519PrivateKey.generate(), forms.OpenSSH),
        }
        for kind, (key, form) in made.items():
            text = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
            self.assertEqual(type(key_in(text.strip())).__name__, kind)
        with self.assertRaisesRegex(ValueError, "no private key in a form of OpenSSH"):
            self.get_action_instance().run(hostname="127.0.0.1", port=1, username="ann", private_key="x")


class FileWatchSensorTestCase(BaseSensorTestCase):
    sensor_cls = FileWatchSensor

    def test_new_lines_are_told_also_of_a_file_that_is_made_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "log")
            write(path, "old\n")
            sensor = self.get_sensor_instance()
            sensor.add_trigger({"ref": "linux.watched", "parameters": {"file_path": path}})
            sensor.poll()
            self.assertEqual(self.get_dispatched_triggers(), [])
            write(path, "one\nhal")
            sensor.poll()
            write(path, "f \n")
            sensor.poll()
            os.unlink(path)
            sensor.poll()
            write(path, "new\n")
            sensor.poll()
            lines = [one["payload"]["line"] for one in self.get_dispatched_triggers()]
            self.assertEqual(lines, ["one", "half", "new"])
            payload = {"file_path": path, "file_name": "log", "line": "new"}
            self.assertTriggerDispatched("linux.watched", payload)
            sensor.remove_trigger({"parameters": {"file_path": path}})
            write(path, "more\n")
            sensor.poll()
            self.assertEqual(len(self.get_dispatched_triggers()), 3)


def write(path, text):
    with open(path, "a") as target:
        target.write(text)
