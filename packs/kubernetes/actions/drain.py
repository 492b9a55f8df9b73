# packs/kubernetes/actions/drain.py — takes the pods from a node: no new ones come, those that are there are evicted.
import socket

import eviction
from cluster_action import ClusterAction
from refusal import Refused


class Drain(ClusterAction):
    def run(self, name, force=False, delete_emptydir_data=False, grace_seconds=None, wait_seconds=300):
        nodes, _ = self.place("nodes", api_version="v1")
        pods, _ = self.place("pods", api_version="v1")
        found = self.cluster.list(pods, None, fieldSelector="spec.nodeName=%s" % name)
        # The pod that does this may be on the node, and must see the end.
        there = [pod for pod in found if not (self.cluster.is_own and pod["metadata"]["name"] == socket.gethostname())]
        evict, stay, refused = eviction.planned(there, force, delete_emptydir_data)
        if refused:
            return False, {"node": name, "refused": refused}
        self.cluster.patch(nodes, None, name, {"spec": {"unschedulable": True}})
        wanted = {pod["metadata"]["uid"]: pod["metadata"] for pod in evict}
        evicted = set()
        gone, left = self.until(wait_seconds, lambda: self.look(pods, wanted, evicted, grace_seconds))
        names = ["%s/%s" % (one["namespace"], one["name"]) for one in wanted.values()]
        return gone, {"node": name, "evicted": sorted(set(names) - set(left)), "left": left, "stay": stay}

    def look(self, pods, wanted, evicted, grace_seconds):
        """Tries again and again to evict what is left: a disruption budget refuses until another pod is ready."""
        left = []
        for uid, one in wanted.items():
            if uid not in evicted and self.evict(pods, uid, one, grace_seconds):
                evicted.add(uid)
            if self.is_there(pods, uid, one):
                left.append(one)
        return not left, ["%s/%s" % (one["namespace"], one["name"]) for one in left]

    def evict(self, pods, uid, metadata, grace_seconds):
        """Whether it ends, or is gone."""
        namespace, name = metadata["namespace"], metadata["name"]
        options = {"preconditions": {"uid": uid}}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
            "deleteOptions": options,
        }
        try:
            self.cluster.call("POST", pods.path(namespace, name, "eviction"), body)
            return True
        except Refused as error:
            # 429: a disruption budget; 409: another pod has come under its name, or it was just changed; 404: it is gone.
            if error.code not in (404, 409, 429):
                raise
            return error.code == 404

    def is_there(self, pods, uid, metadata):
        try:
            return self.cluster.get(pods, metadata["namespace"], metadata["name"])["metadata"]["uid"] == uid
        except Refused as error:
            if error.code != 404:
                raise
            return False
