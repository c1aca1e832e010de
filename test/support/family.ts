import { check } from '../../check';
import { SecureAgent, SecureCron, SecureTask, SecureWorker } from '../../constructs';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';

const PROGRAM = { image: 'example.com/app:1', resources: 'small' } as const;
const WATCHED = { ...PROGRAM, liveness: { none: 'it ends by itself when it fails' } } as const;

/** Constructs that run something without serving it, each with the props that it has to have. */
export const FAMILY = {
  SecureWorker: {
    props: WATCHED,
    make: (chart: HelmChart, props: object) => new SecureWorker(chart, 'one', props as never),
  },
  SecureCron: {
    props: { ...PROGRAM, schedule: '30 3 * * *' },
    make: (chart: HelmChart, props: object) => new SecureCron(chart, 'one', props as never),
  },
  SecureTask: {
    props: PROGRAM,
    make: (chart: HelmChart, props: object) => new SecureTask(chart, 'one', props as never),
  },
  SecureAgent: {
    props: WATCHED,
    make: (chart: HelmChart, props: object) => new SecureAgent(chart, 'one', props as never),
  },
} as const;

export type Member = keyof typeof FAMILY;
export const MEMBERS = Object.keys(FAMILY) as Member[];

export function shopChart(): HelmChart {
  return new HelmChart(Testing.app(), 'shop', { description: 'test' });
}

/** One of them in a chart, with more props than it has to have. */
export function makeMember(member: Member, more: object = {}, chart = shopChart()) {
  const { props, make } = FAMILY[member];
  return make(chart, { ...props, ...more });
}

/** The objects that it comes to. */
export function objectsOfMember(member: Member, more: object = {}): JsonObject[] {
  const chart = shopChart();
  makeMember(member, more, chart);
  return Testing.synth(chart) as JsonObject[];
}

interface PodHolder {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
  };
}
// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Template = { readonly metadata: any; readonly spec: any };

/** The one object that makes the pods, and what it makes them of. */
export function podsOf(objects: readonly JsonObject[]): PodHolder & { readonly template: Template } {
  const holders = (objects as unknown as PodHolder[]).flatMap((one) => {
    const template = one.spec?.template ?? one.spec?.jobTemplate?.spec.template;
    return template ? [{ ...one, template }] : [];
  });
  const [holder, ...others] = holders;
  if (!holder || others.length > 0) throw new Error(`${holders.length} objects make pods`);
  return holder;
}

/** What `drydock check` says of them, with Pod Security "restricted"; an image that is made up is none of it. */
export function findingsIn(objects: readonly JsonObject[]): readonly unknown[] {
  return check(objects, { level: 'restricted' });
}
