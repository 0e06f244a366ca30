// Signs in by a popup, and keeps the page as it is.
const here = new URL(import.meta.url);
const base = new URL(".", here).pathname;
const channel = new BroadcastChannel(here.pathname);
const isLastPage = location.pathname === `${base}signed-in`;
let signingIn;
// The user of this page. Nothing that was written for one user is sent by another.
let owner = isLastPage ? null : user();

// The id of the signed-in user.
async function user() {
  const session = await fetch(`${base}session`).catch(() => null);
  return session?.ok ? (await session.json()).user.id : null;
}

// Sends a request. If the session is over, signs in and sends the request once more.
export async function fetchSignedIn(input, init) {
  const request = new Request(input, init);
  const again = request.clone();
  const response = await fetch(request);
  const isOurs = response.headers.get("www-authenticate")?.startsWith("FncyLogin ");
  if (response.status !== 401 || !isOurs || new URL(response.url).origin !== here.origin) return response;
  const { login_url } = await response.clone().json().catch(() => ({}));
  if (!login_url || !(await signIn(login_url))) return response;
  const [before, now] = [await owner, await user()];
  if (!now || (before && before !== now)) return response;
  owner = now;
  return fetch(again);
}

// Signs in, and returns whether a person has signed in. All callers share one popup.
export function signIn(loginUrl = `${base}login`) {
  const address = new URL(loginUrl, here);
  if (address.origin !== here.origin) return Promise.resolve(false);
  signingIn ??= popUp(address).finally(() => (signingIn = undefined));
  return signingIn;
}

function popUp(address) {
  const returningTo = (path) => (address.searchParams.set("return_to", path), address.href);
  const popup = open(returningTo(`${base}signed-in`), "", "popup,width=480,height=720");
  return new Promise((resolve) => {
    if (!popup) {
      // The whole page goes to sign in, unless the person stays.
      location.assign(returningTo(location.pathname + location.search));
      setTimeout(resolve, 10_000, false);
      return;
    }
    const waiting = new AbortController();
    const { signal } = waiting;
    const end = (isSignedIn) => {
      waiting.abort();
      popup.close();
      resolve(isSignedIn);
    };
    channel.addEventListener("message", () => end(true), { signal });
    // A provider may cut the popup off, so that it looks closed. It is closed if the person is back at this page.
    const look = async () => popup.closed && end((await user()) !== null);
    for (const event of ["focus", "pointerdown"]) addEventListener(event, look, { capture: true, signal });
  });
}

if (isLastPage) {
  channel.postMessage(null);
  // A page that has opened this window may be of another origin, and would see the window close.
  if (!opener) close();
}
