import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import { HelmChart, KubeObject, release, when } from '../../core/tree';
import type { NetworkPolicy, Pod, ServiceAccount } from '../../imports/k8s';
import { addAccount } from '../one-shot-account';
import { checkOneShot, type OneShotProps, oneShotIdentity, oneShotPod, oneShotPolicy } from '../one-shot-pod';
import { deadline, oneShotFields } from '../one-shot-shapes';
import { envVars } from '../workload/env';
import type { Word } from '../workload/variables';

export interface HelmTestProps extends OneShotProps {
  /**
   * The program of the test; it passes when it ends with 0. Until then it is started again, as long as
   * `activeDeadlineSeconds` lasts: a network policy takes a moment to know a new pod, so what it calls may refuse it first.
   */
  readonly command: readonly Word[];
  /**
   * How long the test may take, all its tries together.
   * @default 120
   */
  readonly activeDeadlineSeconds?: Templated<number>;
}

const SHAPE = prop.object<HelmTestProps>(
  { ...oneShotFields, activeDeadlineSeconds: deadline },
  { expected: 'an object with image and command' },
);

export const TEST_DEADLINE_SECONDS = 120;
const GOES = 'before-hook-creation,hook-succeeded';

/**
 * A test of an installed release, which `helm test` runs: a pod in `templates/tests/`, and the network policy that lets
 * it reach what it tests. It is in the chart alone, for nothing would run it in plain YAML. A pod that passed goes by
 * itself; one that failed stays, for its log, until the next run.
 *
 * @example
 * const web = new SecureService(shop, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 * });
 * new HelmTest(shop, 'ask', {
 *   image: 'docker.io/library/busybox:1.37.0',
 *   command: ['wget', '-qO-', text`${web.url}/health`],
 *   allowTo: [web],
 * });
 */
export class HelmTest extends Construct {
  /** The test itself; absent outside of a HelmChart, where helm installs nothing. */
  pod: KubeObject<Pod> | undefined;
  networkPolicy: KubeObject<NetworkPolicy> | undefined;
  /** Absent where it has no account of its own as well. */
  serviceAccount: KubeObject<ServiceAccount> | undefined;

  constructor(scope: Construct, id: string, props: HelmTestProps) {
    super(scope, id);
    checkOneShot(this, SHAPE, props);
    const inHelmChart = Chart.of(this) instanceof HelmChart;
    when(inHelmChart && release.service.equals('Helm'), () => this.add(props));
  }

  private add(props: HelmTestProps): void {
    const identity = oneShotIdentity(this, props);
    const { name, labels } = identity;
    this.serviceAccount = addAccount(this, props.serviceAccount, identity);
    this.pod = new KubeObject<Pod>(this, 'pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels, annotations: { 'helm.sh/hook': 'test', 'helm.sh/hook-delete-policy': GOES } },
      spec: {
        ...oneShotPod(props, envVars(this, props.env ?? {}), identity),
        restartPolicy: 'OnFailure',
        activeDeadlineSeconds: props.activeDeadlineSeconds ?? TEST_DEADLINE_SECONDS,
      },
    });
    this.networkPolicy = oneShotPolicy(this, this.pod, identity, props);
  }
}
