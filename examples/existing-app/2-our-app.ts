// One import changed: the same manifests, byte for byte.
//   npx tsx 2-our-app.ts
import { App } from 'cdk8s-drydock'; // was: from 'cdk8s'
import { Guestbook } from './guestbook';

const app = new App({ outdir: 'dist/manifests' });
new Guestbook(app, 'guestbook', { host: 'guests.example.com' });
app.synth();
