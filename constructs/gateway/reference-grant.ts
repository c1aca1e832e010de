import { Construct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import { type KubeManifest, KubeObject } from '../../core/tree';
import { ConstructError } from '../construct-error';
import { identityOf, type Labels, withLabels } from '../identity';
import { requireProps } from '../require';

type RouteKind = 'GRPCRoute' | 'HTTPRoute' | 'TLSRoute';

/** Who may name something of another namespace. */
export interface GrantedFrom {
  readonly kind: 'Gateway' | RouteKind;
  /** The namespace in which those are. */
  readonly namespace: Templated<string>;
}

/** Who may name what of this namespace. */
export interface ReferenceGrantProps {
  /** Gateways, which name Secrets with certificates, and routes, which name Services. */
  readonly from: readonly GrantedFrom[];
  /**
   * Secrets that gateways of the named namespaces may show as their certificates, one by one.
   * @default - none
   */
  readonly secrets?: readonly Templated<string>[];
  /**
   * Services to which routes of the named namespaces may lead, one by one.
   * @default - none
   */
  readonly services?: readonly Templated<string>[];
  /**
   * More labels. Those that this library sets win.
   * @default - none
   */
  readonly labels?: Templated<Labels>;
  /**
   * Annotations.
   * @default - none
   */
  readonly annotations?: Templated<Labels>;
}

const ROUTES: readonly RouteKind[] = ['GRPCRoute', 'HTTPRoute', 'TLSRoute'];

const shape = prop.object<ReferenceGrantProps>(
  {
    from: prop
      .list(
        prop.object<GrantedFrom>({
          kind: prop.oneOf(['Gateway', ...ROUTES]).required(),
          namespace: prop.dnsLabel().required(),
        }),
        { minItems: 1 },
      )
      .inProgram()
      .required(),
    secrets: prop.list(prop.objectName(), { minItems: 1 }).inProgram(),
    services: prop.list(prop.serviceName(), { minItems: 1 }).inProgram(),
    labels: prop.labels(),
    annotations: prop.annotations(),
  },
  { expected: 'an object with from, and secrets or services' },
);

interface Grant extends KubeManifest {
  readonly spec: {
    readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
    readonly to: readonly { readonly group: string; readonly kind: string; readonly name: string }[];
  };
}

/**
 * Lets gateways or routes of other namespaces name Secrets or Services of this one: without it the Gateway API lets none.
 * It names each of them: a grant without a name would be for all that are there and will be.
 *
 * @example
 * new ReferenceGrant(shop, 'certificates', {
 *   from: [{ kind: 'Gateway', namespace: 'gateways' }],
 *   secrets: ['shop-tls'],
 * });
 */
export class ReferenceGrant extends Construct {
  readonly grant: KubeObject<Grant>;

  constructor(scope: Construct, id: string, props: ReferenceGrantProps) {
    super(scope, id);
    requireProps(this, shape, props);
    checkGrant(this, props);
    const { name, labels } = identityOf(this);
    const { from, secrets = [], services = [], annotations } = props;
    this.grant = new KubeObject<Grant>(this, 'grant', {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name, labels: withLabels(props.labels, labels), annotations },
      spec: {
        from: from.map(({ kind, namespace }) => ({ group: 'gateway.networking.k8s.io', kind, namespace })),
        to: [
          ...secrets.map((one) => ({ group: '', kind: 'Secret', name: one })),
          ...services.map((one) => ({ group: '', kind: 'Service', name: one })),
        ],
      },
    });
  }
}

/** A grant of which nobody can make use is a mistake; one that grants more than was meant as well. */
function checkGrant(construct: Construct, { from, secrets, services }: ReferenceGrantProps): void {
  const isFor = (kinds: readonly string[]) => from.some(({ kind }) => kinds.includes(kind));
  const ends = [
    ['secrets', secrets, ['Gateway'], 'a Gateway'],
    ['services', services, ROUTES, 'a route'],
  ] as const;
  if (!secrets && !services)
    throw new ConstructError('PROP_MISSING', construct, 'secrets', {
      found: 'nothing',
      expected: 'secrets or services',
      remedy: 'Name what may be named.',
    });
  for (const [prop, names, kinds, who] of ends) {
    if ((names !== undefined) === isFor(kinds)) continue;
    throw new ConstructError('PROP_INVALID', construct, names ? 'from' : prop, {
      found: names ? `${prop}, and nobody who can name them` : `${who} that is granted nothing`,
      expected: names ? `${who} among them` : `${prop} for ${who}`,
      remedy: 'Gateways name Secrets, routes name Services; make a grant for each of the two.',
    });
  }
}
