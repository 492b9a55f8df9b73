# packs/kubernetes/actions/lib/cluster_action.py — what all actions of this pack begin with, and how they wait.
import time

from cluster import Cluster
from refusal import Refused
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
        """Looks until `look` returns (True, x), and returns (succeeded, x); x of the last look when the time is over.

        Raises Refused at once, but for what passes by itself: a server that is busy or comes up again."""
        end = time.monotonic() + seconds
        while True:
            try:
                done, seen = look()
                if done or time.monotonic() >= end:
                    return bool(done), seen
            except Refused as error:
                if not error.passes or time.monotonic() >= end:
                    raise
                self.logger.warning("%s; looking again", error)
            time.sleep(LOOK_SECONDS)
