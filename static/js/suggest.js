// Suggestions below the look-up field: a combobox with a list, after the ARIA Authoring Practices
// (list autocomplete, manual selection). The server sends the list as HTML; without this module
// the form does the same in two steps.

const PAUSE = 120; // milliseconds without a key before the server is asked

function suggest(input) {
  const box = document.createElement("div");
  const status = document.createElement("p");
  box.className = "suggest";
  status.className = "hidden";
  status.setAttribute("role", "status");
  input.closest("div").after(box, status);
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  let timer, asking, chosen = -1;
  const options = () => [...box.querySelectorAll("[role=option]")];

  function choose(index) {
    const all = options();
    chosen = all.length ? (index + all.length + 1) % (all.length + 1) : -1;
    if (chosen === all.length) chosen = -1; // one step past either end is the field itself
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(html) {
    box.innerHTML = html;
    const list = box.querySelector("[role=listbox]");
    input.setAttribute("aria-expanded", String(Boolean(list)));
    if (list) input.setAttribute("aria-controls", list.id);
    else input.removeAttribute("aria-controls");
    choose(-1);
    status.textContent = box.querySelector("[data-status]")?.dataset.status ?? "";
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    show("");
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const typed = input.value.trim();
    if (typed.length < 2) return show("");
    try {
      const address = `${input.dataset.suggest}?${new URLSearchParams({ ort: typed })}`;
      const answer = await fetch(address, { signal: asking.signal, referrerPolicy: "same-origin" });
      if (answer.ok) show(await answer.text());
    } catch {
      // Offline or overtaken by a newer question: the form still works.
    }
  }

  function go(option) {
    const topic = input.form.elements.thema?.value;
    location.assign(option.dataset.url + (topic ? `?thema=${encodeURIComponent(topic)}` : ""));
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = options().length > 0;
    if (event.key === "ArrowDown") open ? choose(chosen + 1) : ask();
    else if (event.key === "ArrowUp" && open) choose(chosen < 0 ? options().length - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) go(options()[chosen]);
    else if (event.key === "Escape" && box.innerHTML) close();
    else return;
    event.preventDefault();
  });
  box.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
  input.form.addEventListener("focusout", ({ relatedTarget: next }) => {
    if (next !== input && !box.contains(next)) close(); // it would cover what has the focus
  });
}

document.querySelectorAll("[data-suggest]").forEach(suggest);
