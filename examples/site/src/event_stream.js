"use strict";

const events = new EventSource("/ticks");

events.addEventListener("tick", (event) => {
  document.getElementById("said").textContent = event.data;
});

const stop = (reason) => {
  events.close(); // or it would come back by itself, for ever
  document.querySelector("h1").textContent = "Disconnected";
  const end = document.getElementById("end");
  end.textContent = `The stream has ended: ${reason}.`;
  end.className = "alert";
  end.hidden = false;
  document.getElementById("again").hidden = false;
};

events.addEventListener("end", (event) => stop(event.data));
events.onerror = () => stop("the server is gone");
