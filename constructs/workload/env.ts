import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  carriedNode,
  Expression,
  mayBeAbsent,
  NODE,
  type Templated,
  type TemplatedItem,
  type TextPart,
  text,
} from '../../core/template';
import { HelmChart } from '../../core/tree';
import type { SecretKey, SecretValue } from '../../core/values';
import type { EnvVar } from '../../imports/k8s';
import { ConstructError } from '../construct-error';
import { type Content, givenFor } from './contents';
import { arriving, isWithVariables, type WithVariables } from './variables';

/** One key of a Secret. */
export interface FromSecret {
  readonly secretName: Templated<string>;
  readonly key: Templated<string>;
  /**
   * Whether the pod starts without it.
   * @default false
   */
  readonly optional?: boolean;
  /**
   * A text that changes with the content; the pods are replaced when it does.
   * @default - pods keep the old content until something else replaces them
   */
  readonly version?: Templated<string>;
}

/** One key of a ConfigMap. */
export interface FromConfigMap extends Omit<FromSecret, 'secretName'> {
  readonly configMapName: Templated<string>;
}

/** Something that the pod knows of itself. */
export interface FromField {
  readonly field:
    | 'metadata.name'
    | 'metadata.namespace'
    | 'metadata.uid'
    | 'spec.nodeName'
    | 'spec.serviceAccountName'
    | 'status.hostIP'
    | 'status.podIP'
    | 'status.podIPs'
    | `metadata.labels['${string}']`
    | `metadata.annotations['${string}']`;
}

/** A limit or request of a container. */
export interface FromResource {
  readonly resource: `${'limits' | 'requests'}.${'cpu' | 'memory' | 'ephemeral-storage'}`;
  /**
   * The unit of the number.
   * @default - whole CPUs, rounded up, or bytes
   */
  readonly divisor?: string;
}

/** A variable that is said here; a number or a boolean becomes the text that it is written as. */
export type EnvText = string | number | boolean | Expression<string | number | boolean | undefined>;

/** Where an environment variable comes from, one whose text is not there is left out; `SecretKey` is what `values.NAME.key('...')` of a declared secret gives. */
export type EnvSource =
  | EnvText
  | WithVariables
  | FromSecret
  | FromConfigMap
  | FromField
  | FromResource
  | SecretKey;

/** Environment variables by name. */
export type Env = { readonly [name: string]: EnvSource };

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** The variables as a container lists them. */
export function envVars(construct: IConstruct, env: Env): TemplatedItem<EnvVar>[] {
  return Object.entries(env).map(([name, source]) => {
    if (!ENV_NAME.test(name)) throw badName(construct, name);
    if (!isOpen(source)) return { name, ...contentOf(construct, name, source) };
    return source.isSet.then({ name, ...contentOf(construct, name, whereThere(source)) } as EnvVar);
  });
}

function contentOf(construct: IConstruct, name: string, source: EnvSource): Omit<Templated<EnvVar>, 'name'> {
  if (isText(source)) return { value: arriving(textOf(source)) };
  const given = source as object;
  if (isWithVariables(given)) return { value: given.withVariables };
  if ('secretName' in given) {
    const { secretName, key, optional } = given as FromSecret;
    return { valueFrom: { secretKeyRef: { name: secretName, key, optional } } };
  }
  if ('configMapName' in given) {
    const { configMapName, key, optional } = given as FromConfigMap;
    return { valueFrom: { configMapKeyRef: { name: configMapName, key, optional } } };
  }
  if ('field' in given) return { valueFrom: { fieldRef: { fieldPath: (given as FromField).field } } };
  if ('resource' in given) {
    const { resource, divisor } = given as FromResource;
    return { valueFrom: { resourceFieldRef: { resource, divisor } } };
  }
  return { valueFrom: { secretKeyRef: declared(construct, `env.${name}`, given as SecretKey) } };
}

/** The key of the Secret behind a declared one. */
export function declared(construct: IConstruct, place: string, secret: SecretKey) {
  const chart = Chart.of(construct);
  if (chart instanceof HelmChart) return chart.secretKeyRef(secret);
  throw new ConstructError('PROP_INVALID', construct, place, {
    found: 'a declared secret in a chart that has no values',
    expected: 'a service inside a HelmChart',
    remedy: 'Use { secretName, key } in other charts.',
  });
}

/**
 * Refuses a name that the lists hold twice: Kubernetes would take the last, server-side apply refuses. An expression
 * among the lists, or in the place of one, cannot be seen into.
 */
export function refuseTwice(construct: IConstruct, lists: readonly unknown[], prop: string): void {
  const seen = new Set<string>();
  for (const entry of lists.flat()) {
    const name = (entry as { readonly name?: unknown } | null)?.name;
    if (typeof name !== 'string') continue;
    if (seen.has(name)) {
      throw new ConstructError('ENV_TWICE', construct, prop, {
        found: `the variable ${name} twice`,
        expected: 'every variable once',
        remedy: 'Remove one; which of them would win is not defined.',
      });
    }
    seen.add(name);
  }
}

/** What the variables tell of what they read: one content for what is told here, one for each Secret that the chart makes. */
export function contentsOfEnv(env: Env): Content[] {
  const sources = Object.entries(env).filter(([, source]) => !isText(source));
  const told = sources.flatMap(([name, source]) => namedText(name, versionOf(source as object)));
  const read = new Map<SecretValue, Templated<string>[]>();
  for (const [name, source] of sources) {
    if (!isSecretKey(source)) continue;
    const texts = read.get(source.secret) ?? [];
    read.set(source.secret, [...texts, name, givenFor(source.secret, source.key)]);
  }
  const secrets = [...read].map(
    ([{ isMade }, texts]) => ({ kind: 'Secret', isThere: isMade, texts }) as const,
  );
  return told.length > 0 ? [{ kind: 'ConfigMap', isThere: true, texts: told }, ...secrets] : secrets;
}

/**
 * What the variables come to as far as it is known here: a text that is given, the content that a ConfigBundle or a
 * `version` tells, and the keys of a Secret that the chart makes of its values. It is for hashes alone: secrets are in it.
 */
export function contentsOf(env: Env): Templated<string>[] {
  return Object.entries(env).flatMap(([name, source]) => {
    if (isOpen(source)) return whereSet(source, [name, textOf(whereThere(source))]);
    if (isText(source)) return [name, textOf(source)];
    return namedText(name, isSecretKey(source) ? givenFor(source.secret, source.key) : versionOf(source));
  });
}

/** Texts that are there where a variable is: a program with literals has none where it is not. */
function whereSet(source: Expression<unknown>, texts: readonly Templated<string>[]): Templated<string>[] {
  return texts.map((one) => source.isSet.then(one) as Expression<string>);
}

function namedText(name: string, text: Templated<string> | undefined): Templated<string>[] {
  return text === undefined ? [] : [name, text];
}

/** A text that may not be there: its variable is not, then. */
function isOpen(source: EnvSource): source is Expression<string | number | boolean | undefined> {
  return source instanceof Expression && mayBeAbsent(source[NODE]);
}

/** It as it is where it is there. */
function whereThere(source: Expression<string | number | boolean | undefined>): EnvText {
  const { type } = source[NODE].shape;
  const standIn = type === 'boolean' ? false : type === 'string' ? '' : 0;
  return source.orElse(standIn) as EnvText;
}

function isText(source: EnvSource): source is EnvText {
  return typeof source !== 'object' || source instanceof Expression;
}

/** A variable is a text, whatever it is given as. */
function textOf(source: EnvText): Templated<string> {
  if (typeof source === 'string') return source;
  return source instanceof Expression && carriedNode(source)?.shape.type === 'string'
    ? (source as Expression<string>)
    : text`${source as TextPart}`;
}

function isSecretKey(source: EnvSource): source is SecretKey {
  return !isText(source) && 'secret' in source;
}

function versionOf(source: object): Templated<string> | undefined {
  return (source as { readonly version?: Templated<string> }).version;
}

function badName(construct: IConstruct, name: string): ConstructError {
  return new ConstructError('ENV_NAME', construct, 'env', {
    found: `the name ${JSON.stringify(name)}`,
    expected: 'letters, digits and underscores, not beginning with a digit',
    remedy: 'Rename the variable.',
  });
}
