// Saves a section while it is being written, counts the characters of long texts, and says when it
// was saved. Without this module a section is saved by its buttons.

const PAUSE = 4000; // milliseconds after the last key
const AGAIN = 20000; // milliseconds until what could not be saved is tried once more

function keep(form) {
  const status = form.querySelector("[data-saved]");
  const revision = form.elements.revision;
  let timer, saving, changed = false;

  async function save() {
    clearTimeout(timer);
    if (!changed || saving) return saving;
    changed = false;
    saving = send().finally(() => { saving = undefined; });
    return saving;
  }

  async function send() {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive: document.hidden });
      if (answer.ok) {
        const saved = await answer.json();
        revision.value = saved.revision;
        status.textContent = saved.text;
      } else {
        if (answer.status !== 409) failed();
        status.textContent = { 401: form.dataset.loggedOut, 409: form.dataset.conflict }[answer.status] ?? form.dataset.lost;
      }
    } catch {
      failed();
      status.textContent = form.dataset.lost;
    }
  }

  function failed() {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, AGAIN);
  }

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  document.addEventListener("visibilitychange", save); // a phone may throw the page away
  addEventListener("online", save);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    changed = false;
    if (!saving) return;
    event.preventDefault(); // or this page would come in the way of itself
    const { submitter } = event;
    saving.then(() => form.requestSubmit(submitter));
  });
}

function count(field) {
  const most = Number(field.dataset.count);
  if (!most) return;
  const note = document.createElement("p");
  note.className = "count";
  field.after(note);
  const show = () => {
    const length = [...field.value].length; // as the server counts: an emoji is one character
    note.textContent = `${length} / ${most}`;
    note.classList.toggle("count--over", length > most);
  };
  field.addEventListener("input", show);
  show();
}

document.querySelectorAll("[data-draft]").forEach(keep);
document.querySelectorAll("[data-count]").forEach(count);
