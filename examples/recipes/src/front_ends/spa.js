// Who is signed in comes from `/auth/session`; everything else from the API. Both say 401 without a session, and
// where to sign in: a script can't follow a redirect to FNCY, but the tab that it is in can.

const part = (id) => document.getElementById(id);

const ask = async (path) => {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, said: isJson ? await answer.json() : {} };
};

const signIn = (loginUrl) => {
  part('said').textContent = 'Sign in to read your mail.';
  part('mails').replaceChildren();
  for (const id of ['user', 'out', 'fetch']) part(id).hidden = true;
  part('in').hidden = false;
  part('in').onclick = () => location.assign(loginUrl);
};

const show = async () => {
  const session = await ask('/auth/session');
  if (session.status === 401) return signIn(session.said.login_url);
  const inbox = await ask('/api/inbox');
  if (inbox.status === 401) return signIn(inbox.said.login_url);
  if (inbox.status !== 200) {
    // Such as a 503 while FNCY is down: nobody is signed out by that.
    part('said').textContent = inbox.said.detail ?? 'That did not work. Try again in a moment.';
    part('fetch').hidden = false;
    return;
  }
  const { user } = session.said;
  part('user').textContent = user.name ?? user.id;
  part('said').textContent = 'What has come for you.';
  part('mails').replaceChildren(...inbox.said.map(({ subject }) => {
    const line = document.createElement('li');
    line.textContent = subject;
    return line;
  }));
  for (const id of ['user', 'out', 'fetch']) part(id).hidden = false;
};

part('fetch').onclick = show;
// A tab that was left alone may have been signed out in another one.
addEventListener('visibilitychange', () => document.hidden || show());
show();
