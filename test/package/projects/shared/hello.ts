import { defineValues, HelmChart, SecureService, text, value } from 'cdk8s-drydock';
import type { Construct } from 'constructs';

export const helloValues = defineValues({
  replicas: value.integer({ default: 2, min: 1, max: 20, doc: 'How many pods run' }),
  tag: value.string({ default: '1.0.0', pattern: '^[a-z0-9.-]+$', doc: 'Tag of the image' }),
  outside: value.boolean({ default: false, doc: 'Make it reachable from outside' }),
});

export class HelloChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Says hello', values: helloValues });
    new SecureService(this, 'web', {
      image: text`registry.example.com/hello:${helloValues.tag}`,
      port: 8080,
      resources: 'small',
      replicas: helloValues.replicas,
      ingress: { enabled: helloValues.outside, host: 'hello.example.com', tls: { secretName: 'hello-tls' } },
    });
  }
}
