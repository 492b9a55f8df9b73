# packs/kubernetes/tests/test_real_servers.py — what API servers do besides: they are busy, forget, speak UTF-8, and have names of their own.
import datetime
import ipaddress
import os
import ssl
import tempfile
from unittest.mock import patch

import cluster
import rollout
from api_server import NAMESPACED, ApiServer
from apply import Apply
from cluster_case import DEPLOYMENT, ClusterCase
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from delete import Delete
from get import Get
from job_run import JobRun
from label import Label
from list import List
from logs import Logs
from refusal import Refused
from rollout_status import RolloutStatus
from wait_condition import WaitCondition

MAPS = "/api/v1/namespaces/shop/configmaps"
PODS = "/api/v1/namespaces/shop/pods"


class ServerTestCase(ClusterCase):
    action_cls = List

    def test_a_list_that_was_forgotten_between_its_pages_is_read_again(self):
        for number in range(600):
            self.server.put("%s/m%03d" % (MAPS, number), "ConfigMap")
        answers = [410]
        on_get = self.server.on_get
        self.server.on_get = lambda path, body, query: (
            (answers.pop(), {"message": "too old"}) if query.get("continue") and answers else on_get(path, body, query)
        )
        found = self.run_action(kind="cm", limit=1000)
        self.assertEqual((found["count"], found["more"], answers), (600, False, []))

    def test_a_list_that_ends_at_the_limit_says_that_there_are_more(self):
        for number in range(3):
            self.server.put("%s/m%d" % (MAPS, number), "ConfigMap")
        self.assertEqual([self.run_action(kind="cm", limit=limit)["more"] for limit in (2, 3)], [True, False])

    def test_a_server_that_is_busy_is_asked_again_while_one_waits(self):
        self.action_cls = RolloutStatus
        self.deployment(observedGeneration=1, replicas=2, updatedReplicas=2, availableReplicas=2)
        self.server.refused[("GET", DEPLOYMENT)] = (503, "shutting down")
        with self.assertRaisesRegex(Refused, "shutting down"):
            self.run_action(name="web", wait_seconds=0)
        handle, looks = self.server.handle, []

        def recovering(method, target, body, headers):
            if target.startswith(DEPLOYMENT):
                looks.append(method)
                if len(looks) == 2:
                    self.server.refused.clear()
            return handle(method, target, body, headers)

        self.server.handle = recovering
        self.assertTrue(self.run_action(name="web", wait_seconds=30)[0])

    def test_a_name_does_not_lead_elsewhere(self):
        self.action_cls = Get
        self.server.put("/api/v1/namespaces/shop/configmaps/x", "ConfigMap")
        for name in ("../configmaps/x", "..", "a/status"):
            with self.assertRaisesRegex(ValueError, "is no name of an object"):
                self.run_action(kind="pods", name=name)

    def test_a_kind_that_has_come_since_is_found(self):
        found = cluster.Cluster(self.server.config)
        with self.assertRaisesRegex(ValueError, "knows no kind"):
            found.resource("Widget")
        NAMESPACED["shop.example"] = [("widgets", "Widget", [])]
        self.addCleanup(NAMESPACED.pop, "shop.example")
        self.assertEqual(found.resource("Widget").api_version, "shop.example/v1")

    def test_a_server_that_is_too_old_is_told(self):
        self.server.handle = lambda *_: (200, {"kind": "APIGroupList", "groups": []})
        with self.assertRaisesRegex(ValueError, "Kubernetes 1.27 or later"):
            self.run_action(kind="pods")

    def test_the_token_of_the_pod_is_read_again_when_it_was_changed(self):
        with tempfile.TemporaryDirectory() as folder, patch.object(cluster, "ACCOUNT", folder):
            token = os.path.join(folder, "token")
            write(token, "old")
            found = cluster.Cluster({})
            found.url = self.server.config["api_url"]
            with self.assertRaisesRegex(Refused, "not valid"):
                found.call("GET", "/api")
            write(token, "secret")
            found.call("GET", "/api")

    def setUp(self):
        super().setUp()
        variables = {"KUBERNETES_SERVICE_HOST": "127.0.0.1"}
        patched = patch.dict(os.environ, variables)
        patched.start()
        self.addCleanup(patched.stop)

    def test_the_authorities_of_the_configuration_count_whatever_the_environment_says(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = (os.path.join(folder, name) for name in ("certificate", "key"))
            text = self_signed(certificate, key)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            other = os.path.join(folder, "other")
            self_signed(other, key)
            server = ApiServer(context)
            self.addCleanup(server.close)
            for trust in ({"ca_cert": text}, {"verify_ssl": False}):
                with patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": other}):
                    cluster.Cluster({**server.config, **trust}).call("GET", "/api")
            with patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": certificate}):
                cluster.Cluster(server.config).call("GET", "/api")
            with self.assertRaisesRegex(Refused, "cannot be reached.*certificate"):
                cluster.Cluster({**server.config, "ca_cert": open(other).read()}).call("GET", "/api")


class LogsTestCase(ClusterCase):
    action_cls = Logs

    def pod(self, name, *containers, **status):
        spec = {"containers": [{"name": one} for one in containers]}
        labels = {"app": "x", "batch.kubernetes.io/job-name": "nightly-x1"}
        return self.server.put("%s/%s" % (PODS, name), "Pod", metadata={"labels": labels}, spec=spec, status=status)

    def test_a_log_is_utf_8(self):
        self.pod("a", "main")
        self.server.logs["main"] = "Größe: 1 ✓\n"
        self.assertEqual(self.run_action(pod="a", container="main"), {"a": "Größe: 1 ✓\n"})

    def test_each_container_has_its_log_and_what_has_not_begun_none(self):
        self.pod("a", "main", "proxy")
        self.pod("b", "main")
        self.server.refused[("GET", PODS + "/b/log")] = (400, "container main is waiting to start")
        self.server.logs.update(main="one\n", proxy="two\n")
        self.assertEqual(self.run_action(label_selector="app=x"), {"a/main": "one\n", "a/proxy": "two\n"})
        self.server.refused[("GET", PODS + "/a/log")] = (400, "waiting")
        with self.assertRaisesRegex(Refused, "waiting to start"):
            self.run_action(label_selector="app=x")

    def test_a_job_that_went_well_does_so_without_its_log(self):
        self.action_cls = JobRun
        template = {"metadata": {"labels": {"team": "a"}}, "spec": {"template": {}}}
        self.server.put("/apis/batch/v1/namespaces/shop/cronjobs/nightly", "CronJob", spec={"jobTemplate": template})
        job = "/apis/batch/v1/namespaces/shop/jobs/nightly-x1"

        def end(method, _path):
            if method == "POST":
                self.server.objects[job]["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}

        self.server.after = end
        self.server.refused[("GET", PODS)] = (403, "pods is forbidden")
        done, state = self.run_action(cronjob="nightly")
        self.assertEqual((done, state["logs"]), (True, {}))
        [made] = [body for method, _, body, _ in self.server.calls if method == "POST"]
        self.assertEqual(made["metadata"]["labels"], {"team": "a"})


class ChangesTestCase(ClusterCase):
    action_cls = Apply

    def test_a_list_is_applied_item_by_item_and_dates_stay_text(self):
        text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
            "- {apiVersion: v1, kind: ConfigMap, metadata: {name: %s, annotations: {day: 2026-01-02}}}\n" % name for name in "ab"
        )
        done = self.run_action(yaml_text=text)
        self.assertEqual([one["name"] for one in done["applied"]], ["a", "b"])
        self.assertEqual(self.server.objects[MAPS + "/a"]["metadata"]["annotations"], {"day": "2026-01-02"})

    def test_a_conflict_says_how_to_take_over(self):
        said = 'Apply failed with 1 conflict: conflict with "kubectl": .data.x'
        self.server.refused[("PATCH", MAPS + "/a")] = (409, said)
        with self.assertRaisesRegex(Refused, 'conflict with "kubectl".*set force'):
            self.run_action(manifest={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}})

    def test_labels_are_text_as_in_yaml_and_nothing_takes_one_away(self):
        self.action_cls = Label
        self.deployment()["metadata"]["labels"] = {"old": "1"}
        done = self.run_action(kind="deploy", name="web", field="labels", labels={"on": True, "old": None})
        self.assertEqual(done["labels"], {"on": "true"})

    def test_another_one_of_the_same_name_is_not_waited_for(self):
        self.action_cls = Delete
        path = PODS + "/db-0"
        self.server.put(path, "Pod")

        def made_again(method, _path):
            if method == "DELETE":
                self.server.put(path, "Pod", metadata={"uid": "another"})

        self.server.after = made_again
        self.assertEqual(self.run_action(kind="pod", name="db-0", wait_seconds=1), {"deleted": ["db-0"]})

    def test_a_condition_of_before_the_last_change_does_not_count(self):
        self.action_cls = WaitCondition
        found = self.deployment(observedGeneration=1, conditions=[{"type": "Available", "status": "True"}])
        found["metadata"]["generation"] = 2
        done, state = self.run_action(kind="deploy", name="web", condition="Available", wait_seconds=0)
        self.assertEqual((done, state["message"]), (False, "its controller has not seen the last change yet"))


class RolloutTestCase(ClusterCase):
    action_cls = RolloutStatus

    def state(self, kind, spec, **status):
        seen = {"observedGeneration": 1, **status}
        return rollout.state_of({"kind": kind, "metadata": {"generation": 1}, "spec": spec, "status": seen})

    def test_a_partition_keeps_some_pods_as_they_are(self):
        spec = {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}}
        counts = {"replicas": 3, "readyReplicas": 3, "currentRevision": "1", "updateRevision": "2"}
        states = [self.state("StatefulSet", spec, updatedReplicas=number, **counts)["done"] for number in (0, 1)]
        self.assertEqual(states, [False, True])

    def test_one_that_is_paused_is_not_waited_for(self):
        state = self.state("Deployment", {"replicas": 1, "paused": True}, replicas=1, updatedReplicas=0, availableReplicas=1)
        self.assertEqual((state["failed"], state["message"]), (True, "it is paused; patch spec.paused to false"))

    def test_pods_that_change_only_when_they_are_deleted_have_no_rollout(self):
        with self.assertRaisesRegex(ValueError, "OnDelete"):
            self.state("DaemonSet", {"updateStrategy": {"type": "OnDelete"}})


def write(path, text):
    with open(path, "w") as target:
        target.write(text)


def self_signed(certificate, key):
    """Writes both as files; the certificate is for 127.0.0.1. Returns it as text."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, os.path.basename(certificate))])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(private, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    text = made.public_bytes(pem).decode()
    write(certificate, text)
    write(key, private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())
    return text
