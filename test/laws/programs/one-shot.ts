import fc from 'fast-check';
import {
  type ClusterDns,
  ConfigBundle,
  HelmTest,
  Migration,
  type OneShotProps,
  SecureService,
} from '../../../constructs';
import { RANGE_PATTERN } from '../../../constructs/network/values';
import { type Expression, type JsonObject, text } from '../../../core/template';
import { type HelmChart, KubeObject, when } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import {
  type As,
  anyText,
  applyChoices,
  boolean,
  type Choices,
  choicesOf,
  declarationsOf,
  dns,
  doc,
  generatedChart,
  integer,
  oneOf,
  overridesOf,
  type Settings,
  texts,
} from './kit';

/** Programs that are generated: a ConfigBundle, and a Migration, a HelmTest and a service that read from it. */

interface Props {
  config: Record<string, string>;
  secret: string;
  files: Readonly<Record<string, string>>;
  note: string;
  oneShot: Omit<{ -readonly [K in keyof OneShotProps]: OneShotProps[K] }, 'dns'> & { dns?: ClusterDns };
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
}

export const settings: Settings<Props> = {
  tag: {
    arbitrary: fc.constantFrom('1.0.0', '0777', '1e3', 'v2_x'),
    declare: (fallback) =>
      value.string({ default: fallback as string, pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$', doc }),
    apply: (props, tag: string) => {
      props.oneShot.image = text`registry.example.com:5000/app:${tag}`;
    },
  },
  level: {
    ...anyText,
    apply: (props, level: string) => {
      props.config.LEVEL = level;
    },
  },
  mode: {
    ...anyText,
    apply: (props, mode: string) => {
      props.config.MODE = mode;
    },
  },
  files: {
    ...texts,
    apply: (props, files: Readonly<Record<string, string>>) => {
      props.files = files;
    },
  },
  note: {
    ...anyText,
    apply: (props, note: string) => {
      props.note = note;
    },
  },
  secretName: {
    ...dns,
    apply: (props, name: string) => {
      props.secret = name;
    },
  },
  argument: {
    ...anyText,
    apply: (props, given: string) => {
      props.oneShot.command = ['run', given];
    },
  },
  variable: {
    ...anyText,
    apply: (props, given: string) => {
      props.oneShot.env = { ...props.oneShot.env, ONE: given };
    },
  },
  memory: {
    ...oneOf('64Mi', '1Gi', '1G'),
    apply: (props, memory: string) => {
      props.oneShot.resources = { cpu: '100m', memory };
    },
  },
  cache: {
    ...oneOf('1Mi', '2G'),
    apply: (props, size: string) => {
      props.oneShot.writable = ['/tmp', { path: '/var/cache', size }];
    },
  },
  nodeRanges: {
    arbitrary: fc.subarray(['169.254.20.10/32', '10.0.0.10/32', 'fd00::a/128']),
    declare: (fallback) =>
      value.list(value.string({ pattern: RANGE_PATTERN, doc }), { default: fallback as string[], doc }),
    apply: (props, nodeRanges: string[]) => {
      props.oneShot.dns = { ...props.oneShot.dns, nodeRanges };
    },
  },
  dnsLabels: {
    arbitrary: fc.subarray<Record<string, string>>([{ 'k8s-app': 'kube-dns' }, { app: 'dns', tier: 'node' }]),
    declare: (fallback) =>
      value.list(value.map(value.string({ doc }), { doc }), {
        default: fallback as Record<string, string>[],
        doc,
      }),
    apply: (props, labels: Record<string, string>[]) => {
      props.oneShot.dns = { ...props.oneShot.dns, labels };
    },
  },
  dnsPorts: {
    arbitrary: fc.subarray([53, 5353]),
    declare: (fallback) => value.list(value.port({ doc }), { default: fallback as number[], doc }),
    apply: (props, ports: number[]) => {
      props.oneShot.dns = { ...props.oneShot.dns, ports };
    },
  },
  asksForNames: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.oneShot.dns = { ...props.oneShot.dns, enabled };
    },
  },
  backoffLimit: {
    ...integer(0, 10),
    apply: (props, limit: number) => {
      props.backoffLimit = limit;
    },
  },
  deadline: {
    ...integer(1, 70_000),
    apply: (props, seconds: number) => {
      props.activeDeadlineSeconds = seconds;
    },
  },
};

export interface Program {
  readonly choices: Choices;
  /** Whether the database that is called is there. */
  readonly database: 'none' | 'always' | 'conditional';
  readonly databaseThere: boolean;
  /** Whether the migration is under a condition. */
  readonly guarded: boolean;
  readonly migrates: boolean;
}

export const programs: fc.Arbitrary<Program> = fc.record({
  choices: choicesOf(settings as Settings<never>),
  database: fc.constantFrom('none' as const, 'always' as const, 'conditional' as const),
  databaseThere: fc.boolean(),
  guarded: fc.boolean(),
  migrates: fc.boolean(),
});

/** What is given when the program's chart is installed. */
export function valuesOf({ choices, database, databaseThere, guarded, migrates }: Program): JsonObject {
  return {
    ...overridesOf(choices),
    ...(database === 'conditional' ? { databaseThere } : {}),
    ...(guarded ? { migrates } : {}),
  };
}

/** The program as it is written, or, for the literal law, with everything that was given as a literal. */
export function chartOf(program: Program, as: As): HelmChart {
  const { choices, database } = program;
  const isFlag = { databaseThere: database === 'conditional', migrates: program.guarded };
  const flags = (['databaseThere', 'migrates'] as const).filter((name) => as === 'written' && isFlag[name]);
  const values = defineValues({
    ...declarationsOf(settings, choices, as),
    ...Object.fromEntries(flags.map((name) => [name, boolean.declare(false)])),
  }) as never as Readonly<Record<string, Expression<unknown>>>;
  const flag = (name: (typeof flags)[number]) =>
    flags.includes(name) ? (values[name] as Expression<boolean>) : program[name];
  const chart = generatedChart(values);
  const props: Props = {
    config: {},
    secret: 'given',
    files: { 'a.txt': 'a' },
    note: 'n',
    oneShot: { image: 'registry.example.com/app:1', command: ['run'] },
  };
  applyChoices(chart, props, settings, choices, as, values);
  const bundle = new ConfigBundle(chart, 'config', {
    config: props.config,
    secrets: { PASSWORD: { secretName: props.secret, key: 'password' } },
  });
  const keys = [...Object.keys(props.config), 'PASSWORD'] as never[];
  const env = {
    ...props.oneShot.env,
    ...bundle.env(...keys),
    NOTE: { configMapName: 'notes', key: 'note' },
  };
  const databases =
    database === 'none'
      ? []
      : [
          when(database === 'always' || flag('databaseThere'), () => {
            return new SecureService(chart, 'db', {
              image: 'db:1',
              port: 5432,
              resources: 'small',
              env: bundle.env(...keys),
              envFrom: [{ configMapRef: { name: 'files' } }],
              volumes: [{ name: 'both', configMap: { name: 'both' } }],
            });
          }),
        ];
  const allowTo = databases.filter((one) => one !== undefined);
  const { backoffLimit, activeDeadlineSeconds } = props;
  when(program.guarded ? flag('migrates') : true, () => {
    new Migration(chart, 'migrate', {
      ...props.oneShot,
      env,
      allowTo,
      backoffLimit,
      activeDeadlineSeconds,
    });
  });
  // What a pod reads as a whole is in its hash, whatever it is made of.
  const { files, note } = props;
  const configMap = (name: string, data: Readonly<Record<string, string>>) =>
    new KubeObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data } as never);
  configMap('files', files);
  configMap('both', { ...files, note });
  when(program.guarded ? flag('migrates') : true, () => configMap('notes', { note }));
  new HelmTest(chart, 'ask', { ...props.oneShot, env, allowTo, activeDeadlineSeconds });
  return chart;
}
