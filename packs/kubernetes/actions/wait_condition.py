# packs/kubernetes/actions/wait_condition.py — waits until an object has a condition.
from cluster_action import ClusterAction
from refusal import Refused


class WaitCondition(ClusterAction):
    def run(self, kind, name, condition, status="True", namespace=None, api_version=None, wait_seconds=300):
        resource, where = self.place(kind, namespace, api_version)
        return self.until(wait_seconds, lambda: self.look(resource, where, name, condition, status))

    def look(self, resource, where, name, wanted, status):
        try:
            found = self.cluster.get(resource, where, name)
        except Refused as error:
            if error.code != 404:
                raise
            return False, {"name": name, "message": "it is not there"}
        conditions = found.get("status", {}).get("conditions", [])
        seen = next((one for one in conditions if one.get("type", "").lower() == wanted.lower()), None)
        if seen is None:
            there = ", ".join(one.get("type", "") for one in conditions) or "none"
            return False, {"name": name, "message": "it has no condition %s; it has %s" % (wanted, there)}
        of = seen.get("observedGeneration", found["status"].get("observedGeneration"))
        if of is not None and of < found["metadata"].get("generation", 0):
            return False, {"name": name, "condition": seen, "message": "its controller has not seen the last change yet"}
        return seen.get("status", "").lower() == status.lower(), {"name": name, "condition": seen}
