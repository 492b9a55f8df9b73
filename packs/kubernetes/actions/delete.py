# packs/kubernetes/actions/delete.py — deletes an object, or those with labels, and may wait until they are gone.
from cluster_action import ClusterAction
from refusal import Refused


class Delete(ClusterAction):
    def run(self, kind, name=None, label_selector=None, namespace=None, api_version=None, propagation="Background",
            grace_seconds=None, ignore_not_found=True, wait_seconds=0):
        if bool(name) == bool(label_selector):
            raise ValueError("Give either name or label_selector")
        resource, where = self.place(kind, namespace, api_version)
        names = [name] if name else [
            item["metadata"]["name"] for item in self.cluster.list(resource, where, labelSelector=label_selector)
        ]
        options = {"propagationPolicy": propagation}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        found = {one: self.delete(resource.path(where, one), options, ignore_not_found) for one in names}
        deleted = {one: answer for one, answer in found.items() if answer is not None}
        gone, left = self.until(wait_seconds, lambda: self.look(resource, where, deleted)) if wait_seconds else (True, [])
        result = {"deleted": list(deleted)}
        return result if gone else (False, {**result, "left": left})

    def delete(self, path, options, ignore_not_found):
        """The answer; None when it was not there."""
        try:
            return self.cluster.call("DELETE", path, options)
        except Refused as error:
            if error.code == 404 and ignore_not_found:
                return None
            raise

    def look(self, resource, where, deleted):
        left = [one for one, answer in deleted.items() if self.is_there(resource, where, one, uid_of(answer))]
        return not left, left

    def is_there(self, resource, where, name, uid):
        """A controller may have made another one of the same name."""
        try:
            return self.cluster.get(resource, where, name)["metadata"].get("uid") == uid or uid is None
        except Refused as error:
            if error.code == 404:
                return False
            raise


def uid_of(answer):
    """The server answers with the object, or with a status of what it was."""
    return answer.get("details", {}).get("uid") or answer.get("metadata", {}).get("uid")
