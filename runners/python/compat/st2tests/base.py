# st2tests/base.py — what the unit tests of packs inherit from.
import os
import shutil
from unittest import TestCase

from st2tests.action_aliases import BaseActionAliasTestCase
from st2tests.actions import BaseActionTestCase
from st2tests.pack_resource import BasePackResourceTestCase
from st2tests.sensors import BaseSensorTestCase

__all__ = [
    "BasePackResourceTestCase",
    "BaseActionTestCase",
    "BaseSensorTestCase",
    "BaseActionAliasTestCase",
    "CleanDbTestCase",
    "CleanFilesTestCase",
]


class CleanDbTestCase(TestCase):
    """There is no database to clean: the datastore of each test is its own, and begins empty."""


class CleanFilesTestCase(TestCase):
    """Deletes `to_delete_files` and `to_delete_directories` before and after each test."""

    to_delete_files = []
    to_delete_directories = []

    def setUp(self):
        super().setUp()
        self._delete_files()

    def tearDown(self):
        super().tearDown()
        self._delete_files()

    def _delete_files(self):
        for path in self.to_delete_files:
            if os.path.lexists(path):
                os.remove(path)
        for path in self.to_delete_directories:
            shutil.rmtree(path, ignore_errors=True)
