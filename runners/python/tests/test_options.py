# runners/python/tests/test_options.py — what packs expect of StackStorm's own configuration, and what is not here.
import importlib.util
import os
import subprocess
import sys
import unittest

from st2common.services.datastore import BaseDatastoreService


def printed(text, **env):
    """What another Python prints, in which nothing has been imported yet."""
    answer = subprocess.run(
        [sys.executable, "-c", text], env={**os.environ, **env}, stdout=subprocess.PIPE, check=True, text=True
    )
    return answer.stdout.split()


class OptionsTest(unittest.TestCase):
    def setUp(self):
        try:
            import oslo_config  # noqa: F401
        except ImportError as error:
            self.skipTest(str(error))

    def test_are_there_whichever_import_comes_first(self):
        options = "from oslo_config import cfg"
        action = "from st2common.runners.base_action import Action"
        show = "print(cfg.CONF.system_user.ssh_key_file, cfg.CONF.content.system_packs_base_path)"
        wanted = ["/home/stanley/.ssh/stanley_rsa", "/srv/packs"]
        for lines in ([options, action, show], [action, options, show]):
            self.assertEqual(printed("\n".join(lines), SQUALL_STACKSTORM_DIR="/srv"), wanted)

    def test_tell_the_group_of_the_files_of_packs(self):
        lines = ["from st2common.content import utils", "print(utils.get_pack_group())"]
        self.assertEqual(printed("\n".join(lines)), ["st2packs"])

    def test_may_be_said_by_the_pod_and_by_the_pack(self):
        lines = [
            "from oslo_config import cfg",
            "cfg.CONF.register_opt(cfg.StrOpt('user', default='mine'), group='system_user')",
            "from st2common import config",
            "config.parse_args()",
            "print(cfg.CONF.system_user.user, cfg.CONF.ssh_runner.ssh_connect_timeout + 1)",
        ]
        self.assertEqual(printed("\n".join(lines), OS_SSH_RUNNER__SSH_CONNECT_TIMEOUT="7"), ["mine", "8"])


class StartTest(unittest.TestCase):
    def test_no_option_is_read_before_it_is_wanted(self):
        show = "print([name for name in sys.modules if name.startswith(('oslo', 'paramiko', 'st2common.config'))])"
        self.assertEqual(printed("import sys\nfrom st2common.runners.base_action import Action\n%s" % show), ["[]"])


class NotHereTest(unittest.TestCase):
    def test_says_what_to_do_instead_when_it_is_used(self):
        import st2common.bootstrap.sensorsregistrar as sensors_registrar
        import st2common.script_setup

        with self.assertRaisesRegex(NotImplementedError, "st2client or kubectl"):
            st2common.script_setup.db_setup()
        with self.assertRaisesRegex(NotImplementedError, "squall pack register FOLDER"):
            sensors_registrar.SensorsRegistrar(use_pack_cache=True, fail_on_failure=True)


class OldNameTest(unittest.TestCase):
    def test_the_client_has_its_old_name_too(self):
        class Service(BaseDatastoreService):
            def get_api_client(self):
                return "client"

        self.assertEqual(Service(None, "demo", "Demo")._get_api_client(), "client")


class PackagesTest(unittest.TestCase):
    def test_are_there_and_say_nothing_when_they_are_imported(self):
        if importlib.util.find_spec("oslo_config") is None:
            self.skipTest("these are not the packages of the image")
        names = "dateutil, eventlet, git, jinja2, jsonschema, mock, orjson, oslo_config, paramiko, pkg_resources, pytz"
        more = "requests, sh, simplejson, six, st2client.client, urllib3, yaml, zmq"
        # As an action's file is loaded, which is not __main__.
        text = "import types; exec('import %s, %s', types.ModuleType('case').__dict__)" % (names, more)
        answer = subprocess.run([sys.executable, "-c", text], stderr=subprocess.PIPE, text=True)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
