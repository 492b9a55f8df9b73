// operator/domain/workflow/inspect-source.ts — what each engine is asked about a definition, and what it answers.
import type { Value } from '../expression/python/values.ts';
import type { Finding } from './engine.ts';
import type { Graph } from './graph/model.ts';
import type { Call } from './inspect-content.ts';
import type { ActionLookup } from './orquesta/inspect-contents.ts';

export interface DefinitionSource {
  /** A text of YAML, or what it says. */
  readonly definition: string | { readonly value: Value };
  /** Reference of the Workflow, after which Mistral's definitions have to be named; undefined where there is none yet. */
  readonly ref?: string | undefined;
  /** Which workflow of a Mistral workbook is run. */
  readonly workflow?: string | undefined;
  /** Whether a parameter may name that workflow when it is run. Default: false. */
  readonly isNamedLater?: boolean;
}

/** Lines and columns count from 1, and are known where there is a text. */
export interface LocatedFinding extends Finding {
  readonly line?: number;
  readonly column?: number;
}

/** What is wrong with the actions that a definition names. */
export interface Contents {
  /** Why StackStorm does not start it. */
  readonly refusals: readonly Finding[];
  /** What StackStorm finds out when a task is reached: the others run. */
  readonly warnings: readonly Finding[];
}

/** A definition as its engine sees it. */
export interface Opened {
  /** All but those about other actions. */
  readonly findings: readonly LocatedFinding[];
  /** What it runs for certain; nothing where it cannot be read. */
  readonly calls: readonly Call[];
  readonly contents: (lookup: ActionLookup) => Contents;
  /** Undefined where it cannot be read. */
  readonly picture: (() => Graph) | undefined;
}
