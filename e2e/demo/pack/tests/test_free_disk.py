# e2e/demo/pack/tests/test_free_disk.py — old logs go, of the firing alerts only.
from free_disk import FreeDisk
from st2tests.base import BaseActionTestCase


class FreeDiskTestCase(BaseActionTestCase):
    action_cls = FreeDisk

    def test_old_logs_of_firing_alerts_are_deleted(self):
        labels = {"instance": "web-1", "mountpoint": "/var/log"}
        alerts = [{"status": "firing", "labels": labels}, {"status": "resolved", "labels": {}}]
        action = self.get_action_instance(config={"mebibytes_per_log": 1})
        freed = action.run(notification={"alerts": alerts}, keep_days=7)
        disk = {**labels, "before_kib": 5120, "after_kib": 2048, "freed_kib": 3072, "deleted_files": 3}
        self.assertEqual(freed, {"freed_kib": 3072, "disks": [disk]})
