import { showAccount, startAccount } from './account.js';
import { ask, whenSignedOut } from './api.js';
import { clearChat, startChat } from './chat.js';
import { byId } from './dom.js';
import { clearList, loadList, startList } from './list.js';

const account = byId('account', HTMLElement);
const home = byId('home', HTMLElement);
const who = byId('who', HTMLElement);

/** @param {{ email: string }} user */
function showHome(user) {
  byId('email', HTMLElement).textContent = user.email;
  [account.hidden, home.hidden, who.hidden] = [true, false, false];
  loadList();
  byId('add-title', HTMLElement).focus();
}

function showSignIn() {
  clearList();
  clearChat();
  [account.hidden, home.hidden, who.hidden] = [false, true, true];
  showAccount();
}

startAccount(showHome);
startList();
startChat(loadList);
whenSignedOut(() => {
  if (!home.hidden) showSignIn();
});
byId('sign-out', HTMLElement).addEventListener('click', async () => {
  // Without an answer the session goes on where it is kept, but not here.
  await ask('DELETE', '/session').catch(() => {});
  showSignIn();
});

ask('GET', '/session').then(({ user }) => showHome(user), showSignIn);
