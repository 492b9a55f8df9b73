# packs/core/actions/uuid_action.py — a UUID, as text.
import uuid

from st2common.runners.base_action import Action

MAKERS = {"uuid1": uuid.uuid1, "uuid4": uuid.uuid4}


class MakeUuid(Action):
    def run(self, uuid_type="uuid4"):
        if uuid_type not in MAKERS:
            raise ValueError('Unknown uuid_type "%s"; give one of %s' % (uuid_type, ", ".join(sorted(MAKERS))))
        return str(MAKERS[uuid_type]())
