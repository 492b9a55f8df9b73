// crds/definition.ts — registry of kinds → CustomResourceDefinition: names, columns, schemas of spec and status.
import { createHash } from 'node:crypto';
import type { KindDefinition } from '../operator/api/kinds.ts';
import { GROUP, VERSION } from '../operator/api/meta.ts';
import { openapi, refuseUnexplained, type Structural } from './structural.ts';

/** Label of all that belongs to Squall, also on the definitions. */
const PART_OF = { 'app.kubernetes.io/part-of': 'squall' } as const;
/** Annotation with the hash of a definition's spec: tells whether an installed definition is the one that a chart brings. */
export const SCHEMA_ANNOTATION = `${GROUP}/schema`;

export interface Schemas {
  readonly spec: Structural;
  readonly status: Structural;
}

/** The schemas of one kind; throws where Kubernetes would refuse one or a field is not explained. */
export function schemasOf(kind: KindDefinition): Schemas {
  const spec = openapi(kind.spec, `${kind.kind}.spec`);
  const status = openapi(kind.status, `${kind.kind}.status`);
  refuseUnexplained(spec, `${kind.kind}.spec`, 'user');
  refuseUnexplained(status, `${kind.kind}.status`, 'operator');
  const hasDefaults = Object.values(status.properties ?? {}).some((field) => field.default !== undefined);
  return {
    spec: { ...spec, description: 'What you want; see the fields.' },
    // The API server fills in defaults inside a status only when there is one.
    status: {
      ...status,
      description: 'What became of it; only the operator writes it.',
      ...(hasDefaults && { default: {} }),
    },
  };
}

/** The whole CustomResourceDefinition, as plain data. */
export function definitionOf(kind: KindDefinition) {
  const spec = specOf(kind);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${GROUP}`,
      labels: PART_OF,
      annotations: {
        [SCHEMA_ANNOTATION]: createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16),
      },
    },
    spec,
  };
}

function specOf(kind: KindDefinition) {
  const { spec, status } = schemasOf(kind);
  return {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: kind.kind,
      listKind: `${kind.kind}List`,
      plural: kind.plural,
      singular: kind.singular,
      shortNames: kind.shortNames,
      categories: ['squall'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: kind.columns,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: kind.description,
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string', description: `Version of the API: ${GROUP}/${VERSION}.` },
              kind: { type: 'string', description: `Kind of the object: ${kind.kind}.` },
              metadata: { type: 'object' },
              spec,
              status,
            },
          },
        },
      },
    ],
  };
}
