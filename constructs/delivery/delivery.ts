import { prop } from '../../core/props';
import type { JsonObject, Templated } from '../../core/template';
import type { Labels } from '../identity';
import { numberOrShare } from '../workload/shapes/parts';
import { RolloutAnalysis } from './rollout-analysis';

/** Measurements that decide whether a delivery goes on. */
export interface DeliveryAnalysis {
  /** What is measured: constructs, or the names of AnalysisTemplates that are there. All have to succeed. */
  readonly templates: readonly (RolloutAnalysis | Templated<string>)[];
  /**
   * What the templates are told, by name.
   * @default - nothing
   */
  readonly args?: Templated<Labels>;
}

/** Requests with a header go to the new version, and all others where the weight sends them. */
export interface HeaderRoute {
  /** What the route is called; one step makes it, and the same name without `match` removes it. */
  readonly name: string;
  /**
   * Headers, and what is in them.
   * @default - none: the route is removed
   */
  readonly match?: readonly HeaderMatch[];
}

/** One header. */
export interface HeaderMatch {
  readonly headerName: Templated<string>;
  /** One of `exact`, `prefix` and `regex`. */
  readonly headerValue: {
    readonly exact?: Templated<string>;
    readonly prefix?: Templated<string>;
    readonly regex?: Templated<string>;
  };
}

/** One step of a canary: exactly one of these. */
export type CanaryStep =
  | { readonly setWeight: Templated<number> }
  | { readonly pause: { readonly duration?: Templated<string> } }
  | { readonly analysis: DeliveryAnalysis }
  | { readonly setHeaderRoute: HeaderRoute };

/** The new version gets a part of the traffic, step by step. */
export interface CanaryDelivery {
  /**
   * What is done, in this order; behind the last step the new version gets everything. A pause without a duration waits
   * for a person.
   */
  readonly steps: readonly CanaryStep[];
  /**
   * What is measured all the time; once it fails, all goes back.
   * @default - nothing beside the steps
   */
  readonly analysis?: DeliveryAnalysis;
  /**
   * What divides the traffic, as Argo Rollouts writes `trafficRouting`. With it a second Service leads to the new version;
   * without it the number of pods decides, and a weight is as exact as that number allows.
   * @default - the number of pods
   */
  readonly trafficRouting?: Templated<JsonObject>;
  /**
   * How many pods may be missing meanwhile.
   * @default 0
   */
  readonly maxUnavailable?: Templated<number | string | undefined>;
  /**
   * How many pods there may be on top.
   * @default 1
   */
  readonly maxSurge?: Templated<number | string | undefined>;
}

/** The new version runs beside the old one, whole, until it gets all traffic at once. */
export interface BlueGreenDelivery {
  /**
   * Whether it gets the traffic by itself once it is ready. Otherwise a person says so.
   * @default true
   */
  readonly autoPromotion?: Templated<boolean>;
  /**
   * How long it stands before it gets the traffic by itself, in seconds.
   * @default - as soon as it is ready
   */
  readonly autoPromotionSeconds?: Templated<number | undefined>;
  /**
   * What has to succeed before it gets the traffic.
   * @default - nothing
   */
  readonly before?: DeliveryAnalysis;
  /**
   * What has to succeed once it has the traffic, or all goes back.
   * @default - nothing
   */
  readonly after?: DeliveryAnalysis;
  /**
   * How long the old version stays, to go back to at once, in seconds.
   * @default 30
   */
  readonly keepSeconds?: Templated<number | undefined>;
}

/** How another version takes the place of the one that runs, by the controller of Argo Rollouts. */
export type Delivery = { readonly canary: CanaryDelivery } | { readonly blueGreen: BlueGreenDelivery };

const template = prop.byKind(
  {
    text: prop.objectName(),
    object: prop.custom((given) => given instanceof RolloutAnalysis, {
      expected: 'a RolloutAnalysis, or the name of an AnalysisTemplate',
      remedy: 'Make a RolloutAnalysis, and give it.',
    }),
  },
  'a RolloutAnalysis, or the name of an AnalysisTemplate',
);

const argName = () =>
  prop.text({
    expected: 'the name of an argument, such as service-name',
    remedy: 'Use letters, digits, dash and underscore.',
    pattern: '^[A-Za-z0-9]([-_A-Za-z0-9]*[A-Za-z0-9])?$',
  });

const analysis = prop.object<DeliveryAnalysis>({
  templates: prop.list(template, { minItems: 1 }).inProgram().required(),
  args: prop
    .map(argName(), prop.text({ minLength: 0 }), 'texts by name, such as { service: "web" }')
    .inProgram(),
});

const inHeader = () => prop.text({ expected: 'what is in the header', remedy: 'Say it.' }).required();

const header = prop.object<HeaderMatch>({
  headerName: prop.text({ expected: 'the name of a header', remedy: 'Name one.' }).required(),
  headerValue: prop
    .forms(
      {
        exact: prop.object<{ readonly exact: string }>({ exact: inHeader() }),
        prefix: prop.object<{ readonly prefix: string }>({ prefix: inHeader() }),
        regex: prop.object<{ readonly regex: string }>({ regex: inHeader() }),
      },
      'an object with exact, prefix or regex',
    )
    .required(),
});

const step = prop.forms(
  {
    setWeight: prop.object<{ readonly setWeight: number }>({
      setWeight: prop.integer({ min: 0, max: 100 }).required(),
    }),
    pause: prop.object<{ readonly pause: object }>({
      pause: prop.object<{ readonly duration?: string }>({ duration: prop.duration() }).required(),
    }),
    analysis: prop.object<{ readonly analysis: DeliveryAnalysis }>({ analysis: analysis.required() }),
    setHeaderRoute: prop.object<{ readonly setHeaderRoute: HeaderRoute }>({
      setHeaderRoute: prop
        .object<HeaderRoute>({
          name: prop.dnsLabel().required(),
          match: prop.list(header, { minItems: 1 }).inProgram(),
        })
        .required(),
    }),
  },
  'a step: setWeight, pause, analysis or setHeaderRoute',
);

const seconds = () => prop.integer({ max: 1_000_000 }).orAbsent();

/** What says how a service is delivered. */
export const delivery = prop.forms(
  {
    canary: prop.object<{ readonly canary: CanaryDelivery }>({
      canary: prop
        .object<CanaryDelivery>({
          steps: prop.list(step, { minItems: 1 }).inProgram().required(),
          analysis,
          trafficRouting: prop.data(),
          maxUnavailable: numberOrShare,
          maxSurge: numberOrShare,
        })
        .required(),
    }),
    blueGreen: prop.object<{ readonly blueGreen: BlueGreenDelivery }>({
      blueGreen: prop
        .object<BlueGreenDelivery>({
          autoPromotion: prop.boolean(),
          autoPromotionSeconds: seconds(),
          before: analysis,
          after: analysis,
          keepSeconds: seconds(),
        })
        .required(),
    }),
  },
  'an object with canary or blueGreen',
);
