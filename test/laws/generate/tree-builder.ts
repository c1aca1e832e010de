import {
  bytesOf,
  carriedNode,
  type Expression,
  fitsPattern,
  joinTexts,
  mayBeAbsent,
  milliCpu,
  type Node,
  outerLoopsOf,
  type TextPart,
  text,
  treeOf,
} from '../../../core/template';
import { type HelmChart, release } from '../../../core/tree';
import type { EntriesSpec, ScalarSpec, TreeSpec } from './program';
import {
  isChoice,
  isCollection,
  isJoinable,
  isListOf,
  isLoopable,
  isPlainText,
  isTextList,
  isTextMap,
  matches,
  type Reach,
} from './reach';

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
      case 'bytesOf':
        return bytesOf(text`${this.scalar(spec.arg) as TextPart}`);
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
        return this.helper('text', this.scalar(spec.body));
      default:
        return spec.x === 'affix' || spec.x === 'truncate' || spec.x === 'match'
          ? this.cut(spec)
          : this.ofEntries(spec);
    }
  }

  /** What is cut of a text, or chosen by it. */
  private cut(spec: EntriesSpec & { x: 'affix' | 'truncate' | 'match' }): unknown {
    switch (spec.x) {
      case 'affix': {
        const given = this.scalar(spec.arg);
        if (!carriedNode(given)) return given;
        const [before, behind] = spec.how === 'trimPrefix' ? [spec.by, ''] : ['', spec.by];
        const whole = spec.isWorn ? text`${before}${given as TextPart}${behind}` : given;
        return (whole as Expression<string>)[spec.how](spec.by);
      }
      case 'truncate': {
        const given = this.scalar(spec.arg);
        if (!isPlainText(carriedNode(given))) return given;
        const whole = text`${given as TextPart}${'x'.repeat(spec.longer)}`;
        return (whole as Expression<string>).truncate(spec.max);
      }
      case 'match': {
        const choice = this.reach.find(spec.n, isChoice) as Expression<string> | undefined;
        const texts = spec.texts.map((one) => this.scalar(one));
        const { choices = [] } = (carriedNode(choice)?.shape ?? {}) as {
          readonly choices?: readonly string[];
        };
        const cases = choices.map((one, index) => [one, texts[index % texts.length]] as const);
        return choice ? choice.match(Object.fromEntries(cases) as never) : texts[0];
      }
    }
  }

  /** What is asked of lists and maps. */
  private ofEntries(spec: Exclude<EntriesSpec, { x: 'affix' | 'truncate' | 'match' }>): unknown {
    switch (spec.x) {
      case 'join': {
        const list = this.reach.find(spec.n, isJoinable);
        if (!list) return spec.separator;
        const kept = this.kept(list, spec.keep) as Expression<readonly string[]>;
        return isTextList(carriedNode(list) as Node) && spec.n % 2 > 0
          ? joinTexts(kept, spec.separator)
          : kept.join(spec.separator);
      }
      case 'first': {
        const list = this.reach.find(spec.n, (node) => isListOf(node, spec.want));
        const fallback = spec.want === 'text' ? 'none' : 7;
        return list
          ? (this.kept(list, spec.keep) as Expression<readonly unknown[]>).first.orElse(fallback)
          : fallback;
      }
      case 'some':
      case 'every': {
        const over = this.reach.find(spec.n, isLoopable) as Expression<readonly unknown[]> | undefined;
        if (!over) return release.isInstall;
        const cond = (item: unknown, key: unknown) =>
          this.reach.inLoop(item, key, () => this.condition(spec.cond));
        return spec.x === 'some' ? over.some(cond) : over.every(cond);
      }
      case 'nothingKept': {
        const over = this.reach.find(spec.n, isLoopable);
        return over
          ? (this.kept(over, spec.keep) as Expression<readonly unknown[]>).isEmpty
          : release.isInstall;
      }
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
        const over = this.reach.find(spec.n, isCollection);
        const kept = over ? (this.kept(over, spec.keep) as Expression<readonly unknown[]>) : undefined;
        return kept?.map((item, key) => {
          const body = this.bodyOf(spec.body, item, key);
          return spec.n % 2 > 0 && mayBeAbsent(treeOf(body)) ? { entry: body } : body;
        });
      }
      case 'kept': {
        const over = this.reach.find(spec.n, isCollection);
        return over && this.kept(over, spec.keep);
      }
      case 'keys':
      case 'values': {
        const map = this.reach.find(spec.n, ({ shape }) => shape.type === 'map');
        return map && (map as Expression<Readonly<Record<string, unknown>>>)[spec.x];
      }
      case 'if':
        return this.condition(spec.cond).then(this.tree(spec.yes), spec.no && this.tree(spec.no));
      case 'orElseTree': {
        const given = this.reach.find(spec.n, mayBeAbsent) as Expression<unknown> | undefined;
        return given ? given.orElse(this.tree(spec.fallback) as never) : this.tree(spec.fallback);
      }
      case 'treeHelper':
        return this.helper('map', this.tree(spec.body));
      default:
        return this.scalar(spec);
    }
  }

  /** A helper knows nothing of the loops around its use: what reads one of their entries is none. */
  private helper(word: string, body: unknown): unknown {
    if (outerLoopsOf(treeOf(body)).size > 0) return body;
    return this.chart.helper(`${word}-${this.helpers++}`, body);
  }

  private bodyOf(body: TreeSpec, item: unknown, key: unknown): unknown {
    return this.reach.inLoop(item, key, () => this.tree(body));
  }

  /** The entries for which a condition of theirs holds. */
  private kept(over: unknown, keep: ScalarSpec | undefined): unknown {
    if (!keep) return over;
    return (over as Expression<readonly unknown[]>).filter((item, key) =>
      this.reach.inLoop(item, key, () => this.condition(keep)),
    );
  }

  private splice({ n, body, keep }: TreeSpec & { x: 'splice' }): unknown[] {
    const given = this.reach.find(n, (node) => node.shape.type === 'list');
    if (!given) return [];
    const list = this.kept(given, keep);
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
