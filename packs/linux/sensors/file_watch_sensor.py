# packs/linux/sensors/file_watch_sensor.py — follows files that rules name, and dispatches each new line.
import os

from st2reactor.sensor.base import PollingSensor


class FileWatchSensor(PollingSensor):
    """Looks every second; a file that is made anew, or cut, is read from its beginning."""

    def __init__(self, sensor_service, config=None, poll_interval=1):
        super().__init__(sensor_service=sensor_service, config=config, poll_interval=poll_interval)
        self._followed = {}

    def setup(self):
        pass

    def poll(self):
        for path, one in list(self._followed.items()):
            for line in one.new_lines():
                payload = {"file_path": path, "file_name": os.path.basename(path), "line": line}
                self.sensor_service.dispatch(trigger=one.trigger, payload=payload)

    def cleanup(self):
        self._followed.clear()

    def add_trigger(self, trigger):
        path = trigger["parameters"].get("file_path")
        if not path:
            raise ValueError("file_path: the rule's trigger needs it")
        self._followed[path] = Followed(path, trigger.get("ref") or "linux.file_watch.line")

    def update_trigger(self, trigger):
        self.add_trigger(trigger)

    def remove_trigger(self, trigger):
        self._followed.pop(trigger["parameters"].get("file_path"), None)


class Followed:
    """One file, from its present end on; its lines come without blanks around them."""

    def __init__(self, path, trigger):
        self.path, self.trigger = path, trigger
        self._rest = b""
        found = stat(path)
        self._inode, self._at = (found.st_ino, found.st_size) if found else (None, 0)

    def new_lines(self):
        found = stat(self.path)
        if found is None:
            self._inode, self._at, self._rest = None, 0, b""
            return []
        if found.st_ino != self._inode or found.st_size < self._at:
            self._inode, self._at, self._rest = found.st_ino, 0, b""
        with open(self.path, "rb") as source:
            source.seek(self._at)
            added = source.read()
        self._at += len(added)
        *whole, self._rest = (self._rest + added).split(b"\n")
        return [line.decode("utf-8", "replace").strip() for line in whole]


def stat(path):
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None
