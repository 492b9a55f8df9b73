# packs/kubernetes/actions/lib/eviction.py — the pods of a node → which of them a drain evicts, and which forbid it.


def planned(pods, force=False, delete_emptydir_data=False):
    """(evict, stay, refused): refused are texts that say why, and what would allow it."""
    evict, stay, refused = [], [], []
    for pod in pods:
        metadata = pod["metadata"]
        name = "%s/%s" % (metadata["namespace"], metadata["name"])
        owners = [one["kind"] for one in metadata.get("ownerReferences", []) if one.get("controller")]
        is_over = pod.get("status", {}).get("phase") in ("Succeeded", "Failed")
        if "kubernetes.io/config.mirror" in metadata.get("annotations", {}) or "DaemonSet" in owners:
            stay.append(name)
        elif is_over:
            evict.append(pod)
        elif not owners and not force:
            refused.append("%s has no controller that would make it again; set force" % name)
        elif has_emptydir(pod) and not delete_emptydir_data:
            refused.append("%s has data in an emptyDir; set delete_emptydir_data" % name)
        else:
            evict.append(pod)
    return evict, stay, refused


def has_emptydir(pod):
    return any("emptyDir" in volume for volume in pod.get("spec", {}).get("volumes", []))
