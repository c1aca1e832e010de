import { imageReference, type Values } from '../../core/values';
import { filled } from '../condition';
import { DEFAULT_PROBES } from '../secure-service/probe-fields';
import type { SecureServiceProps } from '../secure-service/props';
import type { serviceValues } from './service-values';

type All = Values<ReturnType<typeof serviceValues>>;
/** Without `autoscaling` for what one pod does alone, however many wait. */
export type ServiceValues = Omit<All, 'parse' | 'autoscaling'> & Partial<Pick<All, 'autoscaling'>>;

/** What `serviceProps` gives. */
export type ServiceProps = Required<
  Pick<SecureServiceProps, 'image' | 'resources' | 'replicas' | 'imagePullPolicy' | 'imagePullSecrets'>
> &
  Pick<
    SecureServiceProps,
    'autoscaling' | 'podAnnotations' | 'nodeSelector' | 'tolerations' | 'affinity' | 'probes' | 'dns'
  >;

/**
 * The props of a SecureService that the values of `serviceValues` are for.
 *
 * @example
 * const values = defineValues(serviceValues({ image: { repository: 'registry.example.com/shop', tag: '1.4.2' } }));
 * new SecureService(shop, 'web', { port: 8080, ...serviceProps(values) });
 */
export function serviceProps(values: ServiceValues): ServiceProps {
  const { image, resources, autoscaling, probes } = values;
  return {
    image: imageReference(image),
    imagePullPolicy: image.pullPolicy,
    imagePullSecrets: values.imagePullSecrets,
    resources: resources,
    replicas: values.replicas,
    ...(autoscaling && { autoscaling }),
    podAnnotations: values.podAnnotations,
    nodeSelector: filled(values.nodeSelector),
    tolerations: filled(values.tolerations),
    affinity: values.affinity,
    probes: {
      startup: { ...DEFAULT_PROBES.startup, ...probes.startup },
      liveness: { ...DEFAULT_PROBES.liveness, ...probes.liveness },
      readiness: { ...DEFAULT_PROBES.readiness, ...probes.readiness },
    },
    dns: values.dns,
  };
}
