# packs/kubernetes/actions/events.py — what the cluster has told of its objects, the latest first.
from cluster_action import ClusterAction


class Events(ClusterAction):
    def run(self, kind=None, name=None, type=None, namespace=None, all_namespaces=False, limit=100):
        resource, where = self.place("events", namespace, "v1")
        fields = {"involvedObject.kind": kind, "involvedObject.name": name, "type": type}
        selector = ",".join("%s=%s" % (key, value) for key, value in fields.items() if value)
        found = self.cluster.list(resource, None if all_namespaces else where, fieldSelector=selector)
        shown = sorted((brief(one) for one in found), key=lambda one: one["at"] or "", reverse=True)
        return {"count": len(found), "events": shown[:limit]}


def brief(event):
    about = event.get("involvedObject", {})
    return {
        "at": event.get("lastTimestamp")
        or (event.get("series") or {}).get("lastObservedTime")
        or event.get("eventTime")
        or event["metadata"].get("creationTimestamp"),
        "type": event.get("type"),
        "reason": event.get("reason"),
        "message": event.get("message"),
        "object": "%s/%s" % (about.get("kind"), about.get("name")),
        "namespace": event["metadata"].get("namespace"),
        "times": event.get("count") or (event.get("series") or {}).get("count") or 1,
    }
