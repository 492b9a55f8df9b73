# tests/test_alias_format.py — chat messages and formats of aliases, as the tests of packs match them.
import re
from unittest import TestCase

from st2tests.alias_format import ParseException, extract_parameters


class AliasFormatTest(TestCase):
    def test_parameters(self):
        for format_str, command, expected in (
            ("deploy {{app}} to {{env}}", "deploy shop to eu west", {"app": "shop", "env": "eu west"}),
            ("deploy {{app}}", "  deploy 'the shop'  ", {"app": "the shop"}),
            ("list {{what}} {{limit=10}}", "list all", {"what": "all", "limit": "10"}),
            ("list {{what}} {{limit=10}}", "list all 3", {"what": "all", "limit": "3"}),
            ("list {{what=pods}}", "list", {"what": "pods"}),
            ("show {{id}}", "show 7 depth=2 note='a b'", {"id": "7", "depth": "2", "note": "a b"}),
            ("(ok|okay) {{name}}", "okay jane", {"name": "jane"}),
            ("status of {{svc}}[!.]?$", "status of nginx!", {"svc": "nginx! "}),
            ("", "", {}),
        ):
            with self.subTest(format_str, command=command):
                self.assertEqual(extract_parameters(format_str, command), expected)

    def test_no_match(self):
        for format_str, command in (("deploy {{app}}", "deploy"), ("deploy {{app}}", "undeploy x"), ("go", "go on")):
            with self.subTest(format_str, command=command), self.assertRaises(ParseException) as raised:
                extract_parameters(format_str, command)
            self.assertIn(command, str(raised.exception))

    def test_what_is_no_expression(self):
        with self.assertRaises(re.error):
            extract_parameters("x ( {{a}}", "x 1")

    def test_many_matches(self):
        every = extract_parameters(r"(?:x|^|\b){{key}}-{{id}}(?:x|$|\s)", "A-1 B-2", match_multiple=True)
        self.assertEqual(every, [{"key": " A", "id": "1"}, {"key": "B", "id": "2"}])
