/**
 * Why something did not go out:
 * - `request`: no tunnel to a host by its name and port 443, and no repository;
 * - `host`: a name that is not in the list;
 * - `repository`: none of those that were given, or more than to fetch from it;
 * - `unresolved`, `unreachable`: no address, or none that takes a connection and, of a repository, shows a certificate;
 * - `address`: the name leads to an address that is not the internet's;
 * - `answer`: the server refused the credentials, or leads elsewhere;
 * - `busy`: as many connections as there may be;
 * - `limit`: more bytes than one tunnel or request may carry.
 */
export type EgressRefusal =
  | 'request'
  | 'host'
  | 'repository'
  | 'unresolved'
  | 'unreachable'
  | 'address'
  | 'answer'
  | 'busy'
  | 'limit';

/** Within the proxy: what the sandbox hears, and its owner. */
export class Refused extends Error {
  constructor(
    readonly why: EgressRefusal,
    /** A name or repository of the list, or a name that the sandbox asked for. */
    readonly target: string,
  ) {
    super(`drydock: ${WORDS[why]}`);
  }
}

const WORDS: Readonly<Record<EgressRefusal, string>> = {
  request: 'only CONNECT to a host by its name and port 443 goes out, and the repositories that were given',
  host: 'this host is not among those that this sandbox may reach',
  repository: 'this is not a repository that was given, or more than was given of it',
  unresolved: 'this name has no address',
  unreachable: 'no address of this name takes a connection and shows its certificate',
  address: 'this name leads to an address that is not of the internet',
  answer: 'the server refused what was asked for, or leads elsewhere',
  busy: 'as many connections are under way as there may be',
  limit: 'more bytes than one tunnel or request may carry',
};
