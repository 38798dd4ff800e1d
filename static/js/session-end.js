// Warns five minutes before the end of the session, with one button to stay. The server knows the
// time: another window may have prolonged it, so it is asked before anybody is frightened.

const WARNING = 5 * 60; // seconds
const dialog = document.querySelector("[data-session-end]");
let timer;

async function left(method) {
  const headers = { Accept: "application/json" };
  const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
  if (method === "POST") {
    headers["X-CSRFToken"] = token;
  }
  const answer = await fetch(dialog.dataset.ask, { method, headers, redirect: "manual" });
  return answer.ok ? (await answer.json()).seconds : 0;
}

function show(isOver) {
  dialog.querySelector("[data-soon]").hidden = isOver;
  dialog.querySelector("[data-over]").hidden = !isOver;
  if (!dialog.open) {
    dialog.showModal();
  }
}

function wait(seconds) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(seconds, 1) * 1000);
}

async function look(method = "GET") {
  let seconds;
  try {
    seconds = await left(method);
  } catch {
    wait(30); // no network just now
    return;
  }
  if (seconds > WARNING) {
    dialog.close();
    wait(seconds - WARNING);
  } else {
    show(seconds <= 0);
    if (method === "POST") {
      dialog.querySelector("[data-last]").hidden = false; // the ten hours are over
    }
    if (seconds > 0) {
      wait(Math.min(seconds, 30));
    }
  }
}

if (dialog) {
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    look("POST");
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  wait(Number(dialog.dataset.sessionEnd) - WARNING);
}
