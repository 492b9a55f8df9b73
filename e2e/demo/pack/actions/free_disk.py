# e2e/demo/pack/actions/free_disk.py — deletes old logs on each mount point of the firing alerts.
import os
import tempfile
import time
from pathlib import Path

from st2common.runners.base_action import Action

DAY_SECONDS = 86400


class FreeDisk(Action):
    def run(self, notification, keep_days=7):
        firing = [alert["labels"] for alert in notification["alerts"] if alert["status"] == "firing"]
        # A stand-in for the disk of the host: this demo has no broken server. On a real one, this would go by SSH.
        with tempfile.TemporaryDirectory() as scratch:
            disks = [self.free(Path(scratch), labels, keep_days) for labels in firing]
        return {"freed_kib": sum(disk["freed_kib"] for disk in disks), "disks": disks}

    def free(self, scratch, labels, keep_days):
        instance, mountpoint = labels["instance"], labels["mountpoint"]
        place = scratch / instance / mountpoint.lstrip("/")
        fill(place, self.config["mebibytes_per_log"])
        before = used_kib(place)
        self.logger.info("%s %s: %d KiB used, deleting logs older than %d days", instance, mountpoint, before, keep_days)
        old = [log for log in place.glob("*.log") if time.time() - log.stat().st_mtime > keep_days * DAY_SECONDS]
        for log in old:
            log.unlink()
        after = used_kib(place)
        return {
            "instance": instance,
            "mountpoint": mountpoint,
            "before_kib": before,
            "after_kib": after,
            "freed_kib": before - after,
            "deleted_files": len(old),
        }


def fill(place, mebibytes):
    place.mkdir(parents=True)
    for days in (1, 3, 8, 15, 30):
        log = place / ("app-%d-days-ago.log" % days)
        log.write_bytes(bytes(mebibytes * 1024 * 1024))
        written = time.time() - days * DAY_SECONDS
        os.utime(log, (written, written))


def used_kib(place):
    return sum(log.stat().st_size for log in place.iterdir()) // 1024
