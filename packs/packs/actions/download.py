# packs/packs/actions/download.py — asks for packs, and waits until their sources have been fetched and checked.
from datetime import datetime, timezone

from pack_action import SUCCESS, PackAction
from pack_objects import (
    RUN_ANNOTATION, Refused, condition, has_failed, is_done, list_of, name_of, other_ref, ref_of, verdict,
    without_password,
)

SYSTEM = ("core", "packs")


class Download(PackAction):
    def run(self, packs, abs_repo_base=None, verifyssl=True, force=False, dependency_list=None, timeout_seconds=600,
            run=None):
        if not verifyssl:
            raise ValueError(
                "verifyssl: certificates are always checked; add the authority to caBundle of the chart instead"
            )
        asked = [(spec, self.ask(spec, force, run)) for spec in list_of(dependency_list or packs)]
        result = {}
        for spec, (pack, is_new, message) in asked:
            if message is None:
                ref, said = self.bring(spec, pack, is_new, force, run, timeout_seconds)
            else:
                ref, said = without_password(spec), message
            result[ref] = said
        return SUCCESS in result.values(), result

    def bring(self, spec, pack, is_new, force, run, seconds):
        """(ref, message). A new one whose pack.yaml has another name than its repository is asked for once more, under that."""
        ref, said = self.wait(pack, is_new, seconds)
        other = other_ref(said) if is_new else None
        if other is None:
            return ref, said
        self.logger.info("%s has the pack %s, which is installed under this name", without_password(spec), other)
        pack, is_new, message = self.ask(spec, force, run, other)
        return self.wait(pack, is_new, seconds) if message is None else (other, message)

    def ask(self, spec, force, run, name=None):
        """(the Pack, whether it is new, None) or (None, False, why it was refused)."""
        try:
            name = name or name_of(spec)
            if name in SYSTEM:
                raise ValueError('Pack "%s" is part of the system, and is not installed from elsewhere' % name)
            self.logger.info("asking for pack %s: %s", name, without_password(spec))
            wanted = {"from": spec, "force": force, "reinstall": datetime.now(timezone.utc).isoformat()}
            if self.packs.find(name) is None:
                return self.packs.create(name, wanted, {RUN_ANNOTATION: run} if run else None), True, None
            return self.packs.change(name, {"source": None, **wanted}), False, None
        except (Refused, ValueError) as error:
            return None, False, str(error)

    def wait(self, pack, is_new, seconds):
        """(ref, message)."""
        name, generation = pack["metadata"]["name"], pack["metadata"].get("generation", 1)
        try:
            found = self.packs.until(name, seconds, is_fetched, generation)
        except (Refused, TimeoutError) as error:
            return ref_of(pack), str(error)
        if not has_failed(found):
            return ref_of(found), SUCCESS
        if is_new:
            self.forget(name)
        return ref_of(found), verdict(found)

    def forget(self, name):
        """One that has never worked would be tried again and again, and nobody would look after it."""
        try:
            self.packs.delete(name)
        except Refused as error:
            self.logger.warning("%s", error)


def is_fetched(pack):
    return has_failed(pack) or is_done(pack) or condition(pack, "Valid")[0] == "True"
