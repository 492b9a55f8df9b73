// operator/domain/pack/register.ts — pack file → the object that is registered from it.
import { ActionSpec } from '../../api/action.ts';
import { Action, TriggerType } from '../../api/kinds.ts';
import { type Draft, LABEL, labelValue, nameOfRef } from '../../api/meta.ts';
import type { ActionFile, TriggerFile } from '../../api/pack-file.ts';
import { TriggerTypeSpec } from '../../api/trigger-type.ts';

export interface Origin {
  readonly pack: string;
  readonly namespace: string;
}

/** The Action of `actions/<name>.yaml`; `script` is the text of its entry point. @throws ZodError naming the field that does not fit */
export function actionOf(file: ActionFile, { pack, namespace }: Origin, script?: string): Draft {
  const ref = `${pack}.${file.name}`;
  const spec = {
    ref,
    ...(file.description === undefined ? {} : { description: file.description }),
    enabled: file.enabled,
    runner: file.runner_type.replaceAll('_', '-'),
    ...(script === undefined ? {} : { script }),
    parameters: file.parameters,
  };
  ActionSpec.parse(spec);
  return { apiVersion: Action.apiVersion, kind: Action.kind, metadata: metadataOf(ref, pack, namespace), spec };
}

/** The TriggerType of `triggers/<name>.yaml`. @throws ZodError naming the field that does not fit */
export function triggerTypeOf(file: TriggerFile, { pack, namespace }: Origin): Draft {
  const ref = `${pack}.${file.name}`;
  const spec = {
    ref,
    ...(file.description === undefined ? {} : { description: file.description }),
    ...(file.payload_schema === undefined ? {} : { payloadSchema: file.payload_schema }),
    ...(file.parameters_schema === undefined ? {} : { parametersSchema: file.parameters_schema }),
  };
  TriggerTypeSpec.parse(spec);
  return {
    apiVersion: TriggerType.apiVersion,
    kind: TriggerType.kind,
    metadata: metadataOf(ref, pack, namespace),
    spec,
  };
}

const metadataOf = (ref: string, pack: string, namespace: string) => ({
  name: nameOfRef(ref),
  namespace,
  labels: { [LABEL.pack]: labelValue(pack) },
});
