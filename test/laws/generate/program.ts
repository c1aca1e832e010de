import type { HelmChart } from '../../../core/tree';
import type { Declared } from './value-spec';

/** What a reference asks for; the builder takes the nth value of that type that is in reach. */
export type Want = 'text' | 'integer' | 'number' | 'boolean';

/** An expression of a scalar, as data. */
export type ScalarSpec =
  | { readonly x: 'ref'; readonly want: Want; readonly n: number }
  | { readonly x: 'static'; readonly value: string | number | boolean }
  | { readonly x: 'concat'; readonly style: 'text' | 'template'; readonly parts: readonly ScalarSpec[] }
  | { readonly x: 'then'; readonly cond: ScalarSpec; readonly yes: ScalarSpec; readonly no: ScalarSpec }
  | { readonly x: 'orElse'; readonly want: Want; readonly n: number; readonly fallback: ScalarSpec }
  | { readonly x: 'function'; readonly how: TextMethod; readonly arg: ScalarSpec }
  | EntriesSpec
  | { readonly x: 'length' | 'milliCpu' | 'bytesOf'; readonly arg: ScalarSpec }
  | { readonly x: 'matches'; readonly pattern: string; readonly arg: ScalarSpec }
  | {
      readonly x: 'compare';
      readonly how: 'equals' | 'notEquals' | 'gt' | 'ge' | 'lt' | 'le' | 'contains';
      readonly left: ScalarSpec;
      readonly right: ScalarSpec;
    }
  | { readonly x: 'and' | 'or'; readonly args: readonly ScalarSpec[] }
  | { readonly x: 'not'; readonly arg: ScalarSpec }
  | { readonly x: 'isSet' | 'isEmpty'; readonly n: number }
  /** What tells a chart from plain YAML. */
  | { readonly x: 'byHelm' }
  | { readonly x: 'helper'; readonly body: ScalarSpec };

/** What is asked of lists and maps, and what is cut of a text, as data. */
export type EntriesSpec =
  | { readonly x: 'join'; readonly n: number; readonly separator: string; readonly keep?: ScalarSpec }
  | { readonly x: 'first'; readonly want: Want; readonly n: number; readonly keep?: ScalarSpec }
  | { readonly x: 'some' | 'every'; readonly n: number; readonly cond: ScalarSpec }
  | { readonly x: 'nothingKept'; readonly n: number; readonly keep: ScalarSpec }
  | {
      readonly x: 'affix';
      readonly how: 'trimPrefix' | 'trimSuffix';
      readonly by: string;
      readonly arg: ScalarSpec;
      /** Whether the text is made to have the affix, which few texts have by chance. */
      readonly isWorn: boolean;
    }
  | {
      readonly x: 'truncate';
      readonly max: number;
      readonly arg: ScalarSpec;
      /** How many characters are put behind the text, so that its length is near to what is allowed. */
      readonly longer: number;
    }
  | { readonly x: 'match'; readonly n: number; readonly texts: readonly ScalarSpec[] };

export type TextMethod = 'lower' | 'upper' | 'base64' | 'sha256' | 'shortHash' | 'labelValue';

/** A part of a manifest, as data. */
export type TreeSpec =
  | ScalarSpec
  | { readonly x: 'anything'; readonly n: number }
  | {
      readonly x: 'map';
      readonly entries: readonly (readonly [string, TreeSpec])[];
      readonly spreads: readonly number[];
    }
  | { readonly x: 'list'; readonly items: readonly TreeSpec[] }
  | { readonly x: 'splice'; readonly n: number; readonly body?: TreeSpec; readonly keep?: ScalarSpec }
  | { readonly x: 'range'; readonly n: number; readonly body: TreeSpec; readonly keep?: ScalarSpec }
  | { readonly x: 'kept'; readonly n: number; readonly keep: ScalarSpec }
  | { readonly x: 'keys' | 'values'; readonly n: number }
  | { readonly x: 'if'; readonly cond: ScalarSpec; readonly yes: TreeSpec; readonly no?: TreeSpec }
  | { readonly x: 'orElseTree'; readonly n: number; readonly fallback: TreeSpec }
  | { readonly x: 'treeHelper'; readonly body: TreeSpec }
  | { readonly x: 'nothing' };

export type GuardSpec =
  | { readonly g: 'when'; readonly cond: ScalarSpec }
  | { readonly g: 'forEach'; readonly n: number };

export interface ObjectSpec {
  readonly guards: readonly GuardSpec[];
  readonly name: ScalarSpec | 'plain' | 'fullname';
  readonly labels?: TreeSpec;
  readonly annotations?: TreeSpec;
  readonly body: readonly (readonly [string, TreeSpec])[];
}

/** A whole generated chart, as data. */
export interface Program {
  /** Groups of values; those of the first are at the top. */
  readonly groups: readonly (readonly Declared[])[];
  readonly secret: boolean;
  readonly called: Called;
  readonly objects: readonly ObjectSpec[];
  readonly assertions: readonly ScalarSpec[];
  /** Whether whoever installs it may patch its objects. */
  readonly isPatched: boolean;
  readonly umbrella?: UmbrellaSpec;
}

/** What is called what, and what a chart says of itself: anything that a declaration admits. */
export interface Called {
  readonly values: readonly string[];
  readonly groups: readonly string[];
  readonly secretKeys: readonly string[];
  /** The subcharts, by their place, and behind those what each is called the second time. */
  readonly charts: readonly string[];
  readonly description: string;
  readonly version: string;
  readonly appVersion: string;
  readonly environments: readonly string[];
  /** The start of the ids of constructs. */
  readonly id: string;
}

/** What a chart has besides values and objects of its own. */
export interface UmbrellaSpec {
  /** The globals that it declares; the nth of all charts are of one type. */
  readonly globals: readonly (Declared | undefined)[];
  /** The defaults of its tags. */
  readonly tags: readonly boolean[];
  readonly subcharts: readonly SubchartSpec[];
}

export interface SubchartSpec {
  readonly program: Program;
  /** Made twice: under its name and under an alias, each with options of its own. */
  readonly uses: readonly SubchartUse[];
}

export interface SubchartUse {
  readonly enabled?: boolean;
  /** Booleans of the parent, and those of the subchart, to be found by their numbers. */
  readonly conditions: readonly number[];
  readonly tags: readonly number[];
  /** The seed of what the parent has in place of the subchart's defaults. */
  readonly overrides?: number;
}

/** Declared values in groups of any depth. */
export interface DeclaredTree {
  readonly [name: string]: Declared | DeclaredTree;
}

/** A program as a chart, with what a generator of values has to know. */
export interface GeneratedChart {
  readonly chart: HelmChart;
  readonly declared: DeclaredTree;
  /** None where it has no secret. */
  readonly secretKeys: readonly string[];
  readonly tags: readonly string[];
  readonly isPatched: boolean;
  readonly subcharts: readonly GeneratedSubchart[];
}

export interface GeneratedSubchart {
  readonly key: string;
  readonly hasEnabled: boolean;
  readonly generated: GeneratedChart;
  /** The chart outside of every umbrella. */
  readonly alone: () => GeneratedChart;
}

export function isDeclared(member: Declared | DeclaredTree): member is Declared {
  return 'spec' in member && 'presence' in member;
}

/** How many subcharts a chart has at most, each made at most twice. */
export const MAX_SUBCHARTS = 2;
