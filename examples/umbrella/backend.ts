// One service as a chart: alone, or as a subchart of the shop.
import { defineValues, HelmChart, Peer, SecureService, text, value } from 'cdk8s-drydock';
import type { Construct } from 'constructs';

/** What all charts of the shop are told alike. Each declares it with a default, so each can be installed alone. */
export const shopGlobals = {
  registry: value.string({
    default: 'registry.example.com',
    pattern: '^[a-z0-9.:/-]+$',
    doc: 'Where images come from',
  }),
};

export const backendValues = defineValues({
  global: shopGlobals,
  replicas: value.integer({ default: 2, min: 1, max: 20, doc: 'How many pods run' }),
  tag: value.string({ default: '1.4.2', pattern: '^[A-Za-z0-9_.-]+$', doc: 'Tag of the image' }),
});

export class Backend extends HelmChart<typeof backendValues> {
  constructor(scope: Construct, id = 'backend') {
    super(scope, id, {
      name: 'backend',
      version: '1.0.0',
      description: 'Answers the shop',
      values: backendValues,
    });
    new SecureService(this, 'api', {
      image: text`${backendValues.global.registry}/backend:${backendValues.tag}`,
      port: 8080,
      resources: 'small',
      replicas: backendValues.replicas,
      // No other pod may.
      allowFrom: [Peer.namespace('storefront')],
    });
  }
}
