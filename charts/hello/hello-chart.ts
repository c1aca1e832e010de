import type { Construct } from 'constructs';
import {
  exposureProps,
  exposureValues,
  HelmTest,
  SecureService,
  serviceProps,
  serviceValues,
} from '../../constructs';
import { text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, imageReference } from '../../core/values';
import { maintained } from '../metadata';

/** The version of the program: the tag of its image, unless a value says otherwise. */
const VERSION = '1.0.0';

/**
 * The values of the hello chart.
 *
 * @example
 * // A chart of your own that has it as a subchart.
 * const values = defineValues({ inner: value.subchart(helloValues) });
 */
export const helloValues = defineValues({
  ...serviceValues({ image: { repository: 'registry.example.com/hello', tag: VERSION }, replicas: 2 }),
  ...exposureValues({ host: 'hello.example.com', open: 'ingress' }),
});

/**
 * The smallest useful chart: one service with the values that every operator looks for, and one test.
 *
 * @example
 * new HelloChart(app);
 * app.synth();
 */
export class HelloChart extends HelmChart {
  constructor(scope: Construct, id = 'hello') {
    super(scope, id, {
      ...maintained,
      description: 'A service that says hello',
      appVersion: VERSION,
      home: 'https://hello.example.com',
      icon: 'https://hello.example.com/icon.svg',
      sources: ['https://git.example.com/hello'],
      keywords: ['hello', 'example'],
      values: helloValues,
    });
    const web = new SecureService(this, 'web', {
      port: 8080,
      ...serviceProps(helloValues),
      ...exposureProps(helloValues),
    });
    new HelmTest(this, 'ask', {
      image: imageReference(helloValues.image),
      command: ['hello', 'check', text`${web.url}/health`],
      allowTo: [web],
    });
  }
}
