// operator/domain/pack/read-config-schema.ts — config.schema.yaml → the keys that the configuration of a pack may have.
import type { Schemas } from '../action/runner-parameters.ts';
import { faultOfSchema, isRecord } from '../action/schema.ts';
import { openFile, type OpenedFile, TOLD_MAX } from './open-file.ts';
import { propertyFaults } from './parameter-check.ts';
import { type Reading, warningAt, findingAt, findingsAt } from './reading.ts';

const FILE = 'config.schema.yaml';

/** The schema of each key; undefined when there is no file, or a finding says what is wrong with it. */
export function readConfigSchema({ tree, files, notes }: Reading): Schemas | undefined {
  if (files.has('config.yaml'))
    notes.warnings.push(
      'config.yaml: it is not read; the configuration stands outside of the pack, and its keys in config.schema.yaml',
    );
  if (!files.has(FILE)) return undefined;
  const opened = openFile(tree, FILE, notes);
  if (!opened) return undefined;
  const { value } = opened;
  if (!isRecord(value) || Object.keys(value).length === 0) {
    const message =
      isRecord(value) || value === null
        ? 'Config schema is empty and invalid. Write a key, or remove the file'
        : 'Config schema is no mapping; write "key:" lines with the schema of each key';
    notes.findings.push({ file: FILE, line: 1, message });
    return undefined;
  }
  return checkedKeys(value, opened, notes);
}

function checkedKeys(
  value: Readonly<Record<string, unknown>>,
  opened: OpenedFile,
  notes: Reading['notes'],
): Schemas | undefined {
  const before = notes.findings.length;
  for (const [key, schema] of Object.entries(value)) {
    if (notes.findings.length - before >= TOLD_MAX) break;
    if (!isRecord(schema)) {
      const message = `${key}: it is no mapping; write its type, description and so on below it`;
      notes.findings.push(findingAt(opened, { path: [key], message }));
      continue;
    }
    const faults = propertyFaults(key, schema, [key]);
    notes.findings.push(...findingsAt(opened, faults));
    const odd = faults.length === 0 ? faultOfSchema(schema) : undefined;
    // Deeper down StackStorm passes over words that it does not know.
    if (odd !== undefined) notes.warnings.push(warningAt(opened, { path: [key], message: `${key}${odd}` }));
  }
  return notes.findings.length === before ? (value as Schemas) : undefined;
}
