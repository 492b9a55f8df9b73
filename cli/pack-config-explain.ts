// cli/pack-config-explain.ts — the schema of a pack's configuration, told to people.
import { type ConfigSchema, type ConfigSchemas, MASK, masked, otherProperties } from './pack-config-schema.ts';
import { bold, clean, type Screen } from './print.ts';

/** A type, as people write it. */
export const typeText = ({ type, items, enum: choices }: ConfigSchema): string => {
  const name = type === undefined ? 'any' : [type].flat().join(' or ');
  const inner = items !== undefined && !Array.isArray(items) ? ` of ${typeText(items as ConfigSchema)}` : '';
  return `${name}${inner}${choices ? `: ${choices.map(String).join(', ')}` : ''}`;
};

/** What a schema says, as `kubectl explain` does: every key, and what is in it. */
export function explainText(screen: Screen, schemas: ConfigSchemas, indent = '  '): string {
  return Object.entries(schemas)
    .map(([key, schema]) => {
      const facts = [
        `<${typeText(schema)}>`,
        schema.required ? '-required-' : '',
        schema.secret ? '-secret-' : '',
        Object.hasOwn(schema, 'default') ? `default: ${shownDefault(schema)}` : '',
      ];
      const line = `${indent}${bold(screen, clean(key))}  ${facts.filter(Boolean).join('  ')}\n`;
      const told = (schema.description ?? '').trim();
      const text =
        told === ''
          ? ''
          : told
              .split('\n')
              .map((one) => `${indent}    ${clean(one.trim())}\n`)
              .join('');
      return line + text + insideText(screen, schema, `${indent}  `);
    })
    .join('');
}

function insideText(screen: Screen, schema: ConfigSchema, indent: string): string {
  const { properties = {}, patternProperties = {}, items } = schema;
  const others = otherProperties(schema);
  const named = { ...properties, ...patternProperties, ...(others && { '*': others }) };
  if (Object.keys(named).length > 0) return explainText(screen, named, indent);
  return items !== undefined && !Array.isArray(items) ? insideText(screen, items as ConfigSchema, indent) : '';
}

/** Defaults of secrets are none of the reader's business. */
export function shownDefault(schema: ConfigSchema): string {
  const value = schema.secret ? MASK : masked(schema.default, schema);
  return clean(typeof value === 'string' && value !== '' ? value : JSON.stringify(value));
}
