# packs/kubernetes/actions/job_run.py — a Job from a CronJob or from an image: runs it, waits, and returns its log.
from cluster_action import ClusterAction
from pod_logs import logs_of
from refusal import Refused

SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


class JobRun(ClusterAction):
    def run(self, cronjob=None, image=None, command=None, env=None, name=None, namespace=None, run_as_user=65532,
            keep_seconds=3600, wait_seconds=300):
        if bool(cronjob) == bool(image):
            raise ValueError("Give either cronjob, the name of one, or image")
        jobs, where = self.place("jobs", namespace, "batch/v1")
        template = self.from_cronjob(cronjob, where) if cronjob else {"spec": from_image(image, command, env, run_as_user)}
        marks = {key: template.get("metadata", {}).get(key) for key in ("labels", "annotations")}
        body = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"generateName": "%s-" % (name or cronjob or "run"), **marks},
            "spec": {**template["spec"], "ttlSecondsAfterFinished": keep_seconds},
        }
        job = self.cluster.call("POST", jobs.path(where), body)["metadata"]["name"]
        if not wait_seconds:
            return {"job": job}
        ended, state = self.until(wait_seconds, lambda: self.look(jobs, where, job))
        result = {"job": job, **state, "logs": self.logs(where, job)}
        return ended and state["succeeded"], result

    def from_cronjob(self, name, where):
        cronjobs, _ = self.place("cronjobs", where, "batch/v1")
        return self.cluster.get(cronjobs, where, name)["spec"]["jobTemplate"]

    def look(self, jobs, where, name):
        conditions = self.cluster.get(jobs, where, name).get("status", {}).get("conditions", [])
        holds = {one["type"]: one for one in conditions if one.get("status") == "True"}
        end = holds.get("Complete") or holds.get("Failed")
        message = (end or {}).get("message", "") if end else "it has not ended"
        return end is not None, {"succeeded": "Complete" in holds, "message": message}

    def logs(self, where, job):
        pods, _ = self.place("pods", where, "v1")
        try:
            found = self.cluster.list(pods, where, labelSelector="batch.kubernetes.io/job-name=%s" % job)
            return logs_of(self.cluster, pods, found, {"tailLines": 200}, self.logger)
        except Refused as error:
            # How the Job ended counts, with its log or without.
            self.logger.warning("%s", error)
            return {}


def from_image(image, command, env, run_as_user):
    container = {"name": "main", "image": image, "securityContext": {**SECURITY, "runAsUser": run_as_user}}
    if command:
        container["command"] = command
    if env:
        container["env"] = [{"name": key, "value": str(value)} for key, value in env.items()]
    return {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [container]}}}
