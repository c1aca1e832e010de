export type { ResourcePreset, Resources } from './secure-service/resources';
export { type IngressOptions, SecureService, type SecureServiceProps } from './secure-service/secure-service';
