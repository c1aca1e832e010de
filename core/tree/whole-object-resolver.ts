import {
  type ApiObject,
  App,
  ImplicitTokenResolver,
  type IResolver,
  Lazy,
  LazyResolver,
  NumberStringUnionResolver,
  type ResolutionContext,
} from 'cdk8s';
import { ExpressionResolver, handOn, nodeBehind } from './stand-ins';

/**
 * Does in one walk over an object what the resolvers of cdk8s and ours do together, with the same result. Asked one by
 * one, stock makes a context and a key and climbs to the app for each value, which is a fifth of what a synthesis takes.
 * It steps aside in an app with any resolver that it does not know.
 */
export class WholeObjectResolver implements IResolver {
  resolve(context: ResolutionContext): void {
    const { key, value, obj } = context;
    if (key.length > 0 || value.constructor !== Object) return;
    if (!App.of(obj).resolvers.every((resolver) => KNOWN.has(resolver.constructor))) return;
    context.replaceValue(Object.assign(new Resolved(), new Walk(obj).resolved(value)));
  }
}

const KNOWN: ReadonlySet<unknown> = new Set([
  WholeObjectResolver,
  ExpressionResolver,
  LazyResolver,
  ImplicitTokenResolver,
  NumberStringUnionResolver,
]);

/**
 * Stock resolves again what a resolver gives it, and goes into every object whose constructor is `Object`. It leaves one
 * of another class alone; and what comes after it takes any class of that name for a plain object.
 */
class Resolved {}
Object.defineProperty(Resolved, 'name', { value: Object.name });

/** What holds nothing to resolve is handed on as it is: cdk8s copies all of it right afterwards. */
class Walk {
  private readonly keys: string[] = [];

  constructor(private readonly object: ApiObject) {}

  resolved(value: unknown): unknown {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return value;
    const node = nodeBehind(value);
    if (node) return handOn(this.object, node, this.keys);
    if (value instanceof Lazy) return this.resolved(value.produce());
    const { resolve, value: inner } = value as Readonly<Record<string, unknown>>;
    if (typeof resolve === 'function') return this.resolved(resolve.call(value));
    if (Array.isArray(value)) return this.list(value);
    if (value.constructor === Object) return this.map(value as Readonly<Record<string, unknown>>);
    return typeof inner === 'string' || typeof inner === 'number' ? { value: inner } : value;
  }

  private list(items: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let index = 0; index < items.length; index += 1) {
      const item = this.inside(String(index), items[index]);
      if (item === items[index]) continue;
      copy ??= [...items];
      copy[index] = item;
    }
    return copy ?? items;
  }

  private map(entries: Readonly<Record<string, unknown>>): object {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(entries)) {
      const value = this.inside(key, entries[key]);
      if (value === entries[key]) continue;
      copy ??= { ...entries };
      copy[key] = value;
    }
    return copy ?? entries;
  }

  private inside(key: string, value: unknown): unknown {
    this.keys.push(key);
    const result = this.resolved(value);
    this.keys.pop();
    return result;
  }
}
