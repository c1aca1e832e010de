import {
  carriedNode,
  type Expression,
  fitsPattern,
  joinTexts,
  mayBeAbsent,
  milliCpu,
  type TextPart,
  text,
  treeOf,
} from '../../../core/template';
import { type HelmChart, release } from '../../../core/tree';
import type { ScalarSpec, TreeSpec } from './program';
import { isLoopable, isPlainText, isTextList, isTextMap, matches, type Reach } from './reach';

/** Makes the trees of a program, with what is in reach and with helpers of the chart. */
export class TreeBuilder {
  private helpers = 0;

  constructor(
    private readonly chart: HelmChart,
    private readonly reach: Reach,
  ) {}

  condition(spec: ScalarSpec): Expression<boolean> {
    return this.scalar(spec) as Expression<boolean>;
  }

  /** An expression, or a literal where the program has one. */
  scalar(spec: ScalarSpec): unknown {
    switch (spec.x) {
      case 'ref':
        return this.reach.find(spec.n, (node) => matches(node, spec.want) && !mayBeAbsent(node)) ?? 1.5;
      case 'static':
        return spec.value;
      case 'concat':
        return this.concat(spec);
      case 'then':
        return this.condition(spec.cond).then(this.scalar(spec.yes), this.scalar(spec.no));
      case 'orElse': {
        const given = this.reach.find(spec.n, (node) => matches(node, spec.want) && mayBeAbsent(node));
        return given
          ? (given as Expression<string>).orElse(this.scalar(spec.fallback) as string)
          : this.scalar(spec.fallback);
      }
      case 'function':
        return this.textFunction(spec.how, this.scalar(spec.arg));
      case 'join': {
        const list = this.reach.find(spec.n, isTextList);
        return list ? joinTexts(list as Expression<readonly string[]>, spec.separator) : spec.separator;
      }
      case 'length': {
        const given = this.scalar(spec.arg);
        return carriedNode(given)
          ? (given as Expression<string>).byteLength
          : Buffer.byteLength(String(given));
      }
      case 'matches': {
        const fits = fitsPattern(text`${this.scalar(spec.arg) as TextPart}`, spec.pattern);
        // Of a literal it is known now, and a condition is an expression here.
        return typeof fits === 'boolean' ? release.isUpgrade : fits;
      }
      case 'milliCpu':
        return milliCpu(text`${this.scalar(spec.arg) as TextPart}`);
      case 'compare':
        return this.compare(this.scalar(spec.left), spec.how, this.scalar(spec.right));
      case 'and':
      case 'or': {
        const [first, ...others] = spec.args.map((arg) => this.condition(arg)) as [Expression<boolean>];
        return spec.x === 'and' ? first.and(...others) : first.or(...others);
      }
      case 'not':
        return this.condition(spec.arg).not();
      case 'isSet': {
        const given = this.reach.find(spec.n, mayBeAbsent) as Expression<unknown> | undefined;
        return given?.isSet ?? release.isInstall;
      }
      case 'isEmpty': {
        const given = this.reach.find(spec.n, isLoopable) as Expression<unknown> | undefined;
        return given?.isEmpty ?? release.isInstall;
      }
      case 'byHelm':
        return release.service.equals('Helm');
      case 'helper':
        return this.chart.helper(`text-${this.helpers++}`, this.scalar(spec.body));
    }
  }

  private concat({ style, parts }: ScalarSpec & { x: 'concat' }): unknown {
    const given = parts.map((part) => this.scalar(part));
    if (style === 'template') return given.map((part) => `${part}`).join('');
    return given.reduce<TextPart>((before, part) => text`${before}${part as TextPart}`, '');
  }

  private textFunction(how: string, given: unknown): unknown {
    const arg = given as Record<string, unknown>;
    if (!carriedNode(given)) return given;
    if ((how === 'lower' || how === 'upper') && !isPlainText(carriedNode(given))) return given;
    const method = arg[how] as () => unknown;
    return method.call(arg);
  }

  private compare(left: unknown, how: string, right: unknown): unknown {
    const [first, second] = carriedNode(left) ? [left, right] : [right, left];
    if (!carriedNode(first)) return release.isUpgrade;
    return ((first as Record<string, unknown>)[how] as (other: unknown) => unknown).call(first, second);
  }

  tree(spec: TreeSpec): unknown {
    switch (spec.x) {
      case 'nothing':
        return undefined;
      case 'anything':
        return this.reach.find(spec.n, () => true);
      case 'map':
        return this.mapOf(spec);
      case 'list':
        return spec.items.flatMap((item) => (item.x === 'splice' ? this.splice(item) : [this.tree(item)]));
      case 'splice':
        return this.splice(spec);
      case 'range': {
        const over = this.reach.find(spec.n, isLoopable) as Expression<readonly unknown[]> | undefined;
        return over?.map((item, key) => {
          const body = this.bodyOf(spec.body, item, key);
          // A loop whose entries may all be left out is mostly refused; some are enough.
          return spec.n % 4 > 0 && mayBeAbsent(treeOf(body)) ? { entry: body } : body;
        });
      }
      case 'if':
        return this.condition(spec.cond).then(this.tree(spec.yes), spec.no && this.tree(spec.no));
      case 'orElseTree': {
        const given = this.reach.find(spec.n, mayBeAbsent) as Expression<unknown> | undefined;
        return given ? given.orElse(this.tree(spec.fallback) as never) : this.tree(spec.fallback);
      }
      case 'treeHelper':
        return this.chart.helper(`map-${this.helpers++}`, this.tree(spec.body));
      default:
        return this.scalar(spec);
    }
  }

  private bodyOf(body: TreeSpec, item: unknown, key: unknown): unknown {
    return this.reach.inLoop(item, key, () => this.tree(body));
  }

  private splice({ n, body }: TreeSpec & { x: 'splice' }): unknown[] {
    const list = this.reach.find(n, (node) => node.shape.type === 'list' && !mayBeAbsent(node));
    if (!list) return [];
    const spread = body
      ? (list as Expression<readonly unknown[]>).map((item, key) => this.bodyOf(body, item, key))
      : list;
    return [...(spread as Iterable<unknown>)];
  }

  /** Keys beside spread maps; with a spread of -1 only maps of texts are spread, as labels are. */
  private mapOf({ entries, spreads }: TreeSpec & { x: 'map' }): unknown {
    const own = {};
    for (const [key, tree] of entries)
      Object.defineProperty(own, key, { value: this.tree(tree), enumerable: true, configurable: true });
    const found = spreads.map((n) =>
      this.reach.find(Math.abs(n), (node) => (n < 0 ? isTextMap(node) : node.shape.type === 'map')),
    );
    // Spread by `Object.assign`, which carries symbols as `{ ...map }` does.
    return Object.assign(own, ...found);
  }
}
