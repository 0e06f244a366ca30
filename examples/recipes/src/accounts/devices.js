// Writes times in the reader's own way, and says when this session was ended elsewhere.
for (const time of document.querySelectorAll('time')) {
  time.textContent = new Date(1000 * time.dataset.at).toLocaleString();
}

const SESSION_ENDED = 1008;
const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/live`);
socket.onclose = ({ code, reason }) => {
  if (code === SESSION_ENDED) document.querySelector('h1').textContent = reason;
};
