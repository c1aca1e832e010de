import { configTo } from '../kube/testing-only/scripted-server';
import { gitopsOperator } from './operator';

test('what gates have answered is among the metrics, and a Prometheus that cannot be asked is told at once', () => {
  const options = { folder: '/nonexistent', kubeconfig: configTo('http://127.0.0.1:1') };
  expect(gitopsOperator(options).metrics.text()).toContain('# TYPE drydock_gitops_gate_asked_total counter');
  const withAddress = (url: string) => gitopsOperator({ ...options, prometheus: { url } });
  expect(() => withAddress('prometheus:9090')).toThrow(
    expect.objectContaining({ code: 'PROMETHEUS_INVALID' }),
  );
  expect(() => withAddress('http://prometheus:9090')).not.toThrow();
});
