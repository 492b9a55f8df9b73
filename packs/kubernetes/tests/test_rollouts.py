# packs/kubernetes/tests/test_rollouts.py — pods of Deployments are replaced and counted, nodes are drained, Jobs are run.
import rollout
from cluster_case import DEPLOYMENT, ClusterCase
from cordon import Cordon
from drain import Drain
from events import Events
from job_run import JobRun
from logs import Logs
from rollout_restart import RolloutRestart
from rollout_status import RolloutStatus
from scale import Scale
from set_image import SetImage
from top import Top
from wait_condition import WaitCondition

DONE = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}
PODS = "/api/v1/namespaces/shop/pods"
NODE = "/api/v1/nodes/n1"


class RolloutTestCase(ClusterCase):
    action_cls = RolloutStatus

    def test_a_rollout_that_is_done_succeeds(self):
        self.deployment(**DONE)
        done, state = self.run_action(name="web")
        self.assertEqual((done, state["message"]), (True, "2 of 2 pods are new, 2 are available"))

    def test_a_rollout_is_waited_for(self):
        self.deployment(**{**DONE, "updatedReplicas": 1})
        self.server.after = lambda *_: self.server.objects[DEPLOYMENT]["status"].update(updatedReplicas=2)
        self.assertTrue(self.run_action(name="web", wait_seconds=5)[0])

    def test_one_that_is_not_done_in_time_fails_and_says_how_far_it_is(self):
        self.deployment(**{**DONE, "replicas": 3, "availableReplicas": 1})
        done, state = self.run_action(name="web", wait_seconds=0)
        self.assertEqual((done, state["message"]), (False, "2 of 2 pods are new, 1 are available, 1 old ones are still there"))

    def test_one_that_is_stuck_fails_at_once(self):
        reason = {"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "no progress"}
        self.deployment(**DONE, conditions=[reason])
        self.assertEqual(self.run_action(name="web", wait_seconds=60)[1]["message"], "no progress")

    def test_a_change_that_was_not_seen_is_not_done(self):
        self.deployment(**DONE)["metadata"]["generation"] = 2
        self.assertEqual(self.run_action(name="web", wait_seconds=0)[0], False)

    def test_a_daemon_set_counts_its_nodes(self):
        status = {"observedGeneration": 1, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}
        self.assertTrue(rollout.state_of({"kind": "DaemonSet", "metadata": {"generation": 1}, "status": status})["done"])

    def test_a_kind_without_rollout_is_told(self):
        with self.assertRaisesRegex(ValueError, "A ConfigMap is not rolled out"):
            rollout.state_of({"kind": "ConfigMap"})

    def test_a_restart_marks_the_template(self):
        self.action_cls = RolloutRestart
        self.deployment(**DONE)
        done, state = self.run_action(name="web", wait_seconds=5)
        template = self.server.objects[DEPLOYMENT]["spec"]["template"]
        self.assertEqual(template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"], state["restarted_at"])
        self.assertTrue(done)

    def test_scaling_tells_what_was_before_and_waits(self):
        self.action_cls = Scale
        self.deployment(**DONE)
        self.server.after = lambda *_: self.server.objects[DEPLOYMENT]["status"].update(replicas=3, readyReplicas=3)
        done, state = self.run_action(name="web", replicas=3, wait_seconds=5)
        self.assertEqual((done, state["before"], state["ready"]), (True, 2, 3))

    def test_the_image_of_the_only_container_is_set(self):
        self.action_cls = SetImage
        self.deployment()
        self.assertEqual(self.run_action(name="web", image="web:2")["before"], "web:1")
        with self.assertRaisesRegex(ValueError, "container: name one of main"):
            self.run_action(name="web", image="web:2", container="other")

    def test_a_condition_is_waited_for(self):
        self.action_cls = WaitCondition
        self.deployment(conditions=[{"type": "Available", "status": "True"}])
        self.assertTrue(self.run_action(kind="deploy", name="web", condition="available")[0])
        done, state = self.run_action(kind="deploy", name="web", condition="Ready", wait_seconds=0)
        self.assertEqual((done, state["message"]), (False, "it has no condition Ready; it has Available"))
        self.assertEqual(self.run_action(kind="deploy", name="x", condition="Ready", wait_seconds=0)[0], False)


class NodesTestCase(ClusterCase):
    action_cls = Drain

    def pod(self, name, owner=None, **spec):
        owners = [{"kind": owner, "controller": True}] if owner else []
        return self.server.put("%s/%s" % (PODS, name), "Pod", metadata={"ownerReferences": owners}, spec=spec)

    def test_a_drain_evicts_what_comes_back_elsewhere_and_lets_daemons_stay(self):
        self.server.put(NODE, "Node", spec={})
        self.pod("web", "ReplicaSet")
        self.pod("agent", "DaemonSet")
        done, state = self.run_action(name="n1")
        self.assertEqual((done, state["evicted"], state["stay"]), (True, ["shop/web"], ["shop/agent"]))
        self.assertTrue(self.server.objects[NODE]["spec"]["unschedulable"])

    def test_a_drain_that_would_lose_something_does_nothing(self):
        self.server.put(NODE, "Node", spec={})
        self.pod("lone")
        self.pod("cache", "ReplicaSet", volumes=[{"emptyDir": {}}])
        done, state = self.run_action(name="n1")
        self.assertFalse(done)
        self.assertEqual(len(state["refused"]), 2)
        self.assertNotIn("unschedulable", self.server.objects[NODE]["spec"])
        done, state = self.run_action(name="n1", force=True, delete_emptydir_data=True)
        self.assertEqual((done, state["evicted"]), (True, ["shop/cache", "shop/lone"]))

    def test_a_disruption_budget_is_waited_for(self):
        self.server.put(NODE, "Node", spec={})
        self.pod("web", "ReplicaSet")
        self.server.refused[("POST", PODS + "/web/eviction")] = (429, "Cannot evict pod")
        done, state = self.run_action(name="n1", wait_seconds=0)
        self.assertEqual((done, state["left"]), (False, ["shop/web"]))

    def test_what_ends_slowly_is_evicted_once_and_waited_for(self):
        self.server.put(NODE, "Node", spec={})
        self.pod("web", "ReplicaSet")
        evictions, looks = [], []
        self.server.on_post = lambda path, *_: (evictions.append(path), (201, {}))[1]

        def end(method, path):
            if method == "GET" and path == PODS + "/web":
                looks.append(path)
                if len(looks) == 3:
                    del self.server.objects[path]

        self.server.after = end
        self.assertTrue(self.run_action(name="n1", wait_seconds=30)[0])
        self.assertEqual((evictions, len(looks)), ([PODS + "/web/eviction"], 4))

    def test_a_node_is_cordoned_once(self):
        self.action_cls = Cordon
        self.server.put(NODE, "Node", spec={})
        self.assertTrue(self.run_action(name="n1", unschedulable=True)["changed"])
        self.assertFalse(self.run_action(name="n1", unschedulable=True)["changed"])
        self.assertTrue(self.run_action(name="n1", unschedulable=False)["changed"])
        self.assertNotIn("unschedulable", self.server.objects[NODE]["spec"])

    def test_logs_of_one_and_of_many(self):
        self.action_cls = Logs
        for name in ("a", "b"):
            self.pod(name)["metadata"]["labels"] = {"app": "x"}
        self.assertEqual(self.run_action(pod="a"), {"a": "log of a\n"})
        self.assertEqual(sorted(self.run_action(label_selector="app=x")), ["a", "b"])

    def test_events_come_latest_first(self):
        self.action_cls = Events
        for number in (1, 3, 2):
            path = "/api/v1/namespaces/shop/events/e%d" % number
            self.server.put(path, "Event", lastTimestamp="2026-01-0%dT00:00:00Z" % number, reason="R%d" % number)
        found = self.run_action(limit=2)
        self.assertEqual((found["count"], [one["reason"] for one in found["events"]]), (3, ["R3", "R2"]))

    def test_usage_comes_from_the_metrics_server(self):
        self.action_cls = Top
        path = "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web"
        self.server.put(path, "PodMetrics", containers=[{"name": "main", "usage": {"cpu": "3m"}}])
        self.assertEqual(self.run_action()["items"][0]["usage"], {"main": {"cpu": "3m"}})
        with self.assertRaisesRegex(ValueError, "no metrics"):
            self.run_action(kind="nodes")


class JobsTestCase(ClusterCase):
    action_cls = JobRun

    def ends(self, kind):
        def change(method, path):
            if method == "POST":
                self.server.objects[path + "/nightly-x1"]["status"] = {"conditions": [{"type": kind, "status": "True"}]}
                labels = {"batch.kubernetes.io/job-name": "nightly-x1"}
                self.server.put(PODS + "/p", "Pod", metadata={"labels": labels}, status={"phase": "Succeeded"})

        self.server.after = change

    def test_a_cron_job_is_run_now_and_its_log_comes_back(self):
        path = "/apis/batch/v1/namespaces/shop/cronjobs/nightly"
        self.server.put(path, "CronJob", spec={"jobTemplate": {"spec": {"backoffLimit": 4}}})
        self.ends("Complete")
        done, state = self.run_action(cronjob="nightly")
        self.assertEqual((done, state["job"], state["logs"]), (True, "nightly-x1", {"p": "log of p\n"}))
        self.assertEqual(self.server.objects["/apis/batch/v1/namespaces/shop/jobs/nightly-x1"]["spec"]["backoffLimit"], 4)

    def test_an_image_runs_without_privileges_and_its_failure_fails(self):
        self.ends("Failed")
        done, state = self.run_action(image="busybox", command=["false"], name="nightly", env={"A": 1})
        self.assertEqual((done, state["succeeded"]), (False, False))
        spec = self.server.objects["/apis/batch/v1/namespaces/shop/jobs/nightly-x1"]["spec"]
        container = spec["template"]["spec"]["containers"][0]
        self.assertTrue(container["securityContext"]["runAsNonRoot"])
        self.assertEqual(container["env"], [{"name": "A", "value": "1"}])
