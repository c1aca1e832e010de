import type { Templated } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import type { Identity, Labels } from '../identity';
import { type ScaleTarget, scaleTargets } from './scaling';
import type { Manifest } from './workload';

/** What the Vertical Pod Autoscaler is asked; it changes nothing by itself. */
export interface Recommender extends KubeManifest {
  readonly spec: {
    readonly targetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
    readonly updatePolicy: { readonly updateMode: 'Off' };
  };
}

export function recommender(
  { name, labels }: Identity,
  target: ScaleTarget,
  annotations: Templated<Labels | undefined> | undefined,
): Manifest<Recommender> {
  return {
    apiVersion: 'autoscaling.k8s.io/v1',
    kind: 'VerticalPodAutoscaler',
    metadata: { name, labels, annotations },
    spec: { targetRef: { ...scaleTargets[target], name }, updatePolicy: { updateMode: 'Off' } },
  };
}
