// Signs in by a popup, and keeps the page as it is.
const here = new URL(import.meta.url);
const base = new URL(".", here).pathname;
const channel = new BroadcastChannel(here.pathname);
let signingIn;

// Sends a request. If the session is over, signs in and sends the request once more.
export async function fetchSignedIn(input, init) {
  const request = new Request(input, init);
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401 || new URL(response.url).origin !== here.origin) return response;
  const problem = await response.clone().json().catch(() => null);
  if (!problem?.login_url) return response;
  return (await signIn(problem.login_url)) ? fetch(again) : response;
}

// Signs in, and returns whether the person has signed in. All callers share one popup.
export function signIn(loginUrl = `${base}login`) {
  signingIn ??= popUp(new URL(loginUrl, here)).finally(() => (signingIn = undefined));
  return signingIn;
}

function popUp(address) {
  const returningTo = (path) => (address.searchParams.set("return_to", path), address.href);
  const popup = open(returningTo(`${base}signed-in`), "", "popup,width=480,height=720");
  return new Promise((resolve) => {
    // Without the popup, the whole page goes to sign in, and comes back as it was opened.
    if (!popup) return location.assign(returningTo(location.pathname + location.search));
    const waiting = new AbortController();
    const end = (isSignedIn) => {
      waiting.abort();
      resolve(isSignedIn);
    };
    const { signal } = waiting;
    channel.addEventListener("message", () => end(true), { signal });
    // A provider may cut the popup off, so that it looks closed. It is closed if the person is back at this page.
    const look = () => {
      if (popup.closed) fetch(`${base}session`).then((session) => end(session.ok), () => end(false));
    };
    for (const event of ["focus", "pointerdown"]) addEventListener(event, look, { capture: true, signal });
  });
}

if (location.pathname === `${base}signed-in`) {
  const isOurs = () => !opener || opener.location.origin === here.origin;
  try {
    if (isOurs()) {
      channel.postMessage(null);
      close();
    }
  } catch {
    // The opener is a page of another origin, which learns nothing.
  }
}
