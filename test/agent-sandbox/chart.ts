import type { Construct } from 'constructs';
import { ciFixerAdminValues, ciFixerSandbox } from '../../charts';
import { SandboxRbac } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart, release } from '../../core/tree';

/** What the administrator of CI-fixer installs, and the pods of agent-sandbox admitted beside those of Jobs. */
export class AgentSandboxAdminChart extends HelmChart<typeof ciFixerAdminValues> {
  constructor(scope: Construct) {
    const values = ciFixerAdminValues;
    super(scope, 'admin', { name: 'ci-fixer-admin', version: '1.0.0', description: 'For tests', values });
    new SandboxRbac(this, 'sandbox', {
      sandbox: ciFixerSandbox(values),
      managers: [values.app],
      roleName: values.role,
      quota: values.quota,
      bindAtOnce: true,
      policyName: text`${release.namespace}.${release.name}.sandbox`,
      agentSandbox: true,
    });
  }
}
