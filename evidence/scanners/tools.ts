import type { GoTool } from './go-tool';

/** The scanners that are Go programs. */
export const TRIVY: GoTool = {
  module: 'github.com/aquasecurity/trivy',
  version: 'v0.60.0',
  pkg: './cmd/trivy',
  file: 'trivy',
  stamps: { 'github.com/aquasecurity/trivy/pkg/version/app.ver': 'v0.60.0' },
};

export const KYVERNO: GoTool = {
  module: 'github.com/kyverno/kyverno',
  version: 'v1.13.4',
  pkg: './cmd/cli/kubectl-kyverno',
  file: 'kyverno',
};

export const CHART_TESTING: GoTool = {
  module: 'github.com/helm/chart-testing/v3',
  version: 'v3.11.0',
  pkg: './ct',
  file: 'ct',
  stamps: { 'github.com/helm/chart-testing/v3/ct/cmd.Version': 'v3.11.0' },
};
