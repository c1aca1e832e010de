export type { Checked } from './find';
export { CODES, type Finding, type FindingCode } from './finding';
export { asHtml, asJunit, asText, isWell } from './report';
export type { Live } from './state';
export { noAnswer, sandboxFailed, slowSandbox } from './tried';
export { type Verification, type VerifyOptions, verify } from './verify';
