# packs/kubernetes/actions/lib/rollout.py — a Deployment, StatefulSet or DaemonSet as it is seen → how far its rollout is.

KINDS = ("Deployment", "StatefulSet", "DaemonSet")


def state_of(found):
    """{done, failed, message, desired, updated, available}."""
    kind = found["kind"]
    if kind not in KINDS:
        raise ValueError("A %s is not rolled out; name one of %s" % (kind, ", ".join(KINDS)))
    spec, status = found.get("spec", {}), found.get("status", {})
    if spec.get("updateStrategy", {}).get("type") == "OnDelete":
        raise ValueError("The update strategy of this %s is OnDelete: its pods are replaced when they are deleted" % kind)
    desired, updated, available = counts(kind, spec, status)
    wanted = max(0, desired - partition(spec))
    failed = stuck(status)
    seen = status.get("observedGeneration", 0) >= found["metadata"].get("generation", 1)
    old = max(0, status.get("replicas", 0) - updated) if kind == "Deployment" else 0
    done = seen and not failed and updated >= wanted and available >= desired and old == 0
    if not done and not failed and spec.get("paused"):
        failed = "it is paused; patch spec.paused to false"
    message = failed or "%d of %d pods are new, %d are available" % (updated, wanted, available)
    if not seen:
        message = "its controller has not seen the change yet"
    elif old and not failed:
        message += ", %d old ones are still there" % old
    return {
        "done": done,
        "failed": bool(failed and seen),
        "message": message,
        "desired": desired,
        "updated": updated,
        "available": available,
    }


def counts(kind, spec, status):
    if kind == "DaemonSet":
        desired = status.get("desiredNumberScheduled", 0)
        return desired, status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    desired = spec.get("replicas", 1)
    if kind == "StatefulSet" and status.get("updateRevision") == status.get("currentRevision"):
        return desired, status.get("replicas", 0), status.get("readyReplicas", 0)
    ready = "readyReplicas" if kind == "StatefulSet" else "availableReplicas"
    return desired, status.get("updatedReplicas", 0), status.get(ready, 0)


def partition(spec):
    """Of a StatefulSet: how many of its pods keep the old template."""
    return (spec.get("updateStrategy", {}).get("rollingUpdate") or {}).get("partition", 0)


def stuck(status):
    for condition in status.get("conditions", []):
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            return condition.get("message") or "its progress deadline is exceeded"
    return None
