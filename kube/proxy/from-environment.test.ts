import corpus from '../testing-only/proxy-corpus.json';
import { proxyFromEnvironment } from './from-environment';

/** What Go's own code says, made by scripts/proxy-corpus. */
const questions: ReadonlyArray<{
  readonly server: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly proxy: string;
}> = corpus;

test('the proxy of a server is the one that Go finds, in every case of the corpus', () => {
  const wrong = questions
    .map(({ server, env, proxy }) => ({
      ...{ server, env, go: proxy },
      ours: proxyFromEnvironment(new URL(server), env) ?? '',
    }))
    .filter(({ go, ours }) => go !== ours);
  expect(wrong).toEqual([]);
  expect(questions.length).toBeGreaterThan(1000);
  // Half a corpus would agree with a function that never finds a proxy, or always does.
  const proxied = questions.filter(({ proxy }) => proxy !== '').length;
  expect(proxied).toBeGreaterThan(questions.length / 5);
  expect(proxied).toBeLessThan((questions.length * 4) / 5);
});

test('what is no range of addresses is a name, also where it ends as one does', () => {
  const proxyFor = (NO_PROXY: string) =>
    proxyFromEnvironment(new URL('https://10.1.2.3'), { HTTPS_PROXY: 'proxy:3128', NO_PROXY });
  expect(proxyFor('10.0.0.0/8')).toBeUndefined();
  expect(proxyFor('https://10.0.0.0/8')).toBe('http://proxy:3128');
});
