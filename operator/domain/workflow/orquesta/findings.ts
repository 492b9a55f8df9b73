// operator/domain/workflow/orquesta/findings.ts — where findings are, and in which order they are told.
import { compareText } from '../../expression/python/compare.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';
import type { Finding } from '../engine.ts';

/** A place in a definition and in its schema. */
export interface Spot {
  readonly spec: string;
  readonly schema: string;
}

export const TOP: Spot = { spec: '', schema: '' };
export const TASKS: Spot = { spec: 'tasks', schema: 'properties.tasks' };

export const field = ({ spec, schema }: Spot, name: string): Spot => ({
  spec: spec === '' ? name : `${spec}.${name}`,
  schema: `${schema === '' ? '' : `${schema}.`}properties.${name}`,
});
export const item = ({ spec, schema }: Spot, index: number): Spot => ({
  spec: `${spec}[${index}]`,
  schema: `${schema}.items`,
});
/** An item of a list whose items the schema is not asked about. */
export const element = ({ spec, schema }: Spot, index: number): Spot => ({ spec: `${spec}[${index}]`, schema });
export const taskSpot = (name: string): Spot => ({
  spec: `${TASKS.spec}.${name}`,
  schema: `${TASKS.schema}.patternProperties.^\\w+$`,
});

/** Steps → `tasks.t1.next[0].do`. */
export const pathText = (path: FieldPath): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );

/** The same back. */
export const pathSteps = (path: string): FieldPath =>
  Array.from(path.matchAll(/\[(\d+)\]|[^.[]+/g), ([step, index]) => (index === undefined ? step : Number(index)));

type Told = Pick<Finding, 'type' | 'message'> & Partial<Finding>;
export const findingAt = (told: Told, { spec, schema }: Spot): Finding => ({
  ...told,
  spec_path: spec,
  schema_path: schema,
});

/** Of one type: by the place in the schema, then by that in the definition. */
export const byPath = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted(
    (a, b) =>
      compareText(a.schema_path ?? '', b.schema_path ?? '') || compareText(a.spec_path ?? '', b.spec_path ?? ''),
  );

/** As StackStorm lists them: by type, then by the place in the schema. */
export const byType = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => compareText(a.type, b.type) || compareText(a.schema_path ?? '', b.schema_path ?? ''));
