/**
 * OpenSSH as git is given it: nothing that is not said here has a say. The key and the known hosts are beside the store, which
 * is the working directory, so that no path has to be quoted.
 */
const OPTIONS: Readonly<Record<string, string>> = {
  // Who the server is
  StrictHostKeyChecking: 'yes',
  UserKnownHostsFile: 'known_hosts',
  GlobalKnownHostsFile: '/dev/null',
  KnownHostsCommand: 'none',
  UpdateHostKeys: 'no',
  VerifyHostKeyDNS: 'no',
  CheckHostIP: 'no',
  // Who we are
  IdentityFile: 'key',
  IdentitiesOnly: 'yes',
  IdentityAgent: 'none',
  PKCS11Provider: 'none',
  PreferredAuthentications: 'publickey',
  PasswordAuthentication: 'no',
  KbdInteractiveAuthentication: 'no',
  GSSAPIAuthentication: 'no',
  HostbasedAuthentication: 'no',
  BatchMode: 'yes',
  // Nothing but the command
  ClearAllForwardings: 'yes',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  Tunnel: 'no',
  PermitLocalCommand: 'no',
  ProxyCommand: 'none',
  ProxyJump: 'none',
  ControlMaster: 'no',
  ControlPath: 'none',
  CanonicalizeHostname: 'no',
  RequestTTY: 'no',
  EscapeChar: 'none',
  // An end where nobody answers
  ConnectTimeout: '15',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '2',
  LogLevel: 'ERROR',
};

export const KEY_FILE = 'key';
export const KNOWN_HOSTS_FILE = 'known_hosts';

export const SSH_COMMAND = [
  'ssh -F /dev/null -a -x -T',
  ...Object.entries(OPTIONS).map(([name, value]) => `-o ${name}=${value}`),
].join(' ');

/** What is wrong with the text of a private key, so that it can be told before ssh says `invalid format`. */
export function problemOfKey(text: string): string | undefined {
  const [, kind, base64] =
    /^\s*-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([\s\S]+)-----END \1-----\s*$/.exec(text) ?? [];
  if (kind === undefined || base64 === undefined) return '`ssh-privatekey` that is no private key';
  const isLocked =
    kind.includes('ENCRYPTED') || /^Proc-Type:.*ENCRYPTED/m.test(base64) || isLockedOpenSsh(base64);
  return isLocked ? '`ssh-privatekey` with a passphrase' : undefined;
}

/** OpenSSH's own format names the cipher after its magic and a length. */
function isLockedOpenSsh(base64: string): boolean {
  const bytes = Buffer.from(base64, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic || bytes.length < magic.length + 4) return false;
  const from = magic.length + 4;
  return bytes.toString('latin1', from, from + bytes.readUInt32BE(magic.length)) !== 'none';
}
