import type { TestNamespace } from '../fixture';

/** Whether a pod gets any HTTP answer from an address; a TLS port answers a plain request too, with a refusal. */
export async function reaches(
  namespace: TestNamespace,
  pod: string,
  host: string,
  port: number,
): Promise<boolean> {
  const script = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 3 nc -w 2 ${host} ${port} | grep -q HTTP`;
  const { code } = await namespace.kubectl(['exec', pod, '--', 'sh', '-c', script], { allowFailure: true });
  return code === 0;
}
