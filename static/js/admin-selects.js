// Select2 builds comboboxes that a screen reader cannot name; this gives them what is missing.

function label(select) {
  return select.getAttribute("aria-label") || select.labels?.[0]?.textContent.trim() || "";
}

function mend(container) {
  const select = container.previousElementSibling;
  const box = container.querySelector("[role=combobox]");
  container.querySelector(".select2-search__field")?.setAttribute("aria-label", label(select));
  if (!select || !box) {
    return;
  }
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

function mendAll() {
  for (const container of document.querySelectorAll(".select2-container")) {
    mend(container);
  }
}

mendAll();
new MutationObserver(mendAll).observe(document.body, { childList: true, subtree: true });
