// operator/domain/pack/read-triggers.ts — triggers/*.yaml and sensors/*.yaml → TriggerTypes, and sensors, which wait.
import { SensorFile, TriggerFile } from '../../api/pack-file.ts';
import { TriggerTypeSpec } from '../../api/trigger-type.ts';
import { resolveEntryPoint } from './entry-point.ts';
import { described, filesIn, fit, openFile, type OpenedFile } from './open-file.ts';
import { checkPack, type Reading, warningAt, findingAt, findingsAt } from './reading.ts';
import { specMisfits } from './spec-misfits.ts';
import type { FieldPath } from './yaml-text.ts';

/** @returns how many files there are */
export function readTriggers(reading: Reading): number {
  const files = filesIn(reading.tree, 'triggers');
  for (const path of files) {
    const opened = openFile(reading.tree, path, reading.notes);
    const file = opened && fit(TriggerFile, opened, reading.notes);
    if (!opened || !file) continue;
    checkPack(opened, file.pack, reading);
    addTriggerType(file, { opened, at: [] }, reading);
  }
  return files.length;
}

/** @returns how many files there are */
export function readSensors(reading: Reading): number {
  const files = filesIn(reading.tree, 'sensors');
  for (const path of files) readSensor(path, reading);
  return files.length;
}

function readSensor(path: string, reading: Reading): void {
  const { notes } = reading;
  const opened = openFile(reading.tree, path, notes);
  const file = opened && fit(SensorFile, opened, notes);
  if (!opened || !file) return;
  checkPack(opened, file.pack, reading);
  const entry = resolveEntryPoint(file.entry_point, 'sensors', reading);
  if (entry.path === undefined) notes.findings.push(findingAt(opened, { path: ['entry_point'], message: entry.fault }));
  else if (!reading.files.has(entry.path)) {
    const message = `entry_point: there is no file ${entry.path}; the sensor will not start`;
    notes.warnings.push(warningAt(opened, { path: ['entry_point'], message }));
  }
  for (const [i, type] of (file.trigger_types ?? []).entries())
    addTriggerType(type, { opened, at: ['trigger_types', i] }, reading);
  reading.waiting.push({ kind: 'Sensor', name: file.class_name, file: path, content: { ...file } });
}

interface Place {
  readonly opened: OpenedFile;
  /** Leads to the type in its file. */
  readonly at: FieldPath;
}

const FIELDS: Readonly<Record<string, string>> = {
  payloadSchema: 'payload_schema',
  parametersSchema: 'parameters_schema',
};

/** Sensors of a pack may share a type; where they describe it differently, the last one counts, as in StackStorm. */
function addTriggerType(type: TriggerFile, { opened, at }: Place, { pack, notes, resources }: Reading): void {
  const spec = {
    ref: `${pack}.${type.name}`,
    ...described(type.description),
    ...schemaOf('payloadSchema', type.payload_schema),
    ...schemaOf('parametersSchema', type.parameters_schema),
  };
  const inFile = ([field = '', ...rest]: FieldPath): FieldPath =>
    field === 'ref' ? [...at, 'name'] : [...at, FIELDS[field] ?? field, ...rest];
  const misfits = specMisfits(TriggerTypeSpec, spec, inFile);
  notes.findings.push(...findingsAt(opened, misfits));
  if (misfits.length > 0) return;
  const resource = { kind: 'TriggerType' as const, file: opened.file, spec };
  const known = resources.findIndex((one) => one.kind === 'TriggerType' && one.spec['ref'] === spec.ref);
  if (known === -1) {
    resources.push(resource);
    return;
  }
  const other = resources[known];
  if (other && JSON.stringify(other.spec) !== JSON.stringify(spec)) {
    const message = `${spec.ref} is described otherwise in ${other.file}; this description counts`;
    notes.warnings.push(warningAt(opened, { path: [...at, 'name'], message }));
  }
  resources[known] = resource;
}

/** An empty schema says nothing. */
const schemaOf = (field: string, schema: Readonly<Record<string, unknown>> | null | undefined) =>
  schema && Object.keys(schema).length > 0 ? { [field]: schema } : {};
