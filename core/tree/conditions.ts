import {
  condition,
  DrydockError,
  type ElementOf,
  Expression,
  type Item,
  loopOver,
  loopVariables,
  NODE,
} from '../template';
import { underGuard } from './guards';

/**
 * Makes the constructs of the callback only where the flag is true. In a chart that is an `if` around each of their
 * objects; with a plain boolean it is JavaScript's own `if`. The callback cannot be `async`: what it makes after an
 * `await` would have no condition around it.
 *
 * @example
 * const values = defineValues({ debug: value.boolean({ default: false, doc: 'Runs the debugger beside it' }) });
 * when(values.debug, () => {
 *   new SecureService(shop, 'debugger', {
 *     image: 'registry.example.com/debugger:1.4.2',
 *     port: 8080,
 *     resources: 'small',
 *   });
 * });
 */
export function when<R>(flag: boolean | Expression<boolean>, constructs: () => R): R | undefined {
  const atOnce = () => doneAtOnce('when', constructs());
  if (typeof flag === 'boolean') return flag ? atOnce() : undefined;
  return underGuard({ kind: 'when', cond: condition(flag) }, atOnce);
}

/**
 * Makes the constructs of the callback once for every entry of a list or map. The callback runs once; what it makes
 * must have a name that comes from the entry. With a plain array or object it is JavaScript's own loop. The callback
 * cannot be `async`: what it makes after an `await` would be outside of the loop.
 *
 * @example
 * const values = defineValues({
 *   teams: value.list(value.dnsName({ doc: 'A team' }), { default: ['red'], doc: 'Teams that use the shop' }),
 * });
 * forEach(values.teams, (team) => {
 *   new KubeObject(shop, 'team', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: text`team-${team}` } });
 * });
 */
export function forEach<T extends readonly unknown[] | Readonly<Record<string, unknown>>>(
  entries: T | Expression<T>,
  constructs: (item: Item<ElementOf<T>>, key: Expression<string>) => void,
): void {
  const make = (item: unknown, key: unknown) =>
    doneAtOnce('forEach', constructs(item as Item<ElementOf<T>>, key as Expression<string>));
  const node = (entries as Expression<T>)[NODE];
  if (!node) {
    for (const [key, item] of Object.entries(entries)) make(item, key);
    return;
  }
  const loop = loopOver(node.shape);
  const { item, key } = loopVariables(loop);
  underGuard({ kind: 'forEach', over: node, loop }, () => make(item, key));
}

/** A guard holds while its callback runs; an async function and a generator go on, or begin, after that. */
function doneAtOnce<R>(where: 'when' | 'forEach', result: R): R {
  const goesOn = found(result);
  if (!goesOn) return result;
  throw new DrydockError('WRONG_USE', {
    where,
    found: goesOn,
    expected: 'a callback that has made all of its constructs when it returns',
    remedy: `Fetch what it needs before \`${where}\` and make the constructs without \`await\` or \`yield\`.`,
  });
}

function found(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || result instanceof Expression) return undefined;
  const { then, next } = result as { readonly then?: unknown; readonly next?: unknown };
  if (typeof then === 'function') return 'an async callback (it returned a promise)';
  return typeof next === 'function' ? 'a generator, which has not begun when it returns' : undefined;
}
