# st2tests/action_aliases.py — BaseActionAliasTestCase, for the tests of aliases.
import os

from st2tests.alias_format import ParseException, extract_parameters
from st2tests.pack_resource import BasePackResourceTestCase

__all__ = ["BaseActionAliasTestCase"]


class _Alias:
    """An alias as its file has it; what it does not say is None."""

    def __init__(self, content):
        self._content = content

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._content.get(name)

    @property
    def formats(self):
        return self._content.get("formats") or []

    def get_format_strings(self):
        """What commands are matched with."""
        strings = []
        for item in self.formats:
            of = item.get("representation") or [] if isinstance(item, dict) else item
            strings.extend([of] if isinstance(of, str) else of)
        return strings


class BaseActionAliasTestCase(BasePackResourceTestCase):
    """For one alias: `action_alias_name`."""

    action_alias_name = None
    action_alias_db = None

    def setUp(self):
        super().setUp()
        if not self.action_alias_name:
            raise ValueError('"action_alias_name" class attribute needs to be provided')
        self.action_alias_db = self._get_action_alias_db_by_name(self.action_alias_name)

    def assertCommandMatchesExactlyOneFormatString(self, format_strings, command):
        matching = [one for one in format_strings if _matches(one, command)]
        if not matching:
            raise AssertionError('Command "%s" didn\'t match any of the provided format strings' % command)
        if len(matching) > 1:
            raise AssertionError(
                'Command "%s" matched multiple format strings: %s' % (command, ", ".join(matching))
            )

    def assertExtractedParametersMatch(self, format_string, command, parameters):
        """Passes when the alias has the format, and the command gives exactly these parameters."""
        if format_string not in self.action_alias_db.get_format_strings():
            raise ValueError(
                'Format string "%s" is not available on the alias "%s"' % (format_string, self.action_alias_db.name)
            )
        extracted = extract_parameters(format_string, command)
        told = 'parameters of "%s" by the format "%s"' % (command, format_string)
        self.assertEqual(extracted, parameters, told)

    def _get_action_alias_db_by_name(self, name):
        import yaml

        folder = os.path.join(self._get_base_pack_path(), "aliases")
        files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for file in files:
            if not file.endswith((".yaml", ".yml")):
                continue
            with open(os.path.join(folder, file), encoding="utf-8") as source:
                content = yaml.safe_load(source)
            if isinstance(content, dict) and content.get("name") == name:
                return _Alias(content)
        raise ValueError('Alias with name "%s" not found' % name)


def _matches(format_string, command):
    try:
        extract_parameters(format_string, command)
    except ParseException:
        return False
    return True
