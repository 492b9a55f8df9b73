# packs/kubernetes/tests/test_objects.py — objects are read, changed and deleted; what is refused says what is missing.
from apply import Apply
from cluster_case import DEPLOYMENT, ClusterCase
from delete import Delete
from get import Get
from label import Label
from list import List
from patch import Patch
from refusal import Refused

CONFIG_MAPS = "/api/v1/namespaces/shop/configmaps"


class ObjectsTestCase(ClusterCase):
    action_cls = Get

    def test_an_object_is_found_by_every_name_of_its_kind(self):
        self.deployment()
        for kind in ("Deployment", "deployments", "deploy", "deployments.apps"):
            self.assertEqual(self.run_action(kind=kind, name="web")["metadata"]["name"], "web")

    def test_a_name_of_two_groups_means_the_core(self):
        self.server.put("/api/v1/namespaces/shop/pods/a", "Pod")
        self.assertEqual(self.run_action(kind="pods", name="a")["kind"], "Pod")

    def test_an_unknown_kind_is_told(self):
        with self.assertRaisesRegex(ValueError, 'knows no kind "gadgets"'):
            self.run_action(kind="gadgets", name="a")

    def test_what_rbac_forbids_says_which_rule_is_missing(self):
        said = (
            'deployments.apps "web" is forbidden: User "system:serviceaccount:shop:robot" cannot get resource "deployments" '
            'in API group "apps" in the namespace "shop"'
        )
        self.server.refused[("GET", DEPLOYMENT)] = (403, said)
        with self.assertRaises(Refused) as raised:
            self.run_action(kind="Deployment", name="web")
        self.assertIn('{apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"]}', str(raised.exception))
        self.assertIn("to service account shop:robot by a Role in namespace shop", str(raised.exception))

    def test_a_wrong_token_is_told(self):
        config = {**self.server.config, "token": "other"}
        with self.assertRaisesRegex(Refused, "the token is not valid"):
            self.get_action_instance(config=config).run(kind="pods", name="a")

    def test_another_cluster_without_a_token_is_told(self):
        with self.assertRaisesRegex(ValueError, "Set token in the configuration"):
            self.get_action_instance(config={"api_url": "http://127.0.0.1:1"}).run(kind="pods", name="a")


class ChangesTestCase(ClusterCase):
    action_cls = List

    def test_lists_come_page_by_page_and_end_at_the_limit(self):
        for number in range(1203):
            self.server.put("%s/m%d" % (CONFIG_MAPS, number), "ConfigMap", metadata={"labels": {"odd": str(number % 2)}})
        found = self.run_action(kind="cm", limit=None, names_only=True)
        self.assertEqual((found["count"], found["items"][0]), (1203, {"namespace": "shop", "name": "m0"}))
        self.assertEqual(self.run_action(kind="cm", limit=700)["count"], 700)
        self.assertEqual(self.run_action(kind="cm", label_selector="odd=1", limit=None)["count"], 601)

    def test_objects_are_applied_one_by_one(self):
        self.action_cls = Apply
        text = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1'}\n---\n"
        done = self.run_action(yaml_text=text, force=True)
        self.assertEqual([one["name"] for one in done["applied"]], ["a"])
        method, path, _, query = self.server.calls[-1]
        self.assertEqual((method, path), ("PATCH", CONFIG_MAPS + "/a"))
        self.assertEqual(query, {"fieldManager": "squall-pack-kubernetes", "force": "true"})

    def test_what_cannot_be_applied_says_what_it_lacks(self):
        self.action_cls = Apply
        with self.assertRaisesRegex(ValueError, "no metadata.name"):
            self.run_action(manifest={"apiVersion": "v1", "kind": "ConfigMap"})
        with self.assertRaisesRegex(ValueError, "Each object needs apiVersion"):
            self.run_action(manifest={"kind": "ConfigMap"})
        with self.assertRaisesRegex(ValueError, "Give what is applied"):
            self.run_action()

    def test_a_patch_of_either_form_is_sent(self):
        self.action_cls = Patch
        self.deployment()
        self.assertEqual(self.run_action(kind="deploy", name="web", patch={"spec": {"paused": True}})["spec"]["paused"], True)
        with self.assertRaisesRegex(ValueError, "either patch"):
            self.run_action(kind="deploy", name="web")

    def test_labels_are_set_and_removed_as_text(self):
        self.action_cls = Label
        self.deployment()["metadata"]["labels"] = {"old": "1"}
        done = self.run_action(kind="deploy", name="web", field="labels", labels={"tier": 2}, remove=["old"])
        self.assertEqual(done["labels"], {"tier": "2"})

    def test_one_is_deleted_or_all_with_labels(self):
        self.action_cls = Delete
        for name in "abc":
            self.server.put("%s/%s" % (CONFIG_MAPS, name), "ConfigMap", metadata={"labels": {"app": "x"}})
        self.assertEqual(self.run_action(kind="cm", name="a"), {"deleted": ["a"]})
        self.assertEqual(self.run_action(kind="cm", name="a"), {"deleted": []})
        self.assertEqual(self.run_action(kind="cm", label_selector="app=x", wait_seconds=1), {"deleted": ["b", "c"]})
        with self.assertRaises(Refused):
            self.run_action(kind="cm", name="a", ignore_not_found=False)
