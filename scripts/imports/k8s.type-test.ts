// Checked by `npm run types` alone, never run: a line marked with @ts-expect-error that compiles is an error.
import type {
  Container,
  CustomResourceDefinition,
  CustomResourceSubresources,
  Deployment,
  Embedded,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  JSONSchemaProps,
  PersistentVolumeClaim,
  Pod,
  PodList,
  PodSpec,
  ResourceRequirements,
  Role,
  StatefulSet,
  StatefulSetSpec,
} from '../../imports/k8s';
import { kinds } from '../../imports/kinds';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <Fact extends true>(fact?: Fact): void => void fact;

const selector = { matchLabels: { app: 'web' } };
const template = { spec: { containers: [{ name: 'web', image: 'web:1' }] } };

export const complete: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { replicas: 2, selector, template },
};

// @ts-expect-error an object of its own says its kind
export const withoutKind: Deployment = { apiVersion: 'apps/v1', spec: { selector, template } };

// @ts-expect-error extensions/v1beta1 is long gone
export const oldVersion: Deployment = { apiVersion: 'extensions/v1beta1', kind: 'Deployment' };

// @ts-expect-error the selector is required
export const withoutSelector: Deployment['spec'] = { template };

// @ts-expect-error a container has a name
export const nameless: Container = { image: 'web:1' };

// @ts-expect-error the field is imagePullPolicy
export const misspelt: Container = { name: 'web', imagePullPolice: 'Always' };

// @ts-expect-error a list of ports, not one
export const onePort: Container = { name: 'web', ports: '80' };

export const portByName: Container = { name: 'web', readinessProbe: { httpGet: { port: 'http' } } };
export const portByNumber: Container = { name: 'web', readinessProbe: { httpGet: { port: 8080 } } };

// @ts-expect-error a port is a number or a name
export const portByFlag: Container = { name: 'web', readinessProbe: { httpGet: { port: true } } };

// @ts-expect-error the port that a container listens on has no name to go by
export const containerPort: Container = { name: 'web', ports: [{ containerPort: 'http' }] };

export const limits: ResourceRequirements = { limits: { cpu: 0.5, memory: '64Mi' } };

// @ts-expect-error a quantity is text or a number
export const noQuantity: ResourceRequirements = { limits: { cpu: { millis: 500 } } };

// @ts-expect-error a label's value is text, 'true' and not true
export const flagAsLabel: Deployment['metadata'] = { labels: { canary: true } };

export function readOnly(pod: Pod, list: PodList): void {
  // @ts-expect-error objects are not changed in place
  pod.kind = 'Pod';
  // @ts-expect-error nor are lists
  list.items.push(pod);
}

// Fields that cdk8s-plus-28's own types do not know.
export const newerFields: PodSpec = {
  hostUsers: false,
  containers: [{ name: 'web', lifecycle: { preStop: { sleep: { seconds: 5 } } } }],
};

// The plain name is the newest stable version's.
holds<Equal<HorizontalPodAutoscaler['apiVersion'], 'autoscaling/v2'>>();
holds<Equal<HorizontalPodAutoscalerV1['apiVersion'], 'autoscaling/v1'>>();

// A server leaves apiVersion and kind out of the items of a list; what is there is typed all the same.
holds<Equal<PodList['items'][number], Embedded<Pod>>>();
holds<Equal<Embedded<Pod>['kind'], 'Pod' | undefined>>();
holds<Equal<Embedded<Pod>['spec'], PodSpec | undefined>>();
export const claims: StatefulSetSpec['volumeClaimTemplates'] = [{ metadata: { name: 'data' } }];
export const wholeClaims = (claim: PersistentVolumeClaim): StatefulSetSpec['volumeClaimTemplates'] => [claim];
// @ts-expect-error a claim template is a PersistentVolumeClaim
export const wrongClaims: StatefulSetSpec['volumeClaimTemplates'] = [{ kind: 'Pod' }];

// A struct without fields takes nothing but {}.
export const withStatus: CustomResourceSubresources = { status: {} };
// @ts-expect-error not text
export const statusAsText: CustomResourceSubresources = { status: 'yes' };
// @ts-expect-error not a field that is not there
export const statusWithField: CustomResourceSubresources = { status: { enabled: true } };

export const recursive: JSONSchemaProps = {
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: { a: { items: { additionalProperties: { $ref: '#/x', default: [1, { b: null }] } } } },
};
// @ts-expect-error the innermost schema is checked too
export const recursiveTypo: JSONSchemaProps = { properties: { a: { items: { typ: 'string' } } } };

// Optional is optional and not null: null would be written into the output.
// @ts-expect-error leave it out instead
export const nullRules: Role['rules'] = null;

// A deep mapped type goes through, recursion too: this is how a leaf becomes a leaf or an expression of it.
interface Expression<T> {
  readonly expressionOf: T;
}
type Scalar = string | number | boolean | undefined;
type Templated<T> = unknown extends T
  ? unknown
  : [T] extends [Scalar]
    ? T | Expression<T>
    : Expression<T> | { readonly [Key in keyof T]: Templated<T[Key]> };
export const mapped: Templated<StatefulSet> = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: { expressionOf: 'web' }, labels: { app: { expressionOf: 'web' } } },
  spec: {
    replicas: { expressionOf: 3 },
    selector: { expressionOf: selector },
    template: { spec: { containers: [{ name: { expressionOf: 'web' }, resources: { expressionOf: {} } }] } },
    volumeClaimTemplates: [{ spec: { resources: { requests: { storage: { expressionOf: '1Gi' } } } } }],
  },
};
// @ts-expect-error an expression of the wrong type, deep down
export const mappedWrong: Templated<StatefulSet['spec']> = { replicas: { expressionOf: 'three' } };
// @ts-expect-error an unknown field, deep down
export const mappedTypo: Templated<PodSpec> = { containers: [{ nam: 'web' }] };
export const mappedRecursion = (crd: CustomResourceDefinition): Templated<CustomResourceDefinition> => crd;

// The table is asked with any text, so it may have no answer.
holds<Equal<(typeof kinds)[string], Readonly<Record<string, (typeof kinds)['v1']['Pod']>>>>();
// @ts-expect-error apiVersion or kind may be unknown
export const plural: string = kinds['apps/v1'].Deployment.plural;
