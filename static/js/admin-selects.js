// Select2 builds comboboxes that a screen reader cannot name; this gives them what is missing.

function label(select) {
  return select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || "";
}

function mend(container) {
  const select = container.previousElementSibling;
  const box = container.querySelector("[role=combobox]");
  if (!select || !box) {
    return; // the open list, see below
  }
  container.querySelector(".select2-search__field")?.setAttribute("aria-label", label(select));
  const shown = box.querySelector(".select2-selection__rendered");
  box.setAttribute("aria-label", `${label(select)} ${shown?.title ?? ""}`.trim());
  box.removeAttribute("aria-labelledby");
  if (!box.hasAttribute("aria-controls")) {
    box.setAttribute("aria-controls", select.id);
  }
  shown?.removeAttribute("aria-readonly");
  if (shown?.tagName === "UL") {
    // Its list has children that are no list items.
    for (const part of [shown, ...shown.querySelectorAll("li")]) {
      part.setAttribute("role", "presentation");
    }
  } else {
    shown?.removeAttribute("role");
  }
}

// The list that is open, wherever Select2 has put it.
function mendOpenList() {
  const list = document.querySelector(".select2-dropdown .select2-results__options");
  if (!list) {
    return;
  }
  const select = document.getElementById(list.id.replace(/^select2-(.+)-results$/, "$1"));
  const search = list.closest(".select2-dropdown").querySelector(".select2-search__field");
  if (select) {
    const frame = list.closest(".select2-container");
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", label(select));
    search?.setAttribute("aria-label", label(select));
  }
  for (const message of list.querySelectorAll("li[role=alert]")) {
    message.setAttribute("role", "option");
    message.setAttribute("aria-disabled", "true");
  }
}

function mendAll() {
  mendOpenList();
  for (const container of document.querySelectorAll(".select2-container")) {
    mend(container);
  }
}

mendAll();
new MutationObserver(mendAll).observe(document.body, { childList: true, subtree: true });
