// crds/structural.ts — zod schema → structural OpenAPI v3 schema; refuses what Kubernetes would refuse or people could not read.
import * as z from 'zod';

/** The words that a node of a structural schema may have, apart from its children. */
const Words = z.object({
  type: z.enum(['object', 'array', 'string', 'integer', 'number', 'boolean']).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  nullable: z.boolean().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.boolean().optional(),
  exclusiveMaximum: z.boolean().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  minProperties: z.number().optional(),
  maxProperties: z.number().optional(),
  required: z.array(z.string()).optional(),
  'x-kubernetes-preserve-unknown-fields': z.boolean().optional(),
  'x-kubernetes-validations': z.array(z.object({ rule: z.string(), message: z.string() })).optional(),
  'x-kubernetes-list-type': z.enum(['atomic', 'set', 'map']).optional(),
  'x-kubernetes-list-map-keys': z.array(z.string()).optional(),
  'x-kubernetes-map-type': z.enum(['atomic', 'granular']).optional(),
});
const WORDS = new Set([...Object.keys(Words.shape), 'properties', 'items', 'additionalProperties']);

/** A node of a structural schema, as a CustomResourceDefinition has it. */
export interface Structural extends Readonly<Partial<z.infer<typeof Words>>> {
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly items?: Structural;
  readonly additionalProperties?: Structural;
}

const Node = z.record(z.string(), z.unknown());
const Children = z.record(z.string(), Node);
const Names = z.array(z.string());

/** The structural schema of `schema`; throws, naming the path, at the first thing that Kubernetes would refuse. */
export function openapi(schema: z.ZodType, path: string): Structural {
  const json = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline', cycles: 'throw' });
  return structural(Node.parse(json), path);
}

/** Checks one node and all below it; what zod adds and Kubernetes would not take is left out. */
export function structural(node: Readonly<Record<string, unknown>>, path: string): Structural {
  const open = node['x-kubernetes-preserve-unknown-fields'] === true;
  refuse(node, path, open);
  const { properties, items, additionalProperties: rest } = node;
  const { minimum, maximum, pattern, ...kept } = Words.parse(node);
  return {
    ...kept,
    ...(kept.type === 'integer' && { format: 'int64' }),
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
    ...(pattern !== undefined && kept.format !== 'date-time' && { pattern }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(Children.parse(properties)).map(([name, child]) => [name, structural(child, `${path}.${name}`)]),
      ),
    }),
    ...(items !== undefined && { items: structural(Node.parse(items), `${path}[]`) }),
    ...(rest !== undefined && !open && { additionalProperties: structural(Node.parse(rest), `${path}.*`) }),
  };
}

function refuse(node: Readonly<Record<string, unknown>>, path: string, open: boolean): void {
  const strange = Object.keys(node).find((word) => !WORDS.has(word));
  if (strange !== undefined) throw new Error(`${path}: a CRD cannot say "${strange}"`);
  if (node['type'] === undefined && !open) throw new Error(`${path}: a CRD needs a type here`);
  if (node['properties'] !== undefined && node['additionalProperties'] !== undefined && !open)
    throw new Error(`${path}: properties and additionalProperties cannot stand together; use z.object or z.record`);
  if (
    node['additionalProperties'] !== undefined &&
    !open &&
    Object.keys(Node.parse(node['additionalProperties'])).length === 0
  )
    throw new Error(`${path}: values of any type need x-kubernetes-preserve-unknown-fields`);
  if (typeof node['pattern'] === 'string' && /\(\?[=!<]/.test(node['pattern']))
    throw new Error(`${path}: patterns are RE2, without lookaround: ${node['pattern']}`);
  refuseListMap(node, path);
}

function refuseListMap(node: Readonly<Record<string, unknown>>, path: string): void {
  const keys = node['x-kubernetes-list-map-keys'];
  if ((node['x-kubernetes-list-type'] === 'map') !== (keys !== undefined))
    throw new Error(`${path}: list type map and list map keys belong together`);
  if (keys === undefined) return;
  const required = Names.parse(Node.parse(node['items'])['required'] ?? []);
  const loose = Names.parse(keys).find((key) => !required.includes(key));
  if (loose !== undefined) throw new Error(`${path}: the list map key "${loose}" must be required`);
}

/**
 * Refuses fields that `kubectl explain` would leave unexplained: each needs a sentence, an optional one also its default,
 * as the sentence's end ("Default: none."). `who` is "user" where people write the fields, "operator" for the status.
 */
export function refuseUnexplained(node: Structural, path: string, who: 'user' | 'operator'): void {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const where = `${path}.${name}`;
    if (!child.description?.endsWith('.')) throw new Error(`${where}: it needs a description that is a sentence`);
    const optional = !(node.required ?? []).includes(name);
    if (who === 'user' && optional && !/Default: .+\.$/.test(child.description))
      throw new Error(`${where}: it is optional, so its description must end with "Default: ….": ${child.description}`);
    refuseUnexplained(child, where, who);
  }
  if (node.items) refuseUnexplained(node.items, `${path}[]`, who);
  if (node.additionalProperties) refuseUnexplained(node.additionalProperties, `${path}.*`, who);
}
