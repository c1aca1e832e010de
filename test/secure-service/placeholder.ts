import { BUSYBOX_IMAGE } from '../../cluster';
import type { SecureServiceProps } from '../../constructs';

/**
 * A web server of ten lines, for tests that look at what is around a program: it answers /health and /ready, and ends
 * when it is told to. It is the busybox that every node of the embedded cluster has.
 */
const SERVER = `
mkdir -p /tmp/www && echo well > /tmp/www/health && echo ready > /tmp/www/ready
httpd -f -p 8080 -h /tmp/www &
trap 'kill $!; exit 0' TERM
wait
`;

export const placeholder = {
  image: BUSYBOX_IMAGE,
  port: 8080,
  resources: { cpu: '10m', memory: '32Mi', ephemeralStorage: '128Mi' },
  command: ['sh', '-c', SERVER],
  writable: ['/tmp'],
} as const satisfies SecureServiceProps;
