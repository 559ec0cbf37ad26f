// The page's entry.
import { render } from 'preact';
import { App } from './view/app.js';
import './style/theme.css';
import './style/timeline.css';
import './style/layout.css';
import './style/controls.css';
import './style/stage.css';
import './style/overlay.css';
import './style/panel.css';
import './style/teaching.css';
import './style/models.css';
import './style/studies.css';
import './style/judgement.css';
import './style/picture-list.css';
import './style/model-card.css';

// From here on the token is a cookie; out of the address it cannot be shared by mistake.
const address = new URL(location.href);
for (const secret of ['token', 'ticket']) address.searchParams.delete(secret);
history.replaceState(history.state, '', address);

render(<App />, document.getElementById('app')!);
