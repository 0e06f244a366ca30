"use strict";

const address = new URL("/ticks", location.href);
address.protocol = address.protocol.replace("http", "ws");
const socket = new WebSocket(address);

socket.onmessage = (message) => {
  document.getElementById("said").textContent = message.data;
};

socket.onclose = (close) => {
  document.querySelector("h1").textContent = "Disconnected";
  const end = document.getElementById("end");
  end.textContent = `The connection was closed: ${close.reason || "the server is gone"}.`;
  end.className = "alert";
  end.hidden = false;
  document.getElementById("again").hidden = false;
};
