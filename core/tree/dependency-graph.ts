import type { ConstructIndex, Place } from './construct-index';
import { countObjects, type Dependencies, objectsOf } from './dependencies';
import { type PostOrder, postOrder } from './post-order';

const NONE: readonly Place[] = [];

/**
 * The graph that stock cdk8s sorts, for a construct and all below it, without its edges from every object here to every
 * object there. Beside a vertex for each construct it has two more:
 *
 * - `targets(T)` leads to each object of T, so that "depends on T" is one edge.
 * - `needs(A)` leads to `needs` of the next construct above A that depends on something, then to the targets of
 *   everything that A depends on, so that "is in A" is one edge.
 *
 * An object's edges in stock's order are: what it depends on itself, then what each construct around it needs, from its
 * chart inwards. An object is never its own target, so one that lies on both ends of a dependency has its edges
 * written out. If two objects lie on both ends, each depends on the other, which the walk finds as a cycle.
 */
export class DependencyGraph {
  private readonly size: number;
  /** What constructs of this graph depend on within it, in the order of the tree. */
  private readonly targets: ReadonlyMap<Place, readonly Place[]>;
  private readonly onBothEnds: ReadonlySet<number>;

  constructor(
    private readonly index: ConstructIndex,
    private readonly dependencies: Dependencies,
    private readonly top: Place,
    private readonly objectsInherit = true,
  ) {
    this.size = top.end - top.index;
    this.targets = this.targetsInside();
    this.onBothEnds = objectsInherit ? this.findObjectsOnBothEnds() : new Set();
  }

  get hasEdges(): boolean {
    return this.targets.size > 0;
  }

  /** Indexes of constructs, each after what it depends on; or the indexes along a cycle. */
  order(): PostOrder {
    const vertices = this.vertices();
    if (!this.hasEdges) return { order: vertices.map((vertex) => vertex + this.top.index) };
    const inbound = this.inbound();
    // Vertices that nothing depends on come first. A cycle without such a vertex above it is found from the others.
    const roots = [...vertices.filter((vertex) => !inbound[vertex]), ...vertices];
    const result = postOrder(3 * this.size, roots, (vertex) => this.edges(vertex));
    const constructs = (list: readonly number[]) =>
      list.filter((vertex) => vertex < this.size).map((vertex) => vertex + this.top.index);
    return 'cycle' in result ? { cycle: constructs(result.cycle) } : { order: constructs(result.order) };
  }

  /** In the order of the keys of a JavaScript object that has the paths as keys: stock relies on it. */
  private vertices(): number[] {
    const all = Array.from({ length: this.size }, (_, vertex) => vertex);
    if (this.top.parent) return all;
    const first = this.top.construct.node.children
      .filter((child) => isArrayIndex(child.node.id))
      .map((child) => (this.index.placeOf(child) as Place).index - this.top.index);
    const isFirst = new Set(first);
    return first.length === 0 ? all : [...first, ...all.filter((vertex) => !isFirst.has(vertex))];
  }

  private edges(vertex: number): readonly number[] {
    const place = this.index.at((vertex % this.size) + this.top.index);
    if (vertex >= 2 * this.size) return objectsOf(place).map((object) => object - this.top.index);
    if (vertex >= this.size) return this.needs(place);
    const explicit = this.targetsOf(place).map((target) => this.vertexOf(target));
    if (!this.objectsInherit || !this.isObject(place)) return explicit;
    if (this.onBothEnds.has(place.index)) return [...explicit, ...this.writtenOut(place)];
    const source = this.nearestSource(place);
    return source ? [...explicit, this.needsOf(source)] : explicit;
  }

  private needs(source: Place): readonly number[] {
    const above = source === source.chart ? undefined : this.nearestSource(source.parent);
    const targets = this.targetsOf(source).map((target) => this.targetsVertex(target));
    return above ? [this.needsOf(above), ...targets] : targets;
  }

  private writtenOut(object: Place): readonly number[] {
    const around: Place[] = [];
    for (let at = this.nearestSource(object); at; ) {
      around.push(at);
      at = at === at.chart ? undefined : this.nearestSource(at.parent);
    }
    return around
      .reverse()
      .flatMap((source) => this.targetsOf(source))
      .flatMap((target) =>
        isObjectOf(object, target)
          ? objectsOf(target)
              .filter((other) => other !== object.index)
              .map((other) => other - this.top.index)
          : [this.targetsVertex(target)],
      );
  }

  /** The construct itself or the next one around it, up to its chart, that depends on something. */
  private nearestSource(place: Place | undefined): Place | undefined {
    for (let at = place; at; at = at === at.chart ? undefined : at.parent)
      if (this.targets.has(at)) return at;
    return undefined;
  }

  /** Marks every vertex that another one leads to. */
  private inbound(): Uint8Array {
    const inbound = new Uint8Array(this.size);
    const marked = new Set<Place>();
    for (const [source, targets] of this.targets) {
      for (const target of targets) {
        inbound[this.vertexOf(target)] = 1;
        if (this.objectsInherit && !marked.has(target)) this.markObjects(source, target, inbound, marked);
      }
    }
    return inbound;
  }

  private markObjects(source: Place, target: Place, inbound: Uint8Array, marked: Set<Place>): void {
    const count = countObjects(source);
    if (count === 0) return;
    const only = count === 1 ? this.index.at(objectsOf(source)[0] as number) : undefined;
    const isItsOwn = only !== undefined && isObjectOf(only, target);
    if (!isItsOwn) marked.add(target);
    for (const object of objectsOf(target))
      if (!isItsOwn || object !== only.index) inbound[object - this.top.index] = 1;
  }

  private findObjectsOnBothEnds(): Set<number> {
    const found = new Set<number>();
    for (const [source, targets] of this.targets) {
      for (const target of targets) {
        if (source.chart !== target.chart) continue;
        const inner = source.contains(target) ? target : target.contains(source) ? source : undefined;
        if (inner && countObjects(inner) === 1) found.add(objectsOf(inner)[0] as number);
      }
    }
    return found;
  }

  private targetsOf(source: Place): readonly Place[] {
    return this.targets.get(source) ?? NONE;
  }

  private targetsInside(): Map<Place, readonly Place[]> {
    const { sources } = this.dependencies;
    const result = new Map<Place, readonly Place[]>();
    for (let at = firstAtLeast(sources, this.top.index); at < sources.length; at += 1) {
      const source = this.index.at(sources[at] as number);
      if (!this.top.contains(source)) break;
      const targets = this.dependencies.of(source).filter((target) => this.top.contains(target));
      if (targets.length > 0) result.set(source, targets);
    }
    return result;
  }

  private isObject(place: Place): boolean {
    const next = place.chart?.objects[place.firstObject];
    return next === place.index;
  }

  private vertexOf(place: Place): number {
    return place.index - this.top.index;
  }

  private needsOf(place: Place): number {
    return this.size + this.vertexOf(place);
  }

  private targetsVertex(place: Place): number {
    return 2 * this.size + this.vertexOf(place);
  }
}

function isObjectOf(object: Place, place: Place): boolean {
  return object.chart === place.chart && place.contains(object);
}

function firstAtLeast(sortedNumbers: readonly number[], wanted: number): number {
  let low = 0;
  let high = sortedNumbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sortedNumbers[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keys of this form come first in a JavaScript object, whenever they were added. */
function isArrayIndex(id: string): boolean {
  const number = Number(id) >>> 0;
  return String(number) === id && number !== 2 ** 32 - 1;
}
