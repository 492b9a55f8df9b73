# packs/kubernetes/actions/rollout_restart.py — new pods for old ones, as kubectl rollout restart does.
from datetime import datetime, timezone

import rollout
from cluster_action import ClusterAction


class RolloutRestart(ClusterAction):
    def run(self, name, kind="Deployment", namespace=None, wait_seconds=0):
        resource, where = self.place(kind, namespace)
        if resource.kind not in rollout.KINDS:
            raise ValueError("A %s cannot be restarted; name one of %s" % (resource.kind, ", ".join(rollout.KINDS)))
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        template = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": at}}}
        self.cluster.patch(resource, where, name, {"spec": {"template": template}})
        if not wait_seconds:
            return {"name": name, "restarted_at": at}
        done, state = self.until(wait_seconds, lambda: self.look(resource, where, name))
        return done and not state["failed"], {"name": name, "restarted_at": at, **state}

    def look(self, resource, where, name):
        state = rollout.state_of(self.cluster.get(resource, where, name))
        return state["done"] or state["failed"], state
