# packs/kubernetes/actions/lib/cluster_action.py — what all actions of this pack begin with, and how they wait.
import time

from cluster import Cluster
from st2common.runners.base_action import Action

LOOK_SECONDS = 1.0


class ClusterAction(Action):
    """`cluster` is connected when it is first used."""

    _cluster = None

    @property
    def cluster(self):
        if self._cluster is None:
            self._cluster = Cluster(self.config)
        return self._cluster

    def place(self, kind, namespace=None, api_version=None):
        """The resource of a kind, and the namespace that is meant."""
        resource = self.cluster.resource(kind, api_version)
        return resource, self.cluster.namespace_for(resource, namespace)

    def until(self, seconds, look):
        """Looks until `look` returns (True, x), and returns (succeeded, x); x of the last look when the time is over."""
        end = time.monotonic() + seconds
        while True:
            done, seen = look()
            if done or time.monotonic() >= end:
                return bool(done), seen
            time.sleep(LOOK_SECONDS)
