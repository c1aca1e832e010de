import {
  CiFixerAdminChart,
  CiFixerChart,
  GitopsControllerChart,
  HelloChart,
  TodoStackChart,
} from '../charts';
import { App } from '../core/synth';

const app = new App();
new HelloChart(app);
new CiFixerAdminChart(app);
new CiFixerChart(app);
new GitopsControllerChart(app);
new TodoStackChart(app);
app.synth();
