import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { PropShape } from '../core/props';
import { carriedNode, Expression, valuesReadBy } from '../core/template';
import { guardsOf, HelmChart } from '../core/tree';
import type { Condition } from './condition';
import { ConstructError, type ConstructErrorCode } from './construct-error';

/** What has to hold for a prop, and the words for when it does not. */
export interface Requirement {
  readonly code: ConstructErrorCode;
  readonly prop: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Refuses every prop that its shape refuses: literals at once, values when the chart is installed. */
export function requireProps(construct: IConstruct, shape: PropShape, props: unknown): void {
  for (const { holds, prop, ...facts } of shape.required().requirements(props, '')) {
    requireThat(construct, holds, { ...facts, prop: prop || 'props' });
  }
}

/**
 * Refuses the prop where the condition is false: at once when that is known now, else when the chart is installed,
 * unless the construct is not installed at all. Inside of a loop nothing can be asserted of single entries.
 */
export function requireThat(construct: IConstruct, condition: Condition, requirement: Requirement): void {
  const { code, prop, ...facts } = requirement;
  if (condition === true) return;
  if (condition === false) throw new ConstructError(code, construct, prop, facts);
  const chart = Chart.of(construct);
  if (!(chart instanceof HelmChart)) return;
  const guards = guardsOf(construct);
  if (guards.some(({ kind }) => kind === 'forEach')) return;
  const where = `${code} at ${pathInChart(chart, construct)} ${prop}`;
  const message = `${where}: found ${givenIn(condition)}, expected ${facts.expected}. ${facts.remedy}`;
  const absent = guards.flatMap((guard) =>
    guard.kind === 'when' ? [new Expression<boolean>(guard.cond)] : [],
  );
  chart.assert(
    absent.reduce((cond, guard) => cond.or(guard.not()), condition),
    message,
  );
}

/** Begins with the chart's own name: a chart that is twice in an umbrella says the same in both places. */
function pathInChart(chart: HelmChart, construct: IConstruct): string {
  return `${chart.chartName}${construct.node.path.slice(chart.node.path.length)}`;
}

/** Which values were given at installation, by the names that they have there. */
function givenIn(condition: Expression<boolean>): string {
  const paths = valuesReadBy(carriedNode(condition)).flatMap(({ node: { op } }) =>
    op.op === 'value' ? [op.path.join('.')] : [],
  );
  const names = [...new Set(paths)];
  return names.length > 0 ? `what was given for ${names.join(' and ')}` : 'something else';
}
