// One import changed: the same manifests, byte for byte.
//   npx cdk8s synth --app 'npx tsx 2-our-app.ts'
import { App } from 'cdk8s-drydock'; // was: from 'cdk8s'
import { Guestbook } from './guestbook';

const app = new App();
new Guestbook(app, 'guestbook', { host: 'guests.example.com' });
app.synth();
