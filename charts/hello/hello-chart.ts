import type { Construct } from 'constructs';
import { HelmTest, SecureService } from '../../constructs';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { maintained } from '../metadata';

/** The values of the hello chart. */
export const helloValues = defineValues({
  replicas: value.integer({ default: 2, min: 1, max: 20, doc: 'How many pods run' }),
  image: {
    tag: value.string({
      default: '1.0.0',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$',
      doc: 'Tag of the image registry.example.com/hello',
    }),
  },
  ingress: {
    enabled: value.boolean({ default: true, doc: 'Make the service reachable from outside of the cluster' }),
  },
});

/** The smallest useful chart: one service, three values, one test. */
export class HelloChart extends HelmChart {
  constructor(scope: Construct, id = 'hello') {
    super(scope, id, {
      ...maintained,
      description: 'A service that says hello',
      appVersion: '1.0.0',
      home: 'https://hello.example.com',
      icon: 'https://hello.example.com/icon.svg',
      sources: ['https://git.example.com/hello'],
      keywords: ['hello', 'example'],
      values: helloValues,
    });
    const image = text`registry.example.com/hello:${helloValues.image.tag}`;
    const web = new SecureService(this, 'web', {
      image,
      port: 8080,
      resources: 'small',
      replicas: helloValues.replicas,
      ingress: { enabled: helloValues.ingress.enabled, host: 'hello.example.com' },
    });
    new HelmTest(this, 'ask', {
      image,
      command: ['hello', 'check', text`${web.url}/health`],
      allowTo: [web],
    });
  }
}
