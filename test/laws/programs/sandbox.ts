import fc from 'fast-check';
import { defineSandbox, SandboxRbac, SandboxTemplate, sandboxRun } from '../../../constructs';
import type { Expression, JsonObject } from '../../../core/template';
import type { HelmChart } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import {
  type As,
  applyChoices,
  boolean,
  type Choices,
  choicesOf,
  declarationsOf,
  dns,
  doc,
  generatedChart,
  integer,
  overridesOf,
  type Settings,
} from './kit';

/** Programs that are generated: the template of a sandbox, and what an administrator grants for it. */

interface Props {
  namespace: string;
  serviceAccountName: string;
  deadline: number;
  amounts: { cpu: string; memory: string; ephemeralStorage: string };
  most: { cpu: string; memory: string; ephemeralStorage: string };
  workspaceSize: string;
  images: readonly string[];
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  runtimeClassName?: string;
  priorityClassName?: string;
  nodeSelector?: Readonly<Record<string, string>>;
  sandboxes: number;
  policyName: string;
  roleName?: string;
  bindAtOnce?: boolean;
  allowDns?: boolean;
  allowInternet?: boolean;
}

/** A setting that is one prop. */
const prop =
  <K extends keyof Props>(name: K) =>
  (props: Props, given: Props[K]) => {
    props[name] = given;
  };

const cpu = {
  arbitrary: fc.constantFrom('100m', '0.25', '2', '1500m'),
  declare: (fallback: unknown) => value.cpu({ default: fallback as string, doc }),
};
const memory = {
  arbitrary: fc.constantFrom('64Mi', '1Gi', '1G', '4Gi'),
  declare: (fallback: unknown) => value.memory({ default: fallback as string, doc }),
};

export const settings: Settings<Props> = {
  namespace: { ...dns, apply: prop('namespace') },
  serviceAccount: { ...dns, apply: prop('serviceAccountName') },
  deadline: { ...integer(60, 70_000), apply: prop('deadline') },
  cpu: {
    ...cpu,
    apply: (props, given: string) => {
      props.amounts.cpu = given;
    },
  },
  memory: {
    ...memory,
    apply: (props, given: string) => {
      props.amounts.memory = given;
    },
  },
  mostCpu: {
    ...cpu,
    apply: (props, given: string) => {
      props.most.cpu = given;
    },
  },
  mostDisk: {
    ...memory,
    apply: (props, given: string) => {
      props.most.ephemeralStorage = given;
    },
  },
  // Never more than the disk of a sandbox: a literal would be refused for it.
  workspace: { ...memory, arbitrary: fc.constantFrom('16Mi', '64Mi'), apply: prop('workspaceSize') },
  images: {
    arbitrary: fc.subarray(
      ['a:1', 'registry.example.com/ci/*', `b@sha256:${'0'.repeat(64)}`, 'c.d/e:1-x_y'],
      {
        minLength: 1,
      },
    ),
    declare: (fallback) =>
      value.list(value.allowedImage({ doc }), {
        default: fallback as string[],
        minItems: 1,
        doc,
      }),
    apply: prop('images'),
  },
  pullPolicy: {
    arbitrary: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
    declare: (fallback) =>
      value.oneOf(['Always', 'IfNotPresent', 'Never'], { default: fallback as 'Never', doc }),
    apply: prop('imagePullPolicy'),
  },
  runtimeClass: { ...dns, apply: prop('runtimeClassName') },
  priorityClass: { ...dns, apply: prop('priorityClassName') },
  disk: {
    ...dns,
    apply: (props, disk: string) => {
      props.nodeSelector = { disk };
    },
  },
  sandboxes: { ...integer(1, 70_000), apply: prop('sandboxes') },
  policyName: { ...dns, apply: prop('policyName') },
  roleName: { ...dns, apply: prop('roleName') },
  bindAtOnce: { ...boolean, apply: prop('bindAtOnce') },
  dns: { ...boolean, apply: prop('allowDns') },
  internet: { ...boolean, apply: prop('allowInternet') },
};

export interface Program {
  readonly choices: Choices;
}

export const programs: fc.Arbitrary<Program> = fc.record({
  choices: choicesOf(settings as Settings<never>),
});

/** What is given when the program's chart is installed. */
export function valuesOf({ choices }: Program): JsonObject {
  return overridesOf(choices);
}

/** The program as it is written, or, for the literal law, with everything that was given as a literal. */
export function chartOf({ choices }: Program, as: As): HelmChart {
  const values = defineValues(declarationsOf(settings, choices, as)) as never as Readonly<
    Record<string, Expression<unknown>>
  >;
  const chart = generatedChart(values);
  const props: Props = {
    namespace: 'boxes',
    serviceAccountName: 'box',
    deadline: 600,
    amounts: { cpu: '100m', memory: '64Mi', ephemeralStorage: '1Gi' },
    most: { cpu: '2', memory: '4Gi', ephemeralStorage: '8Gi' },
    workspaceSize: '64Mi',
    images: ['a:1'],
    sandboxes: 5,
    policyName: 'boxes',
  };
  applyChoices(chart, props, settings, choices, as, values);
  const {
    amounts,
    most,
    images,
    deadline,
    sandboxes,
    policyName,
    roleName,
    bindAtOnce,
    allowDns,
    allowInternet,
    ...pod
  } = props;
  const sandbox = defineSandbox({
    ...pod,
    install: values as never,
    run: sandboxRun,
    name: sandboxRun.name,
    image: sandboxRun.image,
    command: sandboxRun.command,
    env: sandboxRun.env,
    labels: sandboxRun.labels,
    deadlineSeconds: sandboxRun.deadlineSeconds,
    cpu: sandboxRun.cpu.orElse(amounts.cpu),
    memory: sandboxRun.memory.orElse(amounts.memory),
    ephemeralStorage: sandboxRun.ephemeralStorage.orElse(amounts.ephemeralStorage),
    limits: { images, deadlineSeconds: deadline, ...most },
  });
  new SandboxTemplate(chart, 'template', { sandbox });
  new SandboxRbac(chart, 'rbac', {
    sandbox,
    managers: [{ serviceAccount: 'app', namespace: 'ci' }],
    quota: { sandboxes, jobs: 70_000, cpu: '10', memory: '10Gi', ephemeralStorage: '40Gi' },
    gate: { image: 'gate:1', namespace: 'ops' },
    bindAtOnce,
    policyName,
    roleName,
    allowDns,
    allowInternet,
  });
  return chart;
}
