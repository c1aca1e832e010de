// What there was: the app on stock cdk8s.
//   npx cdk8s synth --app 'npx tsx 1-stock.ts'
import { App } from 'cdk8s';
import { Guestbook } from './guestbook';

const app = new App();
new Guestbook(app, 'guestbook', { host: 'guests.example.com' });
app.synth();
