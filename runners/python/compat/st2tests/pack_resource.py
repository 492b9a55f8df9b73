# st2tests/pack_resource.py — what the tests of all parts of a pack share: its folder and its fixtures.
import inspect
import os
from unittest import TestCase

__all__ = ["BasePackResourceTestCase"]


class BasePackResourceTestCase(TestCase):
    def get_fixture_content(self, fixture_path):
        """Text of a file of tests/fixtures."""
        with open(os.path.join(self._get_base_pack_path(), "tests/fixtures", fixture_path)) as source:
            return source.read()

    def _get_base_pack_path(self):
        return os.path.abspath(os.path.join(os.path.dirname(inspect.getfile(type(self))), ".."))
