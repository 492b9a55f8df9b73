# packs/packs/actions/delete.py — deletes Packs with all that they brought, and waits until they are gone.
from pack_action import PackAction
from pack_objects import RUN_ANNOTATION, list_of
from unloading import refuse_system


class Delete(PackAction):
    def run(self, packs, abs_repo_base=None, delete_env=True, timeout_seconds=600, run=None):
        names = list_of(packs)
        refuse_system(names)
        there = [name for name in names if self.is_meant(name, run)]
        for name in there:
            self.packs.delete(name)
        for name in there:
            self.packs.until_gone(name, timeout_seconds)
        return "Successfully deleted the following packs: %s" % ", ".join(there) if there else "There was nothing to delete"

    def is_meant(self, name, run):
        """Whether it is there, and with `run`, whether that execution has brought it."""
        pack = self.packs.find(name)
        if pack is None:
            return False
        return not run or pack["metadata"].get("annotations", {}).get(RUN_ANNOTATION) == run
