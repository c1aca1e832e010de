// A cdk8s app as many are written: a Chart of cdk8s-plus constructs with a few props. It knows nothing of values, and
// nothing in this file is changed on the way to a Helm chart.
import { ApiObject, Chart, type ChartProps, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';

export interface GuestbookProps extends ChartProps {
  readonly replicas?: number;
  readonly image?: string;
  /** The heading above the entries. */
  readonly title?: string;
  /** Without one the guestbook is reachable inside of the cluster only. */
  readonly host?: string;
}

export class Guestbook extends Chart {
  constructor(scope: Construct, id: string, props: GuestbookProps = {}) {
    super(scope, id, props);

    const redis = new kplus.StatefulSet(this, 'redis', {
      replicas: 1,
      service: new kplus.Service(this, 'redis-service', { ports: [{ port: 6379 }] }),
    });
    redis.addContainer({
      image: 'redis:7.2',
      portNumber: 6379,
      securityContext: { user: 999, readOnlyRootFilesystem: false },
      resources: { memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) } },
      readiness: kplus.Probe.fromTcpSocket({ initialDelaySeconds: Duration.seconds(2) }),
    });

    runRestricted(redis);

    const settings = new kplus.ConfigMap(this, 'settings', {
      data: { title: props.title ?? 'Guestbook', redis: 'redis' },
    });

    const frontend = new kplus.Deployment(this, 'frontend', {
      replicas: props.replicas ?? 2,
      podMetadata: { labels: { tier: 'frontend' } },
    });
    const container = frontend.addContainer({
      image: props.image ?? 'registry.example.com/guestbook:5',
      portNumber: 8080,
      securityContext: { user: 1000 },
      resources: {
        cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.millis(500) },
        memory: { request: Size.mebibytes(128), limit: Size.mebibytes(256) },
      },
      liveness: kplus.Probe.fromHttpGet('/health'),
    });
    container.env.addVariable('TITLE', kplus.EnvValue.fromConfigMap(settings, 'title'));
    container.mount('/tmp', kplus.Volume.fromEmptyDir(this, 'scratch', 'scratch'));
    runRestricted(frontend);

    const service = frontend.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
    if (props.host) {
      const ingress = new kplus.Ingress(this, 'ingress');
      ingress.addHostRule(props.host, '/', kplus.IngressBackend.fromService(service));
    }
  }
}

/** Pod Security "restricted" asks for these two leaves, and cdk8s-plus-28 has no prop for either. */
function runRestricted(workload: kplus.Workload): void {
  const pod = '/spec/template/spec';
  ApiObject.of(workload).addJsonPatch(
    JsonPatch.add(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    ...workload.containers.map((_, index) =>
      JsonPatch.add(`${pod}/containers/${index}/securityContext/capabilities`, { drop: ['ALL'] }),
    ),
  );
}
