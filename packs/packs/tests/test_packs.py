# packs/packs/tests/test_packs.py — each action of the pack against Packs over HTTP.
import json
import os
from unittest.mock import patch

import pack_objects
from delete import Delete
from download import Download
from get import Get
from get_config import GetConfig
from get_pack_dependencies import GetPackDependencies
from get_pack_warnings import GetPackWarnings
from load import Load
from pack_server import PackServer, failing, installed
from search import Search
from setup_virtualenv import SetupVirtualenv
from show import Show
from st2tests.base import BaseActionTestCase
from unload import Unload
from virtualenv_prerun import VirtualenvPrerun


class PacksCase(BaseActionTestCase):
    action_cls = Download

    def setUp(self):
        super().setUp()
        pack_objects.LOOK_SECONDS = 0.01
        self.server, self.config = PackServer(), {}
        self.addCleanup(self.server.close)

    def act(self, kind, **parameters):
        self.action_cls = kind
        action = self.get_action_instance(config={"index_url": [self.server.url + "/index.json"], **self.config})
        action._packs = pack_objects.PackObjects(self.server.url, "token", "shop", verify=False)
        return action.run(**parameters)

    def spec(self, name):
        return self.server.packs[name]["spec"]


class InstallTestCase(PacksCase):
    def test_packs_are_named_as_their_repositories_are(self):
        for spec, name in {
            "shop": "shop",
            "my_pack=1.2.0": "my_pack",
            "Ann/stackstorm-shop": "shop",
            "https://example.org/x/StackStorm-My-Pack.git=main": "my_pack",
            "git@example.org:x/shop.git": "shop",
        }.items():
            self.assertEqual(pack_objects.name_of(spec), name)
        with self.assertRaisesRegex(ValueError, "No name of a pack"):
            pack_objects.name_of("https://example.org/a b")

    def test_what_is_downloaded_becomes_a_pack_and_succeeds_when_it_is_valid(self):
        done = self.act(Download, packs=["my_pack=1.2.0"], force=True, run="e1")
        self.assertEqual(done, (True, {"my_pack": "Success."}))
        pack = self.server.packs["my-pack"]
        self.assertEqual((pack["spec"]["from"], pack["spec"]["force"]), ("my_pack=1.2.0", True))
        self.assertEqual(pack["metadata"]["annotations"], {"packs.squall.dev/installed-by": "e1"})

    def test_one_that_is_there_is_fetched_again_and_keeps_its_configuration(self):
        self.act(Download, packs=["shop"])
        self.spec("shop").update(config={"values": {"a": 1}}, source={"inline": {}})
        before = self.spec("shop")["reinstall"]
        self.act(Download, packs=["shop=2.0.0"], run="e2")
        now = self.spec("shop")
        self.assertEqual((now["from"], now["config"], "source" in now), ("shop=2.0.0", {"values": {"a": 1}}, False))
        self.assertNotEqual(now["reinstall"], before)
        self.assertEqual(self.server.packs["shop"]["metadata"].get("annotations"), {})

    def test_a_failure_is_told_with_its_findings_and_fails_when_nothing_succeeded(self):
        self.server.operate = failing("Valid", "1 file is wrong", findings=[{"file": "a.yaml", "line": 3, "message": "bad"}])
        self.assertEqual(self.act(Download, packs=["shop"]), (False, {"shop": "1 file is wrong; a.yaml:3: bad"}))

    def test_what_fails_leaves_nothing_but_what_was_there_before(self):
        self.act(Download, packs=["old"])
        self.server.operate = failing("Fetched", "no such repository")
        done, result = self.act(Download, packs=["old=2.0.0", "new"])
        self.assertEqual((done, result), (False, {"old": "no such repository", "new": "no such repository"}))
        self.assertEqual(list(self.server.packs), ["old"])

    def test_a_pack_that_is_called_otherwise_than_its_repository_gets_its_own_name(self):
        def operate(pack):
            said = 'pack.yaml says that this is pack "big_shop", and the Pack asks for "repo"; name the Pack big-shop or set spec.ref'
            (installed() if pack["metadata"]["name"] == "big-shop" else failing("Valid", said))(pack)

        self.server.operate = operate
        done = self.act(Download, packs=["https://example.org/stackstorm-repo=v1"], run="e1")
        self.assertEqual(done, (True, {"big_shop": "Success."}))
        self.assertEqual(list(self.server.packs), ["big-shop"])
        self.assertEqual(self.spec("big-shop")["from"], "https://example.org/stackstorm-repo=v1")
        done, result = self.act(Download, packs=["https://example.org/core", "repo"])
        self.assertEqual((done, result["big_shop"]), (True, "Success."))

    def test_a_pack_of_the_system_is_not_replaced_by_a_repository_that_is_called_otherwise(self):
        said = 'pack.yaml says that this is pack "core", and the Pack asks for "repo"; name the Pack core or set spec.ref'
        self.server.operate = failing("Valid", said)
        done, result = self.act(Download, packs=["https://example.org/repo"])
        self.assertEqual((done, list(self.server.packs)), (False, []))
        self.assertIn("part of the system", result["core"])

    def test_a_server_that_is_busy_is_asked_again(self):
        handle, looks = self.server.handle, []

        def busy(method, path, body):
            looks.append(method)
            return (503, {"message": "shutting down"}) if looks == ["GET", "POST", "GET"] else handle(method, path, body)

        self.server.handle = busy
        self.assertEqual(self.act(Download, packs=["shop"]), (True, {"shop": "Success."}))

    def test_the_system_and_unchecked_certificates_are_refused(self):
        done, result = self.act(Download, packs=["core", "shop"])
        self.assertEqual((done, result["shop"]), (True, "Success."))
        self.assertIn("part of the system", result["core"])
        with self.assertRaisesRegex(ValueError, "verifyssl"):
            self.act(Download, packs=["shop"], verifyssl=False)

    def test_the_time_that_a_step_may_take_ends(self):
        self.server.operate = lambda pack: None
        done, result = self.act(Download, packs=["shop"], timeout_seconds=0)
        self.assertEqual(done, False)
        self.assertIn("not within 0 s: the operator has not looked at it yet", result["shop"])

    def test_a_password_in_an_address_is_neither_logged_nor_shown(self):
        self.server.operate = installed(commit="0123456789abcdef")
        with self.assertLogs("st2.actions.python.Download", "INFO") as logged:
            self.act(Download, packs=["https://me:hunter2@example.org/x/shop.git"])
        shown = self.act(Get, pack="shop")["git_status"]
        self.assertIn("https://********@example.org/x/shop.git", shown)
        self.assertNotIn("hunter2", shown + str(logged.output))
        self.assertEqual(self.spec("shop")["from"], "https://me:hunter2@example.org/x/shop.git")

    def test_the_list_of_packs_grows_by_those_that_were_fetched(self):
        status = {"b": "Success.", "c": "No record of the \"c\" pack in the index."}
        self.assertEqual(self.act(VirtualenvPrerun, packs_status=status, packs_list=["a"]), ["a", "b"])
        # What a tool said before it failed is no success of the pack's.
        failed = {"c": "uv pip install -r requirements.txt: Failed to build `x`; y was built successfully"}
        self.assertEqual(self.act(VirtualenvPrerun, packs_status={**failed, "d": "success"}), ["d"])

    def test_dependencies_are_listed_once_and_conflicts_told(self):
        conflict = 'pack "shop" needs "db=2.0.0", but version 1.0.0 of "db" is installed'
        self.server.operate = installed(missing=["mail", "https://example.org/stackstorm-mail.git=v2"], warnings=[conflict, "odd"])
        self.act(Download, packs=["shop"])
        found = self.act(GetPackDependencies, packs_status={"shop": "Success."}, nested=3)
        wanted = {"dependency_list": ["mail"], "nested": 2}
        self.assertEqual(found, {**wanted, "conflict_list": ["db=2.0.0", "https://example.org/stackstorm-mail.git=v2"]})
        self.assertEqual(self.act(GetPackDependencies, packs_status={"shop": "Success."}, nested=0), {})
        # What was fetched in an earlier round is not asked for again, though the operator still misses it.
        self.act(Download, packs=["mail"])
        both = {"shop": "Success.", "mail": "Success."}
        self.assertEqual(self.act(GetPackDependencies, packs_status=both, nested=2)["dependency_list"], [])
        self.assertEqual(self.act(VirtualenvPrerun, packs_status=both, packs_list=["shop"]), ["shop", "mail"])
        warned = self.act(GetPackWarnings, packs_status={"shop": "Success."})
        self.assertEqual(warned, {"warning_list": ["shop: " + conflict, "shop: odd"]})

    def test_environments_are_waited_for_and_built_again(self):
        self.act(Download, packs=["shop"])
        before = self.spec("shop")["reinstall"]
        said = self.act(SetupVirtualenv, packs=["shop"])
        self.assertEqual(said, "Successfully set up virtualenv for the following packs: shop")
        self.assertEqual(self.spec("shop")["reinstall"], before)
        self.act(SetupVirtualenv, packs=["shop"], update=True)
        self.assertNotEqual(self.spec("shop")["reinstall"], before)
        self.server.operate = failing("EnvironmentReady", "uv failed")
        with self.assertRaisesRegex(Exception, "uv failed"):
            self.act(SetupVirtualenv, packs=["shop"], update=True)

    def test_loading_counts_what_is_registered(self):
        self.act(Download, packs=["shop", "mail"])
        self.assertEqual(self.act(Load), {"actions": 4})
        self.assertEqual(self.act(Load, packs=["mail"]), {"actions": 2})


class RemovalTestCase(PacksCase):
    def test_what_is_unloaded_is_disabled_and_loading_brings_its_overrides_back(self):
        self.act(Download, packs=["shop"])
        overrides = {"actions": {"exceptions": {"a": {"enabled": False}}}}
        self.spec("shop")["overrides"] = overrides
        for _ in range(2):
            self.act(Unload, packs=["shop"])
        self.assertEqual(self.spec("shop")["overrides"]["actions"], {"defaults": {"enabled": False}})
        self.assertEqual(self.spec("shop")["overrides"]["rules"], {"defaults": {"enabled": False}})
        self.act(Load, packs=["shop"])
        self.assertEqual(self.spec("shop")["overrides"], overrides)
        self.assertEqual(self.server.packs["shop"]["metadata"]["annotations"], {})

    def test_a_pack_without_overrides_has_none_after_all(self):
        self.act(Download, packs=["shop"])
        self.act(Unload, packs=["shop"])
        self.act(Load, packs=["shop"])
        self.assertNotIn("overrides", self.spec("shop"))

    def test_what_is_not_there_is_no_failure(self):
        self.act(Download, packs=["shop"])
        self.assertEqual(self.act(Unload, packs=["gone", "shop"]), "Successfully unloaded the following packs: shop")
        self.assertEqual(self.act(Unload, packs=["gone"]), "There was nothing to unload")

    def test_packs_are_deleted_but_not_those_of_the_system(self):
        self.act(Download, packs=["shop"])
        self.assertIn("packs: shop", self.act(Delete, packs=["shop", "gone"]))
        self.assertEqual(self.server.packs, {})
        for kind in (Delete, Unload):
            with self.assertRaisesRegex(ValueError, "part of the system"):
                self.act(kind, packs=["packs"])

    def test_a_run_deletes_only_what_it_brought(self):
        self.act(Download, packs=["old"])
        self.act(Download, packs=["old", "new"], run="e1")
        self.act(Delete, packs=["old", "new"], run="e1")
        self.assertEqual(list(self.server.packs), ["old"])


class ReadingTestCase(PacksCase):
    def test_an_installed_pack_tells_version_and_commit(self):
        self.server.operate = installed(commit="0123456789abcdef")
        self.act(Download, packs=["https://example.org/shop"])
        found = self.act(Get, pack="shop")
        self.assertEqual((found["pack"]["version"], found["pack"]["ready"]), ("1.0.0", True))
        self.assertEqual(found["git_status"], "Status:\nHEAD detached at 01234567\n\nRemotes:\nhttps://example.org/shop")
        self.assertEqual(self.act(Get, pack="other"), {"pack": None, "git_status": None})

    def test_the_index_is_searched_by_name_first_then_by_keyword(self):
        named = {"name": "shop", "description": "sells", "email": "a@mail.example.org"}
        tagged = {"name": "till", "keywords": ["Shop"]}
        other = {"name": "x", "description": "a workshop"}
        self.server.index = {"packs": {"x": other, "till": tagged, "shop": named, "z": {"name": "z", "email": "shop@x"}}}
        self.assertEqual(self.act(Search, query="shop"), [named, tagged, other])
        self.assertEqual(self.act(Show, pack="till"), {"pack": tagged})
        self.assertEqual(self.act(Show, pack="nothing"), {"pack": None})

    def test_the_index_of_the_namespace_counts_most(self):
        self.server.index = {"packs": {"shop": {"name": "shop", "version": "1.0.0"}, "till": {"name": "till"}}}
        own = {"packs": {"shop": {"name": "shop", "version": "2.0.0"}}}
        self.server.index_map = (200, {"data": {"index.json": json.dumps(own)}})
        self.assertEqual(self.act(Show, pack="shop")["pack"]["version"], "2.0.0")
        self.assertEqual([one["name"] for one in self.act(Search, query="till")], ["till"])
        self.server.index = []
        self.assertEqual(self.act(Show, pack="shop")["pack"]["version"], "2.0.0")
        self.server.index = {"packs": {"shop": {"name": "shop", "version": "1.0.0"}}}
        # An account that may not read it sees the others.
        self.server.index_map = (403, {"message": "configmaps is forbidden"})
        self.assertEqual(self.act(Show, pack="shop")["pack"]["version"], "1.0.0")
        self.server.index = []
        with self.assertRaisesRegex(ValueError, "configmaps is forbidden.*README"):
            self.act(Show, pack="shop")

    def test_an_index_that_is_none_is_told(self):
        self.server.index = []
        with self.assertRaisesRegex(ValueError, "Expected an index object, got a list instead."):
            self.act(Search, query="shop")
        with self.assertRaisesRegex(ValueError, "query: give"):
            self.act(Search, query=" ")

    def test_where_packs_are_is_told(self):
        folder = os.path.join(os.environ.get("SQUALL_STACKSTORM_DIR", "/opt/stackstorm"), "packs")
        self.assertEqual(self.act(GetConfig), {"pack_group": "st2packs", "pack_path": folder})

    def test_hosts_that_need_no_proxy_are_reached_without_that_of_the_configuration(self):
        self.server.index = {"packs": {"till": {"name": "till"}}}
        self.config = {"http_proxy": "http://127.0.0.1:1"}
        with patch.dict(os.environ):
            for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
                del os.environ[name]
            with self.assertRaisesRegex(ValueError, "(?i)proxy"):
                self.act(Show, pack="till")
            self.config["no_proxy"] = "localhost, 127.0.0.1"
            self.assertEqual(self.act(Show, pack="till"), {"pack": {"name": "till"}})
            # A proxy of the pod is not taken for them either.
            os.environ["http_proxy"] = "http://127.0.0.1:1"
            self.assertEqual(self.act(Show, pack="till"), {"pack": {"name": "till"}})
            # The exceptions of the pod count more.
            os.environ["NO_PROXY"] = "example.org"
            with self.assertRaisesRegex(ValueError, "(?i)proxy"):
                self.act(Show, pack="till")
