import { configTo } from '../kube/testing-only/scripted-server';
import { gitopsOperator } from './operator';

test('what gates have answered is among the metrics, and a Prometheus that cannot be asked is told at once', () => {
  const options = { folder: '/nonexistent', kubeconfig: configTo('http://127.0.0.1:1') };
  const told = gitopsOperator(options).metrics.text();
  expect(told).toContain('# TYPE drydock_gitops_gate_asked_total counter');
  for (const state of ['waiting', 'refused'])
    expect(told).toContain(`\ndrydock_gitops_gates_closed{state="${state}"} 0\n`);
  const withAddress = (url: string) => gitopsOperator({ ...options, prometheus: { url } });
  expect(() => withAddress('prometheus:9090')).toThrow(
    expect.objectContaining({ code: 'PROMETHEUS_INVALID' }),
  );
  expect(() => withAddress('http://prometheus:9090')).not.toThrow();
});
