import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type Forge = 'github' | 'gitlab' | 'gitea';

/** A message of a forge, as it came. */
export interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What proves that the sender knows a secret: what was sent, and what each secret would have made of the same message. */
interface Proof {
  readonly forge: Forge;
  readonly event: string;
  readonly sent: string;
  readonly of: (secret: string) => string;
}

/** Gitea also sends the headers of GitHub, so it is asked before. */
function proofOf({ headers, body }: Message): Proof | undefined {
  const header = (name: string) => [headers[name] ?? ''].flat()[0]!;
  const hex = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');
  const gitea = header('x-gitea-signature') || header('x-forgejo-signature');
  if (gitea) {
    const event = header('x-gitea-event') || header('x-forgejo-event');
    return { forge: 'gitea', event, sent: gitea, of: hex };
  }
  const signed = header('webhook-signature');
  if (header('x-gitlab-event') && signed) {
    const before = `${header('webhook-id')}.${header('webhook-timestamp')}.`;
    const of = (secret: string) =>
      `v1,${createHmac('sha256', keyOf(secret)).update(before).update(body).digest('base64')}`;
    // Several, with spaces between them, while a token is replaced.
    const sent = signed.split(' ').slice(0, 4);
    return { forge: 'gitlab', event: header('x-gitlab-event'), sent: sent.join(' '), of };
  }
  const token = header('x-gitlab-token');
  if (token) return { forge: 'gitlab', event: header('x-gitlab-event'), sent: token, of: (secret) => secret };
  const github = header('x-hub-signature-256');
  if (github)
    return {
      ...{ forge: 'github', event: header('x-github-event'), sent: github },
      of: (secret) => `sha256=${hex(secret)}`,
    };
  return undefined;
}

/** A signing token of GitLab is shown as the text of a key. */
function keyOf(secret: string): string | Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
}

/** Which forge has signed this with one of the secrets, and which event it tells of; undefined when none has. */
export function signedBy(
  message: Message,
  secrets: readonly string[],
): { readonly forge: Forge; readonly event: string } | undefined {
  const proof = proofOf(message);
  if (!proof) return undefined;
  let isRight = false;
  const all = proof.forge === 'gitlab' && proof.sent.startsWith('v1,') ? proof.sent.split(' ') : [proof.sent];
  // None is left out once one is right: how long it takes must not say which.
  for (const secret of secrets) for (const sent of all) if (isSame(sent, proof.of(secret))) isRight = true;
  return isRight ? { forge: proof.forge, event: proof.event } : undefined;
}

/** Of digests, which have one length: neither where two texts differ nor their lengths can be timed. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
