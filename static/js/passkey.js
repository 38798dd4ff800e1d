// A form with data-passkey asks the device for a passkey ("get") or for a new one ("create") when
// it is sent, puts the answer into its field "credential", and goes on. It needs webauthn-json.js.

async function options(form) {
  if (form.dataset.options) {
    return JSON.parse(document.getElementById(form.dataset.options).textContent);
  }
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`${answer.status}`);
  }
  return answer.json();
}

async function ask(form) {
  const given = await options(form);
  return form.dataset.passkey === "create"
    ? window.webauthnJSON.create(given.creation_options)
    : window.webauthnJSON.get(given.request_options);
}

async function send(form) {
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(await ask(form));
  } catch {
    failed.hidden = false; // refused, timed out, or nothing fitting on this device
    failed.tabIndex = -1;
    failed.focus();
    return;
  }
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (window.PublicKeyCredential && window.webauthnJSON) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
}
