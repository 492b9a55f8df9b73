# runners/python/tests/test_compat.py — the modules that need no other package but those of the common environment.
import datetime
import os
import unittest

from st2common.content import utils
from st2common.models.system.action import ShellScriptAction
from st2common.runners.base_action import Action
from st2common.runners.utils import PackConfigDict
from st2common.util import shell
from st2tests.base import BaseActionTestCase, BaseSensorTestCase
from st2reactor.sensor.base import PollingSensor


class Old(Action):
    """As packs were written before action_service came."""

    def __init__(self, config):
        super().__init__(config)
        self.is_old = True

    def run(self, name):
        self.logger.debug("hello %s", name)
        return name


class ScriptArgumentsTest(unittest.TestCase):
    def test_names_that_have_values_then_places(self):
        action = ShellScriptAction("", "", "")
        named = {"--list": ["a", "b c"], "--on": True, "--off": False, "--none": None, "--empty": "", "--n": 0}
        self.assertEqual(
            action._get_script_arguments(named_args=named, positional_args=["x y", 2]),
            """--list='['"'"'a'"'"', '"'"'b c'"'"']' --on --n=0 'x y' 2""",
        )
        self.assertEqual(action._get_script_arguments(), "")


class OldActionTest(BaseActionTestCase):
    action_cls = Old

    def test_gets_the_service_afterwards(self):
        action = self.get_action_instance({"a": {"b": 1}})
        self.assertTrue(action.is_old)
        self.assertEqual(action.run(name="x"), "x")
        self.assertIs(action.action_service, self.action_service)

    def test_its_logger_can_be_replaced(self):
        action = self.get_action_instance()
        action.logger = "mine"
        self.assertEqual(action.logger, "mine")
        self.assertIs(self.get_action_instance().logger, self.get_action_instance().logger)

    def test_an_error_of_its_own_is_not_hidden(self):
        class Broken(Old):
            def __init__(self, config, action_service=None):
                raise TypeError("mine")

        self.action_cls = Broken
        with self.assertRaisesRegex(TypeError, "mine"):
            self.get_action_instance()


class ConfigTest(unittest.TestCase):
    def test_a_missing_key_is_named_and_get_is_as_ever(self):
        config = PackConfigDict("demo", {"a": 1})
        self.assertEqual((config["a"], config.get("b"), config.get("b", 2)), (1, None, 2))
        with self.assertRaisesRegex(ValueError, '(?s)"demo".*"b".*configs/demo.yaml'):
            config["b"]


class Poller(PollingSensor):
    def setup(self):
        pass

    def poll(self):
        self.sensor_service.dispatch("demo.event", {"n": 1}, trace_tag="t")

    def cleanup(self):
        pass

    add_trigger = update_trigger = remove_trigger = lambda self, trigger: None


class SensorTest(BaseSensorTestCase):
    sensor_cls = Poller

    def test_dispatches(self):
        sensor = self.get_sensor_instance(config={"a": 1}, poll_interval=7)
        self.assertEqual((sensor.get_poll_interval(), sensor._config, sensor.config), (7, {"a": 1}, {"a": 1}))
        sensor.poll()
        self.assertTriggerDispatched("demo.event", {"n": 1})
        with self.assertRaises(AssertionError):
            self.assertTriggerDispatched("demo.event", {"n": 2})


class ShellTest(unittest.TestCase):
    def test_text_comes_back(self):
        self.assertEqual(shell.run_command(["sh", "-c", "echo a; echo b >&2; exit 3"]), (3, "a\n", "b\n"))
        self.assertEqual(shell.quote_unix("a b"), "'a b'")
        self.assertEqual(shell.quote_windows("a b"), '"a b"')


class PathsTest(unittest.TestCase):
    def test_files_stay_in_their_pack(self):
        base = utils.get_pack_base_path("demo")
        self.assertTrue(base.endswith("/packs/demo"))
        self.assertEqual(utils.get_pack_file_abs_path("demo", "a/b.txt"), os.path.join(base, "a/b.txt"))
        self.assertEqual(utils.get_entry_point_abs_path("demo", "x.py"), os.path.join(base, "actions/x.py"))
        for path in ("../x", "/x", "a/../../x"):
            with self.assertRaises(ValueError):
                utils.get_pack_file_abs_path("demo", path)


class DatesTest(unittest.TestCase):
    def setUp(self):
        try:
            from st2common.util import isotime
        except ImportError as error:
            self.skipTest(str(error))
        self.isotime = isotime

    def test_only_utc_is_taken(self):
        parsed = self.isotime.parse("2015-09-10T10:10:10Z")
        self.assertEqual(parsed.utcoffset(), datetime.timedelta(0))
        self.assertEqual(self.isotime.format(parsed, usec=False), "2015-09-10T10:10:10+00:00")
        self.assertEqual(self.isotime.format(0, usec=False, offset=False), "1970-01-01T00:00:00Z")
        for text in ("2015-09-10", "2015-09-10T10:10:10", "2015-09-10T10:10:10+02:00"):
            with self.assertRaisesRegex(ValueError, "does not match expected format"):
                self.isotime.parse(text)


class FiltersTest(unittest.TestCase):
    def test_as_in_templates(self):
        from st2common.util import jinja_filters as filters

        times = {0: "0s", 0.2: "0.2μs", 5: "5s", 185: "3m5s", 3605: "1h0m5s", 183845: "2d3h4m5s", 40 * 86400: "9d0h0m0s"}
        for seconds, text in times.items():
            self.assertEqual(filters.to_human_time_from_seconds(seconds), text)
        self.assertEqual(filters.to_json_string({"a": 1, "b": 2}), '{"a": 1,"b": 2}')
        self.assertEqual(filters.regex_substring("a1b2", r"\d", 1), "2")
        self.assertEqual(filters.version_bump_minor("1.2.3"), "1.3.0")
        self.assertEqual(filters.version_compare("1.2.3-rc.1", "1.2.3"), -1)
        self.assertTrue(filters.version_match("1.2.3", ">=1.2.0"))
        self.assertEqual(filters.json_escape('a"b'), 'a\\"b')
        self.assertEqual(filters.use_none(None), "%*****__%NONE%__*****%")

    def test_rendering_keeps_types(self):
        try:
            from st2common.util import jinja
            import jinja2  # noqa: F401
        except ImportError as error:
            self.skipTest(str(error))
        given = {"n": 1, "l": ["{{ a }}", 2], "s": "{{ a | to_json_string }}"}
        self.assertEqual(jinja.render_values(given, {"a": "x"}), {"n": 1, "l": ["x", 2], "s": '"x"'})


if __name__ == "__main__":
    unittest.main()
