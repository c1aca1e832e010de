/** What production sets, in both charts: the sandbox part has to be the same. */
export const production = {
  sandbox: {
    images: ['registry.example.com/ci-fixer/sandbox:1.0.0'],
    max: { deadlineSeconds: 7200, cpu: '4', memory: '8Gi' },
  },
  quota: { sandboxes: 100, jobs: 1000, cpu: '100', memory: '200Gi', ephemeralStorage: '400Gi' },
  gate: { image: 'registry.example.com/ci-fixer/gate:1.0.0' },
} as const;
