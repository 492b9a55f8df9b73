// operator/domain/workflow/action-chain/names.ts — what the templates of a chain see: parameters, results of tasks, variables, and what is always there.
import { evaluating, NOWHEN, type World } from '../../expression/evaluation.ts';
import type { Datastore } from '../../expression/functions/call.ts';
import { kvScopes } from '../../expression/functions/kv.ts';
import { type AnyDict, Dict, dictEntries, dictGet } from '../../expression/python/dict.ts';
import type { Plain, Value } from '../../expression/python/values.ts';

/** The names of one kind of template: by themselves, and with `__context`, which is all of them. */
export interface View {
  readonly context: AnyDict;
  readonly variables: AnyDict;
}

/** A view, and the names in it that no task and no variable may take. */
interface Kept {
  readonly context: Dict;
  readonly variables: Dict;
  readonly fixed: ReadonlySet<Value>;
}

const OF_PUBLISH = ['__results', 'system', 'st2kv'];
const OF_PARAMETERS = [...OF_PUBLISH, 'action_context', 'config_context'];

function keep(view: Kept, name: Value, value: Value): void {
  view.context.set(name, value);
  view.variables.set(name, value);
}

function newView(parameters: Plain, fixed: readonly string[]): Kept {
  const context = new Dict();
  const view = { context, variables: new Dict([['__context', context]]), fixed: new Set(fixed) };
  for (const [name, value] of dictEntries(parameters)) keep(view, name, value);
  return view;
}

/**
 * Names are set one by one as the chain goes on, so that a step costs what it changes. Later ones hide earlier ones: results hide
 * parameters, variables hide results, and what is always there hides all.
 */
export class Names {
  readonly #parameters: Plain;
  readonly #results = new Dict();
  readonly #vars = new Dict();
  readonly #ofParameters: Kept;
  readonly #ofPublish: Kept;

  /** `parent` and `config` are the templates' `action_context.parent` and `config_context`. */
  constructor(parameters: Plain, parent: Value, config: Value) {
    const viewOf = (fixed: readonly string[]): Kept => evaluating(NOWHEN, () => newView(parameters, fixed));
    this.#parameters = parameters;
    this.#ofParameters = viewOf(OF_PARAMETERS);
    this.#ofPublish = viewOf(OF_PUBLISH);
    for (const view of [this.#ofParameters, this.#ofPublish]) keep(view, '__results', this.#results);
    keep(this.#ofParameters, 'action_context', { parent });
    keep(this.#ofParameters, 'config_context', config);
  }

  ofParameters(datastore: Datastore | undefined): View {
    return withDatastore(this.#ofParameters, datastore);
  }

  ofPublish(datastore: Datastore | undefined): View {
    return withDatastore(this.#ofPublish, datastore);
  }

  /** Variables are made before anything else is there; they alone see what the user has in the datastore. */
  ofVars(datastore: Datastore | undefined, user: string | undefined): View {
    const context = new Dict([['st2kv', kvScopes(datastore, user)], ...dictEntries(this.#parameters)]);
    return { context, variables: new Dict([['__context', context], ...dictEntries(context)]) };
  }

  addResult(task: Value, result: Value, world: World): void {
    evaluating(world, () => {
      this.#results.set(task, result);
      if (!this.#vars.has(task)) this.#show(task, result);
    });
  }

  addVars(vars: AnyDict, world: World): void {
    evaluating(world, () => {
      for (const [name, value] of dictEntries(vars)) {
        this.#vars.set(name, value);
        this.#show(name, value);
      }
    });
  }

  #show(name: Value, value: Value): void {
    for (const view of [this.#ofParameters, this.#ofPublish]) if (!view.fixed.has(name)) keep(view, name, value);
  }
}

/** `system` is what `st2kv.system` was called once. */
function withDatastore(view: Kept, datastore: Datastore | undefined): View {
  const system = dictGet(kvScopes(datastore), 'system') ?? null;
  keep(view, 'system', system);
  keep(view, 'st2kv', { system });
  return view;
}
