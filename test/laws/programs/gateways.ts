import type fc from 'fast-check';
import {
  type GatewayListener,
  type GrantedFrom,
  ReferenceGrant,
  SecureGateway,
  type SecureGatewayProps,
} from '../../../constructs';
import type { Expression, JsonObject } from '../../../core/template';
import type { HelmChart } from '../../../core/tree';
import { defineValues } from '../../../core/values';
import {
  type As,
  applyChoices,
  boolean,
  type Choices,
  choicesOf,
  declarationsOf,
  dns,
  generatedChart,
  integer,
  oneOf,
  overridesOf,
  type Settings,
  texts,
} from './kit';

/** Programs that are generated: a gateway and grants whose props are absent, literals or values. */

interface Props {
  gateway: { -readonly [K in keyof SecureGatewayProps]?: SecureGatewayProps[K] };
  https: { -readonly [K in keyof GatewayListener]?: GatewayListener[K] };
  other: { -readonly [K in keyof GatewayListener]?: GatewayListener[K] };
  from: { -readonly [K in keyof GrantedFrom]: GrantedFrom[K] };
  secret: string;
}

const settings: Settings<Props> = {
  className: {
    ...dns,
    apply: (props, name: string) => {
      props.gateway.className = name;
    },
  },
  host: {
    ...oneOf('*.example.com', 'a.example', '1e3.example', 'A.example'),
    apply: (props, host: string) => {
      props.https.host = host;
    },
  },
  port: {
    ...integer(0, 70_000),
    apply: (props, port: number) => {
      props.https.port = port;
    },
  },
  certificate: {
    ...dns,
    apply: (props, name: string) => {
      props.https.secretName = name;
    },
  },
  elsewhere: {
    ...dns,
    apply: (props, namespace: string) => {
      props.https.secretNamespace = namespace;
    },
  },
  served: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.https.enabled = enabled;
    },
  },
  other: {
    ...boolean,
    apply: (props, enabled: boolean) => {
      props.other.enabled = enabled;
    },
  },
  labels: {
    ...texts,
    apply: (props, annotations: Readonly<Record<string, string>>) => {
      props.gateway.infrastructureAnnotations = annotations;
    },
  },
  annotations: {
    ...texts,
    apply: (props, annotations: Readonly<Record<string, string>>) => {
      props.gateway.annotations = annotations;
    },
  },
  edge: {
    ...dns,
    apply: (props, namespace: string) => {
      props.from.namespace = namespace;
    },
  },
  granted: {
    ...dns,
    apply: (props, name: string) => {
      props.secret = name;
    },
  },
};

export type Program = Choices;
export const programs: fc.Arbitrary<Program> = choicesOf(settings as Settings<never>);
export const valuesOf = (program: Program): JsonObject => overridesOf(program);

/** The program as it is written, or, for the literal law, with everything that was given as a literal. */
export function chartOf(program: Program, as: As): HelmChart {
  const values = defineValues(declarationsOf(settings, program, as)) as never as Readonly<
    Record<string, Expression<unknown>>
  >;
  const chart = generatedChart(values);
  const props: Props = {
    gateway: { className: 'istio', redirectPlain: true },
    https: { secretName: 'tls' },
    other: { passthrough: true, port: 8443, routesFrom: 'All' },
    from: { kind: 'Gateway', namespace: 'edge' },
    secret: 'tls',
  };
  applyChoices(chart, props, settings, program, as, values);
  const listeners = { https: props.https, other: props.other };
  new SecureGateway(chart, 'public', { ...props.gateway, listeners } as SecureGatewayProps);
  new ReferenceGrant(chart, 'certificates', { from: [props.from], secrets: [props.secret] });
  return chart;
}
