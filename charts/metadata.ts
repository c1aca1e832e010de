import type { ChartMetadata } from '../core/tree';

/** What every chart here says of itself; the addresses are those of the example company that installs them. */
export const maintained = {
  maintainers: [{ name: 'Platform team', email: 'platform@example.com', url: 'https://example.com' }],
  artifactHub: { license: 'Apache-2.0' },
} as const satisfies ChartMetadata;
