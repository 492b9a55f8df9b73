// operator/domain/workflow/orquesta/keys.ts — the names by which tasks on routes and transitions are known.

export const taskKey = (task: string, route: number): string => `${task}__r${route}`;

/** `key` counts the transitions between the same two tasks. */
export const transitionId = (task: string, key: number): string => `${task}__t${key}`;
