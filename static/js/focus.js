// After a form came back with errors, take the reader to the summary of them.
document.querySelector("[data-focus]")?.focus();
