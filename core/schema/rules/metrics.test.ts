import { expectRefusal, object, type Part, type Refusal } from '../testing-only/objects';

// What an autoscaler looks at: each rule with an autoscaler that is refused and the nearest one that is taken.

const scaled = (...metrics: Part[]) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 3,
    metrics,
  });
const metric = { name: 'requests' };
const average = (averageValue: string | number) => ({ type: 'AverageValue', averageValue });
const value = (amount: string) => ({ type: 'Value', value: amount });
const used = (averageUtilization: number) => ({ type: 'Utilization', averageUtilization });
const cpu = (target: Part) => ({ type: 'Resource', resource: { name: 'cpu', target } });
const ofContainer = (target: Part) => ({
  type: 'ContainerResource',
  containerResource: { name: 'cpu', container: 'app', target },
});
const pods = (target: Part, name = 'requests') => ({ type: 'Pods', pods: { metric: { name }, target } });
const external = (target: Part) => ({ type: 'External', external: { metric, target } });
const describedObject = { kind: 'Ingress', name: 'web' };
const ofObject = (target: Part, more: Part = describedObject) => ({
  type: 'Object',
  object: { describedObject: more, metric, target },
});
const AT = 'spec.metrics[0]';

test.each<Refusal>([
  [
    'a type that is none',
    scaled({ ...cpu(used(80)), type: 'CPU' }),
    scaled(cpu(used(80))),
    { field: `${AT}.type`, found: '"CPU"', expected: 'ContainerResource, External, Object, Pods, Resource' },
  ],
  [
    'a type of which every object of JavaScript has the name',
    scaled({ type: 'constructor', resource: { name: 'cpu', target: used(80) } }),
    scaled(cpu(used(80))),
    { field: `${AT}.type`, found: '"constructor"' },
  ],
  [
    'a type without its source',
    scaled({ type: 'Pods' }),
    scaled(pods(average('30'))),
    { field: `${AT}.pods`, found: 'nothing', expected: 'what is looked at, as the type Pods says' },
  ],
  [
    'a source of another type beside it',
    scaled({ ...pods(average('30')), resource: cpu(used(80)).resource }),
    scaled(pods(average('30')), cpu(used(80))),
    { field: `${AT}.resource`, found: 'resource, beside the type Pods', expected: 'pods alone' },
  ],
  [
    'a share of nothing',
    scaled(cpu(used(0))),
    scaled(cpu(used(1))),
    { field: `${AT}.resource.target.averageUtilization`, found: '0', expected: '1 or more, in percent' },
  ],
  [
    'an amount of nothing',
    scaled(external(value('0'))),
    scaled(external(value('1m'))),
    { field: `${AT}.external.target.value`, found: '"0"', expected: 'an amount above zero' },
  ],
  [
    'an amount for each pod that is negative',
    scaled(pods(average('-1'))),
    scaled(pods(average(1))),
    { field: `${AT}.pods.target.averageValue` },
  ],
  [
    'a resource without an amount',
    scaled(cpu({ type: 'Utilization' })),
    scaled(cpu(used(80))),
    { field: `${AT}.resource.target.averageUtilization`, expected: 'averageUtilization or averageValue' },
  ],
  [
    'a resource with two amounts',
    scaled(cpu({ ...used(80), averageValue: '1' })),
    scaled(cpu(average('1'))),
    {
      field: `${AT}.resource.target.averageUtilization`,
      found: 'averageUtilization and averageValue',
      expected: 'one of averageUtilization, averageValue',
    },
  ],
  [
    'a container without an amount',
    scaled(ofContainer(value('1'))),
    scaled(ofContainer(average('1'))),
    { field: `${AT}.containerResource.target.averageUtilization`, found: 'nothing' },
  ],
  [
    'an external metric with two amounts',
    scaled(external({ ...average('1'), value: '1' })),
    scaled(external(average('1'))),
    { field: `${AT}.external.target.averageValue`, found: 'averageValue and value' },
  ],
  [
    'pods with an amount all in all',
    scaled(pods(value('1'))),
    scaled(pods(average('1'))),
    { field: `${AT}.pods.target.averageValue`, found: 'nothing', expected: 'averageValue' },
  ],
  [
    'an object without an amount',
    scaled(ofObject({ type: 'Value' })),
    scaled(ofObject({ ...value('1'), averageValue: '1' })),
    { field: `${AT}.object.target.averageValue`, found: 'nothing' },
  ],
  [
    'an object without a name',
    scaled(ofObject(value('1'), { ...describedObject, name: '' })),
    scaled(ofObject(value('1'))),
    { field: `${AT}.object.describedObject.name`, found: '""' },
  ],
  [
    'a metric with a slash in its name',
    scaled(pods(average('1'), 'a/b')),
    scaled(pods(average('1'), 'a|b')),
    { field: `${AT}.pods.metric.name`, found: '"a/b"' },
  ],
])('refuses %s', (...refusal) => expectRefusal(refusal));
