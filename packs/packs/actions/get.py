# packs/packs/actions/get.py — what is known of an installed pack, and which commit it is.
from pack_action import PackAction
from pack_objects import condition, ref_of, without_password


class Get(PackAction):
    def run(self, pack, branch="master"):
        found = self.packs.find(pack)
        if found is None:
            return {"pack": None, "git_status": None}
        status = found.get("status", {})
        details = {key: status.get(key) for key in ("version", "description", "author")}
        return {
            "pack": {
                "name": ref_of(found),
                "ref": ref_of(found),
                **details,
                "content": status.get("counts", {}),
                "ready": condition(found, "Ready")[0] == "True",
            },
            "git_status": git_status(found),
        }


def git_status(pack):
    commit = pack.get("status", {}).get("commit")
    if commit is None:
        return None
    source = pack["spec"].get("from") or pack["spec"].get("source", {}).get("git", {}).get("url", "")
    return "Status:\nHEAD detached at %s\n\nRemotes:\n%s" % (commit[:8], without_password(source))
