// operator/domain/trigger/payload-check.ts — does a payload, or a rule's trigger parameters, fit what the TriggerType says?
import type { TriggerType } from '../../api/kinds.ts';
import { refOf } from '../../api/meta.ts';
import { compileSchemas, faultIn, withDefaults } from '../action/schema.ts';

type JsonSchema = Readonly<Record<string, unknown>> | undefined;

/** StackStorm's sentence about a payload that does not fit, without the payload; undefined when it fits. */
export function payloadFault(type: TriggerType, payload: unknown): string | undefined {
  const fault = check('payload', type.spec.payloadSchema, payload, refOf(type));
  return fault === undefined
    ? undefined
    : `Trigger payload validation failed and validation is enabled, not dispatching a trigger "${refOf(type)}": ${fault}`;
}

/** What is wrong with the parameters that a rule gives with its trigger; undefined when nothing is. */
export const triggerParametersFault = (type: TriggerType, parameters: unknown): string | undefined =>
  check('spec.trigger.parameters', type.spec.parametersSchema, parameters ?? {}, refOf(type));

/** What is wrong with the schemas of a TriggerType, naming the field; undefined when nothing is. */
export function schemaFault({ spec }: TriggerType): string | undefined {
  for (const field of ['payloadSchema', 'parametersSchema'] as const) {
    try {
      if (spec[field]) compileSchemas({ value: spec[field] });
    } catch (error) {
      return `spec.${field}: ${(error as Error).message.replaceAll('parameters.value', 'the schema')}`;
    }
  }
  return undefined;
}

function check(place: string, schema: JsonSchema, value: unknown, ref: string): string | undefined {
  if (!schema || Object.keys(schema).length === 0) return undefined;
  try {
    const fault = faultIn({ value: schema }, { value: withDefaults(schema, value) }, ref);
    // The checker speaks of parameters of an Action: here they are a field of a TriggerType.
    return fault
      ?.replace(/^parameters\.value/, place)
      .replaceAll(`Action "${ref}"`, `TriggerType "${ref}"`)
      .replaceAll('parameters.value', place);
  } catch (error) {
    return `the schema of TriggerType "${ref}" is not valid: ${(error as Error).message}`;
  }
}
