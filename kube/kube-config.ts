import type { RequestOptions } from 'node:https';

/**
 * What is used of a KubeConfig of @kubernetes/client-node. Version 1.4 and 2.x both have it, so a caller's own object
 * of either fits; the copy in `vendor/` is 1.4.
 */
export interface KubeConfigLike {
  getCurrentContext(): string;
  getContextObject(name: string): { readonly namespace?: string } | null;
  getCurrentCluster(): KubeCluster | null;
  getCurrentUser(): KubeUser | null;
  applyToHTTPSOptions(options: RequestOptions): Promise<void>;
}

export interface KubeCluster {
  readonly name: string;
  readonly server: string;
  readonly proxyUrl?: string;
  readonly caData?: string;
  readonly tlsServerName?: string;
  readonly skipTLSVerify?: boolean;
}

export interface KubeUser {
  readonly name: string;
  // client-node declares these two as `any`: they are what the file says.
  readonly exec?: unknown;
  readonly authProvider?: unknown;
}

/** The class in the bundle, as far as config.ts builds one. */
export interface BundledKubeConfig extends KubeConfigLike {
  loadFromString(text: string): void;
  loadFromCluster(pathPrefix?: string): void;
  setCurrentContext(name: string): void;
}

/** Loads the bundle only when it is needed: a caller with a KubeConfig of its own never pays for it. */
export function newKubeConfig(): BundledKubeConfig {
  const bundle: { KubeConfig: new () => BundledKubeConfig } = require('./vendor/kube-config.cjs');
  return new bundle.KubeConfig();
}
