import { CiFixerAdminChart, CiFixerChart } from '../../charts';
import { Testing } from '../../core/synth';

const notesOf = (Made: typeof CiFixerChart | typeof CiFixerAdminChart) =>
  Testing.helmChart(new Made(Testing.app()) as never)['templates/NOTES.txt'] as string;

test('a Secret is waited for only where others make it', () => {
  expect(notesOf(CiFixerChart)).toMatch(
    /\{\{- if not \(eq \.Values\.credentials\.existingSecret ""\) \}\}\n\nPods wait until the Secret .* is there, with the keys GITHUB_TOKEN, LLM_API_KEY\.\n\{\{- end \}\}/,
  );
});

test('what lies in another namespace, and is no workload, is listed by its kinds', () => {
  expect(notesOf(CiFixerAdminChart)).toContain(
    'kubectl --namespace {{ .Values.sandbox.namespace }} get serviceaccount,role,rolebinding,',
  );
});
