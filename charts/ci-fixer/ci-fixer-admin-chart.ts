import type { Construct } from 'constructs';
import { dnsValues, HelmTest, SandboxRbac } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart, release, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { production } from './production';
import { ciFixerSandbox } from './sandbox';
import { ciFixerMetadata, sandboxValues } from './values';

/**
 * The values of the chart that an administrator installs once.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(ciFixerAdminValues) });
 */
export const ciFixerAdminValues = defineValues({
  app: {
    namespace: value.dnsName({ default: 'default', doc: 'Namespace that CI-fixer runs in' }),
    serviceAccount: value.dnsName({ default: 'ci-fixer-app', doc: 'Account that CI-fixer runs as' }),
  },
  role: value.dnsName({ default: 'ci-fixer-sandbox-manager', doc: 'Name of the Role and its binding' }),
  gate: {
    enabled: value.boolean({
      default: true,
      doc: 'Bind CI-fixer only when the policy is seen to deny; without it a forbidden Job can get in for a second or two',
    }),
    image: value.image({
      default: 'ci-fixer-gate:1.0.0',
      doc: 'Image with sh and kubectl that binds CI-fixer once the policy is in force',
    }),
  },
  sandbox: sandboxValues,
  quota: {
    sandboxes: value.integer({ default: 20, min: 1, max: 10_000, doc: 'How many sandboxes may run at once' }),
    jobs: value.integer({
      default: 200,
      min: 1,
      max: 100_000,
      doc: 'How many Jobs may exist at once, with those that ended in the last five minutes',
    }),
    cpu: value.cpu({ default: '10', doc: 'CPU of all sandboxes together' }),
    memory: value.memory({ default: '10Gi', doc: 'Memory of all sandboxes together' }),
    ephemeralStorage: value.memory({ default: '40Gi', doc: 'Disk of all sandboxes together' }),
  },
  network: {
    dns: value.boolean({ default: false, doc: 'Let sandboxes resolve names, which can carry data out' }),
    internet: value.boolean({ default: false, doc: 'Let sandboxes reach the internet, not the cluster' }),
  },
  dns: dnsValues(),
});

/**
 * What a cluster's administrator grants once, so that CI-fixer itself needs no rights beyond its namespace.
 *
 * @example
 * new CiFixerAdminChart(app);
 * app.synth();
 */
export class CiFixerAdminChart extends HelmChart<typeof ciFixerAdminValues> {
  constructor(scope: Construct, id = 'ci-fixer-admin') {
    const values = ciFixerAdminValues;
    super(scope, id, {
      ...ciFixerMetadata,
      description: 'The sandbox namespace of CI-fixer: rights, amounts, network and admission policy',
      values,
      environments: { prod: production },
    });
    this.assert(
      release.namespace.notEquals(values.sandbox.namespace),
      'Install this release into another namespace than sandbox.namespace, which it makes itself and which holds nothing but sandboxes.',
    );
    this.assert(
      values.app.namespace.notEquals(values.sandbox.namespace),
      'app.namespace must not be sandbox.namespace: sandboxes would run beside the Secrets of CI-fixer.',
    );
    const { test } = new SandboxRbac(this, 'sandbox', {
      sandbox: ciFixerSandbox(values),
      managers: [values.app],
      roleName: values.role,
      quota: values.quota,
      gate: { image: values.gate.image, namespace: release.namespace },
      bindAtOnce: values.gate.enabled.not(),
      allowDns: values.network.dns,
      dns: values.dns,
      allowInternet: values.network.internet,
      // A namespace has no dots, so no other namespace and release come to the same name.
      policyName: text`${release.namespace}.${release.name}.sandbox`,
    });
    // Without the gate there is no account that may try a Job.
    when(values.gate.enabled, () => test && new HelmTest(this, 'denies', test));
  }
}
