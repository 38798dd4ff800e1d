// Sends files as soon as they are chosen or dropped, one after the other, and shows how far it is.
// The answers are the pages that the form gets without this module.

const form = document.querySelector("[data-upload]");
const picker = form.elements.files;
const state = form.querySelector("[data-upload-state]");
const bar = state.querySelector("progress");
const words = state.querySelector("p");
let busy = false;

function send(file) {
  const data = new FormData(form);
  data.delete("files");
  data.append("files", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", reject);
    request.send(data);
  });
}

async function sendAll(files) {
  if (busy || !files.length) return;
  busy = true;
  state.hidden = false;
  let list, summary;
  const reasons = [];
  try {
    for (const [position, file] of files.entries()) {
      bar.hidden = false;
      bar.value = 0;
      words.textContent = form.dataset.sending.replace("{name}", () => file.name).replace("{number}", position + 1).replace("{of}", files.length);
      const answer = await send(file);
      const page = answer.response;
      const found = page?.querySelector("[data-uploaded]");
      if (!found) {
        if (answer.status < 400) return location.assign(answer.responseURL); // such as the log-in
        throw new Error(page?.querySelector("main .lead")?.textContent ?? "");
      }
      list = found;
      summary = found.querySelector(".summary") ?? summary;
      reasons.push(...found.querySelectorAll(".summary li"));
    }
    words.textContent = form.dataset.done;
  } catch (error) {
    words.textContent = error.message || form.dataset.lost;
  }
  busy = false;
  bar.hidden = true;
  picker.value = "";
  if (!list) return;
  document.querySelector("[data-uploaded]").replaceWith(list);
  if (!summary) return;
  summary.querySelector("ul").replaceChildren(...reasons); // of all files, in one list
  list.prepend(summary);
  summary.focus();
}

picker.addEventListener("change", () => sendAll([...picker.files]));
form.addEventListener("submit", (event) => {
  if (!picker.files.length) return;
  event.preventDefault();
  sendAll([...picker.files]);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.toggle("upload--over", kind === "dragover");
    if (kind === "drop") sendAll([...event.dataTransfer.files]);
  });
}
