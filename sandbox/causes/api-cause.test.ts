import { ApiError, KubeError, type KubeErrorCode } from '../../kube';
import { SandboxError } from '../errors';
import { toldWhole } from '../testing-only/told-whole';
import { abortError, apiError } from './api-cause';

const kube = (code: KubeErrorCode) =>
  new KubeError(code, { where: 'GET /x', found: 'something', expected: 'else', remedy: 'look' });

test.each<[KubeErrorCode, string, boolean]>([
  ['UNREACHABLE', 'ApiFailed', true],
  ['CONNECTION_LOST', 'ApiFailed', true],
  ['DEADLINE_EXCEEDED', 'ApiFailed', true],
  ['TOO_MANY_REQUESTS', 'ApiFailed', true],
  ['SERVER_ERROR', 'ApiFailed', true],
  ['FORBIDDEN', 'ApiFailed', false],
  ['CONFLICT', 'ApiFailed', false],
  ['ABORTED', 'Aborted', true],
  ['CLOSED', 'Closed', false],
])('%s of the API server is %s', (found, code, retryable) => {
  const error = apiError(kube(found), 'claim of x', 'x');
  expect(error).toMatchObject({ code, retryable, where: 'claim of x', sandboxId: 'x' });
  expect(error).toMatchObject({ found: `${found}: something`, expected: 'else', remedy: 'look' });
  expect(error.cause).toMatchObject({ code: found });
});

test('a kubeconfig that cannot be used is named: who gave none does not know which was looked for', () => {
  const facts = { where: '/home/ann/.kube/config', found: 'ENOENT', expected: 'a file', remedy: 'look' };
  const error = apiError(new KubeError('KUBECONFIG_MISSING', facts), 'new Sandboxes');
  expect(error.found).toBe('KUBECONFIG_MISSING: ENOENT (/home/ann/.kube/config)');
  expect(apiError(kube('FORBIDDEN'), 'claim').found).toBe('FORBIDDEN: something');
});

test('a refusal of an admission step is told by its own name, where the API server says it', () => {
  const message =
    'pods "x" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1';
  const refused = new ApiError('POST /jobs', 403, {
    status: 'Failure',
    reason: 'Forbidden',
    message,
  } as never);
  expect(apiError(refused, 'claim', 'x')).toMatchObject({
    code: 'QuotaExceeded',
    retryable: true,
    rule: 'boxes',
  });
});

test('what is ours stays, and what is of somebody else has its name', () => {
  const own = new SandboxError('Evicted', { where: 'a', found: 'b', expected: 'c', remedy: 'd' });
  expect(apiError(own, 'elsewhere')).toBe(own);
  expect(toldWhole(apiError(new Error('odd'), 'list'))).toMatchObject({
    code: 'ApiFailed',
    found: 'Error: odd',
    where: 'list',
  });
  expect(apiError('odd', 'list')).toMatchObject({ code: 'ApiFailed', found: 'odd', retryable: false });
});

test('an abort says who it was: the caller, or a close of ours', () => {
  const abort = (reason?: unknown) => {
    const controller = new AbortController();
    controller.abort(reason);
    return toldWhole(abortError(controller.signal, 'claim of x', 'x'));
  };
  expect(abort(new Error('shift\u0007 over'))).toMatchObject({
    code: 'Aborted',
    found: 'an abort by the caller: shift  over',
    retryable: true,
    where: 'claim of x',
    sandboxId: 'x',
  });
  expect(abort('no error')).toMatchObject({ code: 'Aborted', found: 'an abort by the caller: its signal' });
  const closed = new SandboxError('Closed', { where: 'a', found: 'b', expected: 'c', remedy: 'd' });
  expect(abort(closed)).toBe(closed);
});
