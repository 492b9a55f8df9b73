# packs/kubernetes/actions/lib/pod_logs.py — pods that were listed → the logs that there are.
from refusal import Refused

NOT_YET = (400, 404)


def logs_of(cluster, pods, found, query, logger):
    """Text by name of the pod, or name/container where a pod has several; what has not begun has none.

    Raises Refused when there is none at all, and why."""
    logs, refused = {}, None
    for pod in found:
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        every = [one["name"] for one in pod.get("spec", {}).get("containers", [])]
        for container in [query["container"]] if query.get("container") else every or [None]:
            key = "%s/%s" % (name, container) if len(every) > 1 else name
            asked = {**query, "container": container}
            try:
                logs[key] = cluster.call("GET", pods.path(namespace, name, "log"), params=asked, text=True)
            except Refused as error:
                if error.code not in NOT_YET:
                    raise
                logger.warning("%s: %s", key, error)
                refused = error
    if refused is not None and not logs:
        raise refused
    return logs
