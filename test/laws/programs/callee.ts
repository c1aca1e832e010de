import fc from 'fast-check';
import { SecureService } from '../../../constructs';
import type { Expression, JsonObject } from '../../../core/template';
import { type HelmChart, when } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import {
  type As,
  type Choices,
  choicesOf,
  declarationsOf,
  doc,
  generatedChart,
  overridesOf,
  type Settings,
} from './kit';

/** A program whose workloads may call another service. */
export interface CallingProgram {
  readonly choices: Choices;
  /** The service that is called, and the value that it is under. */
  readonly callee: 'none' | 'always' | 'conditional';
  readonly calleeThere: boolean;
}

export function callingPrograms(settings: Settings<never>): fc.Arbitrary<CallingProgram> {
  return fc.record({
    choices: choicesOf(settings),
    callee: fc.constantFrom('none' as const, 'always' as const, 'conditional' as const),
    calleeThere: fc.boolean(),
  });
}

/** What is given when the program's chart is installed. */
export function valuesOf({ choices, callee, calleeThere }: CallingProgram): JsonObject {
  return { ...overridesOf(choices), ...(callee === 'conditional' ? { calleeThere } : {}) };
}

interface Caller {
  allowTo(other: SecureService): unknown;
}

export interface CallingChart {
  readonly chart: HelmChart;
  readonly values: Readonly<Record<string, Expression<unknown>>>;
  /** Makes the service, where the program has it, after those that call it. */
  readonly call: (callers: readonly Caller[]) => void;
}

export function callingChart<Props>(
  settings: Settings<Props>,
  { choices, callee, calleeThere }: CallingProgram,
  as: As,
): CallingChart {
  const asked = as === 'written' && callee === 'conditional';
  const values = defineValues({
    ...declarationsOf(settings, choices, as),
    ...(asked ? { calleeThere: value.boolean({ default: false, doc }) } : {}),
  }) as never as Readonly<Record<string, Expression<unknown>>>;
  const chart = generatedChart(values);
  const there = asked ? (values.calleeThere as Expression<boolean>) : callee === 'always' || calleeThere;
  const call = (callers: readonly Caller[]) => {
    if (callee === 'none') return;
    when(there, () => {
      const other = new SecureService(chart, 'other', { image: 'other:1', port: 9, resources: 'large' });
      for (const one of callers) one.allowTo(other);
    });
  };
  return { chart, values, call };
}
