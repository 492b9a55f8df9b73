# packs/core/actions/inject_trigger.py — an event of any trigger, by the generic webhook, in the namespace of the execution.
from st2common.runners.base_action import Action


class InjectTrigger(Action):
    def run(self, trigger=None, trigger_name=None, payload=None, trace_tag=None):
        if trigger and trigger_name:
            raise ValueError("Give either trigger or trigger_name, not both")
        name = trigger or trigger_name
        if not name:
            raise ValueError("Give the reference of a trigger type in trigger, for example mypack.my_trigger")
        client = self.action_service.datastore_service.get_api_client()
        self.logger.debug('sending an event of trigger "%s"', name)
        return client.webhooks.post_generic_webhook(trigger=name, payload=payload or {}, trace_tag=trace_tag)
