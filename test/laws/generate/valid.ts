import type { Json } from '../../../core/template';
import { matching } from './pattern-spec';
import type { Random } from './random';
import { MAP_KEYS, SHARP_TEXTS, TRAP_INTEGERS, TRAP_KEYS, TRAP_NUMBERS, TRAP_TEXTS } from './traps';
import {
  choicesOf,
  hasDefault,
  type NumberSpec,
  patternOf,
  type TextSpec,
  type ValueSpec,
} from './value-spec';

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  cpu: ['500m', '2', '0.5', '0.001', '1.000', '1.250'],
  memory: ['512Mi', '2Gi', '1G', '64k', '1Ti'],
  image: ['nginx:1.25', 'registry.example.com:5000/a/b:1e3', 'a:0777', `x@sha256:${'0'.repeat(64)}`],
  duration: ['30s', '5m', '1h30m', '0s', '00h'],
  dnsName: ['a', 'web', '0', '007', '1e3', 'no', 'true', 'a-b', 'x'.repeat(63)],
};

/** A value that the spec's schema lets through. */
export function valid(spec: ValueSpec, random: Random): Json {
  switch (spec.type) {
    case 'text':
      return validText(spec, random);
    case 'number':
      return validNumber(spec, random);
    case 'boolean':
      return random.chance(0.5);
    case 'raw':
      return validRaw(random, 0);
    case 'list':
      return entries(random, spec.minItems ?? 0).map(() => valid(spec.items, random));
    case 'map':
      return mapOf(entries(random, 0).map(() => [random.pick(MAP_KEYS), valid(spec.values, random)]));
    case 'object':
      return mapOf(
        spec.fields.flatMap((field): [string, Json][] =>
          (field.optional || hasDefault(field)) && random.chance(0.4)
            ? []
            : [[field.name, valid(field.spec, random)]],
        ),
      );
  }
}

function entries(random: Random, least: number): undefined[] {
  return new Array(Math.max(least, random.pick([0, 0, 1, 1, 2, 3]))).fill(undefined);
}

/** Also with the key `__proto__`, which an assignment would swallow. */
function mapOf(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

function validText(spec: TextSpec, random: Random): string {
  if (spec.parts) return matching(spec.parts, random);
  if (spec.kind === 'pattern') return random.pick(patternOf(spec).texts);
  if (spec.kind === 'oneOf') return random.pick(choicesOf(spec));
  if (spec.kind !== 'string') return random.pick(SAMPLES[spec.kind] as readonly string[]);
  return spec.detail > 9 ? shortText(random) : someText(random);
}

export function someText(random: Random): string {
  if (random.chance(0.2)) return random.pick(SHARP_TEXTS);
  return random.chance(0.8)
    ? random.pick(TRAP_TEXTS)
    : `${random.pick(TRAP_TEXTS)}${random.pick(TRAP_TEXTS)}`;
}

function shortText(random: Random): string {
  return [...someText(random)].slice(0, 12).join('') || 'x';
}

function validNumber({ kind, bounds = [0, 0] }: NumberSpec, random: Random): number {
  if (kind === 'number') return random.pick(TRAP_NUMBERS);
  const [min, max] = {
    integer: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    small: [0, 100],
    big: [-10, 5_000_000_000],
    positive: [1, 5_000_000_000],
    port: [1, 65_535],
    bounded: bounds,
  }[kind] as [number, number];
  return random.pick([min, max, ...TRAP_INTEGERS.filter((one) => one >= min && one <= max)]);
}

function printable(text: string): string {
  return text.replace(/[\u007f-\u009f\ufffe\uffff]/g, '');
}

function validRaw(random: Random, depth: number): Json {
  const kind = random.below(depth < 2 ? 6 : 4);
  if (kind === 0) return random.pick(TRAP_NUMBERS);
  if (kind === 1) return random.chance(0.5);
  if (kind < 4) return printable(someText(random));
  if (kind === 4) return entries(random, 0).map(() => validRaw(random, depth + 1));
  return mapOf(
    entries(random, 1).map(() => [printable(random.pick(TRAP_KEYS)), validRaw(random, depth + 1)]),
  );
}
